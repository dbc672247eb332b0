"""The published JSON Schema is what the types say, and agrees with the check."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from chalicelib.domain.program.defaults import document_of, read_program
from chalicelib.domain.program.schema import program_schema
from chalicelib.domain.program.validation import check
from tests.domain.program.broken import BROKEN
from tests.domain.program.builders import document
from tests.domain.program.test_broken_documents import RICH

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "program.schema.json"
MEANING = "what hangs together across keys is not the schema's to tell"


def validator() -> Any:
    return jsonschema_rs.Draft202012Validator(program_schema())


def test_the_published_schema_is_up_to_date() -> None:
    """With LAUREL_TEST_WRITE=1 it is written first."""
    text = json.dumps(program_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("LAUREL_TEST_WRITE"):
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "name",
    [
        "tea.json",
        "best-buy.json",
        "bulu-box.json",
        "walgreens.json",
        "cashback.json",
        "panera.json",
        "coalition.json",
        "birchbox.json",
        "contests.json",
        "mahabis.json",
        "atlas.json",
        "paid-membership.json",
    ],
)
def test_the_examples_fit_the_schema_and_the_check(name: str) -> None:
    example = json.loads((ROOT / "examples" / "programs" / name).read_text(encoding="utf-8"))
    assert validator().is_valid(example)
    checked = check(example)
    assert (checked.errors, checked.warnings) == ((), ())


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples" / "programs").glob("*.json")), ids=lambda path: path.stem
)
def test_a_stored_example_can_be_published_anew(example: Path) -> None:
    """As a rollback does: with every default written out."""
    stored = document_of(read_program(json.loads(example.read_text(encoding="utf-8"))))
    live = check(stored)
    assert live.errors == ()
    assert check(stored, live.program).errors == ()


@pytest.mark.parametrize("good", [document(), RICH, {"id": "a", "name": "A", "currency": "USD"}])
def test_good_documents_fit_the_schema(good: dict[str, Any]) -> None:
    assert validator().is_valid(good)


SHAPELY = ("key_unknown", "key_missing", "type_wrong", "choice_unknown", "too_few", "too_many",
           "id_malformed", "decimal_malformed", "locale_malformed",
           "operator_wrong", "value_out_of_range")  # fmt: skip
BEYOND = ("no threshold", "unit to count", "value", "percent", "share", "nothing", "line feed",
          "sku",
          "without window", "group", "date", "step", "unit by points",
          "rate of", "per nothing", "held for", "surrogate", "gives less",
          "of more than all")  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(case[1], id=case[0])
        for case in BROKEN
        if case[3] in SHAPELY and not any(words in case[0] for words in BEYOND)
    ],
)
def test_an_editor_sees_a_wrong_shape(broken: Any) -> None:
    assert not validator().is_valid(broken)


def test_every_key_that_needs_words_has_them() -> None:
    definitions = program_schema()["$defs"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        assert definition["description"], name
        assert definition["additionalProperties"] is False, name


def test_no_default_is_promised_that_depends_on_other_keys() -> None:
    program = program_schema()["$defs"]["Program"]["properties"]  # type: ignore[index]  # JSON
    assert "default" not in program["units"]
    assert "Default" in program["earn"]["description"]
