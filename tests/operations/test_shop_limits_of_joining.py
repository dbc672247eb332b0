"""A limit of the whole shop on joining: whoever comes first, whichever way, never overdrawn."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.storage.table import Table
from tests.builders import TEA, Scene, program, recorded
from tests.conservation import WatchedTable
from tests.operations.action_scenes import done, review_rule, tell
from tests.operations.moments import at_every_moment
from tests.operations.test_chance_of_joining import LUCKY, who
from tests.operations.test_shop_limits import DAY, sound, spent
from tests.operations.test_two_writers import at_once
from tests.operations.verbs_of_members import merge

HELLO: dict[str, Any] = {
    "id": "hello",
    "on": "member.joined",
    "give": [{"add": 50, "unit": "points"}],
    "limit": {"times": 2, "window": "lifetime", "scope": "shop"},
}


def opened(*rules: dict[str, Any], **keys: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(earn=list(rules or (HELLO,)), **keys))
    return made


def test_the_first_two_get_it_however_they_come_and_a_replay_takes_nothing_more() -> None:
    told = {"action": {"words": "integer"}}
    tea = opened(HELLO, review_rule(), attributes=told)
    for _ in range(2):
        recorded(tea.join("1"))
    tea.pay(900, "o2", customer=Customer("2"))
    tell(tea, done("a3", "3"))
    tea.join("4")
    assert [tea.available(each) for each in "12"] == [50, 50]
    assert tea.available("3") < 50  # the review alone
    assert (tea.available("4"), spent(tea, "shop:hello")) == (0, 2)
    sound(tea)


def test_what_a_day_is_limited_to_is_there_again_the_next() -> None:
    limit = {"amount": 70, "window": DAY, "scope": "shop"}
    tea = opened({**HELLO, "limit": limit})
    for customer in "12":
        tea.join(customer)
    tea.now += 24 * 3_600_000
    tea.join("3")
    assert [tea.available(each) for each in "123"] == [50, 0, 50]
    sound(tea)


def test_a_draw_is_one_of_the_shops_times_won_or_not_and_none_is_had_without() -> None:
    tea = opened({**LUCKY, "limit": {**HELLO["limit"], "times": 1}})
    blank, lucky = who(0), who(1)
    tea.join(blank)
    tea.join(lucky)
    assert (tea.available(blank), tea.available(lucky)) == (0, 0)
    assert spent(tea, "shop:lucky") == 1
    sound(tea)


def test_who_becomes_one_gives_back_what_both_had_of_it() -> None:
    tea = opened()
    for customer in ("77", "88"):
        tea.join(customer)
    recorded(merge(tea, gone="88", kept="77"))
    assert (tea.available("77"), spent(tea, "shop:hello")) == (50, 1)
    tea.join("99")
    assert (tea.available("99"), spent(tea, "shop:hello")) == (50, 2)
    sound(tea)


ONE = {**HELLO, "limit": {**HELLO["limit"], "times": 1}}
WAYS = {
    "joining": lambda s: s.join("2"),
    "an order": lambda s: s.pay(900, "o2", customer=Customer("2")),
    "itself": lambda s: s.join("1"),
    "its own order": lambda s: s.pay(900, "o1", customer=Customer("1")),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("backwards", [False, True])
def test_two_at_every_moment_have_one_place(name: str, backwards: bool) -> None:
    tea = opened(TEA["earn"][0], ONE)
    start: Any = tea.table

    def joins(scene: Scene) -> Any:
        return scene.join("1")

    first, second = (WAYS[name], joins) if backwards else (joins, WAYS[name])
    seen = 0
    for scene in at_every_moment(start, first, second, backwards):
        seen += 1
        got = scene.available("1") // 50 + scene.available("2") // 50
        assert (got, spent(scene, "shop:hello")) == (1, 1)
    assert seen > 3


def test_many_at_once_have_as_many_places_as_there_are(raced_table: Table) -> None:
    tea = Scene(raced_table)
    tea.publish(program(earn=[HELLO]))
    at_once([partial(tea.join, str(number)) for number in range(6)])
    assert sum(tea.available(str(number)) for number in range(6)) == 100
    assert spent(tea, "shop:hello") == 2
