"""Go on with one segment of a replay: some members, or pools, after the other, by checkpoints.

Nobody holds a segment. What was found and the place are one write under the segment's revision;
of two who go on with it at once one finds the revision gone and stops, and nobody is counted twice.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_CHECKPOINT_MEMBERS, REPLAY_CHECKPOINT_POOLS
from chalicelib.domain.member import Account
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.choosing import cheapest_of, choices_of
from chalicelib.domain.replay.comparing import Comparison, begun
from chalicelib.domain.replay.cutting import Mark, Stretch
from chalicelib.domain.replay.habits import habit_of, spending_of_shop, telling
from chalicelib.domain.replay.reporting import Basis
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.replay_history import journal_of
from chalicelib.operations.replay_walks import Visit, Walked, visit_of, walk_one, walk_pool
from chalicelib.storage.index_names import members_partition, pools_partition
from chalicelib.storage.items import Item, key_of
from chalicelib.storage.key_names import account_key, parts_of
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.replay_segments import Segment, segment_put
from chalicelib.storage.replays import Replay
from chalicelib.storage.table import ConditionFailed, Page, Query, Table

Held: TypeAlias = tuple[str, Account]
"""A member, or a pool, with the account."""

POOL_WEIGHT = 5
"""For as many members a pool is taken, with all who share it, where a request has its time."""


class Spell(msgspec.Struct, frozen=True):
    """For how long somebody goes on: asked with the members looked at so far."""

    has_time: Callable[[int], bool]
    time: Callable[[], Instant]

    def after(self, looked_at: int) -> "Spell":
        """The same spell, some members later."""
        return Spell(lambda more: self.has_time(looked_at + more), self.time)


class Gone(msgspec.Struct, frozen=True):
    """How far somebody came with a segment."""

    segment: Segment
    looked_at: int  # in this spell, a pool as several members
    is_lost: bool = False  # somebody else goes on with it


def go_on_with(table: Table, replay: Replay, segment: Segment, spell: Spell) -> Gone:
    """Go on with ``segment`` until it is done, the time is up, or somebody else has it.

    Raises:
        Busy, StorageUnavailable: what was kept stays; go on from there.
    """
    if segment.stage != replay.stage:
        return Gone(segment, 0, is_lost=True)  # the replay has gone on since it was read
    if segment.is_done or not spell.has_time(0):
        return Gone(segment, 0)
    stretch = replay.stretches[segment.number]
    step, weight = _step(table, replay, stretch), POOL_WEIGHT if stretch.of_pools else 1
    looked_at, goes_on = 0, True
    while goes_on:
        page = _page(table, replay, (stretch, segment))
        after = _further(step(segment, page), page)
        looked_at += len(page.held) * weight
        goes_on = not after.is_done and spell.has_time(looked_at)
        after = msgspec.structs.replace(after, touched_at=spell.time() if goes_on else 0)
        kept = _kept(table, replay, (segment, after), spell.time())
        if kept is None:
            return Gone(segment, looked_at, is_lost=True)
        segment = kept
    return Gone(segment, looked_at)


def basis_of(table: Table, replay: Replay) -> Basis:
    """What the replay is about, with both programs compiled."""
    live = program_of(table, replay.shop, replay.live_version)
    document = read_program(msgspec.json.decode(replay.draft))
    draft = compile_program(document, replay.live_version + 1)
    share = spending_of_shop(replay.habit)
    return Basis(
        live,
        draft,
        replay.draft_hash,
        replay.months,
        share,
        turn=replay.turn,
        pauses=replay.pauses,
    )


def _step(table: Table, replay: Replay, stretch: Stretch) -> Callable[[Segment, "_Page"], Segment]:
    """What is done with each page."""
    if replay.phase == "learning":
        live = program_of(table, replay.shop, replay.live_version)
        return partial(_learned, table, replay, cheapest_of(choices_of(live)))
    visit = visit_of(table, replay, basis_of(table, replay))
    return partial(_pools_walked if stretch.of_pools else _members_walked, visit)


def _learned(
    table: Table, replay: Replay, least: Mapping[str, int], segment: Segment, page: "_Page"
) -> Segment:
    habit = segment.habit
    for held in page.held:
        journal = journal_of(table, replay.shop, held)
        habit = habit.plus(telling(habit_of(journal, replay.months, least)))
    return msgspec.structs.replace(segment, habit=habit)


def _members_walked(visit: Visit, segment: Segment, page: "_Page") -> Segment:
    visit = visit.with_profiles([name for name, _ in page.held])
    sums = segment.sums or begun(len(visit.replay.months.names))
    return _added(segment, sums, [walk_one(visit, held, sums) for held in page.held])


def _pools_walked(visit: Visit, segment: Segment, page: "_Page") -> Segment:
    sums = segment.sums or begun(len(visit.replay.months.names))
    return _added(segment, sums, [walk_pool(visit, held, sums) for held in page.held])


def _added(segment: Segment, sums: Comparison, walked: list[Walked]) -> Segment:
    return msgspec.structs.replace(
        segment,
        members=segment.members + sum(each.members for each in walked),
        orders=segment.orders + sum(each.orders for each in walked),
        sums=sums,
    )


# ---------------------------------------------------------------- the list


class _Page(msgspec.Struct, frozen=True):
    """Some members, or pools, of a segment, and where its next page starts."""

    held: tuple[Held, ...]
    listed: int
    next_start: Mark | None


def list_page(
    table: Table, shop: str, of: tuple[bool, int], start: Mark | None
) -> tuple[Page, tuple[Mark, ...]]:
    """A page of the list of members, or of pools, as it is ordered; ``of`` is (pools?, limit)."""
    of_pools, limit = of
    partition = pools_partition(shop) if of_pools else members_partition(shop)
    query = Query(partition, index="GSI1", limit=limit, start=start)  # type: ignore[arg-type]  # as a page gave it
    page = table.query(query)
    return page, tuple((*key_of(item), str(item["GSI1SK"])) for item in page.items)


def _page(table: Table, replay: Replay, of: tuple[Stretch, Segment]) -> _Page:
    stretch, segment = of
    limit = REPLAY_CHECKPOINT_POOLS if stretch.of_pools else REPLAY_CHECKPOINT_MEMBERS
    start = segment.start or stretch.after
    page, marks = list_page(table, replay.shop, (stretch.of_pools, limit), start)
    until = stretch.until
    inside = [item for item, mark in zip(page.items, marks, strict=True) if _in(mark, until)]
    ends = page.next_start is None or (bool(until) and bool(marks) and marks[-1][-1] >= until)
    held = _held(table, replay.shop, [_name(item) for item in inside])
    if not stretch.of_pools:
        held = tuple(each for each in held if not each[1].merged_into)
    return _Page(held, len(inside), None if ends else page.next_start)


def _in(mark: Mark, until: str) -> bool:
    return not until or mark[-1] <= until


def _held(table: Table, shop: str, names: list[str]) -> tuple[Held, ...]:
    items = table.load([account_key(shop, name) for name in names]) if names else {}
    accounts = ((name, account_of(items.get(account_key(shop, name)))) for name in names)
    return tuple((name, account) for name, account in accounts if account)


def _name(item: Item) -> str:
    return parts_of(key_of(item)[0])[3]


# ---------------------------------------------------------------- keeping


def _further(after: Segment, page: _Page) -> Segment:
    return msgspec.structs.replace(
        after,
        start=page.next_start,
        looked_at=after.looked_at + page.listed,
        is_done=page.next_start is None,
    )


def _kept(
    table: Table, replay: Replay, change: tuple[Segment, Segment], now: Instant
) -> Segment | None:
    """The segment as it was written; None where somebody else wrote to it since."""
    before, after = change
    try:
        record_writes(table, (segment_put(replay, before, after, now),))
    except ConditionFailed:
        return None
    return msgspec.structs.replace(after, revision=before.revision + 1)
