"""Admin: try a program out on a cart or an order. Nothing is booked."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain import views
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import (
    ID_LENGTH_MAX,
    MONEY_MINOR_MAX,
    ORDER_CODES_MAX,
    ORDER_LINES_MAX,
    TAGS_MAX,
    UNITS_MAX,
)
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.document import Program
from chalicelib.domain.trying import Tried
from chalicelib.routes.admin.comparing import version_named
from chalicelib.routes.contract import Answer, Audience, Call, Contract, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import (
    Country,
    Id,
    JsonObject,
    LocaleWish,
    instant_or,
    value_invalid,
)
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Words = Annotated[tuple[Id, ...], Meta(max_length=TAGS_MAX)]


class CartRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cart: lines as of canonical events; ``id`` and ``quantity`` may be left out."""

    lines: Annotated[tuple[JsonObject, ...], Meta(max_length=ORDER_LINES_MAX)]
    channel: Annotated[str, Meta(max_length=ID_LENGTH_MAX)] = ""
    codes: Annotated[tuple[Id, ...], Meta(max_length=ORDER_CODES_MAX)] = ()
    tags: Words = ()


class FactsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody made up; what is left out is as of a new member."""

    tiers: Annotated[dict[Id, Id], Meta(max_length=16)] = {}  # by tier group
    order_count: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    joined_at: str = ""
    country: Country = ""
    locale: LocaleWish = ""
    tags: Words = ()
    last_order_at: str = ""  # ISO 8601, not after `at`; "" for never
    orders_12m: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    spend_12m: Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX)] = 0  # minor units
    birth_month: Annotated[int, Meta(ge=0, le=12)] = 0  # 0: not told
    points: Annotated[
        dict[Id, Annotated[int, Meta(ge=0, le=POINTS_MAX)]], Meta(max_length=UNITS_MAX)
    ] = {}  # available, by unit


class TryRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to try: a cart or an order, somebody, at some time, by some program."""

    program: Annotated[str, Meta(pattern=r"^(draft|live|[0-9]{1,6})(?![\s\S])")] = "draft"
    at: str = ""  # ISO 8601; "" for now
    cart: CartRequest | None = None
    order: JsonObject | None = None  # as of order.upserted
    member: Annotated[str, Meta(max_length=200)] = ""
    facts: FactsRequest | None = None
    locale: LocaleWish = "en"


class TriedShareView(msgspec.Struct, frozen=True):
    """What one rule gives."""

    rule: str
    unit: str
    points: int


class TriedTraceView(msgspec.Struct, frozen=True):
    """One step of the reasoning."""

    code: str
    rule: str
    unit: str
    line: str
    points: int
    parameters: dict[str, str | int]
    sentence: str


class TriedView(msgspec.Struct, frozen=True):
    """What would happen."""

    points: dict[str, int]  # by unit
    shares: tuple[TriedShareView, ...]
    reason: str  # why nothing is earned, as a code; "" when something may be
    tiers_before: dict[str, str]
    tiers_after: dict[str, str]
    sentence: str
    trace: tuple[TriedTraceView, ...]


class PreviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who looks at the widget, at some time, by some program."""

    program: Annotated[str, Meta(pattern=r"^(draft|live|[0-9]{1,6})(?![\s\S])")] = "draft"
    at: str = ""  # ISO 8601; "" for now
    name: Annotated[str, Meta(max_length=200)] = ""
    facts: FactsRequest | None = None
    locale: LocaleWish = ""


class PreviewView(msgspec.Struct, frozen=True):
    """What the widget takes as its `data`."""

    card: views.CardView
    program: JsonObject


@door.post(
    "/v1/admin/shops/{shop}/program/preview",
    Contract(
        PreviewRequest,
        PreviewView,
        "What the widget shows to somebody made up, such as a member of a tier",
        scope=Scope.READ,
        refusals=(
            RefusalCode.DRAFT_UNKNOWN,
            RefusalCode.VERSION_UNKNOWN,
            RefusalCode.PROGRAM_INVALID,
        ),
    ),
)
def post_preview(call: Call[PreviewRequest], shop: str) -> Outcome:
    """`widget.data = ` this shows it."""
    from chalicelib.operations.preview_program import (  # noqa: PLC0415 - rare
        PreviewWish,
        preview_program,
    )

    said = call.body
    now = instant_or(said.at, "$.at", call.now)
    if isinstance(now, Refusal):
        return now
    facts = _facts(said.facts or FactsRequest(), now)
    if isinstance(facts, Refusal):
        return facts
    wish = PreviewWish(version_named(said.program), facts, said.name, said.locale, now)
    found = preview_program(call.table, shop, wish)
    return found if isinstance(found, Refusal) else Answer(PreviewView(found.card, found.program))


@door.post(
    "/v1/admin/shops/{shop}/program/try",
    Contract(
        TryRequest,
        TriedView,
        "Try a cart or an order by the draft, the live program or a version; nothing is booked",
        scope=Scope.READ,
        refusals=(
            RefusalCode.DRAFT_UNKNOWN,
            RefusalCode.VERSION_UNKNOWN,
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.PROGRAM_INVALID,
        ),
    ),
)
def post_try(call: Call[TryRequest], shop: str) -> Outcome:
    """Points, tier and trace."""
    from chalicelib.operations.try_program import Trial, try_program  # noqa: PLC0415 - rare

    said = call.body
    if (said.cart is None) == (said.order is None):
        return value_invalid("$", "Give a `cart` or an `order`, one of them.")
    now = instant_or(said.at, "$.at", call.now)
    if isinstance(now, Refusal):
        return now
    facts = _facts(said.facts or FactsRequest(), now)
    if isinstance(facts, Refusal):
        return facts
    trial = Trial(
        program=version_named(said.program),
        order=_cart(said.cart) if said.cart else said.order or {},
        is_cart=said.cart is not None,
        member=said.member,
        facts=facts,
        now=now,
        wall_now=call.wall_now,
    )
    done = try_program(call.table, shop, trial)
    if isinstance(done, Refusal):
        return done
    return Answer(_view(done.tried, done.program, said.locale))


def _facts(said: FactsRequest, now: Instant) -> MemberFacts | Refusal:
    joined_at = instant_or(said.joined_at, "$.facts.joined_at", now)
    if isinstance(joined_at, Refusal):
        return joined_at
    last_order_at = instant_or(said.last_order_at, "$.facts.last_order_at", 0)
    if isinstance(last_order_at, Refusal):
        return last_order_at
    if last_order_at > now:
        return value_invalid("$.facts.last_order_at", "The last order can't be after `at`.")
    return MemberFacts(
        tiers=said.tiers,
        joined_at=joined_at,
        order_count=said.order_count,
        locale=said.locale,
        country=said.country,
        tags=said.tags,
        last_order_at=last_order_at,
        orders_12m=said.orders_12m,
        spend_12m=said.spend_12m,
        birth_month=said.birth_month,
        points=said.points,
    )


def _cart(cart: CartRequest) -> dict[str, object]:
    lines = [
        {"id": f"l{number}", "quantity": "1", **line} for number, line in enumerate(cart.lines, 1)
    ]
    told: dict[str, object] = {"lines": lines, "codes": list(cart.codes), "tags": list(cart.tags)}
    return {**told, "channel": cart.channel or None}


def _view(tried: Tried, program: Program, locale: str) -> TriedView:
    from chalicelib.domain.wording.sentences import (  # noqa: PLC0415 - rare
        document_sentence,
        names_of,
        trace_sentence,
    )

    document, names = tried.document, names_of(program, locale)
    units = dict.fromkeys(share.unit for share in document.posted)
    return TriedView(
        points={
            unit: sum(share.points for share in document.posted if share.unit == unit)
            for unit in units
        },
        shares=tuple(
            TriedShareView(share.rule_id, share.unit, share.points) for share in document.posted
        ),
        reason=document.reason,
        tiers_before=tried.tiers_before,
        tiers_after=tried.tiers_after,
        sentence=document_sentence(document, names, locale),
        trace=tuple(
            TriedTraceView(
                row.code,
                row.rule_id,
                row.unit,
                row.line_id,
                row.points,
                row.parameters,
                trace_sentence(row, names, locale),
            )
            for row in document.trace
        ),
    )
