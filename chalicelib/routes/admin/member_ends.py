"""Admin: what ends a membership: merging it into another, and forgetting the person."""

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.member_records import Merge
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.find_member import find_member
from chalicelib.operations.merge_members import MergeCommand, merge_members
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.admin.transfers import MemberName
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


class MergeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The member who stays; named as ``{member}`` in a path."""

    into: MemberName


class MergeView(msgspec.Struct, frozen=True):
    """A merge as it was made."""

    member_id: str  # who has everything since
    merged_id: str  # whose id leads there, for ever
    points: dict[str, int]
    recorded_at: str
    program_version: int


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/merge",
    Contract(
        MergeRequest,
        MergeView,
        "Merge a member into another, who has everything of both since; again is 200",
        scope=Scope.MEMBERS,
        status=201,
        is_once=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.LIMIT_REACHED,
        ),
        locate=member_missing,
    ),
)
def post_merge(call: Call[MergeRequest], shop: str, member: str) -> Outcome:
    """Move everything, once; the old id keeps working."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    into = find_member(call.table, shop, call.body.into)
    if isinstance(into, Refusal):
        return Refusal(into.code, f"{into.detail} (`into`)")
    command = MergeCommand(shop, found.named, into.named, call.actor, call.now, call.wall_now)
    result = merge_members(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Merge):
        raise TypeError("a merge is recorded as one")
    merge = result.document
    view = MergeView(
        merge.member, merge.id, merge.points, iso(merge.recorded_at), merge.program_version
    )
    return Answer(view, replayed=result.replayed, target=merge.member)


@door.delete(
    "/v1/admin/shops/{shop}/members/{member}",
    Contract(
        NoBody,
        None,
        "Forget a member: personal data and free texts go, the books stay under the member id",
        scope=Scope.MEMBERS,
        status=204,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def delete_member(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """Erase; again is the same."""
    result = erase_member(call.table, EraseCommand(shop, member, call.actor, call.now))
    return result if isinstance(result, Refusal) else Answer(target=result.loaded.holder)
