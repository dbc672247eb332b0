"""A member's entries as the books have them, newest first: what a statement is checked against."""

from chalicelib.domain.ledger import Entry
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.find_member import find_member
from chalicelib.storage.journal import newest_entries
from chalicelib.storage.table import Start, Table


def list_entries(
    table: Table, shop: str, member: str, page: tuple[int, Start | None]
) -> tuple[tuple[Entry, ...], Start | None] | Refusal:
    """One page of the journal; ``page`` is (limit, start)."""
    found = find_member(table, shop, member)
    if isinstance(found, Refusal):
        return found
    return newest_entries(table, shop, found.member, *page)
