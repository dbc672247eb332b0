"""Progress against models of a dozen lines: any documents, in any order, taken back or not."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.limits import STREAK_PERIODS_MAX
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledChallenge
from chalicelib.domain.progress import Badges, Progress, Worn, badges_of_all, progress_of_all
from chalicelib.domain.progressing import admitted, alive_at, completions, moved, streak, targeted
from tests.domain.program.builders import add, compiled

MEMBER = "m"


def made(kind: str, **keys: Any) -> CompiledChallenge:
    told = {"id": "c", "name": "C", "kind": kind, "on": "action.done", "give": [add(5)], **keys}
    attributes = {"action": {"n": "integer", "v": "text"}}
    program = compiled(challenges=[told], attributes=attributes)
    return program.challenges["c"]


COUNT = made("count", target=3, repeat=4)
SUM = made("sum", target=50, repeat=3, of="action.n")
SET = made("set", target=2, repeat=2, max=4, of="action.v")
STREAK = made("streak", target=3, repeat=5, skips=1, every="day")


def contribution(kind: str, number: int) -> dict[str, int]:
    match kind:
        case "count":
            return {"": 1}
        case "sum":
            return {"": number + 1}
        case _:
            return {str(number % 7): 1} if kind == "set" else {str(1_000 + number): 1}


def after(
    challenge: CompiledChallenge, deliveries: list[tuple[int, int, bool]]
) -> tuple[Progress, dict[int, dict[str, int]]]:
    """Deliver (document, number, whether anything is left of it) one after the other."""
    progress, held = Progress("c", MEMBER), dict[int, dict[str, int]]()
    for document, number, is_left in deliveries:
        wanted = contribution(challenge.kind, number) if is_left else {}
        own = held.get(document, {})
        part = admitted(challenge, progress, wanted, own, 1)
        if part != own:
            progress = targeted(challenge, moved(challenge, progress, own, part), 1, {})
            held[document] = part
    return progress, held


def modelled(challenge: CompiledChallenge, parts: list[dict[str, int]]) -> int:
    """How often the challenge is complete by what documents contribute, said naively."""
    values = {value for part in parts for value, amount in part.items() if amount}
    total = sum(amount for part in parts for amount in part.values())
    if challenge.kind in ("count", "sum"):
        found = total // challenge.target
    elif challenge.kind == "set":
        found = len(values) // challenge.target
    else:
        found = best_rounds(sorted(map(int, values)), challenge.target, challenge.skips)
    return min(found, challenge.repeat)


def best_rounds(periods: list[int], target: int, skips: int) -> int:
    """The most rounds that do not overlap, by trying to end one at each period or none."""
    best = [0] * (len(periods) + 1)
    for end in range(1, len(periods) + 1):
        best[end] = best[end - 1]
        if end >= target and periods[end - 1] - periods[end - target] < target + skips:
            best[end] = max(best[end], best[end - target] + 1)
    return best[-1]


DELIVERIES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.booleans()), max_size=20)


@pytest.mark.parametrize("challenge", [COUNT, SUM, SET, STREAK], ids=lambda each: each.kind)
@settings(max_examples=60)
@given(deliveries=DELIVERIES)
def test_progress_is_what_documents_contribute(
    challenge: CompiledChallenge, deliveries: list[tuple[int, int, bool]]
) -> None:
    progress, held = after(challenge, deliveries)
    parts = [part for part in held.values() if part]
    assert progress.documents == len(parts)
    assert completions(challenge, progress) == modelled(challenge, parts)
    points = 5 * modelled(challenge, parts)
    assert progress.posted == ((Share("c", "points", points),) if points else ())


@pytest.mark.parametrize("challenge", [COUNT, SUM, STREAK], ids=lambda each: each.kind)
@settings(max_examples=40)
@given(data=st.data(), numbers=st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_any_order_of_deliveries_ends_in_one_state(
    challenge: CompiledChallenge, data: st.DataObject, numbers: list[int]
) -> None:
    deliveries = [(place, number, True) for place, number in enumerate(numbers)]
    other = data.draw(st.permutations([*deliveries, *deliveries]))
    one, _ = after(challenge, deliveries)
    two, _ = after(challenge, other)
    same = msgspec.structs.replace(two, completed_at=one.completed_at, reason=one.reason)
    assert (one, one.live) == (same, two.live)


@settings(max_examples=60)
@given(numbers=st.lists(st.integers(0, 30), max_size=9))
def test_taking_everything_back_leaves_nothing(numbers: list[int]) -> None:
    told = [(place, number, True) for place, number in enumerate(numbers)]
    for challenge in (COUNT, SUM, SET, STREAK):
        gone = [(place, number, False) for place, number, _ in reversed(told)]
        progress, _ = after(challenge, [*told, *gone])
        assert (progress.live, progress.posted, progress.documents) == ({}, (), 0)


@settings(max_examples=60)
@given(periods=st.sets(st.integers(0, 40), max_size=20), target=st.integers(1, 5),
       skips=st.integers(0, 3))  # fmt: skip
def test_rounds_of_a_streak_are_as_many_as_there_can_be(
    periods: set[int], target: int, skips: int
) -> None:
    found = streak(periods, target, skips)
    assert len(found.rounds) == best_rounds(sorted(periods), target, skips)
    assert all(b.first > a.last for a, b in zip(found.rounds, found.rounds[1:], strict=False))


def test_a_run_is_alive_until_more_was_missed_than_may_be() -> None:
    run = streak({1, 2, 4}, 9, 1).run
    assert [alive_at(run, period, 1) for period in (4, 5, 6, 7, 8)] == [3, 3, 1, 0, 0]
    assert alive_at((), 5, 1) == 0


def test_a_long_streak_is_bounded_and_keeps_what_it_completed() -> None:
    progress, _ = after(STREAK, [(day, day, True) for day in range(200)])
    assert len(progress.live) <= STREAK_PERIODS_MAX
    assert progress.completed == STREAK.repeat
    late = admitted(STREAK, progress, {"1001": 1}, {}, 1)
    assert late == {"1001": 0}
    assert moved(STREAK, progress, {}, late).live == progress.live


def test_progress_by_other_terms_is_left_alone() -> None:
    other = Progress("c", MEMBER, terms="other", live={"": 2})
    assert admitted(COUNT, other, {"": 1}, {}, 1) == {}


def test_who_must_take_part_counts_from_then_on() -> None:
    challenge = made("count", target=1, join="opt_in")
    joined = Progress("c", MEMBER, joined_at=5)
    assert admitted(challenge, Progress("c", MEMBER), {"": 1}, {}, 9) == {}
    assert admitted(challenge, joined, {"": 1}, {}, 4) == {}
    assert admitted(challenge, joined, {"": 1}, {}, 5) == {"": 1}


def test_two_members_progress_is_added_once() -> None:
    own = Progress("c", MEMBER, "t", {"": 2}, 2, net={"points": 5})
    other = Progress("c", "n", "t", {"": 3}, 3, net={"points": 5}, joined_at=4)
    both = progress_of_all(own, (MEMBER, [other]))
    assert both is not None
    assert (both.live, both.documents, both.net, both.carried) == (
        {"": 5}, 5, {"points": 10}, {"points": 5},
    )  # fmt: skip
    assert progress_of_all(both, (MEMBER, [other, None])) == both
    fresh = progress_of_all(None, (MEMBER, [other]))
    assert fresh is not None
    assert (fresh.member, fresh.live, fresh.joined_at) == (MEMBER, {"": 3}, 4)
    assert progress_of_all(None, (MEMBER, [None])) is None


def test_two_members_progress_by_different_terms_is_not_added() -> None:
    own = Progress("c", MEMBER, "t", {"": 2})
    both = progress_of_all(own, (MEMBER, [Progress("c", "n", "u", {"": 3})]))
    assert both == msgspec.structs.replace(own, absorbed=("n",))


def test_two_members_badges_are_added_once() -> None:
    own = Badges("member", MEMBER, {"a": Worn(1, 5)})
    other = Badges("member", "n", {"a": Worn(2, 3), "b": Worn(1, 7)})
    both = badges_of_all(own, (MEMBER, [other]))
    assert both is not None
    assert both.worn == {"a": Worn(3, 3), "b": Worn(1, 7)}
    assert badges_of_all(both, (MEMBER, [other])) == both
    assert badges_of_all(None, (MEMBER, [None])) is None
