"""What rules answer where something that they need is not there: a program, a member, a unit."""

from collections.abc import Callable

import pytest

from chalicelib.domain.adjusting import AdjustLoad, decide_adjust
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import settle
from chalicelib.domain.booking import opened
from chalicelib.domain.card import Holding, full_card
from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.gifting import Party, TransferLoad, decide_transfer
from chalicelib.domain.holding import HoldLoad, decide_authorize
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.member import (
    Account,
    Counters,
    Lot,
    MemberFacts,
    Profile,
    Standing,
    UnitState,
)
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.member_records import Merge, Transfer
from chalicelib.domain.merging import decide_merge
from chalicelib.domain.merging_once import MergeLoad, Merging
from chalicelib.domain.order_decision import (
    OrderLoad,
    blank_document,
    decide_order,
)
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import InvariantBroken, Refusal
from chalicelib.domain.program import gifts
from chalicelib.domain.program.occasion import Share, Terms
from chalicelib.domain.records import Adjustment, Hold, HoldStatus, Joining
from chalicelib.domain.redeeming import RedeemLoad, RedeemRequest, decide_redeem
from tests.builders import NOON, state, upserted
from tests.domain.program.builders import compiled, reward

KIM = Account(revision=1)
ADJUSTMENT = Adjustment("a1", "kim", "h", "points", 5, "sorry", "salt", "operator", NOON)
HOLD = Hold("h1", "kim", "h", "points", 5, HoldStatus.OPEN, NOON + 1, NOON, 1)
GIFT = Transfer("g1", "kim", "kim", "mia", "h", "points", 5, "operator", NOON)
MERGE = Merge("mia", "kim", {}, "operator", NOON)
WISH = RedeemRequest("r1", "five", "h", "CODE")

ASKED: dict[str, Callable[[], Outcome]] = {
    "adjust": lambda: decide_adjust(ADJUSTMENT, AdjustLoad("tea", KIM, None, None), NOON),
    "hold": lambda: decide_authorize(HOLD, HoldLoad("tea", KIM, None, None), NOON),
    "gift": lambda: decide_transfer(
        GIFT, TransferLoad("tea", Party("kim", KIM), Party("mia", KIM), None, None), NOON
    ),
    "merge": lambda: decide_merge(
        MERGE, MergeLoad("tea", Merging("kim", KIM), Merging("mia", KIM), None), NOON
    ),
    "redeem": lambda: decide_redeem(WISH, RedeemLoad("tea", "kim", KIM, None, None), NOON),
}


@pytest.mark.parametrize("verb", ASKED)
def test_without_a_program_nothing_moves(verb: str) -> None:
    refusal = ASKED[verb]()
    assert isinstance(refusal, Refusal)
    assert refusal.code == "program_not_live"


def test_nobody_holds_points_of_an_account_that_is_not_there() -> None:
    refusal = decide_authorize(HOLD, HoldLoad("tea", None, None, compiled()), NOON)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "member_unknown"


def test_an_order_paid_before_there_is_a_program_is_kept_and_says_so() -> None:
    buyer = LoadedMember("kim", None, profile=Profile("77"))
    loaded = OrderLoad("tea", "USD", None, buyer, None)
    outcome = decide_order(upserted(state()), loaded, NOON)
    assert isinstance(outcome, Decision)
    assert isinstance(outcome.document, OrderDocument)
    assert (outcome.document.reason, outcome.books) == ("no_program", ())


def test_an_order_that_moves_without_its_first_member_is_a_bug_that_writes_nothing() -> None:
    event = upserted(state())
    first = OrderDocument(
        source="main", order_id="1001", member="mia", terms=Terms(1), recorded_at=NOON, revision=1
    )
    loaded = OrderLoad("tea", "USD", first, LoadedMember("kim", KIM), None)
    with pytest.raises(InvariantBroken, match="two members"):
        decide_order(event, loaded, NOON)


def test_an_order_that_nobody_paid_is_never_settled() -> None:
    program = compiled()
    blank = blank_document(upserted(state()), NOON)
    holder = Holder(opened("kim", KIM, NOON, program), Counters(), MemberFacts())
    with pytest.raises(InvariantBroken, match="was paid"):
        settle(blank, holder, program, "")


GONE = Account(
    revision=2,
    joined_at=NOON,
    units={"points": UnitState(lots=(Lot(5),))},
    standings={"club": Standing("gold", NOON, buckets={"2026-11": 50})},
)


def test_a_merge_leaves_behind_tiers_that_the_program_does_not_know() -> None:
    loaded = MergeLoad("tea", Merging("kim", KIM), Merging("mia", GONE), compiled())
    merged = decide_merge(MERGE, loaded, NOON)
    assert isinstance(merged, Decision)
    kept = merged.books[0].account
    assert (kept.standings, kept.units["points"].lots) == ({}, (Lot(5),))


def test_a_merge_takes_back_of_each_joining_what_both_had() -> None:
    hello, other = (Share("hello", "points", 5),), (Share("other", "points", 2),)
    kept = Merging("kim", KIM, joinings=(Joining("member", "kim", NOON, 1, hello),))
    joinings = tuple(Joining("member", "mia", NOON, 1, given) for given in (hello, other))
    gone = Merging("mia", GONE, joinings=joinings)
    loaded = MergeLoad("tea", kept, gone, compiled(), joined_by={1: compiled()})
    merged = decide_merge(MERGE, loaded, NOON)
    assert isinstance(merged, Decision)
    kinds = [(entry.kind, entry.points) for entry in merged.books[1].entries]
    assert kinds[0] == (EntryKind.REVERSE, -5)
    assert len(merged.further) == 1


def test_a_gift_of_a_unit_without_gifts_is_not_counted() -> None:
    assert gifts.counted(compiled(), "points", Counters(), (5, NOON)) == Counters()


def test_a_free_reward_is_missing_no_points() -> None:
    free = {"id": "hug", "name": "A hug", "kind": "perk"}
    card = full_card(Holding("kim", KIM, compiled(rewards=[reward(), free]), "en", NOON))
    assert {each.id: (each.reason, each.missing) for each in card.rewards} == {
        "five": ("insufficient_points", 100),
        "hug": (None, 0),
    }
