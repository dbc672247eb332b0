"""The sweep books what has lapsed, once; lists say what will; nothing waits for either."""

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.adjusting import AdjustLoad
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.domain.limits import SWEEP_PAGE
from chalicelib.domain.member import Account
from chalicelib.domain.records import Adjustment, AdjustmentKind
from chalicelib.domain.reinstating import decide_reinstate
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.list_expiring import ExpiringPage, ExpiringQuery, list_expiring
from chalicelib.operations.sweep_due import date_members, sweep_due, sweep_shops
from chalicelib.storage.dating import Bookmark, bookmarked, laid_bookmark
from chalicelib.storage.key_names import account_key
from chalicelib.storage.shops import Shop, new_shop, sealed_shop_key
from tests.builders import (
    NOON,
    Scene,
    line,
    program,
    refund,
    refused,
    state,
    unit,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.faults import Crash, Fault, no_fault
from tests.operations.test_decide_and_commit import schedule
from tests.operations.time_scenes import IDLE, RETURNS, days, kinds, scene

# ---------------------------------------------------------------- sweep and lists


def listed(made: Scene, before: int) -> list[tuple[str, int, int]]:
    query = ExpiringQuery("", before, made.now)
    found = list_expiring(made.table, made.shop, query, (50, None))
    assert isinstance(found, ExpiringPage)
    return [(row.member, row.points, row.at) for row in found.rows]


def test_the_list_says_what_expires_when_and_the_sweep_books_it_once() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    tea.pay(5000, "1002")
    end = parse_instant("2027-11-21T12:00:00Z")
    assert listed(tea, end) == []
    assert listed(tea, end + 1) == [(tea.member(), 150, end)]
    tea.now = end
    assert listed(tea, end + 1) == [], "lost already"
    told: list[tuple[str, Swept]] = []
    done = sweep_shops(tea.table, end, tell=lambda shop, swept: told.append((shop, swept)))
    assert done == Swept(1, 1)
    assert told == [(tea.shop, Swept(1, 1))]
    assert sweep_due(tea.table, tea.shop, end + days(500)) == Swept()
    assert kinds(tea)[-1] == ("expire", -150)
    account = tea.account()
    assert account is not None
    assert account.due_at == 0
    tea.verify()


def test_commits_only_lower_the_due_date_and_the_sweep_raises_it_to_the_truth() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(10000)
    first = parse_instant("2027-11-21T12:00:00Z")
    tea.pay(1000, "1002", at=NOON + days(100))
    account = tea.account()
    assert account is not None
    assert account.due_at == first
    assert sweep_due(tea.table, tea.shop, first) == Swept(1, 0)
    account = tea.account()
    assert account is not None
    assert account.due_at == parse_instant("2028-03-01T12:00:00Z")
    assert tea.available() == 110


def test_a_new_rule_of_inactivity_gives_every_account_its_date_once() -> None:
    tea = scene(expiry="never")
    tea.pay(10000)
    tea.pay(10000, "1002", customer=None)
    tea.publish(program(units=unit(expiry=IDLE)), NOON + days(10))
    end = parse_instant("2027-12-01T12:00:00Z")
    assert listed(tea, end + 1) == []
    assert date_members(tea.table, tea.shop, NOON + days(11)) == Swept(1, 0)
    assert listed(tea, end + 1) == [(tea.member(), 100, end)]
    assert date_members(tea.table, tea.shop, NOON + days(12)) == Swept()


MEMBERS = 2 * SWEEP_PAGE + 3


def undated() -> Scene:
    """Three pages of members under a rule of inactivity that has dated nobody yet."""
    tea = scene(expiry="never")
    for number in range(MEMBERS):
        tea.pay(1000, f"o{number}", customer=Customer(id=f"c{number}"))
    tea.publish(program(units=unit(expiry=IDLE)), NOON + days(10))
    return tea


@pytest.mark.parametrize("dated", [0, SWEEP_PAGE - 1, SWEEP_PAGE, SWEEP_PAGE + 7])
def test_a_walk_that_died_goes_on_with_the_page_it_had_come_to(dated: int) -> None:
    tea = undated()
    table: Any = tea.table
    commits = count()

    def dies(operation: str, _: int) -> Fault | None:
        is_the_end = operation == "transact" and next(commits) == dated
        return Fault.CRASH if is_the_end else None

    table.fault = dies
    with pytest.raises(Crash):
        date_members(table, tea.shop, NOON + days(11))
    table.fault = no_fault
    table.calls.clear()
    assert date_members(table, tea.shop, NOON + days(12)) == Swept(MEMBERS - dated, 0)
    read = {key for call in table.calls for key in call.keys if key[1] == "A"}
    pages_done = dated // SWEEP_PAGE
    assert len({key for key in read if key[0].startswith("S#tea#M#")}) == (
        MEMBERS - pages_done * SWEEP_PAGE
    )
    assert date_members(table, tea.shop, NOON + days(13)) == Swept()


def test_who_was_passed_is_looked_at_again_by_the_next_run() -> None:
    tea = undated()
    table: Any = tea.table
    schedule(table, [None, Fault.CONFLICT])
    assert date_members(table, tea.shop, NOON + days(11)) == Swept(MEMBERS - 1, 0, passed=1)
    table.fault = no_fault
    assert date_members(table, tea.shop, NOON + days(12)) == Swept(1, 0)
    assert date_members(table, tea.shop, NOON + days(13)) == Swept()


def test_a_bookmark_of_another_version_is_not_followed() -> None:
    tea = scene(expiry="never")
    tea.pay(1000)
    tea.publish(program(units=unit(expiry=IDLE)), NOON + days(10))
    behind_all = ("S#tea#M#~", "P", "999999999999999#~")
    tea.table.write(laid_bookmark(tea.shop, Bookmark(1, behind_all)))
    assert bookmarked(tea.table, tea.shop, 1) == behind_all
    assert date_members(tea.table, tea.shop, NOON + days(11)) == Swept(1, 0)


def test_a_sweep_and_a_commit_at_the_same_time_book_one_expiry() -> None:
    tea = scene(expiry={"after": "P1Y"})
    tea.pay(10000)
    tea.now = NOON + days(366)
    table = tea.table
    before = table.copy()  # type: ignore[attr-defined] # the watched fake
    tea.pay(1000, "1002")

    class Stale(WatchedTable):
        """Reads the account as it was before the rival's commit."""

        def load(self, keys: Any) -> Any:
            found = rival_load(keys)
            key = account_key(tea.shop, tea.member())
            return {**found, key: before.load([key])[key]} if key in found else found

    rival_load = table.load
    stale = Stale()
    stale.__dict__.update(table.__dict__)
    assert sweep_due(stale, tea.shop, tea.now).passed == 1
    assert [kind for kind, _ in kinds(tea)].count("expire") == 1
    tea.verify()


def test_a_typical_account_stays_within_a_kilobyte() -> None:
    tea = scene(expiry=IDLE, pending=RETURNS)
    for month in range(12):
        tea.pay(1000, str(month), at=NOON + days(30 * month))
    item = tea.table.load([account_key(tea.shop, tea.member())])
    size = sum(
        len(str(name)) + len(str(value)) for each in item.values() for name, value in each.items()
    )
    assert size <= 1_024


def test_a_run_that_is_out_of_time_is_resumed_by_the_next() -> None:
    tea = scene(expiry={"after": "P1Y"})
    for customer in range(SWEEP_PAGE + 3):
        tea.pay(1000, str(customer), customer=Customer(str(customer)))
    end = NOON + days(366)
    first = sweep_due(tea.table, tea.shop, end, has_time=lambda: False)
    assert first == Swept(SWEEP_PAGE, SWEEP_PAGE, is_done=False)
    assert sweep_due(tea.table, tea.shop, end) == Swept(3, 3)
    assert sweep_shops(tea.table, end, has_time=lambda: False) == Swept(is_done=False)


def test_an_index_that_lags_lets_the_sweep_look_and_write_nothing() -> None:
    tea = scene(expiry={"after": "P1Y"})
    tea.pay(1000)
    table = tea.table
    assert isinstance(table, WatchedTable)
    table.freeze_indexes()
    end = NOON + days(366)
    assert sweep_due(table, tea.shop, end) == Swept(1, 1)
    assert sweep_due(table, tea.shop, end) == Swept()
    assert listed(tea, end + 1) == []


def test_a_version_without_another_rule_of_inactivity_dates_nobody() -> None:
    tea = scene(expiry=IDLE)
    tea.pay(1000)
    assert date_members(tea.table, tea.shop, NOON) == Swept()
    tea.publish(program(units=unit(expiry=IDLE), rewards=[]), NOON + 1)
    assert date_members(tea.table, tea.shop, NOON + 2) == Swept()
    tea.publish(program(units=unit(expiry={**IDLE, "idle": "P1M"})), NOON + 3)
    stopped = date_members(tea.table, tea.shop, NOON + 4, has_time=lambda: False)
    assert not stopped.is_done
    assert date_members(tea.table, tea.shop, NOON + 5) == Swept()


def test_a_shop_without_a_program_and_no_shop_have_nothing_due() -> None:
    bare = Scene(WatchedTable())
    assert sweep_due(bare.table, "nowhere", NOON) == Swept()
    assert date_members(bare.table, "nowhere", NOON) == Swept()
    query = ExpiringQuery("", NOON, NOON)
    assert refused(list_expiring(bare.table, "nowhere", query, (50, None))) == "shop_unknown"
    shop = Shop(shop_id="bare", name="B", currency="USD", timezone="UTC", locales=("en",),
                sealed_key=sealed_shop_key("bare", b"k" * 32), created_at=NOON)  # fmt: skip
    bare.table.write(new_shop(shop))
    assert sweep_shops(bare.table, NOON) == Swept()
    assert list_expiring(bare.table, "bare", query, (50, None)) == ExpiringPage((), None)
    asked = Adjustment("a", "m", "h", "points", 1, "r", "s", "operator", NOON,
                       kind=AdjustmentKind.REINSTATE)  # fmt: skip
    load = AdjustLoad("bare", Account(1), None, None)
    assert refused(decide_reinstate(asked, load, NOON)) == "program_not_live"


# ---------------------------------------------------------------- no job makes a difference

RULES: dict[str, dict[str, Any]] = {
    "idle": {"expiry": {"idle": "P2M", "counts": ["order.paid", "redeem"]}},
    "life": {"expiry": {"after": "P1M"}, "pending": {"for": "P5D"}},
    "month ends": {"expiry": {"after": "P1M", "round": "month"}},
    "waits": {"expiry": {"idle": "P3M", "counts": ["order.paid"]},
              "pending": {"until": "order.fulfilled", "at_most": "P20D"}},
}  # fmt: skip
HAPPENINGS = st.tuples(
    st.sampled_from(("pay", "late", "redeem", "refund", "adjust", "fulfil", "change")),
    st.integers(0, 60),
    st.integers(1, 90),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(RULES)), st.lists(HAPPENINGS, min_size=2, max_size=9))
def test_what_is_available_is_the_same_with_a_job_every_day_and_with_none(
    kind: str, happenings: list[tuple[str, int, int]]
) -> None:
    lazy, eager = scene(**RULES[kind]), scene(**RULES[kind])
    now = NOON
    for number, (verb, gap, amount) in enumerate(happenings):
        for _ in range(gap):
            now += DAY_MS
            sweep_due(eager.table, eager.shop, now)
            assert lazy.balance(at=now) == eager.balance(at=now)
        for made in (lazy, eager):
            made.now = now
            happen(made, verb, number, amount)
        assert lazy.balance() == eager.balance()
    for made in (lazy, eager):
        made.now = now + days(400)
        sweep_due(made.table, made.shop, made.now)
        verify_table(made.table.items())  # type: ignore[attr-defined] # the watched fake
    assert lazy.balance() == eager.balance()
    assert sum(points for _, points in kinds(lazy)) == sum(points for _, points in kinds(eager))


def happen(made: Scene, verb: str, number: int, amount: int) -> None:
    match verb:
        case "pay":
            made.pay(amount * 100, str(number))
        case "late":
            made.pay(amount * 100, str(number), at=made.now - days(amount))
        case "redeem":
            made.redeem(key=str(number))
        case "refund":
            back = state(line(5000), id="0", number="#0", version=made.now, created_at=NOON,
                         paid_at=NOON, refunds=(refund(amount * 10),))  # fmt: skip
            made.order(upserted(back))
        case "adjust":
            made.adjust(amount, str(number))
        case "fulfil":
            told = state(line(5000), id="0", number="#0", version=made.now, created_at=NOON,
                         paid_at=NOON, fulfilled_at=made.now - days(amount % 20))  # fmt: skip
            made.order(upserted(told))
        case _:
            expiry = {"idle": f"P{1 + amount % 4}M", "counts": ["order.paid"]}
            made.publish(program(units=unit(expiry=expiry)), made.now)
