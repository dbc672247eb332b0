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
        ({"join": {"guests": {"keep": "soon"}}}, "$.join.guests.keep", "period_malformed"),
        ({"launch": {"orders": "award", "balances": "import"}}, "$.launch.orders", "launch_twice"),
        ({"launch": {"orders": "all"}}, "$.launch.orders", "choice_unknown"),
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
        {"launch": {"orders": "qualify_only", "balances": "import"}},
        {"ends": {"earn": "2026-12-31"}},
        {"ends": {"earn": "2026-12-31", "redeem": "2026-12-31"}},
    ],
)
def test_what_is_right_passes(keys: dict[str, Any]) -> None:
    assert not check(document(**keys)).errors


@pytest.mark.parametrize(
    ("was", "is_now", "codes"),
    [
        ({"orders": "award"}, {"balances": "import"}, ["launch_twice"]),
        ({"balances": "import"}, {"orders": "award"}, ["launch_twice"]),
        ({"orders": "award"}, {"orders": "award", "balances": "import"}, ["launch_twice"]),
        ({"balances": "import"}, {"orders": "qualify_only"}, []),
        ({"orders": "award"}, {}, []),
    ],
)
def test_what_a_launch_gave_is_not_given_by_the_next_version(
    was: dict[str, Any], is_now: dict[str, Any], codes: list[str]
) -> None:
    live = check(document(launch=was)).program
    errors = check(document(launch=is_now), live).errors
    assert [error.code for error in errors] == codes
