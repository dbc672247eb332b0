"""Referrals that give rewards: codes once the order has stood, none lost and none twice."""

from typing import Any

import pytest

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.records import Redemption
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence, trace_sentence
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.find_redemption_by_code import find_redemption_by_code
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable, verify_table
from tests.operations import referral_scenes
from tests.operations.given_scenes import given, promised, stand
from tests.operations.moments import Act, at_every_moment
from tests.operations.referral_scenes import (
    WEEK,
    buy,
    come,
    own,
    pending,
    referral_of,
    referring,
    review,
    side_of,
    stood,
    swept,
)
from tests.operations.verbs_of_members import merge
from tests.simulation.referral_verbs import matured

TEN = {"id": "ten", "name": "10 % off", "kind": "percent_off", "percent": "10", "valid": "P30D",
       "unit_cost": {"USD": 300}}  # fmt: skip
POUNDS = {"id": "five", "name": "5.00 off", "kind": "amount_off", "value": {"USD": 500},
          "valid": "P30D"}  # fmt: skip
GIFT = {"regions": ["*"], "friend": [{"reward": "ten"}], "advocate": [{"reward": "ten"}]}
REGIONS = [
    {"regions": ["US"], "friend": [{"reward": "ten"}], "advocate": [{"reward": "ten"}]},
    {"regions": ["*"], "friend": [{"reward": "five"}],
     "advocate": [{"reward": "five", "times": 2}, {"add": 7, "unit": "points"}]},
]  # fmt: skip


def gifts(*offers: dict[str, Any], ten: dict[str, Any] | None = None, **keys: Any) -> Any:
    """The referral of the tea shop, with codes for both sides."""
    rewards = [ten or TEN, POUNDS]
    return referring(offers=list(offers or (GIFT,)), keys={"rewards": rewards}, **keys)


@pytest.fixture
def scene() -> Scene:
    return opened()


def opened(table: Table | None = None, document: Any = None) -> Scene:
    return referral_scenes.opened(table or WatchedTable(), document or gifts())


def sound(scene: Scene, *customers: str) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for name in customers or ("77", "88"):
        assert audit_member(scene.table, scene.shop, scene.member(name)).breaks == ()


def codes(scene: Scene) -> tuple[list[str], list[str]]:
    """How Ann's and her friend's codes stand."""
    return stand(scene, "77"), stand(scene, "88")


# ---------------------------------------------------------------- when


def test_nobody_has_a_code_while_the_order_may_come_back(scene: Scene) -> None:
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK - 1)
    assert codes(scene) == ([], [])
    assert (promised(scene, "77"), promised(scene, "88")) == (0, 0)
    sound(scene)


def test_the_sweep_issues_both_codes_once_it_has_stood(scene: Scene) -> None:
    come(scene)
    buy(scene)
    for hours in (0, 1):
        swept(scene, NOON + WEEK + hours)
        assert codes(scene) == (["ready"], ["ready"])
    for customer in ("77", "88"):
        (code,) = given(scene, customer)
        assert find_redemption_by_code(scene.table, scene.shop, code.code) == code
        assert (code.reward_id, code.cost, promised(scene, customer)) == ("ten", 0, 0)
    sound(scene)


def test_a_sweep_that_is_late_takes_nothing_from_the_life_of_a_code(scene: Scene) -> None:
    """And adds nothing: its time counts from when the order had stood."""
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK + 3 * DAY_MS)
    for customer in ("77", "88"):
        assert given(scene, customer)[0].expires_at == NOON + WEEK + 30 * DAY_MS


def test_the_friends_own_order_issues_codes_before_the_sweep_comes(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.now = NOON + WEEK
    buy(scene, 100, "f2", at=scene.now)
    assert codes(scene) == (["ready"], ["ready"])
    sound(scene)


def test_a_refund_before_leaves_nobody_with_a_code(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.order(refunded(refund(1_001), "f1"))
    swept(scene, NOON + WEEK)
    assert referral_of(scene).state == "reversed"
    assert codes(scene) == ([], [])
    scene.now += DAY_MS
    buy(scene, 2_000, "f2", at=scene.now)
    swept(scene, scene.now + WEEK)
    assert codes(scene) == (["ready"], ["ready"])
    sound(scene)


def test_a_refund_after_leaves_both_with_their_codes(scene: Scene) -> None:
    come(scene)
    buy(scene)
    scene.now = NOON + WEEK
    scene.order(refunded(refund(3_000, at=scene.now), "f1"))
    assert codes(scene) == (["ready"], ["ready"])
    sound(scene)


# ---------------------------------------------------------------- what


@pytest.mark.parametrize(
    ("region_of", "ann", "friend"),
    [("each", ["ten"], ["five"]), ("advocate", ["ten"], ["ten"]),
     ("friend", ["five", "five"], ["five"])],
)  # fmt: skip
def test_each_side_gets_the_reward_of_the_region(
    region_of: str, ann: list[str], friend: list[str]
) -> None:
    scene = Scene(WatchedTable())
    scene.publish(gifts(*REGIONS, region_of=region_of))
    scene.join("77", country="US")
    own(scene)
    come(scene)
    buy(scene, country="GB")
    assert pending(scene)[0] == (7 if region_of == "friend" else 0)
    swept(scene, NOON + WEEK)
    assert [each.reward_id for each in given(scene, "77")] == ann
    assert [each.reward_id for each in given(scene, "88")] == friend
    sound(scene)


def test_the_limit_counts_friends_whose_orders_wait() -> None:
    scene = opened(document=gifts(limit={"times": 1, "window": "lifetime"}))
    for friend, order in (("88", "f1"), ("99", "f2")):
        come(scene, friend)
        buy(scene, 3_000, order, friend)
    side = side_of(scene, "advocate", "99")
    assert side is not None
    assert [row.code for row in side.trace] == ["cap_spent"]
    swept(scene, NOON + WEEK)
    assert (stand(scene, "77"), stand(scene, "88"), stand(scene, "99")) == (["ready"],) * 3
    sound(scene, "77", "88", "99")


def test_a_place_of_the_limit_that_came_back_serves_the_next_friend() -> None:
    scene = opened(document=gifts(limit={"times": 1, "window": "lifetime"}))
    come(scene)
    buy(scene)
    scene.order(refunded(refund(3_000), "f1"))
    come(scene, "99")
    buy(scene, 3_000, "f2", "99")
    swept(scene, NOON + WEEK)
    assert (stand(scene, "77"), stand(scene, "88"), stand(scene, "99")) == (
        ["ready"], [], ["ready"])  # fmt: skip


def test_the_last_piece_of_stock_goes_once_and_the_other_side_is_told() -> None:
    scene = opened(document=gifts(ten={**TEN, "stock": 1}))
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK)
    assert sorted([*stand(scene, "77"), *stand(scene, "88")]) == ["failed", "ready"]
    sound(scene)


def test_a_rule_for_qualified_referrals_gives_its_reward_at_once_with_the_offer() -> None:
    document = gifts()
    thanks = {"id": "thanks", "on": "referral.qualified", "once": "member",
              "give": [{"reward": "five"}]}  # fmt: skip
    document["earn"] = [*document["earn"], thanks]
    scene = opened(document=document)
    come(scene)
    buy(scene)
    swept(scene, NOON + WEEK)
    assert sorted(each.reward_id for each in given(scene, "77")) == ["five", "ten"]
    sound(scene)


# ---------------------------------------------------------------- staff


@pytest.mark.parametrize(("days", "left"), [(0, 37), (20, 37), (36, 37), (37, 67)])
def test_who_is_approved_late_has_the_dates_of_then_and_never_a_dead_code(
    scene: Scene, days: int, left: int
) -> None:
    """Bought on day 0, stood on day 7, valid 30 days: until day 37, or 30 days from the word."""
    come(scene, email="a.nn@example.com")
    buy(scene)
    swept(scene, NOON + days * DAY_MS)
    assert codes(scene) == ([], [])
    review(scene, "88", "ordered")
    swept(scene, max(scene.now, NOON + WEEK))
    for customer in ("77", "88"):
        assert [each.expires_at for each in given(scene, customer)] == [NOON + left * DAY_MS]
    sound(scene)


def test_who_is_rejected_has_nothing(scene: Scene) -> None:
    come(scene, email="a.nn@example.com")
    buy(scene)
    review(scene, "88", "rejected")
    swept(scene, NOON + WEEK)
    assert codes(scene) == ([], [])


# ---------------------------------------------------------------- merges and erasures


@pytest.mark.parametrize("who", ["77", "88"])
@pytest.mark.parametrize("is_early", [True, False])
def test_who_is_merged_away_has_the_code_under_the_new_id_once(
    scene: Scene, who: str, is_early: bool
) -> None:
    come(scene)
    buy(scene)
    scene.join("55")
    if is_early:
        merge(scene, who, "55")
    swept(scene, NOON + WEEK)
    if not is_early:
        merge(scene, who, "55")
        swept(scene, NOON + WEEK + DAY_MS)
    other = "88" if who == "77" else "77"
    assert stand(scene, other) == ["ready"]
    assert sorted(stand(scene, "55") + stand(scene, who)) == ["ready"]
    account = scene.account("55")
    assert account is not None
    assert len(account.open_redemptions) == 1
    sound(scene, "55", other)


def test_two_who_become_one_bring_nobody(scene: Scene) -> None:
    come(scene)
    buy(scene)
    merge(scene, "88", "77")
    swept(scene, NOON + WEEK)
    assert codes(scene) == ([], [])
    sound(scene, "77")


@pytest.mark.parametrize(("who", "other"), [("77", "88"), ("88", "77")])
def test_who_is_erased_gets_no_code_and_the_other_side_does(
    scene: Scene, who: str, other: str
) -> None:
    come(scene)
    buy(scene)
    erase_member(scene.table, EraseCommand(scene.shop, scene.member(who), "operator", scene.now))
    swept(scene, NOON + WEEK)
    assert (stand(scene, who), stand(scene, other)) == ([], ["ready"])
    sound(scene, other)


# ---------------------------------------------------------------- two writers

BACK = refunded(refund(3_000), "f1")


MATURES = stood(matured())
RIVALS: dict[str, Act] = {
    "another run": MATURES,
    "the sweep": stood(lambda scene: swept(scene, scene.now)),
    "another order of the friend": stood(lambda scene: buy(scene, 900, "f2", at=scene.now)),
    "an order of the advocate": stood(lambda scene: scene.pay(900, "a1", at=scene.now)),
    "a return that is too late": stood(lambda scene: scene.order(BACK)),
    "a merge": stood(lambda scene: merge(scene, "88", "55")),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", RIVALS)
def test_a_code_is_issued_once_at_every_moment_of_another_writer(
    name: str, backwards: bool
) -> None:
    start = opened()
    come(start)
    buy(start)
    start.join("55")
    for scene in at_every_moment(start.table, MATURES, RIVALS[name], backwards):  # type: ignore[arg-type]
        swept(scene, NOON + WEEK)
        assert stand(scene, "77") == ["ready"]
        assert stand(scene, "88") + stand(scene, "55") == ["ready"]
        sound(scene, "77", "55" if name == "a merge" else "88")


ONE_SIDE = {"regions": ["*"], "advocate": [{"add": 100, "unit": "points"}]}


@pytest.mark.parametrize("offer", [GIFT, ONE_SIDE])
@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_that_comes_back_leaves_nothing_at_any_moment(
    offer: dict[str, Any], backwards: bool
) -> None:
    """Also where the friend has no book in the commit: the order itself is asked."""
    start = opened(document=gifts(offer))
    come(start)
    for scene in at_every_moment(start.table, buy, lambda other: other.order(BACK), backwards):  # type: ignore[arg-type]
        swept(scene, NOON + WEEK)
        assert (codes(scene), scene.available("77")) == (([], []), 0)
        sound(scene)


# ---------------------------------------------------------------- words


def words(scene: Scene, action: Action | Redemption | None, locale: str = "en") -> str:
    assert action is not None
    names = names_of(program_of(scene.table, scene.shop, 1).program, locale)
    return document_sentence(action, names, locale)


def test_staff_read_that_a_reward_waits_that_it_was_given_and_that_it_went(scene: Scene) -> None:
    come(scene)
    buy(scene)
    waiting = words(scene, side_of(scene, "friend"))
    assert waiting == (
        "Rule the offer for friends: 10 % off, 1 in number, once the friend's order has stood."
    )
    swept(scene, NOON + WEEK)
    assert words(scene, side_of(scene, "friend")) == "The action coming by a friend gave 10 % off."
    assert words(scene, given(scene, "88")[0]) == (
        "10 % off was given by the offer for friends; its code has not been used yet."
    )
    other = opened()
    come(other)
    buy(other)
    other.order(refunded(refund(3_000), "f1"))
    assert words(other, side_of(other, "friend")) == (
        "The action coming by a friend earned nothing because the friend's order came back."
    )


def test_points_beside_a_reward_are_told_with_it() -> None:
    both = {"regions": ["*"], "friend": [{"add": 5, "unit": "points"}, {"reward": "ten"}]}
    scene = opened(document=gifts(both))
    come(scene)
    buy(scene)
    side = side_of(scene, "friend")
    assert words(scene, side) == (
        "The action coming by a friend earned 5 points: rule the offer for friends 5. "
        "Rule the offer for friends: 10 % off, 1 in number, once the friend's order has stood."
    )
    assert side is not None
    names = names_of(program_of(scene.table, scene.shop, 1).program, "hu")
    assert all(trace_sentence(row, names, "hu") for row in side.trace)
    assert recorded(scene.pay(100, "a2")) is not None
