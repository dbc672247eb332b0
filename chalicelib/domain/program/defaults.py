"""What a document means where it is silent: the three-key program, written out.

``filled`` works on plain JSON, before anything is known to be right, so it takes any shape and
never raises. It writes defaults OUT: a stored version says everything itself, and a later
change of a default cannot reach it. Filling twice is filling once.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias, TypeVar

import msgspec

from chalicelib.domain.currencies import EXPONENTS, major_unit
from chalicelib.domain.program.contrast import readable_on
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY

Json: TypeAlias = dict[str, object]

DEFAULT_UNIT = "points"
_COST_POINTS = 100
_VALUE_MAJOR = 5
_COST_SHARE = "0.05"
_COLOR = re.compile("#[0-9A-Fa-f]{6}")
_UNDO = "P30D"
_IDLE = "P12M"
_WARN = ("P30D", "P7D")
_RETURNS_DAYS = 14
ACTIVITIES = ("order.paid", "redeem", "member.joined", "adjust", "action")
"""What counts as activity where a program does not say."""


class _Words(NamedTuple):
    """What default things are called in one language."""

    point: str
    points: str
    off: str  # with {money}, the currency


_ENGLISH: Final = "en"
_WORDS: Final = {
    _ENGLISH: _Words("point", "points", f"{_VALUE_MAJOR} {{money}} off"),
    "hu": _Words("pont", "pont", f"{_VALUE_MAJOR} {{money}} kedvezmény"),
    "fa": _Words("امتیاز", "امتیاز", f"{_VALUE_MAJOR} {{money}} تخفیف"),
}
T = TypeVar("T")


def read_program(document: Mapping[str, object]) -> Program:
    """The typed program of a document that ``validation.check`` found good, or that was stored.

    Raises:
        msgspec.ValidationError: it is not a good document.
    """
    return msgspec.convert(filled(document), Program)


def document_of(program: Program) -> Json:
    """``program`` as JSON with every default written out: what is stored as a version."""
    plain: Json = msgspec.to_builtins(program)
    return {key: _without_nulls(value) for key, value in plain.items()}


def filled(document: Mapping[str, object]) -> Json:
    """``document`` with the defaults of language 1 for the keys it does not have."""
    currency = document.get("currency")
    major = major_unit(currency) if isinstance(currency, str) and currency in EXPONENTS else 100
    money = currency if isinstance(currency, str) else ""
    spoken = _spoken(document.get("locales"))
    units = _units(document, _points(money, major, spoken))
    full: Json = {
        "language": 1,
        "timezone": "UTC",
        "locales": ["en"],
        "join": {},
        "ends": {},
        "presentation": {},
        "stack": "best",
        "tier_groups": [],
        "causes": [],
        "challenges": [],
        "badges": [],
        **document,
        "units": units,
    }
    unit = _earning_unit(units)
    full.setdefault("earn", [_purchase(unit, money, major)])
    full["earn"] = _each(full["earn"], _filled_rule)
    if "messages" in full or _has_messages(full.get("campaigns")):
        full["messages"] = _filled_messages(full.get("messages", {}))
    if "campaigns" in full:
        full["campaigns"] = _each(full["campaigns"], _filled_campaign)
    if "rewards" not in document:
        name = _told(spoken, lambda words: words.off.format(money=money))
        full["rewards"] = _rewards(units, unit, {money: _VALUE_MAJOR * major}, name)
        full.setdefault("limits", {"reward_cost_share": _COST_SHARE})
    full["rewards"] = _each(full["rewards"], _filled_reward)
    full.setdefault("limits", {})
    full["presentation"] = _filled_presentation(full["presentation"])
    return full


def _filled_presentation(presentation: object) -> object:
    """With what reads best on the accent, where the accent is a colour and nothing else is said."""
    if not isinstance(presentation, dict):
        return presentation
    accent = presentation.get("accent")
    if not isinstance(accent, str) or not _COLOR.fullmatch(accent):
        return presentation
    return {"on_accent": readable_on(accent), **presentation}


def _spoken(locales: object) -> tuple[str, ...]:
    """The locales of the program that default texts have words for; English where none has."""
    told = locales if isinstance(locales, list | tuple) else ()
    return tuple(each for each in told if isinstance(each, str) and _language(each) in _WORDS)


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def _told(spoken: tuple[str, ...], say: Callable[[_Words], T]) -> T | dict[str, T]:
    """What ``say`` makes of the words: in English, or in every language that members may read."""
    if {_language(each) for each in spoken} <= {_ENGLISH}:
        return say(_WORDS[_ENGLISH])
    return {each: say(_WORDS[_language(each)]) for each in spoken}


def _units(document: Mapping[str, object], points: Json) -> object:
    units = document.get("units", {DEFAULT_UNIT: points})
    if not isinstance(units, dict):
        return units
    return {key: _filled_unit(unit) for key, unit in units.items()}


def _points(money: str, major: int, spoken: tuple[str, ...]) -> Json:
    return {
        "name": _told(spoken, lambda words: {"one": words.point, "other": words.points}),
        "value": {money: _VALUE_MAJOR * major},
        "value_per": _COST_POINTS,
    }


def _filled_unit(unit: object) -> object:
    if not isinstance(unit, dict):
        return unit
    kind = unit.get("kind", "points")
    is_points = kind == "points"
    return {
        "kind": "points",
        "spendable": kind != "status",
        "pending": {"for": "P14D"} if kind in ("points", "money") else "none",
        "expiry": {"idle": _IDLE, "warn": list(_WARN)} if is_points else "never",
        **unit,
        **_filled_dates(unit),
    }


def _filled_dates(unit: Json) -> Json:
    """The parts of ``pending`` and ``expiry`` that go without saying."""
    filled_in: Json = {}
    pending, expiry = unit.get("pending"), unit.get("expiry")
    expiry = {"idle": _IDLE, "warn": list(_WARN)} if "expiry" not in unit else expiry
    if isinstance(pending, dict) and pending.get("until") == "order.returns_closed":
        filled_in["pending"] = {"returns_days": _RETURNS_DAYS, **pending}
    is_status = unit.get("kind", "points") != "points" and "expiry" not in unit
    if isinstance(expiry, dict) and "idle" in expiry and not is_status:
        filled_in["expiry"] = {"counts": list(ACTIVITIES), **expiry}
    return filled_in


def _filled_campaign(campaign: object) -> object:
    if not isinstance(campaign, dict) or "rules" not in campaign:
        return campaign
    return {**campaign, "rules": _each(campaign["rules"], _filled_rule)}


def _has_messages(campaigns: object) -> bool:
    listed = campaigns if isinstance(campaigns, list | tuple) else ()
    return any(isinstance(each, dict) and each.get("message") is not None for each in listed)


def _filled_messages(messages: object) -> object:
    """With how often members are told something where the document does not say."""
    caps = messages.get("caps", {}) if isinstance(messages, dict) else None
    if not isinstance(messages, dict) or not isinstance(caps, dict):
        return messages
    return {**messages, "caps": {"day": 1, "week": 2, "quiet": "21:00-09:00", **caps}}


def _filled_rule(rule: object) -> object:
    if not isinstance(rule, dict):
        return rule
    goes_without_saying: dict[object, Json] = {
        "member.joined": {"once": "member"},
        BIRTHDAY: {"once": "subject"},  # that is the year
        ANNIVERSARY: {"once": "subject"},
        "order.returns_closed": {"returns_days": _RETURNS_DAYS},
    }
    return {**goes_without_saying.get(str(rule.get("on")), {}), **rule}


def _filled_reward(reward: object) -> object:
    if not isinstance(reward, dict):
        return reward
    valid = reward.get("valid")
    undo = "never" if reward.get("auto") is True else _UNDO
    return {"undo": valid if isinstance(valid, str) and undo == _UNDO else undo, **reward}


def _purchase(unit: str, money: str, major: int) -> Json:
    give = {"rate": "1", "per": {money: major}, "of": "net", "unit": unit}
    return {"id": "purchase", "on": "order.paid", "give": [give]}


def _rewards(units: object, unit: str, value: Json, name: object) -> list[Json]:
    if not _is_spendable(units, unit):
        return []
    return [
        {
            "id": "five-off",
            "name": name,
            "kind": "amount_off",
            "cost": {"unit": unit, "amount": _COST_POINTS},
            "value": value,
            "on_refund": "return",
        }
    ]


def _earning_unit(units: object) -> str:
    """The unit that default rules give: ``points``, else the first spendable, else the first."""
    ids = [key for key in units if isinstance(key, str)] if isinstance(units, dict) else []
    spendable = [key for key in ids if _is_spendable(units, key)]
    if DEFAULT_UNIT in ids or not ids:
        return DEFAULT_UNIT
    return (spendable or ids)[0]


def _is_spendable(units: object, unit: str) -> bool:
    described = units.get(unit) if isinstance(units, dict) else None
    return isinstance(described, dict) and described.get("spendable") is True


def _each(items: object, fill: Callable[[object], object]) -> object:
    return [fill(item) for item in items] if isinstance(items, list | tuple) else items


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(item) for item in value]
    return value
