"""A lively table for tests of the audit: two shops, and every kind of document there is."""

from collections.abc import Callable
from typing import Any

import msgspec

from chalicelib.domain.audited import Break
from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from chalicelib.operations.audit_books import Night, Watch, audit_tonight
from chalicelib.operations.settle_cause import SettleCommand, settle_cause
from chalicelib.storage.audits import AuditReport
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.items import Anything, Item, Put
from chalicelib.storage.table import Table
from tests.builders import NOON, TEA, Scene, line, program, recorded, refund, state, unit, upserted
from tests.memory_table import MemoryTable

NIGHT = NOON + 12 * HOUR_MS
SOON = NOON - 20 * DAY_MS

REWARDS: list[dict[str, Any]] = [
    *TEA["rewards"],
    {**TEA["rewards"][0], "id": "mug", "name": "Mug", "stock": 20},
    {
        "id": "tree",
        "name": "Plant a tree",
        "kind": "donation",
        "cause": "forest",
        "cost": {"unit": "points", "amount": 40},
    },
]
PROGRAM = program(
    units=unit(expiry={"after": "P1Y"}),
    causes=[{"id": "forest", "name": "A tree planted"}],
    rewards=REWARDS,
    earn=[
        *TEA["earn"],
        {"id": "trees", "on": "order.paid", "give": [{"cause": "forest", "add": 2}]},
        {
            "id": "welcome",
            "on": "member.joined",
            "give": [{"add": 25, "unit": "points"}, {"cause": "forest", "add": 1}],
        },
        {
            "id": "first",
            "on": "order.paid",
            "once": "member",
            "give": [{"add": 10, "unit": "points"}],
        },
    ],
)


def lively(table: Table, shop: str = "tea") -> Scene:
    """Orders, refunds, an order that moved, a cancelled one, codes used and undone, a debt."""
    scene = Scene(table, now=SOON, shop=shop)
    scene.publish(PROGRAM)
    for number in range(1, 7):
        at = SOON + number * MINUTE_MS
        scene.pay(10_000 * number, f"10{number}", at, customer=Customer(str(70 + number)))
    scene.now = NOON - DAY_MS
    bought = state(line(20_000), id="102", version=scene.now, customer=Customer("72"))
    back = msgspec.structs.replace(bought, refunds=(refund(5_000, at=scene.now),))
    scene.order(upserted(back))
    moved = state(line(30_000), id="103", version=scene.now, customer=Customer("76"))
    scene.order(upserted(moved))
    scene.redeem("mug", "m1", "74")
    undone = recorded(scene.redeem("mug", "m2", "75"))
    scene.undo(undone, "75")
    scene.redeem("five-off", "f1", "71")
    scene.redeem("tree", "t1", "76")
    scene.undo(recorded(scene.redeem("tree", "t2", "76")), "76")
    scene.now += HOUR_MS
    settled = SettleCommand(shop, "forest", 3, "", "spring", "operator", "s1", scene.now)
    recorded(settle_cause(table, settled))
    scene.now = NOON
    scene.adjust(15, "a1", "71")
    scene.adjust(-5, "a2", "72")
    gone = state(
        line(10_000), id="101", version=NOON, status=OrderStatus.CANCELLED, customer=Customer("71")
    )
    scene.order(upserted(gone))
    scene.join("79")
    return scene


def audited(
    table: Table,
    now: Instant = NIGHT,
    *,
    segments: int = 4,
    workers: int = 1,
    **surroundings: Callable[..., Any],
) -> Night:
    """One night's audit of the table, as far as it comes."""
    return audit_tonight(table, Watch(now, **surroundings), (segments, workers, HOUR_MS))


def report_of(night: Night, shop: str = "tea") -> AuditReport:
    """The shop's report of a night that finished."""
    assert night.state == "finished"
    (report,) = [report for report in night.reports if report.shop == shop]
    return report


def breaks_of(night: Night, shop: str = "tea") -> tuple[Break, ...]:
    return report_of(night, shop).breaks


def item_at(table: MemoryTable, partition_end: str, sort: str) -> Item:
    """The one item whose partition ends so, with this sort key or one that begins so."""
    found = [
        item
        for item in table.items()
        if str(item["PK"]).endswith(partition_end) and str(item["SK"]).startswith(sort)
    ]
    assert found, f"{partition_end} {sort}"
    return found[0]


def put(table: Table, item: Item, **changes: Any) -> None:
    """Write an item behind the back of the books."""
    table.write(Put({**item, **changes}, Anything()))


def rewrite(table: Table, item: Item, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the body of a document behind the back of the books."""
    body = msgspec.json.decode(unpack(bytes(item["b"])))  # type: ignore[arg-type]  # packed
    change(body)
    put(table, item, b=pack(msgspec.json.encode(body)))
