"""Forget deliveries that wait because they could not be understood, where they name a person.

The body is as the shop sent it, so it may hold a name and an address for as long as it is kept.
Who is in it is told by keyed hashes: of every customer id and every e-mail that the body names,
under the shop's own key, as the ids of members and the rows of addresses are made. So members who
were merged away are found, too, of whom nothing else is known any more.
"""

from collections.abc import Iterator

from chalicelib.domain.erasing import Named, named_in
from chalicelib.domain.instants import Instant
from chalicelib.security.keyed_ids import email_hash, member_id
from chalicelib.storage.connections import find_connection
from chalicelib.storage.parked_events import ParkedEvent, find_parked, list_parked, remove_parked
from chalicelib.storage.shops import Shop, shop_secret
from chalicelib.storage.table import Start, Table

_PAGE = 50


def erase_parked(
    table: Table, shop: Shop, person: tuple[frozenset[str], frozenset[str]], now: Instant
) -> None:
    """Remove every parked delivery that names ``person``: (member ids, hashes of addresses).

    Raises:
        StorageUnavailable: ask again.
    """
    members, contacts = person
    secret = shop_secret(shop)
    for event in tuple(_parked(table, shop.shop_id)):
        found = find_parked(table, shop.shop_id, event.id)
        if found is None:
            continue
        connection = find_connection(table, event.connection_id, now)
        source = connection.connection.source if connection else "main"
        named = named_in(event.topic, found[1])
        if _ids(named, secret, source) & members or _hashes(named, secret) & contacts:
            remove_parked(table, shop.shop_id, event)


def _parked(table: Table, shop: str) -> Iterator[ParkedEvent]:
    start: Start | None = None
    while True:
        events, start = list_parked(table, shop, _PAGE, start)
        yield from events
        if start is None:
            return


def _ids(named: Named, secret: bytes, source: str) -> frozenset[str]:
    return frozenset(member_id(secret, source, each) for each in named.customers)


def _hashes(named: Named, secret: bytes) -> frozenset[str]:
    return frozenset(email_hash(secret, each) for each in named.addresses)
