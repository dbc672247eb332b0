"""When a draft may be saved or published: pure answers, so that two editors can be told apart.

::

    saving      base = the live version, and the draft that was seen is the one that is stored
    publishing  the same, no errors, every warning accepted, nothing else scheduled, and a time
                that every process can know of before it comes

A hash is of the document alone: the same words are the same draft, whoever saved them.
"""

import hashlib

import msgspec

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.limits import SCHEDULE_AHEAD_MS_MAX, SCHEDULE_AHEAD_MS_MIN
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode

OVER_OWN_LIMITS = frozenset(
    {"reward_cost_high", "notice_too_short", "replay_cost_high", "replay_liability_high"}
)
"""Warnings that say the program breaks a limit of its own: they take a reason, not a nod."""


class Seen(msgspec.Struct, frozen=True):
    """What an editor had before them; "" for no draft, 0 for no version, None: they don't say."""

    base_version: int | None
    draft_hash: str


class Agreed(msgspec.Struct, frozen=True):
    """What the publisher has agreed to: codes of warnings, and a reason for what goes too far."""

    accept: frozenset[str] = frozenset()
    force_reason: str = ""


def canonical_document(document: object) -> bytes:
    """``document`` as JSON with its keys sorted: what is stored and hashed."""
    return msgspec.json.encode(document, order="sorted")


def hash_of(canonical: bytes) -> str:
    """The hash of a canonical document, 64 hex digits."""
    return hashlib.sha256(canonical).hexdigest()


def save_refusal(seen: Seen, stored: Seen) -> Refusal | None:
    """Why an editor who has ``seen`` may not save over what is ``stored``; None when they may."""
    if seen.base_version not in (None, stored.base_version):
        return _outdated(
            f"Version {stored.base_version} is live now, the draft is based on "
            f"{seen.base_version}: look at what changed, then save on the new base."
        )
    if seen.draft_hash != stored.draft_hash:
        return _outdated("Somebody saved another draft: read it, then save again with its hash.")
    return None


def _outdated(detail: str) -> Refusal:
    return Refusal(RefusalCode.DRAFT_OUTDATED, detail)


def time_refusal(effective_from: Instant, now: Instant, live: int) -> Refusal | None:
    """Why a version may not start at ``effective_from``; None when it may."""
    earliest, latest = now + SCHEDULE_AHEAD_MS_MIN, now + SCHEDULE_AHEAD_MS_MAX
    if not live:
        detail = "The first version starts when it is published: leave the time out."
    elif earliest <= effective_from <= latest:
        return None
    else:
        detail = f"Leave it out for now, or give a time from {iso(earliest)} to {iso(latest)}."
    problem = Problem("$.effective_from", "value_out_of_range", detail)
    return Refusal(RefusalCode.VALUE_INVALID, detail, (problem,))


def warnings_refusal(warnings: tuple[Problem, ...], agreed: Agreed) -> Refusal | None:
    """The refusal that lists every warning nobody agreed to; None when there is none."""
    left = tuple(warning for warning in warnings if not _is_agreed(warning, agreed))
    if not left:
        return None
    detail = (
        f"{len(left)} warnings are not accepted; see `errors`. Name their codes in `accept`, "
        "and give a `force_reason` for those over the program's own limits."
    )
    return Refusal(RefusalCode.WARNINGS_UNACCEPTED, detail, left)


def limits_refusal(warnings: tuple[Problem, ...], force_reason: str) -> Refusal | None:
    """The refusal of what goes over the program's own limits without a reason; the rest passes."""
    over = tuple(warning for warning in warnings if warning.code in OVER_OWN_LIMITS)
    if not over or force_reason:
        return None
    detail = (
        f"The program goes over {len(over)} of its own limits; see `errors`. Change it, or give a "
        "`force_reason`."
    )
    return Refusal(RefusalCode.WARNINGS_UNACCEPTED, detail, over)


def _is_agreed(warning: Problem, agreed: Agreed) -> bool:
    if warning.code in OVER_OWN_LIMITS:
        return bool(agreed.force_reason)
    return warning.code in agreed.accept


def withdraw_refusal(version: int, waiting: tuple[int, Instant], now: Instant) -> Refusal | None:
    """Why ``version`` can't be withdrawn; ``waiting`` is (version, start) of the scheduled one."""
    scheduled, since = waiting
    if not scheduled or version != scheduled:
        detail = f"Version {version} is not waiting: only a scheduled one can be withdrawn."
        return Refusal(RefusalCode.VERSION_NOT_WITHDRAWABLE, detail)
    if now > since - SCHEDULE_AHEAD_MS_MIN:
        detail = f"It starts at {iso(since)}: too late. Publish another one after it."
        return Refusal(RefusalCode.VERSION_NOT_WITHDRAWABLE, detail)
    return None
