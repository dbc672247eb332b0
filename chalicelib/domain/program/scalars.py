"""The scalar types of the program document, each with its bounds and its own error.

Every type says in its annotation what the JSON Schema and the walker (``shape``) need: pattern,
range, and a ``Flaw`` (code and advice) for values outside. There is no second list of rules.
"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from chalicelib.domain.calendar import ends_before, parse_period, period_days, zone_of
from chalicelib.domain.calendar_days import parse_month_day
from chalicelib.domain.currencies import is_currency
from chalicelib.domain.limits import (
    DECIMAL_DIGITS_MAX,
    DECIMAL_PLACES_MAX,
    GIVEN_TIMES_MAX,
    ID_LENGTH_MAX,
    LOCALES_MAX,
    MONEY_MINOR_MAX,
    NAME_LENGTH_MAX,
    PERIOD_DAYS_MAX,
    RATE_DIGITS_MAX,
    RATE_PLACES_MAX,
    TEXT_LENGTH_MAX,
    UNITS_MAX,
)
from chalicelib.domain.points import POINTS_MAX


def _anything(_text: str) -> bool:
    return True


class Flaw(msgspec.Struct, frozen=True):
    """What to say of a malformed value: a stable code and a sentence that says what to do.

    ``holds`` is what a pattern cannot express; it is asked only when the pattern matched.
    """

    code: str
    advice: str
    holds: Callable[[str], bool] = _anything


def _is_period(text: str) -> bool:
    try:
        return period_days(parse_period(text)) <= PERIOD_DAYS_MAX
    except ValueError:
        return False


def _is_word_or_period(text: str) -> bool:
    return not text.startswith("P") or _is_period(text)


def is_time(text: str) -> bool:
    """Whether ``text`` is a date, a local time or a time with an offset."""
    try:
        ends_before(text, "UTC")
    except (ValueError, OverflowError):
        return False
    return True


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except ValueError:
        return False
    return True


def is_above_zero(decimal: str) -> bool:
    """Whether ``decimal`` is more than nothing; what is malformed counts as more."""
    return decimal.strip("0.") != "" or decimal == ""


_WHOLE_DIGITS_MAX = DECIMAL_DIGITS_MAX - DECIMAL_PLACES_MAX
_ID_ADVICE = "Use 1 to 48 lower-case letters, digits and hyphens, beginning with no hyphen."

Id: TypeAlias = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$", extra={"flaw": Flaw("id_malformed", _ID_ADVICE)}),
]
"""What counters, caps and codes follow: never change the id of a thing."""

Currency: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{3}$",
        extra={
            "flaw": Flaw(
                "currency_unknown", "Use a currency code of ISO 4217, such as USD.", is_currency
            )
        },
    ),
]

Zone: TypeAlias = Annotated[
    str,
    Meta(
        max_length=ID_LENGTH_MAX,
        extra={
            "flaw": Flaw("timezone_unknown", "Use UTC or a zone such as Europe/Budapest.", _is_zone)
        },
    ),
]

Locale: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$",
        extra={"flaw": Flaw("locale_malformed", "Use a language tag such as en, hu or pt-BR.")},
    ),
]

Decimal: TypeAlias = Annotated[
    str,
    Meta(
        pattern=rf"^(0|[1-9][0-9]{{0,{_WHOLE_DIGITS_MAX - 1}}})"
        rf"(\.[0-9]{{1,{DECIMAL_PLACES_MAX}}})?$",
        extra={
            "flaw": Flaw(
                "decimal_malformed",
                'Use a plain decimal in quotes, such as "1.5", with at most '
                f"{_WHOLE_DIGITS_MAX} digits before the point and {DECIMAL_PLACES_MAX} after it.",
            )
        },
    ),
]
"""An exact number in quotes: JSON numbers with a point are floats in most readers."""

Rate: TypeAlias = Annotated[
    str,
    Meta(
        pattern=rf"^(0|[1-9][0-9]{{0,{RATE_DIGITS_MAX - 1}}})(\.[0-9]{{1,{RATE_PLACES_MAX}}})?$",
        extra={
            "flaw": Flaw(
                "rate_malformed",
                'Use a plain decimal above 0 in quotes, such as "1.0834", with at most '
                f"{RATE_DIGITS_MAX} digits before the point and {RATE_PLACES_MAX} after it.",
                is_above_zero,
            )
        },
    ),
]
"""What one major unit of another currency is worth in the program's."""

PeriodText: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^P[0-9YMWDTHS]{2,30}$",
        extra={
            "flaw": Flaw(
                "period_malformed",
                f"Use an ISO 8601 duration such as P14D or P1Y, of at most {PERIOD_DAYS_MAX} days.",
                _is_period,
            )
        },
    ),
]


def _is_month_day(text: str) -> bool:
    try:
        parse_month_day(text)
    except ValueError:
        return False
    return True


MonthDay: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[0-9]{2}-[0-9]{2}$",
        extra={
            "flaw": Flaw(
                "day_malformed", "Use a month and a day of it, such as 12-31.", _is_month_day
            )
        },
    ),
]
"""A day of every year; 02-29 is the last of February."""

Days: TypeAlias = Annotated[int, Meta(ge=0, le=365)]

Activity: TypeAlias = Literal["order.paid", "redeem", "member.joined", "adjust", "action"]
"""What can begin the time without activity anew."""

KeepText: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^(window|window_and_next|P[0-9YMWD]{2,30})$",
        extra={
            "flaw": Flaw(
                "period_malformed",
                "Use window, window_and_next or a duration in days, months or years.",
                _is_word_or_period,
            )
        },
    ),
]

UndoText: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^(never|P[0-9YMWDTHS]{2,30})$",
        extra={
            "flaw": Flaw(
                "period_malformed",
                "Use never or an ISO 8601 duration such as P14D.",
                _is_word_or_period,
            )
        },
    ),
]

Color: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^#[0-9A-Fa-f]{6}$",
        extra={"flaw": Flaw("color_malformed", "Write a colour such as #1a2b3c.")},
    ),
]

HttpsAddress: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]+)?/[^\s\"'<>\\]*$",
        max_length=TEXT_LENGTH_MAX,
        extra={"flaw": Flaw("address_malformed", "Write an address that begins with https://.")},
    ),
]

TimeText: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}",
        max_length=40,
        extra={
            "flaw": Flaw(
                "date_malformed",
                "Use a date such as 2026-11-21 or a time such as 2026-11-21T09:00.",
                is_time,
            )
        },
    ),
]

Words: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TEXT_LENGTH_MAX,
        extra={"flaw": Flaw("text_malformed", f"Use 1 to {TEXT_LENGTH_MAX} characters.")},
    ),
]

ShortWords: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        extra={"flaw": Flaw("text_malformed", f"Use 1 to {NAME_LENGTH_MAX} characters.")},
    ),
]

Minor: TypeAlias = Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX)]
"""Money in minor units: 500 is 5.00 USD."""

Pieces: TypeAlias = Annotated[int, Meta(ge=0, le=10**9)]

Times: TypeAlias = Annotated[int, Meta(ge=1, le=GIVEN_TIMES_MAX)]

Points: TypeAlias = Annotated[int, Meta(ge=1, le=POINTS_MAX)]


Text: TypeAlias = Words | Annotated[dict[Locale, Words], Meta(min_length=1, max_length=LOCALES_MAX)]
PluralForms: TypeAlias = Annotated[
    dict[str, ShortWords | dict[str, ShortWords]], Meta(min_length=1, max_length=LOCALES_MAX)
]
Money: TypeAlias = Annotated[dict[Currency, Minor], Meta(min_length=1, max_length=20)]
PointsByUnit: TypeAlias = Annotated[dict[Id, Points], Meta(min_length=1, max_length=UNITS_MAX)]
Condition: TypeAlias = Annotated[dict[str, object], Meta(description="Every key must hold.")]


def ratio_of(decimal: str) -> tuple[int, int]:
    """``"1.50"`` as ``(150, 100)``: numerator and a power of ten, exact and not reduced."""
    whole, _, places = decimal.partition(".")
    return int(whole + places), int(10 ** len(places))
