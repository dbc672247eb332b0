"""What a year in the shop was like: who bought what and when, what came back. Pure and repeatable.

A step is what happened at the shop; what it costs and earns is found out when it is played
(``seeding``). Steps of Kim come first, because Kim is who opens the page; then everybody else's
by time. Redeeming is part of a purchase: who has points for something may fetch it, and pays with
the code the same minute.
"""

from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from dev.demo.baskets import Goods
from dev.demo.catalog import Product, find_product, products
from dev.demo.chance import between, draw, happens, pick
from dev.demo.people import KIM, Person

YEAR_DAYS = 365
REDEEM_PERCENT = 14
RETURN_PERCENT = 7
CANCEL_PERCENT = 2
GUEST_ORDERS = 24


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order that was placed and paid."""

    at: Instant
    order: int  # place in the year, 0 for the first
    buyer: Person | None
    goods: tuple[Goods, ...]
    redeems: bool = False  # fetches the best reward within reach first


@dataclass(frozen=True, slots=True)
class Return:
    """Lines of an order that came back."""

    at: Instant
    order: int
    rows: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """An order that was called off."""

    at: Instant
    order: int


Step: TypeAlias = Purchase | Return | Cancellation

_KIMS_YEAR: tuple[tuple[int, str, int, bool], ...] = (
    (352, "assam", 1, False),
    (311, "earl-grey", 1, False),
    (288, "sencha", 1, False),
    (240, "jasmine", 2, False),
    (205, "chamomile", 1, True),
    (171, "matcha", 1, False),
    (139, "sencha", 2, False),
    (96, "assam", 2, False),
    (61, "rooibos", 1, False),
    (33, "pu-erh", 1, True),
    (9, "matcha", 1, False),
)
"""Days ago, tea, how many, whether a reward was fetched first."""


def year_before(now: Instant, everybody: tuple[Person, ...]) -> tuple[Step, ...]:
    """Every step of the year before ``now``."""
    first = now - YEAR_DAYS * DAY_MS
    bought = [*_kims(now), *_others(first, everybody)]
    if len(everybody) > GUEST_ORDERS:
        bought += [_guests(first, number) for number in range(GUEST_ORDERS)]
    in_time = sorted((step for step in bought if step.at < now - HOUR_MS), key=lambda step: step.at)
    numbered = [_numbered(step, order) for order, step in enumerate(in_time)]
    after = [later for step in numbered for later in _aftermath(step) if later.at < now - HOUR_MS]
    kims = {step.order for step in numbered if step.buyer is KIM}
    everything: list[Step] = [*numbered, *after]
    return tuple(sorted(everything, key=lambda step: (step.order not in kims, step.at)))


def purchases(steps: tuple[Step, ...]) -> int:
    """How many of them are orders."""
    return sum(isinstance(step, Purchase) for step in steps)


def _kims(now: Instant) -> list[Purchase]:
    return [
        Purchase(now - days * DAY_MS - 3 * HOUR_MS, 0, KIM, (Goods(_tea(key), count),), redeems)
        for days, key, count, redeems in _KIMS_YEAR
    ]


def _tea(key: str) -> Product:
    return find_product(key) or products()[0]


def _others(first: Instant, everybody: tuple[Person, ...]) -> list[Purchase]:
    return [
        _purchase(first, person, number)
        for person in everybody
        if person is not KIM
        for number in range(person.orders)
    ]


def _purchase(first: Instant, person: Person, number: int) -> Purchase:
    """Orders of a person are spread evenly over their time, each moved a little."""
    name = (person.customer_id, number)
    since = person.joined_days_ago
    stride = since * DAY_MS // person.orders
    start = first + (YEAR_DAYS - since) * DAY_MS + number * stride
    day = (start + draw(*name, "day") % stride) // DAY_MS * DAY_MS
    at = day + between(7 * 60, 22 * 60, *name, "minute") * MINUTE_MS
    redeems = happens(REDEEM_PERCENT, *name, "redeems")
    return Purchase(at, 0, person, _basket(*name), redeems)


def _basket(*name: object) -> tuple[Goods, ...]:
    """One to three different teas; a gift card now and then."""
    shelf = [product for product in products() if not product.gift_card]
    rows = 1 + happens(45, *name, "second") + happens(15, *name, "third")
    start = draw(*name, "shelf")
    chosen = [shelf[(start + 3 * row) % len(shelf)] for row in range(rows)]
    if happens(4, *name, "gift"):
        chosen.append(_tea("gift-card"))
    return tuple(
        Goods(product, 2 if happens(22, *name, product.key) and not product.gift_card else 1)
        for product in chosen
    )


def _guests(first: Instant, number: int) -> Purchase:
    at = first + between(1, YEAR_DAYS - 1, "guest", number) * DAY_MS + 11 * HOUR_MS
    return Purchase(at, 0, None, _basket("guest", number))


def _numbered(step: Purchase, order: int) -> Purchase:
    return Purchase(step.at, order, step.buyer, step.goods, step.redeems)


def _aftermath(step: Purchase) -> list[Step]:
    """What became of an order later. Kim kept everything."""
    name = (step.buyer.customer_id if step.buyer else "guest", step.at)
    if step.buyer is KIM:
        return []
    if happens(CANCEL_PERCENT, *name, "cancels"):
        return [Cancellation(step.at + between(1, 20, *name, "hours") * HOUR_MS, step.order)]
    if happens(RETURN_PERCENT, *name, "returns"):
        later = step.at + between(3, 20, *name, "days") * DAY_MS
        return [Return(later, step.order, pick((1, 1, 9), *name, "rows"))]
    return []
