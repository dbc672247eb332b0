"""Breaks that the audit names, on books put together by hand; stored ones are in operations."""

from typing import Any

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.audit import member_breaks
from chalicelib.domain.audited import MemberBooks
from chalicelib.domain.ledger import Entry, EntryKind, Explained
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Standing
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.records import Hold, HoldStatus, Redemption, RedemptionStatus
from tests.builders import NOON


def entry(points: int, document: str, kind: EntryKind, **more: Any) -> Entry:
    plain: dict[str, Any] = {
        "seq": 1, "unit": "points", "points": points, "kind": kind, "document": document,
        "booked_after": points, "occurred_at": NOON, "recorded_at": NOON, "program_version": 1,
        "prev_hash": "", "hash": "",
    }  # fmt: skip
    return Entry(**{**plain, **more})


def found(**books: Any) -> set[tuple[str, str]]:
    made = MemberBooks("tea", "kim", **{"account": Account(revision=9), **books})
    return {(each.invariant, each.where) for each in member_breaks(made)}


def test_nobody_without_entries_is_nothing_to_tell() -> None:
    assert found(account=None) == set()


def test_an_entry_never_touches_more_than_it_moves() -> None:
    touched = (Touched(11, 0, None),)
    assert ("I6", "entry 1") in found(
        entries=(entry(10, "action:a", EntryKind.EARN, touched=touched),)
    )


def test_a_tier_by_conditions_is_the_last_that_was_judged() -> None:
    def judged(seq: int, tier: str) -> Entry:
        told = (Explained("tier_judged", {"tier": f"vip/{tier}"}),)
        return entry(0, "standing:1", EntryKind.QUALIFY, seq=seq, unit="", explanation=told)

    entries = judged(1, "gold"), judged(2, "plain")
    for held, is_broken in (("plain", False), ("gold", True)):
        account = Account(revision=9, standings={"vip": Standing(tier=held)})
        books = {"entries": entries, "judging": frozenset({"vip"})}
        assert (("I8", "vip") in found(account=account, **books)) is is_broken
        assert ("I8", "vip") not in found(account=account, entries=entries), "by amounts now"
        merged = msgspec.structs.replace(account, merged_into="ben")
        assert ("I8", "vip") not in found(account=merged, **books)


def hold(**changes: Any) -> Hold:
    plain: dict[str, Any] = {
        "id": "h1", "member": "kim", "request_hash": "h", "unit": "points", "points": 10,
        "status": HoldStatus.CAPTURED, "expires_at": NOON, "recorded_at": NOON,
        "program_version": 1, "captured": 4,
    }  # fmt: skip
    return Hold(**{**plain, **changes})


def test_a_hold_took_what_it_captured_and_never_more_than_it_held() -> None:
    broken = ("I4", "hold:h1")
    taken = (entry(-4, "hold:h1", EntryKind.REDEEM),)
    assert broken not in found(documents={"hold:h1": hold()}, entries=taken)
    assert broken in found(documents={"hold:h1": hold(captured=5)}, entries=taken)
    assert broken in found(documents={"hold:h1": hold()})
    more = (entry(-11, "hold:h1", EntryKind.REDEEM),)
    assert broken in found(documents={"hold:h1": hold(captured=11)}, entries=more)


def test_an_order_that_moved_on_left_what_its_document_says() -> None:
    name = "order:main:1"
    kept = {"kim": {"points": (3, 2)}}
    order = OrderDocument(source="main", order_id="1", member="mia", recorded_at=NOON, left=kept)
    for points, kind in ((-5, EntryKind.REVERSE), (4, EntryKind.EARN), (6, EntryKind.EARN)):
        assert ("I4", name) in found(documents={name: order}, entries=(entry(points, name, kind),))
    gave = (entry(5, name, EntryKind.EARN),)
    assert ("I4", name) not in found(documents={name: order}, entries=gave)


def test_a_redemption_took_its_cost_once() -> None:
    name = "redemption:r1"
    redemption = Redemption(
        id="r1", member="kim", reward_id="five", request_hash="h", unit="points", cost=5,
        touched=(Touched(5, 0, None),), code="C", status=RedemptionStatus.READY,
        program_version=1, requested_at=NOON,
    )  # fmt: skip
    once = (entry(-5, name, EntryKind.REDEEM),)
    assert ("I4", name) not in found(documents={name: redemption}, entries=once)
    assert ("I4", name) in found(documents={name: redemption})
    assert ("I4", name) in found(documents={name: redemption}, entries=once * 2)


def test_an_action_did_what_it_says_and_what_its_rules_gave() -> None:
    name, gave = "action:a", (entry(5, "action:a", EntryKind.EARN),)
    action = Action(
        id="a", member="kim", name="review", request_hash="h", occurred_at=NOON, recorded_at=NOON,
        posted=(Share("r", "points", 5),), net={"points": 5},
    )  # fmt: skip
    assert ("I4", name) not in found(documents={name: action}, entries=gave)
    assert ("I4", name) in found(documents={name: action})
    more = msgspec.structs.replace(action, posted=(Share("r", "points", 6),))
    assert ("I4", name) in found(documents={name: more}, entries=gave)


def test_a_pooling_moved_what_it_says_and_every_entry_names_the_member() -> None:
    name = "pooling:p1"
    pooling = Pooling(
        id="p1", member="kim", pool="home", who="kim", kind=PoolingKind.PUT_IN, request_hash="h",
        unit="points", actor="member", recorded_at=NOON, points=5,
    )  # fmt: skip

    def broken(points: int, *who: str) -> bool:
        told = tuple(Explained("pooled", {"member": each}) for each in who)
        moved = (entry(points, name, EntryKind.GIFT_OUT, explanation=told),)
        return ("I4", name) in found(documents={name: pooling}, entries=moved)

    assert not broken(-5, "kim")
    assert broken(-4, "kim")
    assert broken(-5, "mia")
    assert broken(-5)
