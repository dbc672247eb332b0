"""Many go on with one replay at once: a message for each segment, and a job for what was left.

::

    began, or next stage ──► a message for each segment
    message ──► its segment ─┬─ done: was it the last one? merge ──► next stage, or the report
                             ├─ time is up: the message once more
                             └─ somebody else goes on with it: stop
    every five minutes ──► segments that nobody goes on with, several at once; merge

Messages only say where to look, so it does no harm if they come twice, late or never.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from chalicelib import telemetry
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_STALLED_MS
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.operations.replay_segments import Spell, go_on_with
from chalicelib.operations.replay_stages import cut_further, keep, newest, next_stage
from chalicelib.storage.replay_queue import SegmentMessage, replay_queue
from chalicelib.storage.replay_segments import Segment, load_segments
from chalicelib.storage.replays import Replay, find_replay, replays_under_way
from chalicelib.storage.table import Table

WORKERS = 4
"""Segments that the job goes on with at once: most of the time it waits for the table."""

Ended = Literal["over", "cut", "lost", "sent again", "done", "next stage", "finished"]
"""What became of a message."""


def call_workers(replay: Replay, numbers: Iterable[int] | None = None) -> bool:
    """Send a message for ``numbers``, or all segments, if there is a queue; whether it took them.

    What it does not take the job of five minutes finds.
    """
    queue = replay_queue()
    if queue is None or replay.phase == "finished":
        return False
    every = range(len(replay.stretches)) if replay.is_cut else (0,)
    messages = [
        SegmentMessage(replay.shop, replay.draft_hash, number)
        for number in (every if numbers is None else numbers)
    ]
    try:
        queue.send(messages)
    except StorageUnavailable:
        telemetry.count("replay_messages_late", {"shop": replay.shop})
        return False
    return True


def take_message(table: Table, message: SegmentMessage, spell: Spell) -> Ended:
    """Go on with the segment of ``message`` until it is done or the time is up.

    Raises:
        Busy, StorageUnavailable: what was kept stays; the message comes again.
    """
    replay = find_replay(table, message.shop, message.draft_hash)
    if replay is None or replay.phase == "finished":
        return "over"
    if not replay.is_cut:
        return _cut(table, replay, spell)
    (segment,) = load_segments(table, replay, (message.segment,)) or (None,)
    if segment is None:
        return "over"  # there were more segments in another replay of the draft
    gone = go_on_with(table, replay, segment, spell)
    if gone.is_lost:
        return "lost"
    if not gone.segment.is_done:
        call_workers(replay, (message.segment,))
        return "sent again"
    after = _merged(table, replay, load_segments(table, replay), spell.time())
    if after is None:
        return "done"
    call_workers(after)
    return "finished" if after.phase == "finished" else "next stage"


def _cut(table: Table, replay: Replay, spell: Spell) -> Ended:
    """Read the list; when it is cut, all segments are called."""
    looked_at = 0
    while not replay.is_cut:
        if not spell.has_time(looked_at):
            call_workers(replay)
            return "sent again"
        before = replay.list_cut.total
        kept = keep(table, replay, cut_further(table, replay))
        if kept is None:
            return "lost"
        replay, looked_at = kept, looked_at + kept.list_cut.total - before
    call_workers(replay)
    return "cut"


def _merged(
    table: Table, replay: Replay, segments: tuple[Segment, ...], now: Instant
) -> Replay | None:
    """The next stage, if this was the last segment and nobody else was first."""
    if not all(each.is_done and each.stage == replay.stage for each in segments):
        return None
    return keep(table, replay, next_stage(table, replay, segments, now))


# ---------------------------------------------------------------- the job


def go_on_with_all(
    table: Table, has_time: Callable[[], bool], time: Callable[[], Instant]
) -> tuple[int, int]:
    """Go on with every replay under way; (how many there were, how many are finished).

    Raises:
        Exception: whatever came of one; after the other replays, and segments, had their turn.
    """
    spell = Spell(lambda _: has_time(), time)
    with ThreadPoolExecutor(1) as pool:
        ended = [
            pool.submit(_look_after, table, shop, draft_hash, spell)
            for shop, draft_hash in replays_under_way(table)
        ]
    phases = [phase for each in ended if (phase := each.result())]
    return len(phases), phases.count("finished")


def _look_after(table: Table, shop: str, draft_hash: str, spell: Spell) -> str:
    """Go on with one replay; its phase then, "" where there was no time."""
    replay = find_replay(table, shop, draft_hash) if spell.has_time(0) else None
    return _go_on(table, replay, spell).phase if replay else ""


def _go_on(table: Table, replay: Replay, spell: Spell) -> Replay:
    while replay.phase != "finished" and spell.has_time(0):
        if not replay.is_cut:
            after = keep(table, replay, cut_further(table, replay))
        else:
            after = _further(table, replay, spell)
        if after is None:
            return newest(table, replay)
        if after.is_cut and call_workers(after):
            return after  # they go on with it
        replay = after
    return replay


def _further(table: Table, replay: Replay, spell: Spell) -> Replay | None:
    """All that nobody goes on with, and the next stage if that was everything that was left."""
    segments = load_segments(table, replay)
    left = [each.number for each in segments if not each.is_done]
    free = [each.number for each in segments if _is_free(each, spell)]
    if left and not free:
        return None
    if free:
        with ThreadPoolExecutor(min(WORKERS, len(free))) as pool:
            ended = [pool.submit(_one, table, replay, number, spell) for number in free]
        for each in ended:
            each.result()
        segments = load_segments(table, replay)
    return _merged(table, replay, segments, spell.time())


def _one(table: Table, replay: Replay, number: int, spell: Spell) -> None:
    (segment,) = load_segments(table, replay, (number,))
    if _is_free(segment, spell):  # still: it may have waited for its turn
        go_on_with(table, replay, segment, spell)


def _is_free(segment: Segment, spell: Spell) -> bool:
    return not segment.is_done and spell.time() - segment.touched_at >= REPLAY_STALLED_MS
