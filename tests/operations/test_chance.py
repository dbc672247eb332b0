"""Draws in the books: the same at every delivery, kept with the document, taken back with it."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.instants import DAY_MS, utc_day
from chalicelib.operations.audit_member import audit_member
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.storage.table import Table
from tests.builders import NOON, SHOP, SHOP_KEY, Scene, line, program, refund, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import action_of, done, review_rule, reviewing, revoked, tell
from tests.operations.test_two_writers import MOMENTS_MAX, WRITERS, all_items, at_once, interrupted

DAILY = {"times": 1, "window": {"calendar": "day"}}
HALF = [
    {"weight": 1, "give": []},
    {"weight": 1, "give": [{"add": 50, "unit": "points"}]},
]


def wheel(**keys: Any) -> dict[str, Any]:
    return {"id": "wheel", "on": "order.paid", "give": [{"chance": HALF}], **keys}


def ticket(document: str, day: str = utc_day(NOON)) -> int:
    return number_of(secret_of_day(SHOP_KEY, day), SHOP, document, "wheel") % 2


def order_that(wins: int, start: int = 0) -> str:
    """The first order from ``start`` on that draws so at noon."""
    ids = (str(number) for number in range(start, start + 99))
    return next(name for name in ids if ticket(f"order:main:{name}") == wins)


WON, LOST = order_that(1), order_that(0)


def drawing(scene: Scene, **keys: Any) -> Scene:
    scene.publish(program(earn=[wheel(**keys)]))
    return scene


def sound(scene: Scene) -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def test_an_order_gets_what_its_id_draws_and_no_more_when_it_comes_again(scene: Scene) -> None:
    drawing(scene)
    for _ in range(3):
        scene.pay(1_000, WON)
        scene.pay(1_000, LOST)
    assert scene.available() == 50
    document = scene.document(WON)
    assert document.drawn is not None
    assert document.drawn.day == utc_day(NOON)
    assert document.drawn.numbers["wheel"] % 2 == 1
    sound(scene)


def test_a_change_or_a_refund_days_later_keeps_what_was_drawn(scene: Scene) -> None:
    drawing(scene)
    scene.pay(1_000, WON)
    drawn = scene.document(WON).drawn
    later = NOON + 20 * DAY_MS
    goods = (line(1_000), line(500, "l2"))
    some = state(*goods, id=WON, version=later, refunds=(refund(1_000, at=later),))
    scene.order(upserted(some), now=later)
    assert scene.available() == 50
    every = (refund(1_000, at=later), refund(500, "r2", "l2", at=later))
    scene.order(upserted(state(*goods, id=WON, version=later + 1, refunds=every)), now=later)
    assert scene.available() == 0
    assert scene.document(WON).drawn == drawn
    sound(scene)


def test_an_order_paid_long_ago_draws_under_the_secret_of_the_day_it_is_told(scene: Scene) -> None:
    """The secret of the day of its payment may be known by now."""
    drawing(scene)
    scene.pay(1_000, "kept")  # a member, so that an old order counts
    scene.now = NOON + 30 * DAY_MS
    scene.pay(1_000, "old", at=NOON)
    document = scene.document("old")
    assert document.drawn is not None
    assert document.drawn.day == utc_day(scene.now)


def test_what_may_not_earn_yet_draws_nothing_yet(scene: Scene) -> None:
    drawing(scene)
    scene.order(upserted(state(id=WON, paid_at=None, status="open")))
    assert scene.document(WON).drawn is None


def test_an_order_that_moves_to_another_member_draws_nothing_new(scene: Scene) -> None:
    drawing(scene)
    scene.pay(1_000, WON)
    drawn = scene.document(WON).drawn
    scene.now = NOON + DAY_MS
    moved = state(line(1_000), id=WON, version=scene.now, customer=state().customer)
    other = upserted(_of("88", moved))
    scene.order(other, now=scene.now)
    assert (scene.available("77"), scene.available("88")) == (0, 50)
    assert scene.document(WON).drawn == drawn
    scene.verify("77", "88")


def _of(customer: str, order: Any) -> Any:
    return replace(order, customer=replace(order.customer, id=customer))


def test_a_blank_uses_up_the_day_and_tomorrow_draws_again(scene: Scene) -> None:
    drawing(scene, limit=DAILY)
    scene.pay(1_000, LOST)
    scene.pay(1_000, WON)
    assert scene.available() == 0
    assert "cap_reached" in {row.code for row in scene.document(WON).trace}
    scene.now = NOON + DAY_MS
    name = next(n for n in range(500, 599) if ticket(f"order:main:{n}", utc_day(scene.now)))
    scene.pay(1_000, str(name))
    assert scene.available() == 50
    sound(scene)


# ---------------------------------------------------------------- actions


SPIN = review_rule(
    id="wheel", give=[{"chance": HALF}], limit={"times": 9, "window": {"calendar": "day"}}
)


def spin_that(wins: int, start: int = 0) -> str:
    ids = (str(number) for number in range(start, start + 99))
    return next(name for name in ids if ticket(f"action:main:{name}") == wins)


def test_an_action_draws_by_its_id_and_a_revoke_takes_back_what_it_won(scene: Scene) -> None:
    scene.publish(reviewing(SPIN))
    for _ in range(2):
        tell(scene, done(spin_that(1)))
    assert scene.available() == 50
    tell(scene, revoked(spin_that(1), NOON))
    assert scene.available() == 0
    sound(scene)


def test_a_blank_of_somebody_who_is_no_member_yet_is_had(scene: Scene) -> None:
    scene.publish(reviewing({**SPIN, "limit": DAILY}))
    tell(scene, done(spin_that(0)))
    tell(scene, done(spin_that(1)))
    assert scene.available() == 0
    assert action_of(scene, spin_that(1)).drawn is not None
    sound(scene)


def test_a_blank_for_a_subject_is_its_one_draw(scene: Scene) -> None:
    scene.publish(reviewing({**SPIN, "once": "subject"}))
    tell(scene, done(spin_that(0), subject="tea"))
    tell(scene, done(spin_that(1), subject="tea"))
    assert scene.available() == 0
    tell(scene, done(spin_that(1, 200), subject="mug"))
    assert scene.available() == 50
    sound(scene)


# ---------------------------------------------------------------- two writers


@pytest.mark.parametrize("backwards", [False, True])
def test_two_writers_of_one_day_have_one_draw_between_them(backwards: bool) -> None:
    start, second = WatchedTable(), order_that(1, int(WON) + 1)
    drawing(Scene(start), limit=DAILY).pay(900, "first", at=NOON - 3_600_000 * 20)
    for moment in range(MOMENTS_MAX):
        table: Any = start.copy()
        scene = Scene(table)
        before = scene.available()
        ran = interrupted(table, moment, partial(scene.pay, 900, second), backwards)
        scene.pay(900, WON)
        if not ran:
            return
        assert scene.available() - before == 50, moment
        assert len([each for each in (WON, second) if scene.document(each).posted]) == 1
        verify_table(table.items())
    raise AssertionError("more moments than were tried")


def test_writers_of_one_order_at_once_draw_once(raced_table: Table) -> None:
    scene = drawing(Scene(raced_table))
    at_once([partial(scene.pay, 900, WON)] * WRITERS)
    assert scene.available() == 50
    verify_table(all_items(raced_table))
