"""Money and points are integers: nothing in chalicelib can make a float.

What would make one is looked for in the syntax: literals, the name, true division, and the
library calls that answer one. ``path / "name"`` divides nothing and is allowed.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import assert_none, name_of, place, python_files, syntax_of

SECONDS_FOR_SLEEP = frozenset({"chalicelib/clock.py"})  # time.sleep takes seconds, nothing else
FLOAT_METHODS = frozenset({"timestamp", "total_seconds"})
MATH_OF_INTEGERS = frozenset({"comb", "gcd", "isqrt", "lcm", "prod"})
INEXACT_MODULES = frozenset({"cmath", "statistics"})


def _is_path(division: ast.BinOp) -> bool:
    """Whether the right side is text: numbers are not divided by text."""
    right = division.right
    is_text = isinstance(right, ast.Constant) and isinstance(right.value, str)
    return is_text or isinstance(right, ast.JoinedStr)


def _float_of(node: ast.AST) -> str:
    """What in ``node`` makes a float; empty if nothing does."""
    match node:
        case ast.Constant(value=float() | complex()):
            return f"the literal {ast.unparse(node)}"
        case ast.Name(id="float" | "complex" | "round"):
            return f"`{node.id}`"
        case ast.BinOp(op=ast.Div()) if not _is_path(node):
            return "`/`: use points.floor_ratio, ceil_ratio or half_even_ratio"
        case ast.AugAssign(op=ast.Div()):
            return "`/=`"
        case ast.Attribute(attr=attr) if attr in FLOAT_METHODS:
            return f"`.{attr}` answers a float"
        case ast.ImportFrom(module="math"):
            names = {alias.name for alias in node.names} - MATH_OF_INTEGERS
            return f"math's {', '.join(sorted(names))}" if names else ""
        case ast.Import():
            names = {alias.name for alias in node.names} & (INEXACT_MODULES | {"math"})
            return f"`import {', '.join(sorted(names))}`" if names else ""
        case _:
            return ""


def _floats(path: Path) -> Iterator[str]:
    for node in ast.walk(syntax_of(path)):
        if reason := _float_of(node):
            yield f"{place(path, node)}: {reason}"


def test_nothing_in_chalicelib_makes_a_float() -> None:
    found = [
        each
        for path in python_files("chalicelib")
        if name_of(path) not in SECONDS_FOR_SLEEP
        for each in _floats(path)
    ]
    assert_none(found)


def test_the_search_finds_every_way_to_make_a_float() -> None:
    ways = ["1.5", "1j", "float(x)", "round(x)", "a / b", "a /= b", "moment.timestamp()"]
    ways += ["span.total_seconds()", "import math", "from math import sqrt", "import statistics"]
    assert_none(way for way in ways if not any(map(_float_of, ast.walk(ast.parse(way)))))


def test_the_search_lets_integers_and_paths_be() -> None:
    fine = ["a // b", 'folder / "name"', 'folder / f"{name}.json"', "from math import gcd", "'1.5'"]
    assert_none(way for way in fine if any(map(_float_of, ast.walk(ast.parse(way)))))
