"""Conditions on facts that have no history: a replay tests them as they are today.

Country, language and tags of a customer are known as of the order that told them, the program's own
facts as of the award that remembers them, else as of today where they are no newer; who asks about
them may ask the past what only the present can answer. The report lists each, and the parts of a
program that it does not count at all.
"""

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.domain.program.challenge_document import Challenge
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.every_rule import every_rule
from chalicelib.domain.program.launch_document import Launch
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.referral_document import Referral
from chalicelib.domain.program.rule_document import BIRTHDAY

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
        *("badges", "campaigns", "holdout", "memberships", "launch", "referral"),
    ]
)
"""Keys of a program that a replay knows. One that is new is left out until it is named here."""
_BY_ORDERS = ("order.", "member.joined", "member.anniversary", "tier.")
_TOLD = (*_BY_ORDERS, "action.", "subscription.renewed", "member.birthday", "referral.")
"""Triggers, by their beginnings, of which a table tells; a file tells of orders alone."""


class LeftOut(msgspec.Struct, frozen=True):
    """A part of a program that the replay does not count."""

    program: str  # live or draft
    where: str  # a key of the document, earn.<rule>, rewards.<reward>.auto ...


class Telling(msgspec.Struct, frozen=True):
    """What a history tells of, besides orders."""

    actions: bool = True
    birthdays: bool = True
    members: bool = True  # who takes part, and what was imported


def left_out(
    live: CompiledProgram, draft: CompiledProgram, telling: Telling | None = None
) -> tuple[LeftOut, ...]:
    """Every such part of both programs."""
    told = telling or Telling()
    chosen = _chosen(live) if told.members else frozenset()
    found = [
        LeftOut(name, where)
        for name, compiled in (("live", live), ("draft", draft))
        for where in _unwalked(compiled, told, chosen)
    ]
    terms = [_terms_of(compiled.program.referral) for compiled in (live, draft)]
    if told.members and terms[1] is not None and terms[1] != terms[0]:
        found.append(LeftOut("draft", "referral"))
    elif told.members and _has_shares(draft) and not _has_shares(live):
        found.append(LeftOut("draft", "referral.offers"))
    new_pools = sorted(_shared_units(draft) - _shared_units(live)) if told.members else ()
    found += [LeftOut("draft", f"units.{unit}.pool") for unit in new_pools]
    return tuple(found)


def _unwalked(compiled: CompiledProgram, telling: Telling, chosen: frozenset[str]) -> Iterator[str]:
    program = compiled.program
    yield from _unknown_keys(program)
    yield from (f"earn.{rule.id}" for rule in program.earn if not _is_told(rule.on, telling))
    untold = {each.id for each in program.challenges if not _is_heard_of(each, telling)}
    yield from (f"challenges.{each}" for each in sorted({*_chosen(compiled) - chosen, *untold}))
    boards = (each for each in program.challenges if each.board and each.board.prizes)
    yield from (f"challenges.{challenge.id}.board" for challenge in boards)
    if not telling.members:
        yield from (f"units.{unit}.pool" for unit in sorted(_shared_units(compiled)))
    if not telling.members and program.launch != Launch():
        yield "launch"
    if not telling.members and program.referral is not None:
        yield "referral"


def _terms_of(referral: Referral | None) -> Referral | None:
    """Who brings whom, and when it counts: as it was, whatever a draft would give for it."""
    return msgspec.structs.replace(referral, offers=(), limit=None, page=None) if referral else None


def _has_shares(compiled: CompiledProgram) -> bool:
    """Whether offers give a part of an order: the books tell of it as far as they looked at it."""
    return compiled.referral is not None and compiled.referral.has_shares


def _shared_units(compiled: CompiledProgram) -> frozenset[str]:
    """Units that households may share: who would, is known of those that the live program has."""
    return frozenset(name for name, unit in compiled.program.units.items() if unit.pool)


def _chosen(compiled: CompiledProgram) -> frozenset[str]:
    """Challenges that members join: known of those that the live program has."""
    return frozenset(each.id for each in compiled.program.challenges if each.join == "opt_in")


def _unknown_keys(program: Program) -> Iterator[str]:
    usual = {field.name: field.default for field in msgspec.structs.fields(program)}
    for key, value in sorted(msgspec.structs.asdict(program).items()):
        if key not in _WALKED and value and value != usual[key]:
            yield key


def _is_heard_of(challenge: Challenge, telling: Telling) -> bool:
    """Whether the history tells of all that the challenge counts."""
    triggers = (challenge.on, *(step.on for step in challenge.steps))
    return all(_is_told(on, telling) for on in triggers if on)


def _is_told(trigger: str, telling: Telling) -> bool:
    """Whether the history tells of what ``trigger`` is."""
    if trigger == BIRTHDAY:
        return telling.birthdays
    return trigger.startswith(_TOLD if telling.actions else _BY_ORDERS)
