"""Storefront: the household pool of the customer behind the token.

Nobody is named by an address: the owner gets an invitation to pass on, so that no answer tells who
is a member. Those who share a pool see each other's first names where they consented.
"""

from chalicelib.domain import views
from chalicelib.domain.instants import iso
from chalicelib.domain.limits import POOL_INVITATION_MS
from chalicelib.domain.member_records import Pooling
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_views import shared_view
from chalicelib.domain.pooling import NO_POOL, PlaceWish
from chalicelib.operations.load_pool import PoolCommand
from chalicelib.operations.manage_pools import (
    create_pool,
    invite_to_pool,
    join_pool,
    leave_pool,
)
from chalicelib.operations.put_into_pool import put_into_pool
from chalicelib.operations.view_card import CardQuery, customer_member
from chalicelib.operations.view_pool import pool_of_member, view_pool
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    Outcome,
    TokenBody,
)
from chalicelib.routes.door import Door
from chalicelib.routes.storefront_pool_shapes import (
    AcceptRequest,
    InvitationView,
    InviteRequest,
    NewPoolRequest,
    PoolQuery,
    PutInRequest,
    SharingRequest,
)
from chalicelib.routes.wish_shapes import POOL_CHANGES
from chalicelib.security.keyed_ids import invitation_id, pool_id
from chalicelib.storage.shops import find_shop, shop_secret

door = Door(Audience.STOREFRONT)

_SEEN = (RefusalCode.POOL_UNKNOWN, RefusalCode.PROGRAM_NOT_LIVE)


@door.post(
    "/v1/storefront/{shop}/pool",
    Contract(PoolQuery, views.SharedPoolView, "The pool that the customer shares", refusals=_SEEN),
)
def post_pool_view(call: Call[PoolQuery], shop: str) -> Outcome:
    """What is in it, and who shares it."""
    command = _mine(call, shop, call.body.unit)
    return command if isinstance(command, Refusal) else _seen(call, command)


@door.post(
    "/v1/storefront/{shop}/pools",
    Contract(
        NewPoolRequest,
        views.SharedPoolView,
        "Make a household pool",
        status=201,
        idempotent=True,
        refusals=(
            *POOL_CHANGES,
            RefusalCode.UNIT_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.POOL_UNKNOWN,
        ),
    ),
)
def post_new_pool(call: Call[NewPoolRequest], shop: str) -> Outcome:
    """The customer owns it and is its first member."""
    member = _member(call, shop)
    if isinstance(member, Refusal):
        return member
    known = find_shop(call.table, shop)
    if known is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    pool = pool_id(shop_secret(known), member, call.idempotency_key)
    command = PoolCommand(shop, pool, member, "member", call.now)
    wanted = (call.body.unit, PlaceWish(call.body.gives_all))
    made = create_pool(call.table, command, wanted, call.idempotency_key)
    if isinstance(made, Refusal):
        return made
    return _seen(call, command, replayed=made.replayed)


@door.post(
    "/v1/storefront/{shop}/pool/invitations",
    Contract(
        InviteRequest,
        InvitationView,
        "An invitation to the customer's pool, to be passed on by its owner",
        status=201,
        idempotent=True,
        refusals=(
            *_SEEN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.LIMIT_REACHED,
            RefusalCode.POOL_NOT_ALLOWED,
        ),
    ),
)
def post_invitation(call: Call[InviteRequest], shop: str) -> Outcome:
    """Who has it can accept it, once and for a week."""
    command = _mine(call, shop, call.body.unit)
    if isinstance(command, Refusal):
        return command
    known = find_shop(call.table, shop)
    if known is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    key = (command.pool, command.member, call.idempotency_key)
    secret = invitation_id(shop_secret(known), *key)
    made = invite_to_pool(call.table, command, secret)
    if isinstance(made, Refusal):
        return made
    if not isinstance(made.document, Pooling):
        raise TypeError("an invitation is recorded as a pooling")
    until = iso(made.document.recorded_at + POOL_INVITATION_MS)
    return Answer(InvitationView(f"{command.pool}-{secret}", until), replayed=made.replayed)


@door.post(
    "/v1/storefront/{shop}/pool/accept",
    Contract(
        AcceptRequest,
        views.SharedPoolView,
        "Accept an invitation to a pool; who shares it already is answered 200",
        status=201,
        is_once=True,
        refusals=(
            *POOL_CHANGES,
            RefusalCode.POOL_UNKNOWN,
            RefusalCode.INVITATION_UNKNOWN,
            RefusalCode.LIMIT_REACHED,
        ),
    ),
)
def post_accept(call: Call[AcceptRequest], shop: str) -> Outcome:
    """Share the pool from now on."""
    member = _member(call, shop)
    if isinstance(member, Refusal):
        return member
    pool, _, secret = call.body.invitation.partition("-")
    return _joined(
        call, PoolCommand(shop, pool, member, "member", call.now), (call.body.gives_all, secret)
    )


@door.post(
    "/v1/storefront/{shop}/pool/sharing",
    Contract(
        SharingRequest,
        views.SharedPoolView,
        "Whether the pool may draw on what the customer has",
        refusals=(*POOL_CHANGES, *_SEEN, RefusalCode.INVITATION_UNKNOWN, RefusalCode.LIMIT_REACHED),
    ),
)
def post_sharing(call: Call[SharingRequest], shop: str) -> Outcome:
    """Level-triggered: the last word counts."""
    command = _mine(call, shop, call.body.unit)
    if isinstance(command, Refusal):
        return command
    return _joined(call, command, (call.body.gives_all, ""))


@door.post(
    "/v1/storefront/{shop}/pool/contributions",
    Contract(
        PutInRequest,
        views.SharedPoolView,
        "Put points into the customer's pool",
        status=201,
        idempotent=True,
        refusals=(
            *_SEEN,
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.INSUFFICIENT_POINTS,
            RefusalCode.POOL_NOT_ALLOWED,
        ),
    ),
)
def post_put_in(call: Call[PutInRequest], shop: str) -> Outcome:
    """Move the points, once per idempotency key."""
    command = _mine(call, shop, call.body.unit)
    if isinstance(command, Refusal):
        return command
    result = put_into_pool(call.table, command, call.body.points, call.idempotency_key)
    if isinstance(result, Refusal):
        return result
    return _seen(call, command, replayed=result.replayed)


@door.post(
    "/v1/storefront/{shop}/pool/leave",
    Contract(
        PoolQuery,
        None,
        "Leave the customer's pool, with their share where the program says so",
        status=204,
        refusals=(RefusalCode.POOL_UNKNOWN, RefusalCode.PROGRAM_NOT_LIVE),
    ),
)
def post_leave(call: Call[PoolQuery], shop: str) -> Outcome:
    """Who shares none has left: again is the same."""
    command = _mine(call, shop, call.body.unit)
    if isinstance(command, Refusal):
        return command if command.code is not RefusalCode.POOL_UNKNOWN else Answer()
    result = leave_pool(call.table, command)
    return result if isinstance(result, Refusal) else Answer()


def _joined(
    call: Call[AcceptRequest] | Call[SharingRequest],
    command: PoolCommand,
    wanted: tuple[bool, str],
) -> Outcome:
    gives_all, invitation = wanted
    result = join_pool(call.table, command, PlaceWish(gives_all, invitation))
    if isinstance(result, Refusal):
        return result
    return _seen(call, command, replayed=result.replayed)


def _member(call: Call[TokenBody], shop: str) -> str | Refusal:
    return customer_member(call.table, CardQuery(shop, call.customer, "", call.now, call.wall_now))


def _mine(call: Call[TokenBody], shop: str, unit: str) -> PoolCommand | Refusal:
    """What is asked about the customer's own pool."""
    member = _member(call, shop)
    if isinstance(member, Refusal):
        return member
    pool = pool_of_member(call.table, shop, member, unit)
    return PoolCommand(shop, pool, member, "member", call.now) if pool else NO_POOL


def _seen(
    call: Call[PoolQuery]
    | Call[NewPoolRequest]
    | Call[AcceptRequest]
    | Call[SharingRequest]
    | Call[PutInRequest],
    command: PoolCommand,
    *,
    replayed: bool = False,
) -> Outcome:
    """The pool as it is for the customer."""
    found = view_pool(call.table, command.shop, command.pool, (call.body.locale, call.now))
    if isinstance(found, Refusal):
        return found
    return Answer(shared_view(found, command.member), replayed=replayed)
