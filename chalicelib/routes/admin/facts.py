"""Admin: facts of a member that conditions of the program ask about."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.events import FactsSet, Told
from chalicelib.domain.facts import told_problems
from chalicelib.domain.limits import FIELDS_DECLARED_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.find_member import find_member
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import Answer, Audience, Call, Contract, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, value_invalid
from chalicelib.security.minting import new_id
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)


class FactsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts by name, as the program declares them; null takes one away."""

    facts: Annotated[
        dict[Id, Told | None],
        Meta(min_length=1, max_length=FIELDS_DECLARED_MAX),
    ]


class FactsView(msgspec.Struct, frozen=True):
    """The facts that were told, and whether they were new."""

    status: str  # recorded, replayed
    facts: dict[str, str | int | bool | tuple[str, ...] | None]


@door.post(
    "/v1/admin/shops/{shop}/members/{member}/facts",
    Contract(
        FactsRequest,
        FactsView,
        "Set facts of a member; each replaces the one of its name",
        scope=Scope.MEMBERS,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.PROGRAM_NOT_LIVE,
        ),
        locate=member_missing,
    ),
)
def post_facts(call: Call[FactsRequest], shop: str, member: str) -> Outcome:
    """Set them as of now."""
    from chalicelib.operations.record_facts import (  # noqa: PLC0415 - few shops set any
        FactsCommand,
        record_facts,
    )

    found = find_member(call.table, shop, member)
    if isinstance(found, Refusal):
        return found
    told: dict[str, Told | None] = dict(call.body.facts)
    for problem in told_problems("$.facts", told):
        return value_invalid(problem.path, problem.detail)
    event = FactsSet(new_id(), call.now, "main", "", call.now, told)
    result = record_facts(call.table, FactsCommand(shop, found.member, event, call.now))
    if isinstance(result, Refusal):
        return result
    if result == "ignored":
        return Refusal(RefusalCode.MEMBER_ERASED, "This member was erased.")
    return Answer(FactsView(result, told), target=found.member)
