"""The one table of fields that conditions may ask about, and how each is read.

A field has a kind, which says the operators that fit it, and a reader that answers its value or
None where it is missing: an empty text is missing, an empty list is not. Readers take whatever
is there and never raise: a value of another type than the table says is missing too.
``member.tier.<group>`` is a family: one field for each tier group.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.occasion import OccasionLine


class Subject(NamedTuple):
    """What a condition is tested on. ``line`` is None outside of line conditions."""

    order: Mapping[str, object]
    member: MemberFacts
    line: OccasionLine | None = None


class Kind(StrEnum):
    """What values a field has."""

    TEXT = "text"
    INTEGER = "integer"
    TIME = "time"
    LIST = "list of texts"


Read: TypeAlias = Callable[[Subject], object]


class Field(msgspec.Struct, frozen=True):
    """One thing that conditions may ask about."""

    kind: Kind
    read: Read
    description: str


TIER_FIELDS = "member.tier."
"""Prefix of the family ``member.tier.<group>``."""

_EQUAL = ("eq", "ne", "exists")
_AMONG = ("in", "nin")
_ORDERED = ("gt", "gte", "lt", "lte")

OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_EQUAL, *_AMONG),
    Kind.INTEGER: (*_EQUAL, *_AMONG, *_ORDERED),
    Kind.TIME: (*_EQUAL, *_ORDERED),
    Kind.LIST: ("has", "any_of", "exists"),
}
"""Operators that fit each kind."""


def _of_kind(kind: Kind, value: object) -> object:
    match kind:
        case Kind.TEXT:
            return value if isinstance(value, str) and value else None
        case Kind.LIST:
            return value if isinstance(value, tuple | list) else None
        case _:
            return value if isinstance(value, int) and not isinstance(value, bool) else None


def _order(key: str, kind: Kind, description: str) -> Field:
    return Field(kind, lambda subject: _of_kind(kind, subject.order.get(key)), description)


def _line(attribute: str, kind: Kind, description: str) -> Field:
    # getattr on the None of a subject without a line answers the default: missing.
    return Field(
        kind, lambda subject: _of_kind(kind, getattr(subject.line, attribute, None)), description
    )


def _member(attribute: str, kind: Kind, description: str) -> Field:
    return Field(
        kind, lambda subject: _of_kind(kind, getattr(subject.member, attribute)), description
    )


def _joined_at(subject: Subject) -> object:
    return subject.member.joined_at or None


FIELDS: Mapping[str, Field] = {
    "order.number": _order("number", Kind.TEXT, "The shop's number of the order."),
    "order.channel": _order("channel", Kind.TEXT, "Where it was sold: web, pos, ..."),
    "order.currency": _order("currency", Kind.TEXT, "Currency that it was paid in."),
    "order.net_total": _order("net_total", Kind.INTEGER, "Net of all lines, minor units."),
    "order.line_count": _order("line_count", Kind.INTEGER, "How many lines it has."),
    "order.codes": _order("codes", Kind.LIST, "Discount codes used."),
    "order.tags": _order("tags", Kind.LIST, "Tags of the order."),
    "line.product_id": _line("product_id", Kind.TEXT, "The shop's id of the product."),
    "line.sku": _line("sku", Kind.TEXT, "Stock keeping unit."),
    "line.tags": _line("tags", Kind.LIST, "Tags of the product."),
    "line.net": _line("net", Kind.INTEGER, "After discounts, without tax, minor units."),
    "line.gross": _line("gross", Kind.INTEGER, "Before discounts, minor units."),
    "line.tax": _line("tax", Kind.INTEGER, "Tax, minor units."),
    "line.quantity_milli": _line("quantity_milli", Kind.INTEGER, "Thousandths of a piece."),
    "member.joined_at": Field(Kind.TIME, _joined_at, "When the membership began."),
    "member.order_count": _member("order_count", Kind.INTEGER, "Orders before this one."),
    "member.locale": _member("locale", Kind.TEXT, "The customer's language."),
    "member.country": _member("country", Kind.TEXT, "The customer's country."),
    "member.tags": _member("tags", Kind.LIST, "Tags of the customer."),
}
"""Every field by its dotted name, but the family ``member.tier.<group>``."""


def field_named(name: str) -> Field | None:
    """The field called ``name``, tiers of any group included; None for an unlisted name."""
    if name.startswith(TIER_FIELDS) and len(name) > len(TIER_FIELDS):
        return _tier_field(name.removeprefix(TIER_FIELDS))
    return FIELDS.get(name)


def _tier_field(group: str) -> Field:
    return Field(
        Kind.TEXT,
        lambda subject: subject.member.tiers.get(group) or None,
        "Tier held in the group before the event.",
    )
