"""Standing wrong versions of what accounts remember of buying: see ``mutants``."""

from typing import Any

import msgspec

from chalicelib.domain import habits, merging
from chalicelib.domain.order_remains import remaining_lines
from chalicelib.domain.orders import OrderDocument
from tests.simulation.mutants import Mutant

_joined_products = habits.joined_products
_remaining_lines = remaining_lines


def _as_ordered(order: OrderDocument) -> Any:
    """A refund takes no product away."""
    whole = order.state and msgspec.structs.replace(order.state, refunds=())
    return _remaining_lines(msgspec.structs.replace(order, state=whole, gathered=()))


def _of_the_kept_alone(one: Any, other: Any, zone: str) -> dict[str, object]:
    """What the other bought is forgotten, and all is called whole."""
    return {**_joined_products(one, other, zone), "products": one.products}


ASKING = (
    Mutant("a refund that takes no product", "I8", ((habits, "remaining_lines", _as_ordered),)),
    Mutant("a year of eleven months", "products", ((habits, "HABIT_MONTHS", 11),)),
    Mutant(
        "the other's products forgotten",
        "I8",
        ((merging, "joined_products", _of_the_kept_alone),),
    ),
)
