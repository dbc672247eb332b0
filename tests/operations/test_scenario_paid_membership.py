"""A paid membership: by the year as a product, or by the month as a subscription.

The story of docs/programs/paid-membership.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import iso, parse_instant
from chalicelib.domain.memberships import held_until, memberships_at
from tests.builders import Scene, line, recorded, refund, refunded, refused, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import done, revoked, tell

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "examples/programs/paid-membership.json").read_text("utf-8")
)
YEAR = line(3_900, "fee", sku="PLUS-YEAR")


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable(), now=parse_instant("2026-01-10T12:00:00Z"))
    scene.publish(DOCUMENT)
    return scene


def on(shop: Scene, day: str) -> None:
    shop.now = parse_instant(f"{day}T12:00:00Z")


def buys(shop: Scene, order: str, *goods: Any) -> None:
    when = {"version": shop.now, "created_at": shop.now, "paid_at": shop.now}
    recorded(shop.order(upserted(state(*goods, id=order, number=f"#{order}", **when))))


def renews(shop: Scene, month: str) -> None:
    told = done(month, action="subscription.renewed", subject="s1", plan="plus")
    assert tell(shop, told) == "recorded"


def held(shop: Scene) -> tuple[str, ...]:
    account = shop.account()
    assert account is not None
    return memberships_at(account, shop.now)


def until(shop: Scene, membership: str) -> str:
    account = shop.account()
    assert account is not None
    return iso(held_until(account, membership, shop.now))[:10]


def test_a_year_of_plus_earns_double_and_ships_free(shop: Scene) -> None:
    buys(shop, "fee", YEAR)
    assert (shop.available(), held(shop), until(shop, "plus-year")) == (
        200, ("plus-year",), "2027-01-10",
    )  # fmt: skip
    on(shop, "2026-02-01")
    buys(shop, "books", line(3_000))
    assert shop.available() == 260
    for key in ("a", "b"):
        recorded(shop.redeem("shipping", key))
    assert refused(shop.redeem("shipping", "c")) == "limit_reached"
    on(shop, "2026-03-01")
    recorded(shop.redeem("shipping", "c"))
    assert shop.available() == 260


def test_a_second_year_follows_the_first_and_gives_no_second_welcome(shop: Scene) -> None:
    buys(shop, "fee", YEAR)
    on(shop, "2026-12-20")
    buys(shop, "again", YEAR)
    assert until(shop, "plus-year") == "2028-01-10"
    assert shop.available() == 200


def test_of_a_year_that_is_paid_back_in_part_as_much_is_left(shop: Scene) -> None:
    buys(shop, "fee", YEAR)
    on(shop, "2026-02-01")
    recorded(shop.order(refunded(refund(1_950, line_id="fee", at=shop.now), "fee")))
    assert (held(shop), until(shop, "plus-year")) == (("plus-year",), "2026-07-12")
    assert shop.available() == 200
    recorded(shop.order(refunded(refund(1_950, "r2", "fee", at=shop.now), "fee")))
    assert (held(shop), shop.available()) == ((), 0)
    assert refused(shop.redeem("shipping")) == "reward_not_for_you"
    verify_table(shop.table.items())  # type: ignore[attr-defined]


def test_by_the_month_it_is_held_as_long_as_it_is_renewed(shop: Scene) -> None:
    renews(shop, "2026-01")
    assert (held(shop), until(shop, "plus-month")) == (("plus-month",), "2026-02-10")
    on(shop, "2026-02-10")
    renews(shop, "2026-02")
    buys(shop, "books", line(3_000))
    assert shop.available() == 60
    on(shop, "2026-03-15")
    assert held(shop) == ()
    buys(shop, "later", line(3_000))
    assert shop.available() == 90
    renews(shop, "2026-03")
    assert tell(shop, revoked("2026-03", shop.now)) == "recorded"
    assert held(shop) == ()
