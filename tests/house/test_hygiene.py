"""What is committed runs anywhere: no path of one machine, no address of one mirror, no litter."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, assert_none, name_of, project_files

BINARY_SUFFIXES = frozenset({".gif", ".ico", ".jpg", ".png", ".webp", ".woff2", ".zip"})
TEXT_BYTES_MAX = 1_000_000

MACHINE_PATH = re.compile(
    r"(?<![\w./-])/(?:work|root|tmp/laurel|home/\w+|Users/\w+|opt/wheels)\b(?!-)"
)
REGISTRY = re.compile(
    r"registry\.(?:npmjs|yarnpkg)\.\w+|files\.pythonhosted|pypi\.org/simple|--(?:extra-)?index-url"
    r"|--trusted-host|--find-links|\"resolved\": *\"http"
)
CONFLICT = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
TODO = re.compile(r"\b(?:TODO|FIXME|XXX)\b")


def _texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        if path.suffix not in BINARY_SUFFIXES and path != Path(__file__):
            yield path, path.read_text(encoding="utf-8")


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}"
        for path, text in _texts()
        for hit in pattern.finditer(text)
    ]


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert_none(_found(MACHINE_PATH))


def test_no_file_names_a_package_registry() -> None:
    assert_none(_found(REGISTRY))


def test_no_file_holds_a_bare_todo_or_a_merge_conflict() -> None:
    assert_none(_found(TODO) + _found(CONFLICT))


def test_every_text_file_ends_with_one_newline() -> None:
    wrong = [
        name_of(path)
        for path, text in _texts()
        if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ]
    assert_none(wrong)


def test_no_file_is_huge() -> None:
    huge = [name_of(path) for path in project_files() if path.stat().st_size > TEXT_BYTES_MAX]
    assert_none(huge)


def test_every_requirement_is_pinned_exactly() -> None:
    pinned = re.compile(r"^[\w.-]+(?:\[[\w,-]+\])?==[\w.]+$|^-r requirements(?:-dev)?\.txt$")
    files = sorted(ROOT.glob("requirements*.txt"))
    assert len(files) == 4
    loose = [
        f"{path.name}: {line}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if (words := line.partition("#")[0].strip()) and not pinned.match(words)
    ]
    assert_none(loose)
