"""Codec, packing, sizes, tokens, back-off and the definition: everything that needs no engine."""

import zlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.limits import BACKOFF_BASE_MS, BACKOFF_CAP_MS
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage import codec, sizes
from chalicelib.storage.backoff import backoff_ms
from chalicelib.storage.definition import table_definition, table_properties
from chalicelib.storage.items import (
    Absent,
    Add,
    Anything,
    Check,
    Condition,
    Delete,
    Exists,
    Fill,
    Key,
    Put,
    RevisionIs,
    Take,
    Write,
    key_of,
)
from chalicelib.storage.tokens import client_token

leaves = (
    st.text(max_size=8)
    | st.integers(min_value=-codec.INTEGER_MAX, max_value=codec.INTEGER_MAX)
    | st.booleans()
    | st.binary(max_size=8)
)
names = st.text(min_size=1, max_size=4)
values = st.recursive(
    leaves, lambda v: st.lists(v, max_size=4) | st.dictionaries(names, v, max_size=4)
)
items = st.dictionaries(names, values, max_size=5)


@given(items)
def test_what_is_encoded_decodes_to_the_same(item: dict[str, Any]) -> None:
    assert codec.decode(codec.encode(item)) == item


@pytest.mark.parametrize(
    "wrong",
    [0.0, 1.5, float("nan"), Decimal(1), Decimal("1.5"), None, {1}, object(), 2**63, -(2**63)],
)
def test_only_whole_numbers_of_64_bits_are_stored(wrong: Any) -> None:
    places: list[Any] = [wrong, [wrong], {"a": [wrong]}]
    for value in places:
        with pytest.raises(InvariantBroken):
            codec.encode_value(value)


def test_names_are_text_that_is_not_empty() -> None:
    for wrong in ({1: 1}, {"": 1}):
        with pytest.raises(InvariantBroken):
            codec.encode_value({"units": wrong})  # type: ignore[dict-item]


def test_nesting_has_an_end() -> None:
    value: Any = 1
    for _ in range(31):
        value = [value]
    assert codec.decode_value(codec.encode_value(value)) == value
    with pytest.raises(InvariantBroken):
        codec.encode_value([value])
    with pytest.raises(InvariantBroken):
        codec.encode_value({"a": value})


@pytest.mark.parametrize(
    "foreign", [{"N": "1.5"}, {"N": "NaN"}, {"NS": ["1"]}, {"NULL": True}, {"SS": ["a"]}]
)
def test_what_we_never_write_is_not_read(foreign: dict[str, Any]) -> None:
    with pytest.raises(InvariantBroken):
        codec.decode({"a": {"L": [foreign]}})


@given(st.binary(max_size=2_000) | st.text(alphabet="ab", max_size=3_000).map(str.encode))
def test_a_packed_body_comes_back_and_grows_by_one_byte_at_most(body: bytes) -> None:
    packed = codec.pack(body)
    assert codec.unpack(packed) == body
    assert len(packed) <= len(body) + 1


def test_a_large_body_is_deflated() -> None:
    assert len(codec.pack(b'{"line": 1}' * 500)) < 200


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\x02abc",
        b"\x01",
        b"\x01abc",
        b"\x01" + zlib.compress(b"abc")[:-2],
        b"\x01" + zlib.compress(b"abc") + b"more",
        b"\x01" + zlib.compress(b"\x00" * (codec.UNPACKED_BYTES_MAX + 1)),
    ],
)
def test_what_pack_did_not_make_is_not_unpacked(wrong: bytes) -> None:
    with pytest.raises(InvariantBroken):
        codec.unpack(wrong)


# ------------------------------------------------------------------ sizes


def test_sizes_follow_the_developer_guide() -> None:
    assert sizes.item_bytes({"PK": "ab", "SK": "é"}) == 2 + 2 + 2 + 2
    assert sizes.item_bytes({"n": 12345, "m": -100, "z": 0}) == (1 + 4) + (1 + 3) + (1 + 1)
    assert sizes.item_bytes({"b": b"abc", "t": True}) == 4 + 2
    assert sizes.item_bytes({"l": [1, "ab"], "d": {"k": "v"}}) == (1 + 3 + 3 + 3) + (1 + 3 + 1 + 2)


def test_each_started_kilobyte_is_a_write_unit() -> None:
    assert sizes.write_units({"b": b"x" * 1_023}) == 1
    assert sizes.write_units({"b": b"x" * 1_024}) == 2


def test_keys_are_text() -> None:
    with pytest.raises(InvariantBroken):
        sizes.ensure_key_fits(1, "A")
    with pytest.raises(TypeError):
        key_of({"PK": 1, "SK": "A"})


# ------------------------------------------------------------------ tokens and back-off

conditions: st.SearchStrategy[Condition] = st.sampled_from(
    [Absent(), Exists(), Anything(), RevisionIs(0), RevisionIs(1)]
)
few: st.SearchStrategy[Any] = st.sampled_from(
    ["1", 1, True, b"1", [1], ["1"], {"a": 1}, {"a": b"1"}]
)
few_keys: st.SearchStrategy[Key] = st.tuples(st.sampled_from("ab"), st.sampled_from("ab"))
writes: st.SearchStrategy[Write] = (
    st.builds(lambda v, c: Put({"PK": "p", "SK": "s", "v": v}, c), few, conditions)
    | st.builds(Delete, few_keys, conditions)
    | st.builds(Check, few_keys, conditions)
    | st.builds(Add, few_keys, st.sampled_from("nm"), st.integers(-2, 2))
    | st.builds(Fill, few_keys, st.just("n"), st.integers(1, 2), st.integers(2, 3))
    | st.builds(Take, few_keys, st.sampled_from("nm"), st.integers(-2, 2))
)
transactions = st.lists(writes, max_size=3)


def form(writes: list[Write]) -> str:
    return repr(writes)  # tells 1 from True, which == does not


@given(transactions, transactions)
def test_other_bytes_have_another_token(one: list[Write], other: list[Write]) -> None:
    assert (client_token(one) == client_token(other)) == (form(one) == form(other))
    assert len(client_token(one)) == 36


def test_the_order_of_attributes_does_not_make_another_token() -> None:
    one = [Put({"PK": "p", "SK": "s", "d": {"a": 1, "b": 2}}, Absent())]
    other = [Put({"d": {"b": 2, "a": 1}, "SK": "s", "PK": "p"}, Absent())]
    assert client_token(one) == client_token(other)


def test_waiting_grows_to_a_cap_and_is_spread_over_its_span() -> None:
    for attempt in range(70):
        span = min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2**attempt)
        waits = [backoff_ms(f"token {number}", attempt) for number in range(200)]
        assert min(waits) <= span // 10
        assert span * 9 // 10 <= max(waits) <= span
    assert backoff_ms("a", 3) == backoff_ms("a", 3)


# ------------------------------------------------------------------ definition


def test_every_indexed_key_is_declared_and_nothing_else() -> None:
    made: Any = table_definition("laurel")
    declared = {each["AttributeName"] for each in made["AttributeDefinitions"]}
    schemas = [made["KeySchema"], *(index["KeySchema"] for index in made["GlobalSecondaryIndexes"])]
    assert declared == {key["AttributeName"] for schema in schemas for key in schema}
    assert made["BillingMode"] == "PAY_PER_REQUEST"


def test_the_deployed_table_is_the_local_one_with_recovery() -> None:
    local: Any = table_definition("laurel")
    deployed: Any = table_properties("laurel")
    same = set(local) - {"StreamSpecification"}
    assert {name: deployed[name] for name in same} == {name: local[name] for name in same}
    assert deployed["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert deployed["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert deployed["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
