"""A card of several partners, lived through two months: what they owe for points, and are owed.

The story of docs/programs/coalition.md: its numbers are those here.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, Instant, parse_instant
from chalicelib.domain.limits import SETTLE_MARGIN_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.partner_months import MonthTotals
from chalicelib.domain.program.pricing import Wish
from chalicelib.domain.records import Redemption
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.settle_partner import Settling, settle_partner, view_month
from chalicelib.storage.table import Table
from tests.builders import Scene, line, recorded, refund, refused, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.test_two_writers import (
    MOMENTS_MAX,
    WRITERS,
    all_items,
    at_once,
    interrupted,
)

CARD = Path(__file__).parents[2] / "examples" / "programs" / "coalition.json"
NOVEMBER = parse_instant("2026-11-02T10:00:00Z")
MIDNIGHT = parse_instant("2026-11-30T23:00:00Z")  # the first of December in Warsaw
DECEMBER = parse_instant("2026-12-05T10:00:00Z")


@pytest.fixture
def card(scene: Scene) -> Scene:
    scene.now = NOVEMBER
    scene.publish(json.loads(CARD.read_text(encoding="utf-8")), since=NOVEMBER - DAY_MS)
    return scene


def buy(scene: Scene, order: str, partner: str, *goods: Any, **told: Any) -> None:
    """An order of card 77 at a partner, as the card's own system tells it."""
    when = told.pop("at", scene.now)
    source = told.pop("source", "main")
    made = state(*goods, id=order, number=f"#{order}", currency="PLN", partner=partner,
                 version=scene.now, created_at=when, paid_at=when, **told)  # fmt: skip
    result = scene.order(upserted(made, source), now=scene.now)
    assert not isinstance(result, Refusal), result


def month(scene: Scene, partner: str, name: str) -> MonthTotals:
    found = view_month(scene.table, scene.shop, (partner, name), scene.now)
    assert not isinstance(found, Refusal)
    return found.totals


def points(totals: MonthTotals) -> tuple[int, ...]:
    ((_, *numbers),) = [
        (each.unit, each.issued, each.reversed, each.burned, each.returned) for each in totals.units
    ]
    return tuple(numbers)


def sound(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


LITRES = replace(line(189_000, tags=("fuel",)), quantity_milli=300_000)
BASKET, SMALL = line(120_001), line(7_500)


def november(scene: Scene) -> None:
    """Three hundred litres, a large basket, and a small one that 500 points pay for in part."""
    buy(scene, "f1", "fuel", LITRES)
    buy(scene, "g1", "grocer", BASKET)
    scene.now += 20 * DAY_MS
    code = recorded(scene.redeem("till", wish=Wish(steps=5)))
    assert isinstance(code, Redemption)
    buy(scene, "g2", "grocer", SMALL, codes=(code.code,))


def test_members_earn_at_each_partner_and_spend_at_any(card: Scene) -> None:
    buy(card, "f1", "fuel", LITRES)
    assert card.balance().pending == 350  # 300 litres, and 50 for the first time there
    buy(card, "g1", "grocer", BASKET)
    assert card.balance().pending == 1_000  # 600 for 1,200.01, and 50
    card.now += 20 * DAY_MS
    assert card.available() == 1_000
    recorded(card.redeem("till", wish=Wish(steps=5)))
    assert card.available() == 500
    sound(card)


def test_each_partner_owes_for_what_it_gave_and_is_owed_for_what_was_spent_there(
    card: Scene,
) -> None:
    november(card)
    fuel, grocer = (month(card, name, "2026-11") for name in ("fuel", "grocer"))
    assert (points(fuel), fuel.owed_minor, fuel.due_minor) == ((300, 0, 0, 0), 330, 0)
    # 600 and 37 points at 1.1 grosz are 7.007: 7.01; 500 points at 0.9 are 4.50.
    assert (points(grocer), grocer.owed_minor, grocer.due_minor) == ((637, 0, 500, 0), 701, 450)
    assert grocer.net_minor == 251
    sound(card)


def test_what_comes_back_later_is_of_its_own_month_and_nets_exactly(card: Scene) -> None:
    november(card)
    before = month(card, "grocer", "2026-11")
    code = card.document("g2").state
    card.now = DECEMBER
    half = refund(60_000, at=DECEMBER)
    buy(card, "g1", "grocer", BASKET, at=NOVEMBER, refunds=(half,))
    whole = refund(7_500, "r2", at=DECEMBER)
    assert code is not None
    buy(card, "g2", "grocer", SMALL, at=code.paid_at, refunds=(whole,), codes=code.codes)
    assert month(card, "grocer", "2026-11") == before
    december = month(card, "grocer", "2026-12")
    assert points(december) == (0, 337, 0, 500)
    assert (december.owed_minor, december.due_minor) == (-371, -450)
    # Over both months: 300 points that stand, nothing spent; half a grosz was rounded in each.
    assert before.owed_minor + december.owed_minor == 330
    assert before.due_minor + december.due_minor == 0
    sound(card)


def test_the_same_deliveries_again_book_nothing_for_a_partner(card: Scene) -> None:
    november(card)
    before = month(card, "grocer", "2026-11")
    for _ in range(2):
        buy(card, "g1", "grocer", BASKET, at=NOVEMBER)
    assert month(card, "grocer", "2026-11") == before


def test_a_partner_with_a_shop_of_its_own_is_known_by_its_connection(card: Scene) -> None:
    reader = Customer("77")
    buy(card, "b1", "", line(2_000), source="bookshop", customer=reader)
    books = month(card, "books", "2026-11")
    assert (points(books), books.owed_minor) == ((40, 0, 0, 0), 48)


def test_an_order_of_no_partner_is_on_nobodys_account(card: Scene) -> None:
    buy(card, "x", "", line(5_000))
    assert card.document("x").posted == ()
    assert card.document("x").partners == ()


def test_a_month_is_settled_once_when_it_is_over(card: Scene) -> None:
    november(card)
    asked = Settling("grocer", "2026-11", "bank transfer", "operator", card.now)
    assert refused(settle_partner(card.table, card.shop, asked)) == "month_open"
    card.now = DECEMBER
    first = settle_partner(card.table, card.shop, replace(asked, now=DECEMBER))
    again = settle_partner(card.table, card.shop, replace(asked, note="x", now=DECEMBER + 1))
    assert not isinstance(first, Refusal)
    assert not isinstance(again, Refusal)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.settlement == again.settlement
    assert (first.settlement.owed_minor, first.settlement.due_minor) == (701, 450)


def test_a_month_is_settled_an_hour_after_its_end_and_no_sooner(card: Scene) -> None:
    november(card)
    first = MIDNIGHT + SETTLE_MARGIN_MS
    for early in (MIDNIGHT - 1, MIDNIGHT, first - 1):
        asked = Settling("grocer", "2026-11", "", "operator", early)
        answer = settle_partner(card.table, card.shop, asked)
        assert isinstance(answer, Refusal)
        told = "2026-11 can be settled from 2026-12-01T00:00:00Z on."
        assert (answer.code.value, answer.detail) == ("month_open", told)
    done = settle_partner(card.table, card.shop, replace(asked, now=first))
    assert not isinstance(done, Refusal)
    assert done.settlement.owed_minor == 701


def test_what_lands_after_the_end_of_its_month_is_settled_with_it() -> None:
    """Decided in the last millisecond of November; somebody wants to settle at any moment of it."""
    start = WatchedTable()
    scene = Scene(start, now=NOVEMBER)
    scene.publish(json.loads(CARD.read_text(encoding="utf-8")), since=NOVEMBER - DAY_MS)
    early = Settling("grocer", "2026-11", "", "operator", MIDNIGHT + SETTLE_MARGIN_MS - 1)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        late = Scene(table, now=MIDNIGHT - 1)
        ran = interrupted(table, moment, partial(settle_partner, table, late.shop, early), False)
        buy(late, "g1", "grocer", BASKET)
        if not ran:
            return
        done = settle_partner(table, late.shop, replace(early, now=early.now + 1))
        assert not isinstance(done, Refusal)
        assert (done.settlement.owed_minor, done.replayed) == (660, False), moment
    raise AssertionError("more moments than were tried")


def test_an_order_that_moves_to_another_card_leaves_the_account_as_it_is(card: Scene) -> None:
    buy(card, "g1", "grocer", BASKET)
    before = month(card, "grocer", "2026-11")
    card.now += DAY_MS
    _moved(card, "g1", NOVEMBER)
    assert card.document("g1").member == card.member("88")
    assert month(card, "grocer", "2026-11") == before
    card.verify("77", "88")


def _moved(scene: Scene, order: str, at: Instant) -> None:
    buy(scene, order, "grocer", BASKET, at=at, customer=Customer("88"))


# ---------------------------------------------------------------- two writers


def rows_sum(scene: Scene, orders: tuple[str, ...]) -> tuple[int, int]:
    """What the grocer's month says was issued, and what its orders say."""
    told = sum(line.issued - line.reversed for order in orders
               for line in scene.document(order).partners)  # fmt: skip
    ((issued, taken, _, _),) = (points(month(scene, "grocer", "2026-11")),)
    return issued - taken, told


def test_the_month_is_the_sum_of_its_orders_at_every_moment_of_another_writer() -> None:
    start = WatchedTable()
    scene = Scene(start, now=NOVEMBER)
    scene.publish(json.loads(CARD.read_text(encoding="utf-8")), since=NOVEMBER - DAY_MS)
    buy(scene, "g1", "grocer", BASKET)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        both = Scene(table, now=NOVEMBER + DAY_MS)
        part = (refund(60_000, at=both.now),)
        returns = partial(buy, both, "g1", "grocer", BASKET, at=NOVEMBER, refunds=part)
        ran = interrupted(table, moment, returns, backwards=False)
        buy(both, "g2", "grocer", SMALL)
        if not ran:
            return
        said, told = rows_sum(both, ("g1", "g2"))
        assert said == told == 300 + 37, moment
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


def test_the_same_order_from_many_writers_is_one_line(raced_table: Table) -> None:
    scene = Scene(raced_table, now=NOVEMBER)
    scene.publish(json.loads(CARD.read_text(encoding="utf-8")), since=NOVEMBER - DAY_MS)
    at_once([partial(buy, scene, "g1", "grocer", BASKET)] * WRITERS)
    assert rows_sum(scene, ("g1",)) == (600, 600)
    verify_table(all_items(raced_table))


def test_two_who_settle_a_month_at_once_are_told_the_same() -> None:
    start = WatchedTable()
    scene = Scene(start, now=NOVEMBER)
    scene.publish(json.loads(CARD.read_text(encoding="utf-8")), since=NOVEMBER - DAY_MS)
    buy(scene, "g1", "grocer", BASKET)
    mine, theirs = (Settling("grocer", "2026-11", who, who, DECEMBER) for who in ("a", "b"))
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        other = partial(settle_partner, table, scene.shop, theirs)
        ran = interrupted(table, moment, other, backwards=False)
        first = settle_partner(table, scene.shop, mine)
        assert not isinstance(first, Refusal)
        if not ran:
            return
        again = settle_partner(table, scene.shop, theirs)
        assert not isinstance(again, Refusal)
        assert first.settlement == again.settlement, moment
    raise AssertionError("more moments than were tried")
