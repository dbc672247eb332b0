"""A launch in a scene: rows of another system, in the fewest words."""

from typing import Any

from chalicelib.domain.events import Customer, OrderUpserted
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.operations.import_rows import (
    BalanceRow,
    CustomerRow,
    ImportCommand,
    PastOrderRow,
    Row,
    RowResult,
    import_row,
)
from tests.builders import NOON, START, Scene, line, program, state

MAY = NOON - 200 * DAY_MS
PAST = START - 30 * DAY_MS
LAUNCH = {"orders": "qualify_only", "balances": "import"}


def launching(**changes: Any) -> dict[str, Any]:
    """The tea program, which takes rows from before."""
    return program(launch=LAUNCH, **changes)


def bring(scene: Scene, row: Row) -> RowResult:
    """Import one row."""
    return import_row(scene.table, ImportCommand(scene.shop, "operator", scene.now, scene.now), row)


def told(scene: Scene, row: Row) -> str:
    """What became of a row: its status, or the code of its refusal, or why it counts nothing."""
    made = bring(scene, row)
    return made.refusal.code.value if made.refusal else made.reason or made.status


def customer(number: str = "77", joined_at: Instant = PAST) -> CustomerRow:
    """Somebody who joined elsewhere."""
    return CustomerRow("main", Customer(number, f"{number}@example.com"), joined_at)


def balance(
    points: int = 300, row: str = "b1", number: str = "77", expires_at: Instant = 0, **keys: Any
) -> BalanceRow:
    """An opening lot."""
    return BalanceRow(row, "main", number, keys.get("unit", "points"), points, expires_at)


def past_order(
    cents: int = 12_000, name: str = "old", before: dict[str, int] | None = None, **changes: Any
) -> PastOrderRow:
    """An order of before the program, for which 120 points were given."""
    at = changes.pop("at", PAST)
    times = {"version": at, "created_at": at, "paid_at": at}
    made = state(line(cents), id=name, number=f"#{name}", **{**times, **changes})
    points = {"points": cents // 100} if before is None else before
    return PastOrderRow(OrderUpserted(f"import-{name}", at, "main", made), points)
