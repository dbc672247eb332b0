"""What was given to a cause: a counter in shards, of which only the unsettled part goes down.

::

    given     = unsettled + settled        what everybody may see
    unsettled = sum of the shards          rises with each gift, falls when one is taken back
    settled   = what the shop passed on    only rises; takes from the shards

A shard never falls below 0 (its write is conditional), so the counter never falls below what was
settled, whoever writes at once. A document gives to the shard that its name picks; what is taken
back comes from there first, then from the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.decision import CauseMove, Decision, Document, Outcome
from chalicelib.domain.granting import CAUSE, Granted, Thing, differences
from chalicelib.domain.limits import CAUSE_SHARDS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode, ensure
from chalicelib.domain.program.document import Reward
from chalicelib.domain.program.rewards import units_given
from chalicelib.domain.progress import Progress
from chalicelib.domain.records import Joining, Redemption, RedemptionStatus

SETTLED: Final = -1
"""In place of a shard: the part of the counter that was passed on."""

_GRANTING: Final = (OrderDocument, Joining, Action, Progress)

Unsettled: TypeAlias = Mapping[str, Mapping[int, int]]
"""Units by cause and shard, as read."""


class Given(msgspec.Struct, frozen=True):
    """What was given to a cause, as read."""

    unsettled: dict[int, int] = {}  # units by shard
    settled: int = 0

    @property
    def left(self) -> int:
        """Units that are not passed on yet."""
        return sum(self.unsettled.values())

    @property
    def whole(self) -> int:
        """All that was given: what everybody may see."""
        return self.left + self.settled


def free_of(unsettled: Unsettled) -> dict[Thing, int]:
    """How much of each cause can be taken back."""
    return {(CAUSE, cause): sum(shards.values()) for cause, shards in unsettled.items()}


def shard_of(document: str) -> int:
    """The shard that a document of this name gives to."""
    return sum(document.encode()) % CAUSE_SHARDS


def moves(changes: Mapping[str, int], document: str, unsettled: Unsettled) -> tuple[CauseMove, ...]:
    """The writes that change each cause's counter so; ``unsettled`` is needed where one falls."""
    first = shard_of(document)
    found: list[CauseMove] = []
    for cause, change in sorted(changes.items()):
        if change > 0:
            found.append(CauseMove(cause, first, change))
        elif change < 0:
            found += taken(cause, -change, first, unsettled.get(cause, {}))
    return tuple(found)


def taken(cause: str, amount: int, first: int, shards: Mapping[int, int]) -> list[CauseMove]:
    """``amount`` taken from the shards, from ``first`` on. There must be as much."""
    found: list[CauseMove] = []
    for step in range(CAUSE_SHARDS):
        shard = (first + step) % CAUSE_SHARDS
        part = min(amount, shards.get(shard, 0))
        amount -= part
        if part > 0:
            found.append(CauseMove(cause, shard, -part))
    ensure(not amount, "what is taken from a cause was given to it and is not settled")
    return found


def with_causes(outcome: Outcome, before: Iterable[Document], unsettled: Unsettled) -> Outcome:
    """``outcome`` with what its documents' grants do to the counters of causes.

    ``before`` are the documents as they were, of those that stood, and all progress of whose they
    are: what of it is not written did not change.
    """
    return counted(outcome, before, unsettled) if isinstance(outcome, Decision) else outcome


def counted(decision: Decision, before: Iterable[Document], unsettled: Unsettled) -> Decision:
    """As ``with_causes``, of what is a decision."""
    written = (decision.document, *decision.further)
    then, now = _lines(_changed(before, written)), _lines(written)
    if not then and not now:
        return decision
    changed = differences(then, now)
    changes = {name: change for (kind, name), change in changed.items() if kind == CAUSE}
    name = _name(decision.document)
    return msgspec.structs.replace(decision, causes=moves(changes, name, unsettled))


def _changed(before: Iterable[Document], written: Iterable[Document]) -> Iterator[Document]:
    """Those of ``before`` that ``written`` replace; of members who become one, both progresses."""
    replaced = {
        (each.id, member)
        for each in written
        if isinstance(each, Progress)
        for member in (each.member, *each.absorbed)
    }
    known: dict[tuple[str, str], Progress] = {}
    for each in before:
        if not isinstance(each, Progress):
            yield each
        elif (each.id, each.member) in replaced:
            known[each.id, each.member] = each  # of somebody who was read twice, once
    yield from known.values()


def _lines(documents: Iterable[Document]) -> tuple[Granted, ...]:
    granting = (each for each in documents if isinstance(each, _GRANTING))
    return tuple(line for each in granting for line in each.grants)


def _name(document: Document) -> str:
    if isinstance(document, OrderDocument):
        return f"order:{document.source}:{document.order_id}"
    return f"{document.member}:{document.id}"


# ---------------------------------------------------------------- donations


UNDOABLE: Final = frozenset({RedemptionStatus.READY, RedemptionStatus.DONE})
"""What may still be undone while its window is open."""

PASSED_ON: Final = Refusal(
    RefusalCode.REDEMPTION_NOT_UNDOABLE, "the shop has passed this donation on already"
)


def as_donation(redemption: Redemption, reward: Reward) -> Redemption:
    """``redemption`` of a reward that goes to a cause: done, without a code."""
    return msgspec.structs.replace(
        redemption,
        code="",
        status=RedemptionStatus.DONE,
        expires_at=None,
        cause=reward.cause or "",
        given=units_given(reward) * max(1, redemption.steps),
    )


def lacks_code(document: Document, has_code: bool) -> bool:  # noqa: FBT001 - a fact, not a switch
    """Whether the redemption's code does not lead back yet; a donation has none."""
    return isinstance(document, Redemption) and bool(document.code) and not has_code


def given_by(redemption: Redemption) -> tuple[CauseMove, ...]:
    """What a new redemption does to the counter of its cause; nothing without one."""
    return moves(_donated(redemption, 1), _name(redemption), {})


def is_still_there(redemption: Redemption, unsettled: Unsettled) -> bool:
    """Whether what it gave can be taken back: as much is left that was not passed on."""
    left = sum(unsettled.get(redemption.cause, {}).values())
    return redemption.given <= left


def taken_back(redemption: Redemption, unsettled: Unsettled) -> tuple[CauseMove, ...]:
    """What the undo of a redemption does to the counter of its cause."""
    return moves(_donated(redemption, -1), _name(redemption), unsettled)


def _donated(redemption: Redemption, sign: int) -> dict[str, int]:
    return {redemption.cause: sign * redemption.given} if redemption.cause else {}
