"""Taking part: in a challenge that counts only for members who say so, from then on.

It writes the member's progress, which may be empty still, under the account's revision; asked
again it changes nothing. Who is held out, to compare with, is told that there is no such
challenge, as their card has none.
"""

import msgspec

from chalicelib.domain.booking import closed, opened
from chalicelib.domain.decision import AlreadyRecorded, Decision, Outcome
from chalicelib.domain.honour_views import ends_before
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.campaigns import is_held_out
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.progress import Progress

NOT_A_MEMBER = Refusal(RefusalCode.MEMBER_UNKNOWN, "The customer is not a member.")
UNKNOWN = Refusal(RefusalCode.CHALLENGE_UNKNOWN, "There is no such challenge to take part in.")


class PartLoad(msgspec.Struct, frozen=True):
    """Everything that a decision about taking part depends on."""

    shop: str
    member: str
    account: Account | None
    program: CompiledProgram
    progress: Progress | None


def decide_taking_part(challenge_id: str, loaded: PartLoad, now: Instant) -> Outcome:
    """Let the member take part from ``now`` on."""
    account, program = loaded.account, loaded.program
    if account is None or account.erased_at:
        return NOT_A_MEMBER
    known = loaded.progress
    if known is not None and known.joined_at:
        return AlreadyRecorded(known)
    challenge = program.challenges.get(challenge_id)
    is_open = challenge is not None and challenge.is_joined and now < ends_before(challenge)
    if challenge is None or not is_open or is_held_out(program, loaded.member):
        return UNKNOWN
    before = known or Progress(challenge_id, loaded.member, challenge.terms, recorded_at=now)
    made = msgspec.structs.replace(before, joined_at=now, revision=before.revision + 1)
    draft = opened(loaded.member, account, now, program)
    chain = genesis(loaded.shop, loaded.member)
    source = Source(chain, f"progress:{challenge_id}", now, now, program.version)
    return Decision(made, (closed(draft, source),))
