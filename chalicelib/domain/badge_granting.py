"""Badges by hand: staff grant one to a member, or take back what staff granted.

A grant is an adjustment with a reason, an entry of 0 points, and one reason more to wear the badge.
What rules and challenges give goes on beside it: a badge is worn while anything gives it, and staff
take back their own alone.
"""

import msgspec

from chalicelib.domain.adjusting import AdjustLoad, adjustment_source, reason_hash, refused
from chalicelib.domain.booking import closed, noted, opened
from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.progress import BADGES_ID, Badges, Worn
from chalicelib.domain.records import Adjustment, AdjustmentKind


def decide_badge(asked: Adjustment, loaded: AdjustLoad, now: Instant) -> Outcome:
    """Let the member wear ``asked.badge``, or take back what staff granted of it."""
    answered = refused(asked, loaded)
    if answered is not None:
        return answered
    if loaded.program is None or loaded.account is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    known = loaded.badges or Badges(BADGES_ID, asked.member, recorded_at=now)
    is_grant = asked.kind is AdjustmentKind.BADGE
    badges = _granted(known, asked.badge, now) if is_grant else _taken(known, asked.badge)
    if isinstance(badges, Refusal):
        return badges
    told: dict[str, str | int] = {"badge": asked.badge, "reason_hash": reason_hash(asked)}
    code = "badge_granted" if is_grant else "badge_taken"
    draft = opened(asked.member, loaded.account, now, loaded.program)
    draft = noted(draft, EntryKind.GRANT, Explained(code, told))
    book = closed(draft, adjustment_source(asked, loaded.shop, now, loaded.program))
    name = f"adjustment:{asked.id}"
    entry = next(entry for entry in book.entries if entry.document == name)
    badges = msgspec.structs.replace(badges, revision=known.revision + 1)
    return Decision(msgspec.structs.replace(asked, entry=entry, revision=1), (book,), (badges,))


def _granted(known: Badges, badge: str, now: Instant) -> Badges | Refusal:
    if badge in known.granted:
        return Refusal(RefusalCode.BADGE_GRANTED_ALREADY, "staff granted the member this badge")
    worn = known.worn.get(badge, Worn(0, now))
    more = msgspec.structs.replace(worn, reasons=worn.reasons + 1)
    return msgspec.structs.replace(
        known, worn={**known.worn, badge: more}, granted={**known.granted, badge: 1}
    )


def _taken(known: Badges, badge: str) -> Badges | Refusal:
    times = known.granted.get(badge, 0)
    if not times:
        return Refusal(RefusalCode.BADGE_UNKNOWN, "staff granted the member no such badge")
    left = {name: each for name, each in known.worn.items() if name != badge}
    worn = known.worn[badge]
    if worn.reasons > times:
        left[badge] = msgspec.structs.replace(worn, reasons=worn.reasons - times)
    granted = {name: count for name, count in known.granted.items() if name != badge}
    return msgspec.structs.replace(known, worn=left, granted=granted)
