"""Replay gives the same answer: one reader of the clock, one maker of secrets, one of settings.

ruff bans the calls it can name (TID251); this finds the imports and the rest.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import (
    assert_none,
    dotted,
    imports_of,
    name_of,
    place,
    python_files,
    syntax_of,
)

CLOCK = "chalicelib/clock.py"
MINTING = "chalicelib/security/minting.py"
SETTINGS = "chalicelib/settings.py"

ALLOWED_IN = {
    "time": CLOCK,
    "sched": CLOCK,
    "secrets": MINTING,
    "os.urandom": MINTING,
    "random": "",
    "uuid": "",
    "os.environ": SETTINGS,
    "os.getenv": SETTINGS,
    "os.putenv": "",
    "datetime.datetime.now": "",
    "datetime.datetime.utcnow": "",
    "datetime.datetime.today": "",
    "datetime.date.today": "",
}
"""Name, and the one file that may use it; empty: none may."""

CLOCK_METHODS = frozenset({"now", "utcnow", "today"})


def _is_in(name: str, banned: str) -> bool:
    return name == banned or name.startswith(banned + ".")


def _uses(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Names that the file imports or reaches, as far as they can be read off the syntax."""
    yield from imports_of(path)
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Attribute):
            yield dotted(node), node
            owner = dotted(node.value).rpartition(".")[2]
            if node.attr in CLOCK_METHODS and owner in {"datetime", "date"}:
                yield f"datetime.{owner}.{node.attr}", node


def _strays(path: Path) -> Iterator[str]:
    here = name_of(path)
    for name, node in _uses(path):
        for banned, home in ALLOWED_IN.items():
            if _is_in(name, banned) and here != home:
                where = f"only {home} may" if home else "nothing may"
                yield f"{place(path, node)}: {name} ({where})"


def test_clock_chance_and_environment_are_read_in_one_place_each() -> None:
    strays = {stray for path in python_files("chalicelib") for stray in _strays(path)}
    assert_none(strays)
