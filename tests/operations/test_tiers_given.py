"""Tiers that rules give: held beside what amounts earn, for a time, and gone with their reason."""

from functools import partial
from typing import Any

import msgspec

from chalicelib.domain.audit_tiers import gift_breaks
from chalicelib.domain.audited import MemberBooks
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import TIER_GIFTS_MAX
from chalicelib.domain.member import Invitation, Standing
from chalicelib.domain.standing import held_tiers
from chalicelib.domain.wording.sentences import document_sentence, entry_sentence, names_of
from chalicelib.operations.audit_member import audit_member
from chalicelib.storage.programs import program_of
from tests.builders import NOON, TEA, Scene, line, program, refund, state, upserted
from tests.conservation import WatchedTable
from tests.operations.action_scenes import action_of, done, revoked, tell
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

GOLD: dict[str, Any] = {"tier": "gold", "tier_group": "club", "for": "P30D"}
BIG: dict[str, Any] = {
    "id": "taste",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [GOLD],
}
IDEA: dict[str, Any] = {
    "id": "idea",
    "on": "action.idea",
    "give": [{**GOLD, "for": "P90D"}],
    "limit": {"times": 100, "window": "lifetime"},
}


def opened(*rules: dict[str, Any]) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(earn=[*TEA["earn"], *(rules or (BIG, IDEA))]))
    return made


def tier_of(made: Scene, at: Instant | None = None, customer: str = "77") -> str:
    account = made.account(customer)
    assert account is not None
    live = program_of(made.table, made.shop, 1)
    return held_tiers(account, live, made.now if at is None else at)["club"]


def sound(made: Scene, customer: str = "77") -> None:
    made.verify()
    assert audit_member(made.table, made.shop, made.member(customer)).breaks == ()


def back(made: Scene, net: int, version: int = 1) -> None:
    told = state(line(6_000), version=NOON + version, refunds=(refund(net, at=NOON + version),))
    made.order(upserted(told), now=max(made.now, NOON + version))


def test_an_order_gives_a_tier_for_thirty_days() -> None:
    tea = opened()
    tea.pay(6_000)
    assert tea.available() == 60, "an order is judged by the tier before it"
    assert tier_of(tea) == "gold"
    tea.now += DAY_MS
    tea.pay(1_000, "2")
    assert tea.available() == 60 + 15
    assert tier_of(tea, NOON + 30 * DAY_MS) == "leaf"
    sound(tea)


def test_the_tier_goes_with_the_refund_and_comes_once() -> None:
    tea = opened()
    tea.pay(6_000)
    before = tea.account()
    tea.pay(6_000)
    assert tea.account() == before
    back(tea, 2_000)
    assert tier_of(tea, NOON + 2) == "leaf"
    sound(tea)


def test_two_gifts_of_one_tier_end_each_by_itself() -> None:
    tea = opened()
    tea.pay(6_000)
    tell(tea, done("i1", action="idea"))
    back(tea, 6_000)
    assert tier_of(tea, NOON + 2) == "gold"
    assert tier_of(tea, NOON + 89 * DAY_MS) == "gold"
    tell(tea, revoked("i1", NOON + 3))
    assert tier_of(tea, NOON + 4) == "leaf"
    sound(tea)


def test_a_rule_that_gives_two_effects_takes_both_back() -> None:
    again = {**BIG, "id": "more"}
    tea = opened(BIG, again)
    tea.pay(6_000)
    back(tea, 6_000)
    account = tea.account()
    assert account is not None
    assert account.standings["club"].given == {}
    sound(tea)


def test_a_tier_for_good_stays() -> None:
    tea = opened({**BIG, "give": [{key: GOLD[key] for key in ("tier", "tier_group")}]})
    tea.pay(6_000)
    assert tier_of(tea, NOON + 4_000 * DAY_MS) == "gold"


def test_members_and_staff_read_of_it() -> None:
    tea = opened()
    tell(tea, done("i1", action="idea"))
    live = program_of(tea.table, tea.shop, 1).program
    names = names_of(live, "en")
    told = [entry_sentence(entry, names, "en") for entry in tea.journal()]
    assert told == ["You were given Gold"]
    assert "the tier Gold" in document_sentence(action_of(tea, "i1"), names, "en")
    tell(tea, revoked("i1", NOON))
    assert "has ended" in entry_sentence(tea.journal()[-1], names, "en")


def test_an_order_that_moves_takes_the_tier_along() -> None:
    tea = opened()
    tea.pay(6_000)
    told = state(line(6_000), version=NOON + 1, customer=Customer("88"))
    tea.order(upserted(told), now=NOON + 1)
    tea.now = NOON + 1
    assert (tier_of(tea), tier_of(tea, customer="88")) == ("leaf", "gold")
    sound(tea)
    sound(tea, "88")


def test_who_is_merged_brings_the_tier_and_a_refund_takes_it() -> None:
    tea = opened()
    tea.pay(100, "k", customer=Customer("88"))
    tea.pay(6_000)
    merge(tea, "77", "88")
    assert tier_of(tea, customer="88") == "gold"
    back(tea, 6_000)
    assert tier_of(tea, NOON + 2, customer="88") == "leaf"
    sound(tea, "88")


def test_of_many_gifts_the_ones_that_end_last_are_remembered() -> None:
    tea = opened()
    for number in range(TIER_GIFTS_MAX + 5):
        tea.now = NOON + number * 60_000
        tell(tea, done(f"i{number}", action="idea"))
    account = tea.account()
    assert account is not None
    kept = account.standings["club"].given
    assert len(kept) == TIER_GIFTS_MAX
    assert "gold action:main:i4 idea 0" not in kept
    tea.now += 200 * DAY_MS
    tell(tea, done("last", action="idea"))
    account = tea.account()
    assert account is not None
    assert len(account.standings["club"].given) == 1
    sound(tea)


def test_other_writers_at_every_moment_lose_nothing() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        tea.pay(1_000, "0")
        ran = interrupted(tea.table, moment, partial(tea.pay, 6_000, "2"), backwards=False)
        tell(tea, done("i1", action="idea"))
        if not ran:
            return
        account = tea.account()
        assert account is not None
        assert len(account.standings["club"].given) == 2, moment
        sound(tea)
    raise AssertionError("more moments than were tried")


def test_the_audit_finds_a_tier_that_no_document_gives() -> None:
    tea = opened()
    tea.pay(6_000)
    account = tea.account()
    assert account is not None
    alone = MemberBooks(tea.shop, tea.member(), account)
    assert [found[0] for found in gift_breaks(alone)] == ["I4"]
    gone = msgspec.structs.replace(account, merged_into="m")
    assert list(gift_breaks(msgspec.structs.replace(alone, account=gone))) == []
    assert Standing(given={"gold d r 0": Invitation(1)}).given
