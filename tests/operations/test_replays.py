"""The time machine over the table's own documents: begun, gone on with, resumed, never twice."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.program.drafting import Seen
from chalicelib.domain.replay.report import Report
from chalicelib.operations import replay_segments
from chalicelib.operations.edit_draft import DraftFound, save_draft
from chalicelib.operations.pause_program import pause_program, resume_program
from chalicelib.operations.replay_program import (
    ReplayWish,
    begin_replay,
    go_on,
    view_replay,
)
from chalicelib.operations.replay_workers import go_on_with_all
from chalicelib.storage.replays import Replay, find_replay, replays_under_way
from tests.builders import NOON, TEA, Scene, line, state, upserted
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, facts, review_rule, reviewing, tell

DOUBLE = [{**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": "2"}]}]
BEGAN = NOON - 200 * DAY_MS


def always(_: int) -> bool:
    return True


def shop(members: int = 3, orders: int = 2) -> Scene:
    """Members of the tea club who each bought some orders of ten dollars, a month apart."""
    scene = Scene(MemoryTable(), now=BEGAN)
    scene.publish(TEA, since=BEGAN)
    for member in range(members):
        for number in range(orders):
            at = BEGAN + (member + 30 * number) * DAY_MS
            told: dict[str, Any] = {"version": at, "created_at": at, "paid_at": at}
            buyer = Customer(f"c{member}")
            order = state(line(1_000), id=f"{member}-{number}", customer=buyer, **told)
            scene.order(upserted(order), now=at)
    return scene


def drafted(scene: Scene, **changes: Any) -> str:
    document = {**TEA, "earn": DOUBLE, **changes}
    found = save_draft(scene.table, scene.shop, document, Seen(None, ""), ("operator", NOON))
    assert isinstance(found, DraftFound)
    return found.draft.hash


def begun(scene: Scene, draft: str, now: Instant = NOON, *, fresh: bool = False) -> Replay:
    wish = ReplayWish(draft, fresh, "operator", now)
    replay = begin_replay(scene.table, scene.shop, wish)
    assert isinstance(replay, Replay), replay
    return replay


def report_of(replay: Replay) -> Report:
    assert replay.report is not None
    return replay.report


def issued(report: Report, side: str) -> int:
    (unit,) = [each for each in getattr(report, side).units if each.habit == "one"]
    return sum(unit.issued)


def test_a_shops_own_orders_are_earned_once_more_by_both_programs() -> None:
    scene = shop()
    replay = go_on(scene.table, begun(scene, drafted(scene)), always, NOON)
    assert (replay.phase, replay.members, replay.orders) == ("finished", 3, 6)
    report = report_of(replay)
    assert (issued(report, "live"), issued(report, "draft")) == (60, 120)
    assert sum(report.live.revenue_minor) == 6_000
    assert [each.gain_minor > 0 for each in report.winners] == [True, True, True]
    assert report.draft_hash == replay.draft_hash
    assert replays_under_way(scene.table) == ()


def test_a_replay_goes_on_where_it_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = shop(members=5)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", 2)
    whole = go_on(scene.table, begun(scene, drafted(scene)), always, NOON)
    replay = begun(scene, whole.draft_hash, NOON + 1, fresh=True)
    phases = []
    while replay.phase != "finished":
        assert replays_under_way(scene.table) == ((scene.shop, whole.draft_hash),)
        replay = go_on(scene.table, replay, lambda looked: not looked, NOON + 2)
        phases.append((replay.phase, replay.members))
        found = find_replay(scene.table, scene.shop, whole.draft_hash)
        assert found == replay
    assert len(phases) == 6
    assert replay.orders == whole.orders == 10
    assert report_of(replay) == report_of(whole)


def test_where_a_budget_runs_out_everybody_is_walked_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = shop(members=5)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", 2)
    give = [{"add": 10, "unit": "points"}]
    rules = [{"id": "extra", "on": "order.paid", "give": give}]
    campaign = {"id": "spring", "rules": rules, "budget": {"points": 30}}
    draft = drafted(scene, earn=TEA["earn"], campaigns=[campaign])
    replay, rounds = begun(scene, draft), [1]
    while replay.phase != "finished":
        replay = go_on(scene.table, replay, lambda looked: not looked, NOON)
        rounds.append(replay.turn.number)
    assert (sorted(set(rounds)), replay.members, replay.orders) == ([1, 2], 5, 10)
    report = report_of(replay)
    assert (issued(report, "live"), issued(report, "draft")) == (100, 130)
    assert "budgets_ran_out" in report.notes


def test_of_two_who_go_on_at_once_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = shop(members=4)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", 2)
    mine = theirs = begun(scene, drafted(scene))
    theirs = go_on(scene.table, theirs, always, NOON)
    mine = go_on(scene.table, mine, always, NOON)
    assert mine == theirs
    assert mine.members == 4


def test_two_who_begin_at_once_begin_one() -> None:
    scene = shop(members=1)
    draft = drafted(scene)
    first, second = begun(scene, draft), begun(scene, draft, NOON + 5)
    assert first == second
    finished = go_on(scene.table, first, always, NOON)
    assert begun(scene, draft, NOON + 9) == finished
    anew = begun(scene, draft, NOON + 9, fresh=True)
    assert (anew.phase, anew.started_at, anew.members) == ("learning", NOON + 9, 0)


def test_another_live_version_wants_another_replay() -> None:
    scene = shop(members=1)
    draft = drafted(scene)
    go_on(scene.table, begun(scene, draft), always, NOON)
    scene.publish({**TEA, "name": "Tea house"}, since=NOON + 1)
    anew = begun(scene, draft, NOON + 2)
    assert (anew.live_version, anew.phase) == (2, "learning")


def test_what_can_not_be_replayed_is_refused() -> None:
    scene = Scene(MemoryTable())
    draft = "0" * 64
    wish = ReplayWish(draft, False, "operator", NOON)

    def code(**changes: Any) -> str:
        if changes:
            nonlocal wish
            wish = ReplayWish(drafted(scene, **changes), False, "operator", NOON)
        answer = begin_replay(scene.table, scene.shop, wish)
        assert isinstance(answer, Refusal)
        return answer.code.value

    assert code() == "shop_unknown"
    scene.publish(TEA)
    assert code() == "draft_unknown"
    assert code(colour="red") == "program_invalid"
    wish = ReplayWish(draft, False, "operator", NOON)
    assert code() == "draft_outdated"
    missing = view_replay(scene.table, scene.shop, "")
    assert isinstance(missing, Refusal)
    assert missing.code.value == "replay_unknown"


def test_the_job_goes_on_with_every_replay_while_there_is_time() -> None:
    scene = shop()
    draft = drafted(scene)
    begun(scene, draft)
    assert go_on_with_all(scene.table, lambda: False, lambda: NOON) == (0, 0)
    assert go_on_with_all(scene.table, lambda: True, lambda: NOON) == (1, 1)
    assert go_on_with_all(scene.table, lambda: True, lambda: NOON) == (0, 0)
    found = view_replay(scene.table, scene.shop, "")
    assert isinstance(found, Replay)
    assert found.finished_at == NOON


def test_a_pause_of_the_shop_is_one_of_both_programs() -> None:
    scene = shop(members=2)
    pause_program(scene.table, scene.shop, Pause(Paused.EARNING, BEGAN + DAY_MS))
    resume_program(scene.table, scene.shop, BEGAN + 2 * DAY_MS)
    replay = go_on(scene.table, begun(scene, drafted(scene)), always, NOON)
    report = report_of(replay)
    assert (issued(report, "live"), issued(report, "draft")) == (30, 60)
    assert report.live.unearned == report.draft.unearned == {"paused": 1}
    assert [each.what for each in report.pauses] == ["earning"]


def test_actions_are_replayed_too() -> None:
    scene = Scene(MemoryTable(), now=BEGAN)
    scene.publish(reviewing(), since=BEGAN)
    for number in range(3):
        scene.now = BEGAN + number * DAY_MS
        tell(scene, done(f"a{number}"))
    document = reviewing(review_rule(give=[{"add": 25, "unit": "points"}]))
    found = save_draft(scene.table, scene.shop, document, Seen(None, ""), ("operator", NOON))
    assert isinstance(found, DraftFound)
    replay = go_on(scene.table, begun(scene, found.draft.hash), always, NOON)
    report = report_of(replay)
    assert (issued(report, "live"), issued(report, "draft")) == (30, 75)
    assert report.left_out == ()


OF_VIPS = {"if": {"facts.vip": True}, "give": [{"add": 100, "unit": "points"}]}
"""What rules give to those of whom the shop says so."""


def of_vips(*, reviews: bool) -> dict[str, Any]:
    bonus = {"id": "bonus", "on": "order.paid", **OF_VIPS}
    own = reviewing(review_rule(**OF_VIPS)) if reviews else TEA
    return {**TEA, "facts": {"vip": "flag"}, "earn": [*own["earn"], bonus]}


@pytest.mark.parametrize("drafts_reviews", [True, False])
def test_facts_are_those_that_the_award_remembers_or_were_so_then(drafts_reviews: bool) -> None:
    """Who was no vip at first was one later, and once more: two reviews fell into that."""
    scene = Scene(MemoryTable(), now=BEGAN)
    scene.publish(of_vips(reviews=False), since=BEGAN)
    scene.join("77")
    for number, vip in enumerate((None, True, False)):
        scene.now += DAY_MS
        if vip is not None:
            tell(scene, facts(scene.now, vip=vip))
        scene.pay(1_000, str(number), at=scene.now)
        tell(scene, done(f"a{number}", at=scene.now, subject=f"p{number}"))
    tell(scene, facts(scene.now + 1, vip=True))
    scene.now += DAY_MS
    tell(scene, done("a9", at=scene.now, subject="p9"))
    draft = of_vips(reviews=drafts_reviews)
    found = save_draft(scene.table, scene.shop, draft, Seen(None, ""), ("operator", NOON))
    assert isinstance(found, DraftFound)
    report = report_of(go_on(scene.table, begun(scene, found.draft.hash), always, NOON))
    booked = sum(entry.points for entry in scene.journal())
    assert booked == 3 * 10 + 100
    reviews = 2 * 100 * drafts_reviews
    assert (issued(report, "live"), issued(report, "draft")) == (booked, booked + reviews)
