"""Admin: gifts of points between members.

On the storefront there is no such route: a shopper would name the receiver by an e-mail address,
and the answer would tell who is a member.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.limits import REASON_LENGTH_MAX
from chalicelib.domain.member_records import Transfer
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import POINTS_MAX
from chalicelib.operations.find_member import find_member
from chalicelib.operations.give_points import TransferCommand, give_points
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import Answer, Audience, Call, Contract, KeyedBody, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import PATH_ID, Id, path_id_length_max, value_invalid
from chalicelib.security.minting import new_id
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

Given = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
Message = Annotated[str, Meta(max_length=REASON_LENGTH_MAX, pattern=r"^[^\u0000-\u001f\u007f]*$")]
MemberName = Annotated[
    str, Meta(min_length=1, max_length=path_id_length_max("member"), pattern=PATH_ID)
]


class TransferRequest(KeyedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is given how many points of which unit; ``to`` as ``{member}`` in a path."""

    to: MemberName
    unit: Id
    points: Given
    message: Message = ""


class TransferView(msgspec.Struct, frozen=True):
    """A gift as it was made."""

    transfer_id: str
    giver_id: str
    receiver_id: str
    unit: str
    points: int
    message: str
    recorded_at: str
    program_version: int


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/transfers",
    Contract(
        TransferRequest,
        TransferView,
        "Give a member's points to another member, where the program lets them",
        scope=Scope.POINTS,
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.UNIT_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
            RefusalCode.PROGRAM_NOT_LIVE,
            RefusalCode.LIMIT_REACHED,
            RefusalCode.INSUFFICIENT_POINTS,
            RefusalCode.TRANSFER_NOT_ALLOWED,
        ),
        locate=member_missing,
    ),
)
def post_transfer(call: Call[TransferRequest], shop: str, member: str) -> Outcome:
    """Move the points once per idempotency key."""
    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    said = call.body
    other = find_member(call.table, shop, said.to)
    if isinstance(other, Refusal):
        return Refusal(other.code, f"{other.detail} (`to`)")
    if other.member == found.member:
        return value_invalid("$.to", "A gift is for another member.")
    command = TransferCommand(
        shop=shop,
        giver=found.named,
        receiver=other.named,
        unit=said.unit,
        points=said.points,
        message=said.message,
        salt=new_id(),
        actor=call.actor,
        idempotency_key=call.idempotency_key,
        now=call.now,
    )
    result = give_points(call.table, command)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Transfer):
        raise TypeError("a gift is recorded as a transfer")
    return Answer(_view(result.document), replayed=result.replayed, target=found.member)


def _view(document: Transfer) -> TransferView:
    return TransferView(
        transfer_id=document.id,
        giver_id=document.giver,
        receiver_id=document.receiver,
        unit=document.unit,
        points=document.points,
        message=document.message,
        recorded_at=iso(document.recorded_at),
        program_version=document.program_version,
    )
