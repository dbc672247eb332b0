"""Storefront: what the widget asks for. The customer comes from the token alone, never the body.

Everything for a customer is a POST with the token in the body or as Bearer, and may come as
``text/plain``, so that a browser sends no preflight. A token reads one customer's data and
redeems that customer's points, nothing else.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from chalicelib.domain import views
from chalicelib.domain.card import redemption_view
from chalicelib.domain.events import Signs
from chalicelib.domain.instants import iso
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Redemption
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.make_statement import StatementRequest, make_statement
from chalicelib.operations.own_redemptions import find_own, undo_own
from chalicelib.operations.view_card import (
    CardQuery,
    customer_member,
    load_holding,
    view_card,
    view_launcher,
)
from chalicelib.operations.view_history import HistoryQuery, view_history
from chalicelib.operations.view_presentation import view_presentation
from chalicelib.routes.admission import page_request
from chalicelib.routes.caching import cacheable
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
    TokenBody,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject
from chalicelib.routes.statement_shapes import StatementBody, StatementView, statement_view
from chalicelib.routes.storefront_paying import taken_from
from chalicelib.routes.storefront_shapes import (
    CardRequest,
    HistoryItemView,
    HistoryRequest,
    HistoryView,
    JoinRequest,
    RedeemRequest,
    RedemptionRequest,
)
from chalicelib.routes.wish_shapes import POOL_REFUSALS, REDEEM_REFUSALS, basket_of
from chalicelib.security.storefront_tokens import Customer

door = Door(Audience.STOREFRONT)
public_door = Door(Audience.PUBLIC)

_REDEMPTION_UNKNOWN: Final = Refusal(RefusalCode.REDEMPTION_UNKNOWN, "There is no such redemption.")


@public_door.get(
    "/v1/storefront/{shop}/program",
    Contract(
        NoBody,
        JsonObject,
        "The program as pages show it: units, tiers, rewards, in one language",
        query=(QueryParameter("locale", "language wanted; the nearest is used and named"),),
        refusals=(RefusalCode.PROGRAM_NOT_LIVE,),
    ),
)
def get_presentation(call: Call[NoBody], shop: str) -> Outcome:
    """Cacheable for a minute, by ETag after that."""
    found = view_presentation(call.table, shop, call.query.get("locale", ""), call.now)
    if isinstance(found, Refusal):
        return found
    return cacheable(call, found)


@door.post(
    "/v1/storefront/{shop}/card",
    Contract(CardRequest, views.CardView, "What the customer has; `member` is null for none"),
)
def post_card(call: Call[CardRequest], shop: str) -> Outcome:
    """One round trip to the table for the launcher, two for the whole card."""
    view = view_launcher if call.body.view == "launcher" else view_card
    query = _query(call, shop, call.body.locale)
    seen_for = msgspec.structs.replace(query, basket=basket_of(call.body.order_net))
    return _answer(view(call.table, seen_for))


@door.post(
    "/v1/storefront/{shop}/join",
    Contract(
        JoinRequest,
        views.CardView,
        "Join the program; a member already is answered 200",
        status=201,
        is_once=True,
        refusals=(
            RefusalCode.MEMBER_ERASED,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.NOT_IN_ROLLOUT,
        ),
    ),
)
def post_join(call: Call[JoinRequest], shop: str) -> Outcome:
    """Make the customer a member and answer with their card."""
    customer, told = call.customer, call.body
    profile = Profile(
        external_id=customer.external_id,
        source=customer.source,
        email=customer.email,
        email_verified=customer.email_verified and bool(customer.email),
        name=customer.name,
        locale=told.locale,
        birthday=told.birthday,
        consent=told.consent,
    )
    command = JoinCommand(
        shop,
        profile,
        call.now,
        call.wall_now,
        referral_code=told.referral_code,
        signs=Signs(device=told.device, ip=call.source_ip),
    )
    joined = join_program(call.table, command)
    if isinstance(joined, Refusal):
        return joined
    card = view_card(call.table, _query(call, shop, told.locale))
    if isinstance(card, Refusal):
        return card
    return Answer(card, replayed=joined.replayed)


@door.post(
    "/v1/storefront/{shop}/redemptions",
    Contract(
        RedeemRequest,
        views.RedemptionView,
        "Take a reward for points",
        status=201,
        idempotent=True,
        refusals=(RefusalCode.MEMBER_ERASED, *REDEEM_REFUSALS, *POOL_REFUSALS),
    ),
)
def post_redemption(call: Call[RedeemRequest], shop: str) -> Outcome:
    """Spend the points, once per idempotency key; the answer has the code."""
    query = _query(call, shop, call.body.locale)
    member = customer_member(call.table, query)
    if isinstance(member, Refusal):
        return member
    result = taken_from(call, shop, member)
    if isinstance(result, Refusal):
        return result
    return _redemption(call, query, result.document, replayed=result.replayed)


def redemption_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a redemption that is not the customer's; see ``Contract.locate``."""
    member = customer_member(call.table, _query(call, path["shop"], ""))
    if isinstance(member, Refusal):
        return member
    found = find_own(call.table, path["shop"], member, path["redemption"])
    return None if found else _REDEMPTION_UNKNOWN


@door.post(
    "/v1/storefront/{shop}/redemptions/{redemption}",
    Contract(
        RedemptionRequest,
        views.RedemptionView,
        "A redemption as it stands",
        refusals=(RefusalCode.REDEMPTION_UNKNOWN,),
        locate=redemption_missing,
    ),
)
def post_redemption_view(call: Call[RedemptionRequest], shop: str, redemption: str) -> Outcome:
    """For a page that shows a code again."""
    query = _query(call, shop, call.body.locale)
    member = customer_member(call.table, query)
    if isinstance(member, Refusal):
        return member
    found = find_own(call.table, shop, member, redemption)
    return _redemption(call, query, found)


@door.post(
    "/v1/storefront/{shop}/redemptions/{redemption}/undo",
    Contract(
        RedemptionRequest,
        views.RedemptionView,
        "Give back a reward that was not used; again is the same",
        refusals=(RefusalCode.REDEMPTION_UNKNOWN, RefusalCode.REDEMPTION_NOT_UNDOABLE),
        locate=redemption_missing,
    ),
)
def post_redemption_undo(call: Call[RedemptionRequest], shop: str, redemption: str) -> Outcome:
    """Undo it while nobody used the code and its window is open."""
    query = _query(call, shop, call.body.locale)
    member = customer_member(call.table, query)
    if isinstance(member, Refusal):
        return member
    result = undo_own(call.table, shop, (member, redemption), call.now)
    if isinstance(result, Refusal):
        return result
    return _redemption(call, query, result.document)


@door.post(
    "/v1/storefront/{shop}/history",
    Contract(
        HistoryRequest,
        HistoryView,
        "The customer's entries in words, newest first",
        refusals=(RefusalCode.MEMBER_UNKNOWN, RefusalCode.CURSOR_INVALID),
    ),
)
def post_history(call: Call[HistoryRequest], shop: str) -> Outcome:
    """One page of the journal."""
    page = page_request(call.list_name, call.body.limit, call.body.cursor)
    if isinstance(page, Refusal):
        return page
    query = HistoryQuery(_query(call, shop, call.body.locale), page.limit, page.start)
    found = view_history(call.table, query)
    if isinstance(found, Refusal):
        return found
    items = tuple(
        HistoryItemView(
            seq=entry.seq,
            unit=entry.unit,
            points=entry.points,
            kind=entry.kind.value,
            occurred_at=iso(entry.occurred_at),
            recorded_at=iso(entry.recorded_at),
            sentence=sentence,
            explanation=tuple({"code": r.code, **r.parameters} for r in entry.explanation),
        )
        for entry, sentence in found.rows
    )
    listed = call.page_of(items, found.next_start)
    return Answer(HistoryView(listed.items, listed.next_cursor, found.locale))


@door.post(
    "/v1/storefront/{shop}/statement",
    Contract(
        StatementBody,
        StatementView,
        "The customer's statement, with everything that its hashes cover",
        refusals=(RefusalCode.MEMBER_UNKNOWN, RefusalCode.MEMBER_ERASED),
    ),
)
def post_statement(call: Call[StatementBody], shop: str) -> Outcome:
    """One page, oldest entries first; it verifies without us (docs/verify_statement.py)."""
    member = customer_member(call.table, _query(call, shop, call.body.locale))
    if isinstance(member, Refusal):
        return member
    asked = StatementRequest(call.body.after, call.body.locale, call.now)
    made = make_statement(call.table, shop, member, asked)
    return made if isinstance(made, Refusal) else Answer(statement_view(made))


def _query(call: Call[TokenBody] | Call[NoBody], shop: str, locale: str) -> CardQuery:
    customer: Customer = call.customer
    return CardQuery(shop, customer, locale, call.now, call.wall_now)


def _answer(card: views.CardView | Refusal) -> Outcome:
    return card if isinstance(card, Refusal) else Answer(card)


def _redemption(
    call: Call[TokenBody], query: CardQuery, found: object, *, replayed: bool = False
) -> Outcome:
    """The redemption as it stands, with what the member has left."""
    holding = load_holding(call.table, query)
    if isinstance(holding, Refusal):
        return holding
    if not isinstance(found, Redemption) or isinstance(holding, views.CardView):
        return _REDEMPTION_UNKNOWN
    return Answer(redemption_view(holding, found), replayed=replayed)
