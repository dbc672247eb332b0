"""Tiers by invitation: staff let a member into a tier, for a time or until they take it back.

An invitation is an adjustment with a reason and an entry of 0 points. It moves no amount: what the
member earned by amounts goes on beside it, and the better of both is held. Nothing is given on
entry, for nothing was bought.
"""

import msgspec

from chalicelib.domain import limits
from chalicelib.domain.adjusting import AdjustLoad, adjustment_source, reason_hash, refused
from chalicelib.domain.booking import closed, opened, with_account
from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.member import Account, Invitation, Standing, standing_of
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Adjustment, AdjustmentKind


def decide_invite(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Invite to ``asked.tier`` until ``asked.until`` (0: for good), or withdraw the invitation."""
    answered = refused(asked, loaded)
    if answered is not None:
        return answered
    if loaded.program is None or loaded.account is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    standing = _changed(asked, loaded.account, now)
    if isinstance(standing, Refusal):
        return standing
    group, _, _ = asked.tier.partition("/")
    draft = opened(asked.member, loaded.account, now, loaded.program)
    draft = with_account(draft, standings={**draft.account.standings, group: standing})
    parameters: dict[str, str | int] = {"tier": asked.tier, "reason_hash": reason_hash(asked)}
    if asked.until:
        parameters["until"] = iso(asked.until)
    code = "invited" if asked.kind is AdjustmentKind.INVITE else "uninvited"
    told = (Explained(code, parameters),)
    movement = Movement("", 0, EntryKind.QUALIFY, explanation=told)
    draft = msgspec.structs.replace(draft, movements=(*draft.movements, movement))
    book = closed(draft, adjustment_source(asked, loaded.shop, now, loaded.program))
    name = f"adjustment:{asked.id}"
    entry = next(entry for entry in book.entries if entry.document == name)
    return Decision(msgspec.structs.replace(asked, entry=entry, revision=1), (book,))


def _changed(asked: Adjustment, account: Account, now: Instant) -> Standing | Refusal:
    group, _, tier = asked.tier.partition("/")
    standing = standing_of(account, group)
    if asked.kind is AdjustmentKind.WITHDRAW:
        if tier not in standing.invited:
            return Refusal(RefusalCode.INVITATION_UNKNOWN, "the member was not invited to it")
        left = {known: each for known, each in standing.invited.items() if known != tier}
        return msgspec.structs.replace(standing, invited=left)
    if asked.until and not now < asked.until <= now + limits.EXTENSION_MS_MAX:
        detail = f"{iso(asked.until)} is not within the next ten years"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    invited = {**standing.invited, tier: Invitation(now, asked.until)}
    return msgspec.structs.replace(standing, invited=invited)
