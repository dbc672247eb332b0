"""Proof 4's meetings of holds, gifts, merges, claims, erasures and kindnesses.

What two requests touch decides how many orders of turns there are: a merge reads and writes most
of two members, an erasure all of one, so their meetings are drawn (``DRAWN_OF_MEMBERS``) and not
walked through.
"""

from typing import Any

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.operations.verbs_of_members import give
from tests.simulation.interleaving import Request
from tests.simulation.member_acts import (
    capture,
    erase,
    extend,
    guest_order,
    hold,
    join_verified,
    merge,
    reinstate,
    sweep_once,
    tell,
    void,
)
from tests.simulation.member_verbs import FRIEND, due, lapsed, two
from tests.simulation.rivals import Meeting, adjusting, earning, left, redeeming
from tests.simulation.verbs import Act, funded
from tests.simulation.worlds import rich


def holding(points: int, key: str = "h1", customer: str = "77") -> Request:
    return lambda scene: hold(scene, points, key, customer)


def giving(points: int, key: str = "t1", giver: str = "77", to: str = "88") -> Request:
    return lambda scene: give(scene, points, key, giver, to)


def buying(name: str, customer: Customer = FRIEND) -> Request:
    return lambda scene: scene.pay(6_000, name, at=NOON, customer=customer)


def _friends(points: int) -> Act:
    """Two members, the first with exactly so many points."""

    def prepare(scene: Scene) -> None:
        two(scene)
        recorded(scene.adjust(points - scene.available(), key="level"))

    return prepare


def _held(scene: Scene) -> None:
    funded(scene)
    recorded(hold(scene, 70))


def _friend_holds(scene: Scene) -> None:
    two(scene)
    recorded(hold(scene, 70, customer="88"))


def _given(scene: Scene) -> None:
    two(scene)
    recorded(scene.adjust(200, key="more"))
    recorded(give(scene, 200, "g0"))


def _waiting(scene: Scene) -> None:
    recorded(guest_order(scene, "g1"))


def _refund_of_lapsed(scene: Scene) -> Any:
    return scene.order(refunded(refund(15_000), "0001"))


def _extend(scene: Scene) -> Any:
    return extend(scene, NOON + 90 * DAY_MS)


MEMBERS = (
    Meeting("one hold twice, points for one", (holding(70), holding(70)), left(70)),
    Meeting("two holds, points for one", (holding(70), holding(70, "h2")), left(70)),
    Meeting("hold and redemption, points for one", (holding(50), redeeming("k")), left(60)),
    Meeting("capture and void", (lambda s: capture(s, 45), void), _held),
    Meeting("one capture twice", (lambda s: capture(s, 45), lambda s: capture(s, 45)), _held),
    Meeting("void and order", (void, earning("1")), _held),
    Meeting("one gift twice, points for one", (giving(70), giving(70)), _friends(70)),
    Meeting("two gifts, points for one", (giving(70), giving(70, "t2")), _friends(70)),
    Meeting("gift and redemption, points for one", (giving(50), redeeming("k")), _friends(60)),
    Meeting("gifts both ways", (giving(70), giving(70, "t2", "88", "77")), _friends(70)),
    Meeting("two gifts, one allowed", (giving(60), giving(60, "t2")), _given),
    Meeting("guest order and joining", (lambda s: guest_order(s, "g"), join_verified)),
    Meeting("guest order and the shop's word", (lambda s: guest_order(s, "g"), tell), funded),
    Meeting("extension and order", (_extend, earning("1")), funded, rich),
    Meeting("one reinstatement twice", (reinstate, reinstate), lapsed, rich),
    Meeting("two reinstatements", (reinstate, lambda s: reinstate(s, key="i2")), lapsed, rich),
    Meeting("reinstatement and refund", (reinstate, _refund_of_lapsed), lapsed, rich),
    Meeting("sweep and adjustment", (sweep_once, adjusting(-5, "a")), due, rich),
    Meeting("sweep and refund", (sweep_once, _refund_of_lapsed), due, rich),
)
DRAWN_OF_MEMBERS = (
    Meeting("joining and the shop's word", (join_verified, tell), _waiting),
    Meeting("one erasure twice", (erase, erase), two),
    Meeting("erasure and order", (erase, earning("1")), two),
    Meeting("erasure and redemption", (erase, redeeming("k")), two),
    Meeting("one merge twice", (merge, merge), two),
    Meeting("merges both ways", (merge, lambda s: merge(s, "77", "88")), two),
    Meeting("merge and order of the gone", (merge, buying("1")), two, rich),
    Meeting("merge and order of the kept", (merge, earning("1")), two, rich),
    Meeting("merge and redemption of the gone", (merge, lambda s: s.redeem(customer="88")), two),
    Meeting("merge and hold of the gone", (merge, holding(70, customer="88")), two),
    Meeting(
        "merge and capture of the gone",
        (merge, lambda s: capture(s, 45, customer="88")),
        _friend_holds,
    ),
    Meeting("merge and gift to the gone", (merge, giving(70)), two),
    Meeting("merge and erasure of the kept", (merge, erase), two),
    Meeting("merge and erasure of the gone", (merge, lambda s: erase(s, "88")), two),
)
THREES_OF_MEMBERS = (
    Meeting(
        "hold, redemption, gift, points for two",
        (holding(50), redeeming("k"), giving(50)),
        _friends(110),
    ),
    Meeting("capture, void, refund", (capture, void, _refund_of_lapsed), _held),
    Meeting(
        "guest order, joining, the shop's word",
        (lambda s: guest_order(s, "g"), join_verified, tell),
        _waiting,
    ),
    Meeting("merge, order, redemption of the gone", (merge, buying("1"), redeeming("k")), two),
)
