"""The audit of rewards that rules give: true books are silent, what was changed is named."""

from typing import Any

import pytest

from chalicelib.operations.audit_member import audit_member
from chalicelib.storage.items import Delete, Exists, key_of
from chalicelib.storage.key_names import document_key, order_key
from tests.builders import Scene, recorded, refund, refunded, state, upserted
from tests.memory_table import MemoryTable
from tests.operations.audited import rewrite
from tests.operations.given_scenes import given, giving


def told(scene: Scene) -> list[tuple[str, str]]:
    breaks = audit_member(scene.table, scene.shop, scene.member()).breaks
    return [(each.invariant, each.detail) for each in breaks]


@pytest.fixture
def scene() -> Scene:
    made = Scene(MemoryTable())
    made.publish(giving())
    recorded(made.order(upserted(state())))
    assert told(made) == []
    return made


def test_a_reward_that_was_given_and_is_nowhere_is_found(scene: Scene) -> None:
    (cake,) = given(scene)
    key = document_key(scene.shop, scene.member(), "redemption", cake.id)
    item = scene.table.load([key])[key]
    scene.table.write(Delete(key_of(item), Exists()))
    assert ("I4", "gives cake, which was not issued") in told(scene)


def test_a_reward_that_nothing_gives_is_found(scene: Scene) -> None:
    key = order_key(scene.shop, "main", "1001")
    item = scene.table.load([key])[key]

    def without_grants(body: dict[str, Any]) -> None:
        body["g"][0]["a"] = 0

    rewrite(scene.table, item, without_grants)
    assert ("I4", "was given by order:main:1001, which gives it not") in told(scene)


def test_what_was_taken_back_or_is_still_promised_is_no_break(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(scene.order(refunded(refund(9_000))))
    assert told(scene) == []
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.operations.keep_promises.keep_promises_of", lambda *_: None)
        recorded(scene.pay(9_000, "2"))
    assert len(given(scene)) == 1
    assert told(scene) == []
