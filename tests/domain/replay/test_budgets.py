"""What a whole shop shares: granted by time in rounds, and held against the ledger's own result."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.comparing import begun, compare_member
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import Walk, plan_of
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.reporting import Basis, following, plans_of, report_of
from chalicelib.domain.replay.sharing import Asks, Refused, Round, next_round, refused_of
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from tests.builders import NOON, TEA, Scene, line, program, refund, refunded, state, upserted
from tests.domain.replay.histories import bought, made, months
from tests.memory_table import MemoryTable

BEGINNING = NOON - 300 * DAY_MS
SPRING = {
    "id": "spring",
    "rules": [{"id": "double", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}],
    "budget": {"points": 150},
}
SHARED = {
    "id": "shared",
    "on": "order.paid",
    "give": [{"rate": "0.5", "per": {"USD": 100}, "unit": "points"}],
    "limit": {"amount": 90, "window": {"calendar": "month"}, "scope": "shop"},
}
OWN = {**SHARED, "id": "own", "limit": {"amount": 40, "window": {"calendar": "month"}}}
HELLO = {
    "id": "hello",
    "on": "member.joined",
    "give": [{"add": 30, "unit": "points"}],
    "limit": {"times": 2, "window": {"calendar": "month"}, "scope": "shop"},
}
GREETED = {**SPRING, "rules": [*SPRING["rules"], {**HELLO, "id": "greeted", "limit": None}]}
PROGRAMS: dict[str, dict[str, Any]] = {
    "a campaign": program(campaigns=[SPRING]),
    "a month of the shop": program(earn=[*TEA["earn"], SHARED]),
    "both, and a limit of the member's own": program(
        earn=[*TEA["earn"], SHARED, OWN], campaigns=[SPRING]
    ),
    "joining": program(earn=[*TEA["earn"], HELLO], campaigns=[GREETED]),
}
BUYING = st.lists(
    st.tuples(
        st.integers(0, 12),  # days after the one before
        st.integers(0, 2),  # who
        st.integers(500, 12_000),  # net
        st.one_of(st.none(), st.integers(1, 40)),  # days until half of it comes back
    ),
    min_size=1,
    max_size=10,
)


def lived(document: dict[str, Any], buying: Any) -> tuple[Scene, dict[str, list[PastOrder]]]:
    """The same by the books, and what a replay reads of it."""
    scene, at = Scene(MemoryTable(), now=BEGINNING), BEGINNING
    scene.publish(document, since=BEGINNING)
    steps: list[tuple[int, Any]] = []
    past: dict[str, list[PastOrder]] = {}
    for number, (days, who, net, back) in enumerate(buying):
        at += days * DAY_MS + 1
        told: dict[str, Any] = {"version": at, "created_at": at, "paid_at": at}
        buyer = Customer(f"c{who}")
        order = state(line(net), id=str(number), customer=buyer, refunds_complete=False, **told)
        gone_at = at + (back or 0) * DAY_MS + 500 + number
        parts = () if back is None else (refund(net // 2, f"r{number}", at=gone_at),)
        steps.append((at, upserted(order)))
        steps += [(gone_at, refunded(part, str(number))) for part in parts]
        member = scene.member(buyer.id)
        past.setdefault(member, []).append(PastOrder(member, order, parts))
    for when, event in sorted(steps, key=lambda step: step[0]):
        scene.now = when
        scene.order(event, now=when)
    return scene, past


def walked(compiled: CompiledProgram, scene: Scene, past: dict[str, list[PastOrder]]) -> list[Walk]:
    span, known = months_between(BEGINNING, scene.now, compiled.zone), Round()
    while True:
        tally = Tally(len(span.names))
        plan = plan_of(compiled, span, 0, known.live)
        walks = [walk_member(member, orders, plan, tally) for member, orders in past.items()]
        further = next_round((compiled, compiled), (tally.asks, Asks()), known)
        if further is None:
            assert refused_of(compiled, tally.asks) == known.live
            return walks
        known = Round(further.number, further.live)


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=25)
@given(BUYING)
def test_budgets_of_a_replay_go_to_those_whom_the_books_gave_them(name: str, buying: Any) -> None:
    document = PROGRAMS[name]
    scene, past = lived(document, buying)
    compiled = made(**{key: document[key] for key in ("earn", "campaigns") if key in document})
    walks = walked(compiled, scene, past)
    for walk in walks:
        for order, replayed in walk.documents[MAIN].items():
            booked = scene.document(order)
            assert replayed.posted == booked.posted
            assert replayed.net == booked.net
            assert replayed.budgets == booked.budgets
    greeted = {walk.member: walk for walk in walks}
    for customer in (Customer(f"c{who}").id for who in range(3)):
        found = greeted.get(scene.member(customer))
        given = [each for each in scene.journal(customer) if each.document == "joining:member"]
        rules = {rule: points for (rule, _), points in found.given.items()} if found else {}
        points = rules.get("hello", 0) + rules.get("greeted", 0)
        assert points == sum(entry.points for entry in given)


# ---------------------------------------------------------------- reports


def reported(draft: CompiledProgram, histories: dict[str, list[PastOrder]], days: int) -> Report:
    """The report, after as many rounds as it takes."""
    live, span, known = made(), months(days), Round()
    while True:
        basis = Basis(live, draft, "d" * 64, span, 0, turn=known)
        sums = begun(len(span.names))
        for member, orders in histories.items():
            compare_member(member, orders, plans_of(basis), sums)
        further = following(basis, sums)
        if further is None:
            return report_of(basis, sums)
        known = further


def issued(report: Report) -> int:
    return sum(sum(unit.issued) for unit in report.draft.units if unit.habit == MAIN)


def crowd(days_ago: int = 30) -> dict[str, list[PastOrder]]:
    return {f"m{number}": [bought(5_000, str(number), days_ago - number)] for number in range(6)}


def test_a_budget_that_runs_out_goes_to_who_came_first() -> None:
    draft = made(campaigns=[SPRING])
    report = reported(draft, crowd(), 330)
    assert issued(report) == 6 * 50 + 150
    assert "budgets_ran_out" in report.notes
    assert {each.member for each in report.winners} == {"m0", "m1", "m2"}


def test_a_budget_that_suffices_takes_one_round_and_no_word() -> None:
    plenty = made(campaigns=[{**SPRING, "budget": {"points": 9_000}}])
    report = reported(plenty, crowd(), 330)
    assert issued(report) == 6 * 100
    assert report.notes == ()


def test_what_only_warms_up_spends_no_budget_without_windows() -> None:
    draft = made(campaigns=[SPRING])
    histories = {**crowd(), "old": [bought(15_000, "old", 600)]}
    assert issued(reported(draft, histories, 700)) == 6 * 50 + 150
    shared = made(earn=[*TEA["earn"], SHARED])
    basis = Basis(made(), shared, "", months(700), 0)
    sums = begun(len(basis.months.names))
    compare_member("old", [bought(15_000, "old", 600)], plans_of(basis), sums)
    assert list(sums.draft.asks.amounts.values()) == [75]


def test_rounds_come_to_an_end_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.domain.replay.sharing.REPLAY_ROUNDS_MAX", 1)
    report = reported(made(campaigns=[SPRING]), crowd(), 330)
    assert "budgets_unsettled" in report.notes


# ---------------------------------------------------------------- slots of time


ASKED = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(1, 60)), max_size=40
)


def noted(asked: Any, most: int = 8) -> Asks:
    asks = Asks(most)
    for first, later, amount in asked:
        asks.add("campaign:spring", (first, first), amount, amount + later % 3)
        asks.add("campaign:spring", (first, first + later), -(amount // 2), -(amount // 2))
    return asks


@given(ASKED, st.integers(0, 40))
def test_parts_of_what_was_asked_add_up_in_any_order(asked: Any, cut: int) -> None:
    whole = noted(asked)
    for parts in ((asked[:cut], asked[cut:]), (asked[cut:], asked[:cut])):
        first, second = map(noted, parts)
        first.merge(second)
        assert first == whole
    assert len(whole.amounts) <= 8


@given(ASKED)
def test_a_budget_is_never_overdrawn_however_wide_slots_are(asked: Any) -> None:
    compiled = made(campaigns=[SPRING])
    asks = noted(asked)
    refused = refused_of(compiled, asks)
    held: dict[int, int] = {}
    for (counter, first, now), amount in sorted(asks.amounts.items(), key=lambda each: each[0][2]):
        is_in = not {(counter, first, first), (counter, first, now)} & refused.places
        held[now] = held.get(now, 0) + (amount if is_in else 0)
    total = 0
    for now in sorted(held):
        total += held[now]
        assert total <= 150


def test_who_is_not_named_is_refused_nothing() -> None:
    refused = Refused(10, frozenset({("a", 1, 1)}))
    assert refused.of(("a", "b"), (12, 19)) == {"a"}
    assert refused.of(("a", "b"), (12, 20)) == frozenset()
    assert Refused().of(("a",), (12, 19)) == frozenset()


def test_counters_alone_are_never_put_together() -> None:
    asks = Asks(1)
    for name in ("a", "b"):
        asks.add(name, (5, 5), 1, 1)
    assert len(asks.amounts) == 2
    assert set(asks.amounts.values()) == {1}
