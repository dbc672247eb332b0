"""What was bought and what came back of it: Shopify's amounts as lines and refunds of ours.

**A line** is ``price * quantity - Σ discount_allocations`` for the pieces that were kept, without
tax. ``quantity`` never falls and ``current_quantity`` falls by edits AND returns, while returns
are told again in ``refunds[]``. So only what no refund accounts for was edited away::

    removed = quantity - current_quantity - refunded        kept = quantity - removed

A refunded piece counts here only if money came back for it: a refund line with subtotal 0 repeats
a piece that was edited away before, and giving it weight would bring that piece back to life.

**A refund** is worth its lines' ``subtotal``; ``transactions`` are never looked at, because goods
are returned for store credit, in part, or against other money. In the vendor's samples 399.29 of
goods go with a transaction of 209.00, 414.95 with 85.00, and 0.00 with 41.94. Money given back
beside the lines (``refund_discrepancy`` below zero) becomes a refund of its own by amount; above
zero it is money kept back from returned goods, and the goods are returned all the same.

**Drift.** On 11 of 12 samples that sum, less refunds, is ``current_subtotal_price`` to the cent
(587.00 - 391.33 = 195.67), whereas ``subtotal_price`` is 10.00 off on 7 of 12 (597.00 for 587.00,
404.95 for 414.95) and is not read. Where the two sums differ, the smaller one wins:

* ours is larger: some discount was allocated to no line. The difference is taken off the lines by
  largest remainder, in proportion to what is left of each, so that a line that went back stays
  gone and the lines add up to what the customer still owes for goods.
* ours is smaller: Shopify's is stale (the twelfth sample, refunded whole, still says 587.00), and
  nothing is added.

Tips are lines too, outside every subtotal; they are no goods and are left out. All amounts must
have passed ``shopify_checks``. Nothing here knows points.
"""

import msgspec

from chalicelib.domain.events import QUANTITY_MILLI, OrderLine, Refund, RefundLine
from chalicelib.domain.instants import to_instant
from chalicelib.domain.limits import ID_LENGTH_MAX
from chalicelib.domain.points import half_even_ratio, share
from chalicelib.platforms import shopify_wire as wire
from chalicelib.platforms.money import EXACT_UNIT, Exact, exact, part_to_minor, to_minor


class Goods(msgspec.Struct, frozen=True):
    """The lines and refunds of one order; ``drift_minor`` as in ``translation.Translated``."""

    lines: tuple[OrderLine, ...]
    refunds: tuple[Refund, ...]
    drift_minor: int


class _Priced(msgspec.Struct, frozen=True):
    """A line of which ``kept`` pieces stayed; ``value`` has tax in it where prices have."""

    line: wire.Line
    kept: int
    listed: int  # minor units, before discounts
    value: int  # minor units
    tax: int  # minor units
    left: int  # minor units of ``value`` that no refund line took back


def goods_of(order: wire.Order, exponent: int) -> Goods:
    """The goods of a full order body, in minor units of a currency with ``exponent`` decimals."""
    taxes_included = bool(order.taxes_included)
    refunds = order.refunds or ()
    priced = tuple(_priced(line, order, exponent) for line in order.line_items if not is_tip(line))
    left = {str(each.line.id): each.left for each in priced}
    back = sum(to_minor(_discrepancy(refund), exponent) for refund in refunds)
    ours = max(0, sum(left.values()) - back)
    drift = ours - _told(order, exponent, ours)
    cut = share(max(0, drift), left)
    return Goods(
        lines=tuple(
            _line(each, cut[str(each.line.id)], taxes_included=taxes_included) for each in priced
        ),
        refunds=tuple(
            part
            for refund in refunds
            for part in refunds_of(refund, exponent, taxes_included=taxes_included)
        ),
        drift_minor=drift,
    )


def refunds_of(
    refund: wire.Refund, exponent: int, *, taxes_included: bool | None = None
) -> tuple[Refund, ...]:
    """One refund by lines, and a second one by amount where money came back beside them.

    A refund sent alone does not say whether prices had tax in them (``None``): each line is then
    judged by its own tax lines, so that both ways of hearing of a refund give the same value.
    """
    told_at = refund.created_at or refund.processed_at
    at = to_instant(told_at) if told_at else 0
    lines = tuple(
        RefundLine(
            line_id=str(part.line_item_id),
            quantity_milli=part.quantity * QUANTITY_MILLI,
            net=to_minor(_net(part, taxes_included=taxes_included), exponent),
        )
        for part in refund.refund_line_items
        if _counts(part)
    )
    amount = to_minor(_discrepancy(refund), exponent)
    if not amount:
        return (Refund(str(refund.id), at, lines),)
    if not lines:
        return (Refund(str(refund.id), at, (), amount),)
    beside = Refund(f"{refund.id}:discrepancy", at, (), amount)
    return (Refund(str(refund.id), at, lines), beside)


def is_tip(line: wire.Line) -> bool:
    """Whether this line is a tip. Both spellings occur; either is present on tips only."""
    return line.tip is not None or line.tip_payment_gateway is not None


def line_value(line: wire.Line) -> Exact:
    """What the whole quantity of ``line`` cost after its discounts, in the price's own terms."""
    discounts = sum(exact(part.amount) for part in line.discount_allocations or ())
    return max(0, exact(line.price) * line.quantity - discounts)


def line_tax(line: wire.Line) -> Exact:
    """The tax on the whole quantity of ``line``."""
    return sum(exact(tax.price) for tax in line.tax_lines or ())


def _priced(line: wire.Line, order: wire.Order, exponent: int) -> _Priced:
    parts = [
        part
        for refund in order.refunds or ()
        for part in refund.refund_line_items
        if part.line_item_id == line.id and _counts(part)
    ]
    current = line.quantity if line.current_quantity is None else line.current_quantity
    # Without the list of refunds nothing tells an edit from a return: leave it to the refunds.
    unaccounted = line.quantity - current - sum(part.quantity for part in parts)
    removed = 0 if order.refunds is None else max(0, unaccounted)
    kept = max(0, line.quantity - removed)
    listed = part_to_minor(exact(line.price) * line.quantity, exponent, kept, line.quantity)
    value = part_to_minor(line_value(line), exponent, kept, line.quantity)
    tax = part_to_minor(line_tax(line), exponent, kept, line.quantity)
    taxes_included = bool(order.taxes_included)
    returned = sum(_gross(part, taxes_included=taxes_included) for part in parts)
    left = max(0, value - to_minor(returned, exponent))
    return _Priced(line, kept, listed, value, min(tax, value) if taxes_included else tax, left)


def _line(priced: _Priced, cut: int, *, taxes_included: bool) -> OrderLine:
    """The line of ours, its value less ``cut`` minor units and its tax less in proportion."""
    line = priced.line
    value = priced.value - cut
    tax = half_even_ratio(priced.tax * value, priced.value) if priced.value else priced.tax
    net = value - tax if taxes_included else value
    return OrderLine(
        id=str(line.id),
        quantity_milli=priced.kept * QUANTITY_MILLI,
        net=net,
        gross=half_even_ratio(priced.listed * net, value) if value else priced.listed,
        tax=tax,
        product_id=str(line.product_id) if line.product_id else "",
        sku=(line.sku or "")[:ID_LENGTH_MAX],
        gift_card=bool(line.gift_card),
        attributes={"vendor": line.vendor[:ID_LENGTH_MAX]} if line.vendor else {},
    )


def _counts(part: wire.RefundedLine) -> bool:
    is_of_a_tip = part.line_item is not None and is_tip(part.line_item)
    return exact(part.subtotal) > 0 and not is_of_a_tip


def _net(part: wire.RefundedLine, *, taxes_included: bool | None) -> Exact:
    """The worth of a refund line without tax.

    Where prices include tax, Shopify's documents don't say whether ``subtotal`` does. The line
    itself tells: the subtotal is nearer to its value with tax, or to the one without.
    """
    subtotal, line = exact(part.subtotal), part.line_item
    included = _has_tax_within(line) if taxes_included is None else taxes_included
    if not included:
        return subtotal
    if line is not None and line.quantity:
        with_tax = line_value(line) * part.quantity
        without_tax = (line_value(line) - line_tax(line)) * part.quantity
        told = subtotal * line.quantity
        if abs(told - without_tax) < abs(told - with_tax):
            return subtotal
    return max(0, subtotal - _tax(part))


def _gross(part: wire.RefundedLine, *, taxes_included: bool) -> Exact:
    """The worth of a refund line in the terms of its line's price."""
    net = _net(part, taxes_included=taxes_included)
    return net + _tax(part) if taxes_included else net


def _tax(part: wire.RefundedLine) -> Exact:
    return 0 if part.total_tax is None else exact(part.total_tax)


def _has_tax_within(line: wire.Line | None) -> bool:
    """Whether the line's tax is nearer to ``value * r / (1 + r)`` than to ``value * r``."""
    if line is None:
        return False
    rate = sum(exact(tax.rate) for tax in line.tax_lines or () if tax.rate is not None)
    value, tax = line_value(line), line_tax(line)
    one_and_rate = EXACT_UNIT + rate
    off_within = abs(tax * one_and_rate - value * rate) * EXACT_UNIT
    off_on_top = abs(tax * EXACT_UNIT - value * rate) * one_and_rate
    return tax > 0 and off_within < off_on_top


def _discrepancy(refund: wire.Refund) -> Exact:
    """Money given back beside the refund's lines, as a positive amount."""
    return -sum(
        min(0, exact(adjustment.amount))
        for adjustment in refund.order_adjustments or ()
        if adjustment.kind == "refund_discrepancy"
    )


def _told(order: wire.Order, exponent: int, ours: int) -> int:
    """Shopify's own sum of what is left of the goods; ``ours`` where it can't be compared."""
    if order.current_subtotal_price is None or order.refunds is None:
        return ours
    return max(0, to_minor(exact(order.current_subtotal_price), exponent))
