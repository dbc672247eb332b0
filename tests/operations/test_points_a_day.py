"""``points_per_day`` bounds what rules give a member a day; what is promised once is beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, line, program, state, upserted
from tests.operations.referral_scenes import OFFER, buy, come, own, referring

MOST = {"points_per_day": 100}
LADDER = TEA["tier_groups"][0]
LEAF, GOLD = LADDER["tiers"]
HUNDREDS: list[dict[str, Any]] = [{"add": 500, "unit": "points"}]


def bounded(**keys: Any) -> dict[str, Any]:
    return program(**{"limits": MOST, **keys})


def bought(scene: Scene, net: int = 20_000) -> None:
    """An order of which the rule alone gives more than a day may."""
    scene.order(upserted(state(line(net, sku="PLUS"))))


def birthday_kept(scene: Scene) -> None:
    """A member told the birthday long ago; it is swept today, and then they buy."""
    scene.now = NOON - 60 * DAY_MS
    scene.join(birthday="11-22", birthday_at=scene.now - 100 * DAY_MS)
    for hours in (0, 24):
        scene.now = NOON + hours * HOUR_MS
        sweep_shops(scene.table, scene.now)
    scene.pay(20_000, "1", at=scene.now)


def friend_brought(scene: Scene) -> None:
    """A friend qualifies on the day on which the advocate has had all of it."""
    scene.join("77", email="ann@example.com")
    own(scene)
    come(scene)
    buy(scene)
    scene.now = NOON + 8 * DAY_MS
    scene.pay(20_000, "2", at=scene.now)
    sweep_shops(scene.table, scene.now)


@pytest.mark.parametrize(
    ("document", "happens"),
    [
        (
            bounded(tier_groups=[{**LADDER, "tiers": [LEAF, {**GOLD, "entry": HUNDREDS}]}]),
            lambda scene: bought(scene, 30_000),
        ),
        (
            bounded(tier_groups=[{**LADDER, "tiers": [{**LEAF, "birthday": HUNDREDS}, GOLD]}]),
            birthday_kept,
        ),
        (
            bounded(
                memberships=[
                    {
                        "id": "plus",
                        "name": "Plus",
                        "sold_as": {"sku": "PLUS"},
                        "period": "P1Y",
                        "give": HUNDREDS,
                    }
                ]
            ),
            bought,
        ),
        (
            bounded(
                challenges=[
                    {
                        "id": "first",
                        "name": "First",
                        "kind": "count",
                        "on": "order.paid",
                        "target": 1,
                        "give": HUNDREDS,
                    }
                ]
            ),
            bought,
        ),
        (
            referring(offers=[{**OFFER, "advocate": HUNDREDS}], keys={"limits": MOST}),
            friend_brought,
        ),
    ],
    ids=["entry", "birthday", "membership", "challenge", "referral"],
)
def test_what_is_promised_once_is_neither_cut_nor_counted(
    scene: Scene, document: dict[str, Any], happens: Callable[[Scene], None]
) -> None:
    scene.publish(document)
    happens(scene)
    assert scene.available() == 100 + 500


@pytest.mark.parametrize(
    "keys",
    [
        {"earn": [TEA["earn"][0], {"id": "hello", "on": "member.joined", "give": HUNDREDS}]},
        {
            "campaigns": [
                {
                    "id": "week",
                    "budget": "unlimited",
                    "rules": [{"id": "more", "on": "order.paid", "give": HUNDREDS}],
                }
            ]
        },
        {
            "earn": [
                TEA["earn"][0],
                {
                    "id": "luck",
                    "on": "order.paid",
                    "give": [{"chance": [{"weight": 1, "give": HUNDREDS}]}],
                },
            ]
        },
    ],
    ids=["joining", "campaign", "draw"],
)
def test_rules_of_every_kind_share_the_day(scene: Scene, keys: dict[str, Any]) -> None:
    scene.publish(bounded(**keys))
    bought(scene)
    assert scene.available() == 100


def test_rules_on_birthdays_are_rules(scene: Scene) -> None:
    own_rule = {"id": "cheers", "on": "member.birthday", "give": HUNDREDS}
    scene.publish(bounded(earn=[TEA["earn"][0], own_rule]))
    birthday_kept(scene)
    assert scene.available() == 100


LIMITED = {
    "id": "tea",
    "on": "order.paid",
    "give": [{"rate": "0.3", "per": {"USD": 100}, "of": "net", "unit": "points"}],
    "limit": {"amount": 30, "window": {"calendar": "day"}},
}
ALSO = {**LIMITED, "id": "also", "limit": {"times": 5, "window": {"calendar": "day"}}}


def two_rules(**limits: int) -> dict[str, Any]:
    return program(earn=[ALSO, LIMITED], **({"limits": limits} if limits else {}))


def gives(scene: Scene, net: int, *, order: str = "1") -> dict[str, int]:
    scene.order(upserted(state(line(net), id=order, version=scene.now)))
    scene.now += HOUR_MS
    return {share.rule_id: share.points for share in scene.document(order).posted}


def test_an_order_that_the_day_cut_is_the_same_when_it_is_told_again(scene: Scene) -> None:
    scene.publish(two_rules(points_per_day=10))
    assert gives(scene, 3_250) == {"also": 10}
    assert gives(scene, 3_250) == {"also": 10}


def test_what_the_day_left_of_a_limit_is_another_order_s(scene: Scene) -> None:
    scene.publish(program(earn=[{**LIMITED, "limit": {"amount": 30, "window": "lifetime"}}],
                          limits={"points_per_day": 20}))  # fmt: skip
    assert gives(scene, 20_000) == {"tea": 20}
    scene.now += DAY_MS
    scene.order(upserted(state(line(20_000), id="2", version=scene.now, paid_at=scene.now)))
    assert scene.available() == 30
    assert gives(scene, 20_000) == {"tea": 20}
    assert scene.available() == 30


def test_what_another_order_used_meanwhile_does_not_come_back(scene: Scene) -> None:
    scene.publish(two_rules())
    earn = [{**LIMITED, "give": TEA["earn"][0]["give"]}]
    scene.publish(program(earn=earn))
    assert gives(scene, 3_000) == {"tea": 30}
    assert gives(scene, 1_000) == {"tea": 10}
    assert gives(scene, 3_000, order="2") == {"tea": 20}
    assert gives(scene, 3_000) == {"tea": 10}
    assert scene.available() == 30
