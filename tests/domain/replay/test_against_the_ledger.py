"""The proof: a program replayed over its own history gives what the books hold, to the point.

Any history of orders and refunds goes through the real operations over the memory table, and
through the replay; documents are compared by net, unit and rule, accounts by lots and standings.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.events import Customer, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.pausing import Pause, Paused, Pauses
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.history import PastOrder, past_order_of, steps_of
from chalicelib.domain.replay.member_state import Walk, plan_of, quietly
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from chalicelib.operations.pause_program import pause_program, resume_program
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, TEA, Scene, line, refunded, state, unit, upserted
from tests.memory_table import MemoryTable

BEGINNING = NOON - 390 * DAY_MS
BEST_BUY = Path(__file__).parents[3] / "examples" / "programs" / "best-buy.json"
ENTERED = {
    **TEA["tier_groups"][0],
    "tiers": [
        TEA["tier_groups"][0]["tiers"][0],
        {**TEA["tier_groups"][0]["tiers"][1], "entry": [{"add": 40, "unit": "points"}]},
    ],
}
RICH: dict[str, Any] = {
    **TEA,
    "units": unit(pending={"for": "P14D"}, expiry={"after": "P6M"}),
    "earn": [
        *TEA["earn"],
        {"id": "hello", "on": "member.joined", "give": [{"add": 30, "unit": "points"}]},
        {
            "id": "first",
            "on": "order.paid",
            "once": "member",
            "give": [{"add": 25, "unit": "points"}],
        },
        {
            "id": "channel",
            "on": "order.paid",
            "once": {"by": "order.channel"},
            "give": [{"add": 7, "unit": "points"}],
        },
        {
            "id": "extra",
            "on": "order.paid",
            "limit": {"amount": 60, "window": {"calendar": "month"}},
            "give": [{"rate": "0.5", "per": {"USD": 100}, "unit": "points"}],
        },
    ],
    "tier_groups": [ENTERED],
    "limits": {"points_per_day": 400},
}
PROGRAMS: dict[str, dict[str, Any]] = {
    "tea": TEA,
    "rich": RICH,
    "forgiving": {**RICH, "units": unit(negative="clamp", expiry={"idle": "P3M"})},
    "kept": {
        **RICH,
        "earn": [
            *RICH["earn"],
            {
                "id": "arrived",
                "on": "order.fulfilled",
                "give": [{"add": 25, "unit": "points"}],
                "limit": {"times": 1, "window": {"calendar": "month"}},
            },
            {
                "id": "kept",
                "on": "order.returns_closed",
                "returns_days": 20,
                "give": [{"rate": "0.3", "per": {"USD": 100}, "unit": "points"}],
            },
            {
                "id": "again",
                "on": "order.paid",
                "if": {"member.bought.skus": {"has": "S1"}},
                "give": [{"add": 3, "unit": "points"}],
            },
            {
                "id": "lately",
                "on": "order.paid",
                "if": {"not": {"member.bought.tags_12m": {"any_of": ["tea", "cup"]}}},
                "give": [{"add": 4, "unit": "points"}],
            },
        ],
    },
    "drawing": {
        **RICH,
        "earn": [
            *RICH["earn"],
            {
                "id": "wheel",
                "on": "order.paid",
                "give": [
                    {
                        "chance": [
                            {"weight": 2},
                            {"weight": 1, "give": [{"add": 90, "unit": "points"}]},
                        ]
                    }
                ],
            },
        ],
    },
    "best buy": json.loads(BEST_BUY.read_text(encoding="utf-8")),
}

PURCHASES = st.lists(
    st.tuples(
        st.integers(0, 45),  # days after the one before
        st.integers(0, 40_000),  # net of the first line
        st.integers(1, 9_000),  # net of the second
        st.one_of(st.none(), st.tuples(st.integers(0, 90), st.integers(1, 45_000))),
    ),
    min_size=1,
    max_size=8,
)

PAUSES = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 60)), max_size=2)
"""Days after the one before, and how many days it lasts."""


def _history(purchases: Any) -> list[PastOrder]:
    orders, at = [], BEGINNING
    for number, (days, first, second, back) in enumerate(purchases):
        at += days * DAY_MS + 1
        told: dict[str, Any] = {
            "version": at,
            "created_at": at,
            "paid_at": at,
            "customer": Customer("77"),
        }
        told["fulfilled_at"] = (None, at, at + 3 * DAY_MS + 1)[number % 3]
        told["channel"] = ("web", "pos", "")[number % 3]
        tea = line(first, sku=f"S{number % 3}", tags=("tea",) if number % 2 else ())
        lines = tea, line(second, "l2")
        order = state(*lines, id=str(number), number=f"#{number}", refunds_complete=False, **told)
        refunds: tuple[Refund, ...] = ()
        if back is not None:
            later, net = back
            parts = RefundLine("l1", 0, min(net, first)), RefundLine("l2", 0, max(0, net - first))
            refunds = (Refund(f"r{number}", at + later * DAY_MS + 7, parts),)
        orders.append(PastOrder("77", order, refunds))
    return orders


def _by_the_books(document: dict[str, Any], orders: list[PastOrder], pauses: Any) -> Scene:
    scene, at = Scene(MemoryTable(), now=BEGINNING), BEGINNING
    scene.publish(document)
    for days, length in pauses:
        at += days * DAY_MS + 1
        pause_program(scene.table, scene.shop, Pause(Paused.EARNING, at))
        at += length * DAY_MS
        resume_program(scene.table, scene.shop, at)
    for step in steps_of(orders, compile_program(read_program(document), 1)):
        if step.refund is None:
            scene.order(upserted(step.order.state), now=step.at)
        else:
            scene.order(refunded(step.refund, step.order.state.id), now=step.at)
    return scene


def _pauses(scene: Scene) -> Pauses:
    shop = find_shop(scene.table, scene.shop)
    return shop.pauses if shop else ()


def _replayed(
    document: dict[str, Any], orders: list[PastOrder], member: str, pauses: Pauses
) -> Walk:
    compiled = compile_program(read_program(document), 1)
    last = max(step.at for step in steps_of(orders, compiled))
    months = months_between(BEGINNING, last, compiled.zone)
    plan = plan_of(compiled, months, 0, pauses=pauses)
    return walk_member(member, orders, plan, Tally(len(months.names)))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=25)
@given(PURCHASES, PAUSES)
def test_a_replay_of_its_own_history_gives_the_ledgers_net(
    name: str, purchases: Any, pauses: Any
) -> None:
    orders = _history(purchases)
    scene = _by_the_books(PROGRAMS[name], orders, pauses)
    orders = [replace(each, drawn=scene.document(each.state.id).drawn) for each in orders]
    walk = _replayed(PROGRAMS[name], orders, scene.member(), _pauses(scene))
    _compare(scene, orders, walk)


@settings(max_examples=25)
@given(PURCHASES, PAUSES)
def test_orders_themselves_say_that_the_shop_was_paused(purchases: Any, pauses: Any) -> None:
    scene = _by_the_books(RICH, _history(purchases), pauses)
    documents = [scene.document(str(number)) for number in range(len(purchases))]
    orders = [order for order in map(past_order_of, documents) if order is not None]
    _compare(scene, orders, _replayed(RICH, orders, scene.member(), ()))


def _compare(scene: Scene, orders: list[PastOrder], walk: Walk) -> None:
    account, draft = scene.account(), walk.main.draft
    if account is None or draft is None:
        assert (account, draft) == (None, None)  # nothing but pauses: nobody joined
        return
    journal = scene.journal()
    for order in orders:
        booked, replayed = scene.document(order.state.id), walk.documents[MAIN].get(order.state.id)
        if replayed is None:
            assert (booked.reason, booked.terms, booked.net) == ("paused", None, {})
            continue
        assert replayed.net == booked.net
        assert replayed.posted == booked.posted
        assert (replayed.forgiven, replayed.lapsed) == (booked.forgiven, booked.lapsed)
        name_of_it = f"order:main:{order.state.id}"
        for each in booked.net:
            entries = [
                entry for entry in journal if (entry.document, entry.unit) == (name_of_it, each)
            ]
            assert sum(entry.points for entry in entries) == replayed.net[each]
    assert draft.account.standings == account.standings
    assert draft.account.order_count == account.order_count
    assert draft.account.products == account.products


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=15)
@given(PURCHASES)
def test_a_replay_without_reasons_comes_to_the_same(name: str, purchases: Any) -> None:
    compiled = compile_program(read_program(PROGRAMS[name]), 1)
    orders = _history(purchases)
    months = months_between(BEGINNING, max(s.at for s in steps_of(orders)), compiled.zone)
    plan = plan_of(compiled, months, 300_000)
    told, quiet = Tally(len(months.names)), Tally(len(months.names))
    with_reasons = walk_member("77", orders, plan, told)
    without = walk_member("77", orders, quietly(plan), quiet)
    assert quiet == told
    assert without.given == with_reasons.given
    for order, document in with_reasons.documents[MAIN].items():
        bare = without.documents[MAIN][order]
        assert bare.posted == document.posted
        assert not bare.trace


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=25)
@given(PURCHASES)
def test_what_is_outstanding_rolls_forward_in_every_month(name: str, purchases: Any) -> None:
    compiled = compile_program(read_program(PROGRAMS[name]), 1)
    orders = _history(purchases)
    last = max(step.at for step in steps_of(orders, compiled))
    months = months_between(BEGINNING, last, compiled.zone)
    tally = Tally(len(months.names))
    walk_member("77", orders, plan_of(compiled, months, 300_000), tally)
    for habit in ("half", "one", "more"):
        held = 0
        for month in range(len(months.names)):
            added = sum(tally.row(kind, "points", habit)[month] for kind in ("earn", "reinstate"))
            taken = sum(
                tally.row(kind, "points", habit)[month] for kind in ("reverse", "redeem", "expire")
            )
            held += added - taken
            assert tally.row("outstanding", "points", habit)[month] == held
