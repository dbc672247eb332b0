"""Settle a cause: once per idempotency key, never above what was given and not taken back."""

import msgspec

from chalicelib.domain.cause_settling import SettleLoad, decide_settlement
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Settlement
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import request_hash
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import settlement_key, shop_key
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.stock import given_keys, given_of
from chalicelib.storage.table import Table


class SettleCommand(msgspec.Struct, frozen=True):
    """Who says that how much of which cause was passed on."""

    shop: str
    cause: str
    units: int
    proof_url: str
    note: str
    actor: str
    idempotency_key: str
    now: Instant


class LoadedSettlement(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    settle: SettleLoad


def settle_cause(table: Table, command: SettleCommand) -> Recorded[LoadedSettlement] | Refusal:
    """Record that units of a cause were passed on. The document is a ``Settlement``.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = Settlement(
        id=_identity(command),
        cause=command.cause,
        request_hash=request_hash(
            "settle", command.cause, command.units, command.proof_url, command.note
        ),
        units=command.units,
        actor=command.actor,
        recorded_at=command.now,
        proof_url=command.proof_url,
        note=command.note,
    )
    work: Work[LoadedSettlement] = Work(
        document=settlement_key(command.shop, command.cause, asked.id),
        load=lambda _: _load(table, command, asked.id),
        decide=lambda loaded: decide_settlement(asked, loaded.settle, command.now),
    )
    return decide_and_commit(table, work)


def _identity(command: SettleCommand) -> str:
    return redemption_id(command.cause, command.idempotency_key)


def _load(table: Table, command: SettleCommand, identity: str) -> LoadedSettlement | Refusal:
    shop_id, cause = command.shop, command.cause
    document = settlement_key(shop_id, cause, identity)
    items = table.load([shop_key(shop_id), document, *given_keys(shop_id, (cause,))])
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{shop_id}'")
    shop = shop_from_item(items[shop_key(shop_id)])
    version = shop.live_version(command.now)
    program = program_of(table, shop_id, version).program if version else None
    known = document_of(items.get(document), Settlement)
    given = given_of(shop_id, (cause,), items)[cause]
    return LoadedSettlement(shop, SettleLoad(known, program, given))
