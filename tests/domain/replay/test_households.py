"""Households in a replay: points pass as shares, a pool spends, and nothing counts twice."""

from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.replay.comparing import Comparison, begun, compare_household
from chalicelib.domain.replay.households import Household
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.past_pools import POOLED, Passing, PastPool
from chalicelib.domain.replay.report import PoolFigures, Report, UnitMonths, main_money
from chalicelib.domain.replay.reporting import Basis, plans_of, report_of
from chalicelib.domain.replay.spending import MILLION
from chalicelib.routes.replay_page import report_page
from tests.builders import NOON, TEA, unit
from tests.domain.replay.histories import back, bought, made, months

SPAN = months(100)
SHARED = {"pool": {"members_max": 3}}
RULE = TEA["earn"][0]
DOUBLE = [{**RULE, "give": [{**RULE["give"][0], "rate": "2"}]}]


def passed(days_ago: int, points: int, of: int, who: str = "ann", **more: Any) -> Passing:
    return Passing(NOON - days_ago * DAY_MS, who, points, of, **more)


def shared(*passings: Passing, days_ago: int = 99, **more: Any) -> PastPool:
    at = NOON - days_ago * DAY_MS
    return PastPool("pool", "points", "ann", at, ("ann", "bob"), passings, **more)


def told(
    pool: PastPool, live: Any, draft: Any, share: int = 0, own: int = 0, **orders: Any
) -> tuple[Report, Comparison]:
    """Ann and Bob walked with a pool that spends ``share`` a month; they spend their ``own``."""
    basis = Basis(live, draft, "d" * 64, SPAN, own)
    comparison = begun(len(SPAN.names))
    histories = {"ann": orders.get("ann", ()), "bob": orders.get("bob", ())}
    household = Household(pool, histories, {"pool": share})
    compare_household(household, plans_of(basis), comparison)
    return report_of(basis, comparison), comparison


def points_of(report: Report, side: str = "live") -> UnitMonths:
    found: UnitMonths
    (found,) = [each for each in getattr(report, side).units if each.habit == "one"]
    return found


def spendable(**changes: Any) -> Any:
    return made(units=unit(**SHARED, **changes), rewards=TEA["rewards"])


def test_points_that_are_too_few_alone_pay_a_reward_together() -> None:
    """Each of the two has 30 of the 50 points that the reward costs."""
    history: Any = {"ann": (bought(3_000, "1", 95),), "bob": (bought(3_000, "2", 95),)}
    both = passed(90, 30, 30), passed(90, 30, 30, "bob")
    alone, _ = told(shared(), spendable(), spendable(), MILLION, MILLION, **history)
    together, _ = told(shared(*both), spendable(), spendable(), MILLION, MILLION, **history)
    assert sum(points_of(alone).redeemed) == 0
    assert points_of(alone).outstanding[-1] == 60
    assert sum(points_of(together).redeemed) == 50
    assert points_of(together).outstanding[-1] == 10
    assert sum(main_money(together.live).rewards) == 1
    assert together.live.members[-1] == 2
    assert sum(next(iter(together.live.tiers.values()))["leaf"][-1:]) == 2


def test_by_a_draft_that_gives_double_the_same_share_goes_into_the_pool() -> None:
    history: Any = {"ann": (bought(10_000, "1", 95, (back(10_000, 50),)),)}
    clamp = spendable(negative="clamp")
    double = made(earn=DOUBLE, units=unit(**SHARED, negative="clamp"), rewards=TEA["rewards"])
    report, comparison = told(shared(passed(90, 40, 100)), clamp, double, **history)
    for side, tally, left in (("live", comparison.live, 40), ("draft", comparison.draft, 80)):
        assert sum(tally.row("gift_in", "points", "one")) == left
        assert points_of(report, side).outstanding[-1] == left


def test_pending_points_stay_whatever_the_share() -> None:
    """Of 100 points 40 still wait: a share of 80 would be more than the 60 that are there."""
    orders = bought(6_000, "1", 95), bought(4_000, "2", 91)
    waiting = spendable(pending={"for": "P3D"})
    _, comparison = told(shared(passed(90, 80, 100)), waiting, waiting, ann=orders)
    assert sum(comparison.live.row("gift_out", "points", "one")) == 60


def test_what_comes_back_is_the_share_of_what_the_pool_has() -> None:
    orders: Any = {"ann": (bought(10_000, "1", 95),), "bob": (bought(10_000, "2", 95),)}
    out = passed(40, 50, 100, "bob", is_back=True)
    pool = shared(passed(90, 100, 100), out)
    _, comparison = told(pool, spendable(), spendable(), **orders)
    assert sum(comparison.live.row("gift_in", "points", "one")) == 150
    assert comparison.live.row("passings")[0] == 1


def test_a_program_without_pools_lets_everybody_keep_what_they_have() -> None:
    orders = (bought(10_000, "1", 95),)
    without = made(units=unit(), rewards=TEA["rewards"])
    stars = {"stars": {**unit()["points"], **SHARED}}
    other = made(
        units=stars,
        earn=[{**RULE, "give": [{**RULE["give"][0], "unit": "stars"}]}],
        rewards=[],
        tier_groups=[],
    )
    for draft in (without, other):
        report, comparison = told(shared(passed(90, 40, 100)), spendable(), draft, ann=orders)
        assert sum(comparison.live.row("gift_out", "points", "one")) == 40
        assert sum(comparison.draft.row("gift_out", "points", "one")) == 0
        assert report.pools == PoolFigures(1, 2, live_passings=1, draft_passings=0)


def test_a_live_program_that_knows_pools_no_more_tells_what_passed_before() -> None:
    without = made(units=unit(), rewards=TEA["rewards"])
    pool = shared(passed(90, 40, 100), others={POOLED: 1})
    report, _ = told(pool, without, spendable(), ann=(bought(10_000, "1", 95),))
    assert report.entries_left_out == {"pools_left_out": 3}


def test_who_has_nothing_by_a_program_passes_nothing() -> None:
    nothing = made(earn=[], units=unit(**SHARED), rewards=[])
    person = PastMember("ann", joined_at=NOON - 96 * DAY_MS)
    report, comparison = told(shared(passed(90, 40, 100)), nothing, nothing, ann=(person,))
    assert comparison.live.row("gift_out", "points", "one") == [0] * len(SPAN.names)
    assert report.live.members[-1] == 1


def test_who_is_no_member_by_a_program_passes_nothing() -> None:
    closed = made(units=unit(**SHARED), join={"rollout": "0"})
    pool, orders = shared(passed(90, 40, 100)), (bought(10_000, "1", 95),)
    report, comparison = told(pool, spendable(), closed, ann=orders)
    assert report.pools.draft_passings == 0
    assert comparison.draft.row("members") == [0] * len(SPAN.names)


def test_what_passes_after_the_months_has_not_happened_yet() -> None:
    late = Passing(SPAN.starts[-1], "ann", 40, 100)
    report, _ = told(shared(late), spendable(), spendable(), ann=(bought(10_000, "1", 95),))
    assert report.pools.live_passings == 0


def test_a_pool_takes_what_its_owner_may_take() -> None:
    gold = {**TEA["rewards"][0], "who": {"member.tier.club": "gold"}}
    spending: list[int] = []
    for net in (10_000, 100_000):
        program = made(units=unit(**SHARED), rewards=[gold])
        ann, bob = (bought(net, "1", 95),), (bought(100_000, "2", 95),)
        pool = shared(passed(90, 1000, 1000, "bob"))
        report, _ = told(pool, program, program, share=MILLION, ann=ann, bob=bob)
        spending.append(sum(points_of(report).redeemed))
    assert spending[0] == 0 < spending[1]


def test_a_pool_whose_owner_nobody_knows_spends_as_anybody() -> None:
    orders: Any = {"bob": (bought(20_000, "2", 95),), "share": MILLION}
    pool = shared(passed(90, 200, 200, "bob"))
    for owner in ("ann", "gone"):
        past = PastPool("pool", "points", owner, pool.made_at, ("ann", "bob"), pool.passings)
        report, _ = told(past, spendable(), spendable(), **orders)
        assert sum(points_of(report).redeemed) == 200


def test_a_pool_that_is_older_than_the_months_is_walked_from_their_beginning() -> None:
    early = 600
    order = bought(10_000, "1", early - 1)
    basis = Basis(spendable(), spendable(), "d" * 64, months(90), 0)
    comparison = begun(len(basis.months.names))
    pool = shared(passed(early - 2, 40, 100), days_ago=early)
    compare_household(Household(pool, {"ann": (order,)}), plans_of(basis), comparison)
    assert comparison.live.row("outstanding", "points", "one")[-1] == 100


def test_who_gains_in_a_household_is_explained() -> None:
    draft = made(earn=DOUBLE, units=unit(**SHARED), rewards=TEA["rewards"])
    orders: Any = {"ann": (bought(10_000, "1", 95),), "bob": (bought(5_000, "2", 95),)}
    report, _ = told(shared(passed(90, 40, 100)), spendable(), draft, **orders)
    assert [each.member for each in report.winners] == ["ann", "bob"]
    assert report.winners[0].example is not None
    lost, _ = told(shared(passed(90, 40, 100)), draft, spendable(), **orders)
    assert [each.member for each in lost.losers] == ["ann", "bob"]


def test_report_and_page_tell_of_pools_and_of_what_was_left_out() -> None:
    pool = shared(passed(90, 40, 100), others={"adjust": 2, POOLED: 3})
    person = PastMember("ann", others={"gift_in": 1, "gift_out": 4})
    order = bought(10_000, "1", 95)
    report, _ = told(pool, spendable(), spendable(), ann=(person, order))
    assert report.entries_left_out == {
        "adjustments_left_out": 2,
        "gifts_left_out": 5,
        "pools_left_out": 3,
    }
    assert set(report.entries_left_out) <= set(report.notes)
    page = report_page(report)
    assert "Household pools: 1, shared by members: 2. Points went into them or came back 1" in page
    assert "stay put. Entries: 3." in page
    none, _ = told(PastPool("p", "points", "", 0, ()), spendable(), spendable(), ann=(order,))
    assert "Household pools: 1" in report_page(none)


def test_a_pool_that_nobody_is_walked_with_is_no_pool_of_the_report() -> None:
    basis, comparison = Basis(spendable(), spendable(), "", SPAN, 0), begun(len(SPAN.names))
    empty = PastPool("p", "points", "", NOON, (), others={POOLED: 2})
    compare_household(Household(empty, {}), plans_of(basis), comparison)
    report = report_of(basis, comparison)
    assert report.pools == PoolFigures()
    assert report.entries_left_out == {"pools_left_out": 2}
    assert "Household pools" not in report_page(report)
