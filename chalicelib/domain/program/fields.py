"""The one table of fields that conditions may ask about, and how each is read.

A field has a kind, which says the operators that fit it, and a reader that answers its value or
None where it is missing: an empty text is missing, an empty list is not. Readers take whatever
is there and never raise: a value of another type than the table says is missing too.
``member.tier.<group>`` is a family: one field for each tier group. A program declares further
fields of the shop's own data (``attributes``, ``facts``); shops that know only texts may send
whole numbers and flags as texts.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.field_document import Attributes
from chalicelib.domain.program.occasion import OccasionLine


class Subject(NamedTuple):
    """What a condition is tested on. ``line`` is None outside of line conditions."""

    order: Mapping[str, object]
    member: MemberFacts
    line: OccasionLine | None = None
    action: Mapping[str, object] = {}


class Kind(StrEnum):
    """What values a field has."""

    TEXT = "text"
    INTEGER = "integer"
    TIME = "time"
    LIST = "list of texts"
    PRODUCTS = "products by name"  # those alone that conditions name are remembered
    FLAG = "true or false"


Read: TypeAlias = Callable[[Subject], object]


class Field(msgspec.Struct, frozen=True):
    """One thing that conditions may ask about."""

    kind: Kind
    read: Read
    description: str


TIER_FIELDS = "member.tier."
"""Prefix of the family ``member.tier.<group>``."""

ENTERED_FIELDS = "tier."
"""Prefix of the family ``tier.<group>``: the tier that was entered there."""

POINTS_FIELDS = "member.points."
"""Prefix of the family ``member.points.<unit>``."""

BOUGHT_FIELDS = "member.bought."
"""Prefix of what a member bought: what of a line is asked, and how far back."""

BOUGHT: Mapping[str, tuple[str, str]] = {
    "skus": ("sku", "Stock keeping units"),
    "products": ("product_id", "Products, by the shop's id,"),
    "tags": ("tags", "Tags of products"),
}
"""By the last part of the field: what of a line it asks, and in words."""

YEAR = "_12m"
"""How the fields end that ask of the month and the eleven before; the others ask of ever."""

DECLARABLE: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "integer": Kind.INTEGER,
    "flag": Kind.FLAG,
    "list": Kind.LIST,
}
"""Types that a document may declare a field of."""

_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_EQUAL = ("eq", "ne", "exists")
_AMONG = ("in", "nin")
_ORDERED = ("gt", "gte", "lt", "lte")

OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_EQUAL, *_AMONG),
    Kind.INTEGER: (*_EQUAL, *_AMONG, *_ORDERED),
    Kind.TIME: (*_EQUAL, *_ORDERED),
    Kind.LIST: ("has", "any_of", "exists"),
    Kind.PRODUCTS: ("has", "any_of"),
    Kind.FLAG: _EQUAL,
}
"""Operators that fit each kind."""


def _of_kind(kind: Kind, value: object) -> object:
    match kind:
        case Kind.TEXT:
            return value if isinstance(value, str) and value else None
        case Kind.LIST:
            return value if isinstance(value, tuple | list) else None
        case Kind.FLAG:
            return value if isinstance(value, bool) else None
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


def _action(key: str, description: str) -> Field:
    return Field(
        Kind.TEXT, lambda subject: _of_kind(Kind.TEXT, subject.action.get(key)), description
    )


def _bought(name: str, words: str) -> Field:
    def read(subject: Subject) -> object:
        return subject.member.bought.get(name, ())

    return Field(Kind.PRODUCTS, read, words)


def _joined_at(subject: Subject) -> object:
    return subject.member.joined_at or None


def _last_order_at(subject: Subject) -> object:
    return subject.member.last_order_at or None


def _birth_month(subject: Subject) -> object:
    return subject.member.birth_month or None


FIELDS: Mapping[str, Field] = {
    "order.number": _order("number", Kind.TEXT, "The shop's number of the order."),
    "order.channel": _order("channel", Kind.TEXT, "Where it was sold: web, pos, ..."),
    "order.partner": _order("partner", Kind.TEXT, "The partner that it was bought at."),
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
    "action.name": _action("name", "What was done, such as review.approved."),
    "action.subject": _action("subject", "What it was done to, such as product:p1."),
    "member.joined_at": Field(Kind.TIME, _joined_at, "When the membership began."),
    "member.order_count": _member("order_count", Kind.INTEGER, "Orders before this one."),
    "member.memberships": _member("memberships", Kind.LIST, "Paid memberships that are held."),
    "member.locale": _member("locale", Kind.TEXT, "The customer's language."),
    "member.country": _member("country", Kind.TEXT, "The customer's country."),
    "member.last_order_at": Field(Kind.TIME, _last_order_at, "When the newest order was paid."),
    "member.days_since_order": _member(
        "days_since_order", Kind.INTEGER, "Whole days since then; missing before the first."
    ),
    "member.orders_12m": _member(
        "orders_12m", Kind.INTEGER, "Orders paid in this month and the eleven before."
    ),
    "member.spend_12m": _member(
        "spend_12m", Kind.INTEGER, "What is left of their goods, minor units."
    ),
    "member.birth_month": Field(Kind.INTEGER, _birth_month, "Month of the birthday, 1 to 12."),
    "member.in_birth_month": _member(
        "in_birth_month", Kind.FLAG, "Whether it is that month, in the program's zone."
    ),
    "member.segments": _member("segments", Kind.LIST, "Segments that hold."),
    "member.tags": _member("tags", Kind.LIST, "Tags of the customer."),
    **{
        f"{BOUGHT_FIELDS}{name}": _bought(name, f"{what} bought and not returned.")
        for name, (_, what) in BOUGHT.items()
    },
    **{
        f"{BOUGHT_FIELDS}{name}{YEAR}": _bought(
            f"{name}{YEAR}", f"{what} bought in this month and the eleven before."
        )
        for name, (_, what) in BOUGHT.items()
    },
}
"""Every field by its dotted name, but the families ``member.tier.`` and ``member.points.``."""


NONE_DECLARED: Mapping[str, Kind] = {}
"""No field beyond the table."""


def declared_fields(attributes: Attributes, facts: Mapping[str, str]) -> Mapping[str, Kind]:
    """Kinds of the fields that a document declares, by dotted name."""
    spaces = {
        "order": attributes.order,
        "line": attributes.line,
        "action": attributes.action,
        "facts": facts,
    }
    return {
        f"{space}.{name}": DECLARABLE[kind]
        for space, names in spaces.items()
        for name, kind in names.items()
    }


def field_named(name: str, declared: Mapping[str, Kind] = NONE_DECLARED) -> Field | None:
    """The field called ``name``: of the table, of any tier group, or declared; None if unlisted."""
    if name.startswith(TIER_FIELDS) and len(name) > len(TIER_FIELDS):
        return _tier_field(name.removeprefix(TIER_FIELDS))
    if name.startswith(POINTS_FIELDS) and len(name) > len(POINTS_FIELDS):
        return _points_field(name.removeprefix(POINTS_FIELDS))
    if name.startswith(ENTERED_FIELDS) and len(name) > len(ENTERED_FIELDS):
        return _entered_field(name.removeprefix(ENTERED_FIELDS))
    kind = declared.get(name)
    return FIELDS.get(name) or (_declared_field(name, kind) if kind else None)


def _declared_field(name: str, kind: Kind) -> Field:
    space, _, key = name.partition(".")
    own = _OWN_DATA[space]
    return Field(
        kind, lambda subject: told_as(kind, own(subject).get(key)), "Declared by the shop."
    )


def told_as(kind: Kind, value: object) -> object:
    """A declared value as its kind, also where a shop that knows only texts sent it as one."""
    if isinstance(value, str) and kind is Kind.INTEGER and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, str) and kind is Kind.FLAG:
        return {"true": True, "false": False}.get(value)
    return _of_kind(kind, value)


def _order_data(subject: Subject) -> Mapping[str, object]:
    data = subject.order.get("attributes")
    return data if isinstance(data, dict) else {}


def _action_data(subject: Subject) -> Mapping[str, object]:
    data = subject.action.get("properties")
    return data if isinstance(data, dict) else {}


_OWN_DATA: Mapping[str, Callable[[Subject], Mapping[str, object]]] = {
    "order": _order_data,
    "line": lambda subject: subject.line.attributes if subject.line else {},
    "action": _action_data,
    "facts": lambda subject: subject.member.facts,
}
"""Where the shop's own data of each namespace lies."""


def _points_field(unit: str) -> Field:
    return Field(
        Kind.INTEGER,
        lambda subject: subject.member.points.get(unit, 0),
        "Points available before the event.",
    )


def _entered_field(group: str) -> Field:
    def read(subject: Subject) -> object:
        inside, _, tier = str(subject.action.get("subject", "")).partition("/")
        return tier if tier and inside == group else None

    return Field(Kind.TEXT, read, "Tier of the group that was entered.")


def _tier_field(group: str) -> Field:
    return Field(
        Kind.TEXT,
        lambda subject: subject.member.tiers.get(group) or None,
        "Tier held in the group before the event.",
    )
