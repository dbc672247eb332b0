"""Budgets are never overdrawn, whoever writes at once; what is given back can be spent again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.budgets import Budgets, ceilings, moves, spent_by, with_budgets
from chalicelib.domain.decision import AlreadyRecorded, BudgetMove, Decision
from chalicelib.domain.limits import BUDGET_SHARDS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.progress import Progress
from chalicelib.storage.stock import budget_keys, budget_write, budgets_of
from chalicelib.storage.table import ConditionFailed
from tests.memory_table import MemoryTable

SPRING = "campaign:spring"
spent = st.dictionaries(st.integers(0, BUDGET_SHARDS - 1), st.integers(0, 3_000))
limits = st.integers(0, 9_000)


def budgets(limit: int, shards: dict[int, int]) -> Budgets:
    return Budgets({SPRING: limit}, {SPRING: shards})


def order(name: str = "1", amount: int = 0) -> OrderDocument:
    held = {SPRING: amount} if amount else {}
    return OrderDocument(source="main", order_id=name, budgets=held)


@given(limits, spent)
def test_shards_filled_to_their_ceilings_hold_no_more_than_the_limit(
    limit: int, shards: dict[int, int]
) -> None:
    tops = ceilings(limit, shards)
    filled = {**shards, **tops}
    assert all(top >= shards.get(shard, 0) for shard, top in tops.items())
    assert sum(filled.values()) <= max(limit, sum(shards.values()))


@given(limits, spent)
def test_what_is_left_is_what_was_not_spent(limit: int, shards: dict[int, int]) -> None:
    left = limit - sum(shards.values())
    assert budgets(limit, shards).left(SPRING) == max(0, left)


def test_a_budget_that_nobody_named_has_nothing_left() -> None:
    assert Budgets().left(SPRING) == 0


@given(limits, spent, st.integers(1, 9_000), st.text("abc", min_size=1))
def test_what_fits_is_granted_whole_over_as_many_shards_as_it_takes(
    limit: int, shards: dict[int, int], amount: int, name: str
) -> None:
    held = budgets(limit, shards)
    if amount > held.left(SPRING):
        with pytest.raises(InvariantBroken):
            moves({SPRING: amount}, name, held)
        return
    made = moves({SPRING: amount}, name, held)
    assert sum(move.amount for move in made) == amount
    assert all(shards.get(move.shard, 0) + move.amount <= move.ceiling for move in made)


@given(spent, st.integers(1, 9_000), st.text("abc", min_size=1))
def test_what_is_given_back_comes_from_shards_that_have_it(
    shards: dict[int, int], amount: int, name: str
) -> None:
    made = moves({SPRING: -amount}, name, budgets(0, shards))
    assert sum(move.amount for move in made) == -amount
    if amount <= sum(shards.values()):
        assert all(shards[move.shard] >= -move.amount for move in made)


def test_the_difference_of_a_document_is_what_moves() -> None:
    held = budgets(100, {})
    outcome = with_budgets(Decision(order(amount=70)), (order(amount=50),), held)
    assert isinstance(outcome, Decision)
    assert [move.amount for move in outcome.budgets] == [20]
    same = Decision(order(amount=50))
    assert with_budgets(same, (order(amount=50),), held) is same
    replay = AlreadyRecorded(order(amount=50))
    assert with_budgets(replay, (order(),), held) is replay


def test_a_document_of_another_kind_spends_nothing() -> None:
    progress = Progress("three", "m")
    assert spent_by((progress,)) == ()
    with pytest.raises(InvariantBroken):
        with_budgets(Decision(progress), (order(amount=5),), Budgets())


# ---------------------------------------------------------------- writers


class Writer:
    """One who reads, decides by what was read, and commits; over and over until it is settled."""

    def __init__(self, table: MemoryTable, name: str, change: tuple[int, int]) -> None:
        self.table, self.name, self.amount, self.limit = table, name, *change
        self.read: Budgets | None = None
        self.result: int | None = None

    def step(self) -> None:
        """Read, or commit what was read before."""
        if self.read is None:
            items = self.table.load(budget_keys("tea", (SPRING,)))
            self.read = budgets_of("tea", {SPRING: self.limit}, items)
            return
        held, self.read = self.read, None
        if self.amount > held.left(SPRING):
            self.result = 0
            return
        made = moves({SPRING: self.amount}, self.name, held)
        try:
            self.table.transact([budget_write("tea", move) for move in made], self.name)
        except ConditionFailed:
            return
        self.result = self.amount


def spent_in(table: MemoryTable) -> int:
    items = table.load(budget_keys("tea", (SPRING,)))
    return sum(int(str(item["n"])) for item in items.values())


@given(
    st.lists(st.integers(1, 700), min_size=2, max_size=6),
    st.integers(0, 2_500),
    st.lists(st.integers(0, 5), max_size=40),
)
def test_writers_in_any_order_never_spend_more_than_there_is(
    amounts: list[int], limit: int, turns: list[int]
) -> None:
    table = MemoryTable()
    writers = [Writer(table, f"w{n}", (amount, limit)) for n, amount in enumerate(amounts)]
    rounds = [turn for turn in turns if turn < len(writers)] + list(range(len(writers))) * 20
    for turn in rounds:
        if writers[turn].result is None:
            writers[turn].step()
        assert spent_in(table) <= limit
    assert all(writer.result is not None for writer in writers)
    assert spent_in(table) == sum(writer.result or 0 for writer in writers)


@given(st.integers(0, 700), st.lists(st.integers(0, 2), max_size=20))
def test_a_limit_that_was_lowered_meanwhile_lets_nobody_over_it(
    lower: int, turns: list[int]
) -> None:
    table = MemoryTable()
    items = table.load(budget_keys("tea", (SPRING,)))
    early = moves({SPRING: 700}, "early", budgets_of("tea", {SPRING: 1_000}, items))
    table.transact([budget_write("tea", move) for move in early], "early")
    writers = [Writer(table, f"w{n}", (50, lower)) for n in range(3)]
    for turn in (*turns, *(0, 1, 2) * 20):
        if writers[turn].result is None:
            writers[turn].step()
    assert spent_in(table) == 700  # lowered below what was spent: nothing more


def test_what_came_back_can_be_spent_again() -> None:
    table = MemoryTable()
    first = Writer(table, "first", (100, 100))
    first.step()
    first.step()
    held = budgets_of("tea", {SPRING: 100}, table.load(budget_keys("tea", (SPRING,))))
    assert held.left(SPRING) == 0
    back: tuple[BudgetMove, ...] = moves({SPRING: -100}, "first", held)
    table.transact([budget_write("tea", move) for move in back], "back")
    again = Writer(table, "again", (100, 100))
    again.step()
    again.step()
    assert (first.result, again.result, spent_in(table)) == (100, 100, 100)


def test_what_does_not_change_is_not_written() -> None:
    assert moves({SPRING: 0}, "w", budgets(100, {})) == ()
