"""A shop remembers what its ids meant, over versions that left them out."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.publish_draft import PublishWish, roll_back
from chalicelib.operations.publish_program import Published, check_program, publish_program
from tests.builders import NOON, TEA, Scene, program

TWICE = {"id": "twice", "name": "Twice", "kind": "count", "on": "order.paid", "target": 2,
         "give": [{"add": 10, "unit": "points"}]}  # fmt: skip
OTHER = {**TWICE, "target": 1, "give": [{"add": 500, "unit": "points"}]}
REVIEW = {"id": "review", "on": "action.review", "limit": {"times": 1, "window": "lifetime"},
          "give": [{"add": 10, "unit": "points"}]}  # fmt: skip
WITH_REVIEW = program(earn=[TEA["earn"][0], REVIEW])
PAID = program(earn=[TEA["earn"][0], {**REVIEW, "on": "order.paid"}])


def publish(scene: Scene, document: Any) -> Published | Refusal:
    done = publish_program(scene.table, "tea", document, ("key:ann", scene.now))
    if isinstance(done, Published):
        scene.versions = done.version
    scene.now += 1
    return done


def codes(done: Published | Refusal) -> list[str]:
    problems = done.problems if isinstance(done, Refusal) else done.warnings
    return [each.code for each in problems if each.code in ("challenge_changed", "id_reused")]


@pytest.mark.parametrize("between", [1, 3])
def test_a_challenge_that_comes_back_with_other_terms_is_refused(shop: Scene, between: int) -> None:
    """Who had counted for the old one would never get the new one, others would."""
    publish(shop, program(challenges=[TWICE]))
    for place in range(between):
        publish(shop, program(name=f"Without {place}"))
    done = publish(shop, program(challenges=[OTHER]))
    assert isinstance(done, Refusal)
    assert codes(done) == ["challenge_changed"]
    found = check_program(shop.table, "tea", program(challenges=[OTHER]), shop.now)
    assert not isinstance(found, Refusal)
    assert [each.code for each in found.errors] == ["challenge_changed"]


def test_who_was_on_their_way_completes_a_challenge_that_came_back(shop: Scene) -> None:
    publish(shop, program(challenges=[TWICE]))
    shop.pay(1_000, "1", at=shop.now)
    publish(shop, program())
    back = publish(shop, program(challenges=[TWICE]))
    assert isinstance(back, Published)
    before = shop.available()
    shop.pay(1_000, "2", at=shop.now)
    assert shop.available() - before == 10 + 10


def test_a_rule_that_comes_back_as_another_one_is_told(shop: Scene) -> None:
    publish(shop, WITH_REVIEW)
    publish(shop, program())
    assert codes(publish(shop, program(name="Tea"))) == []
    assert codes(publish(shop, PAID)) == ["id_reused"]


def test_a_rollback_is_held_against_what_ids_meant(shop: Scene) -> None:
    """Version 2 has the rule as it was; the last that had it meant another."""
    for document in (WITH_REVIEW, program(), PAID, program(name="Tea")):
        publish(shop, document)
    wish = PublishWish(note="", accept=frozenset(), force_reason="", actor="key:ann",
                       effective_from=0, now=shop.now)  # fmt: skip
    done = roll_back(shop.table, "tea", 2, wish)
    assert isinstance(done, Refusal)
    assert "id_reused" in [each.code for each in done.problems]


def test_a_scheduled_version_remembers_what_it_leaves_out(shop: Scene) -> None:
    publish(shop, program(challenges=[TWICE]))
    live = roll_back(shop.table, "tea", 1, PublishWish(
        note="", accept=frozenset({"rule_never_pays", "text_missing", "no_reward_within_reach"}),
        force_reason="", actor="key:ann", effective_from=NOON + DAY_MS, now=shop.now))  # fmt: skip
    assert isinstance(live, Published)
    shop.now = NOON + DAY_MS + 1
    assert codes(publish(shop, program(challenges=[OTHER]))) == ["challenge_changed"]
