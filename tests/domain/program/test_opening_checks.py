"""Wrong openings and ends, each with its path and its code."""

from typing import Any

import pytest

from chalicelib.domain.program.validation import check
from tests.domain.program.builders import document


@pytest.mark.parametrize(
    ("keys", "path", "code"),
    [
        ({"join": {"rollout": "1.1"}}, "$.join.rollout", "value_out_of_range"),
        ({"join": {"rollout": "half"}}, "$.join.rollout", "decimal_malformed"),
        ({"ends": {"redeem": "2026-12-31"}}, "$.ends.redeem", "dates_reversed"),
        (
            {"ends": {"earn": "2026-12-31", "redeem": "2026-12-30"}},
            "$.ends.redeem",
            "dates_reversed",
        ),
        ({"ends": {"earn": "soon"}}, "$.ends.earn", "date_malformed"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(keys: dict[str, Any], path: str, code: str) -> None:
    errors = check(document(**keys)).errors
    assert [(error.path, error.code) for error in errors] == [(path, code)]


@pytest.mark.parametrize(
    "keys",
    [
        {"join": {"rollout": "0"}},
        {"join": {"rollout": "1"}},
        {"ends": {"earn": "2026-12-31"}},
        {"ends": {"earn": "2026-12-31", "redeem": "2026-12-31"}},
    ],
)
def test_what_is_right_passes(keys: dict[str, Any]) -> None:
    assert not check(document(**keys)).errors
