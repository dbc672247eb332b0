"""The last steps of an evaluation: cap, round once, deal to the rules.

A unit's exact whole is rounded once; each rule gets its own amount rounded down, and what is
left goes, one point each, to the largest remainders, ties by id. (``points.share`` scales every
part up to the rounded whole, which can lift a capped rule above its cap.)

A rule is cut, exactly, to what its own limits leave it. What it has then, rounded up, is
``granted``, apart from what is ``used``: rounding, the day and budgets may leave less of it, and
nothing at all of a rule with times, whose fraction counts for the whole even so.
Evaluating with ``room = granted`` changes nothing, which a repeated delivery of an order relies
on. (Rules of a group were cut before, by the choice itself: ``giving``.) Day caps cut the dealt
points of rules, from the last id backwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.domain.points import POINTS_MAX, ceil_ratio
from chalicelib.domain.program.caps import FORGOTTEN
from chalicelib.domain.program.dealing import cut_campaigns, cut_to, dealt, tell_cut
from chalicelib.domain.program.occasion import Cut, Grant, Share
from chalicelib.domain.program.plan import (
    CompiledCap,
    CompiledProgram,
    CompiledRule,
    CompiledUnit,
)
from chalicelib.domain.program.tracing import Trace, tell_granted

Exact: TypeAlias = dict[str, dict[str, int]]  # numerators by unit, then rule id; all positive


@dataclass(slots=True)
class Settled:
    """Whole points, and what they take of each cap."""

    shares: list[Share] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """What the rules give before limits, and the room that those leave."""

    exact: Exact
    room: Mapping[str, int]
    alone: Exact = field(default_factory=dict)  # of rules in a group: as if without the others
    wished: Iterable[str] = ()  # rules that multiply
    applied: Iterable[str] = ()  # those of them that did
    cuts: Sequence[Cut] = ()  # what budgets of campaigns don't cover


def settle(program: CompiledProgram, asked: Asked, trace: Trace) -> Settled:
    """Cap the exact amounts to the room, round each unit once and deal it to its rules.

    ``asked.exact`` is cut in place.
    """
    exact, room = asked.exact, asked.room
    settled = Settled(wanted=_wanted(program, asked))
    picked = _picked(program, exact) if asked.alone else {}
    for unit_id in sorted(exact):
        unit, by_rule = program.units[unit_id], exact[unit_id]
        rooms = _rooms(program, unit_id, by_rule, room)
        refused = _refused(program, by_rule, room)
        whys = {rule_id: _why(program, rule_id, room) for rule_id in rooms}
        _cut_rules(unit, by_rule, rooms, (refused, whys, trace))
        _grant(program, settled, unit, by_rule)
        points = dealt(unit, by_rule, rooms, trace)
        _cut_day(unit, points, program.day_caps.get(unit_id), room, trace)
        cut_campaigns(points, (cut for cut in asked.cuts if cut.unit == unit_id))
        paying = [rule_id for rule_id in sorted(points) if points[rule_id]]
        settled.shares.extend(Share(rule_id, unit_id, points[rule_id]) for rule_id in paying)
    settled.used = _used(program, settled.shares, asked.applied)
    settled.used.update(picked)
    for rule_id in asked.applied if settled.granted or settled.used else ():
        _take(program, settled.granted, (rule_id, ""), 1)
    return settled


def room_of(program: CompiledProgram, given: tuple[str, str], room: Mapping[str, int]) -> int:
    """The most whole points that ``given`` (rule, unit) may be: ``POINTS_MAX`` without limits."""
    rule_id, unit_id = given
    free = POINTS_MAX
    for cap in program.rule_caps.get(rule_id, ()):
        if cap.id not in room or cap.kind == "pick":
            continue
        if cap.kind != "amount":
            free = free if room[cap.id] >= 1 else 0
        elif cap.unit == unit_id:
            free = min(free, max(room[cap.id], 0))
    return free


def pick_cap(rule_id: str) -> str:
    """Under what name a rule of a group remembers what it was given."""
    return f"pick:{rule_id}"


# ---------------------------------------------------------------- what caps count


def _wanted(program: CompiledProgram, asked: Asked) -> dict[str, int]:
    wanted: dict[str, int] = {}
    if not program.caps and not program.shared:
        return wanted
    for rule_id in asked.wished:
        _take(program, wanted, (rule_id, ""), 1)
    for unit_id in asked.exact.keys() | asked.alone.keys():
        by_rule = {**asked.exact.get(unit_id, {}), **asked.alone.get(unit_id, {})}
        denominator = program.units[unit_id].denominator
        for rule_id, numerator in by_rule.items():
            # A rule that comes to less than a point does not ask for one of its times.
            whole = numerator // denominator
            points = ceil_ratio(numerator, denominator)
            _take(program, wanted, (rule_id, unit_id), points if whole else 0)
        day = program.day_caps.get(unit_id)
        if day is not None:
            counted = [by_rule[rule_id] for rule_id in by_rule if _counts_in_day(rule_id)]
            wanted[day.id] = ceil_ratio(sum(counted), denominator)
    for unit_id, by_rule in asked.alone.items():
        for rule_id, numerator in by_rule.items():
            wanted[pick_cap(rule_id)] = ceil_ratio(numerator, program.units[unit_id].denominator)
    return wanted


def _picked(program: CompiledProgram, exact: Exact) -> dict[str, int]:
    """What the choice in groups gave, rounded up, before limits cut it."""
    return {
        pick_cap(rule_id): ceil_ratio(numerator, program.units[unit_id].denominator)
        for unit_id, by_rule in exact.items()
        for rule_id, numerator in by_rule.items()
        if pick_cap(rule_id) in program.caps
    }


def _grant(
    program: CompiledProgram, settled: Settled, unit: CompiledUnit, exact: Mapping[str, int]
) -> None:
    for rule_id, numerator in exact.items():
        points = ceil_ratio(numerator, unit.denominator)
        _take(program, settled.granted, (rule_id, unit.id), points)


def _used(program: CompiledProgram, shares: list[Share], applied: Iterable[str]) -> dict[str, int]:
    used: dict[str, int] = {}
    if not program.caps and not program.shared:
        return used
    for rule_id in applied if shares else ():
        _take(program, used, (rule_id, ""), 1)
    for share in shares:
        _take(program, used, (share.rule_id, share.unit), share.points)
        day = program.day_caps.get(share.unit)
        if day is not None and _counts_in_day(share.rule_id):
            used[day.id] = used.get(day.id, 0) + share.points
    return used


def _take(
    program: CompiledProgram, taken: dict[str, int], given: tuple[str, str], points: int
) -> None:
    """Count what ``given`` (rule, unit) takes of the rule's own caps."""
    rule_id, unit_id = given
    for cap in program.rule_caps.get(rule_id, ()) if points else ():
        if cap.kind in ("times", "cooldown"):
            taken[cap.id] = 1
        elif cap.kind == "amount" and cap.unit == unit_id:
            taken[cap.id] = points


# ---------------------------------------------------------------- cutting


def _rooms(
    program: CompiledProgram, unit_id: str, rule_ids: Iterable[str], room: Mapping[str, int]
) -> dict[str, int]:
    """The most whole points of the unit that each capped rule may give, by rule id."""
    rooms: dict[str, int] = {}
    for rule_id in rule_ids if program.rule_caps else ():
        free = room_of(program, (rule_id, unit_id), room)
        if free < POINTS_MAX:
            rooms[rule_id] = free
    return rooms


def _cut_rules(
    unit: CompiledUnit,
    by_rule: dict[str, int],
    rooms: Mapping[str, int],
    told: tuple[frozenset[str], Mapping[str, str], Trace],
) -> None:
    refused, whys, trace = told
    for rule_id, free in rooms.items():
        if by_rule[rule_id] > free * unit.denominator:
            by_rule[rule_id] = free * unit.denominator
            if rule_id in refused:
                trace.aside("budget_spent", rule_id, unit.id)
            else:
                tell_cut(trace, (rule_id, unit.id), f"{whys[rule_id]}:{rule_id}", free)


def _why(program: CompiledProgram, rule_id: str, room: Mapping[str, int]) -> str:
    """What of the rule's limits leaves nothing: too late to know, a cooldown alone, or others."""
    own = program.rule_caps.get(rule_id, ())
    if any(room.get(cap.id) == FORGOTTEN for cap in own):
        return "forgotten"
    spent = {cap.kind for cap in own if room.get(cap.id, 1) < 1}
    return "cooldown" if spent == {"cooldown"} else "rule"


def _refused(
    program: CompiledProgram, rule_ids: Iterable[str], room: Mapping[str, int]
) -> frozenset[str]:
    """Rules that get nothing because what the whole shop shares does not suffice for them."""
    if not program.shared:
        return frozenset()
    return frozenset(
        rule_id
        for rule_id in rule_ids
        for cap in program.rule_caps.get(rule_id, ())
        if cap.id in program.shared and room.get(cap.id, 1) < 1
    )


def _cut_day(
    unit: CompiledUnit,
    points: dict[str, int],
    cap: CompiledCap | None,
    room: Mapping[str, int],
    trace: Trace,
) -> None:
    if cap is not None:
        kind = "forgotten_" if room.get(cap.id) == FORGOTTEN else ""
        most = kind + cap.id, max(room.get(cap.id, POINTS_MAX), 0)
        cut_to(most, points, [each for each in points if _counts_in_day(each)], (unit, trace))
    cut_to(("points_max", POINTS_MAX), points, list(points), (unit, trace))


def _counts_in_day(rule_id: str) -> bool:
    """Whether it is of ``earn`` or a campaign: names of what is promised once have a colon."""
    return ":" not in rule_id


# ---------------------------------------------------------------- grants


def settle_grants(
    program: CompiledProgram,
    rules: Sequence[CompiledRule],
    room: Mapping[str, int],
    into: tuple[Settled, Trace],
) -> tuple[Grant, ...]:
    """The grants of ``rules``, which apply, as far as there is room; their times are counted."""
    settled, trace = into
    grants: list[Grant] = []
    for rule in rules:
        if rule.dry_run:
            if rule.grants:
                trace.aside("dry_run_grant", rule.id)
            continue
        given = (rule.id, "")
        _take(program, settled.wanted, given, 1)
        if not room_of(program, given, room):
            _tell_spent(trace, rule, _spent(program, rule.id, room))
            continue
        _take(program, settled.used, given, 1)
        for effect in rule.grants:
            made = Grant(rule.id, effect.effect, effect.kind, effect.name, effect.amount)
            grants += () if effect.waits else (made,)
            tell_granted(trace, rule.id, effect)
    return tuple(grants)


def _spent(program: CompiledProgram, rule_id: str, room: Mapping[str, int]) -> str:
    """Which limit of the rule leaves nothing; "" for what the whole shop shares."""
    if _refused(program, (rule_id,), room):
        return ""
    return _why(program, rule_id, room)


def _tell_spent(trace: Trace, rule: CompiledRule, kind: str) -> None:
    if rule.give:  # its points have told of it already
        return
    if kind:
        trace.tell("cap_spent", rule.id, parameters={"cap": f"{kind}:{rule.id}"})
    else:
        trace.aside("budget_spent", rule.id)
