"""Holds: points set aside cannot be spent twice, cannot lapse, and come back by themselves."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from chalicelib.operations.hold_points import (
    HoldCommand,
    authorize_hold,
    capture_hold,
    public_hold_id,
    void_hold,
)
from tests.builders import (
    NOON,
    TEA,
    Scene,
    program,
    recorded,
    refund,
    refunded,
    refused,
    unit,
)

LIFE = 30 * MINUTE_MS


def authorize(scene: Scene, points: int, key: str = "h1", life: int = LIFE) -> Any:
    command = HoldCommand("tea", scene.member(), "points", points, life, key, scene.now)
    return authorize_hold(scene.table, command)


def capture(scene: Scene, hold: Any, points: int | None = None) -> Any:
    return capture_hold(scene.table, "tea", public_hold_id(hold), (points, scene.now))


def void(scene: Scene, hold: Any) -> Any:
    return void_hold(scene.table, "tea", public_hold_id(hold), scene.now)


@pytest.fixture
def rich(shop: Scene) -> Scene:
    shop.pay(10_000)
    return shop


def test_points_on_hold_are_set_aside_and_not_spent(rich: Scene) -> None:
    recorded(authorize(rich, 70))
    assert (rich.balance().available, rich.balance().held) == (30, 70)
    assert len(rich.journal()) == 1


def test_two_holds_never_share_a_point(rich: Scene) -> None:
    recorded(authorize(rich, 70))
    assert refused(authorize(rich, 31, "h2")) == "insufficient_points"
    recorded(authorize(rich, 30, "h3"))
    assert rich.balance().available == 0


def test_points_on_hold_cannot_be_redeemed(rich: Scene) -> None:
    recorded(authorize(rich, 70))
    assert refused(rich.redeem()) == "insufficient_points"


def test_the_same_hold_again_is_a_replay_and_another_request_is_refused(rich: Scene) -> None:
    first, again = authorize(rich, 70), authorize(rich, 70)
    assert (first.replayed, again.replayed) == (False, True)
    assert refused(authorize(rich, 71)) == "same_key_other_request"
    assert rich.balance().held == 70


def test_a_capture_spends_its_part_and_lets_the_rest_go(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    done: Any = recorded(capture(rich, hold, 45))
    assert (rich.balance().available, rich.balance().held) == (55, 0)
    assert [(entry.kind.value, entry.points) for entry in rich.journal()][1:] == [("redeem", -45)]
    assert done.captured == 45


def test_a_capture_again_is_the_same_and_another_one_is_refused(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    assert [capture(rich, hold, 45).replayed for _ in range(2)] == [False, True]
    assert refused(capture(rich, hold, 44)) == "hold_expired"
    assert refused(void(rich, hold)) == "hold_expired"
    assert rich.available() == 55


def test_more_than_the_hold_is_never_captured(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    assert refused(capture(rich, hold, 71)) == "value_invalid"


def test_a_voided_hold_gives_all_back_once(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    assert [void(rich, hold).replayed for _ in range(2)] == [False, True]
    assert (rich.available(), len(rich.journal())) == (100, 1)
    assert refused(capture(rich, hold)) == "hold_expired"


def test_a_hold_whose_time_is_over_is_back_without_a_job(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    rich.now = NOON + LIFE
    assert (rich.balance().available, rich.balance().held) == (100, 0)
    assert refused(capture(rich, hold)) == "hold_expired"
    recorded(rich.redeem())
    assert rich.available() == 50


def lapsing(scene: Scene) -> Scene:
    scene.publish(program(units=unit(expiry={"after": "P10D"})))
    scene.pay(10_000)
    return scene


def at(scene: Scene, now: Instant) -> Scene:
    scene.now = now
    return scene


def test_points_on_hold_do_not_lapse_while_it_lives(scene: Scene) -> None:
    lapsing(scene)
    hold = recorded(authorize(at(scene, NOON + 9 * DAY_MS), 60, life=2 * DAY_MS))
    at(scene, NOON + 10 * DAY_MS + HOUR_MS)
    assert (scene.balance().available, scene.balance().held) == (0, 60)
    recorded(capture(scene, hold, 50))
    # The rest goes back to a lot whose date has passed: it is gone at once.
    assert (scene.balance().available, scene.balance().held) == (0, 0)


def test_points_that_a_hold_let_go_lapse_by_their_own_date(scene: Scene) -> None:
    lapsing(scene)
    recorded(authorize(at(scene, NOON + 9 * DAY_MS), 60, life=2 * DAY_MS))
    at(scene, NOON + 12 * DAY_MS)
    assert scene.available() == 0
    scene.pay(1_000, "1002", at=scene.now)
    kinds = [(entry.kind.value, entry.points) for entry in scene.journal()]
    assert kinds == [("earn", 100), ("expire", -100), ("earn", 10)]


def test_a_reversal_never_takes_what_a_hold_has_promised(rich: Scene) -> None:
    hold = recorded(authorize(rich, 70))
    rich.pay(0, version=NOON + 1)  # the order is worth nothing now
    assert (rich.balance().held, rich.balance().deficit) == (70, 70)
    recorded(capture(rich, hold))
    assert rich.balance().deficit == 70
    assert rich.available() == -70


def test_a_member_has_a_bounded_number_of_holds(rich: Scene) -> None:
    for number in range(8):
        recorded(authorize(rich, 1, f"h{number}"))
    assert refused(authorize(rich, 1, "h8")) == "limit_reached"


def test_a_unit_that_cannot_be_spent_cannot_be_held(rich: Scene) -> None:
    command = HoldCommand("tea", rich.member(), "stars", 1, LIFE, "h1", rich.now)
    assert refused(authorize_hold(rich.table, command)) == "unit_unknown"


def test_a_replay_of_a_hold_is_answered_when_its_unit_is_gone(rich: Scene) -> None:
    first = recorded(authorize(rich, 70))
    stars = {"stars": TEA["units"]["points"]}
    rich.publish(program(units=stars, earn=[], rewards=[], tier_groups=[]))
    assert recorded(authorize(rich, 70)) == first
    assert refused(authorize(rich, 71)) == "unit_unknown"
    assert refused(authorize(rich, 1, "h2")) == "unit_unknown"


def test_a_hold_that_nobody_made_is_unknown(rich: Scene) -> None:
    assert (
        refused(capture_hold(rich.table, "tea", "nobody.nothing", (None, NOON))) == "hold_unknown"
    )
    assert refused(void_hold(rich.table, "tea", "nonsense", NOON)) == "hold_unknown"


@pytest.mark.parametrize("ends", ["capture", "void", "time out"])
def test_what_a_hold_lets_go_pays_a_debt_that_was_made_meanwhile(rich: Scene, ends: str) -> None:
    """It lay beside the debt, and could lapse there.

    Found by the books of history gate-1167.
    """
    hold = recorded(authorize(rich, 70))
    recorded(rich.adjust(-30, key="spend"))
    rich.order(refunded(refund(2_000)))
    assert (rich.balance().deficit, rich.balance().held) == (20, 70)
    if ends == "capture":
        recorded(capture(rich, hold, 40))
    elif ends == "void":
        recorded(void(rich, hold))
    else:
        rich.now += LIFE
        recorded(rich.adjust(1, key="look"))
    account = rich.account()
    assert account is not None
    assert account.units["points"].deficit == 0
    assert rich.available() == {"capture": 10, "void": 50, "time out": 51}[ends]
    rich.verify()


def held_for(scene: Scene, points: int, reward: str = "five-off", key: str = "h1") -> Any:
    command = HoldCommand("tea", scene.member(), "points", points, 0, key, scene.now, reward)
    return authorize_hold(scene.table, command)


FIVE_OFF = {
    "id": "five-off",
    "name": "Five",
    "kind": "amount_off",
    "cost": {"unit": "points", "amount": 40},
    "value": {"USD": 200},
    "hold": "PT2H",
}
BY_STEPS = {
    "id": "off",
    "name": "Off",
    "kind": "amount_off",
    "cost": {"unit": "points", "step": 10, "min": 20, "max": 40},
    "per_step": {"USD": 50},
}
CAKE = {"id": "cake", "name": "Cake", "kind": "perk", "limit": {"times": 1, "window": "lifetime"}}


@pytest.fixture
def held(rich: Scene) -> Scene:
    rich.publish(program(rewards=[FIVE_OFF, BY_STEPS, CAKE]))
    return rich


def test_a_hold_for_a_reward_lives_as_long_as_the_reward_says(held: Scene) -> None:
    first: Any = recorded(held_for(held, 40))
    other: Any = recorded(held_for(held, 30, "off", "h2"))
    assert first.expires_at == held.now + 2 * HOUR_MS
    assert other.expires_at == held.now + LIFE  # what goes without saying
    held.now += 2 * HOUR_MS - 1
    assert held.balance().held == 40


def test_a_hold_for_a_reward_is_of_a_price_of_it(held: Scene) -> None:
    refusals = [held_for(held, points, "off") for points in (10, 25, 50)]
    refusals += [held_for(held, 41), held_for(held, 1, "cake")]
    assert {refused(each) for each in refusals} == {"value_invalid"}
    assert refused(held_for(held, 40, "gone")) == "reward_unknown"
    assert held.balance().held == 0


def test_a_hold_for_a_reward_again_is_a_replay_whatever_the_reward_says_by_then(
    held: Scene,
) -> None:
    first: Any = held_for(held, 40)
    held.publish(program(rewards=[{**FIVE_OFF, "hold": "PT5M"}]))
    again: Any = held_for(held, 40)
    assert (first.replayed, again.replayed) == (False, True)
    assert recorded(first) == recorded(again)
    held.publish(program(rewards=[FIVE_OFF, BY_STEPS]))
    assert refused(held_for(held, 40, "off")) == "same_key_other_request"
