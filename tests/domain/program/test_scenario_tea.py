"""The tea club of the design's example session, lived through."""

import json
from pathlib import Path

from chalicelib.domain.member import Counters, Standing
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion, OccasionLine, Terms
from chalicelib.domain.program.rewards import find_reward, reward_refusal
from chalicelib.domain.program.tiers import progress, qualify, standing_at
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import at, facts, line, points

EXAMPLE = Path(__file__).parents[3] / "examples" / "programs" / "tea.json"
CHECKED = check(json.loads(EXAMPLE.read_text(encoding="utf-8")))
assert CHECKED.program is not None
TEA = compile_program(CHECKED.program, 1)
CLUB = TEA.groups["club"]


class Shopper:
    """Someone who buys tea, with only what a ledger would keep."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.terms: dict[str, Terms] = {}
        self.posted: dict[str, tuple[int, int]] = {}  # points and cents by order

    @property
    def balance(self) -> int:
        return sum(earned for earned, _ in self.posted.values())

    def buys(self, name: str, day: str, *lines: OccasionLine | int) -> int:
        """The points that the order changes the balance by."""
        paid = at(day)
        held = standing_at(CLUB, self.standing, paid).tier
        terms = self.terms.setdefault(name, Terms(program_version=1, tiers={"club": held}))
        goods = tuple(each if isinstance(each, OccasionLine) else line(each) for each in lines)
        award = evaluate(TEA, Occasion("order.paid", paid, paid, lines=goods), terms)
        before, cents = self.posted.get(name, (0, 0))
        amount = award.qualifying.get("club", 0)
        self.standing = qualify(CLUB, self.standing, amount - cents, paid, paid).standing
        self.posted[name] = (points(award), amount)
        return points(award) - before


def test_the_example_session_comes_to_its_figures() -> None:
    shopper = Shopper()
    assert shopper.buys("1001", "2026-11-21", 11_450) == 114
    assert shopper.standing.tier == "leaf"
    ahead = progress(CLUB, shopper.standing, at("2026-11-21"))
    assert (ahead.value, ahead.missing) == (11_450, 8_550)
    five_off = find_reward(TEA, "five-off")
    assert five_off is not None
    assert five_off.cost is not None
    assert (five_off.cost.amount or 0) <= shopper.balance
    assert reward_refusal(TEA, five_off, facts(), Counters(), at("2026-11-21")) is None


def test_gold_begins_after_the_order_that_reaches_it() -> None:
    shopper = Shopper()
    assert shopper.buys("1", "2026-03-01", 15_000) == 150
    assert shopper.buys("2", "2026-04-01", 6_000) == 60  # judged by the tier before it
    assert shopper.standing.tier == "gold"
    assert shopper.buys("3", "2026-05-01", 4_299) == 64  # 64.485


def test_a_whole_return_takes_back_exactly_what_it_gave_and_the_tier_with_it() -> None:
    shopper = Shopper()
    shopper.buys("1", "2026-03-01", 15_000)
    shopper.buys("2", "2026-04-01", 6_000)
    assert shopper.buys("3", "2026-05-01", 4_299) == 64
    assert shopper.buys("2", "2026-04-01", 0) == -60
    assert shopper.standing.tier == "leaf"  # 192.99 is left
    assert shopper.buys("3", "2026-05-01", 4_299) == 0  # its own terms stay: gold
    assert shopper.buys("4", "2026-06-01", 1_000) == 10
    assert shopper.standing.tier == "gold"  # and 202.99 again


def test_a_partial_return_is_computed_by_the_terms_of_the_award() -> None:
    shopper = Shopper()
    shopper.buys("1", "2026-03-01", 25_000)
    assert shopper.buys("2", "2026-04-01", 4_299, 1_000) == 79  # 79.485
    assert shopper.buys("2", "2026-04-01", 4_299) == -15  # 64.485 are left


def test_a_gift_card_buys_no_points_and_no_tier() -> None:
    shopper = Shopper()
    assert shopper.buys("1", "2026-03-01", line(50_000, gift_card=True), 100) == 1
    assert shopper.standing.tier == "leaf"


def test_gold_lasts_through_the_next_year_and_needs_another() -> None:
    shopper = Shopper()
    shopper.buys("1", "2026-03-15", 25_000)
    assert standing_at(CLUB, shopper.standing, at("2027-03-31")).tier == "gold"
    assert standing_at(CLUB, shopper.standing, at("2027-04-01")).tier == "leaf"
    shopper.buys("2", "2026-12-01", 20_000)
    assert standing_at(CLUB, shopper.standing, at("2027-04-01")).tier == "gold"
    assert standing_at(CLUB, shopper.standing, at("2028-04-01")).tier == "leaf"
