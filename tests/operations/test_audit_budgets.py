"""Budgets under the audit: what moves is not proven, what is wrong is told."""

from typing import Any

from chalicelib.domain.outcome import Refusal
from chalicelib.operations.view_campaign import find_campaign
from chalicelib.storage.stock import budget_keys
from tests.builders import NOON, Scene
from tests.operations.audited import audited, report_of
from tests.operations.test_campaigns import BUDGET, scene


def shards(shop: Scene) -> dict[str, Any]:
    partition = budget_keys("tea", (BUDGET,))[0][0]
    found: dict[str, Any] = shop.table._partitions[partition]  # type: ignore[attr-defined]
    return found


def told(shop: Scene) -> Any:
    return report_of(audited(shop.table))


def test_a_shard_below_nothing_is_told() -> None:
    shop = scene()
    shop.pay(6_000, "1")
    shards(shop)["00"] = {**next(iter(shards(shop).values())), "SK": "00", "n": -1}
    assert "below nothing" in told(shop).breaks[0].detail


def test_a_shard_that_is_no_number_is_told() -> None:
    shop = scene()
    shop.pay(6_000, "1")
    for item in shards(shop).values():
        item["n"] = "sixty"
    report = told(shop)
    assert [each.where for each in report.breaks if "budget" in each.where]


def test_what_is_spent_between_two_readings_is_not_called_a_break() -> None:
    shop = scene()
    shop.pay(6_000, "1")
    (shard,) = shards(shop).values()
    shard["n"] = 59
    seen = 0

    def before_key(key: Any) -> None:
        nonlocal seen
        is_shard = key == (shard["PK"], shard["SK"])
        seen += is_shard
        if is_shard and seen == 2:
            shop.pay(1_000, "meanwhile")

    shop.table.before_key = before_key  # type: ignore[attr-defined]
    report = told(shop)
    assert [each for each in report.breaks if "budget" in each.where] == []
    assert report.unproven == (f"budget {BUDGET}: it moved while it was counted",)


def test_a_campaign_of_no_shop_is_not_there() -> None:
    found = find_campaign(scene().table, "nobody", "spring", NOON)
    assert isinstance(found, Refusal)
    assert found.code == "shop_unknown"
