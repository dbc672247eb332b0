"""Facts of a member that the shop sets: of each the newest counts, and only declared ones are kept.

They lie in the profile, so erasure takes them away with it; conditions see them as they were before
the event, because the terms of an award keep a copy.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.domain.events import FactsSet
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import ID_LENGTH_MAX, MONEY_MINOR_MAX, TAGS_MAX
from chalicelib.domain.member import Fact, FactValue, MemberFacts, Profile
from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.fields import DECLARABLE, told_as
from chalicelib.domain.program.plan import CompiledProgram

BIRTHDAY_FACT = "birthday"
"""A fact of every program: the month and day, kept with the person and not among the facts."""

_UNSTORED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_BIRTHDAY = re.compile(r"([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def told_birthday(event: FactsSet, declared: Mapping[str, str]) -> str | None:
    """The birthday that ``event`` tells; "" takes it away, None: it tells of none."""
    if BIRTHDAY_FACT in declared or BIRTHDAY_FACT not in event.facts:
        return None
    return str(event.facts[BIRTHDAY_FACT] or "")


def with_facts(profile: Profile, event: FactsSet, declared: Mapping[str, str]) -> Profile:
    """``profile`` after ``event``; a fact that is no longer declared is forgotten."""
    facts = {name: fact for name, fact in profile.facts.items() if name in declared}
    for name, value in event.facts.items():
        if name not in declared:
            continue  # the birthday
        known = facts.get(name)
        if known is not None and known.as_of > event.as_of:
            continue
        if value is None:
            facts.pop(name, None)
        else:
            earlier = _before(known, event.as_of)
            facts[name] = Fact(_as(declared[name], value), event.as_of, earlier)
    return msgspec.structs.replace(profile, facts=facts)


def _before(known: Fact | None, as_of: Instant) -> tuple[tuple[FactValue, Instant], ...]:
    """What was so before something as of ``as_of`` is: one earlier value is kept."""
    if known is None or known.as_of == as_of:
        return known.before if known else ()
    return ((known.value, known.as_of),)


def told_problems(path: str, told: Mapping[str, object]) -> Iterator[Problem]:
    """Values that are too long, too large, or no text that can be stored."""
    for name, value in told.items():
        if isinstance(value, int) and abs(value) > MONEY_MINOR_MAX:
            yield Problem(f"{path}.{name}", "value_too_large", "a number is at most 10^14")
        words = value if isinstance(value, tuple) else (value,)
        texts = [word for word in words if isinstance(word, str)]
        if len(words) > TAGS_MAX or not all(_is_word(text) for text in texts):
            detail = "at most 128 printable characters, and at most 100 of such texts"
            yield Problem(f"{path}.{name}", "text_malformed", detail)


def _is_word(text: str) -> bool:
    return len(text) <= ID_LENGTH_MAX and _UNSTORED.search(text) is None


def fact_problems(event: FactsSet, declared: Mapping[str, str]) -> tuple[Problem, ...]:
    """Facts that the program does not declare, or declares otherwise."""
    return tuple(_problems(event, declared))


def _problems(event: FactsSet, declared: Mapping[str, str]) -> Iterator[Problem]:
    for name, value in event.facts.items():
        kind, path = declared.get(name), f"$.facts.{name}"
        if kind is None and name == BIRTHDAY_FACT:
            if value is not None and not _is_birthday(value):
                yield Problem(path, "fact_of_other_type", "Write a month and a day: 02-28.")
        elif kind is None:
            known = ", ".join(declared) or "none"
            yield Problem(path, "fact_unknown", f"The program declares these facts: {known}.")
        elif value is not None and not _is_of(kind, _as(kind, value)):
            yield Problem(path, "fact_of_other_type", f"The program says that it is: {kind}.")


def _is_birthday(value: FactValue) -> bool:
    return isinstance(value, str) and _BIRTHDAY.fullmatch(value) is not None


def _as(kind: str, value: FactValue) -> FactValue:
    """``value`` as the number or flag that it writes, where ``kind`` is one; else as it is."""
    told = told_as(DECLARABLE[kind], value)
    return told if isinstance(told, bool | int) else value


def _is_of(kind: str, value: FactValue) -> bool:
    match kind:
        case "flag":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "list":
            return isinstance(value, tuple)
        case _:
            return isinstance(value, str) and len(value) <= ID_LENGTH_MAX


def declared_facts(
    profile: Profile | None, program: CompiledProgram | None, at: Instant | None = None
) -> dict[str, FactValue]:
    """The facts of a profile that ``program`` declares, as they were ``at`` a time; None: now.

    One as of later is missing, unless what it was before is known.
    """
    if profile is None or program is None:
        return {}
    names = program.program.facts
    told = {name: _value_at(fact, at) for name, fact in profile.facts.items() if name in names}
    return {name: value for name, value in told.items() if value is not None}


def _value_at(fact: Fact, at: Instant | None) -> FactValue | None:
    if at is None or fact.as_of <= at:
        return fact.value
    return next((value for value, as_of in fact.before if as_of <= at), None)


def birth_month(profile: Profile | None) -> int:
    """The month that the member was born in, from 1; 0 where nobody told."""
    told = profile.birthday[-5:-3] if profile else ""  # kept as 11-21, once as 1990-11-21
    return int(told) if told.isdigit() else 0


def told_by(
    profile: Profile | None, program: CompiledProgram | None, at: Instant | None = None
) -> MemberFacts:
    """What conditions may ask of a member's stored profile, its facts as they were ``at``."""
    if profile is None:
        return MemberFacts()
    return MemberFacts(
        locale=profile.locale,
        country=profile.country,
        tags=profile.tags,
        facts=declared_facts(profile, program, at),
        birth_month=birth_month(profile),
    )
