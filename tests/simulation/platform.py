"""A made-up shop platform: orders with a true state, and the deliveries it sends about them."""

from dataclasses import dataclass, field

from chalicelib.domain.events import NO_SIGNS, Customer, OrderStatus, Refund, RefundLine, Signs
from chalicelib.domain.instants import MINUTE_MS, Instant
from chalicelib.domain.order_decision import OrderEvent
from tests.builders import line, refunded, state, upserted
from tests.simulation.dice import Dice
from tests.simulation.member_acts import address

PAID_BEFORE_MS = 90 * MINUTE_MS  # longer than the clock ever goes back


@dataclass
class ShopOrder:
    """One order as the shop truly has it."""

    name: str
    customer: str
    paid_at: Instant
    lines: dict[str, int]
    codes: tuple[tuple[str, str], ...] = ()  # (idempotency key, code)
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)
    cancelled: bool = False
    is_guests: bool = False  # it names an address and nobody
    currency: str = "USD"
    partner: str = ""
    version: Instant = 0
    by: str = ""  # whose code was typed
    typed: str = ""  # that code
    email: str = ""
    signs: Signs = NO_SIGNS


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message: the event for the books, and the same in plain words for the judge."""

    order: ShopOrder
    event: OrderEvent
    version: int = 0  # 0: a refund sent alone
    status: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    refunds: tuple[tuple[str, tuple[str, int]], ...] = ()


def placed(name: str, customer: str, now: Instant, dice: Dice) -> ShopOrder:
    lines = {f"l{i}": dice.between(1, 15_000) for i in range(dice.between(1, 3))}
    paid_at = now - PAID_BEFORE_MS
    return ShopOrder(name, customer, paid_at, lines, version=paid_at)


def whole(order: ShopOrder) -> Delivery:
    """A delivery of everything about ``order`` as it is."""
    refunds = tuple(
        Refund(name, order.version, (RefundLine(line_id, 0, amount),))
        for name, (line_id, amount) in order.refunds.items()
    )
    status = OrderStatus.PARTIALLY_REFUNDED if refunds else OrderStatus.PAID
    made = state(
        *(line(net, line_id, sku=line_id) for line_id, net in order.lines.items()),
        id=order.name,
        number=f"#{order.name}",
        version=order.version,
        status=OrderStatus.CANCELLED if order.cancelled else status,
        created_at=order.paid_at,
        paid_at=order.paid_at,
        customer=None if order.is_guests else Customer(order.customer, email=order.email),
        guest_email=address(order.customer) if order.is_guests else "",
        currency=order.currency,
        partner=order.partner,
        refunds=refunds,
        codes=(*(code for _, code in order.codes), *([order.typed] if order.typed else [])),
        signs=order.signs,
    )
    told = "cancelled" if order.cancelled else "paid"
    lines, known = tuple(order.lines.items()), tuple(order.refunds.items())
    return Delivery(order, upserted(made), order.version, told, lines, known)


def changed(order: ShopOrder, dice: Dice) -> tuple[Delivery, ...]:
    """What the shop sends after one more thing happened to ``order``."""
    order.version += 1_000
    what = dice.pick(("edit", "refund", "refund", "refund alone", "cancel"))
    if order.partner and what == "edit":
        order.partner = "farm" if order.partner == "mill" else "mill"
    if what == "cancel" and dice.one_in(2):
        order.cancelled = True
    elif what == "edit" and not order.codes:
        order.lines[dice.pick(list(order.lines))] = dice.between(0, 20_000)
    else:
        name, line_id = f"r{len(order.refunds)}", dice.pick(list(order.lines))
        part = (line_id, dice.between(1, 9_000))
        order.refunds[name] = part
        alone = Refund(name, order.version, (RefundLine(line_id, 0, part[1]),))
        sent = Delivery(order, refunded(alone, order.name), refunds=((name, part),))
        if what == "refund alone":
            return sent, whole(order)
    return (whole(order),)


def grown(order: ShopOrder, dice: Dice) -> tuple[Delivery, ...]:
    """What the shop sends after more was ordered."""
    order.version += 1_000
    order.lines[dice.pick(list(order.lines))] += dice.between(1, 9_000)
    return (whole(order),)
