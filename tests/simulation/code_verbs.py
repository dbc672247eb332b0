"""Codes in the proofs: handed over by staff, ended unused with their points, used after that."""

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from tests.builders import Scene, recorded
from tests.simulation.member_acts import fulfil, sweep, sweep_once
from tests.simulation.rivals import CODES, Meeting, adjusting, earning, redeeming
from tests.simulation.verbs import Verb, by_code, funded, redeemed

USED = CODES["use of a code"].act
BY_A_FRIEND = by_code(customer=Customer("88"))


def _taken(scene: Scene) -> None:
    funded(scene)
    redeemed(scene, "mug")


def _ended(scene: Scene) -> None:
    """A code's time is over, and nobody has written down that its points are back."""
    funded(scene)
    redeemed(scene, "soon")
    scene.now += 3 * DAY_MS


def _came_back(scene: Scene) -> None:
    _ended(scene)
    recorded(scene.adjust(1, key="later"))


def _spent_again(scene: Scene) -> None:
    """As ``_came_back``, and all of it was spent: a late use is owed."""
    _came_back(scene)
    recorded(scene.adjust(-scene.available(), key="spend"))


def _few_left(scene: Scene) -> None:
    """Enough for a reward only with what the code's end gives back."""
    funded(scene)
    redeemed(scene, "soon")
    recorded(scene.adjust(20 - scene.available(), key="level"))
    scene.now += 3 * DAY_MS


CODE_VERBS = (
    Verb("fulfilment", fulfil, _taken),
    Verb("end of a code, by the sweep", sweep, _ended),
    Verb("end of a code, by an order", earning("late"), _ended),
    Verb("use of an ended code", USED, _ended),
    Verb("use of an ended code by a friend", BY_A_FRIEND, _ended),
    Verb("use of a code that came back", USED, _came_back),
    Verb("use of a code that was spent again", USED, _spent_again),
)
CODE_MEETINGS = (
    Meeting("one fulfilment twice", (fulfil, fulfil), _taken),
    Meeting("fulfilment and undo", (fulfil, CODES["undo"].act), _taken),
    Meeting("fulfilment and order with the code", (fulfil, USED), _taken),
    Meeting("end of a code by two", (sweep_once, adjusting(-5, "a")), _ended),
    Meeting("end of a code and its late use", (sweep_once, USED), _ended),
    Meeting("end of a code and who lives of it", (sweep_once, redeeming("k2")), _few_left),
    Meeting("end of a code and its use by a friend", (sweep_once, BY_A_FRIEND), _ended),
    Meeting("late use and who lives of it", (USED, redeeming("k2")), _few_left),
)
