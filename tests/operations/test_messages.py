"""Messages: told once, within the caps, in the commit of what gave them; withdrawn while unread."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.messages import Inbox
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.storage.members import inbox_key, inbox_of
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    upserted,
)
from tests.conservation import WatchedTable
from tests.operations.action_scenes import action_of, done, revoked, tell
from tests.operations.challenge_scenes import challenge
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge
from tests.storage.metering import MeteredTable

TEMPLATES = {"thanks": {"text": "Thank you!"}, "hello": {"text": "Hello!"}}
CAPS = {"day": 5, "week": 10, "quiet": "none"}
BIG: dict[str, Any] = {
    "id": "big",
    "on": "order.paid",
    "if": {"order.net_total": {"gte": 5_000}},
    "give": [{"message": "thanks"}],
}
HELLO: dict[str, Any] = {"id": "hello", "on": "member.joined", "give": [{"message": "hello"}]}
IDEA: dict[str, Any] = {
    "id": "idea",
    "on": "action.idea",
    "give": [{"message": "thanks"}],
    "limit": {"times": 100, "window": "lifetime"},
}


def opened(*rules: dict[str, Any], caps: Any = CAPS, **keys: Any) -> Scene:
    made = Scene(WatchedTable())
    told = {"templates": TEMPLATES, **({"caps": caps} if caps else {})}
    made.publish(program(earn=[*TEA["earn"], *(rules or (BIG,))], messages=told, **keys))
    return made


def inbox(made: Scene, customer: str = "77") -> Inbox:
    key = inbox_key(made.shop, made.member(customer))
    return inbox_of(made.table.load([key]).get(key))


def told(made: Scene, customer: str = "77") -> list[str]:
    """The names of what the member may still read, oldest first."""
    return [each.name for each in inbox(made, customer).messages if not each.withdrawn_at]


def codes(result: Any) -> list[str]:
    document: Any = recorded(result)
    return [row.code for row in document.trace if row.code.startswith("message")]


def back(made: Scene, net: int, order: str = "1001", now: Instant = NOON + 1) -> None:
    made.now = max(made.now, now)
    made.order(refunded(refund(net, f"r{net}"), order), now=made.now)


def test_an_order_tells_its_member_once_however_often_it_is_told() -> None:
    tea = opened()
    assert codes(tea.pay(6_000)) == ["message_given"]
    first = inbox(tea)
    assert tea.pay(6_000).replayed
    assert inbox(tea) == first
    (message,) = first.messages
    assert (message.name, message.document, message.show_at) == ("thanks", "order:main:1001", NOON)
    tea.verify()


def test_an_order_that_no_rule_tells_of_writes_no_inbox() -> None:
    tea = opened()
    tea.pay(1_000)
    assert inbox(tea).revision == 0


def test_a_refund_withdraws_its_own_message_alone() -> None:
    tea = opened()
    tea.pay(6_000)
    tea.pay(6_000, "2")
    back(tea, 6_000)
    gone = {each.document: each.withdrawn_at for each in inbox(tea).messages}
    assert gone == {"order:main:1001": NOON + 1, "order:main:2": 0}


def test_what_waits_for_the_end_of_the_quiet_hours_is_gone_without_a_trace() -> None:
    tea = opened(caps={**CAPS, "quiet": "11:00-13:00"})
    tea.pay(6_000)
    (message,) = inbox(tea).messages
    assert message.show_at == NOON + HOUR_MS
    back(tea, 6_000)
    assert inbox(tea).messages == ()


def test_what_comes_back_is_told_again_and_was_told_once() -> None:
    tea = opened()
    again = state(line(6_000), version=NOON + 9)
    tea.pay(6_000)
    small = state(line(4_000), version=NOON + 2)
    tea.order(upserted(small), now=NOON + 2)
    assert told(tea) == []
    tea.order(upserted(again), now=NOON + 9)
    assert told(tea) == ["thanks"]
    assert len(inbox(tea).messages) == 1


def test_the_defaults_are_one_a_day_two_a_week_and_the_trace_says_what_was_refused() -> None:
    tea = opened(caps=None)
    assert codes(tea.pay(6_000, "1")) == ["message_given"]
    assert codes(tea.pay(6_000, "2")) == ["message_day_full", "message_given"]
    assert told(tea) == ["thanks"]
    for day in (2, 3, 4):  # Monday, Tuesday, Wednesday
        last = tea.pay(6_000, f"{day}-later", NOON + day * DAY_MS)
    assert codes(last) == ["message_week_full", "message_given"]
    assert told(tea) == ["thanks"] * 3


def test_what_was_refused_is_not_sent_later_and_stays_explained() -> None:
    tea = opened(caps={**CAPS, "day": 1})
    tea.pay(6_000, "1")
    tea.pay(9_000, "2")
    tea.now = NOON + DAY_MS
    partly = tea.order(refunded(refund(1_000), "2"), now=tea.now)
    assert codes(partly)[:1] == ["message_day_full"]
    assert told(tea) == ["thanks"]


def test_what_happened_more_than_a_week_ago_tells_nobody() -> None:
    tea = opened()
    tea.now = NOON + 8 * DAY_MS
    late = tea.pay(6_000, "1", NOON)
    assert codes(late) == ["message_too_late", "message_given"]
    assert told(tea) == []


def test_the_holdout_of_the_program_is_told_nothing() -> None:
    tea = opened(holdout="1")
    assert codes(tea.pay(6_000)) == ["message_held_out", "message_given"]
    assert inbox(tea).revision == 0


def test_who_joins_with_an_order_is_told_by_both_in_one_commit() -> None:
    tea = opened(BIG, HELLO)
    tea.pay(6_000)
    assert sorted(told(tea)) == ["hello", "thanks"]
    assert inbox(tea).revision == 1


def test_joining_alone_tells_who_joins() -> None:
    tea = opened(HELLO)
    tea.join()
    assert told(tea) == ["hello"]


def test_an_action_tells_its_member_and_takes_it_back() -> None:
    tea = opened(IDEA)
    assert tell(tea, done("i1", action="idea")) == "recorded"
    assert told(tea) == ["thanks"]
    assert [line.kind for line in action_of(tea, "i1").grants] == ["message"]
    tell(tea, revoked("i1", NOON + 1))
    assert told(tea) == []
    tea.verify()


def test_reaching_a_tier_tells_of_it_and_a_refund_takes_it_back() -> None:
    gold = {"id": "gold", "name": "Gold", "at": {"USD": 5_000}, "entry": [{"message": "thanks"}]}
    tiers = [{"id": "leaf", "name": "Leaf", "at": {"USD": 0}}, gold]
    tea = opened(HELLO, tier_groups=[{"id": "club", "by": "spend", "tiers": tiers}])
    tea.pay(6_000)
    assert sorted(told(tea)) == ["hello", "thanks"]
    back(tea, 6_000)
    assert told(tea) == ["hello"]


def test_each_completion_of_a_challenge_tells_once() -> None:
    challenge = {"id": "two", "name": "Two", "kind": "count", "on": "order.paid", "target": 2,
                 "repeat": 2, "give": [{"message": "thanks"}]}  # fmt: skip
    tea = opened(HELLO, challenges=[challenge])
    for number in range(5):
        tea.pay(1_000, str(number))
    assert told(tea).count("thanks") == 2
    back(tea, 1_000, "0")
    back(tea, 1_000, "1")
    assert told(tea).count("thanks") == 1


def test_a_draw_may_tell() -> None:
    chance = [{"weight": 1, "give": [{"message": "thanks"}]}]
    tea = opened({**BIG, "give": [{"chance": chance}]})
    tea.pay(6_000)
    assert told(tea) == ["thanks"]


def test_an_order_that_moves_tells_the_other_member() -> None:
    tea = opened()
    tea.pay(6_000)
    moved = state(line(6_000), version=NOON + 1, customer=Customer("88"))
    tea.order(upserted(moved), now=NOON + 1)
    assert (told(tea), told(tea, "88")) == ([], ["thanks"])
    tea.verify()


def test_a_merge_carries_them_over_and_caps_count_them_together() -> None:
    tea = opened(caps={**CAPS, "day": 2})
    tea.pay(6_000)
    tea.pay(6_000, "2", customer=Customer("88"))
    merge(tea, "77", "88")
    assert (told(tea), told(tea, "88")) == ([], ["thanks", "thanks"])
    assert codes(tea.pay(6_000, "3", customer=Customer("88")))[0] == "message_day_full"
    back(tea, 6_000)
    assert len(told(tea, "88")) == 1, "a message goes with its order, whoever has it since"
    tea.verify()


@pytest.mark.parametrize("apiece", [1, 2])
@pytest.mark.parametrize("repeat", [1, 9])
def test_a_merge_tells_once_of_what_two_completed(repeat: int, apiece: int) -> None:
    """Two orders complete it: one of each do so together, two of each alone and together."""
    goal = challenge(target=2, repeat=repeat, give=[{"message": "thanks"}])
    tea = opened(HELLO, challenges=[goal])
    for number in range(2 * apiece):
        who = ("77", "88")[number % 2]
        tea.pay(1_000, f"{number}", customer=Customer(who))
    assert [told(tea, who).count("thanks") for who in ("77", "88")] == [apiece - 1] * 2
    merge(tea, "77", "88")
    merge(tea, "77", "88")
    assert told(tea, "88").count("thanks") == 1
    for number in range(2):
        tea.pay(1_000, f"more-{number}", customer=Customer("88"))
    assert told(tea, "88").count("thanks") == (1 if repeat == 1 else 2)
    tea.verify("88")


def test_a_merge_that_comes_at_a_full_day_tells_nothing() -> None:
    goal = challenge(target=2, give=[{"message": "thanks"}])
    tea = opened(HELLO, challenges=[goal], caps={**CAPS, "day": 1})
    for who in ("77", "88"):
        tea.pay(1_000, who, customer=Customer(who))
    merge(tea, "77", "88")
    assert told(tea, "88") == ["hello"]


def loads_of_an_order(tea: Scene, customer: str) -> int:
    metered = MeteredTable(tea.table)
    tea.table = metered
    tea.pay(1_000, "8", customer=Customer(customer))
    metered.meter.reset()
    tea.pay(1_000, "9", customer=Customer(customer))
    return metered.meter.calls["load"]


def test_the_inbox_of_an_id_that_was_merged_away_costs_orders_no_read() -> None:
    alone, merged = opened(), opened()
    for tea in (alone, merged):
        tea.pay(6_000, customer=Customer("77"))
        tea.pay(6_000, "2", customer=Customer("88"))
    merge(merged, "77", "88")
    assert loads_of_an_order(merged, "88") == loads_of_an_order(alone, "88")


def test_who_is_forgotten_has_no_messages() -> None:
    tea = opened()
    tea.pay(6_000)
    erase_member(tea.table, EraseCommand(tea.shop, tea.member("77"), "operator", NOON + 1))
    assert inbox(tea) == Inbox()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("day", [1, 2])
def test_two_writers_never_tell_more_than_the_caps_allow(day: int, backwards: bool) -> None:
    start: Any = opened(caps={**CAPS, "day": day}).table
    Scene(start).pay(1_000, "0")
    for moment in range(MOMENTS_MAX):
        table = start.copy()
        tea = Scene(table)
        ran = interrupted(table, moment, partial(tea.pay, 6_000, "2"), backwards)
        tea.pay(6_000, "1")
        table.before = table.before_key = lambda _: None
        if not ran:
            tea.pay(6_000, "2")
        assert told(tea) == ["thanks"] * day
        tea.verify()
        if not ran:
            return
    raise AssertionError("the first writer never ended")
