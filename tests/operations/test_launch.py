"""Launch with existing customers: balances, past orders and members that come from elsewhere."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.explain_document import explain_document
from chalicelib.storage.shops import find_shop, new_shop
from tests.builders import NOON, START, TEA, Scene, recorded, refund, refunded, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.audited import audited, breaks_of
from tests.operations.launch_scenes import (
    PAST,
    balance,
    bring,
    customer,
    launching,
    past_order,
    told,
)
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import merge

TREES = {"id": "hello", "on": "member.joined", "give": [{"add": 20, "unit": "points"}]}


@pytest.fixture
def scene() -> Scene:
    made = Scene(WatchedTable())
    made.publish(launching(earn=[*TEA["earn"], TREES]))
    return made


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    assert breaks_of(audited(scene.table.copy())) == ()  # type: ignore[attr-defined]


def later(days: int = 1, **changes: Any) -> Any:
    """A newer state of the past order."""
    made = past_order(**changes).event.order
    return upserted(msgspec.structs.replace(made, version=PAST + days * DAY_MS))


# ---------------------------------------------------------------- customers


def test_who_joined_elsewhere_is_a_member_since_then_without_a_welcome(scene: Scene) -> None:
    assert [told(scene, customer()) for _ in range(2)] == ["recorded", "replayed"]
    account = scene.account()
    assert account is not None
    assert (account.joined_at, scene.available()) == (PAST, 0)
    recorded(scene.join())
    assert scene.available() == 0
    sound(scene)


def test_nobody_joined_in_the_future(scene: Scene) -> None:
    told(scene, customer(joined_at=NOON + DAY_MS))
    account = scene.account()
    assert account is not None
    assert account.joined_at == NOON


def test_who_is_not_in_the_rollout_comes_once_it_is_wider() -> None:
    scene = Scene(WatchedTable())
    scene.publish(launching(join={"rollout": "0"}))
    assert told(scene, customer()) == "not_in_rollout"
    assert told(scene, balance()) == "member_unknown"
    scene.publish(launching(join={"rollout": "1"}), since=NOON - HOUR_MS)
    assert [told(scene, customer()), told(scene, balance())] == ["recorded", "recorded"]


# ---------------------------------------------------------------- balances


def test_a_balance_is_an_opening_lot_with_its_own_end_once(scene: Scene) -> None:
    told(scene, customer())
    row = balance(300, expires_at=NOON + 10 * DAY_MS)
    assert [told(scene, row), told(scene, row)] == ["recorded", "replayed"]
    assert told(scene, balance(50, "b2")) == "recorded"
    assert [entry.kind for entry in scene.journal()] == [EntryKind.IMPORT] * 2
    assert scene.available() == 350
    assert scene.balance(at=NOON + 11 * DAY_MS).available == 50
    sound(scene)


def test_a_row_that_says_something_else_is_refused(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(300))
    assert told(scene, balance(301)) == "same_key_other_request"
    assert told(scene, balance(1, "b2", unit="miles")) == "unit_unknown"
    assert told(scene, balance(1, "b3", expires_at=NOON)) == "value_invalid"
    assert told(scene, balance(1, "b4", number="88")) == "member_unknown"
    assert scene.available() == 300


def test_a_program_that_says_nothing_of_a_launch_imports_nothing() -> None:
    scene = Scene(WatchedTable())
    assert told(scene, customer()) == "shop_unknown"
    scene.publish()
    told(scene, customer())
    assert told(scene, balance()) == "launch_not_open"
    assert told(scene, past_order(before={})) == "launch_not_open"
    scene.publish({**TEA, "launch": {"orders": "qualify_only"}}, since=NOON - HOUR_MS)
    assert told(scene, past_order()) == "value_invalid"
    assert told(scene, past_order(before={})) == "recorded"


def test_a_shop_without_a_program_imports_nothing(scene: Scene) -> None:
    shop = find_shop(scene.table, "tea")
    assert shop is not None
    bare = msgspec.structs.replace(shop, shop_id="bare", settled_version=0, settled_since=0)
    scene.table.write(new_shop(bare))
    scene.shop = "bare"
    assert told(scene, customer()) == "program_not_live"


# ---------------------------------------------------------------- past orders


def test_a_past_order_counts_for_tiers_alone_and_only_once(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(120))
    assert [told(scene, past_order()) for _ in range(2)] == ["recorded", "replayed"]
    assert scene.available() == 120
    document = scene.document("old")
    assert (document.posted, document.qualifying, document.counted) == ((), {"club": 12_000}, True)
    sound(scene)


def test_a_refund_takes_back_what_was_imported_for_it_and_no_more(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(120))
    told(scene, past_order())
    recorded(scene.order(refunded(refund(4_000), "old")))
    assert scene.available() == 80
    for _ in range(2):
        recorded(scene.order(later(status=OrderStatus.REFUNDED)))
    assert scene.available() == 0
    assert scene.document("old").qualifying == {}
    sound(scene)


def test_what_is_left_of_odd_points_is_rounded_for_the_member(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(10))
    told(scene, past_order(3_000, before={"points": 10}))
    recorded(scene.order(refunded(refund(1_000), "old")))
    assert scene.available() == 7  # ten times two thirds, rounded up


def test_a_cancellation_that_is_taken_back_gives_everything_again(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(120))
    told(scene, past_order())
    recorded(scene.order(later(1, status=OrderStatus.CANCELLED)))
    assert scene.available() == 0
    recorded(scene.order(later(2)))
    assert scene.available() == 120
    sound(scene)


def test_a_member_who_spent_it_already_owes_it(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(120))
    told(scene, past_order())
    recorded(scene.redeem())
    recorded(scene.order(later(status=OrderStatus.CANCELLED)))
    assert scene.available() == -50
    recorded(scene.pay(8_000))
    assert scene.available() == 30
    sound(scene)


def test_an_order_that_was_partly_refunded_before_counts_from_there(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(60))
    told(scene, past_order(before={"points": 60}, refunds=(refund(6_000, at=PAST),)))
    recorded(scene.order(refunded(refund(3_000, "r2", at=NOON), "old")))
    assert scene.available() == 30


def test_an_order_of_another_customer_takes_nothing_from_the_first(scene: Scene) -> None:
    for number in ("77", "88"):
        told(scene, customer(number))
    told(scene, balance(120))
    told(scene, past_order())
    recorded(scene.order(refunded(refund(6_000), "old")))
    assert scene.available() == 60
    recorded(scene.order(later(customer=Customer("88"))))
    assert (scene.available(), scene.available("88")) == (120, 0)
    assert scene.document("old").reason == "before_program"
    sound(scene)


def test_past_orders_reach_a_tier_without_its_entry_bonus(scene: Scene) -> None:
    gold = {**TEA["tier_groups"][0]["tiers"][1], "entry": [{"add": 40, "unit": "points"}]}
    club = {**TEA["tier_groups"][0], "tiers": [TEA["tier_groups"][0]["tiers"][0], gold]}
    scene = Scene(WatchedTable())
    scene.publish(launching(tier_groups=[club]), since=NOON - DAY_MS)
    told(scene, customer())
    told(scene, past_order(25_000, at=NOON - 30 * DAY_MS))
    assert scene.tier() == "gold"
    recorded(scene.pay(1_000))
    assert scene.available() == 15  # gold multiplies, and gives no entry bonus
    sound(scene)


def test_points_given_before_count_for_tiers_by_points() -> None:
    by_points = {"id": "stars", "by": "points", "unit": "points", "tiers": [
        {"id": "one", "name": "One", "at": 0}, {"id": "two", "name": "Two", "at": 100},
    ]}  # fmt: skip
    scene = Scene(WatchedTable())
    scene.publish(launching(tier_groups=[by_points]), since=NOON - DAY_MS)
    told(scene, customer())
    told(scene, balance(120))
    told(scene, past_order(at=NOON - 30 * DAY_MS))
    assert scene.tier(group="stars") == "two"
    recorded(scene.order(refunded(refund(6_000), "old")))
    assert scene.document("old").qualifying == {"stars": 60}
    sound(scene)


def test_awarded_past_orders_earn_by_the_first_version() -> None:
    scene = Scene(WatchedTable())
    scene.publish({**TEA, "launch": {"orders": "award"}})
    assert told(scene, past_order(before={})) == "not_a_member"
    told(scene, customer())
    assert told(scene, past_order(before={})) == "recorded"
    assert scene.available() == 120
    assert told(scene, past_order(before={})) == "replayed"
    recorded(scene.order(refunded(refund(12_000), "old")))
    assert scene.available() == 0
    sound(scene)


def test_what_is_no_past_order_is_refused_or_left_alone(scene: Scene) -> None:
    told(scene, customer())
    assert told(scene, past_order(at=START)) == "value_invalid"
    assert told(scene, past_order(before={"miles": 5})) == "unit_unknown"
    assert told(scene, past_order(name="test", test=True)) == "test_order"
    recorded(scene.pay(2_000, "live"))
    live = past_order(name="live", at=NOON)
    assert told(scene, live) == "already_awarded"
    told(scene, past_order())
    assert told(scene, past_order(before={"points": 1})) == "same_key_other_request"


def test_a_guest_s_past_order_counts_nothing(scene: Scene) -> None:
    assert told(scene, past_order(customer=None, guest_email="g@example.com")) == "guest_order"


def test_staff_and_members_read_where_it_came_from(scene: Scene) -> None:
    told(scene, customer())
    told(scene, balance(120))
    told(scene, past_order())
    recorded(scene.order(refunded(refund(6_000), "old")))
    said: Any = explain_document(
        scene.table, scene.shop, scene.member(), ("order:main:old", "en"), scene.now
    )
    assert said.sentence == (
        "Order #old is from before the program: it counts for tiers alone. "
        "60 points that had been given for it before went back."
    )
    name = next(entry.document for entry in scene.journal() if entry.kind is EntryKind.IMPORT)
    moved: Any = explain_document(scene.table, scene.shop, scene.member(), (name, "en"), scene.now)
    assert moved.sentence == "Brought along from another system: 120 points."


def test_a_merge_keeps_what_both_brought_along(scene: Scene) -> None:
    for number in ("77", "88"):
        told(scene, customer(number))
        told(scene, balance(120, f"b{number}", number))
    told(scene, past_order(customer=Customer("88")))
    recorded(merge(scene))
    assert scene.available("77") + scene.available("88") == 240
    sound(scene)


# ---------------------------------------------------------------- guests


def test_a_guest_s_order_is_kept_so_long_and_not_longer() -> None:
    for days, points in ((29, 20), (31, 0)):
        scene = Scene(WatchedTable())
        scene.publish({**TEA, "join": {"guests": {"keep": "P30D"}}})
        at = NOON - days * DAY_MS
        guest = {"customer": None, "guest_email": "kim@example.com"}
        recorded(scene.pay(2_000, "g", at, **guest))
        person = Customer("77", "kim@example.com", email_verified=True)
        recorded(scene.pay(100, "own", customer=person))
        assert scene.available() == points + 1
    assert scene.document("g").reason == "guest_not_kept"


# ---------------------------------------------------------------- two writers


RIVALS: dict[str, tuple[Any, Any]] = {
    "one balance twice": (lambda s: told(s, balance(9, "n")),) * 2,
    "two balances": (lambda s: told(s, balance(9, "n")), lambda s: told(s, balance(7, "m"))),
    "balance and redemption": (lambda s: told(s, balance(9, "n")), lambda s: s.redeem()),
    "one customer twice": (lambda s: told(s, customer("88")),) * 2,
    "customer and joining": (lambda s: told(s, customer("88")), lambda s: s.join("88")),
    "one past order twice": (lambda s: told(s, past_order(name="n")),) * 2,
    "past order and its refund": (
        lambda s: told(s, past_order(name="n")),
        lambda s: s.order(refunded(refund(6_000), "n")),
    ),
    "refund and redemption": (
        lambda s: s.order(refunded(refund(6_000), "old")),
        lambda s: s.redeem(),
    ),
}


@pytest.mark.parametrize("name", RIVALS)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_second_writer_at_every_moment_of_a_launch(name: str, backwards: bool) -> None:
    start = WatchedTable()
    made = Scene(start)
    made.publish(launching())
    for row in (customer(), balance(120), past_order()):
        bring(made, row)
    first, second = RIVALS[name]
    ends = set()
    for scene in at_every_moment(start, first, second, backwards):
        other = scene.account("88")
        ends.add((scene.available(), scene.available("88") if other else 0))
    assert len(ends) == 1
