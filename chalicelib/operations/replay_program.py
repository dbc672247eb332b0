"""Replay the shop's own history through its draft and the live program: begin, go on, look.

::

    begin    the draft's words and the months are fixed; one replay a draft
    learn    every member's journal once: how much of their points members spend
    walk     every member's orders once, by both programs; sums are kept after every few members
             (each phase: who shares no pool one by one, then the pools with all who share them)
    finish   the report

The members are walked page by page in order of joining. Whoever asks goes on with it, for as long
as they have time: a request for some members, the job until its time is up. Sums and place are one
write under the replay's revision, so two who go on at once never count a member twice: one of them
stops.
"""

from collections.abc import Callable

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REPLAY_CHECKPOINT_MEMBERS, REPLAY_CHECKPOINT_POOLS
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.comparing import begun
from chalicelib.domain.replay.habits import habit_of, spending_of_shop
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.reporting import Basis, following, report_of
from chalicelib.operations.edit_draft import draft_unknown, find_draft
from chalicelib.operations.publish_program import checked_for, live_of
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.replay_history import journal_of
from chalicelib.operations.replay_pools import pool_page
from chalicelib.operations.replay_walks import visit_of, walk_one, walk_pool
from chalicelib.storage.index_names import due_at_of, members_partition
from chalicelib.storage.items import Item, key_of
from chalicelib.storage.key_names import account_key, parts_of
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.replays import Replay, find_replay, replay_put, replays_under_way
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import ConditionFailed, Query, Start, Table

Held = tuple[str, Account]
"""A member, or a pool, with the account."""

POOL_WEIGHT = 5
"""For as many members a pool is taken, with all who share it, where a request has its time."""


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
        detail = f"The draft has {len(checked.errors)} errors; see `errors`."
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
        pauses=shop.pauses,
    )
    return _kept(table, before, replay) or _newest(table, replay)


def go_on(table: Table, replay: Replay, has_time: Callable[[int], bool], now: Instant) -> Replay:
    """Go on while ``has_time`` (asked with the members looked at so far); the replay then.

    Raises:
        Busy, StorageUnavailable: what was kept stays; go on from there.
    """
    looked_at = 0
    while replay.phase != "finished" and has_time(looked_at):
        page = (_pools if replay.of_pools else _members)(table, replay)
        learns = replay.phase == "learning"
        after = _learned(table, replay, page.held) if learns else _walked(table, replay, page.held)
        after = msgspec.structs.replace(
            after, start=page.next_start, reached=page.reached or replay.reached
        )
        if page.next_start is None:
            after = _next_phase(table, after, now)
        kept = _kept(table, replay, after)
        if kept is None:
            return _newest(table, replay)  # somebody else goes on with it
        looked_at += len(page.held) * (POOL_WEIGHT if replay.of_pools else 1)
        replay = kept
    return replay


def _next_phase(table: Table, replay: Replay, now: Instant) -> Replay:
    if not replay.of_pools and pool_page(table, replay.shop, 1, None)[0]:
        return msgspec.structs.replace(replay, of_pools=True)
    replay = msgspec.structs.replace(replay, of_pools=False)
    if replay.phase == "learning":
        return msgspec.structs.replace(replay, phase="walking", reached=0)
    sums = replay.sums or begun(len(replay.months.names))
    basis = _basis(table, replay)
    further = following(basis, sums)
    if further is not None:  # a budget ran out: once more, by when it did
        return msgspec.structs.replace(
            replay, turn=further, sums=None, members=0, orders=0, reached=0
        )
    report = report_of(basis, sums)
    return msgspec.structs.replace(
        replay, phase="finished", report=report, sums=None, finished_at=now
    )


def _learned(table: Table, replay: Replay, page: tuple[Held, ...]) -> Replay:
    habit = replay.habit
    for held in page:
        habit = habit.plus(habit_of(journal_of(table, replay.shop, held), replay.months))
    return msgspec.structs.replace(replay, habit=habit)


def _walked(table: Table, replay: Replay, page: tuple[Held, ...]) -> Replay:
    basis = _basis(table, replay)
    visit = visit_of(table, replay, basis, [name for name, _ in page])
    sums = replay.sums or begun(len(replay.months.names))
    walk = walk_pool if replay.of_pools else walk_one
    done = [walk(visit, held, sums) for held in page]
    return msgspec.structs.replace(
        replay,
        members=replay.members + sum(each.members for each in done),
        orders=replay.orders + sum(each.orders for each in done),
        sums=sums,
    )


def _basis(table: Table, replay: Replay) -> Basis:
    live = program_of(table, replay.shop, replay.live_version)
    draft = compile_program(
        read_program(msgspec.json.decode(replay.draft)), replay.live_version + 1
    )
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


# ---------------------------------------------------------------- members


class _Page(msgspec.Struct, frozen=True):
    """Some members, and where the next page starts."""

    held: tuple[Held, ...]  # or pools
    next_start: tuple[str, ...] | None
    reached: Instant  # when the last of them joined


def _pools(table: Table, replay: Replay) -> _Page:
    start: Start | None = replay.start  # type: ignore[assignment]  # as a page gave it
    pools, next_start = pool_page(table, replay.shop, REPLAY_CHECKPOINT_POOLS, start)
    return _Page(pools, next_start, 0)


def _members(table: Table, replay: Replay) -> _Page:
    query = Query(
        members_partition(replay.shop),
        index="GSI1",
        limit=REPLAY_CHECKPOINT_MEMBERS,
        start=replay.start,  # type: ignore[arg-type]  # as a page gave it
    )
    page = table.query(query)
    names = [_name(item) for item in page.items]
    items = table.load([account_key(replay.shop, name) for name in names]) if names else {}
    accounts = ((name, account_of(items.get(account_key(replay.shop, name)))) for name in names)
    members = tuple((name, held) for name, held in accounts if held and not held.merged_into)
    reached = due_at_of(page.items[-1]) if page.items else 0
    return _Page(members, page.next_start, reached)


def _name(item: Item) -> str:
    return parts_of(key_of(item)[0])[3]


def _first_joined(table: Table, shop: str, now: Instant) -> Instant:
    """When the first member joined: what is older tells of nobody."""
    page = table.query(Query(members_partition(shop), index="GSI1", limit=1))
    return due_at_of(page.items[0]) if page.items else now


# ---------------------------------------------------------------- keeping


def _kept(table: Table, before: Replay | None, after: Replay) -> Replay | None:
    """``after`` as it was written; None where somebody else wrote since ``before``."""
    try:
        record_writes(table, (replay_put(before, after),))
    except ConditionFailed:
        return None
    return msgspec.structs.replace(after, revision=before.revision + 1 if before else 1)


def _newest(table: Table, replay: Replay) -> Replay:
    return find_replay(table, replay.shop, replay.draft_hash) or replay


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


def go_on_with_all(table: Table, has_time: Callable[[], bool], now: Instant) -> tuple[int, int]:
    """Go on with every replay under way; (how many there were, how many are finished)."""
    seen, finished = 0, 0
    for shop, draft_hash in replays_under_way(table):
        replay = find_replay(table, shop, draft_hash)
        if replay is None or not has_time():
            continue
        seen += 1
        after = go_on(table, replay, lambda _: has_time(), now)
        finished += int(after.phase == "finished")
    return seen, finished
