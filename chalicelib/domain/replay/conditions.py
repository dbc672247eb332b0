"""Conditions on facts that have no history: a replay tests them as they are today.

Country, language and tags of a customer are known as of the order that told them, the program's own
facts not at all; who asks about them asks the past what only the present can answer. The report
lists each, and the parts of a program that it does not count at all.
"""

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import Rule

_TODAY = frozenset({"member.country", "member.locale", "member.tags"})
_FACTS = "facts."


class Undated(msgspec.Struct, frozen=True):
    """One condition of a program that was answered by what is known today."""

    program: str  # live or draft
    where: str  # earn.<rule> or rewards.<reward>
    field: str


def undated_conditions(live: CompiledProgram, draft: CompiledProgram) -> tuple[Undated, ...]:
    """Every such condition of both programs."""
    return tuple(
        Undated(name, where, field)
        for name, compiled in (("live", live), ("draft", draft))
        for where, condition in _conditions(compiled)
        for field in sorted(_fields_of(condition))
        if field in _TODAY or field.startswith(_FACTS)
    )


def _conditions(compiled: CompiledProgram) -> Iterator[tuple[str, object]]:
    for rule in every_rule(compiled.program):
        yield f"earn.{rule.id}", [rule.if_, rule.lines]
    for reward in compiled.program.rewards:
        yield f"rewards.{reward.id}", reward.who
    for name, condition in compiled.program.segments.items():
        yield f"segments.{name}", condition
    for group in compiled.program.tier_groups:
        for tier in group.tiers:
            yield f"tier_groups.{group.id}.{tier.id}", tier.if_


def _fields_of(condition: object) -> set[str]:
    if isinstance(condition, Mapping):
        own = {str(key) for key in condition}
        return own.union(*(_fields_of(part) for part in condition.values()))
    if isinstance(condition, list | tuple):
        return set[str]().union(*(_fields_of(part) for part in condition))
    return set()


# ---------------------------------------------------------------- what is not walked

_WALKED = frozenset(
    [
        *("id", "name", "currency", "fx", "language", "timezone", "locales", "law", "join"),
        *("ends", "units", "earn", "stack", "tier_groups", "rewards", "presentation"),
        *("attributes", "facts", "causes", "segments", "partners", "limits", "challenges"),
        *("badges", "campaigns", "holdout"),
    ]
)
"""Keys of a program that a replay knows. One that is new is left out until it is named here."""
_TOLD = ("order.", "action.", "subscription.renewed", "member.joined")
"""Triggers, by their beginnings, of which the history tells."""


class LeftOut(msgspec.Struct, frozen=True):
    """A part of a program that the replay does not count."""

    program: str  # live or draft
    where: str  # a key of the document, earn.<rule>, rewards.<reward>.auto ...


def left_out(live: CompiledProgram, draft: CompiledProgram) -> tuple[LeftOut, ...]:
    """Every such part of both programs."""
    return tuple(
        LeftOut(name, where)
        for name, compiled in (("live", live), ("draft", draft))
        for where in _unwalked(compiled)
    )


def _unwalked(compiled: CompiledProgram) -> Iterator[str]:
    program = compiled.program
    yield from _unknown_keys(program)
    yield from (f"earn.{rule.id}" for rule in program.earn if not _is_told(rule))
    opt_in = (each for each in program.challenges if each.join == "opt_in")
    yield from (f"challenges.{challenge.id}" for challenge in opt_in)
    yield from (f"rewards.{reward.id}.auto" for reward in program.rewards if reward.auto)
    judged = (group for group in program.tier_groups if group.by == "custom")
    yield from (f"tier_groups.{group.id}" for group in judged)


def _unknown_keys(program: Program) -> Iterator[str]:
    usual = {field.name: field.default for field in msgspec.structs.fields(program)}
    for key, value in sorted(msgspec.structs.asdict(program).items()):
        if key not in _WALKED and value and value != usual[key]:
            yield key


def _is_told(rule: Rule) -> bool:
    """Whether the history tells of what triggers the rule, and the walk counts what it gives."""
    is_reward_for_joining = rule.on == "member.joined" and any(give.reward for give in rule.give)
    return rule.on.startswith(_TOLD) and not is_reward_for_joining
