"""What a replay takes members to redeem, held against what they redeemed in the books."""

import random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.booking import opened
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Lot, MemberFacts, UnitState
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.choosing import Choice
from chalicelib.domain.replay.comparing import begun, compare_member
from chalicelib.domain.replay.habits import Habit, habit_of, spending_of, telling
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import plan_of, spending
from chalicelib.domain.replay.spending import MILLION, Purse, phase_of, purses, spend_month
from tests.builders import NOON, unit
from tests.domain.replay.histories import bought, made, months

PRICE: Final = 100
HABITS: Final = ("half", "one", "more")
_MEMBERS: Final = 300


def five_off(*changes: dict[str, Any]) -> CompiledProgram:
    """A point for each 1.00; 5.00 off for 100 of them, or as many rewards as are told otherwise."""
    reward = {
        "id": "five",
        "name": "5 off",
        "kind": "amount_off",
        "cost": {"unit": "points", "amount": PRICE},
        "value": {"USD": 500},
    }
    rule = {
        "id": "purchase",
        "on": "order.paid",
        "give": [{"rate": "1", "per": {"USD": 100}, "unit": "points"}],
    }
    units = unit(pending="none", expiry="never")
    return made(
        units=units,
        earn=[rule],
        rewards=[{**reward, **change} for change in changes or ({},)],
        tier_groups=[],
    )


class _Books:
    """What one member bought and redeemed, as the journal has it."""

    def __init__(self) -> None:
        self.orders: list[PastOrder] = []
        self.journal: list[Entry] = []
        self.balance = 0

    def buy(self, points: int, days_ago: int) -> None:
        self.orders.append(bought(points * 100, str(len(self.orders)), days_ago))
        self._write(points, EntryKind.EARN, days_ago)

    def redeem(self, days_ago: int) -> None:
        if self.balance >= PRICE:
            self._write(-PRICE, EntryKind.REDEEM, days_ago)

    def _write(self, points: int, kind: EntryKind, days_ago: int) -> None:
        self.balance += points
        at, touched = NOON - days_ago * DAY_MS, (Touched(abs(points), 0),)
        self.journal.append(
            Entry(1, "points", points, kind, "order:main:1", self.balance, at, at, touched)
        )


def _drawn(name: str, chance_a_month: float) -> _Books:
    """A member of up to two years who redeems with this chance a month; 1: whenever they can."""
    drawn, books = random.Random(name), _Books()  # repeatable
    start = drawn.randint(30, 690)
    bought_on = [drawn.randint(0, start) for _ in range(drawn.choice((1, 2, 4, 9, 18)))]
    for days_ago in range(start, -1, -1):
        for _ in range(bought_on.count(days_ago)):
            books.buy(drawn.randint(15, 60), days_ago)
        if chance_a_month == 1 or drawn.random() < chance_a_month / 30:
            books.redeem(days_ago)
    return books


def _against(shop: dict[str, _Books]) -> tuple[int, dict[str, int]]:
    """Points redeemed in the books, and by the replay of the same program under each habit."""
    program, span = five_off(), months()
    own = {name: habit_of(books.journal, span, {"points": PRICE}) for name, books in shop.items()}
    others, sums = Habit(), begun(len(span.names))
    for habit in own.values():
        others = others.plus(telling(habit))
    for name, books in shop.items():
        plan = spending(plan_of(program, span, 0), spending_of(own[name], others))
        compare_member(name, books.orders, (plan, plan), sums)
    redeemed = (
        -entry.points
        for books in shop.values()
        for entry in books.journal
        if entry.kind is EntryKind.REDEEM
    )
    return sum(redeemed), {name: sum(sums.live.row("redeem", "points", name)) for name in HABITS}


@pytest.mark.parametrize(
    ("chances", "within"),
    [((0.08,), 0.1), ((1,), 0.02), ((0, 0.04, 0.4, 1), 0.05)],
    ids=["seldom", "whenever they can", "each their own way"],
)
def test_a_shop_replayed_by_its_own_program_redeems_what_its_books_have(
    chances: tuple[float, ...], within: float
) -> None:
    shop = {
        f"m{place}": _drawn(f"m{place}", chances[place % len(chances)]) for place in range(_MEMBERS)
    }
    booked, replayed = _against(shop)
    assert booked >= 40 * PRICE
    assert abs(replayed["one"] - booked) <= within * booked
    assert replayed["half"] < replayed["one"] <= replayed["more"]


def test_a_shop_whose_members_redeem_once_or_never_has_a_cost() -> None:
    shop = {f"{place}": _Books() for place in range(60)}
    for place, books in enumerate(shop.values()):
        for order in range(6):
            books.buy(30, 350 - 60 * order)
        if place % 2:
            books.redeem(60 if place % 4 == 1 else 20)
    booked, replayed = _against(shop)
    assert booked == 30 * PRICE
    assert abs(replayed["one"] - booked) <= 0.2 * booked
    assert 0 < replayed["half"] < replayed["one"] < replayed["more"]


# ---------------------------------------------------------------- one member


def _chosen(
    purse: Purse, program: CompiledProgram, points: int, tags: tuple[str, ...]
) -> tuple[Choice, ...]:
    """What is taken at the end of a month by who has so many points."""
    plan = plan_of(program, months(), purse.share_millionths)
    account = Account(revision=0, joined_at=0, units={"points": UnitState(lots=(Lot(points),))})
    told = MemberFacts(tags=tags), plan.choices, plan.cheapest
    _, taken = spend_month(purse, opened("77", account, NOON, program), program, told)
    return taken


def _month(purse: Purse, points: int, *tags: str) -> int:
    """How many rewards: VIPs alone may have them."""
    program = five_off({"who": {"member.tags": {"has": "vip"}}})
    return len(_chosen(purse, program, points, tags))


VIP: Final = "vip"


@given(st.integers(0, 80 * PRICE * MILLION))
def test_over_all_phases_what_is_taken_is_the_appetite(appetite: int) -> None:
    phases, taken = 20, 0
    for place in range(phases):
        phase = place * MILLION // phases
        taken += _month(Purse("one", 1, phase, appetite={"points": appetite}), MILLION, VIP)
    grown = appetite + MILLION  # by a point: a millionth of what is available
    assert taken == phases * grown // (PRICE * MILLION)


def test_an_appetite_that_could_not_be_stilled_is_kept() -> None:
    purse = Purse("one", 400_000)
    assert [_month(purse, PRICE) for _ in range(5)] == [0] * 5  # twice what there is
    assert [_month(purse, PRICE, VIP) for _ in range(2)] == [1, 1]


def test_points_that_buy_nothing_yet_whet_no_appetite() -> None:
    purse = Purse("one", MILLION)
    assert _month(purse, PRICE - 1, VIP) == 0
    assert not purse.appetite["points"]


def test_a_phase_is_of_the_least_reward_that_may_be_theirs() -> None:
    small = {"who": {"member.tags": {"has": "vip"}}}
    big = {"cost": {"unit": "points", "amount": 3 * PRICE}, "value": {"USD": 2_000}}
    program = five_off(small, {"id": "big", **big})

    def taken(*tags: str) -> list[int]:
        purse = Purse("one", 1, MILLION // 2, appetite={"points": 160 * MILLION})
        return [choice.points for choice in _chosen(purse, program, 9 * PRICE, tags)]

    assert taken() == [3 * PRICE]  # from half of 300
    assert taken("vip") == [PRICE, PRICE]  # from half of 100: 300 is not covered


def test_members_begin_evenly_between_two_rewards_by_every_program_alike() -> None:
    phases = [phase_of(f"member-{place}") for place in range(2_000)]
    assert all(0 <= phase < MILLION for phase in phases)
    by_tenth = [sum(phase * 10 // MILLION == tenth for phase in phases) for tenth in range(10)]
    assert min(by_tenth) > 150
    assert {purse.phase_millionths for purse in purses(1, "member-3")} == {phases[3]}
