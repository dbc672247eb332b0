"""Settings are written once or not at all, whatever the table does; two writers never overwrite."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest

from chalicelib import clock
from chalicelib.domain.outcome import Busy, Refusal
from chalicelib.operations.create_shop import ShopChange, ShopSettings, change_shop, create_shop
from chalicelib.operations.manage_connections import (
    ConnectionWish,
    NewConnection,
    create_connection,
    rotate_secret,
)
from chalicelib.operations.manage_keys import NewApiKey, create_api_key, revoke_api_key
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.scopes import Scope
from chalicelib.storage import api_keys, connections
from chalicelib.storage.items import Absent, Anything, Delete, Put, Write
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import ConditionFailed
from tests.faults import Call, Fault
from tests.memory_table import MemoryTable

TEA = ShopSettings("Tea", "USD", "UTC", ("en",))
SHOPIFY = ConnectionWish("shopify", "tea.myshopify.com")
LOSING = (
    Fault.THROTTLED,
    Fault.CONFLICT,
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.LOST_AFTER,
)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "pause", lambda _: None)


def failing(*faults: Fault) -> Callable[[str, int], Fault | None]:
    """The next transactions go wrong in this way, one after the other."""
    left = list(faults)
    return lambda operation, _: left.pop(0) if operation == "transact" and left else None


class Tokenless(MemoryTable):
    """An engine that has no memory for client tokens, as moto."""

    def transact(self, writes: Sequence[Write], token: str) -> None:
        super().transact(writes, f"{len(self.calls):03d}{token[3:]}")


@pytest.mark.parametrize("kind", [MemoryTable, Tokenless])
def test_under_every_schedule_of_three_faults_a_shop_is_created_once(
    kind: type[MemoryTable],
) -> None:
    for schedule in product(sorted(LOSING), repeat=3):
        table = kind()
        table.fault = failing(*schedule)
        shop = create_shop(table, "tea", TEA, 1)
        assert not isinstance(shop, Refusal), schedule
        assert find_shop(table, "tea") == shop
        again = create_shop(table, "tea", TEA, 1)
        assert isinstance(again, Refusal)


def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    table = Tokenless()
    table.write(Put({"PK": "a", "SK": "b", "r": 1}, Absent()))
    table.fault = failing(Fault.TIMEOUT_AFTER)
    record_writes(table, [Delete(("a", "b"), Anything())])
    assert table.items() == ()


def test_what_somebody_else_wrote_is_not_taken_for_ours() -> None:
    table = MemoryTable()
    table.write(Put({"PK": "a", "SK": "b", "v": 1}, Absent()))
    table.fault = failing(Fault.TIMEOUT_BEFORE)
    with pytest.raises(ConditionFailed):
        record_writes(table, [Put({"PK": "a", "SK": "b", "v": 2}, Absent())])


def test_a_table_that_stays_in_the_way_is_busy() -> None:
    table = MemoryTable()
    table.fault = lambda operation, _: Fault.CONFLICT if operation == "transact" else None
    with pytest.raises(Busy):
        record_writes(table, [Put({"PK": "a", "SK": "b"}, Absent())])
    assert table.items() == ()


def meanwhile(table: MemoryTable, act: Callable[[], object]) -> None:
    """Do ``act`` once, just before the next transaction."""

    def before(call: Call) -> None:
        if call.operation == "transact":
            table.before = lambda _: None
            act()

    table.before = before


def test_two_changes_of_one_shop_both_hold() -> None:
    table = MemoryTable()
    create_shop(table, "tea", TEA, 1)
    meanwhile(table, lambda: change_shop(table, "tea", ShopChange(timezone="Asia/Tehran")))
    changed = change_shop(table, "tea", ShopChange(name="Tea House"))
    shop = find_shop(table, "tea")
    assert not isinstance(changed, Refusal)
    assert shop is not None
    assert (shop.name, shop.timezone, shop.revision) == ("Tea House", "Asia/Tehran", 3)


def test_two_rotations_at_once_never_drop_a_secret_unseen() -> None:
    table = MemoryTable()
    create_shop(table, "tea", TEA, 1)
    made = create_connection(table, "tea", SHOPIFY, 1)
    assert isinstance(made, NewConnection)
    connection = made.record.connection_id
    meanwhile(table, lambda: rotate_secret(table, "tea", connection, "n" * 32))
    with pytest.raises(Busy):
        rotate_secret(table, "tea", connection, "m" * 32)
    found = connections.find_connection(table, connection, 1)
    assert found is not None
    assert found.secrets == (b"n" * 32, made.secret.encode())


def test_two_revocations_at_once_both_succeed_and_the_first_counts() -> None:
    table = MemoryTable()
    create_shop(table, "tea", TEA, 1)
    made = create_api_key(table, "tea", "x", (Scope.READ,), 1)
    assert isinstance(made, NewApiKey)
    key_id = made.record.key_id
    meanwhile(table, lambda: revoke_api_key(table, "tea", key_id, 5))
    assert not isinstance(revoke_api_key(table, "tea", key_id, 9), Refusal)
    listed = api_keys.find_listed_api_key(table, "tea", key_id)
    assert listed is not None
    assert listed.revoked_at == 5
    assert api_keys.find_api_key(table, made.record.digest, 1) is None
