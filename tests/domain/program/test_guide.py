"""The guide of docs/programs.md names everything that a document may say or be told."""

import re
from pathlib import Path

import pytest

from chalicelib.domain.program.fields import FIELDS, OPERATORS
from chalicelib.domain.program.schema import program_schema
from tests.domain.program.broken import BROKEN

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "chalicelib" / "domain" / "program").glob("*.py"))
)
REPORTED = set(re.findall(r'(?:error|warn)\(\s*[^"]*?"([a-z_]+)",\s*f?"', SOURCES))
FLAWS = set(re.findall(r'Flaw\(\s*"([a-z_]+)"', SOURCES))


@pytest.mark.parametrize("code", sorted(REPORTED | FLAWS))
def test_every_code_is_in_the_guide(code: str) -> None:
    assert re.search(rf"\b{code}\b", GUIDE)


def test_every_error_of_the_guide_is_produced() -> None:
    listed = set(re.findall(r"[a-z_]+", GUIDE.split("## Errors")[1]))
    produced = {case[3] for case in BROKEN}
    by_identity = {"currency_changed", "unit_dropped", "unit_kind_changed", "tier_group_dropped",
                   "window_changed"}  # fmt: skip
    by_identity |= {"challenge_changed"}
    assert listed == produced | by_identity


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_is_in_the_guide(field: str) -> None:
    assert f"`{field}`" in GUIDE


def test_every_operator_is_in_the_guide() -> None:
    for operators in OPERATORS.values():
        assert all(re.search(rf"\b{operator}\b", GUIDE) for operator in operators)


def test_every_key_is_in_the_guide() -> None:
    definitions = program_schema()["$defs"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        for key in definition["properties"]:
            assert re.search(rf"\b{key}\b", GUIDE), f"{name}.{key}"
