"""Segments of a replay: how far each has come, and its sums. One item a segment.

A checkpoint is written only over the state that it was made from, so no member is ever counted
twice, whoever goes on with a segment, and however often it is asked for. The replay itself says
which stage all segments are in: one that was written in an earlier stage has not begun yet, so the
next stage begins with a single write. Segments disappear by themselves.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.instants import SECOND_MS, Instant
from chalicelib.domain.limits import BATCH_GET_KEYS_MAX, REPLAY_SEGMENTS_KEPT_MS
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.replay.comparing import Comparison
from chalicelib.domain.replay.cutting import Mark
from chalicelib.domain.replay.habits import Habit
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.items import TTL, Absent, Item, Key, Put, RevisionIs
from chalicelib.storage.key_names import replay_key, replay_segment_key
from chalicelib.storage.replays import Replay
from chalicelib.storage.table import Table


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One segment in one stage of its replay."""

    number: int
    stage: int  # of ``Replay.stage``
    start: Mark | None = None  # of the next page; None: from where the segment begins
    looked_at: int = 0  # members, or pools, of the list
    members: int = 0  # walked
    orders: int = 0
    habit: Habit = Habit()  # of whoever has no share of their own, while the replay learns
    sums: Comparison | None = None
    is_done: bool = False
    touched_at: Instant = 0  # while somebody goes on with it
    revision: int = 0


def load_segments(
    table: Table, replay: Replay, numbers: Iterable[int] | None = None
) -> tuple[Segment, ...]:
    """Those of ``numbers``, or all, as of the replay's stage; one of a later stage is as it is."""
    every = range(len(replay.stretches))
    wanted = every if numbers is None else [number for number in numbers if number in every]
    keys = {number: _key(replay, number) for number in wanted}
    asked = list(keys.values())
    found: dict[Key, Item] = {}
    for place in range(0, len(asked), BATCH_GET_KEYS_MAX):
        found |= table.load(asked[place : place + BATCH_GET_KEYS_MAX])
    return tuple(_as_of(replay, number, found.get(key)) for number, key in keys.items())


def _as_of(replay: Replay, number: int, item: Item | None) -> Segment:
    if item is None:
        return Segment(number=number, stage=replay.stage)
    body = item["b"]
    if not isinstance(body, bytes):
        raise InvariantBroken("a stored segment has a body")
    known = msgspec.msgpack.decode(unpack(body), type=Segment)
    if known.stage >= replay.stage:
        return known
    return Segment(number=number, stage=replay.stage, revision=known.revision)


def segment_put(replay: Replay, before: Segment, after: Segment, now: Instant) -> Put:
    """The write of ``after``, if the segment is still ``before``; its revision is set here."""
    revision = before.revision + 1
    stored = msgspec.structs.replace(after, revision=revision)
    partition, sort = _key(replay, before.number)
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": revision,
        "b": pack(msgspec.msgpack.encode(stored)),
        TTL: (now + REPLAY_SEGMENTS_KEPT_MS) // SECOND_MS,
    }
    return Put(item, RevisionIs(before.revision) if before.revision else Absent())


def _key(replay: Replay, number: int) -> Key:
    return replay_segment_key(replay_key(replay.shop, replay.draft_hash), replay.id, number)
