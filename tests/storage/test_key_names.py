"""No two things share a key, and no id from outside can forge a part of one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage import index_names, key_names
from chalicelib.storage.items import Key
from chalicelib.storage.sizes import ensure_key_fits

# Few letters, so that examples collide where anything can collide.
ids = st.text(alphabet="ab#%:235A é", min_size=1, max_size=6)
numbers = st.integers(min_value=0, max_value=99)

KINDS: dict[str, tuple[Callable[..., Key], tuple[st.SearchStrategy[Any], ...]]] = {
    "shop": (key_names.shop_key, (ids,)),
    "program": (key_names.program_key, (ids, numbers)),
    "api key": (key_names.api_key_key, (ids,)),
    "connection": (key_names.connection_key, (ids,)),
    "storefront key": (key_names.storefront_key_key, (ids,)),
    "account": (key_names.account_key, (ids, ids)),
    "counters": (key_names.counters_key, (ids, ids)),
    "profile": (key_names.profile_key, (ids, ids)),
    "entry": (key_names.entry_key, (ids, ids, numbers)),
    "document": (key_names.document_key, (ids, ids, ids, ids)),
    "marker": (key_names.marker_key, (ids, ids, ids, ids)),
    "challenge value": (key_names.challenge_value_key, (ids, ids, ids, ids)),
    "order": (key_names.order_key, (ids, ids, ids)),
    "identity": (key_names.identity_key, (ids, ids, ids)),
    "code": (key_names.code_key, (ids, ids)),
    "referral": (key_names.referral_key, (ids, ids)),
    "friend": (key_names.referral_friend_key, (ids, ids, ids)),
    "stock": (key_names.stock_key, (ids, ids, numbers)),
    "settlement": (key_names.settlement_key, (ids, ids, ids)),
}


@st.composite
def named(draw: st.DrawFn) -> tuple[tuple[Any, ...], Key]:
    """What a key is about, and the key."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    make, parts = KINDS[kind]
    drawn = tuple(draw(part) for part in parts)
    return (kind, *drawn), make(*drawn)


def test_each_kind_of_item_has_keys_of_its_own() -> None:
    made = {
        make(*(1 if part is numbers else "a" for part in parts)) for make, parts in KINDS.values()
    }
    assert len(made) == len(KINDS)


@given(named(), named())
def test_two_things_never_share_a_key(
    one: tuple[tuple[Any, ...], Key], other: tuple[tuple[Any, ...], Key]
) -> None:
    assert (one[0] == other[0]) == (one[1] == other[1])


@given(st.lists(ids, min_size=2, max_size=2, unique=True), ids)
def test_shops_never_share_a_partition(shops: list[str], member: str) -> None:
    """Neither of the table nor of an index: invariant I7."""
    partitions = [
        {
            key_names.shop_partition(shop),
            key_names.member_partition(shop, member),
            key_names.audit_partition(shop),
            key_names.parked_partition(shop),
            key_names.api_keys_partition(shop),
            key_names.connections_partition(shop),
            key_names.storefront_keys_partition(shop),
            index_names.due_partition(shop),
            index_names.members_partition(shop),
            index_names.pools_partition(shop),
            index_names.guest_orders_partition(shop, member),
            index_names.customer_orders_partition(shop, member),
            index_names.journal_partition(shop, 7, 0),
        }
        for shop in shops
    ]
    assert len(partitions[0]) == 13
    assert not partitions[0] & partitions[1]


def test_keys_read_as_the_design_draws_them() -> None:
    assert key_names.program_key("tea", 42) == ("S#tea", "P#000042")
    assert key_names.entry_key("tea", "m1", 7) == ("S#tea#M#m1", "L#000000000007")
    assert key_names.document_key("tea", "m1", "redemption", "x") == (
        "S#tea#M#m1",
        "D#redemption:x",
    )
    assert key_names.order_key("tea", "main", "10#01") == ("S#tea#O#main:10%2301", "O")
    assert key_names.order_key("tea", "a:b", "c%") == ("S#tea#O#a%3Ab:c%25", "O")
    assert key_names.stock_key("tea", "dash", 3) == ("S#tea#B#dash", "03")
    partition = key_names.audit_partition("tea")
    assert key_names.timed_key(partition, 1, "x") == ("S#tea#AUDIT", "000000000000001#x")
    assert key_names.listed_key(key_names.api_keys_partition("tea"), "k") == ("S#tea#KEYS", "k")


@given(st.lists(st.integers(min_value=0, max_value=10**12 - 1), unique=True))
def test_entries_are_in_order_of_their_number(seqs: list[int]) -> None:
    sort_keys = [key_names.entry_key("tea", "m", seq)[1] for seq in sorted(seqs)]
    assert sort_keys == sorted(sort_keys)


@pytest.mark.parametrize("part", ["", "x" * 261, "\ud800", "a\udfff"])
def test_parts_that_no_door_should_let_through_are_refused(part: str) -> None:
    with pytest.raises(InvariantBroken):
        key_names.account_key("tea", part)
    with pytest.raises(InvariantBroken):
        key_names.order_key("tea", part, "1")


@pytest.mark.parametrize("number", [-1, 10**12])
def test_numbers_that_would_break_the_order_are_refused(number: int) -> None:
    with pytest.raises(InvariantBroken):
        key_names.entry_key("tea", "m", number)


def test_the_longest_parts_still_fit() -> None:
    longest = "x" * key_names.PART_LENGTH_MAX
    ensure_key_fits(*key_names.document_key("tea", "m", "import", longest))
    wide = "é" * key_names.PART_LENGTH_MAX
    ensure_key_fits(*key_names.document_key("tea", "m", "import", wide))
    with pytest.raises(InvariantBroken):
        key_names.marker_key("tea", "m", "🌍" * 200, "🌍" * 200)


def test_rows_of_indexes_are_in_order_of_time() -> None:
    rows = [index_names.due_row("tea", at, "m") for at in (5, 40, 300)]
    sorts = [str(row["GSI1SK"]) for row in rows]
    assert sorts == sorted(sorts)
    assert {row["GSI1PK"] for row in rows} == {"S#tea#DUE"}
    assert index_names.member_row("tea", 5, "m")["GSI1PK"] == "S#tea#MEMBERS"
    assert index_names.pool_row("tea", 5, "m")["GSI1PK"] == "S#tea#POOLS"
    assert index_names.guest_order_row("tea", "h", 5, "main:1") == {
        "GSI1PK": "S#tea#GUEST#h",
        "GSI1SK": "000000000000005#main:1",
    }
    assert index_names.customer_order_row("tea", "c", 5, "1")["GSI1PK"] == "S#tea#CUSTOMER#c"


def test_the_journal_has_an_hour_and_a_shard_that_stays() -> None:
    hour = index_names.journal_hour(3_600_000 * 7 + 5)
    assert hour == 7
    assert index_names.journal_shard("m1", 1) == 0
    shards = {index_names.journal_shard(f"m{number}", 4) for number in range(100)}
    assert shards == {0, 1, 2, 3}
    partition = index_names.journal_partition("tea", hour, 3)
    assert partition == "S#tea#H#00000007#03"
    assert index_names.journal_row(partition, 9, "m#1", 2) == {
        "GSI2PK": partition,
        "GSI2SK": "000000000000009#m%231#000000000002",
    }
    with pytest.raises(InvariantBroken):
        index_names.journal_shard("m", 0)
