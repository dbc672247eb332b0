"""The only retry loop: load, decide, commit, and the whole table of what can come back.

::

    what came back                          what we do
    ---------------------------------------------------------------------------------------
    ok                                      answer
    a condition failed                      wait, load and decide again, new token: usually
                                            the answer is then AlreadyRecorded
    a shard of stock was too low            decide again with the next shard
    conflict, throttled, in progress        wait, send the same bytes with the same token
    no answer (may have landed)             send the same bytes with the same token
    a refusal that depends on state         look for the document once more, strongly
    the deadline                            Busy: 503, nothing half done

A BatchGet is no snapshot: the document may have been read before, and the account after, the
commit of the same request in another process, which then looks like "not enough points". So
before a refusal that depends on state the document is read once more; if it is there, we decide
again and answer from it.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import msgspec

from chalicelib import clock
from chalicelib.domain.decision import AlreadyRecorded, Book, Document, Outcome
from chalicelib.domain.limits import COMMIT_DEADLINE_MS
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.commit import Prepared, commit, only_stock_failed, prepare
from chalicelib.storage.items import Key
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import ConditionFailed, Contended, Table, Unanswered

STATE_DEPENDENT = frozenset(
    {
        RefusalCode.MEMBER_UNKNOWN,
        RefusalCode.PROGRAM_NOT_LIVE,
        RefusalCode.LAUNCH_NOT_OPEN,
        RefusalCode.NOT_IN_ROLLOUT,
        RefusalCode.PROGRAM_PAUSED,
        RefusalCode.PROGRAM_ENDED,
        RefusalCode.REWARD_NOT_FOR_YOU,
        RefusalCode.COOLDOWN,
        RefusalCode.LIMIT_REACHED,
        RefusalCode.REWARD_OUT_OF_STOCK,
        RefusalCode.INSUFFICIENT_POINTS,
        RefusalCode.REDEMPTION_NOT_UNDOABLE,
        RefusalCode.REDEMPTION_NOT_OPEN,
        RefusalCode.REFERRAL_NOT_FLAGGED,
        RefusalCode.HOLD_EXPIRED,
        RefusalCode.TRANSFER_NOT_ALLOWED,
        RefusalCode.POOL_UNKNOWN,
        RefusalCode.INVITATION_UNKNOWN,
        RefusalCode.ALREADY_IN_POOL,
        RefusalCode.POOL_NOT_ALLOWED,
        RefusalCode.CAUSE_UNKNOWN,
        RefusalCode.CHALLENGE_UNKNOWN,
        RefusalCode.BADGE_UNKNOWN,
        RefusalCode.BADGE_GRANTED_ALREADY,
        RefusalCode.SETTLEMENT_ABOVE_GIVEN,
    }
)
"""Refusals that another state of the books could turn into a yes: looked at twice."""


class Loaded(Protocol):
    """What every load knows: the shop as it is now."""

    @property
    def shop(self) -> Shop:
        """The shop's own item, read with everything else."""
        ...


S = TypeVar("S", bound=Loaded)


class Recorded(msgspec.Struct, Generic[S], frozen=True):
    """The answer of a verb: the document as it stands, and whether it stood before."""

    document: Document
    replayed: bool
    loaded: S  # what the decision was made from
    books: tuple[Book, ...] = ()  # what was committed just now


class Work(msgspec.Struct, Generic[S], frozen=True):
    """One verb: what to load and what to decide.

    ``load`` is called anew for every decision, with how many shards of stock have said no so
    far; it may read as often as it must, and may refuse what the path names. ``decide`` is pure.
    """

    document: Key  # looked at once more before a refusal
    load: Callable[[int], S | Refusal]
    decide: Callable[[S], Outcome]


class Pace(msgspec.Struct, frozen=True):
    """The clock of the loop: replaced by tests that never wait."""

    monotonic_ms: Callable[[], int] = clock.monotonic_ms
    pause: Callable[[int], None] = clock.pause


_PACE = Pace()


def decide_and_commit(table: Table, work: Work[S], pace: Pace = _PACE) -> Recorded[S] | Refusal:
    """Carry ``work`` out: exactly once, however often it is asked.

    Raises:
        Busy: other writers kept winning until the deadline.
        StorageUnavailable: the table did not answer.
        InvariantBroken: a bug; nothing was written.
    """
    deadline = pace.monotonic_ms() + COMMIT_DEADLINE_MS
    attempt = shards_tried = 0
    looked_twice = False
    while True:
        loaded = work.load(shards_tried)
        if isinstance(loaded, Refusal):
            return loaded
        outcome = work.decide(loaded)
        if isinstance(outcome, Refusal):
            if looked_twice or not _stands_now(table, work.document, outcome):
                return outcome
            looked_twice = True
            continue
        if isinstance(outcome, AlreadyRecorded):
            return Recorded(outcome.document, replayed=True, loaded=loaded)
        prepared = prepare(loaded.shop.shop_id, loaded.shop.journal_shards, outcome)
        sent = _send(table, prepared, pace, deadline, attempt)
        if sent.failed is None:
            return Recorded(outcome.document, replayed=False, loaded=loaded, books=outcome.books)
        shards_tried += only_stock_failed(prepared, sent.failed)
        attempt = sent.attempt + 1
        _wait(pace, deadline, prepared.token, attempt)


class _Sent(msgspec.Struct, frozen=True):
    failed: ConditionFailed | None
    attempt: int


def _send(table: Table, prepared: Prepared, pace: Pace, deadline: int, attempt: int) -> _Sent:
    """Send one transaction until it is answered: the same bytes under the same token."""
    while True:
        try:
            commit(table, prepared)
        except ConditionFailed as failed:
            return _Sent(failed, attempt)
        except (Contended, Unanswered):
            attempt += 1
            _wait(pace, deadline, prepared.token, attempt)
        else:
            return _Sent(None, attempt)


def _wait(pace: Pace, deadline: int, token: str, attempt: int) -> None:
    """Back off before attempt ``attempt``.

    Raises:
        Busy: the deadline has passed.
    """
    if pace.monotonic_ms() >= deadline:
        raise Busy(f"{attempt} attempts in {COMMIT_DEADLINE_MS} ms did not get through")
    pace.pause(backoff_ms(token, attempt))


def _stands_now(table: Table, document: Key, refusal: Refusal) -> bool:
    """Whether the document appeared since the decision that refused."""
    if refusal.code not in STATE_DEPENDENT:
        return False
    return document in table.load([document])
