"""Admin: a launch with existing customers, row by row: what other systems knew of them."""

from typing import Final

import msgspec

from chalicelib.domain.limits import IMPORT_ROWS_MAX
from chalicelib.routes.admission import shop_missing
from chalicelib.routes.contract import Answer, Audience, Call, Contract, Outcome
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject, value_invalid
from chalicelib.routes.responses import ProblemItem
from chalicelib.security.scopes import Scope

door = Door(Audience.ADMIN)

_LISTS: Final = ("customers", "balances", "orders")
"""In this order: a balance and a past order need their member."""


class ImportItemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one row; ``reason`` says why an order that is kept counts nothing."""

    row: str  # such as $.orders[3]
    status: str  # recorded, replayed, ignored, refused
    reason: str = ""
    code: str = ""
    errors: tuple[ProblemItem, ...] = ()


class ImportView(msgspec.Struct, frozen=True):
    """What became of each row: customers, then balances, then orders."""

    items: tuple[ImportItemView, ...]


@door.post(
    "/v1/admin/shops/{shop}/imports",
    Contract(
        JsonObject,
        ImportView,
        "Import customers, balances and past orders for a launch: up to 100 rows",
        scope=Scope.POINTS,
        body_bytes_max=2_000_000,
    ),
)
def post_imports(call: Call[JsonObject], shop: str) -> Outcome:
    """Import rows one by one; each is answered for itself, and counts once for ever."""
    if missing := shop_missing(call.table, shop):
        return missing
    unknown = sorted(call.body.keys() - set(_LISTS))
    if unknown:
        return value_invalid(f"$.{unknown[0]}", "Rows are customers, balances or orders.")
    rows = [(name, call.body[name]) for name in _LISTS if name in call.body]
    for name, told in rows:
        if not isinstance(told, list):
            return value_invalid(f"$.{name}", "This is a list of rows.")
    count = sum(len(told) for _, told in rows if isinstance(told, list))
    if not 1 <= count <= IMPORT_ROWS_MAX:
        return value_invalid("$", f"Send 1 to {IMPORT_ROWS_MAX} rows.")
    from chalicelib.routes.admin.import_reading import imported  # noqa: PLC0415 - a launch is rare

    return Answer(ImportView(tuple(ImportItemView(*each) for each in imported(call, shop, rows))))
