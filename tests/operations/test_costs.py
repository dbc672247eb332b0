"""What each verb costs, counted: round trips by us, write units as ministack reports them.

The table of docs/ledger-costs.md is this table: every row there has its case here.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.events import Customer, OrderStatus, Signs
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.view_card import CardQuery, view_card, view_launcher
from chalicelib.security import storefront_tokens
from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.key_names import account_key, order_key
from chalicelib.storage.sizes import item_bytes
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    unit,
    upserted,
)
from tests.engines import fresh_table
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, reviewing, revoked, tell
from tests.operations.challenge_scenes import challenge, earning
from tests.operations.referral_scenes import referring
from tests.operations.verbs_of_pools import add, create, leave, put, take
from tests.storage.metering import MeteredTable, reported

ENGINE_IS_EXACT = [int(part) for part in version("ministack").split(".")[:2]] >= [1, 5]
DOCS = Path(__file__).parents[2] / "docs" / "ledger-costs.md"
LATER = NOON + HOUR_MS
FIVE = TEA["rewards"][0]
LIMITED = {**TEA["earn"][0], "limit": {"amount": 500, "window": {"calendar": "month"}}}
SPRING = {
    "id": "spring",
    "rules": [
        {"id": "gift", "on": "order.paid", "give": [{"add": 5, "unit": "points"}]},
    ],
    "budget": {"points": 1_000},
}
FOREST = {"id": "forest", "name": "A tree planted"}
TREES = {"id": "trees", "on": "order.paid", "give": [{"cause": "forest", "add": 1}]}
WELCOME = {
    "id": "welcome",
    "on": "order.paid",
    "once": "member",
    "if": {"order.channel": "pos"},
    "give": [{"add": 10, "unit": "points"}],
}
STARS = {**TEA["units"]["points"], "name": {"one": "star", "other": "stars"}}
TWO_UNITS = program(
    units={**TEA["units"], "stars": STARS},
    earn=[
        TEA["earn"][0],
        {"id": "stars", "on": "order.paid", "give": [{"add": 1, "unit": "stars"}]},
    ],
)
PLANTING = challenge(target=1, repeat=9, give=[{"cause": "forest", "add": 1}])
DEVICE = Signs(device="d1")
CHECKED = referring(checks=["self", "device"])
HELLO = {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]}


@dataclass(frozen=True)
class Case:
    """One row: what stands before, what is counted, and what it costs."""

    row: str  # its name in the docs
    trips: int
    units: int
    act: Callable[[Scene], Any]
    document: dict[str, Any] = None  # type: ignore[assignment]  # None: the tea program
    before: Callable[[Scene], Any] = lambda _: None


def pay(order_id: str = "9", net: int = 2_000, **changes: Any) -> Callable[[Scene], Any]:
    return lambda scene: scene.pay(net, order_id, **changes)


def launcher(view: Any) -> Callable[[Scene], Any]:
    customer = storefront_tokens.Customer("77", expires_at=0, key_id="k")
    return lambda s: view(s.table, CardQuery(s.shop, customer, "", s.now, s.now))


def act(event_id: str, **told: Any) -> Callable[[Scene], Any]:
    return lambda scene: tell(scene, done(event_id, **told))


def telling(trigger: str) -> dict[str, Any]:
    told = {"id": "tell", "on": trigger, "give": [{"message": "thanks"}]}
    caps = {"day": 5, "week": 10, "quiet": "none"}
    messages = {"caps": caps, "templates": {"thanks": {"text": "Thank you!"}}}
    return program(earn=[TEA["earn"][0], told], messages=messages)


def take_back(event_id: str) -> Callable[[Scene], Any]:
    return lambda scene: tell(scene, revoked(event_id, NOON))


def use_code(scene: Scene) -> Any:
    made: Any = recorded(scene.redeem())
    told = state(line(2_000), id="9", number="#9", codes=(made.code,))
    return scene.order(upserted(told))


def on_device(scene: Scene) -> None:
    scene.pay(2_000, "8", signs=DEVICE)


def months_pass(scene: Scene) -> None:
    scene.now = NOON + 40 * DAY_MS


BOUGHT = program(segments={"green": {"member.bought.skus_12m": {"has": "GREEN"}}})
WARNING = program(units=unit(expiry={"idle": "P12M", "warn": ["P30D", "P7D"]}))
POOLED = program(units=unit(pool={}))


def shared(scene: Scene, **wish: Any) -> None:
    """A pool of customers 77, who puts 60 points in, and 88."""
    scene.pay(10_000, "80", customer=Customer("88"))
    create(scene)
    add(scene, **wish)
    put(scene, 60, "77", "first")


def drawn_once(scene: Scene) -> None:
    """Ten points are left in the pool, and 100 with who gives all."""
    shared(scene, gives_all=True)
    take(scene, key="r0")


CASES = (
    Case("earn", 2, 7, pay()),
    Case("earn, where conditions ask what was bought", 2, 7, pay(), BOUGHT),
    Case("an order that tells its member something", 2, 9, pay(), telling("order.paid")),
    Case("an order where only joining tells something", 2, 7, pay(), telling("member.joined")),
    Case("earn, before it lapses members are warned", 2, 7, pay(), WARNING),
    Case("redeem", 2, 7, lambda s: s.redeem()),
    Case("undo", 2, 7, lambda s: s.undo(s.redeem().document), before=lambda s: s.redeem()),
    Case("adjust", 2, 7, lambda s: s.adjust(5)),
    Case("replay of an order", 1, 0, pay(), before=pay()),
    Case("replay of a redemption", 1, 0, lambda s: s.redeem(), before=lambda s: s.redeem()),
    Case("launcher card", 1, 0, launcher(view_launcher)),
    Case("whole card with open codes", 2, 0, launcher(view_card), before=lambda s: s.redeem()),
    Case(
        "refund sent alone",
        3,
        7,
        lambda s: s.order(refunded(refund(500, at=LATER))),
    ),
    Case(
        "refund in a full state",
        2,
        7,
        lambda s: s.order(
            upserted(state(line(20_000), version=LATER, refunds=(refund(500, at=LATER),)))
        ),
    ),
    Case(
        "state-only update",
        2,
        2,
        lambda s: s.order(upserted(state(line(20_000), version=LATER, fulfilled_at=LATER))),
    ),
    Case("order that gives nothing", 2, 5, pay(net=50), program(tier_groups=[])),
    Case("order of nobody", 2, 2, pay(customer=None)),
    Case("order that waits for its buyer", 2, 3, pay(status=OrderStatus.OPEN)),
    Case(
        "order of who is no member",
        2,
        5,
        pay(customer=Customer("new")),
        program(join={"how": "opt_in"}),
    ),
    Case("order in another currency", 2, 7, pay(currency="EUR"), program(fx={"EUR": "1.0834"})),
    Case(
        "raise that is not paid yet",
        2,
        2,
        lambda s: s.order(
            upserted(state(line(9_000), version=LATER, status=OrderStatus.PARTIALLY_PAID))
        ),
    ),
    Case("counters of a cap", 2, 9, pay(), program(earn=[LIMITED])),
    Case("once-marker", 2, 9, pay(channel="pos"), program(earn=[TEA["earn"][0], WELCOME])),
    Case("action with a limit", 2, 11, act("a9"), reviewing()),
    Case("replay of an action", 1, 0, act("a8"), reviewing(), act("a8")),
    Case("action that no rule rewards", 2, 4, act("a9", action="seen"), reviewing()),
    Case("action taken back", 3, 9, take_back("a8"), reviewing(), act("a8")),
    Case("stock", 2, 9, lambda s: s.redeem(), program(rewards=[{**FIVE, "stock": 5}])),
    Case("gift to a cause", 2, 9, pay(), program(causes=[FOREST], earn=[TEA["earn"][0], TREES])),
    Case("earn within a budget", 2, 9, pay(), program(campaigns=[SPRING])),
    Case("progress in a challenge", 2, 9, pay(), earning()),
    Case("completion that gives to a cause", 2, 11, pay(), earning(PLANTING, causes=[FOREST])),
    Case("second unit", 2, 10, pay(), TWO_UNITS),
    Case(
        "expired points booked",
        2,
        10,
        pay(),
        program(units=unit(expiry={"after": "P30D"})),
        months_pass,
    ),
    Case("new member", 2, 10, pay(customer=Customer("new"))),
    Case("new member with an e-mail", 2, 12, pay(customer=Customer("new", "ann@example.com"))),
    Case(
        "new member with points for joining",
        2,
        15,
        pay(customer=Customer("new")),
        program(earn=[TEA["earn"][0], HELLO]),
    ),
    Case(
        "moved order",
        3,
        12,
        lambda s: s.order(upserted(state(line(20_000), version=LATER, customer=Customer("88")))),
        before=lambda s: s.pay(1_000, "2", customer=Customer("88")),
    ),
    Case("new pool", 2, 11, create, POOLED),
    Case("put into a pool", 2, 14, lambda s: put(s, 5), POOLED, shared),
    Case("reward of a pool", 2, 7, take, POOLED, shared),
    Case(
        "reward of a pool, drawn on who asks",
        2,
        19,
        take,
        POOLED,
        drawn_once,
    ),
    Case("leaving a pool", 2, 14, lambda s: leave(s, "77"), POOLED, shared),
    Case("whole card of who shares", 3, 0, launcher(view_card), POOLED, shared),
    Case("earn, checks of referrals see something new", 4, 11, pay(signs=DEVICE), CHECKED),
    Case("earn, checks of referrals see it again", 3, 7, pay(signs=DEVICE), CHECKED, on_device),
    Case("order that used a code", 4, 11, use_code, before=lambda s: s.redeem()),
)


@pytest.fixture(scope="module")
def engine(ministack_base: DynamoTable) -> DynamoTable:
    if os.environ.get("LAUREL_REQUIRE_ALL"):
        assert ENGINE_IS_EXACT, "ministack 1.5 or newer counts capacity; see the Makefile"
    return ministack_base


def warm(table: Any, case: Case) -> tuple[Scene, MeteredTable]:
    """A warm process and an existing member with 200 points."""
    scene, metered = Scene(table), MeteredTable(table)
    scene.publish(case.document)
    scene.table = metered
    scene.pay(20_000)
    case.before(scene)
    scene.redeem("nothing")
    scene.order(upserted(state(line(20_000))))
    metered.meter.reset()
    return scene, metered


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.row)
def test_round_trips_and_write_units(case: Case, engine: DynamoTable) -> None:
    table = fresh_table(engine)
    scene, metered = warm(table, case)
    with reported(table) as engines:
        case.act(scene)
    fulfilment = metered.meter.calls["write"]
    if case.row == "order that used a code":
        # Its builder asks for the code by a replay: one trip that is not the order's.
        metered.meter.calls["load"] -= 1
    if case.row == "undo":
        metered.meter.calls["load"] -= 1
    assert metered.meter.round_trips - fulfilment == case.trips
    assert metered.meter.write_units - fulfilment == case.units
    if ENGINE_IS_EXACT:
        assert engines.write_units == metered.meter.write_units


def test_fulfilment_is_one_put_of_one_unit(engine: DynamoTable) -> None:
    scene, metered = warm(fresh_table(engine), CASES[0])
    scene.redeem()
    assert metered.meter.calls == {"load": 1, "transact": 1, "write": 1}
    assert metered.meter.write_units == 7 + 1


def test_the_docs_have_a_row_for_every_case_and_no_other() -> None:
    rows = [
        [cell.strip() for cell in row.strip("| \n").split("|")]
        for row in DOCS.read_text().splitlines()
        if row.startswith("| ") and not row.startswith("| what")
    ]
    told = {row[0]: (row[1], row[2]) for row in rows if len(row) >= 4}
    assert told == {case.row: (str(case.trips), str(case.units)) for case in CASES}


@pytest.mark.parametrize(("lines", "units"), [(8, 7), (16, 7), (60, 9)])
def test_a_document_over_a_kilobyte_costs_two_units_more_for_each(lines: int, units: int) -> None:
    scene, metered = warm(MemoryTable(), CASES[0])
    goods = tuple(
        line(
            1_999 + 7 * n * n,
            f"{7_000_000_000_000 + 32_771 * n * n}",
            product_id=f"{9_000_000_000_000 + 65_537 * n * n}",
            sku=f"TEA-{n:03}-{n * n % 89}",
            tags=("green", f"origin-{n % 5}"),
        )
        for n in range(lines)
    )
    scene.order(upserted(state(*goods, id="9")))
    key = order_key(scene.shop, "main", "9")
    size = item_bytes(scene.table.load([key])[key])
    assert metered.meter.write_units == units, f"{size} bytes"


YEARS = program(
    units=unit(pending={"for": "P14D"}, expiry={"after": "P1Y"}), earn=[LIMITED, WELCOME]
)


def account_bytes(every_days: int) -> int:
    """The largest the account was in three years (at most 600 orders), one every so many days."""
    scene = Scene(MemoryTable())
    scene.publish(YEARS, since=NOON - DAY_MS)
    key, largest = account_key(scene.shop, scene.member()), 0
    for number in range(min(600, 3 * 365 // every_days)):
        scene.now = NOON + number * every_days * DAY_MS + number * 7_919_123
        scene.pay(2_345 + number, f"o{number}", at=scene.now)
        largest = max(largest, item_bytes(scene.table.load([key])[key]))
    scene.verify()
    return largest


def test_three_years_of_monthly_orders_keep_the_account_within_a_kilobyte() -> None:
    assert account_bytes(30) <= 1_024


def test_three_years_of_weekly_orders_keep_the_account_within_two_kilobytes() -> None:
    assert account_bytes(7) <= 2_048


def test_600_days_of_daily_orders_stay_bounded() -> None:
    assert account_bytes(1) <= 2_048
