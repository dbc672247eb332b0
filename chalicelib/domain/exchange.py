"""Orders in another currency than the program's: their lines in the program's, in exact integers.

::

    the whole order       net, gross and tax are each changed as one sum, rounded once, half to
                          even, and dealt to the lines by largest remainder
    what is left of it    of each line its part of that, by what is left in the currency paid

So the lines of an order sum to its rounded whole, less left of a line is never worth more, nothing
left is worth nothing, and at a rate of 1 nothing changes. The rate is that of the program version
of the order's terms and is kept with them: later rates never reach it.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.events import OrderLine
from chalicelib.domain.order_remains import remaining_lines
from chalicelib.domain.orders import OrderDocument, earning_state
from chalicelib.domain.points import floor_ratio, half_even_ratio, share
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import OccasionLine, Terms, TraceRow
from chalicelib.domain.program.scalars import ratio_of


class Exchange(msgspec.Struct, frozen=True):
    """How amounts of one currency are counted in another."""

    paid: str  # the currency of the order
    counted: str  # the currency of the program
    rate: str  # major units of ``counted`` for one of ``paid``, as written


class Goods(msgspec.Struct, frozen=True):
    """What is left of an order, in the program's currency."""

    lines: tuple[OccasionLine, ...] = ()
    fx: dict[str, str] = {}  # the rate that it was counted at
    told: tuple[TraceRow, ...] = ()  # what the trace begins with


def goods_of(document: OrderDocument, program: CompiledProgram, reason: str) -> Goods:
    """What ``document`` may earn for; ``reason`` is why it may not earn now ("" when it may)."""
    state = earning_state(document)
    if reason or state is None:
        return Goods(fx=document.terms.fx if document.terms else {})
    left = remaining_lines(document)
    exchange = exchange_of(program, document.terms, state.currency)
    if exchange is None:
        return Goods(left)
    lines = exchanged(exchange, state.lines, left)
    return Goods(lines, {exchange.paid: exchange.rate}, (_row(exchange, left, lines),))


def rates_of(program: CompiledProgram | None, terms: Terms | None) -> Mapping[str, str]:
    """The rates that count for an order: those kept with its terms, then its version's own."""
    written = program.program.fx if program else {}
    return {**written, **(terms.fx if terms else {})}


def exchange_of(program: CompiledProgram, terms: Terms | None, paid: str) -> Exchange | None:
    """How an order paid in ``paid`` is counted; None where there is nothing to change."""
    if paid == program.currency:
        return None
    return Exchange(paid, program.currency, rates_of(program, terms)[paid])


def exchanged(
    exchange: Exchange, lines: tuple[OrderLine, ...], left: tuple[OccasionLine, ...]
) -> tuple[OccasionLine, ...]:
    """What is ``left`` of the ``lines`` of an order, in the currency of the program."""
    net, gross, tax = (
        _dealt(exchange, {line.id: getattr(line, part) for line in lines})
        for part in ("net", "gross", "tax")
    )
    whole = {line.id: line.net or 1 for line in lines}
    return tuple(
        msgspec.structs.replace(
            line,
            net=half_even_ratio(net[line.line_id] * line.net, whole[line.line_id]),
            gross=floor_ratio(gross[line.line_id] * line.net, whole[line.line_id]),
            tax=floor_ratio(tax[line.line_id] * line.net, whole[line.line_id]),
        )
        for line in left
    )


def _row(
    exchange: Exchange, left: tuple[OccasionLine, ...], changed: tuple[OccasionLine, ...]
) -> TraceRow:
    """The step of the trace that says what was counted as what."""
    figures: dict[str, str | int] = {
        "currency": exchange.paid,
        "amount": sum(line.net for line in left),
        "rate": exchange.rate,
        "net": sum(line.net for line in changed),
    }
    return TraceRow("exchanged", parameters=figures)


def _dealt(exchange: Exchange, amounts: Mapping[str, int]) -> dict[str, int]:
    """Minor units of ``paid`` as minor units of ``counted``, summing to the rounded whole."""
    numerator, denominator = ratio_of(exchange.rate)
    numerator *= 10 ** EXPONENTS[exchange.counted]
    denominator *= 10 ** EXPONENTS[exchange.paid]
    return share(half_even_ratio(sum(amounts.values()) * numerator, denominator), amounts)
