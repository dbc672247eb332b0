"""The sweep: book what has lapsed, shop by shop, soonest due first.

::

    GSI1  S#<shop>#DUE  <due>#<member>   ──page──►  accounts, read strongly
          due ≤ now                                  │ upkeep: expire entries, the next date
                                                     ▼
                                           one conditional commit each

Nobody's balance waits for it. Who is done leaves the index, so a run that stops anywhere is
resumed by the next one from the beginning; an account that somebody else wrote meanwhile is left
to the next run. Once by construction: the revision. Due as well: who joined or was merged a minute
ago (what waits under their ids is claimed), pools that are over, tiers that were entered.

After a change of inactivity, of who holds a tier by conditions, or of products that conditions ask
for, ``date_members`` walks all members, then all pools, once: a page at a time, with a bookmark.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from chalicelib.domain.celebrating import has_anniversaries
from chalicelib.domain.instants import Instant
from chalicelib.domain.judging import conditions_of, groups_by_conditions
from chalicelib.domain.limits import SWEEP_ACCOUNTS_MAX, SWEEP_PAGE
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.operations.celebrate import celebrate_birthdays
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.judge_tiers import told_book
from chalicelib.operations.keep_up import Run, Swept, kept_up
from chalicelib.operations.ripen_orders import ripen_orders
from chalicelib.operations.turns import Turns
from chalicelib.storage.dating import Bookmark, bookmarked, laid_bookmark
from chalicelib.storage.index_names import (
    due_at_of,
    due_partition,
    members_partition,
    pools_partition,
)
from chalicelib.storage.items import Put
from chalicelib.storage.key_names import is_pool_row
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, all_shops, changed_shop, find_shop
from chalicelib.storage.table import (
    ConditionFailed,
    Contended,
    Page,
    Query,
    Start,
    Table,
    Unanswered,
)


def sweep_shops(
    table: Table,
    now: Instant,
    has_time: Callable[[], bool] = lambda: True,
    tell: Callable[[str, Swept], None] = lambda _shop, _swept: None,
) -> Swept:
    """Sweep every shop while there is time; ``tell`` hears of each.

    Raises:
        Exception: whatever came of one shop or member; after all others had their turn.
    """
    total = Swept()
    with Turns("sweep_shops") as turns:
        for shop in all_shops(table):
            if not has_time():
                return total.plus(Swept(is_done=False))
            for step in (ripen_orders, celebrate_birthdays, close_boards):
                with turns.turn():
                    step(table, shop, now, has_time)
            swept = Swept()
            for walk in (date_members, sweep_due):
                with turns.turn():
                    swept = swept.plus(walk(table, shop, now, has_time))
            tell(shop, swept)
            with turns.turn():
                swept = swept.plus(_matured(table, shop, now, has_time))
            total = total.plus(swept)
    return total


def _matured(table: Table, shop: str, now: Instant, has_time: Callable[[], bool]) -> Swept:
    """Referrals that time let qualify."""
    from chalicelib.operations.mature_referrals import (  # noqa: PLC0415 - the sweep alone needs it
        mature_referrals,
    )

    done, passed = mature_referrals(table, shop, now, has_time)
    return Swept(accounts=done, passed=passed)


def sweep_due(
    table: Table, shop_id: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> Swept:
    """Book what has lapsed in one shop: at most ``SWEEP_ACCOUNTS_MAX`` accounts a run.

    Raises:
        StorageUnavailable: reading failed; what was booked stays booked.
        Exception: whatever came of one account; after all others had their turn.
    """
    shop = find_shop(table, shop_id)
    if shop is None or not shop.live_version(now):
        return Swept()
    with _turns() as turns:
        return _swept(Run(table, shop, now, turns), has_time)


def _turns() -> Turns:
    return Turns("sweep_due", (StorageUnavailable,))


def _swept(run: Run, has_time: Callable[[], bool]) -> Swept:
    total, looked_at = Swept(), 0
    for page in _pages(run.table, due_partition(run.shop.shop_id)):
        due = [item for item in page.items if due_at_of(item) <= run.now]
        total = total.plus(kept_up(run, due))
        looked_at += len(due)
        if len(due) < len(page.items):
            return total
        if looked_at >= SWEEP_ACCOUNTS_MAX or not has_time():
            return total.plus(Swept(is_done=False))
    return total


def date_members(
    table: Table, shop_id: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> Swept:
    """Give every account the date that the newest rules of inactivity ask for, once a version.

    A run that stops, or ends in the middle, is resumed at the page that it had come to.

    Raises:
        StorageUnavailable, Exception: as ``sweep_due``.
    """
    shop = find_shop(table, shop_id)
    version = shop.live_version(now) if shop else 0
    if shop is None or shop.dated_version == version:
        return Swept()
    with _turns() as turns:
        return _dated(Run(table, shop, now, turns), version, has_time)


def _dated(run: Run, version: int, has_time: Callable[[], bool]) -> Swept:
    table, shop = run.table, run.shop
    program = program_of(table, shop.shop_id, version)
    total = Swept()
    if _has_new_rule(table, shop, program):
        start = bookmarked(table, shop.shop_id, version)
        for page in _everybody(table, shop.shop_id, start):
            total = total.plus(kept_up(run, list(page.items), told_book))
            # Who was passed is looked at by the next run: no bookmark may lie behind them.
            if page.next_start is not None and not total.passed:
                bookmark = Bookmark(version, page.next_start)
                _lay(table, laid_bookmark(shop.shop_id, bookmark))
            if not has_time():
                return total.plus(Swept(is_done=False))
    if not total.passed:
        dated = msgspec.structs.replace(shop, dated_version=version)
        _lay(table, changed_shop(shop, dated))
    return total


def _lay(table: Table, note: Put) -> None:
    """Note how far it has come; where that fails, the next run looks again and finds all dated."""
    with suppress(ConditionFailed, Contended, Unanswered):
        table.write(note)


def _has_new_rule(table: Table, shop: Shop, program: CompiledProgram) -> bool:
    """Whether accounts are to be looked at since the version dated: inactivity, tiers, products."""
    if shop.dated_version + 1 != program.version:  # accounts may be as one in between asked for
        asks = bool(program.idle) or has_anniversaries(program) or bool(program.recalls.digest)
        if asks or groups_by_conditions(program):
            return True
    if not shop.dated_version:
        return False
    before = program_of(table, shop.shop_id, shop.dated_version)
    asks_others = program.recalls.digest not in ("", before.recalls.digest)
    if asks_others or conditions_of(before) != conditions_of(program):
        return True
    if has_anniversaries(before) != has_anniversaries(program):
        return True
    spans = {unit: (known.spans, known.warn) for unit, known in before.idle.items()}
    return any(spans.get(unit) != (now.spans, now.warn) for unit, now in program.idle.items())


def _pages(table: Table, partition: str, start: Start | None = None) -> Iterator[Page]:
    while True:
        page = table.query(Query(partition, index="GSI1", limit=SWEEP_PAGE, start=start))
        yield page
        if page.next_start is None:
            return
        start = page.next_start


def _everybody(table: Table, shop: str, start: Start | None) -> Iterator[Page]:
    """Members, then pools, from ``start`` on; the last page of members leads to the pools."""
    if start is None or not is_pool_row(start[1]):
        yield from _pages(table, members_partition(shop), start)
        start = None
    yield from _pages(table, pools_partition(shop), start)
