"""Judge standings by conditions: at once where something changed, else when the sweep comes by.

::

    facts, tags, country told ── profile written ── judge_again: the account, one conditional commit
                                        │             judged now, or noted for the end of the day
                                     dies here: told again, it is judged; nothing is lost but time
    the sweep                  accounts whose time has come, and everybody after new conditions

Programs without such tiers cost nothing here: they are not even read. Where conditions ask for
other products than the account counts whole, these are counted anew first.
"""

import msgspec

from chalicelib.domain.decision import Book
from chalicelib.domain.due import judged_soon
from chalicelib.domain.habits import is_recalled
from chalicelib.domain.instants import DAY_MS, MINUTE_MS, Instant
from chalicelib.domain.judging import groups_by_conditions
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.standing import facts_of
from chalicelib.domain.upkeep import is_to_warn, told_of, upkeep, with_warnings
from chalicelib.operations.following import followed
from chalicelib.storage.commit import commit, prepare_book
from chalicelib.storage.key_names import account_key, profile_key
from chalicelib.storage.members import account_of, inbox_key, inbox_of, profile_of
from chalicelib.storage.programs import program_at, program_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered

ATTEMPTS_MAX = 8


def judge_again(table: Table, shop: Shop, member: str, now: Instant) -> Account | None:
    """Judge the member, now or when the program says so, after something told of them changed.

    The account as it is then, where anything of it was written.

    Raises:
        Busy, StorageUnavailable: tell it again.
    """
    program = program_at(table, shop, now)
    if program is None or not groups_by_conditions(program):
        return None
    for _ in range(ATTEMPTS_MAX):
        key = account_key(shop.shop_id, member)
        items = table.load([key])
        holder = followed(table, shop.shop_id, member, items)
        own = account_key(shop.shop_id, holder)
        account = account_of((items if own == key else table.load([own])).get(own))
        book = told_book(table, shop, (holder, account), now) if account else None
        if book is None:
            return None
        try:
            commit(table, prepare_book(shop.shop_id, shop.journal_shards, book))
        except (ConditionFailed, Contended, Unanswered):
            continue
        return book.account
    raise Busy("others kept writing the account")


def told_book(table: Table, shop: Shop, known: tuple[str, Account], now: Instant) -> Book | None:
    """The account of ``known`` (member, account) after its conditions are to be asked again."""
    member, account = known
    if account.pool is not None or account.merged_into or account.erased_at:
        return due_book(table, shop, known, now)
    program = program_of(table, shop.shop_id, shop.live_version(now))
    key = profile_key(shop.shop_id, member)
    recalled = _recalled(table, shop, known, program, now + MINUTE_MS)
    facts = facts_of(recalled, profile_of(table.load([key]).get(key)), program, now)
    book = told_of((shop.shop_id, member), recalled, program, now, facts)
    return _warned(table, shop, _with_products(book, known, recalled), program)


def due_book(table: Table, shop: Shop, known: tuple[str, Account], now: Instant) -> Book | None:
    """The account of ``known`` with nothing left to book or to judge."""
    member, _ = known
    program = program_of(table, shop.shop_id, shop.live_version(now))
    owner = shop.shop_id, member
    account, facts = _recalled(table, shop, known, program, now + DAY_MS), None
    # Products that were found only now are news to who asks for them, as an order's are.
    account = judged_soon(account, known[1], groups_by_conditions(program), now)
    if any(at <= now for at in account.judge_at.values()):
        key = profile_key(shop.shop_id, member)
        facts = facts_of(account, profile_of(table.load([key]).get(key)), program, now)
    book = _with_products(upkeep(owner, account, program, now, facts), known, account)
    return _warned(table, shop, book, program)


def _recalled(
    table: Table,
    shop: Shop,
    known: tuple[str, Account],
    program: CompiledProgram,
    again_at: Instant,
) -> Account:
    """The account of ``known`` with its products counted whole; few ask, so few are read.

    Where the index does not show all orders yet, it is looked at ``again_at``: in a minute after
    something was told, a day after a look of the sweep that did not help.
    """
    if is_recalled(known[1], program):
        return known[1]
    from chalicelib.operations.recall_products import recalled_account  # noqa: PLC0415 - few ask

    return recalled_account(table, shop.shop_id, known, program, again_at)


def _with_products(book: Book | None, known: tuple[str, Account], recalled: Account) -> Book | None:
    """``book`` (None: nothing else is to be written), which also writes what was recalled."""
    member, account = known
    if recalled is account:
        return book
    written = msgspec.structs.replace(recalled, revision=account.revision + 1)
    kept = book or Book(member, account, written)
    return msgspec.structs.replace(kept, before=account)


def _warned(table: Table, shop: Shop, book: Book | None, program: CompiledProgram) -> Book | None:
    """``book`` with what its member is told of points that lapse; few are, so few are read."""
    if book is None or not is_to_warn(book):
        return book
    key = inbox_key(shop.shop_id, book.member)
    return with_warnings(book, inbox_of(table.load([key]).get(key)), program)
