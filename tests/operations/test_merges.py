"""Two members who are one person: everything moves once, and every old id leads to it."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, CustomerMerged
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.explain_document import explain_document, list_documents
from chalicelib.operations.find_member import find_member
from chalicelib.operations.hold_points import (
    HoldCommand,
    authorize_hold,
    capture_hold,
    public_hold_id,
)
from chalicelib.operations.record_event import record_event
from chalicelib.storage.table import Table
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.operations.moments import at_every_moment
from tests.operations.test_two_writers import all_items, at_once
from tests.operations.verbs_of_members import merge

LATER = NOON + HOUR_MS
WELCOME = {
    "id": "welcome",
    "on": "order.paid",
    "once": "member",
    "give": [{"add": 10, "unit": "points"}],
}
HELLO = {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]}
ONCE = program(earn=[TEA["earn"][0], WELCOME, HELLO])


def furnished(scene: Scene, document: Any = None) -> Scene:
    """Customer 77 with an order of 100.00, customer 88 with one of 50.00."""
    scene.publish(document or program())
    scene.pay(10_000)
    scene.pay(5_000, "2", customer=Customer("88"))
    return scene


@pytest.fixture
def pair(scene: Scene) -> Scene:
    return furnished(scene)


def test_everything_moves_in_one_commit(pair: Scene) -> None:
    first, again = merge(pair), merge(pair)
    assert (first.replayed, again.replayed) == (False, True)
    assert pair.available() == 150
    gone, kept = pair.account("88"), pair.account()
    assert gone is not None
    assert kept is not None
    assert (gone.merged_into, kept.aliases) == (pair.member(), (pair.member("88"),))
    assert (gone.order_count, kept.order_count) == (0, 2)
    assert pair.journal("88")[-1].kind is EntryKind.MERGE_OUT
    assert pair.journal()[-1].kind is EntryKind.MERGE_IN
    pair.verify("77", "88")


def test_lots_keep_their_dates(scene: Scene) -> None:
    furnished(scene, program(units=unit(expiry={"after": "P30D"})))
    scene.now = NOON + 10 * DAY_MS
    scene.pay(1_000, "3")
    recorded(merge(scene))
    assert scene.balance(at=NOON + 29 * DAY_MS).available == 160
    assert scene.balance(at=NOON + 31 * DAY_MS).available == 10


def test_pending_points_stay_pending(scene: Scene) -> None:
    furnished(scene, program(units=unit(pending={"for": "P14D"})))
    recorded(merge(scene))
    assert (scene.available(), scene.balance().pending) == (0, 150)
    assert scene.balance(at=NOON + 15 * DAY_MS).available == 150


def test_a_debt_is_paid_by_what_the_other_has(pair: Scene) -> None:
    recorded(pair.adjust(-50, customer="88"))
    pair.order(refunded(refund(2_000, at=LATER), "2"))
    assert pair.balance("88").deficit == 20
    recorded(merge(pair))
    assert (pair.available(), pair.balance().deficit) == (80, 0)
    pair.verify("77", "88")


def test_amounts_add_up_and_the_higher_tier_stays(scene: Scene) -> None:
    scene.publish(program())
    scene.pay(25_000, "1")
    scene.pay(1_000, "2", customer=Customer("88"))
    recorded(merge(scene, gone="77", kept="88"))
    assert scene.tier("88") == "gold"
    scene.verify("77", "88")


def test_amounts_together_can_reach_a_tier(scene: Scene) -> None:
    scene.publish(program())
    scene.pay(12_000, "1")
    scene.pay(12_000, "2", customer=Customer("88"))
    recorded(merge(scene))
    assert scene.tier() == "gold"
    scene.order(refunded(refund(12_000, at=LATER), "2"))
    assert scene.tier() == "leaf"
    scene.verify("77", "88")


def test_an_order_of_the_gone_member_keeps_working(pair: Scene) -> None:
    recorded(merge(pair))
    pair.order(refunded(refund(2_000, at=LATER), "2"))
    assert pair.available() == 130
    pair.pay(3_000, "3", customer=Customer("88"))
    assert pair.available() == 160
    moved = state(line(5_000), id="2", version=LATER + 1, customer=Customer("77"))
    pair.order(upserted(moved))
    assert pair.available() == 180
    pair.verify("77", "88")


def test_a_retry_across_the_merge_is_still_a_replay(pair: Scene) -> None:
    made = [
        pair.redeem(key="k1", customer="88"),
        pair.adjust(30, key="a1", customer="88"),
    ]
    recorded(merge(pair))
    again = [pair.redeem(key="k1", customer="88"), pair.adjust(30, key="a1", customer="88")]
    assert [each.replayed for each in again] == [True, True]
    assert [each.document.id for each in again] == [each.document.id for each in made]
    assert pair.available() == 130
    pair.verify("77", "88")


def test_new_requests_under_the_old_id_go_to_the_kept_member(pair: Scene) -> None:
    recorded(merge(pair))
    first = pair.redeem(key="new", customer="88")
    assert pair.redeem(key="new", customer="88").document == recorded(first)
    recorded(pair.adjust(10, key="new", customer="88"))
    assert pair.available() == 110
    recorded(pair.undo(recorded(first), "88"))
    assert pair.available() == 160
    pair.verify("77", "88")


def test_open_codes_are_kept_undone_and_used(pair: Scene) -> None:
    code = recorded(pair.redeem(key="k1", customer="88"))
    recorded(merge(pair))
    account = pair.account()
    assert account is not None
    assert account.open_redemptions == (code.id,)  # type: ignore[union-attr]
    recorded(pair.undo(code, "77"))
    assert pair.available() == 150
    pair.verify("77", "88")


def test_points_of_a_used_code_return_to_the_kept_member(pair: Scene) -> None:
    code = recorded(pair.redeem(key="k1", customer="88"))
    used = state(line(2_000), id="9", codes=(code.code,), customer=None)  # type: ignore[union-attr]
    pair.order(upserted(used))
    recorded(merge(pair))
    pair.order(refunded(refund(2_000, at=LATER), "9"))
    assert pair.available() == 150
    pair.verify("77", "88")


def test_a_hold_of_the_gone_member_is_captured_at_the_kept_one(pair: Scene) -> None:
    wish = HoldCommand(pair.shop, pair.member("88"), "points", 30, HOUR_MS, "h1", NOON)
    made: Any = recorded(authorize_hold(pair.table, wish))
    recorded(merge(pair))
    assert (pair.available(), pair.balance().held) == (120, 30)
    assert recorded(authorize_hold(pair.table, wish)) == made
    recorded(capture_hold(pair.table, pair.shop, public_hold_id(made), (20, NOON)))
    assert (pair.available(), pair.balance().held) == (130, 0)
    pair.verify("77", "88")


def test_what_is_given_once_counts_once(scene: Scene) -> None:
    furnished(scene, ONCE)
    assert (scene.available(), scene.available("88")) == (115, 65)
    recorded(merge(scene))
    assert scene.available() == 165
    recorded(merge(scene))
    scene.pay(100, "3", customer=Customer("88"))
    assert scene.available() == 166
    scene.verify("77", "88")


def test_a_bonus_that_only_the_gone_member_had_stays(scene: Scene) -> None:
    scene.publish(ONCE)
    scene.join("77")
    scene.pay(5_000, "2", customer=Customer("88"))
    recorded(merge(scene))
    assert scene.available() == 5 + 60
    scene.pay(100, "3")
    assert scene.available() == 66
    scene.order(refunded(refund(5_000, at=LATER), "2"))
    assert scene.available() == 6
    scene.pay(100, "4")
    assert scene.available() == 17
    scene.verify("77", "88")


def test_caps_count_what_both_used(scene: Scene) -> None:
    capped = {**TEA["earn"][0], "limit": {"amount": 160, "window": {"calendar": "month"}}}
    furnished(scene, program(earn=[capped]))
    recorded(merge(scene))
    scene.pay(5_000, "3")
    assert scene.available() == 160


def test_every_id_leads_there_in_one_step(pair: Scene) -> None:
    pair.pay(2_000, "3", customer=Customer("99"))
    recorded(merge(pair, gone="99", kept="88"))
    recorded(merge(pair))
    third = pair.account("99")
    assert third is not None
    assert third.merged_into == pair.member()
    pair.pay(1_000, "4", customer=Customer("99"))
    assert pair.available() == 180
    assert merge(pair, gone="99", kept="88").replayed
    assert refused(merge(pair, gone="77", kept="99")) == "value_invalid"
    pair.verify("77", "88", "99")


def test_documents_of_both_are_found_under_either_id(pair: Scene) -> None:
    made = recorded(pair.adjust(5, customer="88"))
    recorded(merge(pair))
    for who in ("external:77", "external:88"):
        found: Any = find_member(pair.table, pair.shop, who)
        assert (found.member, found.named == found.member) == (pair.member(), who[-2:] == "77")
        for name in (f"adjustment:{made.id}", f"merge:{pair.member('88')}", "order:main:2"):  # type: ignore[union-attr]
            told: Any = explain_document(pair.table, pair.shop, who, (name, "en"), pair.now)
            assert told.sentence
    listed: Any = list_documents(pair.table, pair.shop, "external:88", (50, None), pair.now)
    assert f"merge:{pair.member('88')}" in {each.name for each in listed.documents}


def test_an_old_id_merged_on_is_the_one_it_leads_to(pair: Scene) -> None:
    """Two merges had one name, and the audit mixed their entries up."""
    pair.pay(2_000, "3", customer=Customer("99"))
    recorded(merge(pair, gone="99", kept="88"))
    made: Any = merge(pair, gone="99", kept="77")
    assert (made.document.id, made.replayed) == (pair.member("88"), False)
    assert merge(pair, gone="99", kept="77").replayed
    assert pair.available() == 170
    for customer in ("77", "88", "99"):
        assert audit_member(pair.table, pair.shop, pair.member(customer)).breaks == ()


def test_at_most_ten_are_merged_into_one(shop: Scene) -> None:
    for number in range(12):
        shop.join(f"c{number}")
    for number in range(1, 11):
        recorded(merge(shop, gone=f"c{number}", kept="c0"))
    assert refused(merge(shop, gone="c11", kept="c0")) == "limit_reached"


def test_nobody_is_merged_with_who_was_erased(pair: Scene) -> None:
    erase_member(pair.table, EraseCommand(pair.shop, "external:88", "operator", pair.now))
    assert refused(merge(pair)) == "member_erased"
    assert refused(merge(pair, gone="77", kept="88")) == "member_erased"
    told = CustomerMerged("m", NOON, "main", kept_id="77", merged_id="88")
    assert record_event(pair.table, pair.shop, told, (NOON, NOON)).status == "ignored"
    assert pair.available() == 100


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        merge,
        lambda s: s.pay(2_000, "5", customer=Customer("88")),
        lambda s: s.redeem(key="k9", customer="88"),
        lambda s: s.adjust(20, key="a9", customer="88"),
        lambda s: s.order(refunded(refund(5_000, at=LATER), "2")),
    ],
)
def test_the_second_writer_at_every_moment_of_a_merge(other: Any, backwards: bool) -> None:
    start = WatchedTable()
    furnished(Scene(start), ONCE)
    alone = Scene(start.copy(), versions=1)
    merge(alone)
    other(alone)
    for scene in at_every_moment(start, merge, other, backwards):
        assert scene.available() == alone.available()
        scene.verify("77", "88")
    for scene in at_every_moment(start, other, merge, backwards):
        assert scene.available() == alone.available()


@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_merge_at_once_is_answered_alike(backwards: bool) -> None:
    """The second was told that both are one member already."""
    start = WatchedTable()
    furnished(Scene(start))
    answers: list[Any] = []

    def answered(scene: Scene) -> None:
        answers.append(merge(scene))

    for scene in at_every_moment(start, answered, answered, backwards):
        assert scene.available() == 150
    assert {recorded(answer).member for answer in answers} == {Scene(start).member()}


@pytest.mark.parametrize("backwards", [False, True])
def test_merges_both_ways_at_once_are_one_merge(backwards: bool) -> None:
    start = WatchedTable()
    furnished(Scene(start))

    def other(scene: Scene) -> None:
        merge(scene, "77", "88")

    for scene in at_every_moment(start, merge, other, backwards):
        assert {scene.available(), scene.available("88")} == {0, 150}


def test_threads_merging_and_buying_lose_nothing(raced_table: Table) -> None:
    scene = furnished(Scene(raced_table))
    acts: list[Any] = [
        lambda: merge(scene),
        lambda: merge(scene),
        lambda: scene.pay(1_000, "5", customer=Customer("88")),
        lambda: scene.redeem(key="k9", customer="88"),
    ]
    at_once(acts)
    assert scene.available() == 150 + 10 - 50
    verify_table(all_items(raced_table))
