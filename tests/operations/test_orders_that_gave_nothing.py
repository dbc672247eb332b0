"""Orders that count and of which no entry stands: found with their reasons, and read by replays."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.explain_document import list_documents
from chalicelib.operations.replay_history import orders_of
from chalicelib.operations.waiting_orders import orders_without_entries, waiting_orders
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.table import Table
from tests.builders import NOON, Scene, line, program, refund, refunded, state, upserted
from tests.storage.metering import MeteredTable

KIM = "kim@example.com"
BARE = program(tier_groups=[])
ROUND_TRIPS = 6
"""Of a page: the shop, the account, orders without an entry, entries, documents, a program."""
SMALL = 50  # minor units: less than what a point is for


@pytest.fixture
def bare(scene: Scene) -> Scene:
    """Without tiers nothing but points makes an entry."""
    scene.publish(BARE)
    return scene


def listed(scene: Scene, limit: int = 50, table: Any = None) -> list[list[Any]]:
    """Every page of the member's documents."""
    pages: list[list[Any]] = []
    start = None
    while True:
        asked = (limit, start)
        page: Any = list_documents(
            table or scene.table, scene.shop, "external:77", asked, scene.now
        )
        pages.append(list(page.documents))
        start = page.next_start
        if start is None:
            return pages


def names(scene: Scene, limit: int = 50) -> list[str]:
    return [each.name for page in listed(scene, limit) for each in page]


def test_an_order_that_gave_nothing_is_found_with_its_reasons(bare: Scene) -> None:
    bare.pay(SMALL, "small")
    bare.pay(2_000, "big")
    ((small, big),) = listed(bare)
    assert (small.name, big.name) == ("order:main:small", "order:main:big")
    assert small.sentence == "Order #small earned nothing. 0.5 was rounded to 0 points."


def test_it_is_listed_once_however_it_goes_on(bare: Scene) -> None:
    bare.pay(SMALL, "a")
    bare.order(refunded(refund(10, at=NOON + 1), order_id="a"))
    assert names(bare) == ["order:main:a"]
    bare.order(upserted(state(line(5_000), id="a", version=NOON + 2)))
    assert bare.available() == 50
    assert names(bare) == ["order:main:a"]
    assert not bare.document("a").silent
    bare.order(refunded(refund(4_980, "r2", at=NOON + 3), order_id="a"))
    assert bare.available() == 0
    assert not bare.document("a").silent  # its entries stand
    assert names(bare) == ["order:main:a"]


def test_the_newest_come_first_and_what_waits_among_them(bare: Scene) -> None:
    for number, status in enumerate((OrderStatus.PAID, OrderStatus.OPEN, OrderStatus.PAID)):
        bare.now = NOON + number
        bare.pay(SMALL, f"o{number}", status=status)
    assert names(bare) == [f"order:main:o{number}" for number in (2, 1, 0)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
def test_pages_have_each_once_and_cost_as_many_round_trips(bare: Scene, limit: int) -> None:
    expected = []
    for number in range(5):
        bare.now = NOON + number
        bare.pay(SMALL, f"small{number}")
        bare.pay(1_000, f"big{number}")
        expected += [f"order:main:small{number}", f"order:main:big{number}"]
    assert sorted(names(bare, limit)) == sorted(expected)
    metered = MeteredTable(bare.table)
    pages = listed(bare, limit, metered)
    assert all(len(page) <= limit + 1 for page in pages)
    assert metered.meter.round_trips <= ROUND_TRIPS * len(pages)
    assert metered.meter.calls["query"] <= len(pages) + 1  # one page may ask for both


def test_an_order_that_moves_is_the_others(bare: Scene) -> None:
    bare.pay(SMALL, "a")
    moved = state(line(SMALL), id="a", version=NOON + 1, customer=Customer("88"))
    bare.order(upserted(moved))
    assert names(bare) == []
    assert bare.document("a").silent


def test_what_counts_hides_nothing_that_waits(bare: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.pay(SMALL, "waits", status=OrderStatus.OPEN)
    for number in range(3):
        bare.now = NOON + 1 + number
        bare.pay(SMALL, f"counts{number}")
    monkeypatch.setattr("chalicelib.operations.waiting_orders.CLAIMED_ORDERS_MAX", 1)
    partition = customer_orders_partition(bare.shop, bare.member())
    assert [each.order_id for each in waiting_orders(bare.table, partition)] == ["waits"]
    assert [each.order_id for each in orders_without_entries(bare.table, partition)] == ["counts2"]


def test_a_replay_reads_it(bare: Scene) -> None:
    """A draft may give for it: it was missing from the history."""
    bare.pay(SMALL, "small")
    account = bare.account()
    assert account is not None
    held = bare.member(), account
    past = orders_of(bare.table, bare.shop, held, bare.journal())
    assert [each.state.id for each in past] == ["small"]


def test_what_the_index_shows_too_long_is_listed_as_it_is(bare: Scene) -> None:
    bare.pay(SMALL, "a")
    lagging = Lagging(bare.table)
    bare.order(upserted(state(line(5_000), id="a", version=NOON + 2)))
    ((only,),) = listed(bare, table=lagging)
    assert only.document.posted


class Lagging:
    """A table whose index shows what it showed when this was made."""

    def __init__(self, table: Table) -> None:
        self._table: Any = table
        self._before: Any = table.copy()  # type: ignore[attr-defined]  # the fake can

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def query(self, query: Any) -> Any:
        return (self._before if query.index else self._table).query(query)


def test_who_is_forgotten_leaves_no_hash_of_an_address_on_it(bare: Scene) -> None:
    kim = Customer("77", email=KIM, email_verified=True)
    bare.order(upserted(state(line(SMALL), id="g", customer=None, guest_email=KIM)))
    bare.pay(SMALL, "mine", customer=kim)
    assert (bare.document("g").guest != "", bare.document("g").silent) == (True, True)
    erase_member(bare.table, EraseCommand(bare.shop, bare.member(), "staff", bare.now))
    assert bare.document("g").guest == ""
