"""Proof 1's rows of what members are and have: holds, gifts, merges, claims, erasures, kindnesses.

As in ``verbs``: what must stand before, and what is asked.
"""

from typing import Any

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.operations.verbs_of_members import give
from tests.simulation.member_acts import (
    capture,
    erase,
    extend,
    guest_order,
    hold,
    join_verified,
    merge,
    reinstate,
    sweep,
    tell,
    void,
)
from tests.simulation.verbs import OPT_IN, Act, Verb, funded, redeemed
from tests.simulation.worlds import pending, plain, rich

FRIEND = Customer("88")


def two(scene: Scene) -> None:
    """Customer 77 with 220 points, and 88 with 120."""
    funded(scene)
    recorded(scene.pay(10_000, "0002", customer=FRIEND))


def _on_hold(scene: Scene) -> None:
    funded(scene)
    recorded(hold(scene, 70))


def two_with_more(scene: Scene) -> None:
    """As ``two``; the friend has a hold, a code and a gift, too."""
    two(scene)
    scene.now += 4 * DAY_MS  # points that wait have matured
    recorded(hold(scene, 30, customer="88"))
    recorded(scene.redeem(customer="88"))
    recorded(give(scene, 10))


def _merged(scene: Scene) -> None:
    two(scene)
    recorded(merge(scene))


def _waiting(scene: Scene) -> None:
    for number in range(3):
        recorded(guest_order(scene, f"g{number}"))


def _waiting_for_a_member(scene: Scene) -> None:
    funded(scene)
    _waiting(scene)


def due(scene: Scene) -> None:
    """Points of a month ago are gone, and nobody has written it down."""
    funded(scene)
    redeemed(scene, "tasting")
    scene.now += 40 * DAY_MS


def lapsed(scene: Scene) -> None:
    """Points of a month ago are gone; the next commit says so."""
    due(scene)
    redeemed(scene, "tasting", "k2")


def _personal(scene: Scene) -> None:
    """Everything personal there is, under two ids that were merged."""
    recorded(join_verified(scene))
    recorded(join_verified(scene, "88"))
    two(scene)
    recorded(scene.adjust(5))
    recorded(give(scene, 10, message="happy birthday"))
    recorded(merge(scene))


def _extend(scene: Scene) -> Any:
    return extend(scene, NOON + 90 * DAY_MS)


def _refund_of_the_gone(scene: Scene) -> Any:
    return scene.order(refunded(refund(4_000), "0002"))


def _claim_by_order(scene: Scene) -> Any:
    person = Customer("77", email="c77@example.com", email_verified=True)
    return scene.pay(500, "own", customer=person, at=NOON)


def _unawarded(scene: Scene) -> None:
    """Where joining is asked for, an order of who had not joined waits."""
    recorded(scene.join())
    recorded(scene.pay(5_000, "w", customer=FRIEND))


def _opt_in() -> dict[str, Any]:
    return plain(join=OPT_IN)


def _at(customer: str) -> Act:
    return lambda scene: capture(scene, 20, customer=customer)


def _merged_with_hold(scene: Scene) -> None:
    two_with_more(scene)
    recorded(merge(scene))


MEMBERS = (
    Verb("hold", lambda s: hold(s, 70), funded),
    Verb("capture of a part", lambda s: capture(s, 45), _on_hold),
    Verb("capture of all", capture, _on_hold),
    Verb("void", void, _on_hold),
    Verb("capture after a merge", _at("88"), _merged_with_hold),
    Verb("gift", lambda s: give(s, 70), two),
    Verb("gift of points with dates", lambda s: give(s, 70, "t2"), two_with_more, rich),
    Verb("merge", merge, two),
    Verb("merge of more, rich program", merge, two_with_more, rich),
    Verb("merge of points that wait", merge, two, pending),
    Verb("merge into nobody yet", lambda s: merge(s, "77", "new", tells=True), funded),
    Verb("merge with orders that wait", merge, _unawarded, _opt_in),
    Verb("order of who was merged", lambda s: s.pay(2_000, "3", NOON, customer=FRIEND), _merged),
    Verb("refund of who was merged", _refund_of_the_gone, _merged, rich),
    Verb("erasure", erase, two_with_more),
    Verb("erasure of all there is", erase, _personal),
    Verb("claim by joining", join_verified, _waiting),
    Verb("claim where joining is asked for", join_verified, _waiting, _opt_in),
    Verb("claim by the shop's word", tell, _waiting_for_a_member),
    Verb("claim by the shop's word, no member yet", tell, _waiting),
    Verb("claim by an order", _claim_by_order, _waiting),
    Verb("guest order of who is known", lambda s: guest_order(s, "g", at=NOON), join_verified),
    Verb("extension", _extend, funded, rich),
    Verb("reinstatement", reinstate, lapsed, rich),
    Verb("sweep", sweep, due, rich),
)
