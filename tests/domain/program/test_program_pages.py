"""Each page of docs/programs shows the document that its story tells of, and its tiers.

With LAUREL_TEST_WRITE=1 both are written.
"""

import os

import pytest

from tests.domain.program.program_pages import NAMES, PAGES, page_with_its_parts, pictures


def test_every_program_of_the_mission_has_a_page() -> None:
    assert len(NAMES) >= 19


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_its_document_and_its_tiers(name: str) -> None:
    path = PAGES / f"{name}.md"
    drawn = {PAGES / "pictures" / file: text for file, text in pictures(name).items()}
    told = page_with_its_parts(name, path.read_text(encoding="utf-8"))
    if os.environ.get("LAUREL_TEST_WRITE"):
        path.write_text(told, encoding="utf-8")
        for file, text in drawn.items():
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == told
    assert {file: file.read_text(encoding="utf-8") for file in drawn} == drawn


def test_no_picture_is_left_over() -> None:
    drawn = {file for name in NAMES for file in pictures(name)}
    assert {file.name for file in (PAGES / "pictures").iterdir()} == drawn
