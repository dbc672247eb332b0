"""The walk that enrols and counts: everybody once, whoever walks, and whoever never buys."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.member_records import Enrolment
from chalicelib.domain.program.campaigns import arm_in, is_held_out
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import document_sentence
from chalicelib.operations import count_campaigns as walking
from chalicelib.operations.count_campaigns import count_all_campaigns, count_campaigns
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.campaigns import find_campaign_report
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key
from tests.builders import NOON, Scene, program, refund, refunded
from tests.conservation import WatchedTable
from tests.operations.action_scenes import done, tell
from tests.operations.audited import audited, report_of

LONG_AGO = NOON - 200 * DAY_MS
LAPSED = {"lapsed": {"member.days_since_order": {"gte": 90}}}
WIN_BACK = {
    "id": "spring",
    "segment": "lapsed",
    "rules": [{"id": "double", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}],
    "budget": {"points": 1_000},
    "holdout": "0.4",
}
PROGRAM = program(segments=LAPSED, campaigns=[WIN_BACK])
NAMES = tuple(str(number) for number in range(12))


def always() -> bool:
    return True


@pytest.fixture
def shop() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(PROGRAM)
    for name in NAMES:
        scene.pay(1_000, f"old-{name}", LONG_AGO, customer=Customer(name))
    return scene


def arms(shop: Scene) -> dict[str, str]:
    compiled = compile_program(read_program(PROGRAM), 1)
    return {
        name: arm_in(compiled, compiled.campaigns["spring"], shop.member(name)) for name in NAMES
    }


def walked(shop: Scene, now: int = NOON) -> Any:
    assert count_campaigns(shop.table, "tea", now, always)
    report = find_campaign_report(shop.table, "tea", "spring")
    assert report is not None
    return report


def enrolment(shop: Scene, name: str) -> Enrolment | None:
    key = document_key("tea", shop.member(name), "enrolment", "spring")
    return document_of(shop.table.load([key]).get(key), Enrolment)


def test_everybody_who_lapsed_enters_one_arm_though_nobody_bought(shop: Scene) -> None:
    report = walked(shop)
    dealt = list(arms(shop).values())
    assert {arm: count.members for arm, count in report.arms.items()} == {
        "in": dealt.count("in"), "holdout": dealt.count("holdout"),
    }  # fmt: skip
    assert all(count.orders == 0 for count in report.arms.values())
    made = enrolment(shop, "0")
    assert made is not None
    assert (made.arm, made.entered_at) == (arms(shop)["0"], NOON)


def test_what_they_buy_from_then_on_counts_for_their_arm(shop: Scene) -> None:
    walked(shop)
    for name in NAMES:
        shop.pay(2_000, f"new-{name}", NOON + HOUR_MS, customer=Customer(name))
    shop.now = NOON + 2 * HOUR_MS
    shop.order(refunded(refund(2_000, at=shop.now), "new-0"))
    report = walked(shop, NOON + DAY_MS)
    first = arms(shop)["0"]
    for arm, count in report.arms.items():
        members = list(arms(shop).values()).count(arm)
        bought = members - (arm == first)
        assert (count.members, count.buyers, count.orders) == (members, bought, bought)
        assert count.revenue == 2_000 * bought
        assert count.points == ({"points": 20 * bought} if arm == "in" else {})
        assert count.cost == (20 * bought if arm == "in" else 0)


def test_an_order_that_gave_nothing_counts_as_one_that_gave() -> None:
    """Who is held out earns nothing where the campaign alone gives: their orders count the same."""
    rule = {"id": "extra", "on": "order.paid", "give": [{"add": 5, "unit": "points"}]}
    scene = Scene(WatchedTable())
    base = {**program()["earn"][0], "to": "2026-06-01"}
    campaigns = [{**WIN_BACK, "rules": [rule]}]
    keys = {"earn": [base], "segments": LAPSED, "campaigns": campaigns, "tier_groups": []}
    scene.publish(program(**keys))
    for name in NAMES:
        scene.pay(1_000, f"old-{name}", LONG_AGO, customer=Customer(name))
    walked(scene)
    for name in NAMES:
        scene.pay(2_000, f"new-{name}", NOON + HOUR_MS, customer=Customer(name))
    report = walked(scene, NOON + DAY_MS)
    assert sorted(report.arms) == ["holdout", "in"]
    for count in report.arms.values():
        assert (count.buyers, count.orders) == (count.members, count.members)
        assert count.revenue == 2_000 * count.members


def test_who_came_back_before_the_walk_is_enrolled_by_that_order(shop: Scene) -> None:
    shop.pay(2_000, "new", NOON - HOUR_MS, customer=Customer("3"))
    report = walked(shop)
    made = enrolment(shop, "3")
    assert made is not None
    assert made.entered_at == NOON - HOUR_MS
    assert report.arms[made.arm].orders == 1


def test_a_walk_is_once_a_night_and_enrols_nobody_twice(shop: Scene) -> None:
    before = walked(shop)
    assert not count_campaigns(shop.table, "tea", NOON + HOUR_MS, always)
    assert walked(shop, NOON + DAY_MS).arms == before.arms
    made = enrolment(shop, "0")
    assert made is not None
    assert made.entered_at == NOON


def test_a_walk_goes_on_where_its_time_was_up(shop: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_PAGE", 5)
    turns = iter([True, False])
    assert not count_campaigns(shop.table, "tea", NOON, lambda: next(turns))
    assert count_campaigns(shop.table, "tea", NOON + HOUR_MS, always)
    report = find_campaign_report(shop.table, "tea", "spring")
    assert report is not None
    assert sum(count.members for count in report.arms.values()) == len(NAMES)
    assert report.as_of == NOON


def test_another_process_at_any_moment_counts_nobody_twice(
    shop: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_PAGE", 4)
    for moment in range(40):
        table: Any = shop.table.copy()  # type: ignore[attr-defined]
        count = iter(range(10**6))

        def meanwhile(_: object, table: Any = table, count: Any = count, at: int = moment) -> None:
            if next(count) == at:
                table.before = lambda _: None
                count_campaigns(table, "tea", NOON, always)

        table.before = meanwhile
        count_campaigns(table, "tea", NOON, always)
        table.before = lambda _: None
        count_campaigns(table, "tea", NOON + HOUR_MS, always)
        report = find_campaign_report(table, "tea", "spring")
        assert report is not None
        assert sum(each.members for each in report.arms.values()) == len(NAMES), moment


def test_shops_without_campaigns_are_not_walked(shop: Scene) -> None:
    other = Scene(WatchedTable())
    other.publish(program())
    other.pay(1_000)
    assert count_all_campaigns(other.table, NOON, always) == 0
    assert count_all_campaigns(shop.table, NOON, always) == 1
    assert find_campaign_report(other.table, "tea", "spring") is None


def test_the_audit_knows_enrolments(shop: Scene) -> None:
    walked(shop)
    assert report_of(audited(shop.table)).breaks == ()


def test_who_was_erased_or_merged_away_is_counted_no_more(shop: Scene) -> None:
    before = sum(count.members for count in walked(shop).arms.values())
    erase_member(shop.table, EraseCommand("tea", shop.member("0"), "operator", NOON))
    after = sum(count.members for count in walked(shop, NOON + DAY_MS).arms.values())
    assert (before, after) == (len(NAMES), len(NAMES) - 1)


def test_an_enrolment_that_another_process_wrote_first_is_the_one(shop: Scene) -> None:
    member = shop.member("0")
    first = Enrolment("spring", member, "in", NOON - 5, NOON, 1, 1)
    later = Enrolment("spring", member, "in", NOON, NOON, 1, 1)
    assert walking._enrolled(shop.table, "tea", first) == first
    assert walking._enrolled(shop.table, "tea", later) == first


def test_actions_count_with_what_the_campaign_added_to_them() -> None:
    walk = {
        "id": "walk", "on": "action.walked", "once": "member",
        "give": [{"add": 5, "unit": "points"}],
    }  # fmt: skip
    shop = Scene(WatchedTable())
    every = {"id": "spring", "rules": [walk], "budget": {"points": 100}}
    shop.publish(program(campaigns=[every]))
    shop.pay(1_000)
    shop.now = NOON + HOUR_MS
    tell(shop, done("a1", action="walked"))
    report = walked(shop, NOON + DAY_MS)
    assert report.arms["in"].points == {"points": 5}
    assert (report.arms["in"].cost, report.arms["in"].orders) == (5, 1)


# ---------------------------------------------------------------- the program's own holdout


SPARED = program(holdout="0.5")


def compared(scene: Scene, now: int, share: str = "0.5") -> Any:
    assert count_campaigns(scene.table, "tea", now, always)
    report = find_campaign_report(scene.table, "tea", f"holdout@{share}")
    assert report is not None
    return report


def test_everybody_is_enrolled_for_the_holdout_without_any_campaign() -> None:
    scene = Scene(WatchedTable())
    scene.publish(SPARED)
    for name in NAMES:
        scene.join(name)
    report = compared(scene, NOON)
    compiled = compile_program(read_program(SPARED), 1)
    out = sum(is_held_out(compiled, scene.member(name)) for name in NAMES)
    assert {arm: count.members for arm, count in report.arms.items()} == {
        "in": len(NAMES) - out, "holdout": out,
    }  # fmt: skip
    assert all(count.orders == 0 for count in report.arms.values())
    for name in NAMES:
        scene.pay(2_000, f"new-{name}", NOON + HOUR_MS, customer=Customer(name))
    report = compared(scene, NOON + DAY_MS)
    assert sorted(report.arms) == ["holdout", "in"]
    for count in report.arms.values():
        assert (count.orders, count.revenue) == (count.members, 2_000 * count.members)
    found = report_of(audited(scene.table, NOON + 2 * DAY_MS))
    assert (found.breaks, found.unproven) == ((), ())


def test_another_share_is_another_comparison() -> None:
    scene = Scene(WatchedTable())
    scene.publish(SPARED)
    scene.join("77")
    compared(scene, NOON)
    scene.pay(2_000, "one", NOON + 1)
    scene.publish(program(holdout="1"), since=NOON + 2)
    report = compared(scene, NOON + DAY_MS, "1")
    assert {arm: (each.members, each.orders) for arm, each in report.arms.items()} == {
        "holdout": (1, 0)
    }


def test_a_holdout_of_nobody_is_none() -> None:
    scene = Scene(WatchedTable())
    scene.publish(program(holdout="0"))
    scene.join("77")
    assert not count_campaigns(scene.table, "tea", NOON, always)


@pytest.mark.parametrize("locale", ["en", "hu", "fa"])
def test_the_enrolment_says_what_it_is_for(locale: str) -> None:
    told = set()
    for arm in ("in", "holdout"):
        made = Enrolment("holdout@0.5", "m", arm, NOON, NOON, 1)
        told.add(document_sentence(made, names_of(read_program(SPARED), locale), locale))
    assert len(told) == 2
    assert not any("0.5" in each for each in told)
