"""Checks of declared fields: none may hide one of the table."""

from collections.abc import Mapping

from chalicelib.domain.program.checking import Checking
from chalicelib.domain.program.fields import DECLARABLE, FIELDS, Kind
from chalicelib.domain.program.findings import Node

_SPACES = ("order", "line", "action")


def declared_in(document: Node) -> Mapping[str, Kind]:
    """Kinds of the fields that a document declares, as far as they can be read."""
    attributes = document.child("attributes")
    spaces = [(space, attributes.child(space)) for space in _SPACES]
    return {
        f"{space}.{name}": DECLARABLE[kind]
        for space, names in (*spaces, ("facts", document.child("facts")))
        for name, kind in names.value.items()
        if isinstance(kind, str) and kind in DECLARABLE
    }


def check_fields(checking: Checking) -> None:
    """Report declarations of what there is already."""
    attributes = checking.document.child("attributes")
    for space in _SPACES:
        names = attributes.child(space)
        for name in names.value:
            if f"{space}.{name}" in FIELDS:
                checking.findings.error(
                    names.at(name), "field_taken", "There is a field of this name: choose another."
                )
