"""Round a unit's exact whole once, and deal it to its rules by largest remainder, ties by id.

Whole points that are too many are cut from the last rule id backwards.
"""

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.occasion import Cut
from chalicelib.domain.program.plan import CompiledUnit
from chalicelib.domain.program.tracing import Trace

_PLACES = 6


def dealt(
    unit: CompiledUnit, by_rule: Mapping[str, int], rooms: Mapping[str, int], trace: Trace
) -> dict[str, int]:
    """Whole points by rule: the rounded sum, but never more than a rule's room."""
    denominator = unit.denominator
    total = sum(by_rule.values())
    whole = unit.to_whole(total, denominator)
    if total % denominator and trace.is_kept:
        exact = {"exact": _decimal(total, denominator)}
        trace.tell("rounded", unit=unit.id, points=whole, parameters=exact)
    points = {rule_id: numerator // denominator for rule_id, numerator in by_rule.items()}
    open_rules = [
        rule_id
        for rule_id, numerator in by_rule.items()
        if numerator % denominator and points[rule_id] < rooms.get(rule_id, POINTS_MAX)
    ]
    open_rules.sort(key=lambda rule_id: (-(by_rule[rule_id] % denominator), rule_id))
    for rule_id in open_rules[: whole - sum(points.values())]:
        points[rule_id] += 1
    return points


def cut_campaigns(points: dict[str, int], cuts: Iterable[Cut]) -> None:
    """What a budget does not cover goes from its campaign's rules, then from what they multiply."""
    for cut in cuts:
        own, others = points.keys() & cut.own, points.keys() & cut.others
        over = cut.points
        for rules in (own, points.keys() - own - others, others):
            over = cut_back(points, over, rules)


def cut_back(points: dict[str, int], over: int, rules: Iterable[str]) -> int:
    """Take ``over`` from the points of ``rules``; what could not be taken is answered."""
    for rule_id in sorted(rules, reverse=True) if over > 0 else ():
        cut = min(over, points[rule_id])
        points[rule_id] -= cut
        over -= cut
    return over


def cut_to(
    most: tuple[str, int],
    points: dict[str, int],
    rules: Sequence[str],
    told: tuple[CompiledUnit, Trace],
) -> None:
    """Leave ``rules`` no more than ``most`` (a name, points) together."""
    unit, trace = told
    name, free = most
    over = sum(points[rule_id] for rule_id in rules) - free
    if over > 0:
        tell_cut(trace, ("", unit.id), name, free)
        cut_back(points, over, rules)


def tell_cut(trace: Trace, what: tuple[str, str], cap_id: str, free: int) -> None:
    """Tell that what was above ``free`` points went: ``what`` is (rule, unit)."""
    rule_id, unit_id = what
    trace.tell(
        "cap_reached", rule_id, unit_id, points=free, parameters={"cap": cap_id, "room": free}
    )


def _decimal(numerator: int, denominator: int) -> str:
    """At most six places, cut, without trailing zeros."""
    millionths = numerator * 10**_PLACES // denominator
    whole, places = divmod(millionths, 10**_PLACES)
    return f"{whole}.{places:0{_PLACES}}".rstrip("0").rstrip(".")
