"""Grants of rules: what an occasion gives that is not points."""

from typing import Any

from chalicelib.domain.program.occasion import Award
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.presentation import present
from chalicelib.domain.program.rewards import units_given
from chalicelib.domain.program.validation import check
from tests.domain.program.broken_causes import FOREST
from tests.domain.program.builders import (
    add,
    award,
    codes,
    compiled,
    document,
    joining,
    order,
    points,
    rate,
    reward,
    rule,
)

TREE = {"cause": "forest", "add": 2}


def with_forest(*rules: dict[str, Any], **keys: Any) -> CompiledProgram:
    return compiled(causes=[FOREST], earn=list(rules), **keys)


def granted(result: Award) -> list[tuple[str, int, str, int]]:
    return [(each.rule_id, each.effect, each.name, each.amount) for each in result.grants]


def test_an_order_gives_to_a_cause_and_points_beside_it() -> None:
    program = with_forest(rule("trees", rate(), TREE), rule("more", TREE))
    result = award(program, order(500))
    assert granted(result) == [("more", 0, "forest", 2), ("trees", 1, "forest", 2)]
    assert points(result) == 5
    assert codes(result).count("granted") == 2


def test_joining_gives_to_a_cause() -> None:
    program = with_forest(rule("hello", TREE, on="member.joined"))
    result = award(program, joining())
    assert granted(result) == [("hello", 0, "forest", 2)]
    assert result.once == ("hello",)


def test_nothing_that_remains_gives_nothing() -> None:
    program = with_forest(rule("trees", TREE))
    assert not award(program, order()).grants


def test_a_condition_and_a_dry_run_keep_the_grant_back() -> None:
    program = with_forest(
        rule("big", TREE, **{"if": {"order.net_total": {"gte": 900}}}),
        rule("tried", TREE, dry_run=True),
    )
    small = order(500, order={"net_total": 500})
    assert not award(program, small).grants
    assert set(codes(award(program, small))) == {"condition_unmet", "dry_run_grant"}


def test_a_limit_of_times_counts_grants_and_says_when_it_is_spent() -> None:
    program = with_forest(rule("trees", TREE, limit={"times": 1, "window": "lifetime"}))
    first = award(program, order(500), room={"rule:trees": 1})
    assert (first.used, first.wanted) == ({"rule:trees": 1}, {"rule:trees": 1})
    assert award(program, order(500), room=first.used) == first
    spent = award(program, order(500), room={"rule:trees": 0})
    assert not spent.grants
    assert not spent.used
    assert codes(spent) == ["cap_spent"] + ["qualified"] * len(spent.qualifying)


def test_points_and_grant_of_one_rule_take_one_of_its_times() -> None:
    limit = {"times": 3, "window": "lifetime"}
    program = with_forest(rule("trees", add(5), TREE, limit=limit))
    first = award(program, order(500), room={"rule:trees": 3})
    assert first.used == {"rule:trees": 1}
    none = award(program, order(500), room={"rule:trees": 0})
    assert (points(none), none.grants) == (0, ())
    assert codes(none).count("cap_reached") == 1
    assert "cap_spent" not in codes(none)


def test_an_amount_limits_the_points_alone() -> None:
    limit = {"amount": 3, "window": "lifetime"}
    program = with_forest(rule("trees", TREE, rate(), limit=limit))
    result = award(program, order(500), room={"rule:trees": 0})
    assert granted(result) == [("trees", 0, "forest", 2)]
    assert points(result) == 0


def test_a_grant_is_given_once_where_the_rule_says_so() -> None:
    program = with_forest(rule("first", TREE, once="member"))
    assert award(program, order(500)).once == ("first",)
    assert not award(program, order(500), already_given=("first",)).grants


def test_grants_are_the_same_in_any_order_of_rules() -> None:
    rules = [rule("b", TREE), rule("a", {"cause": "forest", "add": 7}, rate())]
    assert award(with_forest(*rules), order(500)) == award(with_forest(*rules[::-1]), order(500))


def test_a_cause_has_a_place_in_what_everybody_sees() -> None:
    given = reward("tree", kind="donation", value=None, cause="forest")
    shown = present(with_forest(rule("trees", rate(), TREE), rewards=[given]), "en")
    assert shown["causes"] == [{"id": "forest", "name": "A tree planted", "proof_url": None}]
    assert shown["earn"][0]["grants"] == [{"cause": "forest", "add": 2}]  # type: ignore[index]
    assert shown["rewards"][0]["cause"] == "forest"  # type: ignore[index]
    assert shown["rewards"][0]["add"] == 1  # type: ignore[index]


def test_a_rule_that_only_gives_to_a_cause_is_shown_and_never_warned_of() -> None:
    checked = check(document(causes=[FOREST], earn=[rule(), rule("trees", TREE)]))
    assert (checked.errors, checked.warnings) == ((), ())
    shown = present(with_forest(rule("trees", TREE)), "en")
    assert shown["earn"][0]["id"] == "trees"  # type: ignore[index]


def test_a_rule_that_gives_to_another_cause_than_before_is_warned_of() -> None:
    sea = {"id": "sea", "name": "A beach cleaned"}
    live = document(causes=[FOREST, sea], earn=[rule(), rule("trees", TREE)])
    changed = {**live, "earn": [rule(), rule("trees", {"cause": "sea", "add": 2})]}
    before = check(live).program
    assert [warned.code for warned in check(changed, before).warnings] == ["id_reused"]


def test_a_cause_that_is_left_out_is_warned_of() -> None:
    before = check(document(causes=[FOREST])).program
    assert [warned.code for warned in check(document(), before).warnings] == ["cause_dropped"]
    assert not check(document(causes=[FOREST]), before).warnings


def test_a_cause_needs_a_name_in_every_language() -> None:
    checked = check(
        document(causes=[{**FOREST, "name": {"en": "A tree"}}], locales=["en", "hu"], name="Shop")
    )
    assert ("$.causes[0].name", "text_missing") in [(w.path, w.code) for w in checked.warnings]


def test_a_donation_gives_one_unit_unless_it_says_more() -> None:
    rewards = [
        reward("one", kind="donation", value=None, cause="forest"),
        reward("five", kind="donation", value=None, cause="forest", add=5),
        reward("off"),
    ]
    program = with_forest(rule(), rewards=rewards)
    given = [units_given(program.rewards[each].reward) for each in ("one", "five", "off")]
    assert given == [1, 5, 0]
