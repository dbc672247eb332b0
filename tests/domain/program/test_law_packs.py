"""Law packs: what fails the check with its clause, and what is owed to members by when."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.law_packs import LAW_PACKS, duties, late_notices
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import POINTS, document

SINCE = 1_800_000_000_000


def by_law(law: list[str], **unit: Any) -> list[tuple[str, str, str]]:
    errors = check(document(law=law, units={"points": {**POINTS, **unit}})).errors
    return [(error.path, error.code, error.detail) for error in errors]


@pytest.mark.parametrize("law", ["ca-on", "ca-qc"])
@pytest.mark.parametrize("expiry", [{"after": "P1Y"}, {"on": "12-31"}])
def test_points_may_not_expire_by_time_alone_in_canada(law: str, expiry: dict[str, str]) -> None:
    ((path, code, detail),) = by_law([law], expiry=expiry)
    assert (path, code) == ("$.units.points.expiry", "law_forbids_expiry")
    assert LAW_PACKS[law].no_expiry_by_time in detail
    assert by_law(["eu"], expiry=expiry) == []


@pytest.mark.parametrize(
    ("idle", "is_long_enough"),
    [("P12M", True), ("P1Y", True), ("P366D", True), ("P11M", False), ("P364D", False)],
)
def test_inactivity_lasts_a_year_in_quebec(idle: str, is_long_enough: bool) -> None:
    told = by_law(["ca-qc"], expiry={"idle": idle})
    assert (told == []) is is_long_enough
    assert all("79.6.3 (b)" in detail for _, _, detail in told)
    assert by_law(["ca-on"], expiry={"idle": idle}) == []


def test_what_is_only_counted_may_expire_and_never_is_always_right() -> None:
    assert by_law(["ca-on", "ca-qc", "eu"], expiry="never") == []
    karma = {"name": {"other": "karma"}, "kind": "status", "expiry": {"after": "P1Y"}}
    units = {"points": POINTS, "karma": karma}
    assert check(document(law=["ca-on", "ca-qc"], units=units)).errors == ()


@pytest.mark.parametrize("law", [["us"], "eu", [5], [None], ["eu", "eu", "eu", "eu"]])
def test_a_law_that_is_none_is_an_error_of_its_shape(law: Any) -> None:
    errors = check(document(law=law, units={"points": {**POINTS, "expiry": {"idle": "P"}}})).errors
    assert any(error.path.startswith("$.law") for error in errors)


def test_a_malformed_inactivity_is_told_once() -> None:
    told = by_law(["ca-qc"], expiry={"idle": "soon"})
    assert [code for _, code, _ in told] == ["period_malformed"]


def test_notices_are_owed_before_the_start_and_to_whom_it_lapses() -> None:
    owed = duties(("ca-on", "ca-qc", "eu"), 4, SINCE, (True, True))
    assert [duty.id for duty in owed] == ["change-4-ca-qc", "idle-4-ca-qc", "change-4-eu"]
    quebec, idle, europe = owed
    assert (quebec.not_before, quebec.due_at) == (SINCE - 90 * DAY_MS, SINCE - 60 * DAY_MS)
    assert (europe.not_before, europe.due_at) == (0, SINCE - 30 * DAY_MS)
    assert (idle.due_at, idle.not_before) == (0, 0)
    assert [duty.id for duty in late_notices(owed, SINCE - 59 * DAY_MS)] == ["change-4-ca-qc"]
    assert late_notices(owed, SINCE - 60 * DAY_MS) == ()
    assert duties(("ca-on", "ca-qc", "eu"), 4, SINCE, (False, False)) == ()


def test_every_pack_names_its_clauses() -> None:
    for pack in LAW_PACKS.values():
        notices = [pack.idle_notice, pack.change_notice]
        assert pack.no_expiry_by_time or any(notices)
        assert bool(pack.idle_months_min) is bool(pack.idle_clause)
        assert all(len(notice.clause) > 20 for notice in notices if notice)
