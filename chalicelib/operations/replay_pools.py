"""Read household pools for a replay: who is walked with which, and what passed. Reads only.

A pool finds its members by its journal, and by theirs the other pools that they shared: all of them
are walked together, with the first by name. Where they are too many, a member is walked with the
pool of their newest passing. All look at what was recorded before the replay began, so that nobody
is walked twice, or never, who passes points meanwhile.
"""

from collections.abc import Iterator
from operator import itemgetter

from msgspec import Struct, structs

from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.limits import (
    BATCH_GET_KEYS_MAX,
    REPLAY_HOUSEHOLD_MAX,
    REPLAY_HOUSEHOLD_POOLS_MAX,
)
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import Pooling
from chalicelib.domain.replay.past_pools import POOLED, PastPool, is_pooling, passings_of, who_of
from chalicelib.operations.following import document_keys, followed, ids_of
from chalicelib.operations.replay_history import journal_of
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import pools_partition
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key, parts_of
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Query, Start, Table

_Held = tuple[str, Account]


def pool_page(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[_Held, ...], Start | None]:
    """Some pools of the shop with their accounts, oldest first, and where the next ones start."""
    page = table.query(Query(pools_partition(shop), index="GSI1", limit=limit, start=start))
    names = [parts_of(key_of(item)[0])[3] for item in page.items]
    items = table.load([account_key(shop, name) for name in names]) if names else {}
    accounts = ((name, account_of(items.get(account_key(shop, name)))) for name in names)
    return tuple((name, account) for name, account in accounts if account), page.next_start


def every_pool(table: Table, shop: str, until: Instant) -> Iterator[PastPool]:
    """All pools of the shop, one after the other."""
    start: Start | None = None
    while True:
        pools, start = pool_page(table, shop, REPLAY_HOUSEHOLD_MAX, start)
        yield from (household_of(table, shop, pool, until)[0] for pool in pools)
        if start is None:
            return


def home_of(
    table: Table, shop: str, held: _Held, journal: tuple[Entry, ...], until: Instant
) -> str:
    """The pool that a member is walked with; "" for none."""
    newest = next((each for each in reversed(_passed_before(journal, until))), None)
    if newest is None:
        return ""
    name = newest.document.partition(":")[2]
    found = table.load(document_keys(shop, ids_of(*held), "pooling", name)).values()
    documents = (document_of(item, Pooling) for item in found)
    return next((each.pool for each in documents if each is not None), "")


def household_of(
    table: Table, shop: str, pool: _Held, until: Instant
) -> tuple[PastPool, dict[str, Account]]:
    """The pool with all pools that its members shared, and the accounts of all who are walked so.

    All of them are of the first one by name; with the others nobody is walked.
    """
    met = _met(table, shop, pool, until)
    if met is None:
        return _of_newest(table, shop, pool, until)
    if pool[0] != min(met.pools):
        return _past_pool(pool), {}
    found = tuple(
        structs.replace(_past_pool(each), passings=passings_of(met.passed[each[0]], met.journals))
        for each in sorted(met.pools.items(), key=itemgetter(0))
    )
    missed = sum(map(len, (*met.passed.values(), *met.journals.values())))
    missed -= 2 * sum(len(each.passings) for each in found)
    return structs.replace(
        found[0],
        members=tuple(sorted(met.members)),
        others=_counted(met.adjusted, missed),
        further=found[1:],
    ), {**{each.pool: met.pools[each.pool] for each in found[1:]}, **met.members}


class _Met(Struct):
    """Pools and members that lead to each other by what passed; found so far."""

    pools: dict[str, Account]
    passed: dict[str, tuple[Entry, ...]] = {}  # by pool
    members: dict[str, Account] = {}
    journals: dict[str, tuple[Entry, ...]] = {}  # what passed, by member
    adjusted: int = 0  # corrections of pools by staff


def _met(table: Table, shop: str, pool: _Held, until: Instant) -> _Met | None:
    """Everybody with whom the pool is to be walked; None where they are too many, from any side."""
    met, waiting = _Met({pool[0]: pool[1]}), [pool[0]]
    while waiting:
        name = waiting.pop()
        journal = whole_journal(table, shop, name)
        met.adjusted += sum(entry.kind is EntryKind.ADJUST for entry in journal)
        met.passed[name] = _passed_before(journal, until)
        for held in _sharers(table, shop, met.passed[name]):
            if held[0] in met.members:
                continue
            passed = _passed_before(journal_of(table, shop, held), until)
            met.members[held[0]], met.journals[held[0]] = held[1], passed
            new = set(_pools_of(table, shop, held, passed)) - met.pools.keys()
            met.pools |= _accounts(table, shop, new)
            waiting += sorted(new & met.pools.keys())
        if len(met.pools) > REPLAY_HOUSEHOLD_POOLS_MAX or len(met.members) > REPLAY_HOUSEHOLD_MAX:
            return None
    return met


def _pools_of(table: Table, shop: str, held: _Held, passed: tuple[Entry, ...]) -> Iterator[str]:
    """With which pools points ``passed``."""
    names = sorted({entry.document.partition(":")[2] for entry in passed})
    keys = [key for each in names for key in document_keys(shop, ids_of(*held), "pooling", each)]
    for place in range(0, len(keys), BATCH_GET_KEYS_MAX):
        for item in table.load(keys[place : place + BATCH_GET_KEYS_MAX]).values():
            document = document_of(item, Pooling)
            if document is not None:
                yield document.pool


def _accounts(table: Table, shop: str, names: set[str]) -> dict[str, Account]:
    """Those of ``names`` that are there."""
    keys = {name: account_key(shop, name) for name in sorted(names)}
    items = table.load(list(keys.values())) if keys else {}
    found = ((name, account_of(items.get(key))) for name, key in keys.items())
    return {name: account for name, account in found if account is not None}


def _of_newest(
    table: Table, shop: str, pool: _Held, until: Instant
) -> tuple[PastPool, dict[str, Account]]:
    """The pool with those members whose newest passing was with it."""
    name, _ = pool
    journal = whole_journal(table, shop, name)
    passed = _passed_before(journal, until)
    journals: dict[str, tuple[Entry, ...]] = {}
    accounts: dict[str, Account] = {}
    for held in _sharers(table, shop, passed):
        theirs = journal_of(table, shop, held)
        if home_of(table, shop, held, theirs, until) == name:
            accounts[held[0]], journals[held[0]] = held[1], _passed_before(theirs, until)
    members = tuple(sorted(accounts))
    together = {each: journals[each] for each in members[:REPLAY_HOUSEHOLD_MAX]}
    passings = passings_of(passed, together)
    adjusted = sum(entry.kind is EntryKind.ADJUST for entry in journal)
    missed = len(passed) + sum(map(len, journals.values())) - 2 * len(passings)
    return structs.replace(
        _past_pool(pool),
        members=tuple(together),
        passings=passings,
        alone=members[REPLAY_HOUSEHOLD_MAX:],
        others=_counted(adjusted, missed),
    ), accounts


def _past_pool(pool: _Held) -> PastPool:
    """The pool itself, with nobody in it."""
    name, account = pool
    shared = account.pool
    told = (shared.unit, shared.owner) if shared else ("", "")
    return PastPool(name, *told, account.joined_at, ())


def _counted(adjusted: int, missed: int) -> dict[str, int]:
    """Entries that no replay makes again, by kind."""
    others = {EntryKind.ADJUST.value: adjusted, POOLED: missed}
    return {kind: count for kind, count in others.items() if count}


def _passed_before(journal: tuple[Entry, ...], until: Instant) -> tuple[Entry, ...]:
    return tuple(each for each in journal if is_pooling(each) and each.recorded_at < until)


def _sharers(table: Table, shop: str, passed: tuple[Entry, ...]) -> Iterator[_Held]:
    """Who passed points with a pool, as they are since; not who was erased."""
    names = sorted({who_of(entry) for entry in passed})
    items: dict[Key, Item] = {}
    for place in range(0, len(names), BATCH_GET_KEYS_MAX):
        some = names[place : place + BATCH_GET_KEYS_MAX]
        items |= table.load([account_key(shop, name) for name in some])
    for holder in sorted({followed(table, shop, name, items) for name in names}):
        account = account_of(items.get(account_key(shop, holder)))
        if account is not None and not account.erased_at:
            yield holder, account
