"""Caps that the whole shop shares: granted whole or refused whole, fixed, and given back."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.budgets import Budgets
from chalicelib.domain.calendar import LIFETIME, Step, Window
from chalicelib.domain.decision import Decision
from chalicelib.domain.events import OrderState
from chalicelib.domain.member import Account
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.order_decision import OrderLoad, decide_order
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.plan import CompiledCap
from chalicelib.domain.program.shared import limits_at
from tests.builders import NOON, line, program, refund, state, upserted

LATER = NOON + 1
CAP = CompiledCap("shop:purchase", "amount", 150, LIFETIME, "purchase", "points")


def shared_by_all(cap: CompiledCap = CAP) -> CompiledProgram:
    compiled = compile_program(read_program(program()), 1)
    return msgspec.structs.replace(compiled, shared={cap.id: cap}, rule_caps={cap.rule_id: (cap,)})


class Shop:
    """One member, one order at a time, and budgets in one shard each."""

    def __init__(self, cap: CompiledCap = CAP) -> None:
        self.program = shared_by_all(cap)
        self.member = LoadedMember("m", Account(1, joined_at=NOON - 1))
        self.documents: dict[str, OrderDocument] = {}
        self.spent: dict[str, dict[int, int]] = {}

    def tell(self, order: OrderState) -> OrderDocument:
        known = self.documents.get(order.id)
        budgets = Budgets(limits_at(self.program, NOON), self.spent)
        load = OrderLoad(
            "tea", "USD", known, self.member, None, program=self.program,
            terms_program=self.program, budgets=budgets,
        )  # fmt: skip
        outcome = decide_order(upserted(order), load, LATER)
        if isinstance(outcome, Decision):
            document: Any = outcome.document
            self.documents[order.id] = document
            for move in outcome.budgets:
                shards = self.spent.setdefault(move.budget, {})
                shards[move.shard] = shards.get(move.shard, 0) + move.amount
            for book in outcome.books:
                self.member = msgspec.structs.replace(self.member, account=book.account)
        return self.documents[order.id]

    def pay(self, net: int, name: str, version: int = NOON, **changes: Any) -> OrderDocument:
        return self.tell(state(line(net), id=name, version=version, **changes))

    def left(self) -> int:
        (name,) = limits_at(self.program, NOON)
        return Budgets(limits_at(self.program, NOON), self.spent).left(name)


def points(document: OrderDocument) -> int:
    return sum(share.points for share in document.posted)


def test_what_is_asked_is_granted_whole_or_not_at_all() -> None:
    shop = Shop()
    assert points(shop.pay(10_000, "a")) == 100
    refused = shop.pay(6_000, "b")
    assert points(refused) == 0
    assert "budget_spent" in [row.code for row in refused.trace]
    assert points(shop.pay(5_000, "c")) == 50
    assert shop.left() == 0


def test_a_repeated_delivery_asks_for_nothing_more() -> None:
    shop = Shop()
    first = shop.pay(10_000, "a")
    assert shop.pay(10_000, "a") == first
    assert (first.budgets, shop.left()) == ({"shop:purchase": 100}, 50)


def test_a_refund_gives_back_and_the_next_order_has_it() -> None:
    shop = Shop()
    shop.pay(15_000, "a")
    assert points(shop.pay(4_000, "b")) == 0
    shop.pay(15_000, "a", NOON + 1, refunds=(refund(5_000),))
    assert shop.left() == 50
    assert points(shop.pay(4_000, "c")) == 40


def test_what_was_refused_once_stays_refused() -> None:
    shop = Shop()
    shop.pay(15_000, "a")
    shop.pay(4_000, "b")
    shop.pay(15_000, "a", NOON + 1, refunds=(refund(15_000),))
    assert points(shop.pay(4_500, "b", NOON + 2)) == 0
    assert shop.left() == 150


def test_a_larger_order_gets_what_is_more_whole_or_not_at_all() -> None:
    shop = Shop()
    shop.pay(10_000, "a")
    assert points(shop.pay(16_000, "a", NOON + 1)) == 100
    assert points(shop.pay(15_000, "a", NOON + 2)) == 100  # asked for more once: that was refused
    assert shop.left() == 50


@pytest.mark.parametrize(
    ("window", "name"),
    [(LIFETIME, "shop:purchase"), (Window(Step.MONTH), "shop:purchase@2026-11")],
)
def test_each_bucket_of_a_window_has_a_counter_of_its_own(window: Window, name: str) -> None:
    shop = Shop(msgspec.structs.replace(CAP, window=window))
    assert shop.pay(10_000, "a").budgets == {name: 100}
    assert shop.member.account
