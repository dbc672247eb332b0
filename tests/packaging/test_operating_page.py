from typing import Any

import pytest

from dev.packaging.alarms import WATCHES
from tests.house.tree import ROOT, assert_none


@pytest.fixture(scope="session")
def page() -> str:
    return (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_the_page_names_every_parameter(page: str, template: dict[str, Any]) -> None:
    assert_none(name for name in template["Parameters"] if f"`{name}`" not in page)


def test_the_page_says_what_to_do_at_every_alarm(page: str) -> None:
    assert_none(name for name in WATCHES if f"| `{name}` |" not in page)


def test_the_page_reads_outputs_that_the_template_has(page: str, template: dict[str, Any]) -> None:
    asked = {part.partition("'")[0] for part in page.split("OutputKey=='")[1:]}
    assert asked == {"EndpointURL", "TableName"}
    assert asked <= set(template["Outputs"])
