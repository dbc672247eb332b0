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
from typing import TypeAlias

import msgspec

from chalicelib.domain.celebrating import has_anniversaries
from chalicelib.domain.decision import Book
from chalicelib.domain.entering import is_looked_at
from chalicelib.domain.instants import Instant
from chalicelib.domain.judging import conditions_of, groups_by_conditions
from chalicelib.domain.limits import SWEEP_ACCOUNTS_MAX, SWEEP_PAGE
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.operations.celebrate import celebrate_anniversary, celebrate_birthdays
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.join_program import claim_again
from chalicelib.operations.judge_tiers import due_book, told_book
from chalicelib.operations.manage_pools import pay_out_late
from chalicelib.operations.merge_members import finish_merge
from chalicelib.operations.ripen_orders import ripen_orders
from chalicelib.storage.commit import commit, prepare_book
from chalicelib.storage.dating import Bookmark, bookmarked, laid_bookmark
from chalicelib.storage.index_names import (
    due_at_of,
    due_partition,
    members_partition,
    pools_partition,
)
from chalicelib.storage.items import Item, Put, key_of
from chalicelib.storage.key_names import account_key, is_pool_row
from chalicelib.storage.members import account_of
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

Known: TypeAlias = tuple[str, Account]
"""(member, account)"""

BookOf: TypeAlias = Callable[[Table, Shop, Known, Instant], Book | None]
"""What is to be written of somebody."""


class Swept(msgspec.Struct, frozen=True):
    """What one run has done."""

    accounts: int = 0  # booked, or given another date
    entries: int = 0  # ``expire`` entries booked
    passed: int = 0  # left to the next run: somebody else was writing
    is_done: bool = True  # nothing was due any more

    def plus(self, other: "Swept") -> "Swept":
        """Both runs together."""
        return Swept(
            self.accounts + other.accounts,
            self.entries + other.entries,
            self.passed + other.passed,
            self.is_done and other.is_done,
        )


def sweep_shops(
    table: Table,
    now: Instant,
    has_time: Callable[[], bool] = lambda: True,
    tell: Callable[[str, Swept], None] = lambda _shop, _swept: None,
) -> Swept:
    """Sweep every shop while there is time; ``tell`` hears of each."""
    total = Swept()
    for shop in all_shops(table):
        if not has_time():
            return total.plus(Swept(is_done=False))
        ripen_orders(table, shop, now, has_time)
        celebrate_birthdays(table, shop, now, has_time)
        close_boards(table, shop, now, has_time)
        swept = date_members(table, shop, now, has_time).plus(sweep_due(table, shop, now, has_time))
        tell(shop, swept)
        total = total.plus(swept).plus(_matured(table, shop, now, has_time))
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
    """
    shop = find_shop(table, shop_id)
    if shop is None or not shop.live_version(now):
        return Swept()
    total, looked_at = Swept(), 0
    for page in _pages(table, due_partition(shop_id)):
        due = [item for item in page.items if due_at_of(item) <= now]
        total = total.plus(_kept_up(table, shop, due, now))
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
    """
    shop = find_shop(table, shop_id)
    version = shop.live_version(now) if shop else 0
    if shop is None or shop.dated_version == version:
        return Swept()
    program = program_of(table, shop_id, version)
    total = Swept()
    if _has_new_rule(table, shop, program):
        start = bookmarked(table, shop_id, version)
        for page in _everybody(table, shop_id, start):
            total = total.plus(_kept_up(table, shop, list(page.items), now, told_book))
            # Who was passed is looked at by the next run: no bookmark may lie behind them.
            if page.next_start is not None and not total.passed:
                bookmark = Bookmark(version, page.next_start)
                _lay(table, laid_bookmark(shop_id, bookmark))
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


def _kept_up(
    table: Table, shop: Shop, items: list[Item], now: Instant, booked: BookOf = due_book
) -> Swept:
    members = [key_of(item)[0].rpartition("#M#")[2] for item in items]
    keys = [account_key(shop.shop_id, member) for member in members]
    found = table.load(keys) if keys else {}
    total = Swept()
    for member, key in zip(members, keys, strict=True):
        account = _prepared(table, shop, (member, account_of(found.get(key))), now)
        book = booked(table, shop, (member, account), now) if account else None
        if book is None:
            continue
        try:
            commit(table, prepare_book(shop.shop_id, shop.journal_shards, book))
        except (ConditionFailed, Contended, Unanswered):
            total = total.plus(Swept(passed=1))
        else:
            total = total.plus(Swept(accounts=1, entries=len(book.entries)))
    return total


def _prepared(
    table: Table, shop: Shop, known: tuple[str, Account | None], now: Instant
) -> Account | None:
    """The account of ``known`` (member, account) once all that has commits of its own is done."""
    member, account = known
    if account is not None and 0 < account.settle_at <= now:
        account = _settled(table, shop, member, now)
    is_claimed = account is not None and 0 < account.claim_at <= now
    if account is not None and is_claimed:
        account = _with_claims(table, shop, (member, account), now)
    if account is not None and 0 < account.anniversary_at <= now:
        account = _celebrated(table, shop, (member, account), now)
    if account is not None and is_looked_at(account, now):
        from chalicelib.operations.enter_tiers import enter_tiers  # noqa: PLC0415 - few ask

        account = enter_tiers(table, shop, (member, account), now)
    if account is not None and account.pool is not None:
        account = _paid_out(table, shop, (member, account), now)
    if account is not None and is_claimed and account.claim_at <= now:  # some was read anew since
        return msgspec.structs.replace(account, claim_at=0)
    return account


def _settled(table: Table, shop: Shop, member: str, now: Instant) -> Account | None:
    """The account once what it was promised is kept."""
    from chalicelib.operations.keep_promises import keep_promises  # noqa: PLC0415 - rare

    with suppress(Busy):  # somebody else writes: the next run looks again
        keep_promises(table, shop, member, now)
    return _read(table, shop, member)


def _celebrated(table: Table, shop: Shop, known: Known, now: Instant) -> Account | None:
    """The account once its anniversary is booked; None where somebody else writes: the next run."""
    try:
        celebrate_anniversary(table, shop, known, now)
    except Busy:
        return None
    return _read(table, shop, known[0])


def _paid_out(table: Table, shop: Shop, shared: Known, now: Instant) -> Account | None:
    """The pool's account; nothing is left in it if the pool is over."""
    pool, account = shared
    if account.pool is None or not account.pool.dissolved_at:
        return account
    with suppress(Busy):  # somebody else writes: the next run looks again
        pay_out_late(table, shop.shop_id, shared, now)
    return _read(table, shop, pool)


def _with_claims(table: Table, shop: Shop, merged: Known, now: Instant) -> Account | None:
    """The account once all that waited under its ids is claimed; the commit is upkeep's."""
    member, account = merged
    claim_again(table, shop, member, (now, now))
    for gone in account.aliases:
        finish_merge(table, shop, gone, (now, now))
    return _read(table, shop, member)


def _read(table: Table, shop: Shop, member: str) -> Account | None:
    key = account_key(shop.shop_id, member)
    return account_of(table.load([key]).get(key))
