"""The one retry loop: its whole table of answers, by injected faults, under a test clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.limits import COMMIT_DEADLINE_MS
from chalicelib.domain.outcome import Busy, StorageUnavailable
from chalicelib.operations import decide_and_commit as loop
from chalicelib.storage.items import Take
from chalicelib.storage.stock import LEFT, stock_left
from tests.builders import NOON, TEA, Scene, program, recorded, refund, refunded, refused
from tests.conservation import WatchedTable, verify_table
from tests.faults import Crash, Fault


@dataclass
class TestClock:
    """Time passes only by waiting (``waits``), or never."""

    now: int = 0
    waits: bool = True
    pauses: list[int] = field(default_factory=list)

    __test__ = False

    def pause(self, duration_ms: int) -> None:
        self.pauses.append(duration_ms)
        self.now += duration_ms if self.waits else 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TestClock:
    """The loop's own pace, replaced where it is the default."""
    made = TestClock()
    pace = loop.Pace(lambda: made.now, made.pause)
    monkeypatch.setattr(loop.decide_and_commit, "__defaults__", (pace,))
    monkeypatch.setattr("chalicelib.clock.pause", made.pause)
    return made


def schedule(table: Any, faults: Sequence[Fault | None], operation: str = "transact") -> list[str]:
    """Let the next calls of ``operation`` ("": any) go wrong in turn; the list fills with them."""
    left, sent = list(faults), list[str]()

    def plan(called: str, _: int) -> Fault | None:
        if operation not in ("", called):
            return None
        fault = left.pop(0) if left else None
        sent.append(fault or "ok")
        return fault

    table.fault = plan
    return sent


def tokens_of(table: Any) -> list[str]:
    """The tokens of all transactions from now on."""
    seen: list[str] = []
    transact = table.transact

    def noted(writes: Any, token: str) -> None:
        seen.append(token)
        transact(writes, token)

    table.transact = noted
    return seen


@pytest.mark.parametrize(
    "fault",
    [Fault.THROTTLED, Fault.CONFLICT, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.LOST_AFTER],
)
def test_the_same_bytes_are_sent_under_the_same_token(
    shop: Scene, clock: TestClock, fault: Fault
) -> None:
    tokens = tokens_of(shop.table)
    schedule(shop.table, [fault, fault])
    shop.pay(1_000)
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert len(clock.pauses) == 2
    assert shop.available() == 10


def test_after_a_failed_condition_it_is_decided_anew(shop: Scene, clock: TestClock) -> None:
    schedule(shop.table, [Fault.CONDITION_FAILED])
    assert not shop.pay(1_000).replayed
    assert shop.available() == 10
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.LOST_AFTER])
def test_an_engine_that_forgot_the_token_does_not_pay_twice(
    shop: Scene, clock: TestClock, fault: Fault
) -> None:
    table: Any = shop.table
    schedule(table, [fault])
    table.before = lambda _: table._tokens.clear()
    assert shop.pay(1_000).replayed
    assert shop.available() == 10
    assert len(shop.journal()) == 1


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.CONDITION_FAILED, Fault.TIMEOUT_BEFORE])
def test_the_deadline_is_busy_and_leaves_nothing_half_done(
    shop: Scene, clock: TestClock, fault: Fault
) -> None:
    before = shop.table.items()  # type: ignore[attr-defined]
    schedule(shop.table, [fault] * 10_000)
    with pytest.raises(Busy):
        shop.pay(1_000)
    assert clock.now >= COMMIT_DEADLINE_MS
    assert clock.now <= COMMIT_DEADLINE_MS + 250
    assert shop.table.items() == before  # type: ignore[attr-defined]
    schedule(shop.table, [])
    shop.pay(1_000)
    assert shop.available() == 10


ATTEMPTS = 128  # 32 writers of one account needed 37 at the 95th percentile


def test_it_does_not_give_up_by_count(shop: Scene, clock: TestClock) -> None:
    clock.waits = False
    schedule(shop.table, [Fault.CONFLICT, Fault.CONDITION_FAILED] * (ATTEMPTS // 2))
    shop.pay(1_000)
    assert len(clock.pauses) == ATTEMPTS
    assert shop.available() == 10
    assert all(0 <= pause <= 250 for pause in clock.pauses)


def test_the_next_shard_of_stock_is_tried_when_one_is_sold_out_meanwhile(
    scene: Scene, clock: TestClock
) -> None:
    table: Any = scene.table
    cheap = {**TEA["rewards"][0], "cost": {"unit": "points", "amount": 1}}
    scene.publish(program(rewards=[{**cheap, "stock": 1_500}]))
    scene.join()
    scene.adjust(10)
    gone: list[str] = []

    def sold_out(call: Any) -> None:
        if call.operation == "transact":
            table.before = lambda _: None
            key = next(key for key in call.keys if "#B#" in key[0])
            gone.append(key[1])
            table.write(Take(key, LEFT, int(str(table.load([key])[key][LEFT]))))

    table.before = sold_out
    made: Any = recorded(scene.redeem())
    assert str(made.stock_shard) not in gone
    assert stock_left(table, scene.shop, "five-off") == 749
    assert scene.available() == 9


def test_a_read_that_gives_up_is_unavailable(shop: Scene, clock: TestClock) -> None:
    shop.pay(1_000)
    schedule(shop.table, [Fault.THROTTLED], "load")
    with pytest.raises(StorageUnavailable):
        shop.pay(1_000, "2")
    shop.pay(1_000, "2")
    assert shop.available() == 20


# ---------------------------------------------------------------- every schedule of three faults

VERBS: dict[str, Callable[[Scene], Any]] = {
    "order": lambda scene: scene.pay(1_000, "9"),
    "refund": lambda scene: scene.order(refunded(refund(500, at=NOON + HOUR_MS))),
    "redeem": lambda scene: scene.redeem(key="new"),
    "undo": lambda scene: scene.undo(scene.redeem().document),
    "adjust": lambda scene: scene.adjust(7),
    "join": lambda scene: scene.join("new"),
}
STOCKED = program(
    rewards=[{**TEA["rewards"][0], "stock": 5, "limit": {"times": 3, "window": "lifetime"}}],
    earn=[
        {**TEA["earn"][0], "limit": {"amount": 1_000, "window": {"calendar": "month"}}},
        {"id": "hello", "on": "member.joined", "give": [{"add": 5, "unit": "points"}]},
    ],
)


def prepared() -> Scene:
    scene = Scene(WatchedTable())
    scene.publish(STOCKED)
    scene.pay(20_000)
    recorded(scene.redeem())
    return scene


PREPARED = prepared()


def again(scene: Scene, verb: Callable[[Scene], Any]) -> Any:
    """Send until it is answered, as a shop does; a crash is a new process."""
    for _ in range(6):
        try:
            return verb(scene)
        except (Crash, StorageUnavailable):
            continue
    raise AssertionError("it never ended")


@pytest.mark.parametrize("verb", VERBS)
def test_every_schedule_of_three_faults_ends_as_if_nothing_had_gone_wrong(
    verb: str, clock: TestClock
) -> None:
    start: Any = PREPARED.table
    smooth = Scene(start.copy())
    VERBS[verb](smooth)
    expected = list(smooth.table.items())  # type: ignore[attr-defined]
    for faults in product((None, *Fault), repeat=3):
        clock.now = 0
        scene = Scene(start.copy())
        schedule(scene.table, faults, "")
        again(scene, VERBS[verb])
        assert scene.table.items() == tuple(expected), faults  # type: ignore[attr-defined]
    verify_table(tuple(expected))


# ---------------------------------------------------------------- the second look


def test_a_document_that_appears_between_the_reads_of_one_load_is_a_replay(shop: Scene) -> None:
    """The document is read before, the account after, the commit of the same request.

    ::

        this request    reads document (absent) .................. reads account (0 points)
        the same again               reads, decides, commits: -50
    """
    shop.pay(5_000)
    table: Any = shop.table
    seen: list[str] = []

    def twin_commits(key: tuple[str, str]) -> None:
        seen.append(key[1])
        if key[1] == "A" and any(name.startswith("D#redemption") for name in seen):
            table.before_key = lambda _: None
            recorded(shop.redeem())

    table.before_key = twin_commits
    result = shop.redeem()
    assert result.replayed
    assert shop.available() == 0
    assert len(shop.journal()) == 2


def test_an_honest_refusal_looks_twice_and_then_refuses(shop: Scene) -> None:
    shop.pay(1_000)
    calls = len(shop.table.calls)  # type: ignore[attr-defined]
    assert refused(shop.redeem()) == "insufficient_points"
    looks = [call.operation for call in shop.table.calls[calls:]]  # type: ignore[attr-defined]
    assert looks == ["load", "load"]
