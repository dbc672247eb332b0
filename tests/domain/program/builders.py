"""Documents, occasions and small worlds with defaults; a test names only what it is about."""

from typing import Any

from chalicelib.domain.instants import Instant, parse_instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Award, Occasion, OccasionLine, Terms
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.validation import check

NOON = parse_instant("2026-06-15T12:00:00Z")

POINTS: dict[str, Any] = {
    "name": {"one": "point", "other": "points"},
    "pending": "none",
    "expiry": "never",
}


def at(text: str) -> Instant:
    """``at("2026-06-15")`` is noon of that day, UTC."""
    return parse_instant(f"{text}T12:00:00Z" if "T" not in text else text)


def rate(per_dollar: str = "1", **more: Any) -> dict[str, Any]:
    return {"rate": per_dollar, "per": {"USD": 100}, "unit": "points", **more}


def add(points: int, unit: str = "points") -> dict[str, Any]:
    return {"add": points, "unit": unit}


def rule(rule_id: str = "base", *give: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": rule_id, "on": "order.paid", "give": list(give) or [rate()], **more}


def tier(tier_id: str, dollars: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id.title(), "at": {"USD": dollars * 100}, **more}


def group(*tiers: dict[str, Any], **more: Any) -> dict[str, Any]:
    ladder = tiers or (tier("leaf"), tier("silver", 100), tier("gold", 200))
    return {"id": "club", "tiers": list(ladder), **more}


def reward(reward_id: str = "five", **more: Any) -> dict[str, Any]:
    plain = {
        "id": reward_id,
        "name": "$5 off",
        "kind": "amount_off",
        "cost": {"unit": "points", "amount": 100},
        "value": {"USD": 500},
    }
    return {key: value for key, value in {**plain, **more}.items() if value is not None}


def document(**keys: Any) -> dict[str, Any]:
    """A good document without warnings; ``keys`` replace its own."""
    return {
        "id": "shop",
        "name": "Shop club",
        "currency": "USD",
        "units": {"points": POINTS},
        "earn": [rule()],
        "rewards": [reward()],
        **keys,
    }


def compiled(**keys: Any) -> CompiledProgram:
    checked = check(document(**keys))
    assert checked.program is not None, checked.errors
    return compile_program(checked.program, 1)


def line(cents: int, line_id: str = "l1", **more: Any) -> OccasionLine:
    plain: dict[str, Any] = {"gross": cents, "tax": 0, "quantity_milli": 1_000}
    return OccasionLine(line_id=line_id, net=cents, **{**plain, **more})


def order(*lines: OccasionLine | int, **more: Any) -> Occasion:
    """A paid order; whole numbers stand for lines of so many cents."""
    whole = tuple(
        line(each, f"l{place}") if isinstance(each, int) else each
        for place, each in enumerate(lines)
    )
    plain: dict[str, Any] = {"trigger": "order.paid", "at": NOON, "placed_at": NOON}
    return Occasion(lines=whole, **{**plain, **more})


def joining(when: Instant = NOON) -> Occasion:
    return Occasion(trigger="member.joined", at=when, placed_at=when)


def terms(**more: Any) -> Terms:
    return Terms(program_version=1, **more)


def facts(**more: Any) -> MemberFacts:
    return MemberFacts(**more)


def award(program: CompiledProgram, occasion: Occasion, **of_terms: Any) -> Award:
    return evaluate(program, occasion, terms(**of_terms))


def points(result: Award, unit: str = "points") -> int:
    return sum(share.points for share in result.shares if share.unit == unit)


def by_rule(result: Award) -> dict[str, int]:
    return {share.rule_id: share.points for share in result.shares}


def codes(result: Award) -> list[str]:
    return [row.code for row in result.trace]
