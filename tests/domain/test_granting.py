"""Grants follow their award: granted, revoked, kept where the world can't give them back."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.causes import free_of, moves, shard_of
from chalicelib.domain.granting import CAUSE, Granted, differences, names_of_kind, regranted
from chalicelib.domain.limits import CAUSE_SHARDS
from chalicelib.domain.program.occasion import Grant

FOREST = (CAUSE, "forest")


def tree(amount: int = 1, rule: str = "trees", effect: int = 0) -> Grant:
    return Grant(rule, effect, CAUSE, "forest", amount)


def stood(amount: int, kept: int = 0, rule: str = "trees") -> Granted:
    return Granted(rule, 0, CAUSE, "forest", amount, kept)


def test_what_is_new_is_granted() -> None:
    assert regranted((), (tree(2),), {}) == (stood(2),)


def test_the_same_award_again_changes_nothing() -> None:
    known = regranted((), (tree(2), tree(1, "b")), {})
    assert regranted(known, (tree(1, "b"), tree(2)), {FOREST: 3}) == known


def test_what_is_gone_is_revoked_and_remembered() -> None:
    (line,) = regranted((stood(2),), (), {FOREST: 5})
    assert (line, line.state, line.stands) == (stood(0), "revoked", 0)


def test_what_was_passed_on_is_kept() -> None:
    (line,) = regranted((stood(3),), (), {FOREST: 1})
    assert (line, line.state, line.stands) == (stood(0, kept=2), "revoked", 2)


def test_what_was_kept_comes_first_when_the_reason_returns() -> None:
    (line,) = regranted((stood(0, kept=2),), (tree(3),), {})
    assert (line, line.state, line.stands) == (stood(3), "granted", 3)


def test_what_was_kept_is_never_asked_for_again() -> None:
    known = (stood(0, kept=2),)
    assert regranted(known, (), {FOREST: 9}) == known


def test_two_lines_of_one_cause_share_what_can_be_taken_back() -> None:
    known = (stood(2, rule="a"), stood(2, rule="b"))
    assert regranted(known, (), {FOREST: 3}) == (stood(0, rule="a"), stood(0, 1, rule="b"))


def test_differences_are_summed_by_thing() -> None:
    before, after = (stood(2), stood(1, rule="b")), (stood(0, 1), stood(3, rule="b"))
    assert differences(before, after) == {FOREST: 1}
    assert differences(before, before) == {}


def test_only_what_stands_can_be_taken_back() -> None:
    lines = (stood(1), Granted("r", 0, CAUSE, "sea", 0, 2), Granted("r", 1, "badge", "fan", 1))
    assert names_of_kind(lines, CAUSE) == {"forest"}


counts = st.integers(0, 5)


@given(st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=8))
def test_a_counter_follows_its_lines_and_never_falls_below_what_was_settled(
    steps: list[tuple[int, int, int]],
) -> None:
    lines: tuple[Granted, ...] = ()
    unsettled, settled = 0, 0
    for first, second, passed_on in steps:
        target = tuple(tree(n, rule) for n, rule in ((first, "a"), (second, "b")) if n)
        after = regranted(lines, target, {FOREST: unsettled})
        change = differences(lines, after).get(FOREST, 0)
        assert unsettled + change >= 0
        unsettled += change
        moved = min(passed_on, unsettled)
        unsettled, settled = unsettled - moved, settled + moved
        lines = after
        assert sum(line.amount for line in lines) == first + second
        assert sum(line.stands for line in lines) == unsettled + settled
        assert regranted(lines, target, {FOREST: unsettled}) == lines


@given(
    st.dictionaries(st.integers(0, CAUSE_SHARDS - 1), st.integers(0, 9)),
    st.data(),
)
def test_what_is_taken_back_comes_from_shards_that_have_it(
    shards: dict[int, int], data: st.DataObject
) -> None:
    whole = free_of({"forest": shards})[FOREST]
    amount = data.draw(st.integers(0, whole))
    made = moves({"forest": -amount}, "order:main:1", {"forest": shards})
    assert -sum(move.amount for move in made) == amount
    assert len({move.shard for move in made}) == len(made)
    assert all(shards[move.shard] >= -move.amount > 0 for move in made)


def test_a_gift_goes_to_the_shard_of_its_document() -> None:
    (move,) = moves({"forest": 3}, "order:main:1", {})
    assert (move.cause, move.shard, move.amount) == ("forest", shard_of("order:main:1"), 3)


def test_documents_spread_over_the_shards() -> None:
    assert {shard_of(f"order:main:{number}") for number in range(100)} == set(range(CAUSE_SHARDS))
