"""Referrals in a scene: Ann (77) is the advocate, her friends come by her code."""

from typing import Any

from chalicelib.domain.actions import Action
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.referral_decision import side_id
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.load_referral import NamedReferral
from chalicelib.operations.settle_referral import review_referral
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.operations.view_card import CardQuery
from chalicelib.operations.view_referrals import OwnReferrals, view_referrals
from chalicelib.security.keyed_ids import referral_code
from chalicelib.security.storefront_tokens import Customer as Shopper
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key, referral_friend_key
from tests.builders import NOON, SHOP_KEY, Scene, program
from tests.operations.moments import Act

WEEK = 7 * DAY_MS
OFFER = {
    "regions": ["*"],
    "friend": [{"add": 50, "unit": "points"}],
    "advocate": [{"add": 100, "unit": "points"}],
}


def referring(**changes: Any) -> dict[str, Any]:
    """The tea program where both sides get points, and only orders of 20.00 qualify."""
    said = {
        "offers": [OFFER],
        "qualify": {"if": {"order.net_total": {"gte": 2_000}}, "after": "P7D"},
        "page": "https://tea.example/welcome",
    }
    keys = changes.pop("keys", {})
    return program(referral={**said, **changes}, **keys)


def opened(table: Any, document: dict[str, Any] | None = None) -> Scene:
    """Ann is a member and has her code."""
    scene = Scene(table)
    scene.publish(document or referring())
    scene.join("77", email="ann@example.com")
    own(scene)
    return scene


def own(scene: Scene, customer: str = "77") -> OwnReferrals:
    """What a member sees of their referrals."""
    found = seen_by(scene, customer)
    assert not isinstance(found, Refusal), found
    return found


def seen_by(scene: Scene, customer: str) -> OwnReferrals | Refusal:
    """The same, or why not."""
    query = CardQuery(scene.shop, Shopper(customer, NOON, "k1"), "", scene.now, scene.now)
    return view_referrals(scene.table, query)


def code(scene: Scene, customer: str = "77") -> str:
    """The member's code."""
    return referral_code(SHOP_KEY, scene.member(customer))


def come(scene: Scene, customer: str = "88", **changes: Any) -> Any:
    """A friend joins by Ann's code."""
    by = changes.pop("by", code(scene))
    person = Profile(external_id=customer, **changes)
    command = JoinCommand(scene.shop, person, scene.now, scene.now, referral_code=by)
    return join_program(scene.table, command)


def buy(
    scene: Scene, net: int = 3_000, order: str = "f1", friend: str = "88", **changes: Any
) -> Any:
    """A friend pays an order."""
    at: Instant | None = changes.pop("at", None)
    customer = Customer(friend, country=changes.pop("country", ""))
    return scene.pay(net, order, at, customer=customer, **changes)


def referral_of(scene: Scene, friend: str = "88", by: str = "77") -> Referral:
    """The stored document, which must exist."""
    key = referral_friend_key(scene.shop, code(scene, by), scene.member(friend))
    document = document_of(scene.table.load([key]).get(key), Referral)
    assert document is not None
    return document


def side_of(scene: Scene, role: str, friend: str = "88", by: str = "77") -> Action | None:
    """The action of one side, if there is one."""
    member = scene.member(friend if role == "friend" else by)
    key = document_key(scene.shop, member, "action", side_id(scene.member(friend), role))
    return document_of(scene.table.load([key]).get(key), Action)


def swept(scene: Scene, now: Instant) -> None:
    """The sweep runs at ``now``, and the clock stays there."""
    scene.now = now
    sweep_shops(scene.table, now)


def review(scene: Scene, friend: str, verdict: str) -> Any:
    """Staff decide about a friend of Ann's."""
    named = NamedReferral(scene.shop, code(scene), scene.member(friend))
    return review_referral(scene.table, named, (ReferralState(verdict), "operator"), scene.now)


def points(scene: Scene) -> tuple[int, int]:
    """What Ann and her friend can spend at once."""
    return scene.available("77"), scene.available("88")


def pending(scene: Scene) -> tuple[int, int]:
    """What Ann and her friend wait for."""
    return scene.balance("77").pending, scene.balance("88").pending


def stood(act: Act) -> Act:
    """The act, once the order has stood."""

    def late(scene: Scene) -> None:
        scene.now = NOON + WEEK
        act(scene)

    return late


__all__ = ["NOON", "WEEK"]
