"""Joining and an order of the same customer at once: whoever is first, the order earns."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.limits import PAGE_SIZE_DEFAULT
from tests.builders import NOON, Scene, line, program, state, upserted
from tests.conservation import WatchedTable
from tests.operations.moments import Act, at_every_moment

OPT_IN = program(join={"how": "opt_in", "retroactive_days": 30})
LATER = NOON + HOUR_MS


def bought(scene: Scene) -> Any:
    return scene.pay(10_000)


def moved(scene: Scene) -> Any:
    """The order turns out to be of the customer who joins."""
    return scene.order(upserted(state(line(10_000), version=LATER)))


def joined(scene: Scene) -> Any:
    return scene.join()


def nothing(_: Scene) -> None:
    """Nobody bought before."""


def others(scene: Scene) -> None:
    """The order is in the books of another member."""
    scene.join("88")
    scene.order(upserted(state(line(10_000), customer=Customer("88"))))
    assert scene.available("88") == 100


CASES: dict[str, tuple[Act, Act]] = {
    "an order": (nothing, bought),
    "a moved order": (others, moved),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_an_order_of_who_joins_at_that_very_moment_earns(name: str, backwards: bool) -> None:
    prepare, order = CASES[name]
    start = WatchedTable()
    scene = Scene(start)
    scene.publish(OPT_IN)
    prepare(scene)
    tried = 0
    for first, second in ((order, joined), (joined, order)):
        for after in at_every_moment(start, first, second, backwards):
            assert (after.available(), after.available("88")) == (100, 0)
            assert after.document().reason == ""
            tried += 1
    assert tried > 10


def test_joining_claims_more_orders_than_a_page_has() -> None:
    scene = Scene(WatchedTable())
    scene.publish(OPT_IN)
    for number in range(PAGE_SIZE_DEFAULT + 3):
        scene.pay(100, f"order-{number}")
    scene.join()
    assert scene.available() == PAGE_SIZE_DEFAULT + 3


def test_an_order_of_who_never_joins_stays_a_document_alone() -> None:
    scene = Scene(WatchedTable())
    scene.publish(OPT_IN)
    bought(scene)
    assert (scene.account(), scene.document().reason) == (None, "not_a_member")
    assert scene.pay(10_000).replayed
