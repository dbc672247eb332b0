"""What was given to the causes of the live program. Reads only."""

import msgspec

from chalicelib.domain.cause_settling import find_cause
from chalicelib.domain.causes import Given
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.document import Cause, Program
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import SETTLEMENT_PREFIX, cause_partition
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.stock import given_keys, given_of
from chalicelib.storage.table import Query, Start, Table


class CountedCauses(msgspec.Struct, frozen=True):
    """Each cause of the live program with what was given to it."""

    program: Program
    version: int
    causes: tuple[tuple[Cause, Given], ...]


def view_causes(table: Table, shop_id: str, now: Instant) -> CountedCauses | Refusal:
    """The counters as they stand."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    version = shop.live_version(now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "The shop has no program yet.")
    program = program_of(table, shop_id, version).program
    names = [cause.id for cause in program.causes]
    keys = given_keys(shop_id, names)
    given = given_of(shop_id, names, table.load(keys) if keys else {})
    causes = tuple((cause, given[cause.id]) for cause in program.causes)
    return CountedCauses(program, version, causes)


def cause_missing(table: Table, shop_id: str, cause: str, now: Instant) -> Refusal | None:
    """The refusal of a cause that the live program has not, and that nobody ever gave to."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    version = shop.live_version(now)
    program = program_of(table, shop_id, version).program if version else None
    if find_cause(program, cause) is not None:
        return None
    given = given_of(shop_id, (cause,), table.load(given_keys(shop_id, (cause,))))[cause]
    is_known = bool(given.whole)
    return None if is_known else Refusal(RefusalCode.CAUSE_UNKNOWN, "There is no such cause.")


def list_settlements(
    table: Table, named: tuple[str, str], page: tuple[int, Start | None], now: Instant
) -> tuple[tuple[Settlement, ...], Start | None] | Refusal:
    """One page of what was passed on, in no order of time; ``named`` is (shop, cause)."""
    shop_id, cause = named
    missing = cause_missing(table, shop_id, cause, now)
    if missing is not None:
        return missing
    limit, start = page
    partition = cause_partition(shop_id, cause)
    found = table.query(Query(partition, SETTLEMENT_PREFIX, limit=limit, start=start))
    documents = (document_of(item, Settlement) for item in found.items)
    return tuple(each for each in documents if each is not None), found.next_start
