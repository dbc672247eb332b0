"""Adjust a member's points by hand, with a reason: once per idempotency key."""

from dataclasses import dataclass

from chalicelib.domain.adjusting import AdjustLoad, decide_adjust
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Adjustment, request_hash
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


@dataclass(frozen=True, slots=True)
class AdjustCommand:
    """Who gets how many points, from whom, and why. ``salt`` hides the reason's hash."""

    shop: str
    member: str
    unit: str
    points: int
    reason: str
    salt: str
    actor: str
    idempotency_key: str
    now: Instant


@dataclass(frozen=True, slots=True)
class LoadedAdjustment:
    """The shop and what the decision depends on."""

    shop: Shop
    adjust: AdjustLoad


def adjust_points(table: Table, command: AdjustCommand) -> Recorded[LoadedAdjustment] | Refusal:
    """Move points by hand. The document is an ``Adjustment`` with its entry.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = Adjustment(
        id=redemption_id(command.member, command.idempotency_key),
        member=command.member,
        request_hash=request_hash(
            "adjust", command.member, command.unit, command.points, command.reason
        ),
        unit=command.unit,
        points=command.points,
        reason=command.reason,
        reason_salt=command.salt,
        actor=command.actor,
        recorded_at=command.now,
    )
    work: Work[LoadedAdjustment] = Work(
        document=document_key(command.shop, command.member, "adjustment", asked.id),
        load=lambda _: _load(table, command, asked.id),
        decide=lambda loaded: decide_adjust(asked, loaded.adjust, command.now),
    )
    return decide_and_commit(table, work)


def _load(table: Table, command: AdjustCommand, identity: str) -> LoadedAdjustment | Refusal:
    document = document_key(command.shop, command.member, "adjustment", identity)
    account = account_key(command.shop, command.member)
    items = table.load([shop_key(command.shop), document, account])
    if shop_key(command.shop) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    shop = shop_from_item(items[shop_key(command.shop)])
    version = shop.program_version
    load = AdjustLoad(
        shop=command.shop,
        account=account_of(items.get(account)),
        document=document_of(items.get(document), Adjustment),
        program=program_of(table, command.shop, version) if version else None,
    )
    return LoadedAdjustment(shop, load)
