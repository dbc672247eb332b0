"""Rules for what is not bought: conditions on actions and facts, once for a subject, cooldowns."""

from typing import Any

import pytest

from chalicelib.domain.instants import HOUR_MS, Instant
from chalicelib.domain.limits import LIMIT_BUCKETS_MAX
from chalicelib.domain.member import Counters
from chalicelib.domain.program import caps
from chalicelib.domain.program.choosing import subject_text
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.occasion import Award, Occasion, Terms
from chalicelib.domain.program.plan import CompiledProgram
from tests.domain.program.builders import (
    NOON,
    add,
    award,
    codes,
    compiled,
    facts,
    line,
    order,
    points,
    rule,
)

ACTIONS = {"action": {"words": "integer", "verified": "flag", "country": "text"}}


def action(
    name: str = "review", subject: str = "p1", when: Instant = NOON, **told: Any
) -> Occasion:
    doing: dict[str, object] = {"name": name, "subject": subject, "properties": told}
    return Occasion(trigger=f"action.{name}", at=when, placed_at=when, action=doing)


def doing(*give: dict[str, Any], **keys: Any) -> CompiledProgram:
    made = {
        "id": "a",
        "on": "action.review",
        "give": list(give) or [add(10)],
        "limit": {"times": 5, "window": {"calendar": "month"}},
        **keys,
    }
    return compiled(earn=[made], attributes=ACTIONS)


def reviewed(program: CompiledProgram, given: tuple[str, ...] = (), **told: Any) -> Award:
    return evaluate(program, action(**told), Terms(program_version=1, already_given=given))


def test_conditions_ask_what_an_action_tells() -> None:
    asks = {"action.words": {"gte": 10}, "action.verified": True, "action.subject": "p1"}
    program = doing(**{"if": asks})
    assert points(reviewed(program, words=10, verified=True)) == 10
    assert points(reviewed(program, words="10", verified="true")) == 10
    assert points(reviewed(program, words=9, verified=True)) == 0
    assert points(reviewed(program, words=10, verified="maybe")) == 0
    assert points(reviewed(program, words=True, verified=1)) == 0
    assert points(reviewed(program)) == 0


@pytest.mark.parametrize(
    ("told", "expected"), [(3, 60), ("3", 60), (0, 0), (-5, 0), ("x", 0), (10**15, 10**12)]
)
def test_a_rate_by_quantity_counts_what_an_action_tells(told: object, expected: int) -> None:
    program = doing({"per_quantity": "action.words", "rate": "20", "unit": "points"})
    assert points(reviewed(program, words=told)) == expected


def test_another_action_triggers_nothing() -> None:
    assert evaluate(doing(), action("rating"), Terms(1)).shares == ()


def test_an_action_that_is_undone_earns_nothing() -> None:
    gone = Occasion(trigger="", at=NOON, placed_at=NOON)
    assert evaluate(doing(), gone, Terms(1)) == Award()


def test_once_for_what_is_not_told_gives_nothing() -> None:
    program = doing(once={"by": "action.country"})
    assert reviewed(program, country="PE").once == ("a",)
    assert codes(reviewed(program)) == ["subject_missing"]
    assert codes(reviewed(program, ("a",), country="PE")) == ["already_given"]


def test_the_subject_of_a_rule_is_a_short_text() -> None:
    by_words, by_subject = doing(once={"by": "action.words"}), doing(once="subject")
    subject = Subject({}, facts(), None, {"subject": "p" * 500, "properties": {"words": 5}})
    for program, expected in ((by_words, "5"), (by_subject, "p" * 128), (doing(), "")):
        (made,) = program.rules["action.review"]
        assert subject_text(made, subject) == expected


def test_facts_are_asked_as_they_were_before() -> None:
    program = compiled(
        facts={"vip": "flag", "likes": "list"},
        earn=[rule("a", **{"if": {"facts.vip": True, "facts.likes": {"has": "tea"}}})],
    )
    known = facts(facts={"vip": True, "likes": ("tea",)})
    assert points(award(program, order(1_000), facts=known)) == 10
    assert points(award(program, order(1_000))) == 0


def test_attributes_of_orders_and_lines_are_asked() -> None:
    program = compiled(
        attributes={"order": {"mcc": "text"}, "line": {"organic": "flag"}},
        earn=[
            rule("a", **{"if": {"order.mcc": {"in": ["5541"]}}}, lines={"line.organic": True}),
        ],
    )
    goods = (line(1_000, "l1", attributes={"organic": "true"}), line(500, "l2"))
    assert points(award(program, order(*goods, order={"attributes": {"mcc": "5541"}}))) == 10
    assert points(award(program, order(*goods, order={"attributes": "odd"}))) == 0


def test_odd_properties_are_missing() -> None:
    program = doing(**{"if": {"action.country": {"exists": False}}})
    odd = Occasion(
        trigger="action.review", at=NOON, placed_at=NOON, action={"properties": ["country"]}
    )
    assert points(evaluate(program, odd, Terms(1))) == 10


# ---------------------------------------------------------------- cooldowns


def test_a_renewal_gives_for_what_it_tells_of_itself() -> None:
    boxes = {"per_quantity": "action.boxes", "rate": "10", "unit": "points"}
    told = {"action": {"boxes": "integer"}}
    program = compiled(earn=[rule("a", boxes, on="subscription.renewed")], attributes=told)
    told_by: dict[str, object] = {"name": "subscription.renewed", "properties": {"boxes": 3}}
    occasion = Occasion("subscription.renewed", NOON, NOON, action=told_by)
    assert points(evaluate(program, occasion, Terms(1))) == 30


def test_a_cooldown_keeps_two_times_apart_in_whatever_order_they_come() -> None:
    program = doing(limit={"cooldown": "PT12H"})
    counters = caps.count(program, Counters(), NOON, {"cooldown:a": 1}, NOON)

    def free(hours: int) -> int:
        return caps.room(program, counters, NOON + hours * HOUR_MS)["cooldown:a"]

    assert [free(hours) for hours in (0, 11, 12, -11, -12)] == [0, 0, 1, 0, 1]
    given = evaluate(program, action(), Terms(1, room={"cooldown:a": 0}))
    assert (given.shares, given.wanted) == ((), {"cooldown:a": 1})
    assert "cap_reached" in codes(given)
    assert caps.count(program, counters, NOON, {"cooldown:a": -1}, NOON) == Counters()


def test_a_cooldown_remembers_the_newest_times() -> None:
    program = doing(limit={"cooldown": "PT1H"})
    counters = Counters()
    hours = LIMIT_BUCKETS_MAX + 30
    for hour in range(hours):
        now = NOON + hour * HOUR_MS
        counters = caps.count(program, counters, now, {"cooldown:a": 1}, now)
    times = counters.used["cooldown:a"]
    assert len(times) <= LIMIT_BUCKETS_MAX + 1  # and the mark of what was forgotten
    assert str(NOON + (hours - 1) * HOUR_MS) in times


def test_a_cooldown_goes_with_a_count() -> None:
    program = doing(limit={"times": 2, "window": {"calendar": "day"}, "cooldown": "PT1H"})
    assert set(program.caps) == {"rule:a", "cooldown:a"}
    assert evaluate(program, action(), Terms(1)).used == {"rule:a": 1, "cooldown:a": 1}
