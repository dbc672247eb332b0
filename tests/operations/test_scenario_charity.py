"""Good deeds: points become meals, orders plant trees, and what was passed on stays given."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.program.pricing import Wish
from tests.builders import Scene, recorded, refused
from tests.conservation import WatchedTable
from tests.operations.test_causes import counted, settle

EXAMPLE = Path(__file__).parents[2] / "examples" / "programs" / "charity.json"


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(json.loads(EXAMPLE.read_text(encoding="utf-8")))
    return scene


def test_a_member_turns_points_into_meals(shop: Scene) -> None:
    recorded(shop.pay(20_000))
    recorded(shop.redeem("meals", "three", wish=Wish(3)))
    assert (shop.available(), counted(shop, "meals")) == (50, 3)
    assert refused(shop.redeem("meals", "two", wish=Wish(2))) == "insufficient_points"
    recorded(shop.redeem("meals", "one"))
    assert (shop.available(), counted(shop, "meals")) == (0, 4)


def test_a_change_of_mind_gives_everything_back(shop: Scene) -> None:
    recorded(shop.pay(20_000))
    given = recorded(shop.redeem("meals", "four", wish=Wish(4)))
    recorded(shop.undo(given))
    assert (shop.available(), counted(shop, "meals")) == (200, 0)


def test_an_order_of_fifty_dollars_plants_a_tree(shop: Scene) -> None:
    recorded(shop.pay(5_000))
    assert counted(shop, "forest") == 1


def test_meals_that_were_passed_on_stay_given(shop: Scene) -> None:
    recorded(shop.pay(20_000))
    given = recorded(shop.redeem("meals", "four", wish=Wish(4)))
    recorded(settle(shop, 4, cause="meals"))
    assert refused(shop.undo(given)) == "redemption_not_undoable"
    assert counted(shop, "meals") == 4
