"""The proof for tiers by conditions: what facts and orders lead to, and what is earned there.

Any history of orders, returns and facts that are told goes through the real operations, with the
sweep, and through the replay, which reads it as the API does.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer, Refund, RefundLine
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.member_state import Walk, plan_of
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from chalicelib.domain.standing import held_tiers
from chalicelib.operations.replay_history import Told, actions_of, journal_of, orders_of, person_of
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from tests.builders import NOON, TEA, Scene, refunded
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, facts, review_rule, tell
from tests.operations.test_tiers_by_conditions import by_conditions

BEGINNING = NOON - 300 * DAY_MS
ENTERED = {
    "id": "entered",
    "on": "tier.entered",
    "give": [{"add": 40, "unit": "points"}],
    "limit": {"times": 9, "window": "lifetime"},
}


def world(gold_if: dict[str, Any], *rules: dict[str, Any], **group: Any) -> dict[str, Any]:
    made = by_conditions(gold_if, **group)
    told = {"action": {"words": "integer", "country": "text"}}
    return {**made, "earn": [*TEA["earn"], review_rule(), *rules], "attributes": told}


CLUB = {**TEA["tier_groups"][0], "window": {"calendar": "month"}, "keep": {"for": "window"}}
VOLUME = {"facts.volume": {"gte": 100}}
PROGRAMS: dict[str, dict[str, Any]] = {
    "facts": world(VOLUME),
    "entered": world(VOLUME, ENTERED),
    "orders": world({"member.order_count": {"gte": 3}}),
    "habits": world({"all": [{"member.orders_12m": {"gte": 2}}, {"facts.volume": {"gte": 1}}]}),
    "recent": world({"member.days_since_order": {"in": [2, 3, 9]}}),
    "other": {
        **world({"member.tier.club": "gold"}),
        "tier_groups": [CLUB, *world({"member.tier.club": "gold"})["tier_groups"]],
    },
    "points": world({"all": [{"member.points.points": {"gte": 90}}, VOLUME]}),
    "daily": world(VOLUME, evaluate="daily"),
    "monthly": world(VOLUME, evaluate="window_end", window={"calendar": "month"}),
}
TOLD_ONCE = {"daily", "monthly", "habits", "points"}
"""When facts were told that others replaced is not known: where it matters they are told once."""

DEEDS = st.lists(
    st.tuples(
        st.integers(0, 20),  # days after the one before
        st.one_of(
            st.tuples(st.just("buy"), st.integers(100, 20_000)),
            st.tuples(st.just("back"), st.integers(100, 20_000)),
            st.tuples(st.just("review"), st.integers(1, 90)),
            st.tuples(st.just("told"), st.sampled_from([None, 20, 100, 150])),
        ),
    ),
    min_size=1,
    max_size=9,
)


def lived(name: str, deeds: Any) -> tuple[Scene, int]:
    """The books after all that; also how many orders there are."""
    scene = Scene(MemoryTable(), now=BEGINNING)
    scene.publish(PROGRAMS[name], since=BEGINNING)
    orders, returned, is_told = 0, 0, False
    for number, (days, (what, amount)) in enumerate([(0, ("buy", 900)), *deeds]):
        for _ in range(days):
            scene.now += DAY_MS
            sweep_shops(scene.table, scene.now)
        scene.now += 7
        match what:
            case "buy":
                scene.pay(amount, f"o{orders}", customer=Customer("77"))
                orders += 1
            case "back" if returned < orders:
                part = Refund(f"r{number}", scene.now, (RefundLine("l1", 0, amount),))
                scene.order(refunded(part, f"o{returned}"), now=scene.now)
                returned += 1
            case "review":
                tell(scene, done(f"a{number}", at=scene.now, words=amount, country="HU"))
            case "told" if not (name in TOLD_ONCE and is_told):
                is_told = True
                tell(scene, facts(scene.now, volume=amount))
                sweep_shops(scene.table, scene.now)
                scene.now += 7
                scene.pay(700, f"o{orders}", customer=Customer("77"))  # whose terms remember it
                orders += 1
        sweep_shops(scene.table, scene.now)
    scene.now += 32 * DAY_MS
    sweep_shops(scene.table, scene.now)
    return scene, orders


def replayed(scene: Scene, document: dict[str, Any]) -> Walk:
    table, shop, member = scene.table, scene.shop, scene.member()
    account = scene.account()
    assert account is not None
    held, key = (member, account), profile_key(shop, member)
    journal = journal_of(table, shop, held)
    told = Told(profile_of(table.load([key]).get(key)), journal, BEGINNING, ())
    past: tuple[Past, ...] = (
        person_of(table, shop, held, told),
        *orders_of(table, shop, held, journal),
        *actions_of(table, shop, held),
    )
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGINNING, scene.now, compiled.zone)
    return walk_member(member, past, plan_of(compiled, months, 0), Tally(len(months.names)))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=15)
@given(DEEDS)
def test_who_is_judged_in_a_replay_earns_what_the_books_gave(name: str, deeds: Any) -> None:
    scene, orders = lived(name, deeds)
    walk = replayed(scene, PROGRAMS[name])
    for number in range(orders):
        booked, again = scene.document(f"o{number}"), walk.documents[MAIN][f"o{number}"]
        assert (again.posted, again.net) == (booked.posted, booked.net)
    account, draft = scene.account(), walk.main.draft
    assert account is not None
    assert draft is not None
    program, now = walk.plan.program, scene.now
    assert held_tiers(draft.account, program, now) == held_tiers(account, program, now)
    earned = {each.document: 0 for each in scene.journal() if each.document.startswith("action:")}
    for entry in scene.journal():
        if entry.document in earned:
            earned[entry.document] += entry.points
    made = {f"action:{each.id}": each.net.get("points", 0) for each in walk.actions[MAIN].values()}
    assert sorted(each for each in made.values() if each) == sorted(filter(None, earned.values()))
