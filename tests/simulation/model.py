"""The judge: what members must have, by plain arithmetic. It shares no code with the ledger.

Points of an order are whole units of what is left of it (lines less refunds) times the rate that
held when it was paid; joining gives 20; a reward costs what it costs and gives back its part of
what was refunded of the order that used it. Nothing here knows lots, entries, documents or calls.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

HELLO = 20
REVIEW = 10


@dataclass
class KnownOrder:
    """What was delivered of one order: states by version, refunds by id."""

    owner: str  # "" while it waits for whoever has the address
    paid_at: int
    guest: str = ""  # whose address it names, if it names nobody
    counts: bool = False  # its owner was somebody when it was first known as paid
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

    def left_of(self, name: str) -> int:
        """What remains of one line, in cents."""
        status, lines = self.versions[max(self.versions)]
        taken = sum(amount for line, amount in self.refunds.values() if line == name)
        return max(0, lines.get(name, 0) - taken) if status == "paid" else 0

    def whole(self) -> int:
        return sum(self.versions[max(self.versions)][1].values()) if self.versions else 0

    def points(self) -> int:
        return self.left() * self.rate // 100 if self.counts else 0

    def is_paid(self) -> bool:
        return bool(self.versions) and self.versions[max(self.versions)][0] == "paid"


@dataclass
class KnownRedemption:
    owner: str
    cost: int
    state: str = "ready"  # ready, used, undone, fulfilled
    order: str = ""
    returned: int = 0
    until: int = 0  # when the points of an unused code come back; 0: never

    def spent(self, now: int) -> int:
        """What it takes at ``now``."""
        return 0 if self.is_over(now) else self.cost - self.returned

    def is_over(self, now: int) -> bool:
        return self.state == "ready" and 0 < self.until <= now


@dataclass
class KnownHold:
    owner: str
    points: int
    until: int
    state: str = "open"  # open, captured, voided
    captured: int = 0


@dataclass
class Model:
    """What everybody must have after what was delivered so far."""

    rates: list[tuple[int, int]] = field(default_factory=list)  # (live since, points per 1.00)
    members: set[str] = field(default_factory=set)
    partaking: set[str] = field(default_factory=set)  # in the challenge that asks for it
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    redemptions: dict[str, KnownRedemption] = field(default_factory=dict)
    adjusted: dict[str, int] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)  # who did it; taken back ones are out
    holds: dict[str, KnownHold] = field(default_factory=dict)
    gifts: list[tuple[str, str, int]] = field(default_factory=list)  # giver, receiver, points
    into: dict[str, str] = field(default_factory=dict)  # merged customer → into whom
    erased: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)  # customers whose address is known as theirs
    fed: dict[str, Any] = field(default_factory=dict)  # what each order had of treats: its judge's
    now: int = 0  # of the step that is judged
    swept_at: int = 0  # when everybody was swept, until the judge has looked

    def person(self, customer: str) -> str:
        """Who a customer is since merges."""
        while customer in self.into:
            customer = self.into[customer]
        return customer

    def same(self, first: str, second: str) -> bool:
        return bool(first and second) and self.person(first) == self.person(second)

    def is_member(self, customer: str) -> bool:
        return any(self.same(customer, member) for member in self.members)

    def is_erased(self, customer: str) -> bool:
        return any(self.same(customer, gone) for gone in self.erased)

    def balance(self, member: str, now: int) -> int:
        """Points booked, pending and held ones included."""
        if not self.is_member(member):
            return 0
        earned = sum(
            each.points() for each in self.orders.values() if self.same(each.owner, member)
        )
        mine = [each for each in self.redemptions.values() if self.same(each.owner, member)]
        spent = sum(each.spent(now) for each in mine)
        spent += sum(each.captured for each in self.holds.values() if self.same(each.owner, member))
        by_hand = sum(each for who, each in self.adjusted.items() if self.same(who, member))
        got = sum(points for _, to, points in self.gifts if self.same(to, member))
        done = REVIEW * sum(self.same(who, member) for who in self.actions.values())
        return HELLO + done + earned + by_hand + got - self.given(member) - spent

    def everybodys(self, now: int) -> int:
        """All points there are, whoever holds them: pools only pass them on and pay rewards."""
        people = {self.person(member) for member in self.members}
        pools = sum(each.spent(now) for each in self.redemptions.values() if not each.owner)
        return sum(self.balance(each, now) for each in people) - pools

    def given(self, member: str) -> int:
        return sum(points for giver, _, points in self.gifts if self.same(giver, member))

    def held(self, member: str, now: int) -> int:
        """Points set aside at ``now``."""
        mine = (each for each in self.holds.values() if self.same(each.owner, member))
        return sum(each.points for each in mine if each.state == "open" and each.until > now)

    def open_holds(self, member: str, now: int) -> int:
        mine = (each for each in self.holds.values() if self.same(each.owner, member))
        return sum(each.state == "open" and each.until > now for each in mine)

    def available(self, member: str, now: int) -> int:
        """What can be spent where nothing waits."""
        return self.balance(member, now) - self.held(member, now)

    def order(
        self, name: str, owner: str, paid_at: int, *, guest: bool = False, foreign: bool = False
    ) -> KnownOrder:
        known = self.orders.get(name)
        if known is None:
            rate = [points for since, points in self.rates if since <= paid_at][-1]
            rate *= rate + 1 if foreign else 1  # a euro counts as one dollar more than points
            named, waits = ("", owner) if guest else (owner, "")
            known = self.orders[name] = KnownOrder(named, paid_at, waits, rate=rate)
        if known.guest in self.addresses:
            known.owner = known.guest
        return known

    def deliver_state(
        self, name: str, version: int, status: str, lines: dict[str, int], codes: Iterable[str]
    ) -> None:
        """A full state was recorded: its owner is a member from then on, its codes are used."""
        known = self.orders[name]
        known.versions[version] = (status, lines)
        self._count(known)
        for code in codes:
            made = self.redemptions[code]
            if made.state == "ready":
                made.state, made.order = "used", name
        self.settle(name)

    def _count(self, known: KnownOrder) -> None:
        """A paid order of somebody counts from then on, and makes them a member."""
        if known.owner and known.is_paid() and not self.is_erased(known.owner):
            known.counts = True
            self.members.add(known.owner)

    def claim(self, customer: str) -> None:
        """An address was told as verified: what waits under it is theirs, what comes, too."""
        if self.is_erased(customer):
            return
        for known in self.orders.values():  # a refund alone tells nobody's address
            if known.guest == customer and not known.owner and known.versions:
                known.owner = customer
                self._count(known)
        if self.is_member(customer) or customer in self.into:
            self.addresses.add(customer)

    def erase(self, customer: str) -> None:
        self.erased.add(customer)
        self.addresses = {each for each in self.addresses if not self.same(each, customer)}

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
