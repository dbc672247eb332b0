"""Give a member's points to another member: both sides in one commit, once per idempotency key."""

import msgspec

from chalicelib.domain.gifting import Party, TransferLoad, decide_transfer
from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Transfer
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import request_hash
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import followed
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import account_key, counters_key, document_key, shop_key
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class TransferCommand(msgspec.Struct, frozen=True):
    """Who gives whom how many points. ``salt`` hides the message's hash."""

    shop: str
    giver: str
    receiver: str
    unit: str
    points: int
    message: str
    salt: str
    actor: str
    idempotency_key: str
    now: Instant


class LoadedTransfer(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    transfer: TransferLoad


def give_points(table: Table, command: TransferCommand) -> Recorded[LoadedTransfer] | Refusal:
    """Move the points. The document is the giver's ``Transfer``.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = Transfer(
        id=redemption_id(command.giver, command.idempotency_key),
        member=command.giver,
        giver=command.giver,
        receiver=command.receiver,
        request_hash=request_hash(
            "transfer",
            command.giver,
            command.receiver,
            command.unit,
            command.points,
            command.message,
        ),
        unit=command.unit,
        points=command.points,
        actor=command.actor,
        recorded_at=command.now,
        message=command.message,
        message_salt=command.salt if command.message else "",
    )
    work: Work[LoadedTransfer] = Work(
        document=document_key(command.shop, command.giver, "transfer", asked.id),
        load=lambda _: _load(table, asked, command.shop),
        decide=lambda loaded: decide_transfer(asked, loaded.transfer, command.now),
    )
    return decide_and_commit(table, work)


def _load(table: Table, asked: Transfer, shop_id: str) -> LoadedTransfer | Refusal:
    document = document_key(shop_id, asked.giver, "transfer", asked.id)
    keys = [key for member in (asked.giver, asked.receiver) for key in _keys(shop_id, member)]
    items = table.load([*dict.fromkeys((shop_key(shop_id), document, *keys))])
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{shop_id}'")
    shop = shop_from_item(items[shop_key(shop_id)])
    version = shop.live_version(asked.recorded_at)
    giver, receiver = (
        followed(table, shop_id, member, items) for member in (asked.giver, asked.receiver)
    )
    load = TransferLoad(
        shop=shop_id,
        giver=_party(shop_id, giver, items),
        receiver=_party(shop_id, receiver, items),
        document=document_of(items.get(document), Transfer),
        program=program_of(table, shop_id, version) if version else None,
    )
    return LoadedTransfer(shop, load)


def _keys(shop: str, member: str) -> tuple[Key, Key]:
    return account_key(shop, member), counters_key(shop, member)


def _party(shop: str, member: str, items: dict[Key, Item]) -> Party:
    account, counters = _keys(shop, member)
    return Party(member, account_of(items.get(account)), counters_of(items.get(counters)))
