"""The first step of an evaluation: which rules apply, and to which lines.

A rule that does not is told in the trace, with its reason; lines that can earn nothing (gift
cards, what was refunded) are left out before any rule sees them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.calendar import add_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import ID_LENGTH_MAX
from chalicelib.domain.program.drawing import drawn_rule
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.hours import holds_at
from chalicelib.domain.program.occasion import Occasion, OccasionLine, Terms
from chalicelib.domain.program.plan import CompiledProgram, CompiledRule
from chalicelib.domain.program.rule_document import (
    ACTION_PREFIX,
    ACTION_REVOKED,
    ORDER_PAID,
    SUBSCRIPTION_RENEWED,
)
from chalicelib.domain.program.settling import Exact
from chalicelib.domain.program.tracing import Trace

MEMBER_MARK = "member"
"""What the marker of a rule names that is once in a membership."""

_MARK_DIGITS = 32


@dataclass(slots=True)
class Case:
    """One evaluation under way."""

    program: CompiledProgram
    occasion: Occasion
    terms: Terms
    lines: tuple[OccasionLine, ...]  # those that can earn
    subject: Subject
    trace: Trace
    exact: Exact = field(default_factory=dict)  # numerators by unit, then rule
    alone: Exact = field(default_factory=dict)  # of rules in a group: without the others
    multipliers: dict[tuple[str, bool, tuple[str, ...]], tuple[int, str]] = field(
        default_factory=dict
    )
    wished: set[str] = field(default_factory=set)  # multiplying rules that apply
    applied: set[str] = field(default_factory=set)  # those of them that met something
    tiers_after: dict[str, str] | None = None  # tiers that the order itself reaches


@dataclass(slots=True)
class Chosen:
    """A rule that applies, and the lines that it counts."""

    rule: CompiledRule
    lines: Sequence[OccasionLine]


def case_of(program: CompiledProgram, occasion: Occasion, terms: Terms) -> Case:
    """The evaluation of ``occasion``, begun."""
    trace = Trace(program.trace_rows)
    return Case(
        program=program,
        occasion=occasion,
        terms=terms,
        lines=_earning_lines(occasion.lines, trace),
        subject=Subject(occasion.order, terms.facts, None, occasion.action),
        trace=trace,
    )


def rules_of(program: CompiledProgram, occasion: Occasion) -> Sequence[CompiledRule]:
    """Rules of the trigger of ``occasion``, in order of their ids."""
    return program.rules.get(occasion.trigger, ())


def waiting_rules(program: CompiledProgram) -> tuple[CompiledRule, ...]:
    """What counts an order only some time after it was fulfilled: rules, and of challenges."""
    sources = (source.rule for _, source in program.sources.get(ORDER_PAID, ()))
    every = (*program.rules.get(ORDER_PAID, ()), *sources)
    return tuple(rule for rule in every if rule.after_fulfilment is not None)


def rules_to_come(program: CompiledProgram, occasion: Occasion) -> Sequence[CompiledRule]:
    """Rules that ``occasion`` is for once it is revoked: of an action that a shop told of."""
    trigger = occasion.trigger
    is_action = trigger.startswith(ACTION_PREFIX) or trigger == SUBSCRIPTION_RENEWED
    is_done = is_action and trigger != ACTION_REVOKED
    return program.rules.get(ACTION_REVOKED, ()) if is_done else ()


def chosen(case: Case) -> list[Chosen]:
    """The rules that apply, with the lines they match."""
    found = []
    for rule in rules_of(case.program, case.occasion):
        reason = reason_against(case, rule)
        if reason:
            case.trace.aside(reason, rule.id)
            continue
        lines = matched(case, rule)
        if rule.needs_lines and not lines:
            case.trace.aside("condition_unmet", rule.id, parameters={"part": "lines"})
            continue
        outcome = drawn_rule(rule, case.occasion.drawn, case.trace) if rule.branches else rule
        if outcome is not None:
            found.append(Chosen(outcome, lines))
    return found


def once_marks(program: CompiledProgram, occasion: Occasion) -> dict[str, str]:
    """What each once-rule of ``occasion`` is once for, as its marker names it, by rule id.

    Of an action also those that it may come to be for. A rule whose subject is missing has none:
    it gives nothing.
    """
    every = (*rules_of(program, occasion), *rules_to_come(program, occasion))
    rules = [rule for rule in every if rule.once]
    if not rules:
        return {}
    subject = Subject(occasion.order, occasion.member, None, occasion.action)
    marks = {}
    for rule in rules:
        if rule.subject_of is None:
            marks[rule.id] = MEMBER_MARK
        else:
            text = subject_text(rule, subject)
            digest = hashlib.sha256(text.encode()).hexdigest()[:_MARK_DIGITS]
            marks.update({rule.id: f"={digest}"} if text else {})
    return marks


def _earning_lines(lines: Iterable[OccasionLine], trace: Trace) -> tuple[OccasionLine, ...]:
    earning = []
    for line in lines:
        if line.gift_card:
            trace.excluded(line.line_id, "gift_card")
        elif line.net <= 0:
            trace.excluded(line.line_id, "nothing_left")
        else:
            earning.append(line)
    return tuple(earning)


def reason_against(case: Case, rule: CompiledRule) -> str:
    """Why the rule does not apply, as a code; "" where it does."""
    if case.occasion.is_self_reported and not rule.self_reported:
        return "self_reported"
    reason = _time_against(case, rule) or _campaign_against(case, rule)
    if reason:
        return reason
    if rule.once:
        if rule.id in case.terms.already_given:
            return "already_given"
        if rule.subject_of is not None and not subject_text(rule, case.subject):
            return "subject_missing"
    if rule.condition is not None and not rule.condition(case.subject):
        return "condition_unmet"
    return ""


def _campaign_against(case: Case, rule: CompiledRule) -> str:
    """Why the rule of a campaign is not for this member, as their terms say; "" for any other."""
    arm = case.terms.arms.get(rule.campaign, "")
    if not rule.campaign or arm == "in":
        return ""
    if arm == "holdout":
        return "holdout"
    return "budget_spent" if arm == "spent" else "wrong_segment"


def _time_against(case: Case, rule: CompiledRule) -> str:
    counted_at = case.occasion.at if rule.counts_paid else case.occasion.placed_at
    if not rule.starts_at <= counted_at < rule.ends_before:
        return "not_running"
    if rule.hours is not None and not holds_at(rule.hours, counted_at, case.program.zone):
        return "not_now"
    if rule.after_fulfilment is not None:
        ripe_at = ripe_from(rule, case.occasion.fulfilled_at, case.program.zone)
        if ripe_at is None or case.occasion.now < ripe_at:
            return "not_fulfilled" if ripe_at is None else "returns_open"
    return ""


def subject_text(rule: CompiledRule, subject: Subject) -> str:
    """What a once-rule is once for here, as a text; "" where it is missing."""
    value = rule.subject_of(subject) if rule.subject_of else None
    is_plain = isinstance(value, str | int)
    return str(value)[:ID_LENGTH_MAX] if is_plain else ""


def ripe_from(rule: CompiledRule, fulfilled_at: Instant | None, zone: str) -> Instant | None:
    """From when on an order earns by the rule; 0 where it need not be fulfilled, None: not yet."""
    if rule.after_fulfilment is None:
        return 0
    return None if fulfilled_at is None else add_period(fulfilled_at, rule.after_fulfilment, zone)


def matched(case: Case, rule: CompiledRule) -> Sequence[OccasionLine]:
    """The lines that the rule counts."""
    test = rule.lines
    if test is None:
        return case.lines
    order, member = case.subject.order, case.subject.member
    return [line for line in case.lines if test(Subject(order, member, line))]
