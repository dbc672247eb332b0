"""Once-rules and caps across orders: first recorded, first served; freed room serves later ones."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.limits import LIMIT_BUCKETS_MAX
from chalicelib.domain.member import Counters
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.key_names import marker_key
from chalicelib.storage.members import counters_item
from tests.builders import NOON, TEA, Scene, line, program, refund, refunded, state, upserted
from tests.operations.action_scenes import done, review_rule, tell
from tests.operations.verbs_of_members import merge

LATER = NOON + HOUR_MS
WELCOME = {
    "id": "welcome",
    "on": "order.paid",
    "once": "member",
    "give": [{"add": 10, "unit": "points"}],
}
ONCE = program(earn=[*TEA["earn"], WELCOME])


def capped(**limit: Any) -> dict[str, Any]:
    return program(earn=[{**TEA["earn"][0], "limit": limit}])


def holder_of(shop: Scene) -> str:
    key = marker_key(shop.shop, shop.member(), "welcome", "member")
    return str(shop.table.load([key]).get(key, {}).get("d", ""))


def test_a_once_rule_pays_the_first_order_alone(scene: Scene) -> None:
    scene.publish(ONCE)
    scene.pay(1_000, "1")
    scene.pay(1_000, "2")
    assert scene.available() == 10 + 10 + 10
    assert holder_of(scene) == "order:main:1"


def test_a_marker_is_freed_when_its_order_comes_to_nothing(scene: Scene) -> None:
    scene.publish(ONCE)
    scene.pay(1_000, "1")
    scene.pay(1_000, "2")
    scene.order(refunded(refund(1_000, at=LATER), "1"))
    assert holder_of(scene) == ""
    assert scene.available() == 10
    scene.pay(1_000, "3")
    assert holder_of(scene) == "order:main:3"
    assert scene.available() == 10 + 10 + 10


def test_an_order_that_comes_back_does_not_get_what_another_won_meanwhile(scene: Scene) -> None:
    scene.publish(ONCE)
    scene.pay(1_000, "1")
    scene.order(refunded(refund(1_000, at=LATER), "1"))
    scene.pay(1_000, "2")
    back = state(line(1_000), id="1", version=LATER + 1)
    scene.order(upserted(back))
    assert scene.available() == 10 + 10 + 10
    assert holder_of(scene) == "order:main:2"
    assert scene.order(upserted(back)).replayed


def test_a_moved_order_frees_its_marker(scene: Scene) -> None:
    from chalicelib.domain.events import Customer

    scene.publish(ONCE)
    scene.pay(1_000, "1")
    moved = state(line(1_000), id="1", version=LATER, customer=Customer("88"))
    scene.order(upserted(moved))
    assert holder_of(scene) == ""
    assert scene.available("88") == 20
    scene.pay(1_000, "2")
    assert scene.available() == 20


def test_room_is_granted_once_and_a_larger_order_may_ask_for_more(scene: Scene) -> None:
    scene.publish(capped(amount=100, window={"calendar": "month"}))
    scene.pay(6_000, "1")
    scene.pay(6_000, "2")
    assert scene.available() == 60 + 40
    scene.order(upserted(state(line(3_000), id="1", version=LATER)))
    assert scene.available() == 30 + 40, "freed room is not for orders recorded before"
    scene.order(upserted(state(line(9_000), id="2", version=LATER)))
    assert scene.available() == 30 + 70, "a larger base asks anew"
    scene.pay(6_000, "3")
    assert scene.available() == 100


def test_a_refund_under_a_cap_takes_back_what_the_rest_does_not_earn(scene: Scene) -> None:
    scene.publish(capped(amount=50, window="order"))
    scene.pay(10_000)
    assert scene.available() == 50
    scene.order(refunded(refund(3_000, at=LATER)))
    assert scene.available() == 50
    scene.order(refunded(refund(3_000, "r2", at=LATER)))
    assert scene.available() == 40


def test_times_are_counted_and_freed(scene: Scene) -> None:
    scene.publish(capped(times=1, window={"calendar": "month"}))
    scene.pay(1_000, "1")
    scene.pay(1_000, "2")
    assert scene.available() == 10
    scene.order(refunded(refund(1_000, at=LATER), "1"))
    scene.pay(1_000, "3")
    assert scene.available() == 10
    assert scene.counters().used == {"rule:purchase": {"2026-11": 1}}


@pytest.mark.parametrize("deliveries", [1, 3])
def test_a_repeat_under_a_day_cap_changes_nothing(scene: Scene, deliveries: int) -> None:
    bonus = {**WELCOME, "id": "extra", "once": None}
    both = [TEA["earn"][0], {key: value for key, value in bonus.items() if value}]
    scene.publish(program(earn=both, limits={"points_per_day": 15}))
    scene.pay(1_000)
    before = scene.document()
    for _ in range(deliveries):
        assert scene.pay(1_000).replayed
    assert scene.document() == before
    assert scene.available() == 15


def test_counters_read_before_another_commit_and_the_account_after_it_lose_nothing(
    scene: Scene,
) -> None:
    """A BatchGet is no snapshot: here another order lands between the reads of two keys."""
    scene.publish(capped(amount=100, window={"calendar": "month"}))
    scene.pay(1_000, "0")
    table: Any = scene.table
    first_read: list[str] = []

    def other_order_lands(key: tuple[str, str]) -> None:
        if key[1] in {"A", "C"} and not first_read:
            first_read.append(key[1])
        elif key[1] in {"A", "C"} and first_read != ["done"] and key[1] != first_read[0]:
            first_read[:] = ["done"]
            table.before_key = lambda _: None
            scene.pay(8_000, "1")

    for name in ("2", "3"):
        reversed_load(scene, other_order_lands, name)
    assert scene.available() == 100
    assert scene.counters().used == {"rule:purchase": {"2026-11": 100}}


def reversed_load(scene: Scene, hook: Any, name: str) -> None:
    """Pay order ``name`` while ``hook`` runs, the table reading keys backwards, as it may."""
    table: Any = scene.table
    load = table._load
    table._load = lambda keys: load(tuple(reversed(keys)))
    table.before_key = hook
    try:
        scene.pay(8_000, name)
    finally:
        table._load, table.before_key = load, lambda _: None


# ---------------------------------------------------------------- joining


HELLO = {"id": "hello", "on": "member.joined", "give": [{"add": 500, "unit": "points"}]}
SOME = {**HELLO, "limit": {"amount": 100, "window": "lifetime"}}
A_DAY = {"points_per_day": 120}


def test_a_limit_of_a_rule_holds_for_joining_too(scene: Scene) -> None:
    scene.publish(program(earn=[SOME]))
    scene.join("77")
    assert scene.available() == 100
    assert scene.counters().used
    scene.verify()


@pytest.mark.parametrize("joins_first", [True, False])
def test_what_joining_gave_is_of_that_day_whoever_brings_the_account(
    scene: Scene, joins_first: bool
) -> None:
    scene.publish(program(earn=[TEA["earn"][0], SOME], limits=A_DAY))
    if joins_first:
        scene.join("77")
    scene.pay(9_000, "1")
    assert scene.available() == 120
    scene.pay(9_000, "2", at=NOON + DAY_MS)
    assert scene.available() == 120 + 90
    scene.verify()


def test_an_action_that_makes_a_member_has_what_joining_left_of_the_day(scene: Scene) -> None:
    told = {"action": {"words": "integer"}}
    rules = [review_rule(give=[{"add": 70, "unit": "points"}]), SOME]
    scene.publish(program(earn=rules, attributes=told, limits=A_DAY))
    tell(scene, done())
    assert scene.available() == 120
    scene.verify()


def test_a_limit_that_a_joining_reached_is_reached_for_who_becomes_one(scene: Scene) -> None:
    scene.publish(program(earn=[TEA["earn"][0], SOME], limits=A_DAY))
    scene.join("77")
    scene.join("88")
    merge(scene, gone="88", kept="77")
    assert scene.available() == 100
    scene.pay(9_000, "1")
    assert scene.available() == 100  # both joined today, and a day is a day
    scene.verify("77", "88")


# ---------------------------------------------------------------- a limit in a group

DAY, ORDER = {"calendar": "day"}, "order"


def chosen(window: Any) -> dict[str, Any]:
    best = {
        "id": "best",
        "on": "order.paid",
        "group": "g",
        "pick": "best",
        "give": [{"rate": "2", "unit": "points"}],
        "limit": {"amount": 30, "window": window},
    }
    return program(earn=[TEA["earn"][0], best], tier_groups=[])


@pytest.mark.parametrize("window", [DAY, ORDER])
def test_a_limit_in_a_group_cuts_exactly_and_the_same_when_told_again(
    scene: Scene, window: Any
) -> None:
    scene.publish(chosen(window))
    scene.pay(4_299)
    assert scene.available() == 72  # 42.99 and 30
    assert scene.pay(4_299).replayed
    scene.order(upserted(state(line(4_299), version=LATER)), now=LATER)
    assert scene.available() == 72
    scene.order(refunded(refund(1, at=LATER)), now=LATER)
    assert scene.available() == 72  # 42.98 and 30


@pytest.mark.parametrize("window", [DAY, ORDER])
def test_an_order_that_grows_stays_within_its_limit_in_a_group(scene: Scene, window: Any) -> None:
    scene.publish(chosen(window))
    scene.pay(1_475)  # 14.75 and 29.50
    assert scene.available() == 44
    scene.order(upserted(state(line(4_299), version=LATER)), now=LATER)
    assert scene.available() == 72


def test_an_order_that_grows_stays_within_its_limit_of_one_order(scene: Scene) -> None:
    scene.publish(capped(amount=30, window=ORDER))
    scene.pay(2_000)
    scene.order(upserted(state(line(9_000), version=LATER)), now=LATER)
    assert scene.available() == 30


# ---------------------------------------------------------------- told late


@pytest.mark.parametrize("gap", [2, 15, 62, 300])
@pytest.mark.parametrize(
    "limit",
    [
        {"amount": 100, "window": {"calendar": "day"}},
        {"amount": 100, "window": {"rolling": "P7D"}},
        {"times": 1, "window": {"calendar": "month"}},
        {"cooldown": "P1D"},
    ],
)
def test_an_order_told_after_a_later_one_finds_its_limit_used(
    scene: Scene, limit: dict[str, Any], gap: int
) -> None:
    scene.publish(capped(**limit))
    scene.pay(10_000, "1")
    scene.now = NOON + gap * DAY_MS
    scene.pay(10_000, "2", at=scene.now)
    scene.pay(10_000, "late", at=NOON + 5)
    assert not scene.document("late").posted


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (capped(amount=100, window=DAY), "forgotten:purchase"),
        (capped(cooldown="P1D"), "forgotten:purchase"),
        (program(limits={"points_per_day": 100}), "forgotten_day:points"),
    ],
)
def test_an_order_before_what_is_remembered_gives_nothing_and_tells_why_also_again(
    scene: Scene, document: dict[str, Any], reason: str
) -> None:
    scene.publish(document)
    scene.pay(1_000, "1")
    crowded(scene)
    for day in (1, 2, 3):
        scene.now = NOON + day * DAY_MS
        scene.pay(1_000, f"later-{day}", at=scene.now)
    for version in (1, 2):
        late = state(line(1_000), id="late", version=scene.now + version, paid_at=NOON + 5)
        scene.order(upserted(late))
        order = scene.document("late")
        assert not order.posted
        assert [r.parameters["cap"] for r in order.trace if r.code == "cap_reached"] == [reason]


def crowded(scene: Scene) -> None:
    """As if the member had used very many other limits."""
    other = {f"rule:old-{place}": {"all": 1} for place in range(LIMIT_BUCKETS_MAX)}
    counters = scene.counters()
    item = counters_item(
        scene.shop, scene.member(), Counters({**counters.used, **other}, counters.revision + 1)
    )
    scene.table.write(Put(item, Anything()))
