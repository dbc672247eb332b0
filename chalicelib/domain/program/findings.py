"""What a check of a document found, and how checks walk JSON that may be anything.

Checks read plain JSON after the defaults are filled in. A value of the wrong type was reported by
``shape`` already, so the readers here answer nothing for it and the checks go on to the rest:
one broken key never hides another.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from chalicelib.domain.outcome import Problem

_SIMPLE_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


class Node(msgspec.Struct, frozen=True):
    """A JSON object and where it stands."""

    path: str
    value: Mapping[str, object]

    def at(self, key: str) -> str:
        """The JSON path of ``key`` in this object."""
        return below(self.path, key)

    def text(self, key: str) -> str:
        """The text under ``key``; "" if there is none."""
        value = self.value.get(key)
        return value if isinstance(value, str) else ""

    def whole(self, key: str) -> int | None:
        """The integer under ``key``."""
        value = self.value.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def has(self, key: str) -> bool:
        """Whether ``key`` is there, and not null."""
        return self.value.get(key) is not None

    def child(self, key: str) -> "Node":
        """The object under ``key``; an empty one if there is none."""
        value = self.value.get(key)
        return Node(self.at(key), value if isinstance(value, dict) else {})

    def items(self, key: str) -> "Iterator[Node]":
        """The objects of the list under ``key``."""
        value = self.value.get(key)
        if isinstance(value, list | tuple):
            for place, item in enumerate(value):
                if isinstance(item, dict):
                    yield Node(f"{self.at(key)}[{place}]", item)

    def members(self, key: str) -> "Iterator[tuple[str, Node]]":
        """The members of the object under ``key`` by name, as objects."""
        parent = self.child(key)
        for name in parent.value:
            yield name, parent.child(name)


@dataclass(slots=True)
class Findings:
    """Collects errors and warnings in the order found."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, path: str, code: str, detail: str) -> None:
        """Add something that must be put right before publishing."""
        self.errors.append(Problem(path, code, detail))

    def warn(self, path: str, code: str, detail: str) -> None:
        """Add something that the merchant should know before publishing."""
        self.warnings.append(Problem(path, code, detail))


def effects_in(rule: Node, key: str = "give") -> Iterator[Node]:
    """Every effect that ``rule`` may have under ``key``, those that chance decides on, too."""
    for effect in rule.items(key):
        if effect.value.get("chance"):
            for branch in effect.items("chance"):
                yield from branch.items("give")
        else:
            yield effect


def below(path: str, key: str) -> str:
    """The JSON path of ``key`` under ``path``; odd keys in brackets and quotes."""
    if _SIMPLE_KEY.fullmatch(key):
        return f"{path}.{key}"
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{quoted}"]'
