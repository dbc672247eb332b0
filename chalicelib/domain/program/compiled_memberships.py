"""Paid memberships, made ready: what each gives at its start is a rule of its own.

The rule is called ``membership:<id>``, which no written rule can be; it applies to an order with a
line of the sku, or to a renewal of the plan, of somebody who has not the membership then.
"""

from msgspec.structs import replace

from chalicelib.domain.calendar import parse_period
from chalicelib.domain.program.compiled_rules import compile_rule
from chalicelib.domain.program.conditions import Test
from chalicelib.domain.program.document import Membership, Program, Rule
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.membership_document import MEMBERSHIP_PREFIX
from chalicelib.domain.program.plan import CompiledMembership, CompiledRule, CompiledUnit
from chalicelib.domain.program.rule_document import ORDER_PAID, SUBSCRIPTION_RENEWED


def compile_memberships(program: Program) -> tuple[CompiledMembership, ...]:
    """Every membership, in order of ids."""
    made = (
        CompiledMembership(
            id=each.id,
            sku=each.sold_as.sku or "",
            plan=each.sold_as.plan or "",
            period=parse_period(each.period),
            is_prorated=each.on_refund == "prorate",
        )
        for each in program.memberships
    )
    return tuple(sorted(made, key=lambda each: each.id))


def start_rules(program: Program, units: dict[str, CompiledUnit]) -> tuple[CompiledRule, ...]:
    """The rules by which memberships give something at their start."""
    return tuple(_start(program, each, units) for each in program.memberships if each.give)


def _start(program: Program, sold: Membership, units: dict[str, CompiledUnit]) -> CompiledRule:
    trigger = SUBSCRIPTION_RENEWED if sold.sold_as.plan else ORDER_PAID
    rule = compile_rule(program, Rule(MEMBERSHIP_PREFIX + sold.id, trigger, sold.give), units)
    condition = _without(sold.id)
    if sold.sold_as.plan:
        return replace(rule, condition=_of_plan(sold.sold_as.plan, condition))
    return replace(rule, condition=condition, lines=_of_sku(sold.sold_as.sku or ""))


def _without(membership: str) -> Test:
    return lambda subject: membership not in subject.member.memberships


def _of_plan(plan: str, condition: Test) -> Test:
    def test(subject: Subject) -> bool:
        return plan_of(subject.action.get("properties")) == plan and condition(subject)

    return test


def _of_sku(sku: str) -> Test:
    return lambda subject: subject.line is not None and subject.line.sku == sku


def plan_of(properties: object) -> str:
    """The plan that a renewal names; "" for none."""
    plan = properties.get("plan") if isinstance(properties, dict) else None
    return plan if isinstance(plan, str) else ""
