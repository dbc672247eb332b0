"""Every route, refusal, setting and limit stands in its page, and the page holds no others.

A page is read by its code spans: the first cell of a table row in backticks is the name of the
row (`| \\`insufficient_points\\` | ...`), and a route is a span of method and path anywhere
(`\\`POST /v1/webhooks/{connection_id}\\``). A failure prints what to add and what to take out.
"""

import ast
import re
from pathlib import Path

import pytest

from chalicelib import settings
from chalicelib.domain import limits, points
from chalicelib.domain.outcome import RefusalCode
from tests.house.tree import ROOT, source_of, syntax_of

ROW = re.compile(r"^\| *`(?P<name>[^`]+)` *\| *(?P<value>[^|]*?) *\|", re.MULTILINE)
ROUTE = re.compile(r"`(?P<route>(?:GET|POST|PUT|PATCH|DELETE) /[^`\s]*)`")


def _page(name: str) -> str:
    return source_of(ROOT / "docs" / name)


def _rows(page: str) -> dict[str, str]:
    return {row["name"]: row["value"] for row in ROW.finditer(_page(page))}


def _assert_same(page: str, written: set[str], real: set[str]) -> None:
    missing, unreal = sorted(real - written), sorted(written - real)
    if missing or unreal:
        pytest.fail(f"docs/{page} lacks {missing} and names {unreal}, not in code", pytrace=False)


def _limits() -> dict[str, int]:
    """Every constant that limits.py assigns, and the one limit that lives with the arithmetic."""
    tree = syntax_of(Path(str(limits.__file__)))
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    names = [target.id for target in assigned if isinstance(target, ast.Name)]
    return {"POINTS_MAX": points.POINTS_MAX, **{name: getattr(limits, name) for name in names}}


def test_every_refusal_code_has_its_row() -> None:
    _assert_same("refusals.md", set(_rows("refusals.md")), {code.value for code in RefusalCode})


def test_every_setting_has_its_row() -> None:
    _assert_same("settings.md", set(_rows("settings.md")), set(settings.VARIABLES))


def test_every_limit_has_its_row() -> None:
    _assert_same("limits.md", set(_rows("limits.md")), set(_limits()))


def test_every_limit_is_written_with_its_value() -> None:
    written = _rows("limits.md")
    wrong = [
        f"| `{name}` | {value:,} |"
        for name, value in _limits().items()
        if written.get(name) != f"{value:,}"
    ]
    if wrong:
        pytest.fail("docs/limits.md should say\n" + "\n".join(wrong), pytrace=False)


def test_every_route_is_in_the_contract_and_no_other() -> None:
    from app import app

    real = {f"{method} {path}" for path, methods in app.routes.items() for method in methods}
    _assert_same("api.md", {found["route"] for found in ROUTE.finditer(_page("api.md"))}, real)
