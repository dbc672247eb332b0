"""Referrals in the proofs: a friend comes by a code, buys, sends back; time, and staff."""

from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.operations.load_referral import NamedReferral
from chalicelib.operations.settle_referral import review_referral, settle_matured
from chalicelib.storage.documents import document_of
from tests.builders import NOON, TEA, Scene, refund, refunded
from tests.operations.referral_scenes import buy, code, come, own, referring
from tests.simulation.interleaving import Request
from tests.simulation.member_acts import merge
from tests.simulation.rivals import Meeting
from tests.simulation.verbs import Verb
from tests.simulation.worlds import BADGE, FOREST, FRIENDS, TREAT, plain


def befriended() -> dict[str, Any]:
    """The plain program with a referral that rewards one friend, and a rule for having brought."""
    thanks = {
        "id": "thanks",
        "on": "referral.qualified",
        "once": "member",
        "give": [{"add": 7, "unit": "points"}],
    }
    limit = {"times": 1, "window": {"calendar": "year"}}
    said = referring(limit=limit)["referral"]
    return {**plain(), "earn": [*plain()["earn"], thanks], "referral": said}


def unearning() -> dict[str, Any]:
    """As ``befriended``, where orders earn nothing by themselves.

    An order may come back before or after its referral was written; its own points say which, so
    with them the end of such a meeting can be half of one order and half of the other.
    """
    return {**befriended(), "earn": []}


def gifted() -> dict[str, Any]:
    """As ``befriended``, where both sides get a treat, and nothing else."""
    said = referring(offers=[GIFT])["referral"]
    return {**unearning(), "rewards": [*plain()["rewards"], TREAT], "referral": said}


GIFT = {"regions": ["*"], "friend": [{"reward": "treat"}], "advocate": [{"reward": "treat"}]}


def bestowed() -> dict[str, Any]:
    """The whole shop rewards one advocate; offers give points, badges, trees and a message;
    friends count for a challenge, too."""
    gifts = [{"badge": "guide"}, {"cause": "forest", "add": 2}, {"message": "thanks"}]
    points = [{"add": 50, "unit": "points"}]
    offer = {"regions": ["*"], "friend": [*points, *gifts], "advocate": [*points, *gifts]}
    limit = {"times": 1, "window": "lifetime", "scope": "shop"}
    told = {"templates": {"thanks": {"text": "Thank you!"}}, "caps": {"day": 5, "week": 10}}
    said = referring(offers=[offer], limit=limit)["referral"]
    given = {"badges": [{"id": "guide", "name": "Guide"}, BADGE], "messages": told}
    given |= {"challenges": [FRIENDS]}
    return {**plain(causes=[FOREST]), **given, "earn": [], "referral": said}


def shared() -> dict[str, Any]:
    """As ``unearning``, where both sides get a part of the order, and a tier for a month."""
    share = {"rate": "1", "per": {"USD": 100}, "unit": "points"}
    gold = {"tier": "gold", "tier_group": "club", "for": "P1M"}
    offer = {"regions": ["*"], "friend": [share], "advocate": [share, gold]}
    said = referring(offers=[offer])["referral"]
    return {**unearning(), "tier_groups": TEA["tier_groups"], "referral": said}


def _brought(scene: Scene) -> None:
    """Ann has her code, and two friends; a third looks much like her."""
    scene.join("77", email="ann@example.com")
    own(scene)
    for friend in ("88", "99"):
        come(scene, friend)
    come(scene, "66", email="a.nn@example.com")


def _ordered(scene: Scene) -> None:
    _brought(scene)
    buy(scene)


def _flagged(scene: Scene) -> None:
    _brought(scene)
    buy(scene, 3_000, "g1", "66")


def _waited(scene: Scene) -> None:
    _ordered(scene)
    scene.now = NOON + 7 * DAY_MS


def coming(friend: str = "88") -> Request:
    return lambda scene: come(scene, friend)


def buying(order: str = "f1", friend: str = "88") -> Request:
    return lambda scene: buy(scene, 3_000, order, friend)


def back(order: str = "f1", net: int = 3_000) -> Request:
    return lambda scene: scene.order(refunded(refund(net, f"r{net}"), order))


def reviewed(friend: str, verdict: str, by: str = "77") -> Request:
    """Staff decide about a friend of a member."""

    def act(scene: Scene) -> Any:
        named = NamedReferral(scene.shop, code(scene, by), scene.member(friend))
        return review_referral(scene.table, named, (ReferralState(verdict), "staff"), scene.now)

    return act


def matured(friend: str = "88", by: str = "77") -> Request:
    """The sweep comes to a referral that is there."""

    def act(scene: Scene) -> Any:
        named = NamedReferral(scene.shop, code(scene, by), scene.member(friend))
        known = document_of(scene.table.load([named.key]).get(named.key), Referral)
        return settle_matured(scene.table, known, scene.shop, scene.now) if known else None

    return act


def typing(scene: Scene) -> Any:
    """Somebody's first order carries Ann's code."""
    return buy(scene, 3_000, "t1", "55", codes=(code(scene),))


APPROVE, REJECT = reviewed("66", "ordered"), reviewed("66", "rejected")
REFERRAL_VERBS = (
    Verb("joining by a code", coming("55"), _brought, befriended),
    Verb("first order with a code", typing, _brought, befriended),
    Verb("order of a friend", buying(), _brought, befriended),
    Verb("order of a friend sent back", back(), _ordered, befriended),
    Verb("friend's time is over", matured(), _waited, befriended),
    Verb("friend becomes the advocate", merge, _ordered, befriended),
    Verb("friend's time is over, with a gift", matured(), _waited, gifted),
    Verb("order of a friend, one in the shop", buying(), _brought, bestowed),
    Verb("order of a friend sent back, one in the shop", back(), _ordered, bestowed),
    Verb("friend's time is over, with badges and trees", matured(), _waited, bestowed),
    Verb("friend becomes the advocate, one in the shop", merge, _ordered, bestowed),
    Verb("part of a friend's order sent back", back(net=500), _ordered, shared),
    Verb("friend's time is over, with shares and a tier", matured(), _waited, shared),
    Verb("friend approved", APPROVE, _flagged, befriended),
    Verb("friend rejected", REJECT, _flagged, befriended),
)
REFERRAL_MEETINGS = (
    Meeting("one friend's order twice", (buying(), buying()), _brought, befriended),
    Meeting("two friends, one counts", (buying(), buying("f2", "99")), _brought, befriended),
    Meeting("a friend's order and its end", (buying(), back()), _brought, unearning),
    Meeting("a friend's end and another", (back(), buying("f2", "99")), _ordered, befriended),
    Meeting("time and a refund", (matured(), back()), _waited, befriended),
    Meeting("time and becoming one", (matured(), merge), _waited, befriended),
    Meeting("approved and rejected", (APPROVE, REJECT), _flagged, befriended),
    Meeting("approved and sent back", (APPROVE, back("g1")), _flagged, befriended),
)
DRAWN_OF_REFERRALS = (
    Meeting("one part of a friend's order twice", (back(net=500),) * 2, _ordered, shared),
    Meeting("time and a part of a friend's order", (matured(), back(net=500)), _waited, shared),
    Meeting("a friend's order and its end, gifts", (buying(), back()), _brought, gifted),
    Meeting("time comes twice, with gifts", (matured(), matured()), _waited, gifted),
    Meeting("time and a late refund, gifts", (matured(), back()), _waited, gifted),
    Meeting("two friends, one in the shop", (buying(), buying("f2", "99")), _brought, bestowed),
    Meeting(
        "a friend's end and another, one in the shop",
        (back(), buying("f2", "99")),
        _ordered,
        bestowed,
    ),
    Meeting("time comes twice, with badges and trees", (matured(), matured()), _waited, bestowed),
    Meeting("time and becoming one, with badges and trees", (matured(), merge), _waited, bestowed),
    Meeting("a code typed and joining by it", (typing, coming("55")), _brought, befriended),
)
"""Each of two members and their rewards: too many orders of turns to try all."""
