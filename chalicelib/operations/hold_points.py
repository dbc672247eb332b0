"""Authorize, capture and void holds: points set aside while something is being paid.

A hold's public id is ``<member>.<id>``, so that capture and void need no index to find it.
"""

import msgspec

from chalicelib.domain.holding import HoldLoad, decide_authorize, decide_capture, decide_void
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import redeem_stop, stopped
from chalicelib.domain.records import Hold, HoldStatus, request_hash
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import booked_to, followed
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class HoldCommand(msgspec.Struct, frozen=True):
    """Who sets how many points aside, and for how long.

    ``life_ms`` 0: as long as the reward says, which must be named then.
    """

    shop: str
    member: str
    unit: str
    points: int
    life_ms: int
    idempotency_key: str
    now: Instant
    reward: str = ""


class LoadedHold(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    hold: HoldLoad
    holder: str = ""  # whose books they are, if the member was merged


def authorize_hold(table: Table, command: HoldCommand) -> Recorded[LoadedHold] | Refusal:
    """Set points aside, once per idempotency key. The document is a ``Hold``.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = Hold(
        id=redemption_id(command.member, command.idempotency_key),
        member=command.member,
        request_hash=request_hash(*_asked(command)),
        unit=command.unit,
        points=command.points,
        status=HoldStatus.OPEN,
        expires_at=command.now + command.life_ms if command.life_ms else 0,
        recorded_at=command.now,
        program_version=0,
        reward=command.reward,
    )
    work: Work[LoadedHold] = Work(
        document=document_key(command.shop, command.member, "hold", asked.id),
        load=lambda _: _load(table, command.shop, (command.member, asked.id), command.now),
        decide=lambda loaded: booked_to(
            stopped(
                decide_authorize(asked, loaded.hold, command.now),
                redeem_stop(loaded.hold.program, loaded.shop.pauses, command.now),
            ),
            command.member,
            loaded.holder,
        ),
    )
    return decide_and_commit(table, work)


def capture_hold(
    table: Table, shop: str, public_id: str, wish: tuple[int | None, Instant]
) -> Recorded[LoadedHold] | Refusal:
    """Spend a part of a hold; ``wish`` is (points or None for all, now). Again: the same.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    points, now = wish
    owner = _owner(public_id)
    work: Work[LoadedHold] = Work(
        document=document_key(shop, owner[0], "hold", owner[1]),
        load=lambda _: _load(table, shop, owner, now),
        decide=lambda loaded: booked_to(
            decide_capture(points, loaded.hold, now), owner[0], loaded.holder
        ),
    )
    return decide_and_commit(table, work)


def void_hold(
    table: Table, shop: str, public_id: str, now: Instant
) -> Recorded[LoadedHold] | Refusal:
    """Let a hold's points go. Again: the same.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    owner = _owner(public_id)
    work: Work[LoadedHold] = Work(
        document=document_key(shop, owner[0], "hold", owner[1]),
        load=lambda _: _load(table, shop, owner, now),
        decide=lambda loaded: booked_to(decide_void(loaded.hold, now), owner[0], loaded.holder),
    )
    return decide_and_commit(table, work)


def public_hold_id(hold: Hold) -> str:
    """The id that callers use."""
    return f"{hold.member}.{hold.id}"


def _asked(command: HoldCommand) -> tuple[str | int, ...]:
    """What a request's hash covers; what was left out is not there, so old hashes stay."""
    reward = ("reward", command.reward) if command.reward else ()
    return ("hold", command.member, command.unit, command.points, command.life_ms, *reward)


def _owner(public_id: str) -> tuple[str, str]:
    member, _, hold = public_id.partition(".")
    return member or "-", hold or "-"


def _load(table: Table, shop_id: str, owner: tuple[str, str], now: Instant) -> LoadedHold | Refusal:
    member, hold = owner
    document, account = document_key(shop_id, member, "hold", hold), account_key(shop_id, member)
    items = table.load([shop_key(shop_id), document, account])
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    shop = shop_from_item(items[shop_key(shop_id)])
    version = shop.live_version(now)
    holder = followed(table, shop_id, member, items)
    load = HoldLoad(
        shop=shop_id,
        account=account_of(items.get(account_key(shop_id, holder))),
        document=document_of(items.get(document), Hold),
        program=program_of(table, shop_id, version) if version else None,
    )
    return LoadedHold(shop, load, holder)
