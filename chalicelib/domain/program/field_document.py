"""The program document, the part of fields: what a shop's own data may be asked about."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from chalicelib.domain.limits import FIELDS_DECLARED_MAX
from chalicelib.domain.program.scalars import Flaw

FieldName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,47}$",
        extra={
            "flaw": Flaw(
                "field_malformed",
                "Use 1 to 48 lower-case letters, digits and underscores, beginning with a letter.",
            )
        },
    ),
]

FieldType: TypeAlias = Literal["text", "integer", "flag", "list"]
"""text; a whole number; true or false; a list of texts."""

Declarations: TypeAlias = Annotated[
    dict[FieldName, FieldType], Meta(max_length=FIELDS_DECLARED_MAX)
]


class Attributes(Struct, frozen=True, forbid_unknown_fields=True):
    """What the shop sends beyond the canonical events, by name and type."""

    order: Annotated[Declarations, Meta(description="Attributes of orders: order.<name>.")] = {}
    line: Annotated[Declarations, Meta(description="Attributes of lines: line.<name>.")] = {}
    action: Annotated[Declarations, Meta(description="Properties of actions: action.<name>.")] = {}
