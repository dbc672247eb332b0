"""Badges by staff: granted and taken back once a key, beside what rules and challenges give."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from chalicelib.domain.adjusting import AdjustLoad
from chalicelib.domain.badge_granting import decide_badge
from chalicelib.domain.events import Customer
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.progress import Badges
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.domain.wording.sentences import document_sentence, entry_sentence, names_of
from chalicelib.operations.audit_member import audit_member
from chalicelib.storage.documents import document_item, document_of
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.key_names import document_key
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.memory_table import MemoryTable
from tests.operations.challenge_scenes import challenge, challenging, worn
from tests.operations.moments import at_every_moment
from tests.operations.test_scenarios_of_rules import sound
from tests.operations.verbs_of_members import merge
from tests.simulation.member_acts import honour

REGULAR = challenge(target=1, give=[{"badge": "regular"}])


def opened(scene: Scene) -> Scene:
    """A member who has bought, of a program where one order gives the badge, too."""
    scene.publish(challenging(challenge(target=9), badges=[{"id": "regular", "name": "Regular"}]))
    recorded(scene.pay(1_000, "1"))
    return scene


def rewarding(scene: Scene) -> Scene:
    scene.publish(challenging(REGULAR))
    recorded(scene.pay(1_000, "1"))
    return scene


def grant(scene: Scene, key: str = "b1", customer: str = "77", badge: str = "regular") -> Any:
    return honour(scene, AdjustmentKind.BADGE, key, customer, badge)


def take(scene: Scene, key: str = "t1", customer: str = "77") -> Any:
    return honour(scene, AdjustmentKind.UNBADGE, key, customer, "regular")


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code.value


def test_a_badge_by_staff_is_worn_until_they_take_it_back(scene: Scene) -> None:
    opened(scene)
    document: Any = recorded(grant(scene))
    assert (document.entry.points, document.entry.kind.value, worn(scene)) == (
        0,
        "grant",
        {"regular"},
    )
    recorded(take(scene))
    assert worn(scene) == set()
    recorded(grant(scene, "b2"))
    assert worn(scene) == {"regular"}
    sound(scene)


def test_a_key_grants_once_and_never_something_else(scene: Scene) -> None:
    opened(scene)
    first, again = recorded(grant(scene)), grant(scene)
    assert (again.replayed, again.document) == (True, first)
    assert code(grant(scene, "b2")) == "badge_granted_already"
    assert code(honour(scene, AdjustmentKind.UNBADGE, "b1", badge="regular")) == (
        "same_key_other_request"
    )


def test_staff_take_back_their_own_alone(scene: Scene) -> None:
    rewarding(scene)
    assert code(take(scene)) == "badge_unknown"
    recorded(grant(scene))
    recorded(take(scene))
    assert worn(scene) == {"regular"}  # the challenge gives it still
    scene.order(refunded(refund(1_000, at=NOON), "1"))
    assert worn(scene) == set()
    sound(scene)


def test_what_a_challenge_takes_back_staff_still_grant(scene: Scene) -> None:
    rewarding(scene)
    recorded(grant(scene))
    scene.order(refunded(refund(1_000, at=NOON), "1"))
    assert worn(scene) == {"regular"}
    sound(scene)


def test_a_badge_that_the_program_has_no_more_is_only_taken_back(scene: Scene) -> None:
    opened(scene)
    recorded(grant(scene))
    scene.publish(challenging(badges=[]))
    assert worn(scene) == {"regular"}
    assert code(grant(scene, "b2")) == "badge_unknown"
    recorded(take(scene))
    assert worn(scene) == set()


def test_a_retired_badge_is_worn_on_by_its_name_and_granted_to_nobody(scene: Scene) -> None:
    opened(scene)
    recorded(grant(scene))
    retired = [{"id": "regular", "name": "Regular", "retired": True}]
    scene.publish(challenging(challenge(target=9), badges=retired))
    assert worn(scene) == {"regular"}
    assert code(grant(scene, "b2")) == "badge_unknown"
    recorded(take(scene))
    assert code(grant(scene, "b3")) == "badge_unknown"
    sound(scene)


def test_a_stranger_or_a_shop_without_a_program_is_refused(scene: Scene) -> None:
    opened(scene)
    assert code(grant(scene, customer="nobody")) == "member_unknown"
    document: Any = recorded(grant(scene))
    early = AdjustLoad(scene.shop, scene.account(), None, None)
    assert code(decide_badge(document, early, NOON)) == "program_not_live"
    unread = AdjustLoad(
        scene.shop, scene.account(), None, compile_program(read_program(challenging()), 1)
    )
    assert not isinstance(decide_badge(document, unread, NOON), Refusal)


def test_two_who_are_one_wear_what_staff_granted_both_until_it_is_taken_back(scene: Scene) -> None:
    opened(scene)
    recorded(scene.pay(1_000, "2", customer=Customer("88")))
    for customer in ("77", "88"):
        recorded(grant(scene, customer=customer))
    recorded(merge(scene, gone="88", kept="77"))
    sound(scene)
    assert code(grant(scene, "b2", "88")) == "badge_granted_already"
    recorded(take(scene, customer="88"))
    assert worn(scene) == set()
    sound(scene)


@pytest.mark.parametrize(
    ("locale", "told", "said"),
    [
        ("en", "You were granted the badge Regular", "Staff granted the member the badge Regular."),
        ("hu", "Jelvényt kaptál: Regular", "Egy munkatárs jelvényt adott a tagnak: Regular."),
        ("fa", "نشان Regular به شما داده شد", "کارکنان نشان Regular را به عضو دادند."),
    ],
)
def test_a_badge_by_staff_is_explained_without_its_reason(
    scene: Scene, locale: str, told: str, said: str
) -> None:
    opened(scene)
    names = names_of(compile_program(read_program(challenging()), 1).program, locale)
    document: Any = recorded(grant(scene))
    plain = str.maketrans("", "", "\u2068\u2069")
    assert entry_sentence(document.entry, names, locale).translate(plain) == told
    assert document_sentence(document, names, locale).translate(plain) == said


def test_a_badge_taken_back_is_explained_too(scene: Scene) -> None:
    opened(scene)
    recorded(grant(scene))
    document: Any = recorded(take(scene))
    names = names_of(compile_program(read_program(challenging()), 1).program, "en")
    assert entry_sentence(document.entry, names, "en") == "The badge Regular was taken back"
    assert document_sentence(document, names, "en") == "Staff took back the badge Regular."


def test_the_audit_finds_a_badge_that_staff_never_granted() -> None:
    scene = opened(Scene(MemoryTable()))
    recorded(grant(scene))
    sound(scene)
    key = document_key(scene.shop, scene.member(), "badges", "member")
    own = document_of(scene.table.load([key])[key], Badges)
    assert own is not None
    changes: tuple[dict[str, Any], ...] = (
        {"granted": {}}, {"granted": {"regular": 1, "other": 1}}, {"worn": {}},
    )  # fmt: skip
    for change in changes:
        wrong = msgspec.structs.replace(own, **change)
        scene.table.write(Put(document_item(scene.shop, wrong), Anything()))
        assert audit_member(scene.table, scene.shop, scene.member()).breaks, change


# ---------------------------------------------------------------- two writers

# Each: two acts that race on a member; what may be worn after both.
RACES: dict[str, tuple[Callable[[Scene], Any], Callable[[Scene], Any], list[set[str]]]] = {
    "one grant twice": (grant, grant, [{"regular"}]),
    "two grants": (grant, partial(grant, key="b2"), [{"regular"}]),
    "grant and completion": (grant, lambda s: s.pay(1_000, "2"), [{"regular"}]),
    "grant and take": (grant, take, [{"regular"}, set()]),
    "grant and refund": (
        grant,
        lambda s: s.order(refunded(refund(1_000, at=NOON), "1")),
        [{"regular"}],
    ),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RACES)
def test_the_second_writer_at_every_moment_of_the_first(name: str, backwards: bool) -> None:
    table = WatchedTable()
    rewarding(Scene(table))
    first, second, allowed = RACES[name]
    for scene in at_every_moment(table, first, second, backwards):
        # The challenge of the first order gives the badge, too, unless that was refunded.
        assert worn(scene) in ([{"regular"}] if "take" in name else allowed)
        assert audit_member(scene.table, scene.shop, scene.member()).breaks == ()
        verify_table(table.items())


def test_the_document_is_an_adjustment_without_points(scene: Scene) -> None:
    document = recorded(grant(opened(scene)))
    assert isinstance(document, Adjustment)
    assert (document.points, document.badge, document.unit) == (0, "regular", "")
