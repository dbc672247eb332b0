"""Admin: try a program out on a cart, an order, an action or a joining. Nothing is booked."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.events import Told
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import (
    FIELDS_DECLARED_MAX,
    ID_LENGTH_MAX,
    MEMBERSHIPS_MAX,
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
from chalicelib.domain.records import Joining
from chalicelib.routes.admin.programs import DRAFT_NAME, VersionName, version_named
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

if TYPE_CHECKING:
    from chalicelib.domain.trying import Tried
    from chalicelib.operations.try_program import Trial

door = Door(Audience.ADMIN)

Words = Annotated[tuple[Id, ...], Meta(max_length=TAGS_MAX)]


class CartRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cart: lines as of canonical events; ``id`` and ``quantity`` may be left out."""

    lines: Annotated[tuple[JsonObject, ...], Meta(max_length=ORDER_LINES_MAX)]
    channel: Annotated[str, Meta(max_length=ID_LENGTH_MAX)] = ""
    codes: Annotated[tuple[Id, ...], Meta(max_length=ORDER_CODES_MAX)] = ()
    tags: Words = ()


class ActionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member does, as of ``action.completed``; or a moment of ours.

    Of ours are ``member.birthday``, ``member.anniversary``, ``subscription.renewed`` (properties:
    its ``plan``) and ``tier.entered`` (subject: "group/tier").
    """

    action: Id
    subject: Annotated[str, Meta(max_length=ID_LENGTH_MAX)] = ""
    properties: Annotated[dict[Id, Told], Meta(max_length=FIELDS_DECLARED_MAX)] = {}
    self_reported: bool = False


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
    bought: Annotated[dict[Id, Words], Meta(max_length=6)] = {}  # skus, tags_12m, ...
    birth_month: Annotated[int, Meta(ge=0, le=12)] = 0  # 0: not told
    points: Annotated[
        dict[Id, Annotated[int, Meta(ge=0, le=POINTS_MAX)]], Meta(max_length=UNITS_MAX)
    ] = {}  # available, by unit
    facts: Annotated[dict[Id, Told], Meta(max_length=FIELDS_DECLARED_MAX)] = {}  # declared ones
    memberships: Annotated[
        tuple[Id, ...], Meta(max_length=MEMBERSHIPS_MAX)
    ] = ()  # ids of paid ones


class TryRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of ``cart``, ``order``, ``action``, ``joining``, at some time, by some program."""

    program: VersionName = DRAFT_NAME
    at: str = ""  # ISO 8601; "" for now
    cart: CartRequest | None = None
    order: JsonObject | None = None  # as of order.upserted
    action: ActionRequest | None = None
    joining: bool = False  # of somebody new
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


@door.post(
    "/v1/admin/shops/{shop}/program/try",
    Contract(
        TryRequest,
        TriedView,
        "Try a cart, order, action or joining by the draft, the live program or a version; "
        "nothing is booked",
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
    from chalicelib.operations.try_program import try_program  # noqa: PLC0415 - rare

    trial = _trial(call)
    if isinstance(trial, Refusal):
        return trial
    done = try_program(call.table, shop, trial)
    if isinstance(done, Refusal):
        return done
    return Answer(_view(done.tried, done.program, call.body.locale))


def _trial(call: Call[TryRequest]) -> "Trial | Refusal":
    from chalicelib.operations.try_program import Trial, TrialKind  # noqa: PLC0415 - rare

    said = call.body
    told = _told(said)
    if len(told) != 1:
        return value_invalid("$", "Give a `cart`, an `order`, an `action` or `joining`, one.")
    if said.member and said.facts:
        return value_invalid("$.facts", "Give a `member` or made-up `facts`, not both.")
    somebody = made_up(said.facts, said.at, call.now)
    if isinstance(somebody, Refusal):
        return somebody
    facts, now = somebody
    if said.joining and said.facts and not _is_new(said.facts):
        return value_invalid(
            "$.facts", "Of who joins only `country`, `locale` and `tags` are known."
        )
    ((kind, what),) = told.items()
    return Trial(
        program=version_named(said.program),
        kind=TrialKind(kind),
        told=what,
        member=said.member,
        facts=facts,
        now=now,
        wall_now=call.wall_now,
        is_self_reported=said.action is not None and said.action.self_reported,
    )


def _told(said: TryRequest) -> dict[str, dict[str, object]]:
    """What is to be tried, by what it is called: one, if the request is good."""
    action = said.action
    done: dict[str, object] | None = (
        {"action": action.action, "subject": action.subject, "properties": action.properties}
        if action
        else None
    )
    told: dict[str, dict[str, object] | None] = {
        "cart": _cart(said.cart) if said.cart else None,
        "order": said.order,
        "action": done,
        "joining": {} if said.joining else None,
    }
    return {kind: what for kind, what in told.items() if what is not None}


def _is_new(said: FactsRequest) -> bool:
    """Whether nothing is told but of where somebody comes from."""
    return msgspec.structs.replace(said, country="", locale="", tags=()) == FactsRequest()


def made_up(
    said: FactsRequest | None, at: str, usual: Instant
) -> tuple[MemberFacts, Instant] | Refusal:
    """Somebody made up as ``said``, and the instant ``at``, ``usual`` where it is ""."""
    now = instant_or(at, "$.at", usual)
    if isinstance(now, Refusal):
        return now
    facts = _made_up_facts(said or FactsRequest(), now)
    return facts if isinstance(facts, Refusal) else (facts, now)


def _made_up_facts(said: FactsRequest, now: Instant) -> MemberFacts | Refusal:
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
        bought=said.bought,
        birth_month=said.birth_month,
        points=said.points,
        facts=said.facts,
        memberships=said.memberships,
    )


def _cart(cart: CartRequest) -> dict[str, object]:
    lines = [
        {"id": f"l{number}", "quantity": "1", **line} for number, line in enumerate(cart.lines, 1)
    ]
    told: dict[str, object] = {"lines": lines, "codes": list(cart.codes), "tags": list(cart.tags)}
    return {**told, "channel": cart.channel or None}


def _view(tried: "Tried", program: Program, locale: str) -> TriedView:
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
        reason="" if isinstance(document, Joining) else document.reason,
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
