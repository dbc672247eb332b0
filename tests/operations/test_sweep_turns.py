"""The sweep of all: one member, or shop, that cannot be swept stops nobody else, and is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib import clock, telemetry
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.jobs.schedules import sweep
from chalicelib.operations.sweep_due import date_members, sweep_due, sweep_shops
from chalicelib.storage import connection
from chalicelib.storage.pages import use_pages
from chalicelib.storage.shops import find_shop
from dev.folder_pages import FolderPages
from tests.builders import NOON, Scene, program, unit
from tests.jobs.test_schedules import EVENT, Context
from tests.memory_table import MemoryTable
from tests.operations.audited import item_at, put
from tests.operations.time_scenes import IDLE

LATER = NOON + 366 * DAY_MS
WHO = ("a", "b", "c")


@pytest.fixture
def shops() -> tuple[Scene, Scene]:
    """Two shops, each with three members whose points have lapsed."""
    table = MemoryTable()
    made = Scene(table, shop="coffee"), Scene(table, shop="tea")
    for scene in made:
        scene.publish(program(units=unit(expiry=IDLE)))
        for number, who in enumerate(WHO):
            scene.pay(10_000, who, customer=Customer(who), at=NOON + number)
    return made


def damage(scene: Scene, *customers: str) -> None:
    table: Any = scene.table
    for customer in customers:
        put(table, item_at(table, f"S#{scene.shop}#M#{scene.member(customer)}", "A"), u="nonsense")


def left(scene: Scene, *customers: str) -> list[int]:
    accounts = [scene.account(customer) for customer in customers]
    return [sum(lot.remaining for lot in each.units["points"].lots) for each in accounts if each]


def test_who_cannot_be_swept_stops_nobody_behind_them_and_an_error_comes(
    shops: tuple[Scene, Scene],
) -> None:
    damage(shops[0], "a", "b")
    damage(shops[1], "c")
    lines: list[Any] = []
    with (
        telemetry.use(lambda text: lines.append(msgspec.json.decode(text))),
        pytest.raises(AttributeError),
    ):
        sweep_shops(shops[0].table, LATER)
    assert left(shops[0], "c") == [0]
    assert left(shops[1], "a", "b") == [0, 0]
    told = [each["exception"] for each in lines if each.get("kind") == "incident"]
    assert told == ["AttributeError"] * 2, "the third is the one raised"


@pytest.mark.parametrize("walk", [sweep_due, date_members])
def test_a_walk_goes_on_with_other_members_and_then_fails(
    shops: tuple[Scene, Scene], walk: Callable[..., Any]
) -> None:
    tea = shops[1]
    tea.publish(program(units=unit(expiry={**IDLE, "idle": "P11M"})), NOON + DAY_MS)
    damage(tea, "a")
    with pytest.raises(AttributeError):
        walk(tea.table, tea.shop, LATER)
    assert left(tea, "b", "c") == [0, 0]
    known = find_shop(tea.table, tea.shop)
    assert known is not None
    assert known.dated_version == 0, "who failed is looked at by the next run"


def test_storage_that_is_away_is_nobodys_turn(
    shops: tuple[Scene, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    table: Any = shops[0].table
    asked: list[Instant] = []

    def away(*_: object) -> None:
        asked.append(LATER)
        raise StorageUnavailable("away")

    monkeypatch.setattr(table, "transact", away)
    damage(shops[0], "a")
    lines: list[Any] = []
    with (
        telemetry.use(lambda text: lines.append(msgspec.json.decode(text))),
        pytest.raises(StorageUnavailable),
    ):
        sweep_due(table, shops[0].shop, LATER)
    assert len(asked) == 1
    told = [each["exception"] for each in lines if each.get("kind") == "incident"]
    assert told == ["AttributeError"], "what came of one before is not forgotten"


def test_the_job_writes_pages_all_the_same_and_then_fails(
    shops: tuple[Scene, Scene], tmp_path: Path
) -> None:
    damage(shops[0], "a")
    table: Any = shops[0].table
    with (
        connection.use_table(table),
        use_pages(FolderPages(tmp_path)),
        clock.use(lambda: LATER),
        telemetry.use(lambda _: None),
        pytest.raises(AttributeError),
    ):
        sweep(EVENT, Context([900_000]))
    assert left(shops[1], *WHO) == [0, 0, 0]
    assert len(list(tmp_path.rglob("program.json"))) == len(shops)
