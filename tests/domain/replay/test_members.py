"""Members of a replay: joining, birthdays, anniversaries and memberships, against the ledger."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, Instant, parse_instant
from chalicelib.domain.member import Account
from chalicelib.domain.memberships import memberships_at
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.conditions import left_out
from chalicelib.domain.replay.member_state import Walk, plan_of, quietly
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.past_actions import PastAction
from chalicelib.domain.replay.past_members import PastImport, PastMember
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from chalicelib.operations.replay_history import (
    Told,
    actions_of,
    chosen_in,
    draws_joining,
    journal_of,
    orders_of,
    person_of,
)
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.operations.take_part import take_part
from chalicelib.operations.view_card import CardQuery
from chalicelib.security.storefront_tokens import Customer as Shopper
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import first_live_at
from chalicelib.storage.shops import find_shop
from tests.builders import TEA, Scene, program, refund, refunded
from tests.domain.replay.histories import bought
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, reviewing, tell
from tests.operations.challenge_scenes import BADGES, challenge
from tests.operations.given_scenes import CAKE, HELLO
from tests.operations.launch_scenes import balance, customer, launching, past_order, told
from tests.operations.referral_scenes import OFFER, buy, come, own, referring
from tests.operations.referral_scenes import swept as swept_referrals

BEGAN = parse_instant("2025-03-01T00:00:00Z")
JOINED = {"id": "hello", "on": "member.joined", "give": [{"add": 30, "unit": "points"}]}
BIRTH = {"id": "cake-day", "on": "member.birthday", "give": [{"add": 100, "unit": "points"}]}
YEARS = {"id": "years", "on": "member.anniversary", "give": [{"add": 40, "unit": "points"}]}
EARN = [*TEA["earn"], JOINED, BIRTH, YEARS]


def opened(document: dict[str, Any]) -> Scene:
    scene = Scene(MemoryTable(), now=BEGAN)
    scene.publish(document, since=BEGAN)
    return scene


def walked(scene: Scene, document: dict[str, Any], share: int = 0) -> Walk:
    """The member's own history, read as the API reads it, by ``document``."""
    compiled = compile_program(read_program(document), 1)
    account, shop = scene.account(), find_shop(scene.table, scene.shop)
    assert account is not None
    assert shop is not None
    held: tuple[str, Account] = (scene.member(), account)
    journal = journal_of(scene.table, scene.shop, held)
    key = profile_key(scene.shop, scene.member())
    profile = profile_of(scene.table.load([key]).get(key))
    known = Told(
        profile,
        journal,
        first_live_at(scene.table, shop),
        chosen_in(compiled),
        draws_joining(compiled),
    )
    past: list[Past] = [person_of(scene.table, scene.shop, held, known)]
    past += orders_of(scene.table, scene.shop, held, journal)
    past += actions_of(scene.table, scene.shop, held)
    months = months_between(BEGAN, scene.now, compiled.zone)
    plan = quietly(plan_of(compiled, months, share))
    return walk_member(scene.member(), past, plan, Tally(len(months.names)))


def same(scene: Scene, walk: Walk) -> None:
    """What the replay ends with is what the books hold, unit by unit and rule by rule."""
    account, draft = scene.account(), walk.main.draft
    assert account is not None
    assert draft is not None
    now = scene.now
    for unit in {*account.units, *draft.account.units}:
        booked = sum(each.points for each in scene.journal() if each.unit == unit)
        told = {
            kind: sum(walk.tally.row(kind, unit, MAIN))
            for kind in ("earn", "reinstate", "return", "import", "reverse", "redeem", "expire")
        }
        added = sum(told[kind] for kind in ("earn", "reinstate", "return", "import"))
        assert added - told["reverse"] - told["redeem"] - told["expire"] == booked
    assert draft.account.joined_at == account.joined_at
    assert draft.account.standings == account.standings
    assert memberships_at(draft.account, now) == memberships_at(account, now)


def at(text: str) -> Instant:
    return parse_instant(f"{text}T00:00:00Z")


def swept(scene: Scene, *days: str) -> None:
    for day in days:
        scene.now = at(day)
        sweep_shops(scene.table, scene.now)
        sweep_shops(scene.table, scene.now + 1)


def test_birthdays_anniversaries_and_joining_give_what_the_books_hold() -> None:
    document = program(earn=EARN)
    scene = opened(document)
    scene.join("77", birthday="02-29")
    scene.pay(4_000, "1")
    swept(scene, "2025-06-01", "2026-02-28", "2026-03-01", "2026-03-02", "2026-05-01")
    scene.pay(6_000, "2")
    walk = walked(scene, document)
    same(scene, walk)
    assert walk.given[("years", "points")] == 40
    assert walk.given[("cake-day", "points")] == 100


def test_who_chose_to_join_has_what_they_bought_a_little_before() -> None:
    keys = {"how": "opt_in", "retroactive_days": 30}
    document = program(earn=EARN, join=keys)
    scene = opened(document)
    for days, order in ((0, "old"), (50, "young")):
        scene.now = BEGAN + days * DAY_MS
        scene.pay(3_000, order)
    scene.now = BEGAN + 60 * DAY_MS
    scene.join("77")
    scene.now += 10 * DAY_MS
    scene.pay(2_000, "after")
    walk = walked(scene, document)
    same(scene, walk)
    # Of the old one nothing leads to the member, so the API does not know it; a scan does.
    assert sorted(walk.documents[MAIN]) == ["after", "young"]
    early = PastMember("77", joined_at=BEGAN + 60 * DAY_MS)
    alone = by_hand(scene, document, early, bought(3_000, "old", paid_at=BEGAN))
    assert sum(alone.tally.row("unearned", "before_joining")) == 1


def test_memberships_by_plan_are_held_from_their_renewals() -> None:
    plan = {"id": "plus", "name": "Plus", "sold_as": {"plan": "plus"}, "period": "P1M"}
    double = {
        "id": "double",
        "on": "order.paid",
        "if": {"member.memberships": {"has": "plus"}},
        "give": [{"multiply": "2", "unit": "points"}],
    }
    document = program(earn=[*TEA["earn"], double], memberships=[plan])
    scene = opened(document)
    scene.pay(1_000, "1")
    scene.now += DAY_MS
    tell(scene, done("s1", action="subscription.renewed", at=scene.now, plan="plus"))
    for days, order in ((3, "2"), (40, "3")):
        scene.now = BEGAN + days * DAY_MS
        scene.pay(1_000, order)
    walk = walked(scene, document)
    same(scene, walk)
    posted = {name: each.net["points"] for name, each in walk.documents[MAIN].items()}
    assert posted == {"1": 10, "2": 20, "3": 10}


def test_rewards_for_joining_cost_what_they_cost() -> None:
    document = program(earn=[TEA["earn"][0], HELLO], rewards=[CAKE, TEA["rewards"][0]])
    scene = opened(document)
    scene.join("77")
    walk = walked(scene, document)
    same(scene, walk)
    assert sum(walk.tally.row("cost", "", MAIN)) == 250
    assert sum(walk.tally.row("rewards", "cake", MAIN)) == 1
    assert left_out(walk.plan.program, walk.plan.program) == ()
    silent = PastAction("77", "main:x", "nothing.here", BEGAN)
    (unknown,) = [by_hand(scene, document, silent)]
    assert sum(unknown.tally.row("cost", "", MAIN)) == 0


@pytest.mark.parametrize(("is_returned", "cost"), [(False, 500), (True, 100)])
def test_units_given_to_a_cause_cost_what_it_says_as_long_as_they_stand(
    is_returned: bool, cost: int
) -> None:
    own = {"id": "own", "on": "order.paid", "give": [{"cause": "forest", "add": 1}]}
    two = challenge(target=2, give=[{"cause": "forest", "add": 3}])
    forest = {"id": "forest", "name": "Trees", "unit_cost": {"USD": 100}}
    document = program(earn=[*TEA["earn"], own], challenges=[two], causes=[forest])
    scene = opened(document)
    for number in ("1", "2"):
        scene.pay(3_000, number)
    scene.now += DAY_MS
    if is_returned:
        scene.order(refunded(refund(3_000, at=scene.now), "2"))
    walk = walked(scene, document)
    same(scene, walk)
    assert sum(walk.tally.row("cost", "", MAIN)) == cost
    free = program(**{**document, "causes": [{**forest, "unit_cost": None}]})
    assert sum(walked(scene, free).tally.row("cost", "", MAIN)) == 0


@pytest.mark.parametrize("order_first", [True, False])
def test_limits_of_a_day_count_what_joining_gave(order_first: bool) -> None:
    hello = {**JOINED, "give": [{"add": 500, "unit": "points"}]}
    document = program(earn=[*TEA["earn"], hello], limits={"points_per_day": 520})
    scene = opened(document)
    if not order_first:
        scene.join("77")
    scene.pay(4_000, "1")
    scene.now += DAY_MS
    scene.pay(3_000, "2")
    walk = walked(scene, document)
    same(scene, walk)
    assert sum(each.points for each in scene.journal()) == 520 + 30


@pytest.mark.parametrize("order_first", [True, False])
def test_a_draw_of_joining_is_the_one_of_the_books(order_first: bool) -> None:
    branches = [{"weight": 1, "give": [{"add": n, "unit": "points"}]} for n in range(1, 11)]
    lucky = {"id": "lucky", "on": "member.joined", "give": [{"chance": branches}]}
    document = program(earn=[*TEA["earn"], lucky])
    scene = opened(document)
    if not order_first:
        scene.join("77")
    scene.pay(4_000, "1")
    walk = walked(scene, document)
    same(scene, walk)
    won = sum(each.points for each in scene.journal()) - 40
    assert walk.given[("lucky", "points")] == won > 0


def test_a_draft_that_draws_at_joining_is_replayed_by_numbers_that_are_made_up() -> None:
    branches = [{"weight": 1, "give": [{"add": 7, "unit": "points"}]}]
    lucky = {"id": "lucky", "on": "member.joined", "give": [{"chance": branches}]}
    scene = opened(program())
    scene.join("77")
    walk = walked(scene, program(earn=[*TEA["earn"], lucky]))
    assert walk.given[("lucky", "points")] == 7


def test_who_joined_elsewhere_has_what_was_brought_for_them() -> None:
    document = launching(earn=[*TEA["earn"], JOINED])
    scene = opened(document)
    before = BEGAN - 30 * DAY_MS
    assert told(scene, customer(joined_at=before)) == "recorded"
    assert told(scene, balance(300, expires_at=BEGAN + 90 * DAY_MS)) == "recorded"
    assert told(scene, balance(50, "b2")) == "recorded"
    assert told(scene, past_order(30_000, before={"points": 20}, at=before)) == "recorded"
    scene.now += 20 * DAY_MS
    scene.pay(1_000, "1")
    scene.now += DAY_MS
    scene.order(refunded(refund(15_000, at=scene.now), "old"), now=scene.now)
    scene.now += 100 * DAY_MS
    scene.pay(2_000, "2")
    walk = walked(scene, document)
    same(scene, walk)
    assert sum(walk.tally.row("import", "points", MAIN)) == 350
    assert sum(walk.tally.row("expire", "points", MAIN)) > 0
    other = {**document, "units": {"stars": TEA["units"]["points"]}, "earn": [], "rewards": []}
    none = walked(scene, {**other, "tier_groups": []})
    assert sum(none.tally.row("import", "stars", MAIN)) == 0


def test_who_takes_part_counts_from_then_on() -> None:
    chosen = challenge(id="orders", target=1, repeat=3, join="opt_in")
    document = reviewing(badges=BADGES, challenges=[chosen])
    scene = opened(document)
    scene.pay(1_000, "1")
    scene.now += DAY_MS
    query = CardQuery(scene.shop, Shopper("77", scene.now, "k1"), "", scene.now, scene.now)
    assert not isinstance(take_part(scene.table, query, "orders"), Refusal)
    scene.now += DAY_MS
    scene.pay(1_000, "2")
    walk = walked(scene, document)
    same(scene, walk)
    assert walk.progress[MAIN]["orders"].completed == 1
    freely = walked(scene, reviewing(badges=BADGES, challenges=[challenge(id="other")]))
    assert sorted(freely.progress[MAIN]) == ["other"]
    person = PastMember("77", joined_at=BEGAN, parts={"orders": BEGAN, "gone": BEGAN})
    open_to_all = reviewing(badges=BADGES, challenges=[challenge(id="orders")])
    assert by_hand(scene, open_to_all, person).progress[MAIN] == {}
    plain = walked(scene, reviewing())
    assert plain.progress[MAIN] == {}


def test_both_sides_of_a_referral_have_what_the_books_hold() -> None:
    document = referring()
    scene = Scene(MemoryTable(), now=BEGAN)
    scene.publish(document, since=BEGAN)
    scene.join("77", email="ann@example.com")
    own(scene)
    come(scene)
    come(scene, "99")
    scene.now += DAY_MS
    buy(scene, at=scene.now)
    buy(scene, order="g1", friend="99", at=scene.now)
    scene.now += 2 * DAY_MS
    scene.order(refunded(refund(3_000, at=scene.now), "g1"), now=scene.now)
    swept_referrals(scene, scene.now + 20 * DAY_MS)
    walk = walked(scene, document)
    same(scene, walk)
    assert walk.given == {("referral:advocate", "points"): 100}
    foreign = [{"regions": ["HU"], **{key: OFFER[key] for key in ("friend", "advocate")}}]
    assert walked(scene, referring(offers=foreign)).given == {}
    tenth = [{"rate": "10", "per": {"USD": 100}, "unit": "points"}]
    assert walked(scene, referring(offers=[{**OFFER, "advocate": tenth}])).given == {
        ("referral:advocate", "points"): 300
    }
    generous = {**OFFER, "advocate": [{"add": 400, "unit": "points"}]}
    assert walked(scene, referring(offers=[generous])).given == {
        ("referral:advocate", "points"): 400
    }


def by_hand(scene: Scene, document: dict[str, Any], *past: Past) -> Walk:
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGAN, scene.now, compiled.zone)
    return walk_member("77", past, quietly(plan_of(compiled, months, 0)), Tally(len(months.names)))


def test_who_a_rollout_leaves_out_joins_nothing_and_has_nothing_brought() -> None:
    document = program(earn=EARN, join={"how": "automatic", "rollout": "0.0001"})
    scene = opened(document)
    scene.now += 400 * DAY_MS
    person = PastMember(
        "77",
        joined_at=BEGAN,
        birthday="06-01",
        imports=(PastImport("points", 10, BEGAN + DAY_MS),),
        parts={"orders": BEGAN + DAY_MS},
    )
    walk = by_hand(scene, document, person)
    assert (walk.main.draft, walk.given) == (None, {})
