"""Budgets: amounts that a whole shop shares, dealt over shards so that no single item is hot.

::

    spent     sum of the shards              what documents hold, to the point
    ceiling   of each shard                  their sum is never above the limit
    a writer  reads all shards, fills some   each write holds only below its shard's ceiling

A document is granted what it asks for whole, from as many shards as that takes, or nothing. What it
gives back comes from the shard that its name picks first, then from the others. Nothing is seeded:
a shard that is not there has spent nothing, so a limit may change with any version. After a limit
was lowered a shard may be above its ceiling; the others' ceilings make room for that, so the sum
stays within the limit even then (``ceilings``).
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.decision import BudgetMove, Decision, Document, Outcome
from chalicelib.domain.limits import BUDGET_SHARD_ONE_MAX, BUDGET_SHARDS
from chalicelib.domain.member_records import Merge
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import InvariantBroken, ensure
from chalicelib.domain.points import ceil_ratio
from chalicelib.domain.records import Joining, Redemption
from chalicelib.domain.referrals import Referral

Shards: TypeAlias = Mapping[int, int]
"""What was spent, by shard."""


class Budgets(msgspec.Struct, frozen=True):
    """Budgets as they were read, by name. One that is not named has nothing left."""

    limits: Mapping[str, int] = {}
    spent: Mapping[str, Shards] = {}

    def left(self, name: str) -> int:
        """What may still be granted of the budget."""
        if name not in self.limits:
            return 0
        spent = self.spent.get(name, {})
        return sum(_rooms(self.limits[name], spent).values())


def ceilings(limit: int, spent: Shards) -> dict[int, int]:
    """The most that each shard may hold: dealt evenly, but for what is above that already.

    Who read an older state has ceilings that are no higher: what is above only falls.
    """
    shards = list(range(_shard_count(limit)))
    above = {shard: held for shard, held in spent.items() if shard not in shards}
    while True:
        dealt = _dealt(max(0, limit - sum(above.values())), shards)
        more = {
            shard: spent.get(shard, 0) for shard in shards if spent.get(shard, 0) > dealt[shard]
        }
        if not more:
            return dealt
        above |= more
        shards = [shard for shard in shards if shard not in more]


def moves(changes: Mapping[str, int], document: str, budgets: Budgets) -> tuple[BudgetMove, ...]:
    """The writes that change what each budget has spent by ``changes``, by name.

    What rises must fit whole.
    """
    first = sum(document.encode()) % BUDGET_SHARDS
    found: list[BudgetMove] = []
    for name, change in sorted(changes.items()):
        spent = budgets.spent.get(name, {})
        if change > 0:
            found += _granted(name, change, first, (budgets.limits.get(name, 0), spent))
        elif change < 0:
            found += _given_back(name, -change, first, spent)
    return tuple(found)


def with_budgets(outcome: Outcome, before: Iterable[Document], budgets: Budgets) -> Outcome:
    """``outcome`` with what its documents do to budgets; ``before`` are those that stood."""
    return spending(outcome, before, budgets) if isinstance(outcome, Decision) else outcome


def spending(decision: Decision, before: Iterable[Document], budgets: Budgets) -> Decision:
    """As ``with_budgets``, of what is a decision."""
    changes: dict[str, int] = {}
    after = (decision.document, *decision.further)
    for sign, documents in ((-1, before), (1, after)):
        for name, amount in spent_by(documents):
            changes[name] = changes.get(name, 0) + sign * amount
    if not any(changes.values()):
        return decision
    name = _name(decision.document)
    return msgspec.structs.replace(decision, budgets=moves(changes, name, budgets))


def spent_by(documents: Iterable[Document]) -> tuple[tuple[str, int], ...]:
    """(budget, amount) of all that ``documents`` hold."""
    kinds = (OrderDocument, Action, Redemption, Joining)
    spending = (each for each in documents if isinstance(each, kinds))
    return tuple(pair for each in spending for pair in each.budgets.items())


def _name(document: Document) -> str:
    if isinstance(document, OrderDocument | Action):
        return name_of(document)
    if isinstance(document, Merge):
        return f"merge:{document.id}"
    if isinstance(document, Referral):
        return f"referral:{document.id}"
    if isinstance(document, Redemption):
        return f"redemption:{document.id}"
    if isinstance(document, Joining):
        return f"joining:{document.member}"
    raise InvariantBroken("a document of this kind spends no budget")


def _shard_count(limit: int) -> int:
    return min(BUDGET_SHARDS, max(1, ceil_ratio(limit, BUDGET_SHARD_ONE_MAX)))


def _dealt(amount: int, shards: list[int]) -> dict[int, int]:
    share, more = divmod(amount, len(shards)) if shards else (0, 0)
    return {shard: share + (place < more) for place, shard in enumerate(shards)}


def _rooms(limit: int, spent: Shards) -> dict[int, int]:
    return {shard: top - spent.get(shard, 0) for shard, top in ceilings(limit, spent).items()}


def _granted(name: str, amount: int, first: int, held: tuple[int, Shards]) -> list[BudgetMove]:
    limit, spent = held
    tops, rooms = ceilings(limit, spent), _rooms(limit, spent)
    found = []
    for step in range(BUDGET_SHARDS):
        shard = (first + step) % BUDGET_SHARDS
        part = min(amount, rooms.get(shard, 0))
        amount -= part
        if part > 0:
            found.append(BudgetMove(name, shard, part, tops[shard]))
    ensure(not amount, "what is granted of a budget is left of it")
    return found


def _given_back(name: str, amount: int, first: int, spent: Shards) -> list[BudgetMove]:
    """From shards that have it. Where the reading is too old for that the commit will fail."""
    parts: dict[int, int] = {}
    for step in range(BUDGET_SHARDS):
        shard = (first + step) % BUDGET_SHARDS
        part = min(amount, spent.get(shard, 0))
        amount -= part
        parts[shard] = part
    parts[first] += amount
    return [BudgetMove(name, shard, -part) for shard, part in parts.items() if part]
