"""Birthdays and anniversaries of joining: what happens once a calendar year, by itself.

Each is booked as an action of ours, named by its year, so it is recorded once, rewarded by rules,
explained, merged and forgotten as any action. A birthday is a month and a day, never a year; told
less than thirty days before it, it waits for the next. The 29th of February is kept on the 28th.
"""

from datetime import date
from typing import Final

from chalicelib.domain.actions import Action, own_action
from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY

TOLD_BEFORE_MS: Final = 30 * DAY_MS
"""A birthday that was told, or changed, later than so long before it waits a year."""

_LEAP_DAY: Final = "02-29"
_LAST_OF_FEBRUARY: Final = "02-28"
_MONTH_DAY: Final = len(_LEAP_DAY)


def month_day(text: str) -> str:
    """The month and day of a birthday, whether it was told with a year or without; "" for none."""
    return text[-_MONTH_DAY:]


def kept_on(day: date) -> tuple[str, ...]:
    """The birthdays (month and day) that are kept on ``day``."""
    own = day.strftime("%m-%d")
    return (own, _LEAP_DAY) if own == _LAST_OF_FEBRUARY and not _has_leap_day(day) else (own,)


def kept_in(month_and_day: str, year: int) -> date:
    """The day of ``year`` on which the birthday is kept."""
    is_moved = month_and_day == _LEAP_DAY and not _has_leap_day(date(year, 1, 1))
    return date.fromisoformat(f"{year}-{_LAST_OF_FEBRUARY if is_moved else month_and_day}")


def is_in_time(told_at: Instant, day: date, zone: str) -> bool:
    """Whether a birthday that was told at ``told_at`` is kept on ``day`` already."""
    return told_at + TOLD_BEFORE_MS <= day_start(day, zone)


def celebrated(member: str, name: str, day: date, times: tuple[Instant, Instant]) -> Action:
    """The action of ``member`` for ``day``; ``times``: when it began, and now."""
    year = str(day.year)
    return own_action(member, (name, year, year), times)


def has_birthdays(program: CompiledProgram) -> bool:
    """Whether any rule rewards them, or a challenge counts them."""
    return BIRTHDAY in program.rules or BIRTHDAY in program.sources


def has_anniversaries(program: CompiledProgram) -> bool:
    """Whether any rule rewards them, or a challenge counts them."""
    return ANNIVERSARY in program.rules or ANNIVERSARY in program.sources


def with_anniversary(draft: Draft, program: CompiledProgram) -> Draft:
    """``draft`` with the next anniversary of joining noted, where the program keeps them."""
    account = draft.account
    is_kept = has_anniversaries(program) and account.joined_at and account.pool is None
    is_gone = bool(account.merged_into or account.erased_at)
    at = anniversary_after(account.joined_at, draft.now, program.zone) if is_kept else 0
    return with_account(draft, anniversary_at=0 if is_gone else at)


def anniversary_after(joined_at: Instant, now: Instant, zone: str) -> Instant:
    """When the next day begins on which somebody joined years ago."""
    joined, today = local_date(joined_at, zone), local_date(now, zone)
    years = range(max(today.year, joined.year + 1), max(today.year, joined.year) + 3)
    starts = (day_start(_in_year(joined, year), zone) for year in years)
    return next(start for start in starts if start > now)


def _in_year(day: date, year: int) -> date:
    is_leap_day = day.strftime("%m-%d") == _LEAP_DAY
    return (
        date(year, 2, 28)
        if is_leap_day and not _has_leap_day(date(year, 1, 1))
        else (day.replace(year=year))
    )


def _has_leap_day(day: date) -> bool:
    return (date(day.year, 3, 1) - date(day.year, 2, 28)).days > 1
