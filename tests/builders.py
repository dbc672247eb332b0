"""Builders with defaults: a shop, its program, events and commands, in the fewest words."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from chalicelib.domain.decision import Document
from chalicelib.domain.events import (
    Customer,
    OrderLine,
    OrderRefunded,
    OrderState,
    OrderStatus,
    OrderUpserted,
    Refund,
    RefundLine,
)
from chalicelib.domain.instants import DAY_MS, Instant, parse_instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.lots import Balance, balance
from chalicelib.domain.member import Account, Counters, Profile, UnitState
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.passing import seen
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.pricing import Wish
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.join_program import JoinCommand, join_program
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.operations.redeem_reward import RedeemCommand, redeem_reward
from chalicelib.operations.undo_redemption import undo_redemption
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.documents import document_of as stored_document_of
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key, counters_key, order_key
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import next_version, program_of, published_version, version_put
from chalicelib.storage.shops import Shop, find_shop, new_shop, sealed_shop_key
from chalicelib.storage.stock import stock_writes
from chalicelib.storage.table import Table
from chalicelib.storage.tokens import client_token
from tests.conservation import verify_member

SHOP = "tea"
SHOP_KEY = b"k" * 32
NOON = parse_instant("2026-11-21T12:00:00Z")
START = NOON - 400 * DAY_MS

TEA: dict[str, Any] = {
    "id": "tea",
    "name": "Tea club",
    "currency": "USD",
    "units": {
        "points": {
            "name": {"one": "point", "other": "points"},
            "pending": "none",
            "expiry": "never",
        }
    },
    "earn": [
        {
            "id": "purchase",
            "on": "order.paid",
            "give": [{"rate": "1", "per": {"USD": 100}, "of": "net", "unit": "points"}],
        }
    ],
    "tier_groups": [
        {
            "id": "club",
            "by": "spend",
            "window": {"rolling": "P1Y"},
            "keep": {"drop": "requalify"},
            "tiers": [
                {"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
                {
                    "id": "gold",
                    "name": "Gold",
                    "at": {"USD": 20000},
                    "multiply": {"points": "1.5"},
                },
            ],
        }
    ],
    "rewards": [
        {
            "id": "five-off",
            "name": "$5 off",
            "kind": "amount_off",
            "cost": {"unit": "points", "amount": 50},
            "value": {"USD": 500},
            "on_refund": "return",
        }
    ],
}
"""The program of the example session in tests/routes/test_session.py."""


def program(**changes: object) -> dict[str, Any]:
    """The tea program with other keys."""
    return {**TEA, **changes}


def unit(**changes: object) -> dict[str, Any]:
    """``units`` of the tea program with other rules for its one unit."""
    return {"points": {**TEA["units"]["points"], **changes}}


def line(net: int, line_id: str = "l1", **changes: Any) -> OrderLine:
    """One line of ``net`` minor units."""
    return OrderLine(id=line_id, quantity_milli=1000, net=net, gross=net, **changes)


def refund(net: int, refund_id: str = "r1", line_id: str = "l1", at: Instant = NOON) -> Refund:
    """A refund of ``net`` minor units of one line."""
    return Refund(id=refund_id, at=at, lines=(RefundLine(line_id, 0, net),))


def state(*lines: OrderLine, **changes: Any) -> OrderState:
    """A paid web order of customer 77."""
    told: dict[str, Any] = {
        "id": "1001",
        "number": "#1001",
        "version": NOON,
        "status": OrderStatus.PAID,
        "currency": "USD",
        "created_at": NOON,
        "paid_at": NOON,
        "customer": Customer("77"),
        "lines": lines or (line(11450),),
        "refunds_complete": True,
        **changes,
    }
    return OrderState(**told)


def upserted(order: OrderState, source: str = "main") -> OrderUpserted:
    """The event of an order's state."""
    return OrderUpserted(f"{order.id}@{order.version}", order.version, source, order)


def refunded(made: Refund, order_id: str = "1001", source: str = "main") -> OrderRefunded:
    """The event of a refund sent alone."""
    return OrderRefunded(made.id, made.at, source, order_id, made)


@dataclass
class Scene:
    """A shop in a table, with the verbs of a test."""

    table: Table
    now: Instant = NOON
    shop: str = SHOP
    versions: int = field(default=0)

    def publish(self, document: dict[str, Any] | None = None, since: Instant = START) -> None:
        """Make ``document`` the live program."""
        made = read_program(document or TEA)
        live = published_version(self.table, self.shop, self.versions) if self.versions else None
        self.versions += 1
        version = next_version(live, made, since)
        shop = Shop(
            shop_id=self.shop,
            name="Tea & Co",
            currency=made.currency,
            timezone="UTC",
            locales=("en",),
            sealed_key=sealed_shop_key(self.shop, SHOP_KEY),
            created_at=START,
            settled_version=self.versions,
            settled_since=since,
        )
        writes = [version_put(self.shop, version)]
        for reward in made.rewards:
            if reward.stock is not None:
                writes += stock_writes(self.table, self.shop, reward.id, reward.stock)  # type: ignore[arg-type]
        self.table.transact(writes, client_token(writes))
        if self.versions == 1:
            self.table.write(new_shop(shop))
        else:
            item = new_shop(msgspec.structs.replace(shop, revision=self.versions)).item
            self.table.write(Put(item, Anything()))

    def order(self, event: Any, *, now: Instant | None = None) -> Any:
        """Record an event about an order."""
        when = self.now if now is None else now
        return record_order(self.table, OrderCommand(self.shop, event, when, when))

    def pay(
        self, net: int, order_id: str = "1001", at: Instant | None = None, **changes: Any
    ) -> Any:
        """A paid order of ``net`` minor units."""
        when = self.now if at is None else at
        told = {"id": order_id, "number": f"#{order_id}", "version": when, "created_at": when}
        order = state(line(net), **{**told, "paid_at": when, **changes})
        return self.order(upserted(order), now=max(when, self.now))

    def redeem(
        self,
        reward: str = "five-off",
        key: str = "k1",
        customer: str = "77",
        wish: Wish = Wish(),  # noqa: B008 # frozen
    ) -> Any:
        """Redeem a reward."""
        member = self.member(customer)
        command = RedeemCommand(self.shop, member, reward, key, self.now, self.now, wish)
        return redeem_reward(self.table, command)

    def undo(self, document: Any, customer: str = "77") -> Any:
        """Undo a redemption."""
        return undo_redemption(
            self.table, self.shop, (self.member(customer), document.id), self.now
        )

    def adjust(
        self, points: int, key: str = "a1", customer: str = "77", unit: str = "points"
    ) -> Any:
        """Move points by hand."""
        command = AdjustCommand(
            self.shop,
            self.member(customer),
            unit,
            points,
            "said sorry",
            "salt",
            "operator",
            key,
            self.now,
        )
        return adjust_points(self.table, command)

    def join(self, customer: str = "77", **changes: Any) -> Any:
        """Become a member."""
        person = Profile(external_id=customer, **changes)
        return join_program(self.table, JoinCommand(self.shop, person, self.now, self.now))

    def member(self, customer: str = "77", source: str = "main") -> str:
        """The id of a customer's membership."""
        return member_id(SHOP_KEY, source, customer)

    def account(self, customer: str = "77") -> Account | None:
        """The account as it is stored."""
        key = account_key(self.shop, self.member(customer))
        return account_of(self.table.load([key]).get(key))

    def balance(
        self, customer: str = "77", unit: str = "points", at: Instant | None = None
    ) -> Balance:
        """What the member has at ``at``, by default now."""
        when = self.now if at is None else at
        account = self.account(customer)
        if account is not None:
            shop = find_shop(self.table, self.shop)
            assert shop is not None
            account = seen(
                account,
                program_of(self.table, self.shop, shop.live_version(when)).idle,
                when,
            )
        held = account.units.get(unit, UnitState()) if account else UnitState()
        return balance(held, when)

    def available(self, customer: str = "77") -> int:
        """What the member can spend now."""
        return self.balance(customer).available

    def journal(self, customer: str = "77") -> tuple[Entry, ...]:
        """Every entry of the member."""
        return whole_journal(self.table, self.shop, self.member(customer))

    def tier(self, customer: str = "77", group: str = "club") -> str:
        """The tier held, as it is stored."""
        account = self.account(customer)
        return account.standings[group].tier if account and group in account.standings else ""

    def counters(self, customer: str = "77") -> Counters:
        """What caps have used."""
        key = counters_key(self.shop, self.member(customer))
        return counters_of(self.table.load([key]).get(key))

    def document(self, order_id: str = "1001", source: str = "main") -> OrderDocument:
        """The order's document, which must exist."""
        key = order_key(self.shop, source, order_id)
        document = stored_document_of(self.table.load([key]).get(key), OrderDocument)
        assert document is not None
        return document

    def verify(self, *customers: str) -> None:
        """The invariants that hold for every member at any time (I1, I2, I8)."""
        for customer in customers or ("77",):
            member = self.member(customer)
            verify_member(self.shop, member, self.account(customer), self.journal(customer))


def recorded(result: Any) -> Document:
    """The document of a result that must not be a refusal."""
    assert not isinstance(result, Refusal), result
    document: Document = result.document
    return document


def refused(result: Any) -> str:
    """The code of a result that must be a refusal."""
    assert isinstance(result, Refusal), result
    return result.code.value
