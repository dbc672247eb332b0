"""The judge: what members must have, by plain arithmetic. It shares no code with the ledger.

Points of an order are whole units of what is left of it (lines less refunds) times the rate that
held when it was paid; joining gives 20; a reward costs what it costs and gives back its part of
what was refunded of the order that used it. Nothing here knows lots, entries, documents or calls.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

HELLO = 20


@dataclass
class KnownOrder:
    """What was delivered of one order: states by version, refunds by id."""

    owner: str
    paid_at: int
    rate: int = 0  # of the program that was live at ``paid_at``
    versions: dict[int, tuple[str, dict[str, int]]] = field(default_factory=dict)
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)  # id → (line, amount)

    def left(self) -> int:
        """What remains of it, in cents."""
        if not self.versions:
            return 0
        status, lines = self.versions[max(self.versions)]
        if status != "paid":
            return 0
        taken = dict.fromkeys(lines, 0)
        for line, amount in self.refunds.values():
            if line in taken:
                taken[line] += amount
        return sum(max(0, lines[line] - taken[line]) for line in lines)

    def whole(self) -> int:
        return sum(self.versions[max(self.versions)][1].values()) if self.versions else 0

    def points(self) -> int:
        return self.left() * self.rate // 100


@dataclass
class KnownRedemption:
    owner: str
    cost: int
    state: str = "ready"  # ready, used, undone
    order: str = ""
    returned: int = 0


@dataclass
class Model:
    """What everybody must have after what was delivered so far."""

    rates: list[tuple[int, int]] = field(default_factory=list)  # (live since, points per 1.00)
    members: set[str] = field(default_factory=set)
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    redemptions: dict[str, KnownRedemption] = field(default_factory=dict)
    adjusted: dict[str, int] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)

    def balance(self, member: str) -> int:
        """Points booked, pending ones included."""
        if member not in self.members:
            return 0
        earned = sum(each.points() for each in self.orders.values() if each.owner == member)
        mine = [each for each in self.redemptions.values() if each.owner == member]
        spent = sum(each.cost - each.returned for each in mine)
        return HELLO + earned + self.adjusted.get(member, 0) - spent

    def order(self, name: str, owner: str, paid_at: int) -> KnownOrder:
        known = self.orders.get(name)
        if known is None:
            rate = [points for since, points in self.rates if since <= paid_at][-1]
            known = self.orders[name] = KnownOrder(owner, paid_at, rate)
        return known

    def deliver_state(
        self, name: str, version: int, status: str, lines: dict[str, int], codes: Iterable[str]
    ) -> None:
        """A full state was recorded: its owner is a member from then on, its codes are used."""
        known = self.orders[name]
        known.versions[version] = (status, lines)
        if known.versions[max(known.versions)][0] == "paid":
            self.members.add(known.owner)
        for code in codes:
            made = self.redemptions[code]
            if made.state == "ready":
                made.state, made.order = "used", name
        self.settle(name)

    def settle(self, name: str) -> None:
        """Points of codes come back by the part of their order that was refunded."""
        known = self.orders[name]
        for made in self.redemptions.values():
            if made.order == name and known.whole():
                part = made.cost * (known.whole() - known.left()) // known.whole()
                made.returned = max(made.returned, part)

    def undo(self, key: str) -> None:
        made = self.redemptions[key]
        made.state, made.returned = "undone", made.cost
