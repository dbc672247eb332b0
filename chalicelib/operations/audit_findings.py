"""What an audit has found since its last checkpoint, shop by shop, ready to be added to tallies."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.audit_across import Taken, added, budgets_spent, gifts_of, taken_of
from chalicelib.domain.audited import NO_SUM, Break
from chalicelib.domain.decision import Document
from chalicelib.domain.limits import AUDIT_BREAKS_KEPT_MAX
from chalicelib.operations.audit_member import AuditedMember
from chalicelib.operations.audit_order import AuditedOrder
from chalicelib.storage.audits import Tally
from chalicelib.storage.stock import budget_of_stock


@dataclass
class Found:
    """What was found of one shop."""

    counts: Counter[str] = field(default_factory=Counter)
    breaks: list[Break] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    total: bytes = NO_SUM
    total_before: bytes = NO_SUM
    taken: dict[str, Taken] = field(default_factory=dict)
    stocks: set[str] = field(default_factory=set)
    given: dict[str, Taken] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    spent: dict[str, Taken] = field(default_factory=dict)
    budgets: set[str] = field(default_factory=set)

    def add_breaks(self, breaks: Iterable[Break]) -> None:
        """Count all, keep the first."""
        told = tuple(breaks)
        self.counts["breaks"] += len(told)
        self.counts["unread"] += sum(each.invariant == "I0" for each in told)
        self.breaks = [*self.breaks, *told][:AUDIT_BREAKS_KEPT_MAX]

    def add(self, tally: Tally) -> None:
        """Add what a tally holds."""
        self.counts.update(tally.counts)
        self.breaks = [*tally.breaks, *self.breaks][:AUDIT_BREAKS_KEPT_MAX]
        self.unproven = [*tally.unproven, *self.unproven][:AUDIT_BREAKS_KEPT_MAX]
        self.total = added(tally.total, self.total)
        self.total_before = added(tally.total_before, self.total_before)
        for reward, (count, fingerprint) in tally.taken.items():
            self._take(reward, Taken(count, fingerprint))
        self.stocks |= set(tally.stocks)
        for cause, (count, fingerprint) in tally.given.items():
            self._give(cause, Taken(count, fingerprint))
        self.causes |= set(tally.causes)
        for budget, (count, fingerprint) in tally.spent.items():
            self._spend(budget, Taken(count, fingerprint))
        self.budgets |= set(tally.budgets)

    def tally(self) -> Tally:
        """All of it, to be stored."""
        return Tally(
            counts=dict(+self.counts),
            breaks=tuple(self.breaks),
            unproven=tuple(self.unproven),
            total=self.total,
            total_before=self.total_before,
            taken={reward: (each.count, each.fingerprint) for reward, each in self.taken.items()},
            stocks=tuple(sorted(self.stocks)),
            given={cause: (each.count, each.fingerprint) for cause, each in self.given.items()},
            causes=tuple(sorted(self.causes)),
            spent={name: (each.count, each.fingerprint) for name, each in self.spent.items()},
            budgets=tuple(sorted(self.budgets)),
        )

    def add_member(self, audited: AuditedMember, sums: tuple[bytes, bytes]) -> None:
        """Count one member; ``sums`` are their parts of the two digests."""
        books = audited.books
        self.counts["busy" if audited.is_busy else "members"] += 1
        self.counts["entries"] += len(books.entries)
        self.counts["documents"] += sum(not name.startswith("order:") for name in books.documents)
        self.add_breaks(audited.breaks)
        if audited.unproven:
            self.unproven = [*self.unproven, audited.unproven][:AUDIT_BREAKS_KEPT_MAX]
        self.total = added(self.total, sums[0])
        self.total_before = added(self.total_before, sums[1])
        for reward, taken in taken_of(audited.redemptions).items():
            self._take(reward, taken)
        self.add_gifts(tuple(audited.own_documents))

    def add_gifts(self, documents: tuple[Document, ...]) -> None:
        """Count what documents gave to causes and spent of budgets."""
        for cause, given in gifts_of(documents).items():
            self._give(cause, given)
        for budget, spent in budgets_spent(documents).items():
            self._spend(budget, spent)

    def _spend(self, budget: str, spent: Taken) -> None:
        self.spent[budget] = self.spent.get(budget, Taken()).plus(spent)

    def _give(self, cause: str, given: Taken) -> None:
        self.given[cause] = self.given.get(cause, Taken()).plus(given)

    def _take(self, reward: str, taken: Taken) -> None:
        self.taken[reward] = self.taken.get(reward, Taken()).plus(taken)


class Findings:
    """Findings of several shops. Not shared between threads."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.shops: dict[str, Found] = {}

    def add_member(self, shop: str, audited: AuditedMember, sums: tuple[bytes, bytes]) -> None:
        """Add one member's books; a partition without books is nobody's."""
        is_somebody = audited.books.account or audited.books.entries or audited.breaks
        if is_somebody or audited.is_busy:
            self._of(shop).add_member(audited, sums)

    def add_order(self, shop: str, audited: AuditedOrder | None) -> None:
        """Add one order; None for one that never stood still."""
        self._of(shop).counts["busy" if audited is None else "orders"] += 1
        if audited is not None:
            self._of(shop).add_breaks(audited.breaks)
            self._of(shop).add_gifts((audited.order,) if audited.order else ())

    def add_breaks(self, shop: str, breaks: tuple[Break, ...]) -> None:
        """Add what is wrong with anything else."""
        if breaks:
            self._of(shop).add_breaks(breaks)

    def add_stock(self, shop: str, reward: str) -> None:
        """Note that the reward, or budget, has stock: it is looked at when all is counted."""
        budget = budget_of_stock(reward)
        if budget:
            self._of(shop).budgets.add(budget)
        else:
            self._of(shop).stocks.add(reward)

    def add_cause(self, shop: str, cause: str) -> None:
        """Note that something was given to the cause: it is looked at when all is counted."""
        self._of(shop).causes.add(cause)

    def added_to(self, known: Mapping[str, Tally]) -> dict[str, Tally]:
        """The tallies ``known`` with these findings added."""
        for shop, tally in known.items():
            self._of(shop).add(tally)
        return {shop: found.tally() for shop, found in self.shops.items()}

    def _of(self, shop: str) -> Found:
        return self.shops.setdefault(shop, Found())
