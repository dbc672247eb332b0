"""Admin: notices that law packs oblige to, and the proof that they were given."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.limits import NOTE_LENGTH_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.keep_obligations import keep_obligation, view_obligations
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Name, instant_of, value_invalid
from chalicelib.security.scopes import Scope
from chalicelib.storage.obligations import Obligation, Proof

door = Door(Audience.ADMIN)


class ProofRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who was told when, and how."""

    told_at: str
    channel: Name
    members: Annotated[int, Meta(ge=0, le=10**9)]
    note: Annotated[str, Meta(max_length=NOTE_LENGTH_MAX)] = ""


class ProofView(msgspec.Struct, frozen=True):
    """The proof that was given first."""

    told_at: str
    channel: str
    members: int
    note: str
    by: str
    recorded_at: str
    in_time: bool


class ObligationView(msgspec.Struct, frozen=True):
    """A notice that members must get. ``due_at`` is null where each has a time of their own."""

    id: str
    kind: str  # change_notice, idle_notice
    law: str
    clause: str
    version: int
    not_before: str | None
    due_at: str | None
    state: str  # open, done, overdue
    proof: ProofView | None


@door.get(
    "/v1/admin/shops/{shop}/program/obligations",
    Contract(
        NoBody,
        ListView[ObligationView],
        "List the notices that law packs oblige to",
        scope=Scope.READ,
        is_list=True,
    ),
)
def get_obligations(call: Call[NoBody], shop: str) -> Outcome:
    """What is owed, and what was done."""
    found = view_obligations(call.table, shop, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    obligations, next_start = found
    views = tuple(_view(each, call.now) for each in obligations)
    return Answer(call.page_of(views, next_start))


@door.post(
    "/v1/admin/shops/{shop}/program/obligations/{obligation}/done",
    Contract(
        ProofRequest,
        ObligationView,
        "Record that members were told; the first proof stays",
        scope=Scope.PROGRAM,
        refusals=(RefusalCode.OBLIGATION_UNKNOWN,),
    ),
)
def post_obligation_done(call: Call[ProofRequest], shop: str, obligation: str) -> Outcome:
    """Mark it done, with the proof."""
    said = call.body
    told_at = instant_of(said.told_at, "$.told_at")
    if isinstance(told_at, Refusal):
        return told_at
    if told_at > call.now:
        return value_invalid("$.told_at", "Record it once members were told.")
    proof = Proof(told_at, said.channel, said.members, said.note, call.actor, call.now)
    kept = keep_obligation(call.table, shop, obligation, proof)
    if isinstance(kept, Refusal):
        return kept
    return Answer(_view(kept.obligation, call.now), replayed=kept.replayed)


def _view(obligation: Obligation, now: Instant) -> ObligationView:
    duty, proof = obligation.duty, obligation.proof
    is_late = bool(duty.due_at) and now > duty.due_at
    state = "done" if proof else "overdue" if is_late else "open"
    return ObligationView(
        id=duty.id,
        kind=duty.kind,
        law=duty.law,
        clause=duty.clause,
        version=duty.version,
        not_before=iso(duty.not_before) if duty.not_before else None,
        due_at=iso(duty.due_at) if duty.due_at else None,
        state=state,
        proof=_proof_view(obligation, proof) if proof else None,
    )


def _proof_view(obligation: Obligation, proof: Proof) -> ProofView:
    duty = obligation.duty
    is_after = proof.told_at >= duty.not_before
    is_before = not duty.due_at or proof.told_at <= duty.due_at
    return ProofView(
        told_at=iso(proof.told_at),
        channel=proof.channel,
        members=proof.members,
        note=proof.note,
        by=proof.by,
        recorded_at=iso(proof.recorded_at),
        in_time=is_after and is_before,
    )
