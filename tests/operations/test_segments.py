"""Segments in rules and rewards: who is in one is decided by the member as they were before."""

from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from tests.builders import NOON, TEA, Scene, program, recorded, refund, refunded
from tests.conservation import WatchedTable

SEGMENTS = {
    "lapsed": {"member.days_since_order": {"gte": 90}},
    "regular": {"member.orders_12m": {"gte": 2}, "member.spend_12m": {"gte": 10_000}},
    "rich": {"member.points.points": {"gte": 100}},
    "june": {"member.birth_month": 6},
}


def bonus(segment: str, points: int = 7) -> dict[str, Any]:
    return {
        "id": f"for-{segment}",
        "on": "order.paid",
        "if": {"member.segments": {"has": segment}},
        "give": [{"add": points, "unit": "points"}],
    }


def scene(**changes: Any) -> Scene:
    made = Scene(WatchedTable())
    rules = [TEA["earn"][0], *(bonus(name) for name in SEGMENTS)]
    made.publish(program(segments=SEGMENTS, earn=rules, **changes))
    return made


def gave(result: Any, segment: str) -> int:
    document: Any = recorded(result)
    return sum(each.points for each in document.posted if each.rule_id == f"for-{segment}")


def test_the_first_order_after_a_long_while_is_a_lapsed_members() -> None:
    shop = scene()
    assert gave(shop.pay(1_000, "1", NOON - 200 * DAY_MS), "lapsed") == 0
    assert gave(shop.pay(1_000, "2", NOON - 50 * DAY_MS), "lapsed") == 7
    assert gave(shop.pay(1_000, "3", NOON), "lapsed") == 0


def test_a_refund_later_goes_by_the_segments_of_then() -> None:
    shop = scene()
    shop.pay(1_000, "1", NOON - 200 * DAY_MS)
    shop.pay(1_000, "2", NOON)
    kept = shop.order(refunded(refund(500), "2"))
    assert gave(kept, "lapsed") == 7
    gone = shop.order(refunded(refund(500, "r2"), "2"))
    assert gave(gone, "lapsed") == 0
    assert shop.balance().available == 10


def test_orders_and_spend_of_the_last_months_make_a_regular() -> None:
    shop = scene()
    for number in range(2):
        assert gave(shop.pay(6_000, str(number), NOON - 40 * DAY_MS), "regular") == 0
    assert gave(shop.pay(100, "3", NOON - 30 * DAY_MS), "regular") == 7
    shop.order(refunded(refund(6_000), "1"))
    assert gave(shop.pay(100, "4"), "regular") == 0


def test_what_is_available_makes_a_segment() -> None:
    shop = scene()
    assert gave(shop.pay(10_000, "1"), "rich") == 0
    assert gave(shop.pay(1_000, "2"), "rich") == 7


def test_the_month_of_birth_is_asked_of_the_stored_member() -> None:
    shop = scene()
    shop.join(birthday="1990-06-30")
    assert gave(shop.pay(1_000, "1"), "june") == 7


def test_a_reward_for_a_segment_is_for_nobody_else() -> None:
    only = {**TEA["rewards"][0], "who": {"member.segments": {"has": "lapsed"}}}
    shop = scene(rewards=[only])
    shop.pay(10_000, "1", NOON - 10 * DAY_MS)
    refused = shop.redeem()
    assert isinstance(refused, Refusal)
    assert refused.code == "reward_not_for_you"
    shop.now = NOON + 90 * DAY_MS
    recorded(shop.redeem(key="k2"))
