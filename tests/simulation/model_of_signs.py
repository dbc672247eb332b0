"""What the checks of referrals must say, by plain arithmetic on plain words.

Nothing here knows hashes of signs, items or commits. It is told what the shop told, and
keeps who was seen where and when, who came by whose code, and what each referral came to. Who was
merged or erased since is ``loose``: the twin judges those.
"""

import hashlib
from dataclasses import dataclass, field

import msgspec

from chalicelib.domain.events import NO_SIGNS, OrderState, OrderUpserted, Refund, Signs
from chalicelib.domain.instants import DAY_MS
from chalicelib.security.keyed_ids import member_id
from tests.builders import SHOP_KEY
from tests.simulation.model import Model

WAIT_MS = 5 * DAY_MS
LEAST = 2_000
"""What must be left of a friend's order, in cents."""
CROWD, CROWD_MS = 5, 7 * DAY_MS
KEPT_MS, RENEWED_MS = 365 * DAY_MS, 30 * DAY_MS
PAID = frozenset({"paid", "partially_refunded"})
POSTCODE = 5  # digits; houses have fewer
Word = tuple[str, str]


def id_of(who: str) -> str:
    """The id of a customer's membership."""
    return member_id(SHOP_KEY, "main", who)


def words(signs: Signs) -> list[Word]:
    """(check, plain word) of everything shown: a house by its number, a public IP as it is."""
    spelled = " ".join(" ".join(parts) for parts in signs.addresses).split()
    houses = [word for word in spelled if word.isdigit() and len(word) < POSTCODE]
    told = [("address", house) for house in houses]
    told += [("payment", signs.payment), ("device", signs.device)]
    told += [("ip", signs.ip if signs.ip.startswith("93.") else "")]
    return [(check, word) for check, word in told if word]


def mailbox(email: str) -> str:
    return email.partition("@")[0].partition("+")[0].replace(".", "").lower()


@dataclass
class ToldOrder:
    """One order: of all that was told the newest counts, of one version the greater content."""

    paid_at: int = 0
    owner: str = ""
    owners: set[str] = field(default_factory=set)  # whoever had it: their referrals are looked at
    rank: tuple[int, str] = (-1, "")  # version, content
    status: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: bool = False  # it was paid by somebody who is a member

    def hear(self, state: OrderState, names: str, owns: str) -> None:
        """``names`` and ``owns``: the ids of whom it names, and of who has it."""
        self.refund(state.refunds)
        bare = msgspec.structs.replace(state, customer=None, guest_email="", signs=NO_SIGNS)
        content = hashlib.sha256(msgspec.json.encode(bare)).hexdigest()
        rank = state.version, content
        if state.customer and (rank, names) > (self.rank, owns):
            self.rank, self.owner = rank, state.customer.id
            self.lines = {line.id: line.net for line in state.lines}
            self.status, self.paid_at = state.status.value, state.paid_at or 0

    def refund(self, refunds: tuple[Refund, ...]) -> None:
        self.refunds |= {each.id: (each.lines[0].line_id, each.lines[0].net) for each in refunds}

    def left(self) -> int:
        """What is left of it, in cents; nothing of one that was cancelled."""
        taken = dict.fromkeys(self.lines, 0)
        for line, net in self.refunds.values():
            taken[line] = taken.get(line, 0) + net
        left = sum(max(0, net - taken[line]) for line, net in self.lines.items())
        return left if self.status in PAID else 0


@dataclass
class Brought:
    """One friend of one advocate."""

    friend: str
    advocate: str
    reasons: set[str]
    state: str = "joined"
    order: str = ""
    at: int = 0  # when that was paid
    verdict: str = ""
    awards: int = 0  # how often it came to give something

    def heard(self, order: str, told: ToldOrder, alike: set[str], now: int) -> None:
        """An order of the friend, or of whoever has it since, was told."""
        self.wait(now)
        is_due = told.counts and told.owner == self.friend and told.left() >= LEAST
        if not is_due and self.state in {"ordered", "flagged"} and self.order == order:
            self.state = "reversed"
        if is_due and self.state in {"joined", "reversed"}:
            self.reasons |= alike
            self.order, self.at = order, told.paid_at
            self.decide("flagged" if self.reasons and not self.verdict else "ordered", now)

    def review(self, verdict: str, now: int) -> None:
        """Staff say ``ordered`` or ``rejected``."""
        if self.state == "flagged":
            self.verdict = verdict
            self.decide(verdict, now)

    def decide(self, state: str, now: int) -> None:
        self.state, self.awards = state, self.awards + (state == "ordered")
        self.wait(now)

    def wait(self, now: int) -> None:
        """Time came: what stood long enough stands for ever."""
        if self.state == "ordered" and self.at + WAIT_MS <= now:
            self.state = "qualified"


@dataclass
class ModelOfSigns(Model):
    """The plain model of a shop that checks its referrals."""

    coded: set[str] = field(default_factory=set)  # who has a code that leads to them
    mails: dict[str, str] = field(default_factory=dict)
    told: dict[str, ToldOrder] = field(default_factory=dict)
    seen: dict[tuple[str, str, str], int] = field(default_factory=dict)  # who, check, word → when
    crowds: dict[str, tuple[int, list[str]]] = field(default_factory=dict)  # by IP: until, friends
    brought: dict[str, Brought] = field(default_factory=dict)
    paid: dict[str, tuple[int, int]] = field(default_factory=dict)  # by friend: awards, points
    refused: set[str] = field(default_factory=set)  # friends for whom there was no turn

    def is_loose(self, *people: str) -> bool:
        """Whether one of them was merged with somebody, or erased."""
        touched = {*self.into, *self.into.values(), *self.erased}
        return not touched.isdisjoint(people)

    def is_known(self, who: str) -> bool:
        return self.is_member(who) or self.is_erased(who)

    def show(self, who: str, signs: Signs, at: int) -> None:
        """``who`` was seen; what is no news within a month is not written down again."""
        shown = [(who, *word) for word in words(signs)]
        if any(at - self.seen.get(each, at - RENEWED_MS) >= RENEWED_MS for each in shown):
            self.seen |= dict.fromkeys(shown, at)

    def alike(self, friend: str, advocate: str, now: int) -> set[str]:
        """Checks by which something was seen of both within a year."""
        live = {each for each, at in self.seen.items() if at + KEPT_MS > now}
        return {
            check for who, check, word in live if who == friend and (advocate, check, word) in live
        }

    def come(self, friend: str, by: str, email: str, seen: tuple[Signs, int]) -> Brought | None:
        """Somebody new comes by a code; None: it leads nowhere, or to themselves."""
        signs, at = seen
        if by not in self.coded or by == friend or self.is_erased(by):
            return None
        self.show(friend, signs, at)
        reasons = (
            {"email"} if email and mailbox(email) == mailbox(self.mails.get(by, "")) else set()
        )
        for check, word in words(signs):
            if check == "ip" and self._is_one_too_many(word, friend, at):
                reasons.add("ip_velocity")
        return Brought(friend, by, reasons)

    def _is_one_too_many(self, word: str, friend: str, at: int) -> bool:
        until, friends = self.crowds.get(word, (at, []))
        if at >= until:
            until, friends = at + CROWD_MS, []
        is_long_before = at + CROWD_MS <= until - CROWD_MS
        if friend not in friends and len(friends) < CROWD and not is_long_before:
            friends = [*friends, friend]
        self.crowds[word] = until, friends
        return friend not in friends and not is_long_before

    def join_by(self, came: Brought | None, friend: str, email: str) -> None:
        self.members.add(friend)
        self.mails[friend] = email
        if came is not None:
            self.brought[friend] = came

    def hear(self, event: OrderUpserted, by: str, now: int) -> None:
        """A state of an order was told, with the code of ``by``."""
        state, told = event.order, self.told.setdefault(event.order.id, ToldOrder())
        assert state.customer is not None
        who, email, came = state.customer.id, state.customer.email, None
        if not self.is_known(who):
            came = self.come(who, by, email, (state.signs, min(state.paid_at or now, now)))
        before = told.owner
        told.hear(state, id_of(self.person(who)), id_of(self.person(before)) if before else "")
        may = told.status in PAID and not self.is_erased(told.owner)
        is_moved = bool(before) and not self.same(before, told.owner)
        told.counts = may or (told.counts and not is_moved)
        if told.counts and not self.is_known(told.owner):
            self.join_by(came, told.owner, email)
        if told.counts and self.person(told.owner) == self.person(who):
            self.show(self.person(who), state.signs, now)
        told.owners |= {who, told.owner}
        self._settle(state.id, told.owners, now)

    def hear_refund(self, order: str, refund: Refund, now: int) -> None:
        told = self.told.setdefault(order, ToldOrder())
        told.refund((refund,))
        self._settle(order, told.owners, now)

    def _settle(self, order: str, people: set[str], now: int) -> None:
        for friend in people & self.brought.keys():
            known = self.brought[friend]
            alike = self.alike(friend, known.advocate, now)
            known.heard(order, self.told[order], alike, now)
