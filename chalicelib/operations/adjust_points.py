"""Adjust a member's points by hand, with a reason: once per idempotency key.

What a person may do: add or take points, give lapsed ones back, let points live longer, invite to
a tier, grant a badge, and take either back.
"""

import msgspec

from chalicelib.domain.adjusting import AdjustLoad, decide_adjust
from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.inviting import decide_invite
from chalicelib.domain.launching import decide_import
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.progress import BADGES_ID, Badges
from chalicelib.domain.promises import Happened, may_owe
from chalicelib.domain.records import Adjustment, AdjustmentKind, request_hash
from chalicelib.domain.reinstating import decide_extend, decide_reinstate
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import booked_to, followed, ids_of
from chalicelib.operations.order_members import BADGES, honours_of, marker_keys
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class AdjustCommand(msgspec.Struct, frozen=True):
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
    kind: AdjustmentKind = AdjustmentKind.POINTS
    until: Instant = 0  # of an extension or an invitation
    tier: str = ""  # "group/tier" of an invitation
    badge: str = ""  # that is granted, or taken back


class LoadedAdjustment(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    adjust: AdjustLoad
    holder: str = ""  # whose books they are, if the member was merged


def adjust_points(table: Table, command: AdjustCommand) -> Recorded[LoadedAdjustment] | Refusal:
    """Move points by hand. The document is an ``Adjustment`` with its entry.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    asked = Adjustment(
        id=redemption_id(command.member, command.idempotency_key),
        member=command.member,
        request_hash=_request_hash(command),
        unit=command.unit,
        points=command.points,
        reason=command.reason,
        reason_salt=command.salt,
        actor=command.actor,
        recorded_at=command.now,
        kind=command.kind,
        until=command.until,
        tier=command.tier,
        badge=command.badge,
    )
    work: Work[LoadedAdjustment] = Work(
        document=document_key(command.shop, command.member, "adjustment", asked.id),
        load=lambda _: _load(table, command, asked.id),
        decide=lambda loaded: booked_to(
            _decide(asked, loaded.adjust, command.now), command.member, loaded.holder
        ),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        known = result.loaded.adjust
        happened = Happened(result.document, known.account, known.program)
        if may_owe(happened):
            from chalicelib.operations.keep_promises import keep_promises_of  # noqa: PLC0415 - rare

            keep_promises_of(table, result.loaded.shop, happened, command.now)
    return result


def _request_hash(command: AdjustCommand) -> str:
    asked = (command.member, command.unit, command.points, command.reason)
    if command.kind is AdjustmentKind.POINTS:
        return request_hash("adjust", *asked)
    if command.badge:
        return request_hash(command.kind.value, *asked, command.badge)
    if command.tier:
        return request_hash(command.kind.value, *asked, command.until, command.tier)
    return request_hash(command.kind.value, *asked, command.until)


def _decide(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    match asked.kind:
        case AdjustmentKind.POINTS:
            return decide_adjust(asked, loaded, now)
        case AdjustmentKind.REINSTATE:
            return decide_reinstate(asked, loaded, now)
        case AdjustmentKind.EXTEND:
            return decide_extend(asked, loaded, now)
        case AdjustmentKind.INVITE | AdjustmentKind.WITHDRAW:
            return decide_invite(asked, loaded, now)
        case AdjustmentKind.BADGE | AdjustmentKind.UNBADGE:
            from chalicelib.domain.badge_granting import decide_badge  # noqa: PLC0415 - rare

            return decide_badge(asked, loaded, now)
        case AdjustmentKind.IMPORT:
            return decide_import(asked, loaded, now)


def _load(table: Table, command: AdjustCommand, identity: str) -> LoadedAdjustment | Refusal:
    document = document_key(command.shop, command.member, "adjustment", identity)
    account = account_key(command.shop, command.member)
    items = table.load([shop_key(command.shop), document, account])
    if shop_key(command.shop) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    shop = shop_from_item(items[shop_key(command.shop)])
    version = shop.live_version(command.now)
    holder = followed(table, command.shop, command.member, items)
    held = account_of(items.get(account_key(command.shop, holder)))
    load = AdjustLoad(
        shop=command.shop,
        account=held,
        document=document_of(items.get(document), Adjustment),
        program=program_of(table, command.shop, version) if version else None,
        badges=_badges(table, command, holder, held) if command.badge else None,
    )
    return LoadedAdjustment(shop, load, holder)


def _badges(table: Table, command: AdjustCommand, holder: str, account: Account | None) -> Badges:
    """What the member wears, with those of who was merged into them."""
    shop, marks = command.shop, frozenset({(BADGES, BADGES_ID)})
    items = table.load(marker_keys(shop, ids_of(holder, account), marks))
    known = honours_of(shop, holder, account, (items, marks)).badges
    return known or Badges(BADGES_ID, holder, recorded_at=command.now)
