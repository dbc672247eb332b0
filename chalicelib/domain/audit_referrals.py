"""The audit's check of referrals: both sides have what the referral says, and nobody else (I4).

What a side's own entries come to is looked at with the member (``audit_documents``). Here the
referral and its two actions are held against each other, which one commit writes together.
"""

from collections.abc import Iterator

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.member import Account
from chalicelib.domain.program.referral_document import ADVOCATE, FRIEND
from chalicelib.domain.referral_decision import side_as, side_id
from chalicelib.domain.referrals import REWARDED, Referral


class AuditedSide(msgspec.Struct, frozen=True):
    """One side as it was read: who has their books since merges, and its action."""

    holder: str
    account: Account | None
    action: Action | None


def referral_breaks(known: Referral, friend: AuditedSide, advocate: AuditedSide) -> Iterator[str]:
    """What does not hold between a referral and its sides, in figures and ids of ours alone."""
    account = friend.account
    if account is None or f"{known.code}:{known.friend}" not in account.referred:
        yield "the friend's account does not say whose friend they are"
    is_one = friend.holder == advocate.holder
    for role, side in ((FRIEND, friend), (ADVOCATE, advocate)):
        if known.state in REWARDED:
            # Who was forgotten, or brought themselves, gets nothing new and keeps what they had.
            is_gone = side.account is None or side.account.erased_at > 0
            yield from () if is_gone or is_one else _lacking(known, role, side.action)
        elif side.action is not None and _has_something(side.action):
            yield f"is {known.state}, and the {role} has something of it"


def _has_something(action: Action) -> bool:
    given = any(line.amount for line in action.grants)
    return bool(action.posted or action.budgets or given) or not action.reason


def _lacking(known: Referral, role: str, action: Action | None) -> Iterator[str]:
    if action is None or action.reason:
        yield f"is {known.state}, and the {role} has nothing of it"
        return
    side, wanted = action.side, side_as(known, role)
    is_theirs = action.id == side_id(known.friend, role) and side is not None and side.role == role
    if side is None or not is_theirs:
        yield f"what the {role} has is of something else"
    elif side not in (wanted, msgspec.structs.replace(wanted, approved_at=0)):  # 0: of old
        terms = f"{known.state} until {wanted.matures_at} by {wanted.region}"
        yield f"is {terms}, the {role} has other terms"
