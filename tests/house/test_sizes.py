"""A file and a function can be held in the head."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import (
    ROOT,
    assert_none,
    name_of,
    place,
    project_files,
    python_files,
    source_of,
    syntax_of,
)

FILE_LINES_MAX = 300
TEST_FILE_LINES_MAX = 400  # a table of cases is read row by row
FUNCTION_LINES_MAX = 50
WIDGET_SUFFIXES = frozenset({".js", ".mjs", ".ts", ".css"})

CODE = ("chalicelib", "dev", "bench")
FOLDERS = (*CODE, "tests")


def _widget_sources() -> tuple[Path, ...]:
    source = ROOT / "widget" / "src"
    return tuple(
        path
        for path in project_files()
        if path.is_relative_to(source) and path.suffix in WIDGET_SUFFIXES
    )


def _too_long(files: tuple[Path, ...], lines_max: int) -> list[str]:
    lengths = ((path, len(source_of(path).splitlines())) for path in files)
    return [f"{name_of(path)}: {count} lines" for path, count in lengths if count > lines_max]


def test_no_source_file_is_longer_than_300_lines() -> None:
    assert_none(_too_long((*python_files(*CODE), *_widget_sources()), FILE_LINES_MAX))


def test_no_test_file_is_longer_than_400_lines() -> None:
    assert_none(_too_long(python_files("tests"), TEST_FILE_LINES_MAX))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions are among statements alone, and most of a tree is not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
            yield from _functions(node)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_is_longer_than_50_lines(folder: str) -> None:
    too_long = [
        f"{place(path, function)} {function.name}: {lines} lines"
        for path in python_files(folder)
        for function in _functions(syntax_of(path))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert_none(too_long)


def test_app_is_at_most_40_lines() -> None:
    assert len(source_of(ROOT / "app.py").splitlines()) <= 40
