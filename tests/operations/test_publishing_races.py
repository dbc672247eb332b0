"""Publishers in one moment: one chain of versions, and whoever never comes first is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.domain.outcome import Busy
from chalicelib.domain.pausing import Paused
from chalicelib.domain.program.drafting import Seen
from chalicelib.operations.edit_draft import drop_draft, save_draft
from chalicelib.operations.pause_program import resume_program
from chalicelib.operations.publish_draft import publish_draft, withdraw_version
from chalicelib.operations.publish_program import Published, publish_program
from chalicelib.storage.programs import list_versions
from chalicelib.storage.table import Table
from tests.builders import NOON, TEA, Scene
from tests.conservation import WatchedTable
from tests.operations.test_pauses import paused
from tests.operations.test_publishing import DOUBLED, START, published, saved, wish

WRITERS = 4


def numbers(scene: Scene) -> list[tuple[int, int]]:
    versions, _ = list_versions(scene.table, "tea", 50, None)
    return [(version.version, version.previous) for version in versions]


def test_one_draft_that_two_publish_at_once_is_one_version(
    table: WatchedTable, shop: Scene
) -> None:
    draft = saved(shop, DOUBLED).draft
    quick: list[Any] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not quick:
            quick.append(None)
            quick[0] = publish_draft(shop.table, "tea", draft.hash, wish(actor="key:bob"))

    table.before = meanwhile
    slow = publish_draft(shop.table, "tea", draft.hash, wish())
    table.before = lambda _: None
    assert isinstance(slow, Published)
    assert (quick[0].version, quick[0].replayed) == (2, False)
    assert (slow.version, slow.replayed) == (2, True)
    assert numbers(shop) == [(2, 1), (1, 0)]


def test_publishers_at_once_on_any_engine_make_a_chain_without_a_gap(raced_table: Table) -> None:
    scene = Scene(raced_table)
    scene.publish()
    start = Barrier(WRITERS)

    def publish(writer: int) -> Any:
        start.wait()
        document = {**TEA, "name": f"Tea {writer}"}
        return publish_program(raced_table, "tea", document, ("key:ann", NOON + writer))

    with ThreadPoolExecutor(WRITERS) as pool:
        done = list(pool.map(publish, range(WRITERS)))
    made = sorted(each.version for each in done)
    assert made == [2, 3, 4, 5]
    assert numbers(scene) == [(number, number - 1) for number in (5, 4, 3, 2, 1)]
    versions, _ = list_versions(raced_table, "tea", 50, None)
    starts = [version.since for version in reversed(versions)]
    assert starts == sorted(set(starts))


def never_first(table: WatchedTable, touch: Callable[[], Any]) -> None:
    """Let somebody be first, before every transaction."""
    busy: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not busy:
            busy.append(1)
            touch()
            busy.clear()

    table.before = meanwhile


def test_who_never_comes_first_is_told_to_try_again(table: WatchedTable, shop: Scene) -> None:
    published(shop, DOUBLED, START)
    turn = iter(range(1_000))

    def pausing() -> None:
        at = next(turn)
        paused(shop, NOON + at, Paused.ALL if at % 2 else Paused.EARNING)

    never_first(table, pausing)
    for act in (
        lambda: withdraw_version(table, "tea", 2, ("key:ann", NOON)),
        lambda: resume_program(table, "tea", NOON + 10_000),
        lambda: publish_program(table, "tea", {**TEA, "name": "x"}, ("key:ann", START)),
    ):
        with pytest.raises(Busy):
            act()
    table.before = lambda _: None


def test_who_throws_a_draft_away_against_editors_is_told_to_try_again(
    table: WatchedTable, shop: Scene
) -> None:
    seen = [saved(shop, TEA).draft.hash]

    def editing() -> None:
        document = {**TEA, "name": f"Tea {len(seen)}"}
        found: Any = save_draft(table, "tea", document, Seen(1, seen[-1]), ("key:bob", NOON))
        seen.append(found.draft.hash)

    never_first(table, editing)
    with pytest.raises(Busy):
        drop_draft(table, "tea", "")
    table.before = lambda _: None
