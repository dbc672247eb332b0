"""Paid memberships, lived through: bought, renewed, refunded, asked about, merged."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.events import Customer, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS, Instant, parse_instant
from chalicelib.domain.memberships import held_until, memberships_at
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.explain_document import explain_document
from chalicelib.operations.merge_members import MergeCommand, merge_members
from tests.builders import NOON, Scene, line, program, recorded, refund, state, upserted
from tests.operations.action_scenes import done, revoked, tell

YEAR = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P1Y"}
POINT = {"rate": "1", "per": {"USD": 100}, "unit": "points"}
DOUBLE = {
    "id": "plus-doubles",
    "on": "order.paid",
    "if": {"member.memberships": {"has": "plus"}},
    "give": [{"multiply": "2", "unit": "points"}],
}
HELLO = {"add": 100, "unit": "points"}
PLANNED = {"id": "club", "name": "Club", "sold_as": {"plan": "club"}, "period": "P1M"}
FEE = line(9_900, "fee", sku="PLUS")


def at(day: str) -> Instant:
    return parse_instant(f"{day}T12:00:00Z")


@pytest.fixture
def plus(scene: Scene) -> Scene:
    return selling(scene)


def selling(scene: Scene, **keys: Any) -> Scene:
    base: dict[str, Any] = {"id": "base", "on": "order.paid", "give": [POINT]}
    base["lines"] = {"line.sku": {"ne": "PLUS"}}
    paid = [{**YEAR, "give": [HELLO], **keys}, PLANNED]
    scene.publish(program(earn=[base, DOUBLE], memberships=paid))
    return scene


def buy(scene: Scene, order: str, *goods: Any, **told: Any) -> None:
    when = {"version": scene.now, "created_at": scene.now, "paid_at": scene.now}
    made = state(*(goods or (FEE,)), id=order, number=f"#{order}", **{**when, **told})
    recorded_order = scene.order(upserted(made), now=scene.now)
    assert recorded_order is not None


def held(scene: Scene, now: Instant | None = None, customer: str = "77") -> tuple[str, ...]:
    account = scene.account(customer)
    return memberships_at(account, now or scene.now) if account else ()


def until(scene: Scene, membership: str = "plus") -> Instant:
    account = scene.account()
    assert account is not None
    return held_until(account, membership, scene.now)


def sound(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def test_who_buys_one_has_it_for_a_year_and_its_gift(plus: Scene) -> None:
    buy(plus, "fee")
    assert plus.available() == 100
    assert held(plus) == ("plus",)
    assert until(plus) == at("2027-11-21")
    assert held(plus, at("2027-11-21")) == ()
    explained = explain_document(
        plus.table, plus.shop, plus.member(), ("order:main:fee", "en"), plus.now
    )
    assert not isinstance(explained, Refusal)
    assert explained.sentence == "Order #fee earned 100 points: rule Plus 100."
    sound(plus)


def test_paid_members_earn_double_and_not_by_the_order_that_makes_them(plus: Scene) -> None:
    buy(plus, "both", FEE, line(1_000))
    assert plus.available() == 110
    buy(plus, "after", line(1_000))
    assert plus.available() == 130
    plus.now = at("2027-12-01")
    buy(plus, "late", line(1_000))
    assert plus.available() == 140
    sound(plus)


def test_another_one_goes_on_where_the_first_ends_and_gives_nothing_again(plus: Scene) -> None:
    buy(plus, "fee")
    plus.now = at("2027-10-01")
    buy(plus, "again")
    assert plus.available() == 100
    assert until(plus) == at("2028-11-21")
    plus.now = at("2029-01-01")
    buy(plus, "anew")
    assert plus.available() == 200
    assert until(plus) == at("2030-01-01")
    sound(plus)


def test_two_pieces_are_two_years(plus: Scene) -> None:
    buy(plus, "two", replace(line(19_800, "fee", sku="PLUS"), quantity_milli=2_000))
    assert until(plus) == at("2028-11-21")


def test_a_whole_refund_ends_it_at_once_and_takes_its_gift_back(plus: Scene) -> None:
    buy(plus, "fee")
    paid_at, plus.now = plus.now, NOON + 40 * DAY_MS
    for _ in range(2):
        buy(plus, "fee", refunds=(refund(9_900, line_id="fee"),), paid_at=paid_at)
        plus.now += DAY_MS
    assert held(plus) == ()
    assert held(plus, NOON + 39 * DAY_MS) == ("plus",)
    assert plus.document("fee").memberships["plus"].ends_at == NOON + 40 * DAY_MS
    assert plus.available() == 0
    sound(plus)


def test_a_part_shortens_only_what_is_prorated(scene: Scene) -> None:
    selling(scene, on_refund="prorate")
    buy(scene, "fee")
    paid_at, scene.now = scene.now, NOON + 10 * DAY_MS
    buy(scene, "fee", refunds=(refund(4_950, line_id="fee"),), paid_at=paid_at)
    assert until(scene) == NOON + 365 * DAY_MS // 2
    scene.now = NOON + 300 * DAY_MS
    more = (refund(4_950, line_id="fee"), refund(2_475, "r2", line_id="fee"))
    buy(scene, "fee", refunds=more, paid_at=paid_at)
    assert held(scene) == ()
    assert scene.document("fee").memberships["plus"].ends_at == scene.now
    sound(scene)


def test_a_part_shortens_nothing_otherwise(plus: Scene) -> None:
    buy(plus, "fee")
    paid_at, plus.now = plus.now, NOON + 10 * DAY_MS
    buy(plus, "fee", refunds=(refund(4_950, line_id="fee"),), paid_at=paid_at)
    assert until(plus) == at("2027-11-21")


# ---------------------------------------------------------------- by subscription


def renewal(name: str, plan: str = "club") -> Any:
    return done(name, action="subscription.renewed", subject="sub-1", plan=plan)


def test_each_renewal_of_the_plan_is_another_month(plus: Scene) -> None:
    tell(plus, renewal("s1"))
    tell(plus, renewal("s1"))
    assert held(plus) == ("club",)
    assert until(plus, "club") == at("2026-12-21")
    plus.now = at("2026-12-20")
    tell(plus, renewal("s2"))
    assert until(plus, "club") == at("2027-01-21")
    sound(plus)


def test_the_first_renewal_of_a_plan_gives_what_its_start_gives(scene: Scene) -> None:
    scene.publish(program(memberships=[{**PLANNED, "give": [HELLO]}]))
    tell(scene, renewal("s0", "gold"))
    tell(scene, renewal("s1"))
    tell(scene, renewal("s2"))
    assert scene.available() == 100
    assert until(scene, "club") == at("2027-01-21")
    sound(scene)


def test_a_renewal_of_another_plan_is_none(plus: Scene) -> None:
    plus.pay(1_000)
    tell(plus, renewal("s1", "gold"))
    assert held(plus) == ()


def test_a_renewal_that_is_revoked_ends_its_month(plus: Scene) -> None:
    tell(plus, renewal("s1"))
    plus.now += DAY_MS
    tell(plus, revoked("s1", plus.now))
    assert held(plus) == ()
    sound(plus)


# ---------------------------------------------------------------- two accounts


def test_one_who_was_two_has_what_both_had(plus: Scene) -> None:
    buy(plus, "fee", customer=Customer("88"))
    plus.pay(1_000, "mine")
    gone, kept = plus.member("88"), plus.member()
    command = MergeCommand(plus.shop, gone, kept, "operator", plus.now, plus.now)
    recorded(merge_members(plus.table, command))
    assert held(plus) == ("plus",)
    sound(plus)
    assert audit_member(plus.table, plus.shop, gone).breaks == ()


def test_an_order_that_moves_takes_the_membership_along(plus: Scene) -> None:
    buy(plus, "fee")
    paid_at, plus.now = plus.now, plus.now + DAY_MS
    buy(plus, "fee", customer=Customer("88"), paid_at=paid_at)
    assert (held(plus), held(plus, customer="88")) == ((), ("plus",))
    plus.verify("77", "88")


def test_a_free_trial_is_bought_until_it_comes_back(plus: Scene) -> None:
    trial = line(0, "fee", sku="PLUS")
    plus.now = NOON
    buy(plus, "1", trial)
    assert (held(plus), plus.available()) == (("plus",), 0)
    buy(plus, "2", line(1_000))
    assert plus.available() == 20
    back = Refund("r1", NOON, (RefundLine("fee", 1_000, 0),))
    buy(plus, "1", trial, refunds=(back,), version=plus.now + 1)
    assert held(plus) == ()
    buy(plus, "1", trial, refunds=(back,), version=plus.now + 2)
    sound(plus)
