"""Conditions: what each operator says, above all of what is missing."""

from typing import Any

import pytest

from chalicelib.domain.instants import parse_instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.conditions import compile_condition
from chalicelib.domain.program.fields import FIELDS, Subject, field_named
from tests.domain.program.builders import line

MEMBER = MemberFacts(
    tiers={"club": "gold"},
    joined_at=parse_instant("2026-06-15T22:30:00Z"),
    order_count=3,
    country="HU",
    tags=("vip", "staff"),
)
ORDER = {"channel": "web", "net_total": 5_000, "line_count": 2, "codes": ["X"], "tags": ("gift",)}
SUBJECT = Subject(ORDER, MEMBER, line(4_000, sku="A", tags=("coffee",), tax=0))


def holds(condition: dict[str, Any], zone: str = "UTC") -> bool:
    return compile_condition(condition, zone)(SUBJECT)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"order.channel": "web"}, True),
        ({"order.channel": {"eq": "pos"}}, False),
        ({"order.channel": {"ne": "pos"}}, True),
        ({"order.channel": {"in": ["web", "app"]}}, True),
        ({"order.channel": {"nin": ["web", "app"]}}, False),
        ({"order.net_total": {"gt": 4_999, "lt": 5_001}}, True),
        ({"order.net_total": {"gt": 5_000}}, False),
        ({"order.net_total": {"gte": 5_000, "lte": 5_000}}, True),
        ({"order.net_total": {"lt": 5_000}}, False),
        ({"order.line_count": 2}, True),
        ({"order.codes": {"has": "X"}}, True),
        ({"order.tags": {"any_of": ["a", "gift"]}}, True),
        ({"order.tags": {"any_of": ["a", "b"]}}, False),
        ({"line.sku": "A", "line.net": {"gte": 4_000}}, True),
        ({"line.sku": "A", "line.net": {"gt": 4_000}}, False),
        ({"line.tags": {"has": "tea"}}, False),
        ({"line.tax": 0, "line.quantity_milli": 1_000, "line.gross": 4_000}, True),
        ({"member.tier.club": "gold"}, True),
        ({"member.tier.club": {"in": ["leaf"]}}, False),
        ({"member.order_count": {"gte": 3}, "member.country": "HU"}, True),
        ({"member.tags": {"any_of": ["vip"]}}, True),
        ({"not": {"order.channel": "pos"}}, True),
        ({"any": [{"order.channel": "pos"}, {"order.channel": "web"}]}, True),
        ({"any": [{"order.channel": "pos"}, {"order.channel": "app"}]}, False),
        ({"all": [{"order.channel": "web"}, {"member.country": "AT"}]}, False),
        ({"all": [{"order.channel": "web"}, {"member.country": "HU"}], "line.sku": "A"}, True),
    ],
)
def test_a_condition_says_what_it_reads_like(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition) is expected


@pytest.mark.parametrize("field", ["order.number", "line.product_id", "member.locale",
                                   "member.tier.vip"])  # fmt: skip
@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ({"eq": "a"}, False),
        ({"ne": "a"}, True),
        ({"in": ["a"]}, False),
        ({"nin": ["a"]}, True),
        ({"exists": True}, False),
        ({"exists": False}, True),
    ],
)
def test_a_missing_text_is_only_not_equal(
    field: str, comparison: dict[str, Any], expected: bool
) -> None:
    assert holds({field: comparison}) is expected


@pytest.mark.parametrize("operator", ["eq", "gt", "gte", "lt", "lte"])
def test_a_missing_number_is_never_above_or_below(operator: str) -> None:
    empty = Subject({}, MemberFacts(), None)
    for field in ("order.net_total", "line.net", "member.joined_at"):
        assert compile_condition({field: {operator: 0}}, "UTC")(empty) is False
    assert compile_condition({"line.tags": {"has": "a"}}, "UTC")(empty) is False


def test_an_empty_list_exists_and_has_nothing() -> None:
    subject = Subject({"tags": ()}, MemberFacts())
    assert compile_condition({"order.tags": {"exists": True}}, "UTC")(subject) is True
    assert compile_condition({"order.tags": {"has": "a"}}, "UTC")(subject) is False


@pytest.mark.parametrize("value", [True, "5000", 5.5, None, [5_000], {"a": 1}])
def test_a_value_of_another_type_is_missing(value: Any) -> None:
    subject = Subject({"net_total": value, "tags": value, "channel": value}, MemberFacts())
    assert compile_condition({"order.net_total": {"gte": 0}}, "UTC")(subject) is False
    assert compile_condition({"order.net_total": {"exists": False}}, "UTC")(subject) is True
    assert compile_condition({"order.tags": {"has": "a"}}, "UTC")(subject) is False


def test_dates_are_of_the_programs_zone() -> None:
    after = {"member.joined_at": {"gte": "2026-06-16"}}
    assert holds(after, "UTC") is False
    assert holds(after, "Europe/Budapest") is True


def test_a_field_that_is_not_in_the_table_never_holds() -> None:
    assert holds({"order.total": 5}) is False
    assert field_named("member.tier.") is None


def test_every_field_is_described() -> None:
    assert all(field.description.endswith(".") for field in FIELDS.values())
