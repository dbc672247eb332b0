"""Replay the shop's own history through its draft and the live program: begin, go on, look.

::

    begin    the draft's words and the months are fixed; one replay a draft
    go on    cut the list of members, then segment by segment, stage by stage (``replay_stages``)

Whoever asks goes on with it, for as long as they have time: a request here, for some members;
``replay_workers`` for the rest of a large shop, many segments at once.
"""

from collections.abc import Callable

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import (
    REPLAY_CHECKPOINT_MEMBERS,
    REPLAY_SEGMENT_MEMBERS,
    REPLAY_SEGMENT_POOLS,
)
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.replay.cutting import Cut
from chalicelib.domain.replay.months import months_between
from chalicelib.operations.edit_draft import draft_unknown, find_draft
from chalicelib.operations.publish_program import checked_for, live_of
from chalicelib.operations.replay_segments import Spell, go_on_with
from chalicelib.operations.replay_stages import cut_further, keep, newest, next_stage
from chalicelib.storage.index_names import due_at_of, members_partition
from chalicelib.storage.programs import program_of
from chalicelib.storage.replay_segments import load_segments
from chalicelib.storage.replays import Replay, find_replay
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Query, Table


class ReplayWish(msgspec.Struct, frozen=True):
    """Which draft to replay; ``fresh``: anew, also where it was replayed before."""

    draft_hash: str
    fresh: bool
    actor: str
    now: Instant


def begin_replay(table: Table, shop: str, wish: ReplayWish) -> Replay | Refusal:
    """The replay of the draft against the live program: the one there is, else a new one."""
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    known, draft = found
    if draft is None:
        return draft_unknown()
    if draft.hash != wish.draft_hash:
        detail = "Somebody saved another draft: read it, then replay that one."
        return Refusal(RefusalCode.DRAFT_OUTDATED, detail)
    live = live_of(table, known, wish.now)
    if live is None:
        detail = "There is nothing to compare with before the first version is live."
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, detail)
    checked = checked_for(msgspec.json.decode(draft.document), live)
    if checked.program is None:
        detail = "The draft has errors; `errors` lists them all."
        return Refusal(RefusalCode.PROGRAM_INVALID, detail, checked.errors)
    before = find_replay(table, shop, draft.hash)
    is_current = before is not None and before.live_version == live.version
    if before is not None and is_current and not (wish.fresh and before.finished_at):
        return before
    return _begun(table, known, (before, draft.document), wish)


def _begun(
    table: Table, shop: Shop, known: tuple[Replay | None, bytes], wish: ReplayWish
) -> Replay:
    before, document = known
    live = shop.live_version(wish.now)
    first = _first_joined(table, shop.shop_id, wish.now)
    zone = program_of(table, shop.shop_id, live).zone
    replay = Replay(
        id=f"{wish.now}",
        shop=shop.shop_id,
        draft_hash=wish.draft_hash,
        draft=document,
        live_version=live,
        started_by=wish.actor,
        started_at=wish.now,
        months=months_between(first, wish.now, zone),
        list_cut=Cut(REPLAY_SEGMENT_MEMBERS),
        pools_cut=Cut(REPLAY_SEGMENT_POOLS),
        pauses=shop.pauses,
    )
    return keep(table, before, cut_further(table, replay)) or newest(table, replay)


def _first_joined(table: Table, shop: str, now: Instant) -> Instant:
    """When the first member joined: what is older tells of nobody."""
    page = table.query(Query(members_partition(shop), index="GSI1", limit=1))
    return due_at_of(page.items[0]) if page.items else now


def go_on(table: Table, replay: Replay, has_time: Callable[[int], bool], now: Instant) -> Replay:
    """Go on while ``has_time`` (asked with the members looked at so far); the replay then.

    Raises:
        Busy, StorageUnavailable: what was kept stays; go on from there.
    """
    looked_at, spell = 0, Spell(has_time, lambda: now)
    while replay.phase != "finished" and has_time(looked_at):
        after, more = _step(table, replay, spell.after(looked_at))
        if after is None:
            return newest(table, replay)  # somebody else goes on with it
        replay, looked_at = after, looked_at + more
    return replay


def _step(table: Table, replay: Replay, spell: Spell) -> tuple[Replay | None, int]:
    """One page of the list, one segment, or one stage; and the members looked at."""
    if not replay.is_cut:
        return keep(table, replay, cut_further(table, replay)), REPLAY_CHECKPOINT_MEMBERS
    segments = load_segments(table, replay)
    left = [each for each in segments if not each.is_done or each.stage != replay.stage]
    if not left:
        return keep(table, replay, next_stage(table, replay, segments, spell.time())), 0
    longest_alone = min(left, key=lambda each: (each.touched_at, each.number))
    gone = go_on_with(table, replay, longest_alone, spell)
    if gone.is_lost:
        return None, gone.looked_at
    if gone.segment.is_done and len(left) == 1:
        whole = tuple(gone.segment if each is longest_alone else each for each in segments)
        replay_then = keep(table, replay, next_stage(table, replay, whole, spell.time()))
        return replay_then, gone.looked_at
    return replay, gone.looked_at


# ---------------------------------------------------------------- looking


class Progress(msgspec.Struct, frozen=True):
    """How far a replay is with the stage under way."""

    percent: int
    members: int  # walked
    orders: int
    members_total: int  # in the list, as far as it is read
    segments: int
    segments_done: int


def progress_of(table: Table, replay: Replay) -> Progress:
    """How far ``replay`` is; of one under way every segment is read."""
    total, count = replay.list_cut.total, len(replay.stretches) if replay.is_cut else 0
    if replay.phase == "finished":
        return Progress(100, replay.members, replay.orders, total, count, count)
    segments = load_segments(table, replay) if replay.is_cut else ()
    looked_at = sum(each.looked_at for each in segments)
    return Progress(
        percent=min(99, looked_at * 100 // max(1, total + replay.pools_cut.total)),
        members=sum(each.members for each in segments),
        orders=sum(each.orders for each in segments),
        members_total=total,
        segments=count,
        segments_done=sum(each.is_done for each in segments),
    )


def view_replay(table: Table, shop: str, draft_hash: str) -> Replay | Refusal:
    """The replay of the draft of that hash; "" for the draft there is."""
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    wanted = draft_hash or (found[1].hash if found[1] else "")
    replay = find_replay(table, shop, wanted) if wanted else None
    if replay is None:
        return Refusal(RefusalCode.REPLAY_UNKNOWN, "This draft was not replayed: start it.")
    return replay
