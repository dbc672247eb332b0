"""A rule that pays for anything at all is never called one that never pays."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import NOON, add, award, document, order, rule

DAYS = ("2026-06-14", "2026-06-15", "2026-06-15T12:00:00Z", "2026-06-16")
WORDS, NUMBERS, FLAGS = ("web", "pos"), (0, 1, 2, 12, 13), (True, False)
KINDS: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {
    "order.channel": (("eq", "ne", "exists", "in", "nin"), WORDS),
    "order.net_total": (("eq", "ne", "in", "gt", "gte", "lt", "lte", "exists"), NUMBERS),
    "order.line_count": (("eq", "ne", "nin", "gt", "gte", "lt", "lte"), NUMBERS),
    "member.birth_month": (("eq", "ne", "in", "gt", "lte", "exists"), NUMBERS),
    "member.in_birth_month": (("eq", "ne", "exists"), FLAGS),
    "member.joined_at": (("eq", "ne", "gt", "gte", "lt", "lte", "exists"), DAYS),
    "member.tags": (("has", "any_of", "exists"), WORDS),
    "facts.level": (("eq", "ne", "in", "gt", "lt", "exists"), NUMBERS),
}


@st.composite
def compared(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(KINDS)))
    operators, values = KINDS[name]
    asked: dict[str, Any] = {}
    for operator in draw(st.lists(st.sampled_from(operators), min_size=1, max_size=3)):
        one = st.sampled_from(values)
        many = st.lists(one, min_size=1, max_size=2)
        flag = st.booleans()
        is_many = operator in ("in", "nin", "any_of")
        asked[operator] = draw(many if is_many else flag if operator == "exists" else one)
    return {name: asked}


CONDITIONS = st.recursive(
    compared(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=4,
)
MEMBERS = st.builds(
    MemberFacts,
    birth_month=st.sampled_from((0, 1, 2, 12)),
    in_birth_month=st.sampled_from((None, True, False)),
    joined_at=st.sampled_from((0, NOON - DAY_MS, NOON, NOON + 1, NOON + DAY_MS)),
    tags=st.sampled_from(((), ("web",))),
    facts=st.sampled_from(({}, {"level": 1}, {"level": "12"})),
)


@st.composite
def bought(draw: st.DrawFn) -> Occasion:
    lines = draw(st.lists(st.sampled_from((0, 1, 2, 11)), max_size=3))
    told: dict[str, object] = {"net_total": sum(lines), "line_count": len(lines)}
    told["channel"] = draw(st.sampled_from(("", *WORDS)))
    return order(*lines, order=told, member=draw(MEMBERS))


@given(CONDITIONS, st.lists(bought(), min_size=1, max_size=12))
def test_a_rule_that_pays_is_never_warned_of(
    condition: dict[str, Any], orders: list[Occasion]
) -> None:
    odd = rule("odd", add(5), **{"if": condition})
    checked = check(document(earn=[odd], facts={"level": "integer"}))
    assert checked.program is not None, checked.errors
    program = compile_program(checked.program, 1)
    is_warned = "rule_never_pays" in {problem.code for problem in checked.warnings}
    assert not (is_warned and any(award(program, each).shares for each in orders))
