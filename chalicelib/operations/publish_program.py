"""Publish a program: check it whole, then write version and shop in one transaction.

The same document as the live one is the same version: publishing is idempotent. A new version is
live from the moment it is published, for orders that are paid from then on. The checks are read
when the first program is checked: a dozen modules that no order and no card needs.
"""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PUBLISH_ATTEMPTS_MAX
from chalicelib.domain.outcome import Busy, Problem, Refusal, RefusalCode
from chalicelib.domain.program.defaults import document_of
from chalicelib.domain.program.document import Program
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.items import Write
from chalicelib.storage.programs import (
    PublishedVersion,
    next_version,
    published_version,
    version_put,
)
from chalicelib.storage.shops import Shop, changed_shop, find_shop
from chalicelib.storage.stock import stock_writes
from chalicelib.storage.table import ConditionFailed, Table

if TYPE_CHECKING:
    from chalicelib.domain.program.validation import Checked


class Published(msgspec.Struct, frozen=True):
    """The version that is live now, and what to think about."""

    version: int
    warnings: tuple[Problem, ...]
    replayed: bool  # it was live before


def check_program(table: Table, shop: str, document: object) -> "Checked | Refusal":
    """Every error and warning of ``document`` as the next version of the shop's program."""
    known = find_shop(table, shop)
    if known is None:
        return _shop_unknown(shop)
    return _checked(table, known, document)


def publish_program(
    table: Table, shop: str, document: object, by: tuple[str, Instant]
) -> Published | Refusal:
    """Make ``document`` the live program; ``by`` is (actor, now).

    Raises:
        Busy: others kept publishing.
    """
    actor, now = by
    for _ in range(PUBLISH_ATTEMPTS_MAX):
        known = find_shop(table, shop)
        if known is None:
            return _shop_unknown(shop)
        checked = _checked(table, known, document)
        if checked.errors or checked.program is None:
            detail = f"The program has {len(checked.errors)} errors; see `errors`."
            return Refusal(RefusalCode.PROGRAM_INVALID, detail, checked.errors)
        body = msgspec.json.encode(document_of(checked.program), order="sorted")
        live = _live(table, known)
        if live is not None and live.document == body:
            return Published(live.version, checked.warnings, replayed=True)
        since = max(now, live.since + 1) if live else now
        version = next_version(live, checked.program, since, actor)
        try:
            record_writes(table, _writes(table, known, version, checked.program))
        except ConditionFailed:
            continue
        return Published(version.version, checked.warnings, replayed=False)
    raise Busy("others kept publishing")


def _checked(table: Table, shop: Shop, document: object) -> "Checked":
    from chalicelib.domain.program.validation import check  # noqa: PLC0415  # said above

    live = _live(table, shop)
    before = msgspec.json.decode(live.document, type=Program) if live else None
    return check(document, before)


def _live(table: Table, shop: Shop) -> PublishedVersion | None:
    if not shop.program_version:
        return None
    return published_version(table, shop.shop_id, shop.program_version)


def _writes(
    table: Table, shop: Shop, version: PublishedVersion, program: Program
) -> tuple[Write, ...]:
    after = msgspec.structs.replace(
        shop, program_version=version.version, program_since=version.since
    )
    stocked = (reward for reward in program.rewards if reward.stock is not None)
    stock = (
        write
        for reward in stocked
        for write in stock_writes(table, shop.shop_id, reward.id, reward.stock or 0)
    )
    return (version_put(shop.shop_id, version), changed_shop(shop, after), *stock)


def _shop_unknown(shop: str) -> Refusal:
    return Refusal(RefusalCode.SHOP_UNKNOWN, f"There is no shop '{shop}'.")
