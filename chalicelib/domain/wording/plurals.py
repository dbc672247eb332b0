"""Numbers of a language: plural categories and digits, for integers and for written decimals.

The rules are those of Unicode CLDR, cut down to whole numbers; the separators are what ``Intl``
prints in a browser (but see ``hu`` below), so that the API and the widget agree. No locale
library: its import would cost more than everything else that a card needs.
"""

from collections.abc import Callable, Mapping

import msgspec

_NO_BREAK = "\u00a0"
_NARROW = "\u202f"
_MILLION = 1_000_000
_GROUP = 3
_LEFT_TO_RIGHT = "\u200e"  # keeps a minus on the left of its number in right-to-left text


class _Digits(msgspec.Struct, frozen=True):
    """How a language writes numbers."""

    group: str = _NARROW  # ISO 80000: read as no language's decimal sign
    point: str = "."
    minus: str = "-"
    grouped_from: int = 4  # digits
    zero: str = "0"  # the first of its ten digits


_UNKNOWN = _Digits()
_COMMAS = _Digits(",", ".")
_DIGITS: Mapping[str, _Digits] = {
    "en": _COMMAS,
    # Intl groups from five digits on; a balance reads better with one habit for all sizes.
    "hu": _Digits(_NO_BREAK, ","),
    "fa": _Digits("٬", "٫", _LEFT_TO_RIGHT + "\u2212", zero="۰"),
    "de": _Digits(".", ","),
    "de-at": _Digits(_NO_BREAK, ","),
    "de-ch": _Digits("'", "."),
    "nl": _Digits(".", ","),
    "it": _Digits(".", ",", grouped_from=5),
    "es": _Digits(".", ",", grouped_from=5),
    "es-mx": _COMMAS,
    "es-us": _COMMAS,
    "fr": _Digits(_NARROW, ","),
    "pt": _Digits(".", ","),
    "pt-pt": _Digits(_NO_BREAK, ",", grouped_from=5),
    "ru": _Digits(_NO_BREAK, ","),
    "uk": _Digits(_NO_BREAK, ","),
    "pl": _Digits(_NO_BREAK, ",", grouped_from=5),
}


def tag_of(locale: str) -> str:
    """A BCP 47 tag in one spelling, for look-ups: ``pt-br`` of ``pt_BR``."""
    return locale.replace("_", "-").lower()


def language_of(locale: str) -> str:
    """The language of a BCP 47 tag: ``pt`` of ``pt-BR``."""
    return tag_of(locale).partition("-")[0]


def digits(count: int, locale: str) -> str:
    """``count`` as the locale writes it: ``-1,234``, ``۱۲۳٬۴۵۶``.

    A language that is not in the table gets spaces between groups.
    """
    how = _digits_of(locale)
    sign = how.minus if count < 0 else ""
    return sign + _grouped(str(abs(count)), how)


def decimal_digits(written: str, locale: str) -> str:
    """A plain decimal such as ``-114.50`` as the locale writes it; other text as it is."""
    unsigned = written.removeprefix("-")
    whole, point, places = unsigned.partition(".")
    is_number = whole.isdecimal() and (places.isdecimal() or not point) and unsigned.isascii()
    if not is_number:
        return written
    how = _digits_of(locale)
    sign = "" if unsigned == written else how.minus
    fraction = how.point + _own_digits(places, how) if point else ""
    return sign + _grouped(whole, how) + fraction


def plural_category(count: int, locale: str) -> str:
    """The CLDR category of a whole ``count``: zero, one, two, few, many or other.

    A negative count has the category of its absolute value. Unknown language: ``other``.
    """
    rule = _RULES.get(tag_of(locale)) or _RULES.get(language_of(locale))
    return rule(abs(count)) if rule else "other"


def plural_categories(locale: str) -> frozenset[str]:
    """Every category that whole numbers have in the language: what a table of forms must hold."""
    return frozenset(plural_category(count, locale) for count in (*range(200), _MILLION))


def _digits_of(locale: str) -> _Digits:
    return _DIGITS.get(tag_of(locale)) or _DIGITS.get(language_of(locale)) or _UNKNOWN


def _grouped(whole: str, how: _Digits) -> str:
    if len(whole) < how.grouped_from:
        return _own_digits(whole, how)
    first = len(whole) % _GROUP or _GROUP
    starts = range(first, len(whole), _GROUP)
    groups = (whole[:first], *(whole[start : start + _GROUP] for start in starts))
    return how.group.join(_own_digits(group, how) for group in groups)


def _own_digits(ascii_digits: str, how: _Digits) -> str:
    if how.zero == "0":
        return ascii_digits
    return "".join(chr(ord(how.zero) + int(digit)) for digit in ascii_digits)


# ---------------------------------------------------------------- CLDR's rules, for integers


def _one(count: int) -> str:
    return "one" if count == 1 else "other"


def _zero_and_one(count: int) -> str:
    return "one" if count <= 1 else "other"


def _one_and_millions(count: int) -> str:
    return "many" if _is_millions(count) else _one(count)


def _zero_and_one_and_millions(count: int) -> str:
    return "many" if _is_millions(count) else _zero_and_one(count)


def _is_millions(count: int) -> bool:
    return count != 0 and count % _MILLION == 0


def _east_slavic(count: int) -> str:
    last, last_two = count % 10, count % 100
    if last == 1 and last_two != 11:  # noqa: PLR2004 - the figures of the rule itself
        return "one"
    return "few" if _is_few(last, last_two) else "many"


def _polish(count: int) -> str:
    if count == 1:
        return "one"
    return "few" if _is_few(count % 10, count % 100) else "many"


def _is_few(last: int, last_two: int) -> bool:
    return last in (2, 3, 4) and last_two not in (12, 13, 14)


def _arabic(count: int) -> str:
    few_last, many_first = 10, 11
    exact = {0: "zero", 1: "one", 2: "two"}.get(count)
    if exact:
        return exact
    last_two = count % 100
    if last_two >= many_first:
        return "many"
    return "few" if 3 <= last_two <= few_last else "other"  # noqa: PLR2004 - as above


_RULES: Mapping[str, Callable[[int], str]] = {
    "en": _one,
    "hu": _one,
    "de": _one,
    "nl": _one,
    "fa": _zero_and_one,
    "es": _one_and_millions,
    "it": _one_and_millions,
    "fr": _zero_and_one_and_millions,
    "pt": _zero_and_one_and_millions,
    "pt-pt": _one_and_millions,
    "ru": _east_slavic,
    "uk": _east_slavic,
    "pl": _polish,
    "ar": _arabic,
}
