"""Keep accounts up: whatever has commits of its own first, then one commit of what is left.

A page of accounts at a time, each on its own: an account that somebody else writes, or that cannot
be kept up, is passed, and the next one has its turn.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

import msgspec

from chalicelib.domain.decision import Book
from chalicelib.domain.entering import is_looked_at
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.operations.celebrate import celebrate_anniversary
from chalicelib.operations.join_program import claim_again
from chalicelib.operations.judge_tiers import due_book
from chalicelib.operations.manage_pools import pay_out_late
from chalicelib.operations.merge_members import finish_merge
from chalicelib.operations.turns import Turns
from chalicelib.storage.commit import commit, prepare_book
from chalicelib.storage.items import Item, key_of
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered

Known: TypeAlias = tuple[str, Account]
"""(member, account)"""

BookOf: TypeAlias = Callable[[Table, Shop, Known, Instant], Book | None]
"""What is to be written of somebody."""


class Swept(msgspec.Struct, frozen=True):
    """What one run has done."""

    accounts: int = 0  # booked, or given another date
    entries: int = 0  # ``expire`` entries booked
    passed: int = 0  # left to the next run: somebody else was writing, or it failed
    is_done: bool = True  # nothing was due any more

    def plus(self, other: "Swept") -> "Swept":
        """Both runs together."""
        return Swept(
            self.accounts + other.accounts,
            self.entries + other.entries,
            self.passed + other.passed,
            self.is_done and other.is_done,
        )


class Run(msgspec.Struct, frozen=True):
    """One look at accounts of a shop."""

    table: Table
    shop: Shop
    now: Instant
    turns: Turns


def kept_up(run: Run, items: list[Item], booked: BookOf = due_book) -> Swept:
    """Keep up those whom ``items`` name, as ``booked`` says."""
    members = [key_of(item)[0].rpartition("#M#")[2] for item in items]
    keys = [account_key(run.shop.shop_id, member) for member in members]
    found = run.table.load(keys) if keys else {}
    total = Swept()
    for member, key in zip(members, keys, strict=True):
        swept = Swept(passed=1)
        with run.turns.turn():
            swept = _one(run, (member, account_of(found.get(key))), booked)
        total = total.plus(swept)
    return total


def _one(run: Run, known: tuple[str, Account | None], booked: BookOf) -> Swept:
    table, shop = run.table, run.shop
    account = _prepared(table, shop, known, run.now)
    book = booked(table, shop, (known[0], account), run.now) if account else None
    if book is None:
        return Swept()
    try:
        commit(table, prepare_book(shop.shop_id, shop.journal_shards, book))
    except (ConditionFailed, Contended, Unanswered):
        return Swept(passed=1)
    return Swept(accounts=1, entries=len(book.entries))


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
