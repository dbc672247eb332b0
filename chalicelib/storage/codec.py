"""Items to DynamoDB's attribute values and back, integers only; bodies to packed bytes and back.

DynamoDB would take a decimal and PynamoDB a float; the books hold neither, so the codec refuses
both on the way in and on the way out, as it refuses None, sets and numbers beyond 64 bits. The
trick of ``pack``: one leading byte says whether the rest is deflated, so small bodies stay plain
and packing never makes a body larger by more than that byte.
"""

import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from chalicelib.domain.outcome import InvariantBroken, ensure
from chalicelib.storage.items import Item, Value

Attribute: TypeAlias = dict[str, Any]
"""One tagged value of DynamoDB's wire form, such as ``{"S": "text"}`` or ``{"N": "1"}``."""

Attributes: TypeAlias = dict[str, Attribute]

INTEGER_MAX: Final = 2**63 - 1
NESTING_MAX: Final = 31  # DynamoDB takes 32 levels, the item being the first
UNPACKED_BYTES_MAX: Final = 4_000_000  # ten times the largest item

_PLAIN: Final = b"\x00"
_DEFLATED: Final = b"\x01"


def _number(value: int) -> Attribute:
    if -INTEGER_MAX <= value <= INTEGER_MAX:
        return {"N": str(int(value))}
    raise InvariantBroken("a stored number fits into 64 bits")


def _attribute(value: Value | tuple[Value, ...], levels: int) -> Attribute:
    """The tagged form of ``value``; ``levels`` is how deep it may still nest."""
    kind = type(value)
    if kind is str:  # nearly all values are one of these two, and the ladder is slow
        return {"S": value}
    if kind is int:
        return _number(value)  # type: ignore[arg-type]  # just said
    return _attribute_of_kind(value, levels)


def _attribute_of_kind(value: Value | tuple[Value, ...], levels: int) -> Attribute:
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int():
            return _number(value)
        case bytes():
            return {"B": value}
        case list() | tuple():
            ensure(levels > 0, "a stored value nests at most 32 levels")
            return {"L": [_attribute(part, levels - 1) for part in value]}
        case dict():
            ensure(levels > 0, "a stored value nests at most 32 levels")
            return {"M": {_name(key): _attribute(part, levels - 1) for key, part in value.items()}}
    raise InvariantBroken(f"a {type(value).__name__} cannot be stored: {value!r}")


def _name(key: object) -> str:
    if isinstance(key, str) and key:
        return str(key)
    raise InvariantBroken(f"names of stored values are text, and not empty: {key!r}")


def encode_value(value: Value) -> Attribute:
    """The attribute value of ``value``. Tuples are stored as lists.

    Raises:
        InvariantBroken: a float, None, a decimal, a number beyond 64 bits, nested too deep.
    """
    return _attribute(value, NESTING_MAX)


def encode(item: Mapping[str, Value]) -> Attributes:
    """The attribute values of ``item``.

    Raises:
        InvariantBroken: as ``encode_value``.
    """
    return {_name(name): _attribute(value, NESTING_MAX) for name, value in item.items()}


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvariantBroken(f"the table holds {text!r} where a whole number belongs") from None


def _bytes(value: bytes | str) -> bytes:
    """Bytes as botocore gives them with an error, or in base64 as ``wire_form`` leaves them."""
    return value if isinstance(value, bytes) else b64decode(value)


_DECODERS: Final[dict[str, Callable[[Any], Value]]] = {
    "S": lambda value: value,
    "N": _whole,
    "B": _bytes,
    "BOOL": lambda value: value,
    "L": lambda value: [decode_value(part) for part in value],
    "M": lambda value: {name: decode_value(part) for name, part in value.items()},
}


def decode_value(attribute: Attribute) -> Value:
    """The value of one attribute value; numbers are ``int``.

    Raises:
        InvariantBroken: a fraction, a set, a null: nothing that we write.
    """
    ((tag, value),) = attribute.items()
    decoder = _DECODERS.get(tag)
    if decoder is None:
        raise InvariantBroken(f"the table holds an attribute of type {tag}, which we never write")
    return decoder(value)


def decode(attributes: Mapping[str, Attribute]) -> Item:
    """The item of DynamoDB's answer.

    Raises:
        InvariantBroken: as ``decode_value``.
    """
    return {name: decode_value(attribute) for name, attribute in attributes.items()}


def pack(body: bytes) -> bytes:
    """``body`` deflated where that is smaller; the first byte says which."""
    deflated = zlib.compress(body, 6)
    return _DEFLATED + deflated if len(deflated) < len(body) else _PLAIN + body


def unpack(packed: bytes) -> bytes:
    """The body that ``pack`` was given.

    Raises:
        InvariantBroken: not the work of ``pack``, or larger than any body of ours.
    """
    mark, rest = packed[:1], packed[1:]
    if mark == _PLAIN:
        return rest
    ensure(mark == _DEFLATED, "a packed body begins with a mark that we know")
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(rest, UNPACKED_BYTES_MAX)
    except zlib.error as problem:
        raise InvariantBroken(f"a packed body does not inflate: {problem}") from problem
    ensure(inflater.eof and not inflater.unused_data, "a packed body is whole and of our size")
    return body
