"""Proof 4: requests at once on one member, in every order of their touches of the table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count

import pytest

from tests.builders import Scene, recorded
from tests.simulation.all_rivals import BY_NAME, DRAWN, MEETINGS, THREES
from tests.simulation.books import breaks
from tests.simulation.conftest import Counted
from tests.simulation.dice import Dice
from tests.simulation.interleaving import Request, Run, burst, runs, sampled
from tests.simulation.rivals import (
    Meeting,
    adjusting,
    answer_of,
    earning,
    misled,
    redeeming,
)
from tests.simulation.verbs import OPT_IN
from tests.simulation.worlds import STOCK, plain, scene_of, table_of

QUICK = (
    "one order twice, first of its member",
    "two orders, first of their member",
    "two tastings, one allowed",
    "refund and edit",
    "one adjustment twice",
)
PARTS = 3
ALL = 2_000  # of a meeting that has more, these and some that are drawn
SAMPLES = 700


def bounded(start: Scene, requests: Sequence[Request]) -> Iterable[tuple[Run, Scene]]:
    """Every order of turns; of more than ``ALL`` so many, and some drawn from all of them."""
    made = 0
    for made, run in enumerate(runs(start, requests, ALL), 1):  # noqa: B007 - asked below
        yield run
    if made == ALL:
        yield from sampled(start, requests, Dice("many"), SAMPLES)


def proven(meetings: Iterable[Meeting], counted: Counted) -> None:
    steps, meetings = count(), tuple(meetings)
    wrong = [misled(meeting, bounded, lambda: bool(next(steps))) for meeting in meetings]
    counted("4 interleavings of two", meetings=len(meetings), orders_of_turns=next(steps), wrong=0)
    assert [each for each in wrong if each] == []


def test_two_requests_at_once_end_as_one_after_the_other(counted: Counted) -> None:
    proven((BY_NAME[name] for name in QUICK), counted)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_any_two_requests_at_once_end_as_one_after_the_other(part: int, counted: Counted) -> None:
    proven(MEETINGS[part::PARTS], counted)


@pytest.mark.soak
def test_a_merge_and_another_request_at_once_end_as_one_after_the_other(counted: Counted) -> None:
    steps = count()

    def drawn(start: Scene, requests: Sequence[Request]) -> Iterable[tuple[Run, Scene]]:
        return sampled(start, requests, Dice("merge"), SAMPLES)

    wrong = [misled(meeting, drawn, lambda: bool(next(steps))) for meeting in DRAWN]
    counted("4 interleavings of a merge", meetings=len(DRAWN), orders_drawn=next(steps), wrong=0)
    assert [each for each in wrong if each] == []


@pytest.mark.soak
def test_three_requests_at_once_end_as_one_after_the_other(counted: Counted) -> None:
    steps = count()

    def drawn(start: Scene, requests: Sequence[Request]) -> Iterable[tuple[Run, Scene]]:
        return sampled(start, requests, Dice("three"), SAMPLES)

    wrong = [misled(meeting, drawn, lambda: bool(next(steps))) for meeting in THREES]
    counted("4 interleavings of three", meetings=len(THREES), orders_drawn=next(steps), wrong=0)
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_burst_of_32_on_one_member_is_answered_whole(seed: str, counted: Counted) -> None:
    scene = scene_of(plain())
    recorded(scene.pay(10_000, "funds"))
    orders = [earning(f"e{number}", 5_000) for number in range(16)]
    others = [redeeming(f"k{number}") for number in range(8)]
    others += [adjusting(5, f"a{number}") for number in range(8)]
    answers, after, took_ms = burst(scene, [*orders, *others], Dice(seed))
    calls = len(table_of(after).calls)
    counted(f"4 burst {seed}", requests=32, calls=calls, virtual_ms=took_ms, refusals=0)
    assert Counter(map(answer_of, answers)) == {"ok": 32}
    assert after.available() == 120 + 16 * 50 - 8 * 50 + 8 * 5
    assert breaks(table_of(after), STOCK) == []


def test_an_order_that_the_index_did_not_show_is_claimed_by_joining_again() -> None:
    scene = scene_of(plain(join=OPT_IN))
    table_of(scene).freeze_indexes()
    recorded(scene.pay(5_000, "1"))
    recorded(scene.join())
    assert scene.available() == 20
    table_of(scene).thaw_indexes()
    recorded(scene.join())
    assert scene.available() == 20 + 50
    assert breaks(table_of(scene), STOCK) == []
