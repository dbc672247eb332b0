"""Read deliveries that wait because they could not be understood."""

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.storage.parked_events import ParkedEvent, find_parked, list_parked
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Start, Table


def list_parked_deliveries(
    table: Table, shop: str, page: tuple[int, Start | None]
) -> tuple[tuple[ParkedEvent, ...], Start | None] | Refusal:
    """One page of what waits."""
    if find_shop(table, shop) is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    return list_parked(table, shop, *page)


def find_parked_delivery(
    table: Table, shop: str, parked: str
) -> tuple[ParkedEvent, bytes] | Refusal:
    """A parked delivery and its body, byte for byte."""
    if find_shop(table, shop) is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    found = find_parked(table, shop, parked)
    if found is None:
        return Refusal(RefusalCode.DOCUMENT_UNKNOWN, "There is no such parked event.")
    return found
