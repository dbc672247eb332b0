"""Proof 4's meetings of causes: donations, gifts of orders, and what the shop passes on."""

from tests.simulation.cause_verbs import (
    MEETING_BACK,
    donated,
    meeting,
    met,
    placed,
    settling,
    undone,
    whole_refund,
)
from tests.simulation.rivals import Meeting, earning, left, redeeming
from tests.simulation.verbs import funded
from tests.simulation.worlds import giving

CAUSES = (
    Meeting("one donation twice", (redeeming("k", "tree"),) * 2, left(40), giving),
    Meeting("donation and order", (redeeming("k", "tree"), earning("1")), funded, giving),
    Meeting("two settlements, units for one", (settling(4), settling(4, "s2")), donated, giving),
    Meeting("settlement and undo", (settling(4), undone), donated, giving),
    Meeting("settlement and refund", (settling(4), whole_refund), donated, giving),
    Meeting("two gifts of actions, room for one", (meeting("m2"), meeting("m3")), met, giving),
    Meeting("end of a gift and settlement", (MEETING_BACK, settling(4)), met, giving),
    Meeting("one end of a gift twice", (MEETING_BACK, MEETING_BACK), met, giving),
    Meeting("gifts of an action and an order", (meeting("m1"), earning("1")), placed, giving),
)
