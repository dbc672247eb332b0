"""The proof for household pools: what was shared and given back is as the books say.

Any history of three members who buy, send back, put into their pool, leave it and enter another,
in and out of pauses, goes through the real operations and through the replay, which reads it as the
API does.
"""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.booking import opened, unit_state
from chalicelib.domain.events import Customer, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.lots import balance, booked
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.households import Household, walk_household
from chalicelib.domain.replay.member_state import Plan, Walk, plan_of
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past
from chalicelib.operations.pause_program import pause_program, resume_program
from chalicelib.operations.replay_history import Told, journal_of, orders_of, person_of
from chalicelib.operations.replay_pools import household_of
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, TEA, Scene, refunded, unit
from tests.memory_table import MemoryTable
from tests.operations.verbs_of_pools import add, create, leave, pool_name, put

BEGINNING = NOON - 300 * DAY_MS
SHARED = {"members_max": 3}
PROGRAMS: dict[str, dict[str, Any]] = {
    "owing": {**TEA, "units": unit(pool=SHARED, expiry={"after": "P2M"})},
    "forgiving": {**TEA, "units": unit(pool=SHARED, negative="clamp")},
    "idle": {**TEA, "units": unit(pool=SHARED, negative="clamp", expiry={"idle": "P1M"})},
    "staying": {**TEA, "units": unit(pool={**SHARED, "leave": "stay"}, pending={"for": "P5D"})},
}
HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, 12),  # days after the one before
        st.sampled_from(["77", "88", "99"]),
        st.one_of(
            st.tuples(st.just("buy"), st.integers(100, 40_000)),
            st.tuples(st.just("back"), st.integers(100, 40_000)),
            st.tuples(st.just("put"), st.integers(1, 100)),  # percent of what they have
            st.tuples(st.just("leave"), st.just(0)),
            st.tuples(st.sampled_from(["add", "move"]), st.just(0)),
            st.tuples(st.sampled_from(["pause", "resume"]), st.just(0)),
        ),
    ),
    min_size=1,
    max_size=14,
)
PEOPLE = "77", "88", "99"
MOVED: list[Any] = [
    (1, "88", ("put", 50)),
    (1, "77", ("put", 30)),
    (1, "88", ("leave", 0)),
    (1, "88", ("move", 0)),
    (2, "88", ("put", 60)),
    (1, "99", ("put", 20)),
    (1, "88", ("back", 9_000)),
    (1, "99", ("leave", 0)),
]
FIRST: list[Any] = [(0, who, ("buy", 9_000)) for who in PEOPLE]


def _account(scene: Scene, name: str) -> Any:
    key = account_key(scene.shop, name)
    return account_of(scene.table.load([key]).get(key))


class _Home:
    """A shop in which customers share a pool of 77, or move to that of 99, and what they do."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.scene = Scene(MemoryTable(), now=BEGINNING)
        self.scene.publish(document)
        self.orders: list[str] = []
        self.bought: dict[str, list[tuple[str, int]]] = {who: [] for who in PEOPLE}

    def happen(self, name: str, who: str, deed: tuple[str, int]) -> None:
        what, amount = deed
        table, shop, now = self.scene.table, self.scene.shop, self.scene.now
        match what:
            case "leave":
                leave(self.scene, who, self.pool(who))
            case "add":
                add(self.scene, who)
            case "move":
                add(self.scene, who, second(self.scene))
            case "pause":
                pause_program(table, shop, Pause(Paused.EARNING, now))
            case "resume":
                resume_program(table, shop, now)
            case _:
                {"buy": self.buy, "back": self.back, "put": self.put}[what](name, who, amount)

    def buy(self, name: str, who: str, net: int) -> None:
        self.scene.pay(net, name, customer=Customer(who))
        self.bought[who].append((name, net))
        self.orders.append(name)

    def back(self, name: str, who: str, most: int) -> None:
        if self.bought[who]:
            order, net = self.bought[who].pop(0)
            now = self.scene.now
            refund = Refund(f"r{name}", now, (RefundLine("l1", 0, min(most, net)),))
            self.scene.order(refunded(refund, order), now=now)

    def put(self, name: str, who: str, percent: int) -> None:
        state = _account(self.scene, self.scene.member(who)).units.get("points")
        points = balance(state, self.scene.now).available * percent // 100 if state else 0
        if points > 0:
            put(self.scene, points, who, key=f"c{name}", pool=self.pool(who))

    def pool(self, who: str) -> str:
        """The pool that they are in; else that of 77, which refuses."""
        found: str = _account(self.scene, self.scene.member(who)).pools.get("points", "")
        return found


def second(scene: Scene) -> str:
    return pool_name(scene, "99", "p9")


def _by_the_books(document: dict[str, Any], happenings: Any) -> tuple[Scene, list[str]]:
    home = _Home(document)
    for number, (days, who, deed) in enumerate([*FIRST, *happenings]):
        home.scene.now += days * DAY_MS + 1
        home.happen(str(number), who, deed)
        if number == len(PEOPLE) - 1:
            assert not isinstance(create(home.scene), Refusal)
            assert not isinstance(create(home.scene, "99", "p9"), Refusal)
            assert not isinstance(add(home.scene), Refusal)
    return home.scene, home.orders


def _households(scene: Scene) -> list[Household]:
    """As they are walked together; who shares no pool goes with the first."""
    found = []
    left = {scene.member(who) for who in PEOPLE}
    for name in (second(scene), pool_name(scene)):
        held = name, _account(scene, name)
        past, _ = household_of(scene.table, scene.shop, held, scene.now + 1)
        assert past.others == {}
        found.append((past, set(past.members)))
        assert left >= set(past.members)
        left -= set(past.members)
    found[0][1].update(left)
    return [
        Household(past, {name: _history(scene, name) for name in members})
        for past, members in found
    ]


def _history(scene: Scene, name: str) -> tuple[Past, ...]:
    held = name, _account(scene, name)
    journal = journal_of(scene.table, scene.shop, held)
    person = person_of(scene.table, scene.shop, held, Told(None, journal, BEGINNING, ()))
    assert not person.others
    return (person, *orders_of(scene.table, scene.shop, held, journal))


def _replayed(scene: Scene, document: dict[str, Any]) -> tuple[Plan, dict[str, Walk], Tally]:
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGINNING, scene.now, compiled.zone)
    shop = find_shop(scene.table, scene.shop)
    plan = plan_of(compiled, months, 0, pauses=shop.pauses if shop else ())
    tally, walks = Tally(len(months.names)), dict[str, Walk]()
    for household in _households(scene):
        walks |= walk_household(household, plan, tally)
    return plan, walks, tally


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=25)
@example(MOVED)
@given(HAPPENINGS)
def test_a_household_replayed_gives_the_ledgers_net(name: str, happenings: Any) -> None:
    scene, orders = _by_the_books(PROGRAMS[name], happenings)
    plan, walks, tally = _replayed(scene, PROGRAMS[name])
    for order in orders:
        document = scene.document(order)
        replayed = walks[document.member].documents[MAIN].get(order)
        if replayed is None:
            assert (document.reason, document.terms, document.net) == ("paused", None, {})
            continue
        assert (replayed.net, replayed.posted) == (document.net, document.posted)
        assert (replayed.forgiven, replayed.lapsed) == (document.forgiven, document.lapsed)
    end = plan.months.starts[-1] - 1
    holders = (*map(scene.member, PEOPLE), pool_name(scene), second(scene))
    left = sum(
        booked(unit_state(opened(each, _account(scene, each), end, plan.program), "points"))
        for each in holders
    )
    assert tally.row("outstanding", "points", MAIN)[-1] == left
    _rolls_forward(tally)


def _rolls_forward(tally: Tally) -> None:
    """What passes between members and pool is neither made nor lost, in any month and habit."""
    for habit in ("half", "one", "more"):
        held = 0
        for month in range(tally.months):

            def of(kind: str, habit: str = habit, month: int = month) -> int:
                return tally.row(kind, "points", habit)[month]

            held += of("earn") + of("reinstate")
            held -= of("reverse") + of("redeem") + of("expire")
            assert of("gift_in") == of("gift_out")
            assert of("outstanding") == held


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=15)
@given(HAPPENINGS, st.integers(0, 1_000_000))
def test_a_household_that_spends_rolls_forward(name: str, happenings: Any, share: int) -> None:
    scene, _ = _by_the_books(PROGRAMS[name], happenings)
    compiled = compile_program(read_program(PROGRAMS[name]), 1)
    months = months_between(BEGINNING, scene.now + 60 * DAY_MS, compiled.zone)
    tally = Tally(len(months.names))
    for household in _households(scene):
        walk_household(household, plan_of(compiled, months, share), tally)
    _rolls_forward(tally)
