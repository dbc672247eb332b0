"""The audit finds referrals whose two sides do not have what the referral says."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.items import Anything, Delete, Item, key_of
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.memory_table import MemoryTable
from tests.operations.audited import NIGHT, audited, breaks_of, item_at, put, rewrite
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    code,
    come,
    opened,
    referral_of,
    review,
    side_of,
    swept,
)
from tests.operations.verbs_of_members import merge

NIGHTS = count()


@pytest.fixture
def scene() -> Scene:
    """Three friends: one has bought, one has joined, one is flagged."""
    scene = opened(MemoryTable())
    come(scene)
    buy(scene)
    come(scene, "99")
    come(scene, "66", email="a.nn@example.com")
    buy(scene, 3_000, "g1", "66")
    return scene


def found(scene: Scene) -> list[str]:
    night = audited(scene.table, NIGHT + next(NIGHTS) * DAY_MS)
    return sorted(each.detail for each in breaks_of(night))


def side_item(scene: Scene, role: str, friend: str = "88") -> Item:
    table: Any = scene.table
    owner = scene.member(friend if role == "friend" else "77")
    name = f"referral.{scene.member(friend)}.{role}"
    return item_at(table, f"#{owner}", f"D#action:-:{name}")


def rewritten(scene: Scene, friend: str, **changes: Any) -> None:
    table: Any = scene.table
    item = item_at(table, f"#RF#{code(scene)}", f"F#{scene.member(friend)}")
    rewrite(scene.table, item, lambda body: body.update(changes))


def test_referrals_as_they_should_be_have_no_breaks(scene: Scene) -> None:
    assert found(scene) == []
    swept(scene, NOON + WEEK)
    assert referral_of(scene).state == "qualified"
    assert found(scene) == []
    scene.order(refunded(refund(3_000), "g1"))
    assert found(scene) == []


def _sent_back(scene: Scene) -> None:
    scene.order(refunded(refund(3_000), "f1"))


def _erased(who: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        command = EraseCommand(scene.shop, scene.member(who), "operator", scene.now)
        recorded(erase_member(scene.table, command))

    return act


HONEST: dict[str, Callable[[Scene], Any]] = {
    "sent back": _sent_back,
    "friend forgotten": _erased("88"),
    "advocate forgotten": _erased("77"),
    "flagged friend forgotten": _erased("66"),
    "became one": lambda scene: merge(scene, "88", "77"),
    "advocate merged": lambda scene: [scene.join("55"), merge(scene, "77", "55")],
    "friend merged": lambda scene: [scene.join("55"), merge(scene, "88", "55")],
    "friends became one": lambda scene: merge(scene, "88", "99"),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_may_happen_to_members_breaks_no_referral(scene: Scene, name: str) -> None:
    HONEST[name](scene)
    assert found(scene) == []
    swept(scene, NOON + WEEK)
    assert found(scene) == []


@pytest.mark.parametrize("role", ["friend", "advocate"])
def test_a_side_that_has_nothing_is_found(scene: Scene, role: str) -> None:
    scene.table.write(Delete(key_of(side_item(scene, role)), Anything()))
    assert f"is ordered, and the {role} has nothing of it" in found(scene)


@pytest.mark.parametrize("role", ["friend", "advocate"])
@pytest.mark.parametrize("state", ["joined", "flagged", "reversed", "rejected"])
def test_a_side_that_keeps_what_was_taken_back_is_found(
    scene: Scene, role: str, state: str
) -> None:
    rewritten(scene, "88", s=state)
    assert f"is {state}, and the {role} has something of it" in found(scene)


@pytest.mark.parametrize("role", ["friend", "advocate"])
def test_a_side_that_was_taken_back_alone_is_found(scene: Scene, role: str) -> None:
    rewrite(scene.table, side_item(scene, role), lambda body: body.update(why="action_revoked"))
    assert f"is ordered, and the {role} has nothing of it" in found(scene)


@pytest.mark.parametrize(
    "changes", [{"s": "qualified"}, {"ma": NOON + 2 * WEEK}, {"of": ["US", "US"]}]
)
def test_a_side_of_other_terms_is_found(scene: Scene, changes: dict[str, Any]) -> None:
    rewritten(scene, "88", **changes)
    assert sum("has other terms" in each for each in found(scene)) == 2


@pytest.mark.parametrize("side", [None, ["advocate", "*", NOON + WEEK, False]])
def test_a_side_that_is_of_something_else_is_found(scene: Scene, side: object) -> None:
    rewrite(scene.table, side_item(scene, "friend"), lambda body: body.update(sd=side))
    assert "what the friend has is of something else" in found(scene)
    assert isinstance(side_of(scene, "friend"), Action)


def test_a_friend_whose_account_names_nobody_is_found(scene: Scene) -> None:
    table: Any = scene.table
    account = item_at(table, f"#{scene.member('99')}", "A")
    put(scene.table, {name: value for name, value in account.items() if name != "f"})
    assert found(scene) == ["the friend's account does not say whose friend they are"]
    scene.table.write(Delete(key_of(account), Anything()))
    assert "the friend's account does not say whose friend they are" in found(scene)


def test_a_referral_that_lies_elsewhere_or_cannot_be_read_is_found(scene: Scene) -> None:
    rewritten(scene, "99", f="nobody")
    assert found(scene) == ["lies under a key that is not its own"]
    table: Any = scene.table
    item = item_at(table, f"#RF#{code(scene)}", f"F#{scene.member('99')}")
    put(scene.table, item, b=b"nonsense")
    assert [each.startswith("cannot be read") for each in found(scene)] == [True]


def test_what_is_being_written_is_not_believed_at_once(scene: Scene) -> None:
    """Between two reads of one look the refund is committed: the second look finds all well."""
    table: Any = scene.table
    from chalicelib.operations.audit_referrals import audit_referrals

    partition = str(item_at(table, f"#RF#{code(scene)}", "RF")["PK"])
    for moment in range(12):
        seen = iter(range(99))

        def at_a_moment(_: object, *, seen: Any = seen, moment: int = moment) -> None:
            if next(seen) == moment:
                table.before = lambda _: None
                _sent_back(scene)
                buy(scene, 3_000, f"f{moment}", at=scene.now + moment)

        table.before = at_a_moment
        assert audit_referrals(table, scene.shop, partition) == (), moment
    table.before = lambda _: None


@pytest.mark.parametrize(
    "kept", [{"bg": {"shop:referral:advocate": 1}}, {"g": [{"r": "r", "e": 0, "k": "badge",
             "n": "guide", "a": 1}]}]
)  # fmt: skip
def test_a_side_that_keeps_a_turn_or_a_gift_is_found(scene: Scene, kept: dict[str, Any]) -> None:
    _sent_back(scene)
    rewrite(scene.table, side_item(scene, "advocate"), lambda body: body.update(kept))
    assert "is reversed, and the advocate has something of it" in found(scene)


def test_who_was_approved_late_before_sides_told_when_is_no_break(scene: Scene) -> None:
    scene.now = NOON + 2 * WEEK
    review(scene, "66", "ordered")
    swept(scene, scene.now)
    assert referral_of(scene, "66").state == "qualified"
    for role in ("friend", "advocate"):
        action: Any = side_of(scene, role, "66")
        assert action.side.approved_at == scene.now
        item = side_item(scene, role, "66")
        rewrite(scene.table, item, lambda body: body.update(sd=body["sd"][:5]))
        action = side_of(scene, role, "66")
        assert action.side.approved_at == 0
    assert found(scene) == []
