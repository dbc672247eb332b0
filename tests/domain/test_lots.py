"""Lots: every movement changes what is booked by exactly itself, and a point leaves once."""

from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.domain import limits
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.lots import (
    Touched,
    balance,
    booked,
    credit,
    give_back,
    is_lapsed,
    is_spendable,
    lapse,
    spend,
    take_back,
)
from chalicelib.domain.member import Lot, UnitState
from chalicelib.domain.outcome import InvariantBroken
from tests.builders import NOON

DAYS = st.integers(-200, 400)
POINTS = st.integers(1, 1_000)
NOW = NOON


def at(days: int | None) -> int | None:
    return None if days is None else NOW + days * DAY_MS


LOTS = st.builds(
    Lot,
    remaining=st.integers(0, 500),
    available_at=st.one_of(st.just(0), st.integers(1, 60).map(lambda days: NOW + days * DAY_MS)),
    expires_at=st.one_of(st.none(), DAYS.map(at)),
    lapsed=st.integers(0, 50),
)
STATES = st.lists(LOTS, max_size=10).map(
    lambda lots: lapse(UnitState(tuple(lots)), NOW).state  # as every draft begins
)
DATES = st.builds(
    Touched,
    points=st.just(0),
    available_at=st.one_of(st.just(0), st.integers(-5, 60).map(lambda days: NOW + days * DAY_MS)),
    expires_at=st.one_of(st.none(), st.integers(-5, 400).map(at)),
)


def lapsed_of(state: UnitState) -> int:
    return sum(lot.lapsed for lot in state.lots)


def owing(state: UnitState, deficit: int) -> UnitState:
    """The state of someone who owes: nothing remains."""
    empty = tuple(msgspec.structs.replace(lot, remaining=0) for lot in state.lots)
    return UnitState(empty, deficit)


@given(STATES, st.integers(0, 300), POINTS, DATES)
def test_a_credit_books_exactly_its_points_and_fills_the_deficit_first(
    state: UnitState, deficit: int, points: int, dates: Touched
) -> None:
    before = owing(state, deficit) if deficit else state
    moved = credit(before, points, dates, NOW, "UTC")
    assert booked(moved.state) == booked(before) + points
    assert moved.state.deficit == max(0, before.deficit - points)
    assert sum(part.points for part in moved.touched) == max(0, points - before.deficit)


@given(STATES, st.data())
def test_spending_takes_exactly_what_is_asked_from_spendable_lots(
    state: UnitState, data: st.DataObject
) -> None:
    available = balance(state, NOW).available
    if available < 1:
        return
    points = data.draw(st.integers(1, available))
    moved = spend(state, points, NOW)
    assert booked(moved.state) == booked(state) - points
    assert balance(moved.state, NOW).available == available - points
    assert balance(moved.state, NOW).pending == balance(state, NOW).pending
    assert sum(part.points for part in moved.touched) == points
    dates = [part.expires_at or 1 << 62 for part in moved.touched]
    assert dates == sorted(dates)
    left = [
        lot.expires_at or 1 << 62
        for lot in moved.state.lots
        if is_spendable(lot, NOW) and lot.remaining
    ]
    assert all(dates[-1] <= date for date in left), "the soonest-expiring go first"


@given(STATES)
def test_more_than_is_available_is_never_spent(state: UnitState) -> None:
    for points in (0, -1, balance(state, NOW).available + 1):
        with pytest.raises(InvariantBroken):
            spend(state, points, NOW)


POLICIES = st.sampled_from(["allow", "clamp", "pending_only"])
OWN = st.builds(
    Touched,
    points=POINTS,
    available_at=st.one_of(st.just(0), st.integers(1, 60).map(lambda days: NOW + days * DAY_MS)),
    expires_at=st.one_of(st.none(), DAYS.map(at)),
)


@given(STATES, POINTS, st.lists(OWN, max_size=3), POLICIES)
def test_a_reversal_is_taken_lapsed_owed_or_short_and_nothing_else(
    state: UnitState, points: int, own: list[Touched], policy: str
) -> None:
    may_owe = policy == "allow"
    back = take_back(state, points, own, NOW, policy)
    assert back.taken + back.from_lapsed + back.short == points
    assert booked(back.state) == booked(state) - back.taken
    assert lapsed_of(back.state) == lapsed_of(state) - back.from_lapsed
    owed = back.state.deficit - state.deficit
    assert sum(part.points for part in back.touched) + owed == back.taken
    assert not (may_owe and back.short)
    assert not (owed and not may_owe)
    if back.state.deficit:
        assert not any(lot.remaining for lot in back.state.lots)


@given(STATES, POINTS, st.lists(OWN, max_size=3))
def test_where_only_pending_points_are_taken_nothing_spendable_moves(
    state: UnitState, points: int, own: list[Touched]
) -> None:
    def spendable(lots: tuple[Lot, ...]) -> list[tuple[int, int | None]]:
        return [(lot.remaining, lot.expires_at) for lot in lots if is_spendable(lot, NOW)]

    waiting = balance(state, NOW).pending
    back = take_back(state, points, own, NOW, "pending_only")
    assert [each for each in spendable(back.state.lots) if each[0]] == [
        each for each in spendable(state.lots) if each[0]
    ]
    assert back.state.deficit == state.deficit
    assert balance(back.state, NOW).pending == waiting - back.taken
    assert back.taken == min(points - back.from_lapsed, waiting)


def test_of_pending_points_the_documents_own_go_first_and_spared_ones_stay_its_own() -> None:
    own = (Touched(30, NOW + 9, None), Touched(50, 0, None))
    lots = (Lot(30, NOW + 9), Lot(20, NOW + 99), Lot(80))
    back = take_back(UnitState(lots), 60, own, NOW, "pending_only")
    assert back.touched == (Touched(30, NOW + 9), Touched(20, NOW + 99))
    assert (back.taken, back.short, back.state.lots) == (50, 10, (Lot(80),))
    assert sum(part.points for part in back.own) == 50 - 20, "20 came from another's in its place"


@given(STATES, st.data())
def test_what_was_spent_comes_back_once_and_lives_at_least_the_minimum(
    state: UnitState, data: st.DataObject
) -> None:
    available = balance(state, NOW).available
    if available < 1:
        return
    spent = spend(state, data.draw(st.integers(1, available)), NOW)
    back = give_back(spent.state, spent.touched, NOW, "UTC")
    assert booked(back.state) == booked(state)
    assert balance(back.state, NOW).available == available
    for part in back.touched:
        assert part.expires_at is None or part.expires_at >= NOW + limits.RETURNED_LIFE_MS_MIN


@given(st.lists(LOTS, max_size=12), st.integers(0, 300))
def test_lapsing_books_what_lapsed_and_again_does_nothing(lots: list[Lot], later: int) -> None:
    state, now = UnitState(tuple(lots)), NOW + later * DAY_MS
    before = balance(state, now)
    moved = lapse(state, now)
    gone = sum(part.points for part in moved.touched)
    assert booked(moved.state) == booked(state) - gone
    assert balance(moved.state, now) == before
    assert not any(lot.remaining for lot in moved.state.lots if is_lapsed(lot, now))
    again = lapse(moved.state, now)
    assert again.touched == ()
    assert again.state == moved.state


@given(STATES, st.integers(0, 400))
def test_available_is_spendable_less_the_deficit_at_any_time(state: UnitState, days: int) -> None:
    now = NOW + days * DAY_MS
    shown = balance(state, now)
    spendable = sum(lot.remaining for lot in state.lots if is_spendable(lot, now))
    pending = sum(
        lot.remaining
        for lot in state.lots
        if not is_spendable(lot, now) and not is_lapsed(lot, now)
    )
    lapsed = sum(lot.remaining for lot in state.lots if is_lapsed(lot, now))
    assert shown.available == spendable - state.deficit
    assert shown.pending == pending
    assert spendable + pending + lapsed - state.deficit == booked(state)


def test_a_lot_that_expires_before_it_matures_is_lapsed() -> None:
    lot = Lot(5, available_at=NOW + 2, expires_at=NOW + 1)
    assert balance(UnitState((lot,)), NOW).pending == 5
    assert balance(UnitState((lot,)), NOW + 1).pending == 0
    assert balance(UnitState((lot,)), NOW + 2).available == 0


def test_the_instant_of_expiry_is_the_first_without_the_points() -> None:
    state = UnitState((Lot(5, expires_at=NOW),))
    assert balance(state, NOW - 1).available == 5
    assert balance(state, NOW).available == 0


@settings(max_examples=30)
@given(st.lists(st.integers(1, 900), min_size=65, max_size=120, unique=True), st.booleans())
def test_at_most_64_lots_and_dates_are_rounded_up_only(days: list[int], pending: bool) -> None:
    state = UnitState()
    for day in days:
        available_at = NOW + day * DAY_MS // 3 if pending else 0
        dates = Touched(0, available_at, NOW + day * DAY_MS)
        before = {instant: balance(state, instant) for instant in probes(days)}
        state = credit(state, 10, dates, NOW, "Europe/Budapest").state
        assert len(state.lots) <= limits.LOTS_PER_UNIT_MAX
        for instant, known in before.items():
            assert balance(state, instant).available >= known.available, "nobody loses a day"
    assert booked(state) == 10 * len(days)


def test_of_too_many_lots_those_that_never_lapse_are_joined_without_a_date() -> None:
    state = UnitState()
    for number in range(limits.LOTS_PER_UNIT_MAX + 5):
        dates = Touched(0, NOW + (number + 1) * DAY_MS, None)
        state = credit(state, 10, dates, NOW, "UTC").state
    assert len(state.lots) == limits.LOTS_PER_UNIT_MAX
    assert {lot.expires_at for lot in state.lots} == {None}
    assert booked(state) == 10 * (limits.LOTS_PER_UNIT_MAX + 5)


def probes(days: list[int]) -> list[int]:
    return [NOW + day * DAY_MS for day in sorted(days)[:: len(days) // 5]]


def test_a_reversal_takes_the_documents_own_lots_first_and_of_those_the_lapsed_points() -> None:
    own = (Touched(100, 0, NOW - 1), Touched(100, 0, NOW + 9 * DAY_MS))
    others = Lot(500, NOW + DAY_MS)
    state = lapse(
        UnitState((Lot(100, 0, NOW - 1), Lot(100, 0, NOW + 9 * DAY_MS), others)), NOW
    ).state
    back = take_back(state, 150, own, NOW, "allow")
    assert back.from_lapsed == 100
    assert back.touched == (Touched(50, 0, NOW + 9 * DAY_MS),)
    assert back.own == (Touched(50, 0, NOW + 9 * DAY_MS),)


def test_what_a_document_still_has_in_lots_is_known_lot_by_lot() -> None:
    # 100 lapsed in the second lot: the first is untouched, and the next reversal must find it.
    own = (Touched(100, 0, NOW + 9 * DAY_MS), Touched(100, 0, NOW - 1))
    lots = (Lot(100, 0, NOW - 1), Lot(100, 0, NOW + 9 * DAY_MS), Lot(100, NOW + DAY_MS))
    state = lapse(UnitState(lots), NOW).state
    first = take_back(state, 100, own, NOW, "allow")
    assert (first.from_lapsed, first.taken) == (100, 0)
    second = take_back(first.state, 100, first.own, NOW, "allow")
    assert second.touched == (Touched(100, 0, NOW + 9 * DAY_MS),)


def test_a_reversal_finds_its_lot_after_it_matured() -> None:
    own = (Touched(10, NOW - 5, NOW + DAY_MS),)
    state = lapse(UnitState((Lot(10, NOW - 5, NOW + DAY_MS), Lot(10, NOW + 5))), NOW).state
    assert take_back(state, 10, own, NOW, "allow").touched == (Touched(10, 0, NOW + DAY_MS),)


def test_beyond_its_own_lots_a_reversal_takes_pending_then_latest_expiring() -> None:
    lots = (Lot(10, 0, NOW + 1), Lot(10, 0, NOW + 2), Lot(10, NOW + 9), Lot(10, 0, None))
    back = take_back(UnitState(lots), 25, (), NOW, "allow")
    assert [(part.points, part.available_at, part.expires_at) for part in back.touched] == [
        (10, NOW + 9, None),
        (10, 0, None),
        (5, 0, NOW + 2),
    ]


def test_lapsed_points_are_forgotten_after_120_days() -> None:
    state = lapse(UnitState((Lot(10, 0, NOW),)), NOW).state
    assert lapsed_of(state) == 10
    kept = lapse(state, NOW + limits.LAPSED_LOT_KEPT_MS - 1).state
    assert lapsed_of(kept) == 10
    assert lapse(kept, NOW + limits.LAPSED_LOT_KEPT_MS).state.lots == ()


@dataclass
class Model:
    """The naive truth: what came in, and the one way each point left."""

    credited: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0
    returned: int = 0
    own: list[Touched] = field(default_factory=list)
    bought: list[Touched] = field(default_factory=list)


class LotLife(RuleBasedStateMachine):
    """Any sequence of movements as time goes on: a point is spent, expired or returned once."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.now, self.model = UnitState(), NOW, Model()

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.now += days * DAY_MS
        moved = lapse(self.state, self.now)
        self.state = moved.state
        self.model.expired += sum(part.points for part in moved.touched)

    @rule(points=POINTS, wait=st.integers(0, 30), life=st.one_of(st.none(), st.integers(1, 90)))
    def earn(self, points: int, wait: int, life: int | None) -> None:
        expires_at = None if life is None else self.now + life * DAY_MS
        dates = Touched(0, self.now + wait * DAY_MS if wait else 0, expires_at)
        moved = credit(self.state, points, dates, self.now, "UTC")
        self.state = moved.state
        self.model.credited += points
        self.model.own.extend(moved.touched)

    @rule(part=st.integers(1, 100))
    def buy(self, part: int) -> None:
        points = balance(self.state, self.now).available * part // 100
        if points > 0:
            moved = spend(self.state, points, self.now)
            self.state = moved.state
            self.model.spent += points
            self.model.bought.extend(moved.touched)

    @rule()
    def give_one_back(self) -> None:
        if self.model.bought:
            part = self.model.bought.pop()
            self.state = give_back(self.state, (part,), self.now, "UTC").state
            self.model.returned += part.points

    @rule(policy=POLICIES)
    def take_one_back(self, policy: str) -> None:
        if self.model.own:
            part = self.model.own.pop()
            back = take_back(self.state, part.points, (part,), self.now, policy)
            self.state = back.state
            self.model.reversed += back.taken

    @invariant()
    def every_point_is_accounted_for(self) -> None:
        model = self.model
        came = model.credited + model.returned
        assert booked(self.state) == came - model.spent - model.expired - model.reversed

    @invariant()
    def who_owes_has_nothing(self) -> None:
        assert not self.state.deficit or not any(lot.remaining for lot in self.state.lots)

    @invariant()
    def lots_are_few_tidy_and_in_the_order_they_are_spent(self) -> None:
        lots = self.state.lots
        dates = [(lot.available_at, lot.expires_at) for lot in lots]
        assert len(set(dates)) == len(dates) <= limits.LOTS_PER_UNIT_MAX
        assert all(lot.remaining >= 0 and lot.lapsed >= 0 for lot in lots)
        expiries = [lot.expires_at or 1 << 62 for lot in lots]
        assert expiries == sorted(expiries)


TestLotLife = LotLife.TestCase
TestLotLife.settings = settings(max_examples=60, stateful_step_count=40)
