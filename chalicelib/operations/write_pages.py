"""Write the program of a shop as static files: on publishing, and by the hourly sweep.

Idempotent: what was written last is noted in the table, and is written again only when another
version is live or scheduled. A crash between files and note writes the same files once more.
"""

from collections.abc import Callable
from typing import Final

from chalicelib import telemetry
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.program.pages import pointer_page, version_pages
from chalicelib.storage.key_names import pages_key, shop_key
from chalicelib.storage.pages import PageStore, page_store, paged_of, paged_put
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import all_shops, shop_from_item
from chalicelib.storage.table import Contended, Table, Unanswered

WRITES_MAX: Final = 3
"""Turns of one call; what is due after that is the next sweep's."""


def write_pages(table: Table, store: PageStore, shop: str, now: Instant) -> bool:
    """Write the files of ``shop`` if others are due; whether they were.

    Who wrote looks once more: a slower writer may have put an older pointer over a newer one, and
    the last to look finds it.

    Raises:
        StorageUnavailable: table or bucket did not answer; nothing has to be undone.
    """
    turns = 0
    while turns < WRITES_MAX and _write_due(table, store, shop, now):
        turns += 1
    return turns > 0


def _write_due(table: Table, store: PageStore, shop: str, now: Instant) -> bool:
    items = table.load([shop_key(shop), pages_key(shop)])
    if shop_key(shop) not in items:
        return False
    known = shop_from_item(items[shop_key(shop)])
    live, waiting = known.live_version(now), known.waiting_version(now)
    written = f"{live}+{waiting}"
    if not live or paged_of(items.get(pages_key(shop))) == written:
        return False
    programs = [program_of(table, shop, version) for version in (live, waiting) if version]
    following = (programs[1], known.next_since) if waiting else None
    for program in programs:
        for page in version_pages(shop, program):
            store.put(page)
    store.put(pointer_page(shop, programs[0], following))
    table.write(paged_put(shop, written))
    return True


def refresh_pages(table: Table, shop: str, now: Instant) -> None:
    """Write the files of a shop whose program changed. What fails is left to the next sweep."""
    store = page_store()
    if store is not None:
        _written(table, store, shop, now)


def refresh_all_pages(table: Table, now: Instant, has_time: Callable[[], bool]) -> int:
    """Write what is due in every shop while there is time; how many shops were."""
    store = page_store()
    count = 0
    for shop in all_shops(table) if store is not None else ():
        if store is not None and has_time():
            count += _written(table, store, shop, now)
    return count


def _written(table: Table, store: PageStore, shop: str, now: Instant) -> bool:
    try:
        return write_pages(table, store, shop, now)
    except (StorageUnavailable, Contended, Unanswered):
        telemetry.count("pages_late", {"shop": shop})
        return False
