"""Conditions on facts that have no history: a replay tests them as they are today.

Country, language and tags of a customer are known as of the order that told them, the program's own
facts not at all; who asks about them asks the past what only the present can answer. The report
lists each.
"""

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.plan import CompiledProgram

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


def _fields_of(condition: object) -> set[str]:
    if isinstance(condition, Mapping):
        own = {str(key) for key in condition}
        return own.union(*(_fields_of(part) for part in condition.values()))
    if isinstance(condition, list | tuple):
        return set[str]().union(*(_fields_of(part) for part in condition))
    return set()
