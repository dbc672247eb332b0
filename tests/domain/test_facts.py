"""Facts that the shop sets: only declared ones, of the declared type, and of each the newest."""

import pytest

from chalicelib.domain.events import FactsSet
from chalicelib.domain.facts import fact_problems, with_facts
from chalicelib.domain.limits import ID_LENGTH_MAX
from chalicelib.domain.member import Fact, FactValue, Profile
from tests.builders import NOON

DECLARED = {"vip": "flag", "pets": "integer", "likes": "list", "city": "text"}


def told(facts: dict[str, FactValue | None], as_of: int = NOON) -> FactsSet:
    return FactsSet("f1", as_of, "main", "kim", as_of, facts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vip", True),
        ("pets", 2),
        ("likes", ("tea",)),
        ("city", "Pécs"),
        ("pets", None),
        ("pets", "2"),
        ("vip", "false"),
    ],
)
def test_a_fact_is_of_the_type_that_the_program_declares(
    name: str, value: FactValue | None
) -> None:
    assert fact_problems(told({name: value}), DECLARED) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vip", 1),
        ("pets", True),
        ("pets", "two"),
        ("vip", "yes"),
        ("likes", "tea"),
        ("city", 7),
        ("city", "x" * (ID_LENGTH_MAX + 1)),
    ],
)
def test_a_fact_of_another_type_is_a_problem(name: str, value: FactValue) -> None:
    (problem,) = fact_problems(told({name: value}), DECLARED)
    assert (problem.path, problem.code) == (f"$.facts.{name}", "fact_of_other_type")


def test_numbers_and_flags_may_come_as_texts_and_are_kept_as_what_they_are() -> None:
    texts: dict[str, FactValue | None] = {"pets": "2", "vip": "true", "city": "7"}
    kept = with_facts(Profile("kim"), told(texts), DECLARED).facts
    assert {name: fact.value for name, fact in kept.items()} == {
        "pets": 2, "vip": True, "city": "7",
    }  # fmt: skip


def test_a_fact_that_nobody_declared_is_a_problem() -> None:
    (problem,) = fact_problems(told({"shoe": 42}), {})
    assert (problem.code, "none" in problem.detail) == ("fact_unknown", True)


def test_of_each_fact_the_newest_counts_and_undeclared_ones_go() -> None:
    known = {"city": Fact("Pécs", NOON), "vip": Fact(True, NOON), "shoe": Fact(42, NOON)}
    before = Profile("kim", facts=known)
    late = with_facts(before, told({"city": "Buda"}, NOON - 1), DECLARED)
    assert late.facts == {"city": Fact("Pécs", NOON), "vip": Fact(True, NOON)}
    newer = with_facts(
        before, told({"city": "Buda", "vip": None, "pets": None}, NOON + 1), DECLARED
    )
    assert newer.facts == {"city": Fact("Buda", NOON + 1, (("Pécs", NOON),))}


def test_one_earlier_value_is_kept() -> None:
    steps = [(1, "a"), (2, "b"), (0, "z"), (3, "c"), (3, "d"), (2, None)]
    person = Profile("kim")
    for at, city in steps:
        person = with_facts(person, told({"city": city}, NOON + at), DECLARED)
        assert with_facts(person, told({"city": city}, NOON + at), DECLARED) == person
    assert person.facts == {"city": Fact("d", NOON + 3, (("b", NOON + 2),))}
