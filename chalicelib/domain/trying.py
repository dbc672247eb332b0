"""Try a program out: one order, action or joining, one instant, decided as ever and not booked.

The decision is the production one over what was loaded for it; only the program is another, and
what happens is new. So a try tells what would happen, whatever the language has learnt meanwhile.
"""

from collections.abc import Iterator, Mapping
from typing import Final, cast

import msgspec

from chalicelib.domain.action_decision import ActionLoad, asked_action, decide_action
from chalicelib.domain.actions import OWN_SOURCE, Action
from chalicelib.domain.booking import closed, opened, with_inbox
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.calendar import Step, Window, bucket_name, local_date, window_ordinal
from chalicelib.domain.decision import Decision
from chalicelib.domain.events import ActionCompleted, FactsSet, OrderUpserted
from chalicelib.domain.facts import BIRTHDAY_FACT, fact_problems, told_problems
from chalicelib.domain.habits import EVER
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.joining import JOINING_ID, NOTHING_FOUND, Finds, join
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import (
    Account,
    Lot,
    MemberFacts,
    Profile,
    Standing,
    Term,
    UnitState,
)
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.order_decision import OrderLoad, decide_order
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Problem, Refusal
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.fields import BOUGHT, YEAR
from chalicelib.domain.program.habit_fields import bought_key
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY, TIER_ENTERED
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.records import Joining
from chalicelib.domain.standing import held_tiers

OWN_MOMENTS: Final = frozenset({BIRTHDAY, ANNIVERSARY, TIER_ENTERED})
"""Actions that are ours, where they are told: no shop can tell of them."""

_HELD_MS: Final = 366 * DAY_MS  # longer than anything that is tried lasts


class Tried(msgspec.Struct, frozen=True):
    """What would have happened."""

    document: OrderDocument | Action | Joining
    tiers_before: dict[str, str]
    tiers_after: dict[str, str]


def try_order(
    event: OrderUpserted, loaded: OrderLoad, program: CompiledProgram, now: Instant
) -> Tried | Refusal:
    """What ``event`` would earn by ``program`` at ``now``, for the buyer as loaded."""
    paid_at = event.order.paid_at or now
    budgets = Budgets(limits_at(program, paid_at), loaded.budgets.spent)
    fresh = msgspec.structs.replace(
        loaded,
        currency=program.currency,
        document=None,
        holder=None,
        program=program,
        terms_program=None,
        starts_at=0,
        pauses=(),
        budgets=budgets,
        widened=None,
    )
    outcome = decide_order(event, fresh, now)
    if isinstance(outcome, Refusal):
        return outcome
    decided = cast("Decision", outcome)  # an order that nobody knows was not recorded before
    document = cast("OrderDocument", decided.document)
    account = loaded.buyer.account if loaded.buyer else None
    return _tried(document, account, decided, (program, now))


def action_to_try(
    event: ActionCompleted, member: str, program: CompiledProgram, now: Instant
) -> Action:
    """What ``event`` asks, of ``member``; birthdays and the like are ours, as when they are due."""
    source = OWN_SOURCE if event.action in OWN_MOMENTS else event.source
    is_of_year = event.action in (BIRTHDAY, ANNIVERSARY) and not event.subject
    subject = str(local_date(now, program.zone).year) if is_of_year else event.subject
    event = msgspec.structs.replace(event, source=source, subject=subject)
    return asked_action(event, member, now)


def try_action(
    asked: Action, loaded: ActionLoad, program: CompiledProgram, now: Instant
) -> Tried | Refusal:
    """What ``asked`` would earn by ``program``, as loaded for it, at ``now``."""
    fresh = msgspec.structs.replace(
        loaded, document=None, place=None, program=program, pauses=(), starts_at=0
    )
    outcome = decide_action(asked, fresh, now)
    if isinstance(outcome, Refusal):
        return outcome
    decided = cast("Decision", outcome)  # an action that nobody knows was not recorded before
    document = cast("Action", decided.document)
    if not (document.reason or document.trace or document.posted):
        document = msgspec.structs.replace(document, reason="no_rule")  # perhaps a slip of the pen
    return _tried(document, loaded.owner.account, decided, (program, now))


def try_joining(
    newcomer: tuple[str, str, Profile],
    program: CompiledProgram,
    now: Instant,
    finds: Finds = NOTHING_FOUND,
) -> Tried:
    """What joining at ``now`` would give by ``program``; ``newcomer``: shop, member, person."""
    shop, member, profile = newcomer
    joined = join(
        with_inbox(opened(member, None, now, program), None), profile, program, now, finds
    )
    chain, name = genesis(shop, member), f"joining:{JOINING_ID}"
    book = closed(joined.draft, Source(chain, name, now, now, program.version))
    nothing = Joining(JOINING_ID, member, now, program.version, trace=joined.trace)
    decided = Decision(joined.document or nothing, (book,))
    return _tried(joined.document or nothing, None, decided, (program, now))


def _tried(
    document: OrderDocument | Action | Joining,
    before: Account | None,
    decided: Decision,
    by: tuple[CompiledProgram, Instant],
) -> Tried:
    held = held_tiers(before or Account(revision=0), *by)
    after = held_tiers(decided.books[0].account, *by) if decided.books else held
    return Tried(document, held, after)


def subject_problem(told: Mapping[str, object], program: Program) -> Problem | None:
    """What is wrong with the tier that somebody is said to enter, if that is what is told."""
    places = [f"{group.id}/{tier.id}" for group in program.tier_groups for tier in group.tiers]
    if told.get("action") != TIER_ENTERED or told.get("subject") in places:
        return None
    return Problem("$.action.subject", "tier_unknown", f"Name one of: {', '.join(places)}.")


def made_up_problems(facts: MemberFacts, program: Program, now: Instant) -> tuple[Problem, ...]:
    """What ``facts`` of somebody made up ``program`` does not know, or knows otherwise."""
    return tuple(_problems(facts, program, now))


def _problems(facts: MemberFacts, program: Program, now: Instant) -> Iterator[Problem]:
    units, memberships = ", ".join(program.units), [each.id for each in program.memberships]
    for unit in facts.points:
        if unit not in program.units:
            detail = f"The program has these units: {units}."
            yield Problem(f"$.facts.points.{unit}", "unit_unknown", detail)
    for number, name in enumerate(facts.memberships):
        if name not in memberships:
            detail = f"The program has these memberships: {', '.join(memberships) or 'none'}."
            yield Problem(f"$.facts.memberships[{number}]", "membership_unknown", detail)
    fields = [f"{name}{back}" for back in ("", YEAR) for name in BOUGHT]
    for field in facts.bought.keys() - {*fields}:
        detail = f"Of products these can be told: {', '.join(fields)}."
        yield Problem(f"$.facts.bought.{field}", "field_unknown", detail)
    yield from _tier_problems(facts, program)
    yield from told_problems("$.facts.facts", facts.facts)
    told = FactsSet("try", now, "try", "try", now, dict(facts.facts))
    for problem in fact_problems(told, program.facts):
        path = problem.path.replace("$.facts", "$.facts.facts", 1)
        yield msgspec.structs.replace(problem, path=path)
    if BIRTHDAY_FACT in facts.facts and BIRTHDAY_FACT not in program.facts:
        detail = "Of a birthday only the month is asked: give `birth_month`."
        yield Problem(f"$.facts.facts.{BIRTHDAY_FACT}", "fact_unknown", detail)


def _tier_problems(facts: MemberFacts, program: Program) -> Iterator[Problem]:
    tiers = {group.id: [tier.id for tier in group.tiers] for group in program.tier_groups}
    for group, tier in facts.tiers.items():
        if tier not in tiers.get(group, ()):
            detail = f"There are these: {', '.join(tiers.get(group, tiers)) or 'none'}."
            yield Problem(f"$.facts.tiers.{group}", "tier_unknown", detail)


def made_up_member(member: str, facts: MemberFacts, zone: str, now: Instant) -> LoadedMember:
    """Somebody who is in no table: with ``facts``, and a member since then.

    What they bought is put where an account remembers it, in the month of ``now``, so that habits
    and segments are read as ever. Their points never lapse.
    """
    month = bucket_name(Step.MONTH, window_ordinal(Window(Step.MONTH), now, zone))
    bought = (facts.orders_12m, facts.spend_12m)
    account = Account(
        revision=1,
        joined_at=facts.joined_at or now,
        order_count=facts.order_count,
        last_order_at=facts.last_order_at,
        months={month: bought} if any(bought) else {},
        products=_products(facts, month),
        units={
            unit: UnitState((Lot(points),), active_at=now)
            for unit, points in facts.points.items()
            if points
        },
        memberships={name: {"try": Term(0, now + _HELD_MS)} for name in facts.memberships},
        standings={
            group: Standing(
                tier=tier,
                since=facts.joined_at or now,
                floor_tier=tier,
                own_from=facts.joined_at or now,
            )
            for group, tier in facts.tiers.items()
        },
    )
    return LoadedMember(member, account, facts=facts)


def _products(facts: MemberFacts, month: str) -> dict[str, dict[str, int]]:
    """What they bought, as an account remembers it: this month, or longer than a year ago."""
    products: dict[str, dict[str, int]] = {}
    for field, values in facts.bought.items():
        when = month if field.endswith(YEAR) else EVER
        for value in values:
            products.setdefault(bought_key(field, value), {})[when] = 1
    return products
