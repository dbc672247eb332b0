"""Laurel itself: ``record_order`` over ``DynamoTable``, exactly as a webhook's door calls it.

The program gives a point per 1.00 and has no tiers, caps or expiry, so that plain arithmetic can
judge it; everything else (order document, ledger entry with its hash, account) is written as ever.
"""

from typing import Any

from bench.side_by_side.harness import Faults, Order
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import Instant
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_recent_shop
from tests.builders import NOON, SHOP, Scene, line, program, recorded, state, upserted


def earn(table: DynamoTable, order: Order, now: Instant) -> None:
    """One delivery of a paid order.

    Raises:
        Busy, StorageUnavailable: the door answers 503, and the platform comes again.
    """
    told: dict[str, Any] = {
        "id": order.id,
        "number": order.id,
        "customer": Customer(order.member),
        "version": NOON,
        "created_at": NOON,
        "paid_at": NOON,
    }
    event = upserted(state(line(order.net), **told))
    recorded(record_order(table, OrderCommand(SHOP, event, now, now)))


class Ours:
    """A ``Competitor`` over any table; a shop is made in it at once."""

    def __init__(self, table: DynamoTable, faults: Faults) -> None:
        """Publish the program."""
        self.table = table
        self.faults = faults
        self.scene = Scene(table)
        self.scene.publish(program(tier_groups=[], rewards=[]))

    def enrol(self, member: str) -> None:  # noqa: ARG002  # a stranger until the first order
        """Let the process know shop and program, as a warm one does."""
        find_recent_shop(self.table, SHOP, self.scene.now)
        program_of(self.table, SHOP, 1)

    def deliver(self, order: Order) -> None:
        """Record the order."""
        earn(self.table, order, self.scene.now)

    def balance(self, member: str) -> int:
        """What the member can spend; the ledger must say the same."""
        self.scene.verify(member)
        booked = sum(entry.points for entry in self.scene.journal(member))
        available = self.scene.available(member)
        if booked != available:
            raise RuntimeError(f"{member}: the ledger says {booked}, the account {available}")
        return available

    def pass_time(self, duration_ms: int) -> None:
        """Later."""
        self.scene.now += duration_ms
