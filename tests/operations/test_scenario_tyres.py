"""Program 16, the tyre shop: storage of last season's tyres, free for who holds the tier.

The story of docs/programs/tyres.md: its numbers are those here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.card import Holding, full_card
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.fulfil_redemption import fulfil_redemption, list_open_redemptions
from chalicelib.storage.programs import program_of
from tests.builders import NOON, Scene, recorded, refund, refunded, refused
from tests.conservation import WatchedTable

DOCUMENT = json.loads(
    (Path(__file__).parents[2] / "examples/programs/tyres.json").read_text(encoding="utf-8")
)


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(DOCUMENT)
    return scene


def buys(shop: Scene, euros: int, order: str = "1") -> Any:
    return shop.pay(100 * euros, order, currency="EUR")


def offers(shop: Scene) -> dict[str, str | None]:
    """Why the member can't have each reward; None: they can."""
    account = shop.account()
    assert account is not None
    program = program_of(shop.table, shop.shop, 1)
    card = full_card(
        Holding(shop.member(), account, program, "en", shop.now, counters=shop.counters())
    )
    return {reward.id: reward.reason for reward in card.rewards}


def waiting(shop: Scene) -> list[tuple[str, str]]:
    found: Any = list_open_redemptions(shop.table, shop.shop, (50, None), shop.now)
    return [(row.redemption.reward_id, row.note) for row in found.rows]


def test_a_set_of_tyres_makes_a_friend_whose_old_tyres_are_stored(shop: Scene) -> None:
    recorded(buys(shop, 120))
    assert refused(shop.redeem("storage")) == "reward_not_for_you"
    assert offers(shop)["storage"] == "reward_not_for_you"
    recorded(buys(shop, 400, "2"))
    assert shop.tier(group="friends") == "friend"
    assert offers(shop)["storage"] is None
    stored: Any = recorded(shop.redeem("storage"))
    assert (stored.cost, stored.fulfilment, stored.status) == (0, "staff", "ready")
    assert shop.available() == 520
    ((reward, note),) = waiting(shop)
    assert (reward, note[:21]) == ("storage", "Label the four tyres ")
    owner = (shop.member(), stored.id)
    recorded(fulfil_redemption(shop.table, shop.shop, owner, "workshop", shop.now))
    assert waiting(shop) == []


def test_one_set_each_half_year(shop: Scene) -> None:
    recorded(buys(shop, 400))
    recorded(shop.redeem("storage", "autumn"))
    assert refused(shop.redeem("storage", "again")) == "limit_reached"
    assert offers(shop)["storage"] == "limit_reached"
    shop.now += 215 * DAY_MS
    recorded(shop.redeem("storage", "spring"))


def test_who_is_no_friend_any_more_stores_nothing_new(shop: Scene) -> None:
    recorded(buys(shop, 400))
    recorded(shop.redeem("storage"))
    recorded(shop.order(refunded(refund(40_000, at=NOON), "1")))
    assert shop.tier(group="friends") == "customer"
    assert refused(shop.redeem("storage", "k2")) == "reward_not_for_you"
    assert waiting(shop)[0][0] == "storage"  # what was taken is theirs


def test_a_change_of_mind_frees_the_shelf(shop: Scene) -> None:
    recorded(buys(shop, 400))
    stored = recorded(shop.redeem("storage"))
    recorded(shop.undo(stored))
    assert waiting(shop) == []
    recorded(shop.redeem("storage", "k2"))


def test_a_perk_keeps_to_its_own_condition_too(shop: Scene) -> None:
    recorded(buys(shop, 400))
    assert refused(shop.redeem("light-check")) == "reward_not_for_you"  # after the second order
    recorded(buys(shop, 10, "2"))
    recorded(shop.redeem("light-check"))
