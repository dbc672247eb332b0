"""What is left of an order after every refund that counts: its lines, and the money taken back."""

from chalicelib.domain.events import OrderLine, OrderStatus
from chalicelib.domain.orders import OrderDocument, earning_state, refunds_of
from chalicelib.domain.points import floor_ratio, share
from chalicelib.domain.program.occasion import OccasionLine


def remaining_lines(document: OrderDocument) -> tuple[OccasionLine, ...]:
    """What is left of each line after every refund that counts, in minor units.

    Refunds by line are taken from their line; amounts without lines are summed first and
    allocated once over what is left, by largest remainder, ties by line id.
    """
    state = earning_state(document)
    if state is None or state.status is OrderStatus.REFUNDED:
        return ()
    refunds = refunds_of(document)
    net = {line.id: line.net for line in state.lines}
    quantity = {line.id: line.quantity_milli for line in state.lines}
    for part in (part for refund in refunds for part in refund.lines):
        if part.line_id in net:
            net[part.line_id] = max(0, net[part.line_id] - part.net)
            quantity[part.line_id] = max(0, quantity[part.line_id] - part.quantity_milli)
    amounts = sum([refund.amount or 0 for refund in refunds if not refund.lines])
    if amounts:
        eligible = {line.id: net[line.id] for line in state.lines if not line.gift_card}
        for line_id, part_net in share(min(amounts, sum(eligible.values())), eligible).items():
            net[line_id] -= part_net
    return tuple(_remaining(line, net[line.id], quantity[line.id]) for line in state.lines)


def refunded_minor(document: OrderDocument) -> tuple[int, int]:
    """(net taken back, net of the whole order), both in minor units; a cancelled one is whole."""
    state = earning_state(document)
    if state is None:
        return 0, 0
    whole = sum(line.net for line in state.lines)
    if state.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
        # Also where nothing was left to pay: one of one came back.
        return max(whole, 1), max(whole, 1)
    return whole - sum(line.net for line in remaining_lines(document)), whole


def _remaining(line: OrderLine, net: int, quantity_milli: int) -> OccasionLine:
    whole = line.net or 1
    return OccasionLine(
        line_id=line.id,
        net=net,
        gross=floor_ratio(line.gross * net, whole),
        tax=floor_ratio(line.tax * net, whole),
        quantity_milli=quantity_milli if net or not line.net else 0,  # what was free is bought
        product_id=line.product_id,
        sku=line.sku,
        tags=line.tags,
        gift_card=line.gift_card,
        attributes={**line.attributes},
    )
