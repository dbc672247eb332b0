"""Wire shapes of what staff see of members, entries, documents and redemptions."""

from typing import Any

import msgspec

from chalicelib.domain import views
from chalicelib.domain.card import (
    Holding,
    membership_views,
    money_view,
    points_view,
    tier_views,
    undo_text,
)
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.ledger import Entry
from chalicelib.domain.member import Profile
from chalicelib.domain.passing import seen
from chalicelib.domain.records import Redemption, as_of
from chalicelib.domain.wording.names import names_of
from chalicelib.operations.explain_document import ExplainedDocument, recorded_at
from chalicelib.operations.manage_members import MemberRecord
from chalicelib.routes.admin.document_points import points_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table


class ProfileView(msgspec.Struct, frozen=True):
    """Personal data of a member."""

    email: str
    email_verified: bool
    name: str
    locale: str
    country: str
    tags: tuple[str, ...]
    birthday: str
    consent: bool


class AdminMemberView(msgspec.Struct, frozen=True):
    """A member as staff see them."""

    member_id: str
    external_id: str | None
    source: str | None
    points: dict[str, views.PointsView]
    tiers: tuple[views.TierView, ...]
    order_count: int
    seq: int
    joined_at: str
    profile: ProfileView | None
    memberships: tuple[views.PaidMembershipView, ...] = ()


class TouchedView(msgspec.Struct, frozen=True):
    """Points put into, or taken from, one lot."""

    points: int
    available_at: int  # milliseconds since 1970, as the hash covers them; 0 at once
    expires_at: int | None  # likewise; null never


class EntryView(msgspec.Struct, frozen=True):
    """One entry of the journal, with everything that its hash covers."""

    seq: int
    unit: str
    points: int
    kind: str
    document: str
    booked_after: int
    program_version: int
    occurred_at: str
    recorded_at: str
    explanation: tuple[dict[str, str | int], ...]
    qualifying: dict[str, dict[str, int]]
    touched: tuple[TouchedView, ...]
    prev_hash: str
    hash: str


class TraceView(msgspec.Struct, frozen=True):
    """One step of an evaluation: its code, its figures, and what that says."""

    code: str
    sentence: str
    rule_id: str
    unit: str
    line_id: str
    points: int
    parameters: dict[str, str | int]


class ExplainView(msgspec.Struct, frozen=True):
    """Why a document moved what it moved."""

    sentence: str
    trace: tuple[TraceView, ...]
    program_version: int


class DocumentView(msgspec.Struct, frozen=True):
    """A source document: what happened, and the points that stand for it."""

    document: str
    sentence: str
    recorded_at: str
    program_version: int
    points: dict[str, int]
    content: dict[str, Any]


class AdminRedemptionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A redemption as staff see it."""

    redemption_id: str
    member_id: str
    reward_id: str
    status: str
    code: str
    fulfilment: str
    unit: str
    cost: int
    returned: int
    requested_at: str
    expires_at: str | None
    undo_until: str | None
    used_by: str | None
    program_version: int
    steps: int | None = None
    worth: views.MoneyView | None = None
    min_order: views.MoneyView | None = None
    kind: str = ""
    combine: str | tuple[str, ...] = "any"
    fulfilled_at: str | None = None
    fulfilled_by: str | None = None
    fulfil_note: str | None = None


def member_view(table: Table, shop: Shop, record: MemberRecord, now: Instant) -> AdminMemberView:
    """The member at ``now``, in the shop's first language."""
    points: dict[str, views.PointsView] = {}
    tiers: tuple[views.TierView, ...] = ()
    paid: tuple[views.PaidMembershipView, ...] = ()
    if version := shop.live_version(now):
        program = program_of(table, shop.shop_id, version)
        locale = program.program.locales[0]
        account = seen(record.account, program.idle, now)
        holding = Holding(record.member, account, program, locale, now, record.profile)
        names = names_of(program.program, locale)
        points, tiers = points_view(holding, names), tier_views(holding, names)
        paid = membership_views(holding, names)
    return AdminMemberView(
        member_id=record.member,
        external_id=record.profile.external_id if record.profile else None,
        source=record.profile.source if record.profile else None,
        points=points,
        tiers=tiers,
        order_count=record.account.order_count,
        seq=record.account.seq,
        joined_at=iso(record.account.joined_at),
        profile=_profile(record.profile) if record.profile else None,
        memberships=paid,
    )


def _profile(profile: Profile) -> ProfileView:
    return ProfileView(
        email=profile.email,
        email_verified=profile.email_verified,
        name=profile.name,
        locale=profile.locale,
        country=profile.country,
        tags=profile.tags,
        birthday=profile.birthday,
        consent=profile.consent,
    )


def entry_view(entry: Entry) -> EntryView:
    """The entry with its reasons flat: code and parameters side by side."""
    return EntryView(
        seq=entry.seq,
        unit=entry.unit,
        points=entry.points,
        kind=entry.kind.value,
        document=entry.document,
        booked_after=entry.booked_after,
        program_version=entry.program_version,
        occurred_at=iso(entry.occurred_at),
        recorded_at=iso(entry.recorded_at),
        explanation=tuple({"code": why.code, **why.parameters} for why in entry.explanation),
        qualifying=entry.qualifying,
        touched=tuple(
            TouchedView(part.points, part.available_at, part.expires_at) for part in entry.touched
        ),
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )


def explain_view(explained: ExplainedDocument) -> ExplainView:
    """The sentence and the trace, each step in words."""
    trace = tuple(
        TraceView(
            row.code, sentence, row.rule_id, row.unit, row.line_id, row.points, row.parameters
        )
        for row, sentence in explained.trace
    )
    return ExplainView(explained.sentence, trace, explained.program_version)


def document_view(explained: ExplainedDocument) -> DocumentView:
    """The document as it is kept, under its own long names."""
    document = explained.document
    content = {
        name: msgspec.to_builtins(getattr(document, name))
        for name in document.__struct_fields__
        if name not in {"reason_salt", "message_salt", "trace", "entry"}
    }
    return DocumentView(
        document=explained.name,
        sentence=explained.sentence,
        recorded_at=iso(recorded_at(document)),
        program_version=explained.program_version,
        points=points_of(explained.document),
        content=content,
    )


def redemption_view(redemption: Redemption, now: Instant) -> AdminRedemptionView:
    """The redemption as staff see it at ``now``."""
    redemption = as_of(redemption, now)
    return AdminRedemptionView(
        redemption_id=redemption.id,
        member_id=redemption.member,
        reward_id=redemption.reward_id,
        status=redemption.status.value,
        code=redemption.code,
        fulfilment=redemption.fulfilment,
        unit=redemption.unit,
        cost=redemption.cost,
        returned=redemption.returned,
        requested_at=iso(redemption.requested_at),
        expires_at=iso(redemption.expires_at) if redemption.expires_at is not None else None,
        undo_until=undo_text(redemption, now),
        used_by=redemption.used_by or None,
        program_version=redemption.program_version,
        steps=redemption.steps or None,
        worth=money_view(redemption.worth, redemption.currency),
        min_order=money_view(redemption.min_order, redemption.currency),
        kind=redemption.kind,
        combine=redemption.combine,
        fulfilled_at=iso(redemption.fulfilled_at) if redemption.fulfilled_at else None,
        fulfilled_by=redemption.fulfilled_by or None,
    )
