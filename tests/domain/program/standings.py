"""Ladders of tiers and members who spend, for tests of standings."""

from typing import Any

from chalicelib.domain.instants import iso
from chalicelib.domain.member import Standing
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tiers import qualify, standing_at
from tests.domain.program.builders import at, compiled, group

YEAR: dict[str, Any] = {"window": {"calendar": "year"}}
NOBODY = Standing()


def ladder(*tiers: dict[str, Any], zone: str = "UTC", **keys: Any) -> CompiledGroup:
    return compiled(timezone=zone, tier_groups=[group(*tiers, **keys)]).groups["club"]


def spend(club: CompiledGroup, standing: Standing, *amounts: tuple[str, int]) -> Standing:
    """Count dollars on days, each heard of at once."""
    for day, dollars in amounts:
        standing = qualify(club, standing, dollars * 100, at(day), at(day)).standing
    return standing


def tier_at(club: CompiledGroup, standing: Standing, day: str) -> str:
    return standing_at(club, standing, at(day)).tier


def until(standing: Standing) -> str:
    return "" if standing.keep_until is None else iso(standing.keep_until)[:10]
