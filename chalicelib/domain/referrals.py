"""Referrals: a friend who came by a member's code, and what became of it.

::

    joined ──order qualifies──► ordered ──``after`` is over──► qualified     for ever
                 │                 │ ▲
                 │ a check says so │ │ approved by staff
                 ▼                 │ │
              flagged ─────────────┼─┘
                 │ rejected        │ the order comes back before
                 ▼                 ▼
              rejected          reversed ──another order qualifies──► ordered

``ordered`` books both sides' points, pending; ``qualified`` lets nothing be taken back. By time
alone an ordered one IS qualified (``as_of``), whenever the sweep writes it down. A click is
nobody's until the friend joins, so it is no state of a document. Pure; the points are
``referral_decision``'s.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from chalicelib.domain.instants import Instant
from chalicelib.domain.program.occasion import OccasionLine


class ReferralState(StrEnum):
    """How far it has come."""

    JOINED = "joined"
    ORDERED = "ordered"
    QUALIFIED = "qualified"
    FLAGGED = "flagged"
    REJECTED = "rejected"
    REVERSED = "reversed"


class Purchase(msgspec.Struct, frozen=True, array_like=True):
    """What is left of the friend's order, of the lines that count: shares of offers are of it.

    All of them as one: no condition of an offer is for lines, and nothing multiplies its shares.
    """

    net: int  # minor units of the program's currency
    gross: int  # likewise
    tax: int  # likewise
    quantity_milli: int

    @property
    def line(self) -> OccasionLine:
        """As evaluations count it."""
        return OccasionLine("", self.net, self.gross, self.tax, self.quantity_milli)


def purchase_of(lines: Iterable[OccasionLine]) -> Purchase | None:
    """What of ``lines`` counts; None where nothing does."""
    counted = [line for line in lines if line.net > 0 and not line.gift_card]
    if not counted:
        return None
    return Purchase(
        sum(line.net for line in counted),
        sum(max(line.gross, 0) for line in counted),
        sum(max(line.tax, 0) for line in counted),
        sum(max(line.quantity_milli, 0) for line in counted),
    )


class Offers(msgspec.Struct, frozen=True, array_like=True):
    """Which offer each side has: by its first region."""

    friend: str = ""
    advocate: str = ""


class Referral(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "code": "c",
        "advocate": "a",
        "friend": "f",
        "state": "s",
        "recorded_at": "at",
        "until": "u",
        "order": "o",
        "ordered_at": "oa",
        "matures_at": "ma",
        "program_version": "v",
        "offers": "of",
        "bought": "bo",
        "reasons": "why",
        "reviewed_by": "by",
        "reviewed_at": "ra",
        "revision": "r",
    },
):
    """One friend of one advocate. Holds ids alone, nothing personal."""

    code: str
    advocate: str  # member id, as it was when the friend joined
    friend: str  # likewise
    state: ReferralState
    recorded_at: Instant  # when the friend joined
    until: Instant = 0  # an order from then on does not count; 0: for ever
    order: str = ""  # "<source>:<order>" that qualified
    ordered_at: Instant = 0  # when that was paid
    matures_at: Instant = 0  # from then on nothing is taken back
    program_version: int = 0  # whose terms it has
    offers: Offers = Offers()
    bought: Purchase | None = None  # what is left of the order, as last heard of before it is over
    reasons: tuple[str, ...] = ()  # what the checks found
    reviewed_by: str = ""  # api key id or "operator"
    reviewed_at: Instant = 0
    revision: int = 0

    @property
    def id(self) -> str:
        """Unique in the shop: a friend has one advocate."""
        return self.friend

    @property
    def member(self) -> str:
        """Whose it is first of all."""
        return self.advocate


class Qualifying(msgspec.Struct, frozen=True):
    """An order of the friend that qualifies, and on what terms."""

    ordered_at: Instant
    matures_at: Instant
    program_version: int
    offers: Offers
    bought: Purchase | None = None
    reasons: tuple[str, ...] = ()
    is_reviewed: bool = True  # a flagged one waits for staff


REWARDED: Final = frozenset({ReferralState.ORDERED, ReferralState.QUALIFIED})
"""States in which both sides have what the offers give."""

_WAITING: Final = frozenset({ReferralState.ORDERED, ReferralState.FLAGGED})
_FREE: Final = frozenset({ReferralState.JOINED, ReferralState.REVERSED})
_OVER: Final = frozenset({ReferralState.QUALIFIED, ReferralState.REJECTED})


def is_open(known: Referral) -> bool:
    """Whether an order of the friend may still make it count."""
    return known.state in _FREE


def is_over(known: Referral) -> bool:
    """Whether nothing that happens changes it any more."""
    return known.state in _OVER


def as_of(known: Referral, now: Instant) -> Referral:
    """The referral as it stands at ``now``: time alone lets an ordered one qualify."""
    if known.state is ReferralState.ORDERED and known.matures_at <= now:
        return replace(known, state=ReferralState.QUALIFIED)
    return known


def after_order(
    known: Referral, order: str, qualifying: Qualifying | None, now: Instant
) -> Referral:
    """The referral once ``order`` was heard of; ``qualifying`` None: it does not (any more).

    Idempotent, and another order changes nothing while one stands. What is left of that one may
    change as long as it waits: then the referral is of what is left.
    """
    known = as_of(known, now)
    is_own = known.state in _WAITING and known.order == order
    if qualifying is None:
        return replace(known, state=ReferralState.REVERSED) if is_own else known
    if not is_open(known):
        return replace(known, bought=qualifying.bought) if is_own else known
    reasons = tuple(sorted({*qualifying.reasons}))
    # The terms of a first award stay, whatever order takes its place.
    version = known.program_version or qualifying.program_version
    offers = known.offers if known.program_version else qualifying.offers
    ordered = replace(
        known,
        order=order,
        ordered_at=qualifying.ordered_at,
        matures_at=qualifying.matures_at,
        program_version=version,
        offers=offers,
        bought=qualifying.bought,
        reasons=reasons,
    )
    if not reasons or known.reviewed_at:
        return as_of(replace(ordered, state=ReferralState.ORDERED), now)
    flagged = ReferralState.FLAGGED if qualifying.is_reviewed else ReferralState.REJECTED
    return replace(ordered, state=flagged)


def brought_themselves(known: Referral) -> Referral:
    """The referral once friend and advocate turn out to be one: what waits is over, for good."""
    if known.state not in _WAITING:
        return known
    reasons = tuple(sorted({*known.reasons, "self"}))
    return replace(known, state=ReferralState.REJECTED, reasons=reasons)


def reviewed(known: Referral, verdict: ReferralState, actor: str, now: Instant) -> Referral:
    """A flagged referral once staff decided; one that waits for nobody is as it was."""
    if known.state is not ReferralState.FLAGGED:
        return known
    told = replace(known, state=verdict, reviewed_by=actor, reviewed_at=now)
    return as_of(told, now)
