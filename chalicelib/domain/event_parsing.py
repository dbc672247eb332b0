"""From decoded JSON to an event, or to everything that is wrong with it.

Shape is checked by the typed decoder (``event_wire``), which names one fault at a time; content
(currencies, times, references between parts) by a walk that collects every fault with its path.
Nothing half valid leaves. Never raises on JSON values, never reads a clock.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

import msgspec

from chalicelib.domain import event_wire as wired
from chalicelib.domain import events as value
from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.facts import told_problems
from chalicelib.domain.instants import Instant, to_instant
from chalicelib.domain.limits import FUTURE_SKEW_MS_MAX
from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.rule_document import (
    ACTION_PREFIX,
    ACTION_REVOKED,
    SUBSCRIPTION_RENEWED,
)


def parse_event(builtins: object, received_at: Instant) -> value.Event | tuple[Problem, ...]:
    """The event in decoded JSON, or everything that is wrong with it.

    Times more than five minutes after ``received_at`` are problems; an event that tells no time
    of its own happened at ``received_at``. Never raises on JSON values.
    """
    try:
        wire = msgspec.convert(builtins, wired.WireEvent)
    except msgspec.ValidationError as error:
        return (shape_problem(error),)
    problems = tuple(_problems(wire, received_at + FUTURE_SKEW_MS_MAX))
    return problems or _event(wire, received_at)


def shape_problem(error: msgspec.DecodeError) -> Problem:
    """The decoder's ``error`` with its path, such as ``$.order.lines[0].net``."""
    detail, _, path = str(error).partition(" - at `")
    return Problem(path.rstrip("`") or "$", "shape_invalid", detail)


def _problems(wire: wired.WireEvent, latest: Instant) -> Iterator[Problem]:
    yield from _time_problems({"$.occurred_at": wire.occurred_at}, latest)
    match wire:
        case wired.WireOrderUpserted():
            yield from _order_problems(wire.order, latest)
        case wired.WireOrderRefunded():
            yield from _time_problems({"$.refund.at": wire.refund.at}, latest)
        case wired.WireCustomerMerged() if wire.kept_id == wire.merged_id:
            yield Problem("$.merged_id", "id_twice", "a customer is not merged into itself")
        case wired.WireFactsSet():
            yield from _time_problems({"$.as_of": wire.as_of}, latest)
            yield from told_problems("$.facts", wire.facts)
        case wired.WireActionCompleted() if f"{ACTION_PREFIX}{wire.action}" == ACTION_REVOKED:
            detail = "rules on action.revoked are for actions taken back: call it something else"
            yield Problem("$.action", "name_taken", detail)
        case wired.WireActionCompleted() | wired.WireSubscriptionRenewed():
            yield from told_problems("$.properties", wire.properties)
        case wired.WireCustomerUpserted():
            yield from _time_problems({"$.version": wire.version}, latest)


def _order_problems(order: wired.WireOrder, latest: Instant) -> Iterator[Problem]:
    times = {
        "$.order.version": order.version,
        "$.order.created_at": order.created_at,
        "$.order.paid_at": order.paid_at,
        "$.order.fulfilled_at": order.fulfilled_at,
        **{f"$.order.refunds[{row}].at": refund.at for row, refund in enumerate(order.refunds)},
    }
    yield from _time_problems(times, latest)
    if order.currency not in EXPONENTS:
        detail = "not a currency of ISO 4217, in upper case"
        yield Problem("$.order.currency", "currency_unknown", detail)
    is_paid = order.status in {value.OrderStatus.PAID, value.OrderStatus.PARTIALLY_REFUNDED}
    if is_paid and order.paid_at is None:
        yield Problem("$.order.paid_at", "time_missing", "a paid order needs the time it was paid")
    yield from _twice_problems("$.order.lines", (line.id for line in order.lines))
    yield from _twice_problems("$.order.refunds", (refund.id for refund in order.refunds))
    yield from _reference_problems(order)
    yield from told_problems("$.order.attributes", order.attributes)
    for row, line in enumerate(order.lines):
        yield from told_problems(f"$.order.lines[{row}].attributes", line.attributes)


def _time_problems(times: dict[str, datetime | None], latest: Instant) -> Iterator[Problem]:
    for path, moment in times.items():
        if moment is None:
            continue
        if to_instant(moment) < 0:
            yield Problem(path, "time_too_early", "before 1970")
        elif to_instant(moment) > latest:
            yield Problem(path, "time_in_future", "more than five minutes in the future")


def _twice_problems(path: str, ids: Iterable[str]) -> Iterator[Problem]:
    for twice in (known for known, count in Counter(ids).items() if count > 1):
        yield Problem(path, "id_twice", f"the id {twice!r} stands here more than once")


def _reference_problems(order: wired.WireOrder) -> Iterator[Problem]:
    known = {line.id for line in order.lines}
    for row, refund in enumerate(order.refunds):
        for column, part in enumerate(refund.lines):
            if part.line_id not in known:
                path = f"$.order.refunds[{row}].lines[{column}].line_id"
                yield Problem(path, "line_unknown", "no line of this order has this id")


def _event(wire: wired.WireEvent, received_at: Instant) -> value.Event:
    told = _instant(wire.occurred_at)
    match wire:
        case wired.WireOrderUpserted():
            order = _order(wire.order)
            return value.OrderUpserted(wire.id, told or order.version, wire.source, order)
        case wired.WireOrderRefunded():
            refund = _refund(wire.refund)
            at = told or refund.at
            return value.OrderRefunded(wire.id, at, wire.source, wire.order_id, refund)
        case wired.WireOrderDeleted():
            return value.OrderDeleted(wire.id, told or received_at, wire.source, wire.order_id)
        case wired.WireOrderMarked():
            at = told or received_at
            return value.OrderMarked(wire.id, at, wire.source, wire.order_id, wire.reason)
        case _:
            return _about_person(wire, told, received_at)


def _about_person(
    wire: wired.WirePersonal, told: Instant | None, received_at: Instant
) -> value.Event:
    at = told or received_at
    match wire:
        case wired.WireCustomerUpserted():
            version = to_instant(wire.version)
            customer = _customer(wire.customer)
            return value.CustomerUpserted(wire.id, told or version, wire.source, customer, version)
        case wired.WireCustomerMerged():
            return value.CustomerMerged(wire.id, at, wire.source, wire.kept_id, wire.merged_id)
        case wired.WireCustomerRedacted():
            return value.CustomerRedacted(wire.id, at, wire.source, wire.customer_id)
        case wired.WireActionRevoked():
            return value.ActionRevoked(wire.id, at, wire.source, wire.action_id)
        case wired.WireActionCompleted():
            return value.ActionCompleted(
                id=wire.id,
                occurred_at=at,
                source=wire.source,
                action=wire.action,
                customer_id=wire.customer_id,
                subject=wire.subject or "",
                properties=wire.properties,
                is_timed=told is not None,
            )
        case wired.WireSubscriptionRenewed():
            return value.ActionCompleted(
                id=wire.id,
                occurred_at=at,
                source=wire.source,
                action=SUBSCRIPTION_RENEWED,
                customer_id=wire.customer_id,
                subject=wire.subscription_id,
                properties=wire.properties,
                is_timed=told is not None,
            )
        case wired.WireFactsSet():
            as_of = _instant(wire.as_of) or at
            return value.FactsSet(wire.id, at, wire.source, wire.customer_id, as_of, wire.facts)
        case _ as unknown:
            assert_never(unknown)


def _order(wire: wired.WireOrder) -> value.OrderState:
    guest_email = "" if wire.customer else value.normalised_email(wire.guest_email)
    return value.OrderState(
        id=wire.id,
        number=wire.number or "",
        version=to_instant(wire.version),
        status=wire.status,
        test=wire.test,
        currency=wire.currency,
        created_at=to_instant(wire.created_at),
        paid_at=_instant(wire.paid_at),
        fulfilled_at=_instant(wire.fulfilled_at),
        partner=wire.partner or "",
        channel=wire.channel or "",
        customer=_customer(wire.customer) if wire.customer else None,
        guest_email=guest_email,
        signs=_signs(wire.signs) if wire.signs else value.NO_SIGNS,
        lines=tuple(_line(line) for line in wire.lines),
        refunds=tuple(_refund(refund) for refund in wire.refunds),
        refunds_complete=wire.refunds_complete,
        codes=wire.codes,
        tags=wire.tags,
        attributes=wire.attributes,
    )


def _signs(wire: wired.WireSigns) -> value.Signs:
    addresses = tuple((each,) for each in wire.addresses)
    return value.Signs(addresses, wire.payment or "", wire.device or "", wire.ip or "")


def _line(wire: wired.WireLine) -> value.OrderLine:
    return value.OrderLine(
        id=wire.id,
        quantity_milli=_milli(wire.quantity),
        net=wire.net,
        product_id=wire.product_id or "",
        sku=wire.sku or "",
        gross=wire.net if wire.gross is None else wire.gross,
        tax=wire.tax,
        tags=wire.tags,
        gift_card=wire.gift_card,
        attributes=wire.attributes,
    )


def _refund(wire: wired.WireRefund) -> value.Refund:
    lines = tuple(
        value.RefundLine(part.line_id, _milli(part.quantity), part.net) for part in wire.lines
    )
    return value.Refund(wire.id, to_instant(wire.at), lines, wire.amount)


def _customer(wire: wired.WireCustomer) -> value.Customer:
    email = value.normalised_email(wire.email)
    return value.Customer(
        id=wire.id,
        email=email,
        email_verified=wire.email_verified and bool(email),
        name=wire.name or "",
        country=wire.country or "",
        locale=wire.locale or "",
        tags=wire.tags,
    )


def _milli(quantity: str) -> int:
    """Thousandths of a decimal string with at most three places: "1.5" is 1500."""
    whole, _, part = quantity.partition(".")
    return int(whole) * value.QUANTITY_MILLI + int(part.ljust(3, "0"))


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else to_instant(moment)
