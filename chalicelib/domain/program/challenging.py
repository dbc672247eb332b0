"""What one document counts for challenges: its contribution to each, by value.

Every kind is the same algebra, so that what a member has is a sum over their documents, in
whatever order they came::

    count    {"": 1}                      sum      {"": the number}
    set      {value: 1, ...}              streak   {number of the period: 1}
    steps    {step: 1, ...}

Values of sets are digests: what was bought or done stays with its document.

What counts is chosen as rules are (dates, conditions, lines), so a challenge has a rule for each of
its sources. ``terms`` is a fingerprint of all that decides what progress is worth: progress made by
other terms is not touched.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct, structs

from chalicelib.domain.calendar import (
    Step,
    Window,
    add_period,
    ends_before,
    parse_period,
    window_ordinal,
)
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import BOARDS_LEFT_MAX, CONTRIBUTED_VALUES_MAX, MONEY_MINOR_MAX
from chalicelib.domain.program.challenge_document import Board, Challenge
from chalicelib.domain.program.choosing import Case, matched, reason_against
from chalicelib.domain.program.compiled_rules import compile_rule, grants_of
from chalicelib.domain.program.document import Effect, Program, Rule
from chalicelib.domain.program.fields import Subject, declared_fields, field_named
from chalicelib.domain.program.occasion import OccasionLine
from chalicelib.domain.program.plan import (
    CompiledBoard,
    CompiledChallenge,
    CompiledPrize,
    CompiledSource,
    CompiledUnit,
)

Contribution: TypeAlias = dict[str, int]
"""Amounts by value, none of them 0."""

COUNTS_FOR: Final = "counts_for"
"""The code of a row of trace: the document counts for a challenge."""

_DIGITS = 12
_TERMS_DIGITS = 16
_PLACES_OF_PRIZES = 100
_TERMS = ("kind", "of", "every", "skips", "target", "max", "repeat", "join", "give", "board")
_MILLI = 1_000
_CLOSED_LATE_MS = 31 * DAY_MS
"""A board that should have been closed so long ago is closed, whoever does it."""


def contributions(case: Case) -> dict[str, Contribution]:
    """What the occasion counts for each challenge; those that it does not are not there."""
    found: dict[str, Contribution] = {}
    for challenge, source in case.program.sources.get(case.occasion.trigger, ()):
        if reason_against(case, source.rule):
            continue
        lines = matched(case, source.rule)
        if source.rule.needs_lines and not lines:
            continue
        amounts = _amounts(case, challenge, source.step, lines)
        if amounts:
            found[challenge.id] = {**found.get(challenge.id, {}), **amounts}
    for challenge_id in found:
        case.trace.tell(COUNTS_FOR, parameters={"challenge": challenge_id})
    return found


def _amounts(
    case: Case, challenge: CompiledChallenge, step: str, lines: Sequence[OccasionLine]
) -> Contribution:
    if challenge.window is not None:
        period = window_ordinal(challenge.window, case.occasion.at, case.program.zone)
        return {str(period): 1}
    match challenge.kind:
        case "sum":
            total = min(_total(case, challenge, lines), MONEY_MINOR_MAX)
            return {"": total} if total > 0 else {}
        case "set":
            values = sorted(_values(case, challenge, lines))
            return dict.fromkeys(values[:CONTRIBUTED_VALUES_MAX], 1)
        case _:
            return {step: 1}


def _total(case: Case, challenge: CompiledChallenge, lines: Sequence[OccasionLine]) -> int:
    if challenge.of == "line.net":
        return sum(line.net for line in lines)
    if challenge.of == "line.quantity":
        return sum(line.quantity_milli for line in lines) // _MILLI
    if challenge.of is not None:
        return sum(max(value, 0) for value in _told_by(case, challenge, lines))
    value = challenge.read(case.subject) if challenge.read else None
    return value if isinstance(value, int) else 0


def _told_by(
    case: Case, challenge: CompiledChallenge, lines: Sequence[OccasionLine]
) -> Iterator[int]:
    """The number that the shop tells of each line: all of it while anything of the line is left."""
    for line in lines:
        value = challenge.read(case.subject._replace(line=line)) if challenge.read else None
        if isinstance(value, int):
            yield value


def _values(case: Case, challenge: CompiledChallenge, lines: Sequence[OccasionLine]) -> set[str]:
    """Digests of the values that are there."""
    if challenge.of is None:
        subjects = [case.subject]
    else:
        order, member = case.subject.order, case.subject.member
        subjects = [Subject(order, member, line) for line in lines]
    read = challenge.read
    told = {read(subject) for subject in subjects} if read else set()
    return {_digest(value) for value in told if isinstance(value, str | int)}


def _digest(value: str | int) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:_DIGITS]


# ---------------------------------------------------------------- made ready


def compile_challenges(
    program: Program, units: dict[str, CompiledUnit]
) -> dict[str, CompiledChallenge]:
    """Every challenge by its id, in order of ids."""
    ordered = sorted(program.challenges, key=lambda challenge: challenge.id)
    return {challenge.id: _compiled(program, challenge, units) for challenge in ordered}


def by_trigger(
    challenges: dict[str, CompiledChallenge],
) -> dict[str, tuple[tuple[CompiledChallenge, CompiledSource], ...]]:
    """What each trigger counts for."""
    every = [(each, source) for each in challenges.values() for source in each.sources]
    triggers = dict.fromkeys(source.rule.on for _, source in every)
    return {on: tuple(pair for pair in every if pair[1].rule.on == on) for on in triggers}


def terms_of(challenge: Challenge) -> str:
    """The fingerprint of what decides what progress in ``challenge`` is worth."""
    told = _told(challenge, _TERMS)
    told["steps"] = [step.id for step in challenge.steps]
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:_TERMS_DIGITS]


def _told(value: Struct, names: Sequence[str] = ()) -> dict[str, object]:
    """What a struct says beyond its defaults, so that a key that is new one day changes nothing."""
    fields = (field for field in structs.fields(value) if not names or field.name in names)
    pairs = ((field, getattr(value, field.name)) for field in fields)
    return {field.name: _plain(said) for field, said in pairs if said != field.default}


def _plain(said: object) -> object:
    if isinstance(said, Struct):
        return _told(said)
    return [_plain(each) for each in said] if isinstance(said, tuple) else said


def _compiled(
    program: Program, challenge: Challenge, units: dict[str, CompiledUnit]
) -> CompiledChallenge:
    declared = declared_fields(program.attributes, program.facts)
    is_of_lines = bool(challenge.of) and str(challenge.of).startswith("line.")
    field = field_named(challenge.of, declared) if challenge.of else None
    return CompiledChallenge(
        id=challenge.id,
        kind=challenge.kind,
        terms=terms_of(challenge),
        target=challenge.target or len(challenge.steps),
        repeat=challenge.repeat,
        skips=challenge.skips,
        most=challenge.max or 0,
        is_joined=challenge.join == "opt_in",
        window=Window(Step(challenge.every)) if challenge.every else None,
        of=challenge.of if is_of_lines else None,
        read=field.read if field else None,
        gives=_points(challenge.give),
        grants=grants_of(enumerate(challenge.give)),
        sources=_sources(program, challenge, units),
        board=_board(program, challenge) if challenge.board else None,
    )


def _points(effects: Sequence[Effect]) -> tuple[tuple[str, int], ...]:
    return tuple((effect.unit, effect.add or 0) for effect in effects if effect.unit is not None)


def _board(program: Program, challenge: Challenge) -> CompiledBoard:
    board = challenge.board or Board()
    prizes = {
        rank: CompiledPrize(
            _points(prize.give), grants_of(enumerate(prize.give, _PLACES_OF_PRIZES * rank))
        )
        for prize in board.prizes
        for rank in prize.ranks
    }
    return CompiledBoard(
        size=board.size,
        is_shared=board.ties == "shared",
        has_names=board.names == "consent",
        closes_at=_closes_at(program, challenge),
        prizes=prizes,
    )


def _closes_at(program: Program, challenge: Challenge) -> Instant:
    after = (challenge.board or Board()).after
    over = ends_before(challenge.to or "", program.timezone)
    return add_period(over, parse_period(after), program.timezone)


class LeftBoard(Struct, frozen=True, array_like=True):
    """A board that a version had and later ones have no more: it is closed by that version."""

    version: int
    closes_at: Instant


def boards_left(
    before: Mapping[str, LeftBoard],
    live: tuple[Program, int],
    after: Program,
    since: Instant,
) -> dict[str, LeftBoard]:
    """By challenge, the boards that ``after`` leaves open when it follows ``live`` at ``since``.

    ``before`` are those that ``live`` (a program and its version) left open itself.
    """
    program, version = live
    own = {
        each.id: LeftBoard(version, _closes_at(program, each))
        for each in program.challenges
        if each.board is not None
    }
    kept = {each.id for each in after.challenges if each.board is not None}
    known = {
        name: board
        for name, board in {**before, **own}.items()
        if name not in kept and board.closes_at > since - _CLOSED_LATE_MS
    }
    soonest = sorted(known.items(), key=lambda pair: (pair[1].closes_at, pair[0]))
    return dict(soonest[:BOARDS_LEFT_MAX])


def _sources(
    program: Program, challenge: Challenge, units: dict[str, CompiledUnit]
) -> tuple[CompiledSource, ...]:
    if challenge.kind == "steps":
        return tuple(
            CompiledSource(compile_rule(program, _rule(challenge, step.on, step.if_), units), name)
            for step in challenge.steps
            for name in (step.id,)
        )
    rule = _rule(challenge, challenge.on or "", challenge.if_)
    return (CompiledSource(compile_rule(program, rule, units)),)


def _rule(challenge: Challenge, on: str, condition: dict[str, object] | None) -> Rule:
    return Rule(
        id=challenge.id,
        on=on,
        give=(),
        lines=challenge.lines,
        if_=condition,
        from_=challenge.from_,
        to=challenge.to,
        self_reported=challenge.self_reported,
    )
