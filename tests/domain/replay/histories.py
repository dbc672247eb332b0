"""Histories and small comparisons with defaults; a test names only what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.events import Customer, OrderState, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.comparing import Comparison, begun, compare_member
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import plan_of
from chalicelib.domain.replay.months import Months, months_between
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.reporting import Basis, report_of
from chalicelib.domain.replay.walking import Past
from tests.builders import NOON, line, program, state

FIFTH = 200_000  # millionths: one of five available points is spent a month


def bought(
    net: int,
    order_id: str = "1",
    days_ago: int = 100,
    refunds: tuple[Refund, ...] = (),
    **more: Any,
) -> PastOrder:
    """An order of ``net`` minor units, so many days before NOON."""
    at = NOON - days_ago * DAY_MS
    told: dict[str, Any] = {
        "id": order_id,
        "number": f"#{order_id}",
        "version": at,
        "created_at": at,
        "paid_at": at,
        "customer": Customer("77"),
        **more,
    }
    made: OrderState = state(line(net), **told)
    return PastOrder("77", made, refunds)


def back(net: int, days_ago: int, refund_id: str = "r1") -> Refund:
    """``net`` minor units of the first line come back."""
    return Refund(refund_id, NOON - days_ago * DAY_MS, (RefundLine("l1", 0, net),))


def made(**changes: Any) -> CompiledProgram:
    """The tea program with other keys, ready."""
    return compile_program(read_program(program(**changes)), 1)


def months(days: int = 700, until: Instant = NOON) -> Months:
    """The months of a history of so many days."""
    return months_between(until - days * DAY_MS, until, "UTC")


def compared(
    live: CompiledProgram,
    draft: CompiledProgram,
    histories: Mapping[str, Sequence[Past]],
    **how: int,
) -> tuple[Report, Comparison]:
    """Every member walked by both programs, and the report of it."""
    span, share = months(how.get("days", 700)), how.get("share", FIFTH)
    plans = plan_of(live, span, share), plan_of(draft, span, share)
    comparison = begun(len(span.names))
    for member, orders in histories.items():
        compare_member(member, orders, plans, comparison)
    return report_of(Basis(live, draft, "d" * 64, span, share), comparison), comparison
