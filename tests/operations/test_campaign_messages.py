"""What campaigns tell: once, to who is in them and not held out, within the caps."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.messages import Inbox
from chalicelib.domain.program.campaigns import arm_in
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.operations.count_campaigns import count_campaigns
from chalicelib.storage.members import inbox_key, inbox_of
from tests.builders import NOON, TEA, Scene, program
from tests.conservation import WatchedTable
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

NAMES = tuple(str(number) for number in range(8))
DOUBLE = {"id": "double", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}
SPRING: dict[str, Any] = {
    "id": "spring",
    "rules": [DOUBLE],
    "budget": "unlimited",
    "holdout": "0.4",
    "message": "Twice the points!",
}


def told_program(**keys: Any) -> dict[str, Any]:
    thank = {"id": "thank", "on": "order.paid", "give": [{"message": "thanks"}]}
    caps = {"day": 1, "week": 5, "quiet": "none"}
    messages = {"caps": caps, "templates": {"thanks": {"text": "Thank you!"}}}
    made = {"campaigns": [SPRING], "messages": messages, "earn": [*TEA["earn"], thank], **keys}
    return program(**made)


def scene(names: tuple[str, ...] = NAMES, **keys: Any) -> Scene:
    """Members who bought a month ago."""
    made = Scene(WatchedTable())
    made.publish(told_program(**keys))
    for name in names:
        made.pay(1_000, f"old-{name}", NOON - 30 * DAY_MS, customer=Customer(name))
    return made


def inbox(shop: Scene, name: str) -> Inbox:
    key = inbox_key("tea", shop.member(name))
    return inbox_of(shop.table.load([key]).get(key))


def told(shop: Scene, name: str) -> list[str]:
    return [each.name for each in inbox(shop, name).messages]


def walk(shop: Scene, now: int = NOON) -> None:
    assert count_campaigns(shop.table, "tea", now, lambda: True)


def is_in(shop: Scene, name: str) -> bool:
    compiled = compile_program(read_program(told_program()), 1)
    return arm_in(compiled, compiled.campaigns["spring"], shop.member(name)) == "in"


def test_who_is_in_is_told_once_and_who_is_held_out_never() -> None:
    shop = scene()
    assert 0 < sum(is_in(shop, name) for name in NAMES) < len(NAMES)
    for night in range(3):
        walk(shop, NOON + night * DAY_MS)
        for name in NAMES:
            assert told(shop, name) == (["campaign:spring"] if is_in(shop, name) else [])
    (message,) = next(inbox(shop, name) for name in NAMES if is_in(shop, name)).messages
    assert (message.document, message.show_at) == ("enrolment:spring", NOON)


def test_the_holdout_of_the_program_is_told_nothing() -> None:
    shop = scene(holdout="1")
    walk(shop)
    assert not any(told(shop, name) for name in NAMES)


def test_a_campaign_without_a_message_tells_nobody() -> None:
    silent = {key: value for key, value in SPRING.items() if key != "message"}
    shop = scene(campaigns=[silent])
    walk(shop)
    assert not any(told(shop, name) for name in NAMES)


def test_what_caps_refuse_is_told_by_the_next_night_that_has_room() -> None:
    shop = scene()
    name = next(name for name in NAMES if is_in(shop, name))
    shop.pay(1_000, "today", NOON - HOUR_MS, customer=Customer(name))
    walk(shop)
    assert told(shop, name) == ["thanks"]
    walk(shop, NOON + DAY_MS)
    assert told(shop, name) == ["thanks", "campaign:spring"]


def test_a_campaign_that_is_over_tells_nobody() -> None:
    shop = scene(campaigns=[{**SPRING, "to": "2026-11-20"}])
    walk(shop)
    assert not any(told(shop, name) for name in NAMES)


def test_two_who_become_one_were_told_once() -> None:
    shop = scene()
    first, second = [name for name in NAMES if is_in(shop, name)][:2]
    walk(shop)
    merge(shop, first, second)
    walk(shop, NOON + DAY_MS)
    assert (told(shop, first), told(shop, second)) == ([], ["campaign:spring"])


@pytest.mark.parametrize("backwards", [False, True])
def test_the_walk_tells_once_at_every_moment_of_another_writer(backwards: bool) -> None:
    name = next(name for name in NAMES if is_in(Scene(WatchedTable()), name))
    start: Any = scene((name,)).table
    for moment in range(MOMENTS_MAX):
        table = start.copy()
        shop = Scene(table)
        buy = partial(shop.pay, 1_000, "now", customer=Customer(name))
        ran = interrupted(table, moment, buy, backwards)
        walk(shop)
        table.before = table.before_key = lambda _: None
        assert len(told(shop, name)) == 1
        shop.verify()
        if not ran:
            return
    raise AssertionError("the walk never ended")
