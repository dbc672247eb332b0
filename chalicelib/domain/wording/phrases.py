"""Filling templates: the one place where a table of a language meets values.

A template is a text with ``{names}``, or such texts by plural category of a count. Values are
put in once and never read as templates. A value that runs the other way than its sentence is
wrapped in Unicode isolates (FSI, PDI), so that ``#1001`` keeps its order inside Persian; in a
sentence of the same direction nothing is added.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias
from unicodedata import bidirectional

from chalicelib.domain.wording.languages.en import ENGLISH
from chalicelib.domain.wording.languages.fa import PERSIAN
from chalicelib.domain.wording.languages.gifts import (
    ENGLISH_GIFTS,
    HUNGARIAN_GIFTS,
    PERSIAN_GIFTS,
)
from chalicelib.domain.wording.languages.hu import HUNGARIAN
from chalicelib.domain.wording.languages.referrals import REFERRALS
from chalicelib.domain.wording.plurals import language_of, plural_category

Template: TypeAlias = str | Mapping[str, str]

LANGUAGES: Mapping[str, Mapping[str, Template]] = MappingProxyType(
    {
        "en": {**ENGLISH, **ENGLISH_GIFTS, **REFERRALS["en"]},
        "fa": {**PERSIAN, **PERSIAN_GIFTS, **REFERRALS["fa"]},
        "hu": {**HUNGARIAN, **HUNGARIAN_GIFTS, **REFERRALS["hu"]},
    }
)
RIGHT_TO_LEFT = frozenset({"fa"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")

_FALLBACK = "en"
_NOTHING: Mapping[str, str] = {}
_LEFT_TO_RIGHT_MARK = "\u200e"
_ISOLATE = "\u2068"
_END_OF_ISOLATE = "\u2069"
_RIGHT_CLASSES = frozenset({"R", "AL", "AN"})


def spoken(locale: str) -> str:
    """The language that sentences for ``locale`` are in: its own, else English."""
    language = language_of(locale)
    return language if language in LANGUAGES else _FALLBACK


def has_phrase(key: str, locale: str) -> bool:
    """Whether the language has a template ``key``."""
    return key in LANGUAGES[spoken(locale)]


def phrase(
    key: str, locale: str, values: Mapping[str, str] = _NOTHING, count: int | None = None
) -> str:
    """The template ``key``, filled; "" if there is none or a value that it names is missing.

    ``count`` chooses the plural form.
    """
    language = spoken(locale)
    return filled(LANGUAGES[language].get(key, ""), language, values, count)


def filled(
    template: Template,
    language: str,
    values: Mapping[str, str] = _NOTHING,
    count: int | None = None,
) -> str:
    """``template`` of ``language`` with ``values`` in it; "" if one that it names is missing."""
    if not isinstance(template, str):
        category = plural_category(count or 0, language)
        template = template.get(category) or template.get("other", "")
    if any(not values.get(name) for name in PLACEHOLDER.findall(template)):
        return ""
    return PLACEHOLDER.sub(lambda hole: _isolated(values[hole[1]], language), template)


def first_phrase(keys: tuple[str, ...], locale: str, values: Mapping[str, str] = _NOTHING) -> str:
    """The first of ``keys`` that there is a template and all values for; "" if none."""
    return next((said for key in keys if (said := phrase(key, locale, values))), "")


def listed(parts: tuple[str, ...], separator: str, locale: str) -> str:
    """``parts`` with the language's ``comma`` or ``semicolon`` between them."""
    return phrase(f"list_{separator}", locale).join(parts)


def _isolated(value: str, language: str) -> str:
    """``value``, kept from reordering the sentence around it where it could.

    A phrase of our own that holds isolates already is of the sentence's direction.
    """
    if 0 < value.count(_ISOLATE) == value.count(_END_OF_ISOLATE):
        return value
    classes = {bidirectional(sign) for sign in value if sign != _LEFT_TO_RIGHT_MARK}
    has_right = not classes.isdisjoint(_RIGHT_CLASSES)
    if language in RIGHT_TO_LEFT:
        is_at_home = value.isdecimal() or (has_right and "L" not in classes)
    else:
        is_at_home = not has_right
    return value if is_at_home else f"{_ISOLATE}{value}{_END_OF_ISOLATE}"
