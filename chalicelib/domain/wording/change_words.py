"""Values of a program's changes in words: "14 days", "500 points", "1 point per 1.00 USD".

The tables of the languages are apart from those of documents: only who compares versions reads
them. A value that no words can be made of is "", and the sentence around it falls back.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from chalicelib.domain.currencies import major_unit
from chalicelib.domain.program.changes import Kind
from chalicelib.domain.wording.languages.changes_en import ENGLISH_CHANGES
from chalicelib.domain.wording.languages.changes_fa import PERSIAN_CHANGES
from chalicelib.domain.wording.languages.changes_hu import HUNGARIAN_CHANGES
from chalicelib.domain.wording.money import money_text
from chalicelib.domain.wording.names import Names, readable
from chalicelib.domain.wording.phrases import PLACEHOLDER, Template, filled, listed, phrase, spoken
from chalicelib.domain.wording.plurals import decimal_digits, digits
from chalicelib.domain.wording.points import for_locale

CHANGES: Mapping[str, Mapping[str, Template]] = MappingProxyType(
    {"en": ENGLISH_CHANGES, "fa": PERSIAN_CHANGES, "hu": HUNGARIAN_CHANGES}
)

_PART: Final = re.compile(r"(\d+)([YMWDHS])")
_DATE: Final = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
_TIME: Final = {"H": "hours", "M": "minutes", "S": "seconds"}


class Context(msgspec.Struct, frozen=True):
    """Whose words, in which locale, about what."""

    names: Names
    locale: str
    first_locale: str  # of the program: the fallback of its texts
    subject: Mapping[str, str] = {}


def change_phrase(code: str, locale: str, values: Mapping[str, str], count: int = 0) -> str:
    """The sentence ``code`` of the tables; "" if there is none, or a value of it is missing."""
    language = spoken(locale)
    return filled(CHANGES[language].get(code, ""), language, values, count)


def holes_of(code: str, locale: str) -> frozenset[str]:
    """The values that the sentence ``code`` names."""
    template = CHANGES[spoken(locale)].get(code, "")
    forms = (template,) if isinstance(template, str) else tuple(template.values())
    return frozenset(hole for form in forms for hole in PLACEHOLDER.findall(form))


def period_text(period: str, locale: str) -> str:
    """``period`` of ISO 8601 in words; what is none, as it is."""
    days, _, rest = period.partition("T")
    parts = [(int(count), _DATE.get(sign, "")) for count, sign in _PART.findall(days)]
    parts += [(int(count), _TIME.get(sign, "")) for count, sign in _PART.findall(rest)]
    words = (
        change_phrase(f"period_{name}", locale, {"n": digits(count, locale)}, count)
        for count, name in parts
    )
    return listed(tuple(words), "comma", locale) or period


def unit_word(names: Names, unit: str) -> str:
    """The plural word of a unit."""
    return names.units.get(unit, {}).get("other", "") or readable(unit)


def text_of(text: object, context: Context) -> str:
    """A text of the program in the context's locale."""
    if not isinstance(text, dict):
        return str(text)
    return str(for_locale(text, context.locale, context.first_locale))


def value_text(value: object, kind: Kind, context: Context) -> str:
    """``value`` of that kind in words; "" where there are none."""
    if value is None:
        is_one = kind is Kind.MULTIPLIER  # a tier that says nothing multiplies by one
        return change_phrase("multiplier_one", context.locale, {}) if is_one else ""
    return _SAY[kind](value, context)


def _money(value: Any, context: Context) -> str:  # noqa: ANN401 - as documents write it
    currency = context.names.currency
    return money_text(value[currency], currency, context.locale)


def _amount(value: Any, context: Context) -> str:  # noqa: ANN401
    count = value[context.names.currency] if isinstance(value, dict) else value
    return context.names.amount(count, context.subject.get("group", ""), context.locale)


def _points(value: Any, context: Context) -> str:  # noqa: ANN401
    return context.names.points(value, context.subject.get("unit", ""), context.locale)


def _decimal(value: Any, context: Context) -> str:  # noqa: ANN401
    return decimal_digits(value, context.locale)


def _period(value: Any, context: Context) -> str:  # noqa: ANN401
    return period_text(value, context.locale)


def _lasting(stem: str, value: Any, locale: str) -> str:  # noqa: ANN401
    """A rule of expiry or of waiting: a word, or the key that says most."""
    if isinstance(value, str):
        return change_phrase(f"{stem}_{value}", locale, {})
    key = next((name for name in ("after", "idle", "on", "for", "until") if name in value), "")
    written = str(value.get(key, ""))
    words = period_text(written, locale) if key in ("after", "idle", "for") else written
    return change_phrase(f"{stem}_{key}", locale, {"period": words})


def _window(value: Any, context: Context) -> str:  # noqa: ANN401
    """The time over which amounts count."""
    locale = context.locale
    if not isinstance(value, dict):
        return change_phrase(f"window_{value}", locale, {})
    if value.get("rolling"):
        words = period_text(value["rolling"], locale)
        return change_phrase("window_rolling", locale, {"period": words})
    if value.get("anniversary"):
        return change_phrase("window_anniversary", locale, {})
    if value.get("start"):
        return change_phrase("window_start", locale, {"period": value["start"]})
    return change_phrase(f"window_{value.get('calendar')}", locale, {})


def _given(value: Any, context: Context) -> str:  # noqa: ANN401
    parts = tuple(_effect(effect, context) for effect in value)
    return listed(parts, "comma", context.locale) if all(parts) else ""


def _effect(effect: Mapping[str, Any], context: Context) -> str:
    names, locale = context.names, context.locale
    unit = str(effect.get("unit", ""))
    if "add" in effect and unit:
        return names.points(effect["add"], unit, locale)
    if "rate" in effect and unit:
        return _rate(effect, context)
    if "percent" in effect and unit:
        said = {"percent": decimal_digits(effect["percent"], locale)}
        given = change_phrase("give_percent", locale, {**said, "unit": unit_word(names, unit)})
        return _counted_of(given, effect, locale)
    if "multiply" in effect and unit:
        said = {"factor": decimal_digits(effect["multiply"], locale)}
        return change_phrase("give_times", locale, {**said, "unit": unit_word(names, unit)})
    return _present(effect, context)


def _rate(effect: Mapping[str, Any], context: Context) -> str:
    names, locale, rate = context.names, context.locale, effect["rate"]
    unit = effect["unit"]
    points = f"{decimal_digits(rate, locale)} {unit_word(names, unit)}"
    if rate.isdecimal() and unit not in names.scales:
        points = names.points(int(rate), unit, locale)
    if "per_quantity" in effect:
        is_piece = effect["per_quantity"] == "line.quantity"
        return change_phrase("give_piece", locale, {"points": points}) if is_piece else ""
    per = _money(effect.get("per") or {names.currency: major_unit(names.currency)}, context)
    given = change_phrase("give_rate", locale, {"points": points, "per": per})
    return _counted_of(given, effect, locale)


def _counted_of(given: str, effect: Mapping[str, Any], locale: str) -> str:
    """``given``, and of which price where that is not what is paid for the goods."""
    counted = change_phrase(f"give_of_{effect.get('of', '')}", locale, {"given": given})
    return counted or given


def _present(effect: Mapping[str, Any], context: Context) -> str:
    """What is no points; "" for what is no present, such as a message."""
    names, locale = context.names, context.locale
    if "tier" in effect:
        return _tier(effect, context)
    if "reward" in effect:
        times = effect.get("times", 1)
        said = {"units": digits(times, locale), "reward": names.reward(effect["reward"])}
        return phrase("part_reward" if times == 1 else "part_rewards", locale, said)
    if "cause" in effect:
        said = {"units": digits(effect["add"], locale), "cause": names.cause(effect["cause"])}
        return phrase("part_gift", locale, said)
    if effect.get("chance"):
        return change_phrase("give_chance", locale, {})
    said = {"badge": names.badge(effect.get("badge", ""))}
    return phrase("part_badge", locale, said) if "badge" in effect else ""


def _tier(effect: Mapping[str, Any], context: Context) -> str:
    tier = context.names.tier(f"{effect['tier_group']}/{effect['tier']}")
    if "for" not in effect:
        return phrase("part_tier_given", context.locale, {"tier": tier})
    said = {"tier": tier, "period": period_text(effect["for"], context.locale)}
    return change_phrase("give_tier_for", context.locale, said)


_Say: TypeAlias = Callable[[Any, Context], str]

_SAY: Final[Mapping[Kind, _Say]] = {
    Kind.NONE: lambda _value, _context: "",
    Kind.TEXT: text_of,
    Kind.MONEY: _money,
    Kind.AMOUNT: _amount,
    Kind.POINTS: _points,
    Kind.DECIMAL: _decimal,
    Kind.MULTIPLIER: _decimal,
    Kind.DATE: _decimal,
    Kind.PERIOD: _period,
    Kind.EXPIRY: lambda value, context: _lasting("expiry", value, context.locale),
    Kind.PENDING: lambda value, context: _lasting("pending", value, context.locale),
    Kind.GIVE: _given,
    Kind.WINDOW: _window,
}
