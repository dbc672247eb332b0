"""A replay lets tiers be entered, and takes back what that gave, as the sweep does."""

from typing import Any

from chalicelib.domain.program.rule_document import TIER_ENTERED
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.report import Report
from tests.builders import TEA
from tests.domain.replay.histories import back, bought, compared, made

CLUB = TEA["tier_groups"][0]
GOLD_AT = CLUB["tiers"][1]["at"]["USD"]
UP: dict[str, Any] = {"id": "up", "on": TIER_ENTERED, "give": [{"add": 500, "unit": "points"}],
                      "limit": {"times": 9, "window": "lifetime"}}  # fmt: skip


def issued(*past: PastOrder, **group: Any) -> tuple[int, int]:
    """Points issued and reversed by a draft whose only rule is of tiers that are entered."""
    draft = made(earn=[UP], tier_groups=[{**CLUB, **group}])
    report: Report
    report, _ = compared(made(earn=[]), draft, {"ann": list(past)}, days=330)
    (unit,) = [each for each in report.draft.units if each.habit == "one"]
    return sum(unit.issued), sum(unit.reversed)


def test_a_tier_that_is_reached_is_entered_once() -> None:
    assert issued(bought(GOLD_AT, "1", 100), bought(100, "2", 90)) == (500, 0)


def test_where_moves_wait_the_entering_does() -> None:
    assert issued(bought(GOLD_AT, "1", 100), evaluate="daily") == (500, 0)


def test_a_refund_takes_it_back_and_the_next_time_it_is_entered_anew() -> None:
    once = bought(GOLD_AT, "1", 100, (back(GOLD_AT, 90),))
    assert issued(once) == (500, 500)
    assert issued(once, bought(GOLD_AT, "2", 80)) == (1_000, 500)


def test_a_rule_that_is_not_for_the_tier_gives_nothing_and_ends() -> None:
    draft = made(earn=[{**UP, "if": {"tier.club": "leaf"}}])
    report, _ = compared(made(earn=[]), draft, {"ann": [bought(GOLD_AT, "1", 100)]}, days=330)
    assert report.draft.units == () or not sum(report.draft.units[0].issued)
