"""Program 18, win-back: a bonus for lapsed members only, with a holdout and a budget.

The story of docs/programs/win-back.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.campaigns import HELD_OUT, IN, arm_in, is_held_out
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.validation import check
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, report_of

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "examples/programs/win-back.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/programs/win-back.md").read_text(encoding="utf-8")
LONG_AGO = NOON - 200 * DAY_MS


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(DOCUMENT)
    return scene


def compiled() -> CompiledProgram:
    return compile_program(read_program(DOCUMENT), 1)


def customers(shop: Scene, arm: str, count: int) -> list[str]:
    """Who is in the arm of the campaign."""
    program = compiled()
    campaign = program.campaigns["come-back"]
    names = (str(number) for number in range(1_000))
    found = (name for name in names if arm_in(program, campaign, shop.member(name)) == arm)
    return [next(found) for _ in range(count)]


def buys(shop: Scene, name: str, dollars: int, order: str, at: int = NOON) -> Any:
    return shop.pay(dollars * 100, f"{name}-{order}", at, customer=Customer(name))


def beans(result: Any) -> int:
    document: Any = recorded(result)
    return sum(share.points for share in document.posted)


def reasons(result: Any) -> set[str]:
    document: Any = recorded(result)
    return {row.code for row in document.trace}


def test_the_document_is_good() -> None:
    checked = check(DOCUMENT)
    assert (checked.errors, checked.warnings) == ((), ())


def test_who_comes_back_gets_the_gift_and_double_beans(shop: Scene) -> None:
    (name,) = customers(shop, IN, 1)
    assert beans(buys(shop, name, 50, "old", LONG_AGO)) == 50
    back = buys(shop, name, 50, "back")
    assert (beans(back), "campaign" in reasons(back)) == (400, True)  # 50 doubled, and 300
    after = buys(shop, name, 50, "after", NOON + DAY_MS)
    assert (beans(after), "wrong_segment" in reasons(after)) == (50, True)


def test_who_never_left_gets_nothing(shop: Scene) -> None:
    (name,) = customers(shop, IN, 1)
    buys(shop, name, 50, "old", NOON - 179 * DAY_MS)
    assert beans(buys(shop, name, 50, "now")) == 50


def test_a_tenth_is_held_out_to_compare_with(shop: Scene) -> None:
    (name,) = customers(shop, HELD_OUT, 1)
    buys(shop, name, 50, "old", LONG_AGO)
    back = buys(shop, name, 50, "back")
    assert (beans(back), "holdout" in reasons(back)) == (50, True)


def test_the_budget_of_ten_dollars_covers_whole_shares(shop: Scene) -> None:
    names = customers(shop, IN, 4)
    for name in names:
        buys(shop, name, 50, "old", LONG_AGO)
    given = [beans(buys(shop, name, 50, "back")) for name in names]
    assert given == [400, 400, 50, 50]  # 3.50 USD each: the third does not fit any more
    assert beans(buys(shop, names[3], 10, "small", NOON + 1)) == 10


def test_a_return_gives_the_budget_back_and_goes_by_the_terms_of_then(shop: Scene) -> None:
    names = customers(shop, IN, 3)
    for name in names:
        buys(shop, name, 50, "old", LONG_AGO)
    for name in names[:2]:
        buys(shop, name, 50, "back")
    shop.order(refunded(refund(5_000), f"{names[0]}-back"))
    assert shop.balance(names[0], "beans").available == 50
    assert beans(buys(shop, names[2], 50, "back")) == 400
    verify_table(shop.table.items())  # type: ignore[attr-defined]
    assert report_of(audited(shop.table)).breaks == ()


def test_a_birthday_order_is_given_once_a_year(shop: Scene) -> None:
    program = compiled()
    names = (str(number) for number in range(100))
    name = next(each for each in names if not is_held_out(program, shop.member(each)))
    shop.join(name, birthday="1990-11-03")
    assert beans(buys(shop, name, 50, "first")) == 150
    assert beans(buys(shop, name, 50, "second", NOON + DAY_MS)) == 50
    later = buys(shop, name, 50, "december", NOON + 20 * DAY_MS)
    assert (beans(later), "wrong_segment" in reasons(later)) == (50, True)


@pytest.mark.parametrize("said", ["300", "10 %", "5 %", "10.00 USD", "3.50 USD", "180 days"])
def test_the_page_says_what_the_program_does(said: str) -> None:
    assert said in PAGE
