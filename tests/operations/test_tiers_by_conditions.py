"""Tiers by conditions are judged when facts change, when the program says so, and never lost."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer, CustomerUpserted
from chalicelib.domain.instants import DAY_MS, Instant, parse_instant
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.tiers import progress
from chalicelib.domain.standing import held_tiers
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.judge_tiers import judge_again
from chalicelib.operations.manage_members import change_profile
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, TEA, Scene, program
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault
from tests.operations.action_scenes import facts, tell
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_erasures import erase
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

GOLD_IF: dict[str, Any] = {
    "any": [{"facts.volume": {"gte": 100}}, {"member.tags": {"has": "press"}}]
}


def by_conditions(gold_if: dict[str, Any] = GOLD_IF, **keys: Any) -> dict[str, Any]:
    group = {
        "id": "vip",
        "by": "custom",
        "tiers": [
            {"id": "plain", "name": "Plain"},
            {"id": "gold", "name": "Gold", "if": gold_if, "multiply": {"points": "2"}},
            {"id": "house", "name": "House", "invite_only": True},
        ],
        **keys,
    }
    return program(tier_groups=[group], facts={"volume": "integer"}, earn=TEA["earn"])


def opened(**keys: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(by_conditions(**keys))
    made.pay(1_000)
    return made


def traded(made: Scene, volume: int | None) -> str:
    return tell(made, facts(made.now, volume=volume))


def tier_of(made: Scene, at: Instant | None = None, customer: str = "77") -> str:
    account = made.account(customer)
    assert account is not None
    live = program_of(made.table, made.shop, made.versions)
    return held_tiers(account, live, made.now if at is None else at)["vip"]


def sound(made: Scene, customer: str = "77") -> None:
    made.verify()
    assert audit_member(made.table, made.shop, made.member(customer)).breaks == ()


def test_facts_are_judged_at_once_and_multiply_what_is_bought_from_then_on() -> None:
    tea = opened()
    assert tier_of(tea) == "plain"
    assert traded(tea, 100) == "recorded"
    assert tier_of(tea) == "gold"
    assert tier_of(tea, tea.now - 1) == "plain", "an order of before is judged as it was"
    tea.now += 1
    tea.pay(1_000, "2")
    assert tea.available() == 10 + 20
    tea.pay(1_000, "late", at=NOON - 5)
    assert tea.available() == 40
    assert traded(tea, 99) == "recorded"
    assert tier_of(tea) == "plain"
    sound(tea)


def test_what_a_member_bought_leads_to_a_tier_where_no_rule_asks_for_it() -> None:
    tea = opened(gold_if={"member.orders_12m": {"gte": 2}})
    traded(tea, 1)
    assert tier_of(tea) == "plain"
    tea.now += 1
    tea.pay(1_000, "2")
    traded(tea, 2)
    assert tier_of(tea) == "gold"
    sound(tea)


def test_a_fact_that_is_taken_away_ends_the_tier() -> None:
    tea = opened()
    traded(tea, 100)
    tea.now += 1
    traded(tea, None)
    assert tier_of(tea) == "plain"
    sound(tea)


def test_the_same_facts_again_write_nothing() -> None:
    tea = opened()
    traded(tea, 100)
    before = tea.account()
    assert traded(tea, 100) == "replayed"
    assert tea.account() == before


def test_a_change_of_the_customer_at_the_shop_or_by_staff_is_judged() -> None:
    tea = opened()
    told = CustomerUpserted("c1", tea.now, "main", Customer("77", tags=("press",)), tea.now)
    tell(tea, told)
    assert tier_of(tea) == "gold"
    tea.now += 1
    changed = change_profile(tea.table, tea.shop, tea.member(), {"tags": ()}, tea.now)
    assert isinstance(changed, tuple)
    assert changed[1].account == tea.account()
    assert tier_of(tea) == "plain"
    sound(tea)


def test_who_meets_a_condition_when_joining_begins_there() -> None:
    tea = Scene(WatchedTable())
    tea.publish(by_conditions())
    tea.join("88", tags=("press",))
    assert tier_of(tea, customer="88") == "gold"
    sound(tea, "88")


def test_at_the_end_of_the_window_one_is_judged_by_what_holds_then() -> None:
    tea = opened(evaluate="window_end", window={"calendar": "month"})
    traded(tea, 100)
    tea.now = parse_instant("2026-12-01T00:00:00Z") - 1
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "plain"
    tea.now += 1
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "gold"
    sound(tea)


def test_a_condition_on_orders_is_judged_by_the_sweep_after_them() -> None:
    tea = opened(gold_if={"member.order_count": {"gte": 2}})
    tea.pay(1_000, "2")
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "gold"
    account = tea.account()
    assert account is not None
    assert (account.judge_at, account.due_at) == ({}, 0)
    sound(tea)


def test_no_amount_leads_on_from_a_tier_by_condition() -> None:
    tea = opened()
    group = program_of(tea.table, tea.shop, 1).groups["vip"]
    for volume in (100, 0):
        traded(tea, volume)
        account = tea.account()
        assert account is not None
        ahead = progress(group, account.standings["vip"], tea.now)
        assert (ahead.value, ahead.to, ahead.next, ahead.missing) == (0, 0, None, 0)
        tea.now += 1


def test_new_conditions_are_asked_of_everybody_by_the_sweep() -> None:
    tea = opened()
    traded(tea, 60)
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "plain"
    tea.now += DAY_MS
    tea.publish(by_conditions(gold_if={"facts.volume": {"gte": 50}}), since=tea.now)
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "gold"
    sound(tea)


def test_who_was_merged_is_judged_by_what_is_known_of_the_one_who_stays() -> None:
    tea = opened()
    tea.pay(1_000, "other", customer=Customer("88"))
    tell(tea, facts(tea.now, "88", volume=100))
    assert tier_of(tea, customer="88") == "gold"
    merge(tea, "88", "77")
    assert tier_of(tea) == "gold"
    tea.now += DAY_MS
    sweep_shops(tea.table, tea.now)
    assert tier_of(tea) == "plain"
    assert traded(tea, 100) == "recorded"
    assert tell(tea, facts(tea.now, "88", volume=1)) == "recorded"
    assert tier_of(tea) == "plain"
    sound(tea)


def test_what_died_before_it_was_judged_is_judged_when_it_is_told_again() -> None:
    tea = opened()
    schedule(tea.table, [None, Fault.CRASH])
    with pytest.raises(Crash):
        traded(tea, 100)
    assert tier_of(tea) == "plain"
    assert traded(tea, 100) == "replayed"
    assert tier_of(tea) == "gold"
    sound(tea)


def test_other_writers_at_every_moment_of_a_judgement_lose_nothing() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        ran = interrupted(tea.table, moment, partial(tea.pay, 1_000, "2"), backwards=False)
        traded(tea, 100)
        if not ran:
            return
        assert tier_of(tea) == "gold"
        assert tea.available() in (20, 30)
        sound(tea)
    raise AssertionError("more moments than were tried")


def test_a_judgement_that_others_keep_from_writing_is_to_be_told_again() -> None:
    tea = opened()
    schedule(tea.table, [None, *[Fault.CONFLICT] * 8])
    with pytest.raises(Busy):
        traded(tea, 100)
    assert traded(tea, 100) == "replayed"
    assert tier_of(tea) == "gold"


def test_who_is_no_member_or_erased_is_not_judged() -> None:
    tea = opened()
    assert tell(tea, facts(tea.now, "99", volume=100)) == "ignored"
    traded(tea, 100)
    shop = find_shop(tea.table, tea.shop)
    assert shop is not None
    assert judge_again(tea.table, shop, tea.member("99"), tea.now) is None
    erase(tea, tea.member())
    assert judge_again(tea.table, shop, tea.member(), tea.now) is None
