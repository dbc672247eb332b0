"""Mistakes in program documents, one for each code: the page ``docs/mistakes.md`` shows them.

With LAUREL_TEST_WRITE=1 it is written.
"""

import os
from pathlib import Path

from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.validation import check
from tests.domain.program.broken import BROKEN

PAGE = Path(__file__).parents[3] / "docs" / "mistakes.md"
HEAD = """# Mistakes

Mistakes that the check of a program finds, one example for each code: where it is, and what is
said. The page is made by `tests/domain/program/test_mistakes.py`; more examples are beside it.

| code | the mistake | where | what is said |
|---|---|---|---|
"""


def mistakes() -> dict[str, tuple[str, Problem]]:
    """By code, the first example and its error."""
    found: dict[str, tuple[str, Problem]] = {}
    for name, broken, path, code in BROKEN:
        if code not in found:
            errors = check(broken).errors
            found[code] = (
                name,
                next(each for each in errors if (each.path, each.code) == (path, code)),
            )
    return found


def page() -> str:
    """The whole page."""
    rows = (
        f"| `{code}` | {name} | `{error.path}` | {error.detail.replace('|', '/')} |\n"
        for code, (name, error) in sorted(mistakes().items())
    )
    return HEAD + "".join(rows)


def test_there_are_far_more_than_thirty_and_each_has_a_sentence_of_its_own() -> None:
    found = mistakes()
    assert len(found) >= 30
    assert len({error.detail for _, error in found.values()}) >= 30


def test_the_page_says_what_the_check_says() -> None:
    """With LAUREL_TEST_WRITE=1 it is written first."""
    if os.environ.get("LAUREL_TEST_WRITE"):
        PAGE.write_text(page(), encoding="utf-8")
    told = PAGE.read_text(encoding="utf-8")
    assert told.startswith(HEAD)
    assert set(told.splitlines()) <= set(page().splitlines())
    assert len(told.splitlines()) - len(HEAD.splitlines()) >= 30
