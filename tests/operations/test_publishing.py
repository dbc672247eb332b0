"""From a draft to a version: two editors, two publishers, a switch at its exact millisecond."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.instants import DAY_MS, MINUTE_MS, Instant
from chalicelib.domain.program.drafting import Seen
from chalicelib.operations.edit_draft import DraftFound, drop_draft, save_draft, view_draft
from chalicelib.operations.publish_draft import (
    PublishWish,
    publish_draft,
    roll_back,
    withdraw_version,
)
from chalicelib.operations.publish_program import Published, publish_program
from chalicelib.operations.sweep_due import date_members
from chalicelib.storage.programs import list_versions, program_at
from chalicelib.storage.shops import Shop, find_shop
from tests.builders import NOON, TEA, Scene, program, recorded, refund, refunded, refused
from tests.conservation import WatchedTable

START = NOON + DAY_MS
DOUBLED = program(earn=[{**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": "2"}]}])
CODES = frozenset({"rule_never_pays", "text_missing", "no_reward_within_reach"})


def wish(start: Instant = 0, now: Instant = NOON, **changes: Any) -> PublishWish:
    told = {"note": "", "accept": CODES, "force_reason": "", "actor": "key:ann", **changes}
    return PublishWish(**told, effective_from=start, now=now)


def saved(scene: Scene, document: Any, seen: str = "", now: Instant = NOON) -> DraftFound:
    found = save_draft(scene.table, "tea", document, Seen(None, seen), ("key:ann", now))
    assert isinstance(found, DraftFound), found
    return found


def published(scene: Scene, document: Any, start: Instant = 0, now: Instant = NOON) -> Published:
    draft = saved(scene, document, now=now).draft
    done = publish_draft(scene.table, "tea", draft.hash, wish(start, now))
    assert isinstance(done, Published), done
    return done


def shop_of(scene: Scene) -> Shop:
    shop = find_shop(scene.table, "tea")
    assert shop is not None
    return shop


def states(scene: Scene) -> list[tuple[int, int]]:
    versions, _ = list_versions(scene.table, "tea", 50, None)
    return [(version.version, version.previous) for version in versions]


# ---------------------------------------------------------------- drafts


def test_of_two_editors_the_second_is_told_and_nothing_is_lost(shop: Scene) -> None:
    first = saved(shop, {**TEA, "name": "One"})
    second = save_draft(shop.table, "tea", {"id": 5}, Seen(1, ""), ("key:bob", NOON))
    assert refused(second) == "draft_outdated"
    third = save_draft(shop.table, "tea", TEA, Seen(1, first.draft.hash), ("key:bob", NOON))
    assert isinstance(third, DraftFound)
    stale = save_draft(shop.table, "tea", DOUBLED, Seen(1, first.draft.hash), ("key:ann", NOON))
    assert refused(stale) == "draft_outdated"
    found = view_draft(shop.table, "tea", NOON)
    assert isinstance(found, DraftFound)
    assert (found.draft.hash, found.draft.saved_by) == (third.draft.hash, "key:bob")


def test_editors_in_one_moment_are_told_by_the_write_itself(
    table: WatchedTable, shop: Scene
) -> None:
    begun: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not begun:
            begun.append(1)
            saved(shop, {**TEA, "name": "Quick"})

    table.before = meanwhile
    slow = save_draft(shop.table, "tea", DOUBLED, Seen(1, ""), ("key:bob", NOON))
    table.before = lambda _: None
    assert refused(slow) == "draft_outdated"
    found = view_draft(shop.table, "tea", NOON)
    assert isinstance(found, DraftFound)
    assert msgspec.json.decode(found.draft.document)["name"] == "Quick"


def test_the_same_words_again_are_no_other_draft(shop: Scene) -> None:
    first = saved(shop, DOUBLED)
    assert saved(shop, DOUBLED, now=NOON + 5).draft == first.draft
    publish_program(shop.table, "tea", {**TEA, "name": "B"}, ("key:bob", NOON))
    assert saved(shop, DOUBLED, now=NOON + 6).draft == first.draft
    again = save_draft(shop.table, "tea", DOUBLED, Seen(2, ""), ("key:ann", NOON + 7))
    assert isinstance(again, DraftFound)
    assert (again.draft.base_version, again.draft.hash) == (2, first.draft.hash)


def test_who_names_no_base_saves_on_the_one_of_the_draft(shop: Scene) -> None:
    draft = saved(shop, DOUBLED).draft
    publish_program(shop.table, "tea", {**TEA, "name": "B"}, ("key:bob", NOON))
    mended = saved(shop, {**DOUBLED, "name": "C"}, draft.hash)
    assert (mended.draft.base_version, mended.live_version) == (1, 2)
    unseen = publish_draft(shop.table, "tea", mended.draft.hash, wish())
    assert refused(unseen) == "draft_outdated"


def test_a_draft_on_an_old_base_is_outdated_until_it_is_saved_on_the_new(shop: Scene) -> None:
    draft = saved(shop, DOUBLED).draft
    publish_program(shop.table, "tea", {**TEA, "name": "B"}, ("key:bob", NOON))
    assert refused(publish_draft(shop.table, "tea", draft.hash, wish())) == "draft_outdated"
    on_old = save_draft(shop.table, "tea", {**TEA}, Seen(1, draft.hash), ("key:ann", NOON))
    assert refused(on_old) == "draft_outdated"
    on_new = save_draft(shop.table, "tea", DOUBLED, Seen(2, draft.hash), ("key:ann", NOON))
    assert isinstance(on_new, DraftFound)
    assert isinstance(publish_draft(shop.table, "tea", draft.hash, wish()), Published)


def test_a_wrong_draft_is_saved_with_its_errors_and_never_published(shop: Scene) -> None:
    found = saved(shop, {**TEA, "colour": "red", "currency": "QQQ"})
    assert {error.path for error in found.checked.errors} == {"$.colour", "$.currency"}
    done = publish_draft(shop.table, "tea", found.draft.hash, wish())
    assert refused(done) == "program_invalid"
    assert shop_of(shop).live_version(NOON) == 1


def test_a_draft_is_thrown_away_by_who_has_seen_it(shop: Scene) -> None:
    draft = saved(shop, DOUBLED).draft
    assert refused(drop_draft(shop.table, "tea", "0" * 64)) == "draft_outdated"
    assert drop_draft(shop.table, "tea", draft.hash) is None
    assert drop_draft(shop.table, "tea", draft.hash) is None
    assert refused(view_draft(shop.table, "tea", NOON)) == "draft_unknown"
    assert refused(publish_draft(shop.table, "tea", draft.hash, wish())) == "draft_unknown"
    for asked in (
        drop_draft(shop.table, "none", ""),
        view_draft(shop.table, "none", NOON),
        save_draft(shop.table, "none", {}, Seen(0, ""), ("key:ann", NOON)),
        publish_draft(shop.table, "none", draft.hash, wish()),
        withdraw_version(shop.table, "none", 1, ("key:ann", NOON)),
    ):
        assert refused(asked) == "shop_unknown"


# ---------------------------------------------------------------- at once


OVER = program(limits={"reward_cost_share": "0.01"})


def test_what_goes_over_its_own_limits_is_not_published_at_once_without_a_reason(
    shop: Scene,
) -> None:
    at_once = publish_program(shop.table, "tea", OVER, ("key:ann", NOON))
    assert refused(at_once) == "warnings_unaccepted"
    assert {each.code for each in at_once.problems} == {"reward_cost_high"}  # type: ignore[union-attr]
    assert shop_of(shop).live_version(NOON) == 1
    forced = publish_program(shop.table, "tea", OVER, ("key:ann", NOON), "It is Christmas.")
    assert isinstance(forced, Published)
    assert [each.code for each in forced.warnings] == ["reward_cost_high"]
    versions, _ = list_versions(shop.table, "tea", 1, None)
    assert versions[0].about.force_reason == "It is Christmas."
    again = publish_program(shop.table, "tea", OVER, ("key:ann", NOON))  # it is live by now
    assert isinstance(again, Published)
    assert again.replayed


# ---------------------------------------------------------------- publishing


def test_publishing_a_draft_twice_is_publishing_it_once(shop: Scene) -> None:
    draft = saved(shop, DOUBLED).draft
    first = publish_draft(shop.table, "tea", draft.hash, wish(note="More tea"))
    again = publish_draft(shop.table, "tea", draft.hash, wish(note="More tea"))
    assert isinstance(first, Published)
    assert isinstance(again, Published)
    assert (first.version, first.replayed) == (2, False)
    assert (again.version, again.replayed) == (2, True)
    assert states(shop) == [(2, 1), (1, 0)]
    versions, _ = list_versions(shop.table, "tea", 1, None)
    assert (versions[0].about.note, versions[0].published_by) == ("More tea", "key:ann")


def test_a_draft_that_is_what_is_live_goes_without_a_new_version(shop: Scene) -> None:
    draft = saved(shop, TEA).draft
    done = publish_draft(shop.table, "tea", draft.hash, wish())
    assert isinstance(done, Published)
    assert (done.version, done.replayed) == (1, True)
    assert refused(view_draft(shop.table, "tea", NOON)) == "draft_unknown"


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told(
    table: WatchedTable, shop: Scene
) -> None:
    draft = saved(shop, DOUBLED).draft
    begun: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not begun:
            begun.append(1)
            publish_program(shop.table, "tea", {**TEA, "name": "Quick"}, ("key:bob", NOON))

    table.before = meanwhile
    done = publish_draft(shop.table, "tea", draft.hash, wish())
    table.before = lambda _: None
    assert refused(done) == "draft_outdated"
    assert states(shop) == [(2, 1), (1, 0)]


def test_warnings_are_refused_with_their_list_until_they_are_accepted(shop: Scene) -> None:
    costly = program(
        rewards=[{**TEA["rewards"][0], "value": {"USD": 50_000}}],
        limits={"reward_cost_share": "0.05"},
    )
    draft = saved(shop, costly).draft
    accepting = wish(accept=frozenset({"reward_cost_high"}))
    done: Any = publish_draft(shop.table, "tea", draft.hash, accepting)
    assert refused(done) == "warnings_unaccepted"
    assert {problem.code for problem in done.problems} == {"reward_cost_high"}
    forced = wish(force_reason="The owner wants it.")
    assert isinstance(publish_draft(shop.table, "tea", draft.hash, forced), Published)
    versions, _ = list_versions(shop.table, "tea", 1, None)
    assert versions[0].about.force_reason == "The owner wants it."


# ---------------------------------------------------------------- scheduled versions


def test_a_scheduled_version_is_live_from_its_very_millisecond(shop: Scene) -> None:
    done = published(shop, DOUBLED, START)
    assert (done.version, done.since) == (2, START)
    here = shop_of(shop)
    assert [here.live_version(at) for at in (NOON, START - 1, START)] == [1, 1, 2]
    assert [here.waiting_version(at) for at in (NOON, START - 1, START)] == [2, 2, 0]
    assert [here.live_since(START - 1) < START, here.live_since(START)] == [True, START]
    for at, version in ((NOON, 1), (START - 1, 1), (START, 2), (START + DAY_MS, 2)):
        live = program_at(shop.table, here, at)
        assert live is not None
        assert live.version == version


def test_orders_before_and_after_the_switch_keep_their_own_terms(shop: Scene) -> None:
    published(shop, DOUBLED, START)
    shop.pay(1000, "before", at=START - 1)
    shop.pay(1000, "at", at=START)
    assert shop.document("before").posted[0].points == 10
    assert shop.document("at").posted[0].points == 20
    shop.now = START + DAY_MS
    late = shop.pay(1000, "late", at=START - 1)  # told after the switch, paid before it
    assert recorded(late).posted[0].points == 10  # type: ignore[union-attr]
    shop.order(refunded(refund(500, at=START + 5), "before"), now=START + DAY_MS)
    assert shop.document("before").posted[0].points == 5
    shop.verify()


def test_while_one_waits_nothing_else_is_published(shop: Scene) -> None:
    first = saved(shop, DOUBLED).draft
    assert isinstance(publish_draft(shop.table, "tea", first.hash, wish(START)), Published)
    again = publish_draft(shop.table, "tea", first.hash, wish(START))
    assert isinstance(again, Published)
    assert (again.version, again.replayed) == (2, True)
    other = {**TEA, "name": "Other"}
    by = ("key:bob", START - 1)
    assert refused(publish_program(shop.table, "tea", other, by)) == "version_scheduled"
    draft = saved(shop, other).draft
    assert refused(publish_draft(shop.table, "tea", draft.hash, wish())) == "version_scheduled"
    after = publish_program(shop.table, "tea", other, ("key:bob", START))
    assert isinstance(after, Published)
    assert (after.version, after.since) == (3, START + 1)
    assert states(shop) == [(3, 2), (2, 1), (1, 0)]


def test_a_withdrawn_version_was_never_there_and_its_number_is_not_used_again(
    shop: Scene,
) -> None:
    published(shop, DOUBLED, START)
    late = withdraw_version(shop.table, "tea", 2, ("key:bob", START - MINUTE_MS))
    assert refused(late) == "version_not_withdrawable"
    for _ in range(2):
        done = withdraw_version(shop.table, "tea", 2, ("key:bob", NOON))
        assert not refused_or_none(done)
    assert (
        refused(withdraw_version(shop.table, "tea", 1, ("k", NOON))) == "version_not_withdrawable"
    )
    assert refused(withdraw_version(shop.table, "tea", 9, ("k", NOON))) == "version_unknown"
    assert refused(withdraw_version(shop.table, "tea", 0, ("k", NOON))) == "version_unknown"
    shop.pay(1000, at=START + 1)
    assert shop.document().posted[0].points == 10
    later = publish_program(shop.table, "tea", {**TEA, "name": "C"}, ("key:ann", START + 2))
    assert isinstance(later, Published)
    assert states(shop) == [(3, 1), (2, 1), (1, 0)]
    old = program_at(shop.table, shop_of(shop), START + 1)
    assert old is not None
    assert old.version == 1


def refused_or_none(done: Any) -> str:
    return str(getattr(done, "code", ""))


def test_publisher_and_withdrawer_in_one_moment_do_not_both_win(
    table: WatchedTable, shop: Scene
) -> None:
    published(shop, DOUBLED, START)
    begun: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not begun:
            begun.append(1)
            withdraw_version(shop.table, "tea", 2, ("key:bob", NOON))
            publish_program(shop.table, "tea", {**TEA, "name": "C"}, ("key:bob", NOON))

    table.before = meanwhile
    done = withdraw_version(shop.table, "tea", 2, ("key:ann", NOON))
    table.before = lambda _: None
    assert refused_or_none(done) == ""
    assert states(shop) == [(3, 1), (2, 1), (1, 0)]
    assert shop_of(shop).live_version(START) == 3


def test_stock_of_a_live_reward_does_not_change_by_schedule(shop: Scene) -> None:
    reward = {**TEA["rewards"][0], "stock": 5}
    publish_program(shop.table, "tea", program(rewards=[reward]), ("key:ann", NOON))
    more = program(rewards=[{**reward, "stock": 50}], name="More")
    draft = saved(shop, more).draft
    done: Any = publish_draft(shop.table, "tea", draft.hash, wish(START))
    assert refused(done) == "value_invalid"
    assert done.problems[0].path == "$.rewards[0].stock"
    same = program(rewards=[reward, {**reward, "id": "fresh", "stock": 7}], name="More")
    replaced = save_draft(shop.table, "tea", same, Seen(2, draft.hash), ("key:ann", NOON))
    assert isinstance(replaced, DraftFound)
    scheduled = publish_draft(shop.table, "tea", replaced.draft.hash, wish(START))
    assert isinstance(scheduled, Published)


def test_rules_of_inactivity_of_a_scheduled_version_begin_with_it(shop: Scene) -> None:
    shop.pay(1000)
    units = {"points": {**TEA["units"]["points"], "expiry": {"idle": "P1M"}}}
    published(shop, program(units=units), START)
    date_members(shop.table, "tea", NOON)
    assert shop_of(shop).dated_version == 1
    date_members(shop.table, "tea", START)
    assert shop_of(shop).dated_version == 2
    month = 31 * DAY_MS
    assert shop.balance(at=START + 20 * DAY_MS).available == 10
    assert shop.balance(at=START + month).available == 0


# ---------------------------------------------------------------- rollback


def test_a_rollback_is_a_new_version_with_the_old_words(shop: Scene) -> None:
    published(shop, DOUBLED)
    done = roll_back(shop.table, "tea", 1, wish(now=NOON + 5, note="Too dear"))
    assert isinstance(done, Published)
    assert (done.version, done.replayed) == (3, False)
    again = roll_back(shop.table, "tea", 1, wish(now=NOON + 6))
    assert isinstance(again, Published)
    assert (again.version, again.replayed) == (3, True)
    versions, _ = list_versions(shop.table, "tea", 3, None)
    assert versions[0].document == versions[2].document
    assert (versions[0].about.rolled_back_to, versions[0].about.note) == (1, "Too dear")


@pytest.mark.parametrize("version", [0, 7])
def test_nothing_is_rolled_back_to_a_version_that_is_not_there(shop: Scene, version: int) -> None:
    assert refused(roll_back(shop.table, "tea", version, wish())) == "version_unknown"


def test_a_rollback_may_not_drop_a_unit_that_came_since(shop: Scene) -> None:
    stars = {"name": {"one": "star", "other": "stars"}, "pending": "none", "expiry": "never"}
    units = {**TEA["units"], "stars": stars}
    publish_program(shop.table, "tea", program(units=units), ("key:ann", NOON))
    done: Any = roll_back(shop.table, "tea", 1, wish())
    assert refused(done) == "program_invalid"
    assert {problem.code for problem in done.problems} == {"unit_dropped"}
