"""Household pools in a replay of the table: everybody is walked once, with whom they shared."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.drafting import Seen
from chalicelib.domain.replay.past_pools import Passing
from chalicelib.domain.replay.report import PoolFigures, Report
from chalicelib.domain.replay.spending import MAIN
from chalicelib.operations import replay_pools, replay_segments
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.edit_draft import DraftFound, save_draft
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.replay_history import journal_of
from chalicelib.operations.replay_pools import every_pool, home_of, household_of
from chalicelib.operations.replay_program import ReplayWish, begin_replay, go_on
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.replay_segments import load_segments
from chalicelib.storage.replays import Replay
from dev.replay.running import job_of, run
from dev.replay.table_orders import Source, spooled_table
from tests.builders import NOON, TEA, Scene, program, unit
from tests.memory_table import MemoryTable
from tests.operations.verbs_of_members import merge
from tests.operations.verbs_of_pools import (
    add,
    create,
    dissolve,
    household,
    leave,
    pool_account,
    pool_name,
    put,
    take,
)

LATER = NOON + 20 * DAY_MS
RULE = TEA["earn"][0]
DOUBLE = [{**RULE, "give": [{**RULE["give"][0], "rate": "2"}]}]


def home(**changes: Any) -> Scene:
    """77 (100 points) and 88 (40) share a pool with 60 in it; 99 (20) shares nothing."""
    scene = household(Scene(MemoryTable()), **changes)
    put(scene, 40, "77")
    put(scene, 20, "88")
    return scene


def replayed(scene: Scene, *, steps: bool = False) -> Replay:
    units = unit(pool={"members_max": 3})
    document = program(units=units, earn=DOUBLE)
    found = save_draft(scene.table, scene.shop, document, Seen(None, ""), ("operator", LATER))
    assert isinstance(found, DraftFound)
    wish = ReplayWish(found.draft.hash, False, "operator", LATER)
    replay = begin_replay(scene.table, scene.shop, wish)
    assert isinstance(replay, Replay)
    while replay.phase != "finished":
        replay = go_on(scene.table, replay, lambda looked: not (steps and looked), LATER)
    return replay


def checkpoints(scene: Scene, replay: Replay) -> int:
    return sum(each.revision for each in load_segments(scene.table, replay))


def report_of(replay: Replay) -> Report:
    assert replay.report is not None
    return replay.report


def outstanding(report: Report, side: str = "live") -> int:
    (found,) = [each for each in getattr(report, side).units if each.habit == MAIN]
    return found.outstanding[-1]


def held(scene: Scene, who: str) -> tuple[str, Any]:
    name = scene.member(who)
    account = account_of(scene.table.load([account_key(scene.shop, name)]).popitem()[1])
    return name, account


def known(scene: Scene, until: int = LATER) -> Any:
    pool = pool_name(scene), pool_account(scene)
    return household_of(scene.table, scene.shop, pool, until)


def test_what_is_in_a_pool_is_owed_still_and_everybody_is_walked_once() -> None:
    replay = replayed(home())
    report = report_of(replay)
    assert (replay.members, replay.orders) == (3, 3)
    assert report.pools == PoolFigures(1, 2, live_passings=2, draft_passings=2)
    assert report.live.members[-1] == report.draft.members[-1] == 3
    assert sum(report.live.units[0].issued) * 2 == sum(report.draft.units[0].issued) == 320
    assert report.entries_left_out == {}
    for side in (report.live, report.draft):
        for each in side.units:
            closing = sum(each.issued) + sum(each.returned)
            closing -= sum(each.reversed) + sum(each.redeemed) + sum(each.expired)
            assert each.outstanding[-1] == closing


def test_a_replay_goes_on_pool_by_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = home()
    create(scene, "99", "p9")
    whole = replayed(scene)
    again = Scene(MemoryTable())
    again = home()
    create(again, "99", "p9")
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", 1)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_POOLS", 1)
    in_steps = replayed(again, steps=True)
    assert checkpoints(again, in_steps) > checkpoints(scene, whole)
    assert report_of(in_steps) == report_of(whole)
    assert in_steps.members == 3


def test_rewards_of_pools_teach_how_the_shop_spends() -> None:
    scene = home()
    before = replayed(scene).habit
    taking = home()
    taking.now += 1
    take(taking)
    after = replayed(taking).habit
    assert (before.times, after.times) == (0, 1)
    assert after.used == 50


def test_the_command_for_tables_says_the_same() -> None:
    scene = home()
    leave(scene, "88")
    document = read_program(program(units=unit(pool={"members_max": 3})))
    with spooled_table(Source(scene.table, scene.shop), lambda _: None) as spool:
        report = run(job_of((document, document), "", 0, spool), spool, 1, lambda _: None)
    assert report.pools == PoolFigures(1, 2, live_passings=3, draft_passings=3)
    assert report.live.members[-1] == 3
    assert outstanding(report) == 160
    assert sum(report.live.orders) == 3


def test_a_dissolved_pool_gives_everybody_what_they_got() -> None:
    scene = home()
    scene.now += DAY_MS
    dissolve(scene)
    past, _ = known(scene)
    back = [each for each in past.passings if each.is_back]
    assert sorted((each.points, each.of) for each in back) in (
        [(20, 20), (40, 60)],
        [(20, 60), (40, 40)],  # by the names of the members, whose order is drawn
    )
    assert report_of(replayed(scene)).pools.live_passings == 4


def test_what_passed_is_read_from_both_journals() -> None:
    scene = home()
    past, accounts = known(scene)
    ann, bob = scene.member("77"), scene.member("88")
    assert set(past.members) == set(accounts) == {ann, bob}
    assert past.passings == (Passing(NOON, ann, 40, 100), Passing(NOON, bob, 20, 40))
    assert (past.unit, past.owner, past.others) == ("points", ann, {})
    assert known(scene, until=NOON)[0].members == ()


def test_what_a_pool_draws_from_who_gives_all_passes_too() -> None:
    scene = Scene(MemoryTable())
    household(scene)
    add(scene, "77", gives_all=True)
    scene.now += DAY_MS
    take(scene, "88")
    past, _ = known(scene)
    assert past.passings == (Passing(scene.now, scene.member("77"), 50, 100),)
    assert report_of(replayed(scene)).pools.live_passings == 1


def moved() -> tuple[Scene, str]:
    """88 left the pool of 77 with their 20 points, and put 10 into that of 99."""
    scene = home()
    leave(scene, "88")
    create(scene, "99", "p9")
    second = pool_name(scene, "99", "p9")
    add(scene, "88", second)
    put(scene, 10, "88", key="c2", pool=second)
    return scene, second


def test_pools_that_somebody_went_from_and_to_are_walked_together() -> None:
    scene, second = moved()
    pools = {each.pool: each for each in every_pool(scene.table, scene.shop, LATER)}
    first, other = sorted(pools)
    assert pools[first].members == tuple(sorted(map(scene.member, ("77", "88"))))
    assert [each.pool for each in pools[first].further] == [other]
    assert (pools[other].members, pools[other].passings) == ((), ())
    passed = {each.pool: each.passings for each in (pools[first], *pools[first].further)}
    assert [(each.points, each.is_back) for each in passed[second]] == [(10, False)]
    assert len(passed[pool_name(scene)]) == 3
    replay = replayed(scene)
    report = report_of(replay)
    assert (replay.members, report.live.members[-1]) == (3, 3)
    assert report.pools == PoolFigures(2, 2, live_passings=4, draft_passings=4)
    assert report.entries_left_out == {}
    assert outstanding(report) == 160


def test_the_command_walks_pools_together_too() -> None:
    scene, _ = moved()
    document = read_program(program(units=unit(pool={"members_max": 3})))
    with spooled_table(Source(scene.table, scene.shop), lambda _: None) as spool:
        job = job_of((document, document), "", 0, spool)
        report, again = (run(job, spool, workers, lambda _: None) for workers in (1, 2))
    assert report == again
    assert report.pools == PoolFigures(2, 2, live_passings=4, draft_passings=4)
    assert outstanding(report) == 160


def test_of_too_many_pools_a_member_is_walked_with_that_of_the_newest_passing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay_pools, "REPLAY_HOUSEHOLD_POOLS_MAX", 1)
    scene, second = moved()
    name, account = held(scene, "88")
    journal = journal_of(scene.table, scene.shop, (name, account))
    found = home_of(scene.table, scene.shop, (name, account), journal, LATER)
    assert found == second
    pools = {each.pool: each for each in every_pool(scene.table, scene.shop, LATER)}
    assert pools[pool_name(scene)].members == (scene.member("77"),)
    assert pools[pool_name(scene)].others == {"pool": 2}  # in and out of who is walked elsewhere
    assert pools[second].members == (name,)
    assert pools[second].others == {"pool": 2}
    report = report_of(replayed(scene))
    assert report.live.members[-1] == 3
    assert report.entries_left_out == {"pools_left_out": 4}
    assert "pools_left_out" in report.notes


def test_who_was_merged_is_walked_as_who_has_everything_since() -> None:
    scene = home()
    merge(scene, "88", "99")
    past, _ = known(scene)
    assert set(past.members) == {scene.member("77"), scene.member("99")}
    assert past.others == {}
    assert len(past.passings) == 2
    assert replayed(scene).members == 2


def test_who_was_erased_leaves_what_passed_uncounted_but_told() -> None:
    scene = home()
    command = EraseCommand(scene.shop, scene.member("88"), "operator", scene.now)
    erase_member(scene.table, command)
    past, _ = known(scene)
    assert past.members == (scene.member("77"),)
    assert past.others == {"pool": 2}  # put in, and given back


def test_corrections_of_a_pool_by_staff_are_told() -> None:
    scene = home()
    command = AdjustCommand(
        scene.shop, pool_name(scene), "points", 5, "sorry", "salt", "operator", "a1", scene.now
    )
    assert not isinstance(adjust_points(scene.table, command), Refusal)
    assert known(scene)[0].others == {"adjust": 1}


def test_of_too_many_who_shared_a_pool_the_rest_is_walked_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay_pools, "REPLAY_HOUSEHOLD_MAX", 1)
    monkeypatch.setattr(replay_pools, "BATCH_GET_KEYS_MAX", 1)
    scene = home()
    past, _ = known(scene)
    assert (len(past.members), len(past.alone)) == (1, 1)
    assert past.others == {"pool": 2}
    replay = replayed(scene)
    assert (replay.members, replay.orders) == (3, 3)
    assert report_of(replay).live.members[-1] == 3


def test_a_shop_whose_pools_are_over_pages_finds_every_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_pools, "REPLAY_HOUSEHOLD_MAX", 1)
    scene = home()
    create(scene, "99", "p9")
    assert len(list(every_pool(scene.table, scene.shop, LATER))) == 2
    assert list(every_pool(scene.table, "coffee", LATER)) == []


def test_who_passes_points_while_a_replay_goes_on_is_walked_once() -> None:
    scene = Scene(MemoryTable())
    household(scene)
    scene.now = LATER + 1
    put(scene, 40, "77")
    name, account = held(scene, "77")
    journal = journal_of(scene.table, scene.shop, (name, account))
    assert home_of(scene.table, scene.shop, (name, account), journal, LATER) == ""
    assert home_of(scene.table, scene.shop, (name, account), journal, LATER + 2) != ""
    replay = replayed(scene)
    assert (replay.members, report_of(replay).pools) == (3, PoolFigures())
