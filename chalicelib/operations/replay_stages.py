"""Take a replay from one stage to the next: cut the list, merge what segments found, report.

::

    cut      the lists of members and of pools, read once (keys alone)
    learn    every journal once: how much of their points members spend
    walk     everybody's orders once, by both programs
             ... and once more in rounds, where a budget ran out
    report

Each step is one write over the replay as it was read. So it is taken once, by whoever was first;
who merges the same segments again finds the same, and finds that it is written.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_CUT_PAGE, REPLAY_SEGMENTS_MAX
from chalicelib.domain.replay.comparing import Comparison, begun
from chalicelib.domain.replay.cutting import Cut
from chalicelib.domain.replay.habits import Habit
from chalicelib.domain.replay.reporting import following, report_of
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.replay_segments import basis_of, list_page
from chalicelib.storage.replay_segments import Segment
from chalicelib.storage.replays import Replay, find_replay, replay_put
from chalicelib.storage.table import ConditionFailed, Table


def cut_further(table: Table, replay: Replay) -> Replay:
    """The replay with a page more of the lists that are not read yet; nothing is written."""
    if not replay.list_cut.whole:
        members = _page_more(table, replay, replay.list_cut)
        replay = msgspec.structs.replace(replay, list_cut=members)
    if replay.list_cut.whole and not replay.pools_cut.whole:
        pools = _page_more(table, replay, replay.pools_cut)
        replay = msgspec.structs.replace(replay, pools_cut=pools)
    return replay


def _page_more(table: Table, replay: Replay, cut: Cut) -> Cut:
    of_pools = replay.list_cut.whole
    page, marks = list_page(table, replay.shop, (of_pools, REPLAY_CUT_PAGE), cut.place)
    return cut.plus(marks, page.next_start, REPLAY_SEGMENTS_MAX)


def next_stage(table: Table, replay: Replay, segments: tuple[Segment, ...], now: Instant) -> Replay:
    """The replay after all its ``segments`` were done with its stage; nothing is written."""
    if replay.phase == "learning":
        habit = Habit()
        for segment in segments:
            habit = habit.plus(segment.habit)
        return msgspec.structs.replace(replay, phase="walking", habit=habit)
    sums, basis = _merged(replay, segments), basis_of(table, replay)
    further = following(basis, sums)
    if further is not None:  # a budget ran out: once more, by when it did
        return msgspec.structs.replace(replay, turn=further)
    return msgspec.structs.replace(
        replay,
        phase="finished",
        report=report_of(basis, sums),
        members=sum(each.members for each in segments),
        orders=sum(each.orders for each in segments),
        finished_at=now,
    )


def _merged(replay: Replay, segments: tuple[Segment, ...]) -> Comparison:
    sums = begun(len(replay.months.names))
    for segment in segments:
        if segment.sums is not None:
            sums.merge(segment.sums)
    return sums


def keep(table: Table, before: Replay | None, after: Replay) -> Replay | None:
    """``after`` as it was written; None where somebody else wrote since ``before``."""
    try:
        record_writes(table, (replay_put(before, after),))
    except ConditionFailed:
        return None
    return msgspec.structs.replace(after, revision=before.revision + 1 if before else 1)


def newest(table: Table, replay: Replay) -> Replay:
    """The replay of the same draft as it stands."""
    return find_replay(table, replay.shop, replay.draft_hash) or replay
