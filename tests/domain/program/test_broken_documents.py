"""Every mistake is found, with its path and its code, however many there are."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.validation import check
from tests.domain.program.broken import BROKEN, JOINING, KARMA
from tests.domain.program.builders import POINTS, add, document, group, rate, reward, rule, tier


@pytest.mark.parametrize(("broken", "path", "code"), [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])  # fmt: skip
def test_a_mistake_is_found_at_its_place(broken: Any, path: str, code: str) -> None:
    checked = check(broken)
    assert (path, code) in {(problem.path, problem.code) for problem in checked.errors}
    assert checked.program is None


@pytest.mark.parametrize("broken", [case[1] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_one_mistake_is_one_error(broken: Any) -> None:
    paths = [problem.path for problem in check(broken).errors]
    assert len(paths) == len(set(paths))
    assert len(paths) <= 2


def test_every_error_says_what_to_do() -> None:
    for _, broken, _, _ in BROKEN:
        for problem in check(broken).errors:
            assert problem.detail[0].isupper()
            assert problem.detail.endswith(".")


def test_mistakes_do_not_hide_each_other() -> None:
    broken = document(
        currency="QQQ",
        extra=1,
        units={"points": {**POINTS, "kind": "gold"}, "karma": 7},
        earn=[rule("a", add(1, "stars"), oops=1), rule("a", rate("x")), 5],
        tier_groups=[group(tier("a", 5), tier("b", 5))],
        rewards=[reward(cost={"unit": "stars"}), reward(kind="perk")],
    )
    found = {(problem.path, problem.code) for problem in check(broken).errors}
    assert found >= {
        ("$.currency", "currency_unknown"),
        ("$.extra", "key_unknown"),
        ("$.units.points.kind", "choice_unknown"),
        ("$.units.karma", "type_wrong"),
        ("$.earn[0].oops", "key_unknown"),
        ("$.earn[0].give[0].unit", "unit_unknown"),
        ("$.earn[1].id", "id_twice"),
        ("$.earn[1].give[0].rate", "decimal_malformed"),
        ("$.earn[2]", "type_wrong"),
        ("$.rewards[0].cost.amount", "key_missing"),
        ("$.rewards[0].cost.unit", "unit_unknown"),
        ("$.rewards[1].value", "key_useless"),
    }


def test_a_good_day_beside_a_mistake_is_no_mistake() -> None:
    ends = {"on": "12-31", "min_life": "P3M"}
    broken = document(name="", units={"points": {**POINTS, "expiry": ends}})
    assert {problem.path for problem in check(broken).errors} == {"$.name"}


def test_checking_changes_nothing_in_the_document() -> None:
    given_document = document(earn=[{**JOINING, "give": [add(1)]}])
    before = copy.deepcopy(given_document)
    check(given_document)
    assert given_document == before


def test_null_stands_for_a_key_that_is_not_there() -> None:
    assert check(document(rewards=[reward(stock=None, sku=None)])).errors == ()
    assert check({**document(), "earn": [rule(limit=None)]}).errors == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["points"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "unit", "at", "USD", "window", "if", "all", "times", "x"]),
        inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items()
        if isinstance(value, dict)
        else (enumerate(value) if isinstance(value, list) else ())
    )
    return [path, *(found for key, child in children for found in _paths(child, (*path, key)))]


RICH = document(
    locales=["en", "hu"],
    join={"how": "opt_in", "retroactive_days": 3},
    units={"points": {**POINTS, "value": {"USD": 5}, "expiry": {"after": "P1Y"}}, "karma": KARMA},
    earn=[
        rule("a", rate(of="gross"), add(5), limit={"times": 2, "window": {"calendar": "month"}},
             lines={"any": [{"line.sku": {"in": ["a"]}}, {"not": {"line.tags": {"has": "b"}}}]}),
        rule("b", rate("0.5"), full=True, **{"from": "2026-01-01", "to": "2026-02-01"},
             limit={"amount": {"points": 9}, "window": {"rolling": "P30D"}}),
        {**JOINING, "give": [add(5, "karma")], "if": {"member.tier.club": "gold"}},
    ],
    tier_groups=[group(tier("a", multiply={"points": "1.5"}), tier("gold", 9, entry=[add(1)],
                 perks=[{"id": "p", "text": {"en": "x", "hu": "y"}, "value": "z"}]),
                 keep={"for": "window", "drop": "one"})],
    rewards=[reward(who={"member.order_count": {"gte": 1}}, valid="P60D", undo="never", stock=5,
             limit={"times": 1, "window": {"rolling": "P7D"}}, min_order={"USD": 1})],
    limits={"points_per_day": {"points": 500}, "reward_cost_share": "0.5"},
)  # fmt: skip


def test_the_rich_document_is_good() -> None:
    checked = check(RICH)
    assert checked.errors == ()
    assert checked.program is not None


@given(st.data())
def test_no_document_makes_the_check_raise(data: st.DataObject) -> None:
    broken = copy.deepcopy(RICH)
    for path in data.draw(st.lists(st.sampled_from(_paths(RICH)[1:]), min_size=1, max_size=3)):
        parent: Any = broken
        try:
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = data.draw(ANYTHING)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    checked = check(broken)
    assert (checked.program is None) == bool(checked.errors)


@given(ANYTHING)
def test_anything_at_all_is_checked(value: Any) -> None:
    assert (check(value).program is None) == bool(check(value).errors)
