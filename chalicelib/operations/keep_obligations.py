"""Notices that law packs oblige to: list them, and record that members were told."""

import msgspec

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.publish_program import shop_unknown
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.obligations import (
    Obligation,
    Proof,
    done_put,
    find_obligation,
    list_obligations,
)
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import ConditionFailed, Start, Table


class Kept(msgspec.Struct, frozen=True):
    """An obligation with its proof, and whether it had one before."""

    obligation: Obligation
    replayed: bool


def view_obligations(
    table: Table, shop: str, page: tuple[int, Start | None]
) -> tuple[tuple[Obligation, ...], Start | None] | Refusal:
    """One page of what the shop owes, done or not."""
    if find_shop(table, shop) is None:
        return shop_unknown(shop)
    return list_obligations(table, shop, *page)


def keep_obligation(table: Table, shop: str, name: str, proof: Proof) -> Kept | Refusal:
    """Record that members were told. The first proof stays: again, it is the answer.

    Raises:
        Busy: the table was in the way until the deadline.
    """
    if find_shop(table, shop) is None:
        return shop_unknown(shop)
    known = find_obligation(table, shop, name)
    if known is None:
        return Refusal(RefusalCode.OBLIGATION_UNKNOWN, "There is no such obligation.")
    if known.proof is not None:
        return Kept(known, replayed=True)
    done = msgspec.structs.replace(known, proof=proof)
    try:
        record_writes(table, [done_put(shop, done)])
    except ConditionFailed:
        return keep_obligation(table, shop, name, proof)
    return Kept(done, replayed=False)
