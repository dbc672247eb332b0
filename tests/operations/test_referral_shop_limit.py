"""Referrals that the whole shop limits: granted whole or not at all, never oversold, given back."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.programs import program_of
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.conservation import WatchedTable
from tests.operations import referral_scenes
from tests.operations.moments import Act, at_every_moment
from tests.operations.referral_scenes import (
    OFFER,
    WEEK,
    buy,
    code,
    come,
    own,
    referral_of,
    referring,
    review,
    side_of,
    swept,
)
from tests.operations.test_causes import FOREST, counted
from tests.operations.test_shop_limits import sound, spent
from tests.operations.test_two_writers import WRITERS, all_items, at_once
from tests.operations.verbs_of_members import merge
from tests.simulation.referral_verbs import matured
from tests.storage.metering import MeteredTable

EVER: dict[str, Any] = {"times": 1, "window": "lifetime", "scope": "shop"}
MONTHLY = {**EVER, "window": {"calendar": "month"}}
COUNTER = "shop:referral:advocate"


def limited(limit: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
    """One referral of the shop counts; orders earn nothing by themselves."""
    keys = {"earn": [], **said.pop("keys", {})}
    return referring(limit=limit or EVER, keys=keys, **said)


def opened(document: Any = None, table: Table | None = None) -> Scene:
    """Ann (77) and Bea (66) each brought a friend (88, 99), who has not bought yet."""
    scene = referral_scenes.opened(table or WatchedTable(), document or limited())
    scene.join("66", email="bea@example.com")
    own(scene, "66")
    come(scene, "88")
    come(scene, "99", by=code(scene, "66"))
    return scene


def anns(scene: Scene) -> Any:
    """Ann's friend buys."""
    return buy(scene, 3_000, "f1", "88", at=scene.now)


def beas(scene: Scene) -> Any:
    """Bea's friend buys."""
    return buy(scene, 3_000, "f2", "99", at=scene.now)


def back(order: str) -> Act:
    return lambda scene: scene.order(refunded(refund(3_000, at=scene.now), order))


def total(scene: Scene, customer: str) -> int:
    """All points of a member, pending or not."""
    balance = scene.balance(customer)
    return balance.available + balance.pending


def both(scene: Scene) -> tuple[int, int]:
    """What Ann and Bea have."""
    return total(scene, "77"), total(scene, "66")


# ---------------------------------------------------------------- counting


def test_the_first_advocate_of_the_shop_is_rewarded_and_every_friend() -> None:
    scene = opened()
    anns(scene)
    beas(scene)
    assert both(scene) == (100, 0)
    assert (total(scene, "88"), total(scene, "99")) == (50, 50)
    assert spent(scene, COUNTER) == 1
    swept(scene, NOON + WEEK)
    assert (both(scene), spent(scene, COUNTER)) == ((100, 0), 1)
    sound(scene)


def test_staff_read_why_an_advocate_has_nothing() -> None:
    scene = opened()
    anns(scene)
    beas(scene)
    side = side_of(scene, "advocate", "99", by="66")
    assert side is not None
    assert [row.code for row in side.trace] == ["bonus", "budget_spent"]
    names = names_of(program_of(scene.table, scene.shop, 1).program, "en")
    assert document_sentence(side, names, "en") == (
        "The action bringing a friend earned nothing. Rule the offer for advocates: a bonus of "
        "100 points. Rule the offer for advocates gave nothing: its budget does not suffice any "
        "more."
    )


def test_an_order_that_comes_back_gives_its_turn_to_the_next() -> None:
    scene = opened()
    anns(scene)
    back("f1")(scene)
    assert (both(scene), spent(scene, COUNTER)) == ((0, 0), 0)
    beas(scene)
    assert (both(scene), spent(scene, COUNTER)) == ((0, 100), 1)
    scene.now += DAY_MS
    buy(scene, 3_000, "f3", "88", at=scene.now)  # Ann's friend again: the turn is another's
    assert (both(scene), spent(scene, COUNTER)) == ((0, 100), 1)
    sound(scene)


def test_what_comes_back_and_is_bought_anew_has_its_turn_once() -> None:
    scene = opened()
    for order in ("f1", "f3", "f4"):
        scene.now += DAY_MS
        buy(scene, 3_000, order, "88", at=scene.now)
        assert (both(scene), spent(scene, COUNTER)) == ((100, 0), 1)
        if order != "f4":
            back(order)(scene)
            assert (both(scene), spent(scene, COUNTER)) == ((0, 0), 0)
    sound(scene)


def test_a_month_of_the_shop_is_that_of_the_payment() -> None:
    """An order of one month that comes back in the next gives back to its own."""
    scene = opened(limited(MONTHLY))
    anns(scene)
    month = next(iter(side_of(scene, "advocate").budgets))  # type: ignore[union-attr]
    assert month.startswith(f"{COUNTER}@")
    scene.now += 40 * DAY_MS
    beas(scene)
    later = next(iter(side_of(scene, "advocate", "99", by="66").budgets))  # type: ignore[union-attr]
    assert (both(scene), spent(scene, month), spent(scene, later)) == ((100, 100), 1, 1)
    back("f2")(scene)
    assert (both(scene), spent(scene, month), spent(scene, later)) == ((100, 0), 1, 0)
    sound(scene)


def test_a_referral_that_moves_to_another_month_is_counted_there_alone() -> None:
    scene = opened(limited(MONTHLY))
    anns(scene)
    month = next(iter(side_of(scene, "advocate").budgets))  # type: ignore[union-attr]
    back("f1")(scene)
    scene.now += 40 * DAY_MS
    buy(scene, 3_000, "f3", "88", at=scene.now)
    later = next(iter(side_of(scene, "advocate").budgets))  # type: ignore[union-attr]
    assert (month != later, spent(scene, month), spent(scene, later)) == (True, 0, 1)
    sound(scene)


def test_after_it_has_qualified_a_turn_never_comes_back() -> None:
    scene = opened()
    anns(scene)
    swept(scene, NOON + WEEK)
    back("f1")(scene)
    beas(scene)
    assert (both(scene), spent(scene, COUNTER)) == ((100, 0), 1)
    sound(scene)


def test_who_waits_for_staff_has_no_turn_until_they_approve() -> None:
    scene = opened(limited({**EVER, "times": 2}))
    come(scene, "55", email="a.nn@example.com")
    buy(scene, 3_000, "g1", "55")
    assert spent(scene, COUNTER) == 0
    anns(scene)
    review(scene, "55", "ordered")
    assert (both(scene), spent(scene, COUNTER)) == ((200, 0), 2)
    beas(scene)
    assert both(scene) == (200, 0)
    sound(scene)


def test_a_limit_is_asked_of_rewards_and_gifts_as_of_points() -> None:
    trees = {"regions": ["*"], "advocate": [{"cause": "forest", "add": 3}]}
    scene = opened(limited(offers=[trees], keys={"causes": [FOREST]}))
    anns(scene)
    beas(scene)
    side = side_of(scene, "advocate", "99", by="66")
    assert side is not None
    assert [row.code for row in side.trace] == ["budget_spent"]
    swept(scene, NOON + WEEK)
    assert (counted(scene), spent(scene, COUNTER)) == (3, 1)
    sound(scene)


@pytest.mark.parametrize("amount", [150, {"points": 150}])
@pytest.mark.parametrize(("scope", "second"), [("member", 50), ("shop", 0)])
def test_a_limit_of_points_cuts_a_members_and_grants_a_shops_whole(
    amount: Any, scope: str, second: int
) -> None:
    """Also where another offer gives none of them."""
    trees = {"regions": ["US"], "advocate": [{"cause": "forest", "add": 3}]}
    limit = {"amount": amount, "window": "lifetime", "scope": scope}
    scene = opened(limited(limit, offers=[trees, OFFER], keys={"causes": [FOREST]}))
    come(scene, "55")
    anns(scene)
    buy(scene, 3_000, "f3", "55", at=scene.now)
    assert total(scene, "77") == 100 + second
    assert spent(scene, COUNTER) == (100 if scope == "shop" else 0)
    back("f1")(scene)
    beas(scene)
    assert both(scene) == (second, 100)
    swept(scene, NOON + WEEK)
    assert both(scene) == (second, 100)
    sound(scene)


def test_a_later_version_may_raise_the_limit_and_never_what_was_refused() -> None:
    scene = opened()
    anns(scene)
    scene.publish(limited({**EVER, "times": 2}))
    scene.now += DAY_MS
    beas(scene)
    assert (both(scene), spent(scene, COUNTER)) == ((100, 100), 2)
    sound(scene)


# ---------------------------------------------------------------- rules and campaigns


def rule(**keys: Any) -> dict[str, Any]:
    """A rule for having brought somebody."""
    made = {"id": "thanks", "on": "referral.qualified", "give": [{"add": 7, "unit": "points"}]}
    return {**made, **keys}


def test_rules_for_having_brought_somebody_share_a_limit_of_the_shop() -> None:
    scene = opened(referring(keys={"earn": [rule(limit=EVER)]}))
    anns(scene)
    beas(scene)
    assert (both(scene), spent(scene, "shop:thanks")) == ((100, 100), 0)
    swept(scene, NOON + WEEK)
    assert sorted(both(scene)) == [100, 107]
    assert spent(scene, "shop:thanks") == 1
    sound(scene)


@pytest.mark.parametrize(
    "bound",
    [{"once": "member"}, {"limit": {**EVER, "times": 9}},
     {"limit": {"times": 9, "window": "lifetime"}}],
)  # fmt: skip
def test_a_campaign_for_having_brought_somebody_spends_its_budget(bound: dict[str, Any]) -> None:
    """Whole, or nothing; also where its rule has a limit of its own."""
    campaign = {"id": "spring", "from": "2020-01-01", "to": "2040-01-01",
                "rules": [rule(**bound)], "budget": {"points": 10}}  # fmt: skip
    scene = opened(referring(keys={"earn": [], "campaigns": [campaign]}))
    anns(scene)
    beas(scene)
    swept(scene, NOON + WEEK)
    assert sorted(both(scene)) == [100, 107]
    assert spent(scene, "campaign:spring") == 7
    sound(scene)


# ---------------------------------------------------------------- merges and erasures


def test_who_turns_out_to_have_brought_themselves_gives_the_turn_back() -> None:
    scene = opened()
    anns(scene)
    merge(scene, "88", "77")
    assert referral_of(scene).state == "rejected"
    assert spent(scene, COUNTER) == 0
    beas(scene)
    assert both(scene) == (0, 100)
    sound(scene)


def test_advocates_who_become_one_keep_both_turns() -> None:
    scene = opened(limited({**EVER, "times": 2}))
    anns(scene)
    beas(scene)
    merge(scene, "66", "77")
    assert (total(scene, "77"), spent(scene, COUNTER)) == (200, 2)
    back("f2")(scene)
    assert (total(scene, "77"), spent(scene, COUNTER)) == (100, 1)
    sound(scene)


@pytest.mark.parametrize("who", ["77", "88"])
def test_who_is_forgotten_keeps_the_turn_that_was_taken(who: str) -> None:
    scene = opened()
    anns(scene)
    command = EraseCommand(scene.shop, scene.member(who), "operator", scene.now)
    recorded(erase_member(scene.table, command))
    swept(scene, NOON + WEEK)
    assert spent(scene, COUNTER) == 1
    sound(scene)


def test_who_is_forgotten_gives_the_turn_back_with_the_order() -> None:
    scene = opened()
    anns(scene)
    command = EraseCommand(scene.shop, scene.member("77"), "operator", scene.now)
    recorded(erase_member(scene.table, command))
    back("f1")(scene)
    beas(scene)
    assert (total(scene, "66"), spent(scene, COUNTER)) == (100, 1)
    sound(scene)


# ---------------------------------------------------------------- two writers


def stood(act: Act) -> Act:
    """The act, once the order has stood."""

    def late(scene: Scene) -> None:
        scene.now = NOON + WEEK
        act(scene)

    return late


STARTS: dict[str, tuple[Act, Act, Act, set[tuple[int, int]]]] = {
    "the last turn": (lambda _: None, anns, beas, {(100, 0), (0, 100)}),
    "one order twice": (lambda _: None, anns, anns, {(100, 0)}),
    "an order and its end": (lambda _: None, anns, back("f1"), {(0, 0)}),
    "a turn that comes back": (anns, back("f1"), beas, {(0, 100), (0, 0)}),
    "becoming one and another": (anns, lambda s: merge(s, "88", "77"), beas, {(0, 100), (0, 0)}),
    "time over and another": (
        anns, stood(matured()), lambda s: buy(s, 3_000, "f2", "99", at=NOON),
        {(100, 0)},
    ),
}  # fmt: skip
"""What happened before, two acts that race, and what Ann and Bea may have after both."""


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", STARTS)
def test_a_turn_of_the_shop_is_had_once_at_every_moment_of_another_writer(
    name: str, backwards: bool
) -> None:
    before, first, second, after = STARTS[name]
    start = opened()
    before(start)
    for scene in at_every_moment(start.table, first, second, backwards):  # type: ignore[arg-type]
        assert both(scene) in after
        assert spent(scene, COUNTER) == sum(both(scene)) // 100
        sound(scene)


@pytest.mark.parametrize("name", ["the last turn", "a turn that comes back"])
def test_threads_racing_for_a_turn_of_the_shop_oversell_nothing(
    name: str, raced_table: Table
) -> None:
    before, first, second, after = STARTS[name]
    scene = opened(table=raced_table)
    before(scene)
    acts = [first, second] * (WRITERS // 4)
    at_once([lambda act=act: act(scene) for act in acts])  # type: ignore[misc]
    assert both(scene) in after
    assert spent(scene, COUNTER) == sum(both(scene)) // 100
    assert all_items(raced_table)


# ---------------------------------------------------------------- what it costs


@pytest.mark.parametrize(("limit", "more"), [({"times": 1, "window": "lifetime"}, 0), (EVER, 1)])
def test_only_who_limits_the_shop_pays_for_it(limit: dict[str, Any], more: int) -> None:
    """One round trip for the shards; of a referral that is over none."""
    trips = []
    for document in (limited({"times": 9, "window": "lifetime"}), limited(limit)):
        scene = opened(document)
        plain, metered = scene.table, MeteredTable(scene.table)
        for order in ("f1", "f2"):
            metered.meter.reset()
            scene.table = metered
            buy(scene, 3_000, order, "88", at=scene.now)
            trips.append(metered.meter.round_trips)
            scene.table = plain
            swept(scene, NOON + WEEK)
    assert (trips[2] - trips[0], trips[3] - trips[1]) == (more, 0)
