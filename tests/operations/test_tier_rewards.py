"""Rewards that tiers give on reaching them: once a period, with the order that reached it."""

from typing import Any

from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.explain_document import explain_document
from tests.builders import TEA, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations.given_scenes import IDEA, given, giving, stand


def sound(scene: Scene) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()


def reaching(**tier: Any) -> Scene:
    """A shop whose gold tier gives a cake."""
    scene = Scene(WatchedTable())
    (club,) = TEA["tier_groups"]
    gold = {**club["tiers"][1], **tier}
    document = giving(IDEA)
    scene.publish({**document, "tier_groups": [{**club, "tiers": [club["tiers"][0], gold]}]})
    return scene


def test_a_tier_that_is_reached_gives_its_reward_once_and_takes_it_back() -> None:
    scene = reaching(entry=[{"reward": "cake"}])
    for _ in range(2):
        recorded(scene.pay(21_000, "1"))
    recorded(scene.pay(900, "2"))
    (cake,) = given(scene)
    assert (scene.tier(), cake.status, cake.rule) == ("gold", "ready", "tier:club/gold")
    order = explain_document(
        scene.table, scene.shop, "external:77", ("order:main:1", "en"), scene.now
    )
    told = [sentence for _, sentence in order.trace]  # type: ignore[union-attr]
    assert "Reaching Gold gave A free cake, 1 in number." in told
    recorded(scene.order(refunded(refund(9_000), "1")))
    assert (scene.tier(), stand(scene)) == ("leaf", ["undone"])
    sound(scene)


def test_a_tier_gives_points_and_a_reward_by_one_entry() -> None:
    scene = reaching(entry=[{"add": 5, "unit": "points"}, {"reward": "cake", "times": 2}])
    recorded(scene.pay(21_000, "1"))
    assert (scene.available(), stand(scene)) == (215, ["ready", "ready"])
    sound(scene)


def test_the_reward_of_a_tier_goes_to_the_next_order_that_holds_it() -> None:
    scene = reaching(entry=[{"reward": "cake"}])
    recorded(scene.pay(21_000, "1"))
    recorded(scene.pay(21_000, "2"))
    recorded(scene.order(refunded(refund(21_000), "1")))
    assert (scene.tier(), stand(scene)) == ("gold", ["undone"])
    recorded(scene.pay(900, "3"))
    assert [each.given_by for each in given(scene) if each.status == "ready"] == ["order:main:3"]
    sound(scene)
