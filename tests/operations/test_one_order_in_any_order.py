"""Orders are states: every order of arrival, with repeats, ends in one document and one balance."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import OrderStatus, OrderUpserted
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.member import Account, Standing
from chalicelib.domain.order_decision import OrderEvent
from chalicelib.domain.orders import OrderDocument
from chalicelib.storage.items import key_of
from tests.builders import NOON, TEA, Scene, line, program, refund, refunded, state, unit, upserted
from tests.conservation import WatchedTable, verify_table
from tests.simulation.worlds import keep_compiled

PAID = state(line(10_000), line(5_000, "l2"))
UP = state(line(20_000), line(5_000, "l2"), version=NOON + 1 * HOUR_MS)
DOWN = state(
    line(8_000), line(5_000, "l2"), version=NOON + 2 * HOUR_MS, fulfilled_at=NOON + HOUR_MS
)
ALONE = refund(1_000, "r1", at=NOON + 3 * HOUR_MS)
IN_FULL = state(
    line(8_000),
    line(5_000, "l2"),
    version=NOON + 4 * HOUR_MS,
    status=OrderStatus.PARTIALLY_REFUNDED,
    fulfilled_at=NOON + 3 * HOUR_MS,
    refunds=(ALONE, refund(5_000, "r2", "l2", at=NOON + 4 * HOUR_MS)),
)
CANCELLED = state(
    line(8_000),
    line(5_000, "l2"),
    version=NOON + 5 * HOUR_MS,
    status=OrderStatus.CANCELLED,
    refunds=IN_FULL.refunds,
)
DELIVERIES: dict[str, OrderEvent] = {
    "order": upserted(PAID),
    "up": upserted(UP),
    "down": upserted(DOWN),
    "alone": refunded(ALONE),
    "in full": upserted(IN_FULL),
    "cancel": upserted(CANCELLED),
}
TOOK = refund(1_000, "r1", at=NOON + 1 * HOUR_MS)  # before the rest was paid
DUE = {"status": OrderStatus.PARTIALLY_PAID, "paid_at": None}
PARTS: dict[str, OrderEvent] = {
    "deposit": upserted(state(line(10_000), line(5_000, "l2"), **DUE)),
    "alone": refunded(TOOK),
    "paid": upserted(
        state(line(10_000), line(5_000, "l2"), version=NOON + 2 * HOUR_MS, refunds=(TOOK,))
    ),
    "raised": upserted(
        state(line(20_000), line(5_000, "l3"), version=NOON + 3 * HOUR_MS, refunds=(TOOK,), **DUE)
    ),
    "paid again": upserted(
        state(
            line(20_000),
            line(5_000, "l3"),
            version=NOON + 4 * HOUR_MS,
            status=OrderStatus.PARTIALLY_REFUNDED,
            refunds=(TOOK, refund(2_000, "r2", "l3", at=NOON + 4 * HOUR_MS)),
        )
    ),
    "cancel": upserted(
        state(line(20_000), version=NOON + 5 * HOUR_MS, status=OrderStatus.CANCELLED)
    ),
}


def in_euros(event: OrderEvent) -> OrderEvent:
    """The same delivery about an order in euros."""
    if not isinstance(event, OrderUpserted):
        return event
    order = msgspec.structs.replace(event.order, currency="EUR")
    return msgspec.structs.replace(event, order=order)


STORIES = {
    "edits": DELIVERIES,
    "parts": PARTS,
    "edits in euros": {name: in_euros(event) for name, event in DELIVERIES.items()},
    "parts in euros": {name: in_euros(event) for name, event in PARTS.items()},
}
PENDING = program(
    units=unit(pending={"for": "P14D"}, expiry={"after": "P1Y"}),
    tier_groups=[
        {
            **TEA["tier_groups"][0],
            "tiers": [
                TEA["tier_groups"][0]["tiers"][0],
                {**TEA["tier_groups"][0]["tiers"][1], "entry": [{"unit": "points", "add": 50}]},
            ],
        }
    ],
    earn=[
        *TEA["earn"],
        {
            "id": "welcome",
            "on": "order.paid",
            "once": "member",
            "give": [{"add": 10, "unit": "points"}],
        },
    ],
)
CAPPED = program(
    earn=[
        {**TEA["earn"][0], "limit": {"amount": 120, "window": {"calendar": "month"}}},
        {
            "id": "extra",
            "on": "order.paid",
            "give": [{"add": 30, "unit": "points"}],
            "limit": {"times": 1, "window": {"rolling": "P30D"}},
        },
    ],
    limits={"points_per_day": 140},
)
RETURNS = program(
    units=unit(
        pending={"until": "order.returns_closed", "at_most": "P90D", "returns_days": 14},
        expiry={"idle": "P12M", "counts": ["order.paid"]},
    )
)
SPARING = {**PENDING, "units": unit(pending={"for": "P14D"}, negative="pending_only")}
PROGRAMS = {
    "tea": TEA,
    "pending": PENDING,
    "capped": CAPPED,
    "returns": RETURNS,
    "sparing": SPARING,
    "foreign": {**PENDING, "fx": {"EUR": "1.0834"}},
}
LOOSE = {"revision": 0, "wanted": {}, "trace": ()}


def opened(document: dict[str, Any]) -> Scene:
    scene = Scene(WatchedTable(), now=NOON + 24 * HOUR_MS)
    scene.publish(document)
    return scene


def table_of(scene: Scene) -> WatchedTable:
    assert isinstance(scene.table, WatchedTable)
    return scene.table


def delivered(start: Scene, events: Iterable[OrderEvent]) -> Scene:
    scene = Scene(table_of(start).copy(), now=start.now)
    keep_compiled(start.table, scene.table)
    for event in events:
        scene.order(event)
    return scene


def settled(scene: Scene) -> tuple[OrderDocument, Any, Any, Any]:
    """What must be the same at the end: not how often it was written, nor what passed by.

    ``terms.entered`` remembers which tiers were entered on the way, ``wanted`` and ``terms.room``
    the most that was asked of a cap; nothing pays by them alone. The trace says which cap cut it
    first. An order that may not earn keeps terms only if it ever earned.
    """
    document = msgspec.structs.replace(scene.document(), **LOOSE)
    terms = document.terms and msgspec.structs.replace(document.terms, entered=(), room={})
    document = msgspec.structs.replace(document, terms=terms)
    if document.reason:
        document = msgspec.structs.replace(document, terms=None, earned_at=0)
    account = scene.account() or Account(revision=0)
    units = {name: u for name, u in account.units.items() if u.lots or u.deficit}
    standing = account.standings.get("club", Standing())
    place = (standing.tier or "leaf", standing.buckets, standing.paid, standing.owed)
    return document, units, place, (account.order_count, scene.counters().used)


def everything_reachable(
    start: Scene, told: Mapping[str, OrderEvent]
) -> dict[frozenset[str], list[Scene]]:
    """Every state of the table that any sequence of deliveries leads to, by what was delivered.

    A delivery is a function of the table (the clock stands still), and one that brings nothing
    new leaves the table alone; so the graph is finite and covers sequences of every length.
    """
    found: dict[frozenset[str], list[Scene]] = {}
    seen: set[tuple[frozenset[str], str]] = set()
    frontier: list[tuple[frozenset[str], Scene]] = [(frozenset(), start)]
    while frontier:
        names, scene = frontier.pop()
        for name in told:
            after = delivered(scene, [told[name]])
            known = names | {name}
            stored = sorted(table_of(after)._stored(), key=key_of)
            mark = (known, repr(stored))
            if mark not in seen:
                seen.add(mark)
                found.setdefault(known, []).append(after)
                frontier.append((known, after))
    return found


CASES = [
    *((kind, "edits") for kind in ("capped", "returns")),
    ("sparing", "parts"),
    ("foreign", "edits in euros"),
    # Proof 5 walks tea and the foreign parts in the gate; the others differ little from the above.
    *(
        pytest.param(kind, story, marks=pytest.mark.soak)
        for kind, story in (
            *((kind, "edits") for kind in ("tea", "pending", "sparing")),
            ("pending", "parts"),
            ("foreign", "parts in euros"),
        )
    ),
]


@pytest.mark.parametrize(("kind", "story"), CASES)
def test_every_sequence_of_any_length_ends_in_one_state(kind: str, story: str) -> None:
    told = STORIES[story]
    found = everything_reachable(opened(PROGRAMS[kind]), told)
    assert len(found) == 2 ** len(told) - 1
    for names, scenes in found.items():
        assert len({repr(settled(scene)) for scene in scenes}) == 1, names
        for scene in scenes:
            verify_table(table_of(scene).items())
            if "cancel" in names:
                assert scene.balance() == scene.balance("nobody")


LASTING = [name for name in DELIVERIES if name != "cancel"]


@settings(max_examples=25)
@given(st.permutations([*LASTING, *LASTING]))
def test_the_time_of_arrival_changes_no_point(names: list[str]) -> None:
    tidy, mixed = (
        Scene(table_of(STARTS["pending"]).copy(), now=NOON + 5 * HOUR_MS) for _ in range(2)
    )
    for scene, order in ((tidy, list(LASTING)), (mixed, names)):
        for name in order:
            scene.now += HOUR_MS
            scene.order(DELIVERIES[name])
        verify_table(table_of(scene).items())
    assert tidy.balance(at=NOON * 2) == mixed.balance(at=NOON * 2)
    assert tidy.document().posted == mixed.document().posted
    assert tidy.document().net == mixed.document().net


STARTS = {kind: opened(document) for kind, document in PROGRAMS.items()}


def test_repeating_everything_at_the_end_writes_nothing() -> None:
    scene = delivered(STARTS["pending"], DELIVERIES.values())
    before = table_of(scene).items()
    for _ in range(2):
        assert all(scene.order(event).replayed for event in DELIVERIES.values())
    assert table_of(scene).items() == before
