"""What an attempt can come to, and the three kinds of no.

::

    Outcome ─┬─ Decision          commit this (decision.py)
             ├─ AlreadyRecorded   the same document was committed before: answer from it
             └─ Refusal           an expected no: a value with a stable code, never raised

    raised   ─┬─ StorageUnavailable   the table did not answer        503, the sender retries
              ├─ Busy                 too much contention until the deadline   503, retries
              └─ InvariantBroken      a bug: 500 and an alarm, nothing is written

``RefusalCode`` is in order of precedence: of several reasons that hold at once, the first is
the answer. One table (``routes/responses.py``) maps codes to HTTP statuses.
"""

from enum import StrEnum

import msgspec


class RefusalCode(StrEnum):
    """Stable codes of every expected no, first in precedence first."""

    TOO_LARGE = "too_large"
    MEDIA_TYPE_UNSUPPORTED = "media_type_unsupported"
    REQUEST_MALFORMED = "request_malformed"
    ROUTE_UNKNOWN = "route_unknown"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONNECTION_UNKNOWN = "connection_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    KEY_INVALID = "key_invalid"
    SCOPE_MISSING = "scope_missing"
    RATE_LIMITED = "rate_limited"
    SHOP_UNKNOWN = "shop_unknown"
    MEMBER_UNKNOWN = "member_unknown"
    DOCUMENT_UNKNOWN = "document_unknown"
    REDEMPTION_UNKNOWN = "redemption_unknown"
    REWARD_UNKNOWN = "reward_unknown"
    RULE_UNKNOWN = "rule_unknown"
    VERSION_UNKNOWN = "version_unknown"
    DRAFT_UNKNOWN = "draft_unknown"
    REPLAY_UNKNOWN = "replay_unknown"
    OBLIGATION_UNKNOWN = "obligation_unknown"
    HOLD_UNKNOWN = "hold_unknown"
    POOL_UNKNOWN = "pool_unknown"
    INVITATION_UNKNOWN = "invitation_unknown"
    CAUSE_UNKNOWN = "cause_unknown"
    CHALLENGE_UNKNOWN = "challenge_unknown"
    BADGE_UNKNOWN = "badge_unknown"
    MESSAGE_UNKNOWN = "message_unknown"
    CAMPAIGN_UNKNOWN = "campaign_unknown"
    PARTNER_UNKNOWN = "partner_unknown"
    REFERRAL_UNKNOWN = "referral_unknown"
    MEMBER_ERASED = "member_erased"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    CURSOR_INVALID = "cursor_invalid"
    PROGRAM_INVALID = "program_invalid"
    VALUE_INVALID = "value_invalid"
    UNIT_UNKNOWN = "unit_unknown"
    BELOW_MINIMUM = "below_minimum"
    SAME_KEY_OTHER_REQUEST = "same_key_other_request"
    SHOP_EXISTS = "shop_exists"
    DRAFT_OUTDATED = "draft_outdated"
    VERSION_SCHEDULED = "version_scheduled"
    VERSION_NOT_WITHDRAWABLE = "version_not_withdrawable"
    WARNINGS_UNACCEPTED = "warnings_unaccepted"
    PROGRAM_NOT_LIVE = "program_not_live"
    LAUNCH_NOT_OPEN = "launch_not_open"
    NOT_IN_ROLLOUT = "not_in_rollout"
    PROGRAM_PAUSED = "program_paused"
    PROGRAM_ENDED = "program_ended"
    REWARD_NOT_FOR_YOU = "reward_not_for_you"
    COOLDOWN = "cooldown"
    LIMIT_REACHED = "limit_reached"
    REWARD_OUT_OF_STOCK = "reward_out_of_stock"
    INSUFFICIENT_POINTS = "insufficient_points"
    HOLD_EXPIRED = "hold_expired"
    REDEMPTION_NOT_UNDOABLE = "redemption_not_undoable"
    REDEMPTION_NOT_OPEN = "redemption_not_open"
    REFERRAL_NOT_FLAGGED = "referral_not_flagged"
    TRANSFER_NOT_ALLOWED = "transfer_not_allowed"
    BADGE_GRANTED_ALREADY = "badge_granted_already"
    ALREADY_IN_POOL = "already_in_pool"
    POOL_NOT_ALLOWED = "pool_not_allowed"
    SETTLEMENT_ABOVE_GIVEN = "settlement_above_given"
    MONTH_OPEN = "month_open"
    BUSY = "busy"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with one field: ``path`` such as ``$.units.points.expiry``."""

    path: str
    code: str
    detail: str


class Refusal(msgspec.Struct, frozen=True):
    """An expected no. ``detail`` says in a sentence what is wrong and what to do."""

    code: RefusalCode
    detail: str
    problems: tuple[Problem, ...] = ()


class StorageUnavailable(Exception):
    """The table did not answer in time; nothing is known to be half done. Retry later."""


class Busy(StorageUnavailable):
    """Other writers kept winning until the deadline. Retry later."""


class InvariantBroken(Exception):
    """A promise of the books does not hold: a bug. Nothing may be written after this."""


def ensure(condition: object, sentence: str) -> None:
    """Raise ``InvariantBroken(sentence)`` unless ``condition`` holds."""
    if not condition:
        raise InvariantBroken(sentence)
