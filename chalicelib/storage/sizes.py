"""How large DynamoDB takes an item to be, and what is too large: by its published rules.

Source: "DynamoDB item sizes and formats" and "Service quotas" of the developer guide. Text counts
its UTF-8 bytes, a number about one byte for two digits and one more, a list or map 3 bytes and
one for each element. Write units count each started 1,024 bytes.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.domain.outcome import InvariantBroken, ensure
from chalicelib.storage.items import Value

ITEM_BYTES_MAX: Final = 400 * 1_024
PARTITION_KEY_BYTES_MAX: Final = 2_048
SORT_KEY_BYTES_MAX: Final = 1_024
WRITE_UNIT_BYTES: Final = 1_024


def _number_bytes(value: int) -> int:
    digits = str(abs(value)).rstrip("0")
    return (len(digits) + 1) // 2 + 1 + (1 if value < 0 else 0)


def value_bytes(value: Value) -> int:
    """The bytes that DynamoDB counts for one value."""
    match value:
        case str():
            return len(value.encode())
        case bool():
            return 1
        case int():
            return _number_bytes(value)
        case bytes():
            return len(value)
        case list():
            return 3 + sum(1 + value_bytes(part) for part in value)
        case dict():
            return 3 + sum(1 + len(name.encode()) + value_bytes(v) for name, v in value.items())


def item_bytes(item: Mapping[str, Value]) -> int:
    """The bytes that DynamoDB counts for ``item``, names included."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def write_units(item: Mapping[str, Value]) -> int:
    """Write units of a plain put of ``item``; a transaction costs twice as many."""
    return -(-item_bytes(item) // WRITE_UNIT_BYTES)


def ensure_key_fits(partition: Value, sort: Value) -> None:
    """Refuse keys that DynamoDB would refuse.

    Raises:
        InvariantBroken: not text, empty, or too long.
    """
    if not isinstance(partition, str) or not isinstance(sort, str):
        raise InvariantBroken("keys are text")
    is_partition = 0 < len(partition.encode()) <= PARTITION_KEY_BYTES_MAX
    ensure(is_partition, "a partition key has 1 to 2048 bytes")
    ensure(0 < len(sort.encode()) <= SORT_KEY_BYTES_MAX, "a sort key has 1 to 1024 bytes")
