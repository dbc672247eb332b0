"""Pauses as intervals: what they mean for an instant never depends on when it is asked."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.decision import AlreadyRecorded
from chalicelib.domain.limits import PAUSES_KEPT_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import (
    Pause,
    Paused,
    Pauses,
    earning_stop,
    pause_at,
    redeem_stop,
    resting,
    stopped,
    with_pause,
    without_pause,
)
from chalicelib.domain.records import Joining
from tests.builders import NOON
from tests.domain.program.builders import compiled

STOP = Refusal(RefusalCode.PROGRAM_PAUSED, "Paused.")


def pause(since: int, until: int = 0, what: Paused = Paused.EARNING) -> Pause:
    return Pause(what, since, until)


def test_a_pause_holds_from_its_first_moment_to_before_its_last() -> None:
    pauses = (pause(10, 20), pause(30))
    inside = [instant for instant in (9, 10, 19, 20, 29, 30, 99) if pause_at(pauses, instant)]
    assert inside == [10, 19, 30, 99]


def test_the_same_pause_again_goes_on_and_another_kind_takes_its_place() -> None:
    first = with_pause((), pause(10))
    assert with_pause(first, pause(15)) == first
    other = with_pause(first, pause(15, what=Paused.ALL))
    assert other == (pause(10, 15), pause(15, what=Paused.ALL))
    assert without_pause(other, 40)[-1].until == 40
    assert without_pause(without_pause(other, 40), 50) == without_pause(other, 40)
    assert without_pause((), 40) == ()


def test_a_pause_that_is_ended_in_its_own_moment_was_there() -> None:
    (only,) = without_pause(with_pause((), pause(10)), 10)
    assert (only.since, only.until) == (10, 11)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=30))
def test_pauses_stay_in_order_apart_and_bounded(steps: list[tuple[bool, int]]) -> None:
    pauses: Pauses = ()
    now = 0
    for begins, ahead in steps:
        now += ahead
        before = [bool(pause_at(pauses, instant)) for instant in range(now)]
        what = Paused.ALL if ahead % 2 else Paused.EARNING
        pauses = with_pause(pauses, pause(now, what=what)) if begins else without_pause(pauses, now)
        assert bool(pause_at(pauses, now)) is begins
        assert [bool(pause_at(pauses, instant)) for instant in range(now)] == before
    assert all(pause.until for pause in pauses[:-1])
    ends = [(one.until, two.since) for one, two in pairwise(pauses)]
    assert all(until <= since for until, since in ends)


def test_only_so_many_pauses_are_remembered() -> None:
    pauses: Pauses = ()
    for turn in range(PAUSES_KEPT_MAX + 5):
        pauses = without_pause(with_pause(pauses, pause(turn * 10)), turn * 10 + 5)
    assert len(pauses) == PAUSES_KEPT_MAX
    assert pauses[0].since == 50


def test_nothing_is_earned_in_a_pause_or_after_the_end() -> None:
    program = compiled(ends={"earn": "2026-11-30", "redeem": "2026-12-31"})
    end = program.earn_before
    assert earning_stop(program, (pause(NOON),), NOON) == "paused"
    assert earning_stop(program, (), end - 1) == ""
    assert earning_stop(program, (), end) == "program_ended"
    assert resting(program, (), NOON) is program
    assert not resting(program, (), end).rules


def test_nothing_is_redeemed_in_a_pause_of_all_or_after_the_last_day() -> None:
    program = compiled(ends={"earn": "2026-11-30", "redeem": "2026-12-31"})
    everything = (pause(NOON, what=Paused.ALL),)
    assert redeem_stop(program, (pause(NOON),), NOON) is None
    assert redeem_stop(None, (), NOON) is None
    for stop, code in (
        (redeem_stop(program, everything, NOON), RefusalCode.PROGRAM_PAUSED),
        (redeem_stop(None, everything, NOON), RefusalCode.PROGRAM_PAUSED),
        (redeem_stop(program, (), program.redeem_before), RefusalCode.PROGRAM_ENDED),
    ):
        assert stop is not None
        assert stop.code is code


def test_a_replay_stays_the_answer_and_the_first_refusal_comes_first() -> None:
    known = AlreadyRecorded(Joining(id="member", member="m", recorded_at=0, program_version=1))
    unknown = Refusal(RefusalCode.REWARD_UNKNOWN, "No such reward.")
    poor = Refusal(RefusalCode.INSUFFICIENT_POINTS, "Too few.")
    assert stopped(known, STOP) is known
    assert stopped(unknown, STOP) is unknown
    assert stopped(poor, STOP) is STOP
    assert stopped(poor, None) is poor
