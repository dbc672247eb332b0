"""Counts with their word, as the program says it: "1,234 points", "۱٬۲۳۴ امتیاز".

A unit's name is either plural forms (``{"one": "point", "other": "points"}``) or plural forms by
locale. This module picks; it never makes up a word.
"""

from collections.abc import Mapping
from typing import TypeVar

from chalicelib.domain.wording.plurals import digits, language_of, plural_category, tag_of

_Value = TypeVar("_Value")
_NO_FORMS: Mapping[str, str] = {}


def points_text(count: int, forms: Mapping[str, str], locale: str) -> str:
    """``count`` and its word. ``forms`` by CLDR category, in the language of ``locale``.

    A category that is not there falls back to ``other``; no forms at all leave the number.
    """
    word = forms.get(plural_category(count, locale)) or forms.get("other", "")
    return f"{digits(count, locale)} {word}".rstrip()


def unit_forms(
    unit_name: Mapping[str, str | dict[str, str]], locale: str, fallback: str = ""
) -> Mapping[str, str]:
    """The plural forms of a unit's name (``document.PluralForms``) for ``locale``.

    ``fallback`` is the locale to take when the name has none of that language (the program's
    first); without it the first of the name is taken.
    """
    by_locale = {tag: forms for tag, forms in unit_name.items() if isinstance(forms, dict)}
    if not by_locale:
        return {form: word for form, word in unit_name.items() if isinstance(word, str)}
    found = for_locale(by_locale, locale, fallback)
    return _NO_FORMS if found is None else found


def for_locale(by_locale: Mapping[str, _Value], locale: str, fallback: str = "") -> _Value | None:
    """What stands for ``locale``: matched exactly, then by language, then ``fallback``, then first.

    None only of an empty mapping.
    """
    for wanted in (locale, fallback):
        tag = best_tag(tuple(by_locale), wanted)
        if tag:
            return by_locale[tag]
    return next(iter(by_locale.values()), None)


def best_tag(tags: tuple[str, ...], wanted: str) -> str:
    """The tag of ``tags`` that serves ``wanted``: the same, else of its language; "" for none."""
    asked = tag_of(wanted)
    by_lower = {tag_of(tag): tag for tag in reversed(tags)}
    if asked in by_lower:
        return by_lower[asked]
    language = language_of(wanted)
    if language in by_lower:
        return by_lower[language]
    return next((tag for tag in tags if language_of(tag) == language), "")
