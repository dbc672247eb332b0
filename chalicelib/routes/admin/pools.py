"""Admin: household pools: who shares, what is put in, and what becomes of it."""

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.member_records import Pooling
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_views import PoolView, pool_view
from chalicelib.domain.pooling import PlaceWish
from chalicelib.operations.find_member import (
    MEMBER_UNKNOWN,
    find_member,
    find_pool,
    resolved_member,
)
from chalicelib.operations.load_pool import PoolCommand
from chalicelib.operations.manage_pools import create_pool, dissolve_pool, join_pool, leave_pool
from chalicelib.operations.put_into_pool import put_into_pool
from chalicelib.operations.view_pool import list_pools, view_pool
from chalicelib.routes.admin.locating import pool_missing
from chalicelib.routes.admin.transfers import Given, MemberName
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedBody,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id
from chalicelib.routes.wish_shapes import POOL_CHANGES
from chalicelib.security.keyed_ids import pool_id
from chalicelib.security.scopes import Scope
from chalicelib.storage.shops import shop_secret

door = Door(Audience.ADMIN)


class PoolRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose pool, of which unit; members as ``{member}`` in a path."""

    owner: MemberName
    unit: Id = "points"
    gives_all: bool = False


class PlaceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who shares the pool; both sides agree, says who asks."""

    member: MemberName
    gives_all: bool = False


class PutInRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who puts how many points in."""

    member: MemberName
    points: Given


class PutInView(msgspec.Struct, frozen=True):
    """What was put into a pool."""

    contribution_id: str
    pool_id: str
    member_id: str
    unit: str
    points: int
    recorded_at: str
    program_version: int


@door.post(
    "/v1/admin/shops/{shop}/pools",
    Contract(
        PoolRequest,
        PoolView,
        "Make a household pool for its first member, who owns it",
        scope=Scope.MEMBERS,
        status=201,
        idempotent=True,
        refusals=(*POOL_CHANGES, RefusalCode.UNIT_UNKNOWN, RefusalCode.SAME_KEY_OTHER_REQUEST),
    ),
)
def post_pool(call: Call[PoolRequest], shop: str) -> Outcome:
    """Once per idempotency key of the owner."""
    said = call.body
    found = find_member(call.table, shop, said.owner)
    if isinstance(found, Refusal):
        return Refusal(found.code, f"{found.detail} (`owner`)")
    pool = pool_id(shop_secret(found.shop), found.named, call.idempotency_key)
    command = PoolCommand(shop, pool, found.named, call.actor, call.now)
    wanted = (said.unit, PlaceWish(said.gives_all))
    made = create_pool(call.table, command, wanted, call.idempotency_key)
    if isinstance(made, Refusal):
        return made
    return _seen(call, command, replayed=made.replayed)


@door.get(
    "/v1/admin/shops/{shop}/pools",
    Contract(
        NoBody,
        ListView[PoolView],
        "List household pools in the order in which they were made, dissolved ones too",
        scope=Scope.READ,
        is_list=True,
        refusals=(RefusalCode.PROGRAM_NOT_LIVE,),
    ),
)
def get_pools(call: Call[NoBody], shop: str) -> Outcome:
    """List pools."""
    found = list_pools(call.table, shop, (call.page.limit, call.page.start), call.now)
    if isinstance(found, Refusal):
        return found
    pools, next_start = found
    return Answer(call.page_of(tuple(pool_view(each) for each in pools), next_start))


@door.get(
    "/v1/admin/shops/{shop}/pools/{pool}",
    Contract(
        NoBody,
        PoolView,
        "A household pool: what it has, and who shares it",
        scope=Scope.READ,
        refusals=(RefusalCode.POOL_UNKNOWN, RefusalCode.PROGRAM_NOT_LIVE),
    ),
)
def get_pool(call: Call[NoBody], shop: str, pool: str) -> Outcome:
    """As it is now, a dissolved one too."""
    return _seen(call, PoolCommand(shop, pool, "", call.actor, call.now))


@door.delete(
    "/v1/admin/shops/{shop}/pools/{pool}",
    Contract(
        NoBody,
        None,
        "Dissolve a pool: everybody gets their share; again is the same",
        scope=Scope.MEMBERS,
        status=204,
        refusals=(RefusalCode.POOL_UNKNOWN, RefusalCode.PROGRAM_NOT_LIVE),
        locate=pool_missing,
    ),
)
def delete_pool(call: Call[NoBody], shop: str, pool: str) -> Outcome:
    """Pay out and end; again is the same."""
    found = find_pool(call.table, shop, pool)
    if isinstance(found, Refusal):
        return found
    owner = found.account.pool.owner if found.account.pool else ""
    result = dissolve_pool(call.table, PoolCommand(shop, pool, owner, call.actor, call.now))
    return result if isinstance(result, Refusal) else Answer(target=pool)


@door.post(
    "/v1/admin/shops/{shop}/pools/{pool}/members",
    Contract(
        PlaceRequest,
        PoolView,
        "Let a member share a pool, or say anew whether they give all; again is 200",
        scope=Scope.MEMBERS,
        status=201,
        is_once=True,
        refusals=(*POOL_CHANGES, RefusalCode.POOL_UNKNOWN, RefusalCode.LIMIT_REACHED),
        locate=pool_missing,
    ),
)
def post_pool_member(call: Call[PlaceRequest], shop: str, pool: str) -> Outcome:
    """Staff vouch that the owner invites and the member accepts."""
    command = _command(call, shop, (pool, call.body.member))
    if isinstance(command, Refusal):
        return command
    wish = PlaceWish(call.body.gives_all, is_vouched=True)
    result = join_pool(call.table, command, wish)
    if isinstance(result, Refusal):
        return result
    return _seen(call, command, replayed=result.replayed)


@door.delete(
    "/v1/admin/shops/{shop}/pools/{pool}/members/{member}",
    Contract(
        NoBody,
        None,
        "Take a member out of a pool, with their share where the program says so",
        scope=Scope.MEMBERS,
        status=204,
        refusals=(
            RefusalCode.POOL_UNKNOWN,
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.PROGRAM_NOT_LIVE,
        ),
        locate=pool_missing,
    ),
)
def delete_pool_member(call: Call[NoBody], shop: str, pool: str, member: str) -> Outcome:
    """Who is out stays out, and somebody forgotten too: again is the same."""
    found = find_pool(call.table, shop, pool)
    if isinstance(found, Refusal):
        return found
    named = resolved_member(found.shop, member)
    if named is None:
        return MEMBER_UNKNOWN
    result = leave_pool(call.table, PoolCommand(shop, pool, named, call.actor, call.now))
    return result if isinstance(result, Refusal) else Answer(target=named)


@door.post(
    "/v1/admin/shops/{shop}/pools/{pool}/contributions",
    Contract(
        PutInRequest,
        PutInView,
        "Put a member's points into their pool",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.POOL_UNKNOWN,
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.INSUFFICIENT_POINTS,
            RefusalCode.POOL_NOT_ALLOWED,
        ),
        locate=pool_missing,
    ),
)
def post_contribution(call: Call[PutInRequest], shop: str, pool: str) -> Outcome:
    """Move the points once per idempotency key of the member."""
    command = _command(call, shop, (pool, call.body.member))
    if isinstance(command, Refusal):
        return command
    result = put_into_pool(call.table, command, call.body.points, call.idempotency_key)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Pooling):
        raise TypeError("what is put in is recorded as a pooling")
    return Answer(put_in_view(result.document), replayed=result.replayed, target=command.member)


def put_in_view(document: Pooling) -> PutInView:
    """What was put in, as it was recorded."""
    return PutInView(
        contribution_id=document.id,
        pool_id=document.pool,
        member_id=document.who,
        unit=document.unit,
        points=document.points,
        recorded_at=iso(document.recorded_at),
        program_version=document.program_version,
    )


def _command(
    call: Call[PlaceRequest] | Call[PutInRequest], shop: str, named: tuple[str, str]
) -> PoolCommand | Refusal:
    """What is asked about a pool and a member, both of which there are."""
    pool, member = named
    shared = find_pool(call.table, shop, pool)
    if isinstance(shared, Refusal):
        return shared
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    return PoolCommand(shop, pool, found.named, call.actor, call.now)


def _seen(
    call: Call[PoolRequest] | Call[PlaceRequest] | Call[NoBody],
    command: PoolCommand,
    *,
    replayed: bool = False,
) -> Outcome:
    found = view_pool(call.table, command.shop, command.pool, ("", call.now))
    if isinstance(found, Refusal):
        return found
    return Answer(pool_view(found), replayed=replayed, target=command.pool)
