"""A village to be replayed in segments: members, pools, and a budget that runs out."""

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.drafting import Seen
from chalicelib.domain.replay.report import Report
from chalicelib.operations import replay_program, replay_segments, replay_stages
from chalicelib.operations.edit_draft import DraftFound, save_draft
from chalicelib.operations.replay_program import ReplayWish, begin_replay, go_on
from chalicelib.operations.replay_segments import Spell
from chalicelib.storage.replay_queue import SegmentMessage
from chalicelib.storage.replays import Replay, find_replay
from tests.builders import NOON, TEA, Scene, program, unit
from tests.operations.test_replay_pools import home
from tests.operations.verbs_of_pools import create

CHECKPOINT_MEMBERS = 1
LATER = NOON + 20 * DAY_MS
GIVE = [{"add": 10, "unit": "points"}]
EXTRA = {"id": "extra", "on": "order.paid", "give": GIVE}
SPRING = {"id": "spring", "rules": [EXTRA], "budget": {"points": 30}}
ANY_TIME = Spell(lambda _: True, lambda: LATER)
A_PAGE = Spell(lambda looked_at: not looked_at, lambda: LATER)


def cut_small(monkeypatch: pytest.MonkeyPatch, members: int, page: int = 5_000) -> None:
    monkeypatch.setattr(replay_program, "REPLAY_SEGMENT_MEMBERS", members)
    monkeypatch.setattr(replay_program, "REPLAY_SEGMENT_POOLS", 1)
    monkeypatch.setattr(replay_segments, "REPLAY_CHECKPOINT_MEMBERS", CHECKPOINT_MEMBERS)
    monkeypatch.setattr(replay_stages, "REPLAY_CUT_PAGE", page)


def village() -> Scene:
    """Eight members with an order each, two of them with a pool, and a pool of nobody."""
    scene = home()
    for number in range(5):
        scene.join(f"c{number}")
        scene.pay(1_000 + number, f"c{number}-1", customer=Customer(f"c{number}"))
    create(scene, "99", "p9")
    return scene


def begun(scene: Scene, now: int = LATER) -> Replay:
    document = program(units=unit(pool={"members_max": 3}), earn=TEA["earn"], campaigns=[SPRING])
    found = save_draft(scene.table, scene.shop, document, Seen(None, ""), ("operator", LATER))
    draft = found.draft.hash if isinstance(found, DraftFound) else ""
    replay = begin_replay(scene.table, scene.shop, ReplayWish(draft, False, "operator", now))
    assert isinstance(replay, Replay), replay
    return replay


def found(scene: Scene, replay: Replay) -> Replay:
    known = find_replay(scene.table, scene.shop, replay.draft_hash)
    assert known is not None
    return known


def message(replay: Replay, number: int = 0) -> SegmentMessage:
    return SegmentMessage(replay.shop, replay.draft_hash, number)


def in_one_piece() -> Report:
    """What the village's replay says of one segment of members, and one of pools."""
    scene = village()
    replay = begun(scene)
    assert len(replay.stretches) == 2
    report = go_on(scene.table, replay, lambda _: True, LATER).report
    assert report is not None
    assert "budgets_ran_out" in report.notes
    return report
