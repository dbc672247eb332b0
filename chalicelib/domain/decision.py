"""What a decision is: everything that one transaction will write, as values.

A ``Decision`` holds the source document, and for each member it touches a ``Book`` with the
account before and after, the new entries, and what goes with them. ``storage.commit`` turns it
into writes; it decides nothing. ``AlreadyRecorded`` carries the document that answers a replay.
"""

from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.actions import Action, ActionPlace
from chalicelib.domain.ledger import Entry
from chalicelib.domain.member import Account, Counters, Profile
from chalicelib.domain.member_records import (
    Enrolment,
    Erasure,
    Merge,
    Pooling,
    Settlement,
    Transfer,
)
from chalicelib.domain.messages import Inbox
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Adjustment, Hold, Joining, Redemption
from chalicelib.domain.referrals import Referral

Document: TypeAlias = (
    OrderDocument
    | Action
    | Redemption
    | Adjustment
    | Joining
    | Hold
    | Transfer
    | Merge
    | Erasure
    | Enrolment
    | Pooling
    | Settlement
    | Progress
    | Badges
    | Referral
)


class Marker(msgspec.Struct, frozen=True):
    """A ``once`` rule that paid: the document that won it. Key: (rule, subject)."""

    rule_id: str
    subject: str
    document: str
    member: str = ""  # under whose id it stands; "": the book's own


class StockTake(msgspec.Struct, frozen=True):
    """Take ``amount`` from one shard of a reward's stock; negative gives back."""

    reward_id: str
    shard: int
    amount: int


class CauseMove(msgspec.Struct, frozen=True):
    """Add ``amount`` to one part of a cause's counter; negative takes it, if it is there."""

    cause: str
    shard: int  # or ``causes.SETTLED``
    amount: int


class BudgetMove(msgspec.Struct, frozen=True):
    """Add ``amount`` to what a shard of a budget has spent, up to ``ceiling``; below 0: back."""

    budget: str
    shard: int
    amount: int
    ceiling: int = 0


class Book(msgspec.Struct, frozen=True):
    """One member's part of a decision. None of counters, profile and inbox: unchanged."""

    member: str
    before: Account | None  # None: the account is made by this commit
    account: Account
    entries: tuple[Entry, ...] = ()
    counters: Counters | None = None
    profile: Profile | None = None
    email_hash: str = ""  # keyed hash for the staff's look-up of a new profile
    markers: tuple[Marker, ...] = ()
    freed: tuple[Marker, ...] = ()
    inbox: Inbox | None = None


class SeenOrder(msgspec.Struct, frozen=True):
    """An order that a decision about something else was made from."""

    source: str
    id: str
    revision: int


class Decision(msgspec.Struct, frozen=True):
    """Commit this, whole or not at all. ``document.revision`` is the one it will have."""

    document: Document
    books: tuple[Book, ...] = ()
    further: tuple[Document, ...] = ()  # written in the same transaction, each at its revision
    stock: tuple[StockTake, ...] = ()
    place: ActionPlace | None = None  # where an action's id leads
    causes: tuple[CauseMove, ...] = ()
    budgets: tuple[BudgetMove, ...] = ()
    unclaimed: str = ""  # keyed hash of an e-mail that must not be any member's
    outsider: str = ""  # who must not be a member
    seen: SeenOrder | None = None  # an order that must still stand as it was read


class AlreadyRecorded(msgspec.Struct, frozen=True):
    """The same document was committed before and nothing is new: answer from it."""

    document: Document


Outcome: TypeAlias = Decision | AlreadyRecorded | Refusal

OTHER_REQUEST: Final = Refusal(
    RefusalCode.SAME_KEY_OTHER_REQUEST,
    "this idempotency key was used for another request; take a new one",
)
"""The answer to a key whose document was made by a request that asked for something else."""
