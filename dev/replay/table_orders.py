"""The history of a table in small files, each of some members: the shop's own.

The whole table is scanned for keys, a page at a time; every order of the shop is read once, and of
every member the journal and what they did. Nothing is written to the table. Orders that are
nobody's, or were never paid, are left out.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import BATCH_GET_KEYS_MAX
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.replay.conditions import Telling
from chalicelib.domain.replay.history import PastOrder, past_order_of, steps_of
from chalicelib.domain.replay.households import Household
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.past_pools import PastPool
from chalicelib.domain.replay.walking import Past
from chalicelib.operations.following import followed
from chalicelib.operations.replay_history import Told, actions_of, journal_of, person_of
from chalicelib.operations.replay_pools import every_pool
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Key, key_of
from chalicelib.storage.key_names import account_key, parts_of, profile_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import first_live_at
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Scan, Table
from dev.replay.orders_csv import RowWrong
from dev.replay.spool import Spool, part_of

TABLE_PARTS = 64


_ALL_TIME: Instant = 1 << 62
_EVERY = 5_000  # of what is read, a word of progress


class Source(msgspec.Struct, frozen=True):
    """Where the history is, and what the programs ask of members besides."""

    table: Table
    shop: str
    chosen: tuple[str, ...] = ()  # challenges that members join
    draws: bool = False  # joining leaves something to chance


@contextmanager
def spooled_table(source: Source, tell: Callable[[str], None]) -> Iterator[Spool]:
    """The history of a shop in parts, in a folder that is gone afterwards.

    Raises:
        RowWrong: the shop has no paid orders of members.
        StorageUnavailable: reading failed.
    """
    with tempfile.TemporaryDirectory(prefix="laurel-replay-") as folder:
        parts = tuple(Path(folder) / f"part-{place:03}.jsonl" for place in range(TABLE_PARTS))
        first, last, orders = 1 << 62, 0, 0
        pools = tuple(every_pool(source.table, source.shop, _ALL_TIME))
        homes = {member: each.pool for each in pools for member in each.members}
        with ExitStack() as stack:
            files = [stack.enter_context(part.open("wb")) for part in parts]
            for pool in pools:
                files[part_of(pool.pool, TABLE_PARTS)].write(msgspec.json.encode(pool) + b"\n")
            for count, past in enumerate(_history(source), start=1):
                began, ended = _times(past)
                first, last = min(first, began), max(last, ended)
                orders += isinstance(past, PastOrder)
                line = msgspec.json.encode(past) + b"\n"
                files[part_of(homes.get(past.member, past.member), TABLE_PARTS)].write(line)
                if count % _EVERY == 0:
                    tell(f"read: {count:,} orders, actions and members")
        if not orders:
            raise RowWrong(f"the shop {source.shop} has no paid orders of members")
        shop = find_shop(source.table, source.shop)
        yield Spool(parts, orders, first, last, Telling(), shop.pauses if shop else ())


def members_of(part: Path) -> Iterator[tuple[str, list[Past]] | Household]:
    """Each member of a part with what they did; of who shares a pool, all of them together."""
    by_member: dict[str, list[Past]] = {}
    pools: list[PastPool] = []
    with part.open("rb") as file:
        for text in file:
            past: Past | PastPool = msgspec.json.decode(text, type=Past | PastPool)
            if isinstance(past, PastPool):
                pools.append(past)
            else:
                by_member.setdefault(past.member, []).append(past)
    for pool in pools:
        yield Household(pool, {name: tuple(by_member.pop(name, ())) for name in pool.members})
    for member in sorted(by_member):
        yield member, by_member.pop(member)


def _times(past: Past) -> tuple[Instant, Instant]:
    """When it began, and when the last of it was."""
    if isinstance(past, PastOrder):
        return past.paid_at, steps_of([past])[-1].at
    if isinstance(past, PastMember):
        return 1 << 62, max((each.at for each in past.imports), default=0)
    return past.at, max(past.at, past.revoked_at or 0)


def _history(source: Source) -> Iterator[Past]:
    shop = find_shop(source.table, source.shop)
    since = first_live_at(source.table, shop) if shop else 0
    start, holders = None, dict[str, str]()
    while True:
        page = source.table.scan(Scan(0, 1, start=start))
        keys = [
            key for key in map(key_of, page.items) if parts_of(key[0])[:2] == ("S", source.shop)
        ]
        yield from _orders(source, [key for key in keys if _is_order(key)], holders)
        for member in (parts_of(key[0])[3] for key in keys if key == _account(source.shop, key)):
            yield from _of_member(source, member, since)
        if page.next_start is None:
            return
        start = page.next_start


def _orders(source: Source, keys: list[Key], holders: dict[str, str]) -> Iterator[PastOrder]:
    """Orders under who has them since, where members were merged; ``holders`` remembers that."""
    for place in range(0, len(keys), BATCH_GET_KEYS_MAX):
        found = source.table.load(keys[place : place + BATCH_GET_KEYS_MAX])
        documents = [document_of(item, OrderDocument) for item in found.values()]
        orders = [past_order_of(each) for each in documents if each is not None]
        for order in (each for each in orders if each is not None):
            if order.member not in holders:
                key = account_key(source.shop, order.member)
                items = source.table.load([key])
                holders[order.member] = followed(source.table, source.shop, order.member, items)
            yield msgspec.structs.replace(order, member=holders[order.member])


def _of_member(source: Source, member: str, since: Instant) -> Iterator[Past]:
    """The member, and what they did besides buying; of who was merged the other one has it."""
    table, shop = source.table, source.shop
    items = table.load([account_key(shop, member), profile_key(shop, member)])
    account = account_of(items.get(account_key(shop, member)))
    if account is None or account.merged_into or account.pool is not None:
        return
    held = member, account
    profile = profile_of(items.get(profile_key(shop, member)))
    told = Told(profile, journal_of(table, shop, held), since, source.chosen, source.draws)
    yield person_of(table, shop, held, told)
    yield from actions_of(table, shop, held)


def _is_order(key: Key) -> bool:
    return key[1] == "O" and parts_of(key[0])[2:3] == ("O",)


def _account(shop: str, key: Key) -> Key | None:
    """The key of an account where ``key`` is one; None for any other."""
    parts = parts_of(key[0])
    return account_key(shop, parts[3]) if parts[2:3] == ("M",) else None
