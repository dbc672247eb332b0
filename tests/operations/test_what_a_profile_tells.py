"""What only a profile tells of a buyer: read whenever the program that decides asks for it."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.member import MemberFacts
from chalicelib.operations.try_program import Trial, TrialKind, try_program
from tests.builders import NOON, TEA, Scene, line, program, recorded, state, upserted
from tests.operations.action_scenes import facts, tell
from tests.operations.verbs_of_members import merge

KIM = "kim@example.com"
JUNE = {"member.birth_month": 6}
VIP = {"facts.vip": True}
ASKED: list[dict[str, Any]] = [JUNE, VIP]


def asking(**condition: Any) -> dict[str, Any]:
    """Ten points more for who meets the condition."""
    rule = {
        "id": "more",
        "on": "order.paid",
        "if": condition,
        "give": [{"add": 10, "unit": "points"}],
    }
    declared = {"vip": "flag"} if "facts.vip" in condition else {}
    return program(earn=[*TEA["earn"], rule], facts=declared)


def told(scene: Scene) -> None:
    """The customer was born in June, and is a VIP."""
    scene.join("77", birthday="06-11")
    tell(scene, facts(scene.now, vip=True))


def tried(scene: Scene, version: int) -> dict[str, int]:
    cart: dict[str, object] = {"lines": [{"id": "l1", "quantity": "1", "net": 1_000}]}
    member, nobody = "external:77", MemberFacts()
    trial = Trial(version, TrialKind.CART, cart, member, nobody, scene.now, scene.now)
    answer: Any = try_program(scene.table, scene.shop, trial)
    return {share.rule_id: share.points for share in answer.tried.document.posted}


@pytest.mark.parametrize("asked", ASKED)
def test_a_try_asks_what_its_own_program_asks(scene: Scene, asked: dict[str, Any]) -> None:
    """It saw what the live program asked for: nothing."""
    scene.publish(asking(**asked))
    told(scene)
    scene.publish(TEA, since=NOON + HOUR_MS)
    scene.now = NOON + 2 * HOUR_MS
    assert tried(scene, 1) == {"purchase": 10, "more": 10}
    assert tried(scene, 2) == {"purchase": 10}


@pytest.mark.parametrize("asked", ASKED)
def test_an_order_told_late_asks_what_was_asked_when_it_was_paid(
    scene: Scene, asked: dict[str, Any]
) -> None:
    scene.publish(asking(**asked))
    told(scene)
    scene.publish(TEA, since=NOON + HOUR_MS)
    scene.now = NOON + DAY_MS
    scene.pay(1_000, at=NOON + 1)
    (entry,) = (each for each in scene.journal() if each.document == "order:main:1001")
    assert entry.program_version == 1
    assert scene.available() == 20
    scene.verify()


@pytest.mark.parametrize("asked", ASKED)
def test_a_guests_order_is_asked_about_whose_it_turns_out_to_be(
    scene: Scene, asked: dict[str, Any]
) -> None:
    scene.publish(asking(**asked))
    scene.join("77", birthday="06-11", email=KIM, email_verified=True)
    tell(scene, facts(scene.now, vip=True))
    scene.order(upserted(state(line(1_000), id="g", customer=None, guest_email=KIM)))
    assert scene.available() == 20


@pytest.mark.parametrize("asked", ASKED)
def test_an_order_under_an_old_id_is_asked_about_who_it_became(
    scene: Scene, asked: dict[str, Any]
) -> None:
    scene.publish(asking(**asked))
    told(scene)
    scene.pay(1_000, "0", customer=Customer("88"))
    recorded(merge(scene))
    before = scene.available()
    scene.pay(1_000, customer=Customer("88"))
    assert scene.available() - before == 20
    scene.verify()
