"""Read the program's versions as they were published."""

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.storage.programs import PublishedVersion, list_versions, published_version
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Start, Table


def view_program_version(table: Table, shop: str, version: int) -> PublishedVersion | Refusal:
    """Version ``version``; 0 stands for the live one."""
    known = find_shop(table, shop)
    if known is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    number = version or known.program_version
    published = published_version(table, shop, number) if number else None
    if published is None:
        return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version of the program.")
    return published


def list_program_versions(
    table: Table, shop: str, page: tuple[int, Start | None]
) -> tuple[tuple[PublishedVersion, ...], Start | None] | Refusal:
    """One page of versions, newest first."""
    if find_shop(table, shop) is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    return list_versions(table, shop, *page)
