"""Surprises by visit: a fair draw that a retry repeats, within stock and a campaign's budget.

The story of docs/programs/panera.md: its numbers are those here.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, Instant, utc_day
from chalicelib.operations.audit_member import audit_member
from chalicelib.security.draws import number_of, secret_of_day
from tests.builders import NOON, SHOP, SHOP_KEY, Scene, recorded, refund, state, upserted
from tests.operations.given_scenes import given, stand

PANERA = json.loads(
    (Path(__file__).parents[2] / "examples" / "programs" / "panera.json").read_text("utf-8")
)
PASTRY, LUNCH = range(80, 95), range(95, 100)
SURPRISE = range(3, 4)


@pytest.fixture
def panera(scene: Scene) -> Scene:
    return opened(scene)


def opened(scene: Scene, **changes: Any) -> Scene:
    scene.publish({**PANERA, **changes})
    return scene


def ticket(order: str, rule: str, tickets: int, at: Instant) -> int:
    secret = secret_of_day(SHOP_KEY, utc_day(at))
    return number_of(secret, SHOP, f"order:main:{order}", rule) % tickets


def visit_that(scene: Scene, wins: range | None, surprise: range | None = None) -> str:
    """An order that draws so today; the platform gives such an id sooner or later."""
    blank, none = range(80), range(3)
    for number in range(5_000):
        order = f"{scene.now // DAY_MS}-{number}"
        drawn = ticket(order, "visit", 100, scene.now)
        other = ticket(order, "holiday-surprise", 4, scene.now)
        if drawn in (wins or blank) and other in (surprise or none):
            return order
    raise AssertionError("five thousand orders without that draw")


def visits(scene: Scene) -> int:
    return scene.balance(unit="visits").available


def sound(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def test_each_visit_is_a_stamp_and_one_in_five_a_surprise(panera: Scene) -> None:
    panera.pay(900, visit_that(panera, None))
    assert (visits(panera), given(panera)) == (1, [])
    panera.now += DAY_MS
    lucky = visit_that(panera, PASTRY)
    for _ in range(3):  # a webhook that comes three times draws the same
        panera.pay(900, lucky)
    assert visits(panera) == 2
    (pastry,) = given(panera)
    assert (pastry.reward_id, pastry.cost, pastry.status) == ("pastry", 0, "ready")
    sound(panera)


def test_a_second_order_of_the_day_is_no_visit_and_draws_nothing(panera: Scene) -> None:
    panera.pay(900, visit_that(panera, None))
    panera.pay(900, visit_that(panera, LUNCH))
    assert (visits(panera), given(panera)) == (1, [])
    sound(panera)


def test_who_sends_the_meal_back_gives_the_unused_surprise_back(panera: Scene) -> None:
    lucky = visit_that(panera, LUNCH)
    panera.pay(900, lucky)
    assert stand(panera) == ["ready"]
    paid_at, panera.now = panera.now, panera.now + DAY_MS
    back = state(id=lucky, version=panera.now, created_at=paid_at, paid_at=paid_at,
                 refunds=(refund(11_450, at=panera.now),))  # fmt: skip
    recorded(panera.order(upserted(back)))
    assert stand(panera) == ["undone"]
    assert visits(panera) == 0
    sound(panera)


def test_the_campaign_gives_whole_surprises_until_its_budget_is_spent(scene: Scene) -> None:
    (campaign,) = PANERA["campaigns"]
    opened(scene, campaigns=[{**campaign, "budget": {"points": 12}}])
    for _ in range(3):
        scene.pay(900, visit_that(scene, None, SURPRISE))
        scene.now += 7 * DAY_MS
    assert visits(scene) == 3 + 5 + 5  # two of the budget's twelve are left: too few for five
    last = scene.document(visit_at(scene, NOON + 14 * DAY_MS))
    assert {"drawn", "budget_spent"} <= {row.code for row in last.trace}
    sound(scene)


def visit_at(scene: Scene, at: Instant) -> str:
    now, scene.now = scene.now, at
    order = visit_that(scene, None, SURPRISE)
    scene.now = now
    return order


def test_over_many_orders_the_odds_are_the_ones_that_are_shown() -> None:
    seen = Counter(
        "lunch" if drawn in LUNCH else "pastry" if drawn in PASTRY else "nothing"
        for drawn in (ticket(str(order), "visit", 100, NOON) for order in range(10_000))
    )
    # Chi square, 2 degrees: below the 99.9 % point, 13.82.
    shown = {"nothing": 8_000, "pastry": 1_500, "lunch": 500}
    assert sum((seen[what] - most) ** 2 / most for what, most in shown.items()) < 13.82
