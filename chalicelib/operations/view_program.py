"""Read the program's versions as they were published, and how each stands at an instant."""

from enum import StrEnum

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.storage.programs import PublishedVersion, list_versions, published_version
from chalicelib.storage.shops import Shop, find_shop
from chalicelib.storage.table import Start, Table


class VersionState(StrEnum):
    """How a version stands at an instant."""

    LIVE = "live"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"
    PAST = "past"


def state_of(shop: Shop, version: PublishedVersion, now: Instant) -> VersionState:
    """How ``version`` of ``shop`` stands at ``now``."""
    if version.about.withdrawn_at:
        return VersionState.WITHDRAWN
    if version.version == shop.live_version(now):
        return VersionState.LIVE
    if version.version == shop.waiting_version(now):
        return VersionState.SCHEDULED
    return VersionState.PAST


def view_program_version(
    table: Table, shop: str, version: int, now: Instant
) -> tuple[Shop, PublishedVersion] | Refusal:
    """The shop and its version ``version``; 0 stands for the one that is live at ``now``."""
    known = find_shop(table, shop)
    if known is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    number = version or known.live_version(now)
    published = published_version(table, shop, number) if number else None
    if published is None:
        return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version of the program.")
    return known, published


def list_program_versions(
    table: Table, shop: str, page: tuple[int, Start | None]
) -> tuple[Shop, tuple[PublishedVersion, ...], Start | None] | Refusal:
    """The shop and one page of its versions, newest first."""
    known = find_shop(table, shop)
    if known is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    return known, *list_versions(table, shop, *page)
