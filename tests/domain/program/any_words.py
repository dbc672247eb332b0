"""What steers drawn programs: names that refer to each other, words, numbers and conditions.

Nothing here decides what is valid (``any_program`` asks the check) or which keys there are (the
types say): a key that is in none of these tables is drawn by its type alone.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from chalicelib.domain.program.fields import FIELDS, OPERATORS, Kind
from tests.domain.program.any_forms import whole

ITEMS_MAX = 2
WHOLE_MAX = 300

UNITS = ("points", "karma", "stamps", "cash")
_KINDS = {"points": "points", "karma": "status", "stamps": "stamps", "cash": "money"}
SKUS = ("tea", "PLUS", "cake")
WORDS = ("web", "tea", "p1", "US", "en", "USD", "plus", "review")


def _some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def _named(struct: str) -> st.SearchStrategy[str]:
    return _some(*(f"{struct.lower()}-{index}" for index in range(ITEMS_MAX)))


_SHARES = _some("0.05", "0.5", "1")
_DECIMALS = _some("1", "2", "1.5", "1.333333", "12.5")
_PERIODS = _some("P14D", "P1M", "P1Y", "P1W", "P2D")
_MONEY = st.integers(1, 20_000).map(lambda minor: {"USD": minor, "EUR": 500})
_EARLY = _some("2026-05-01", "2026-06-10", "2026-06-15T09:00", "2026-07-01")
_LATE = _some("2026-06-14", "2026-06-15", "2026-07-01T10:00:00Z", "2027-12-31")

_BY_KEY: Mapping[str, st.SearchStrategy[Any]] = {
    "unit": _some(*UNITS), "cause": _named("Cause"), "badge": _named("Badge"),
    "reward": _named("Reward"), "grants": st.just("reward-0"), "combine[]": _named("Reward"),
    "tier_group": _named("TierGroup"), "segment": _named("Segment"),
    "paid_by": st.just("partner-0"),
    "partner": _named("Partner"), "plan": _some("plus", "max"), "sku": _some(*SKUS),
    "currency": st.just("USD"), "per": _some({"USD": 100}, {"USD": 7}), "amount": _MONEY,
    "value": _MONEY, "per_step": _MONEY, "unit_cost": _MONEY, "min_order": _MONEY,
    "liability": _MONEY, "holdout": _SHARES, "rollout": st.just("1"),
    "reward_cost_share": _SHARES, "max_share_of_order": _SHARES, "multiply": _DECIMALS,
    "from": _EARLY, "to": _LATE, "target": st.integers(1, 3), "min_life": st.just("P3M"),
    "start": _some("04-01", "02-29"), "on_accent": st.just("#ffffff"),
    "timezone": _some("UTC", "Europe/Budapest", "America/New_York", "Asia/Tokyo"),
}  # fmt: skip
_TRIGGERS = _some(
    *("order.paid", "order.fulfilled", "action.review", "referral.qualified"),
    *("tier.entered", "member.birthday", "member.anniversary"),
)
_BY_STRUCT: Mapping[tuple[str, str], st.SearchStrategy[Any]] = {
    ("Challenge", "on"): _TRIGGERS,
    ("ChallengeStep", "on"): _TRIGGERS,
    ("Effect", "tier"): _named("Tier"),
    ("Effect", "message"): _some("hello", "thanks"),
    ("Messages", "templates:"): st.just(("hello", "thanks")),
    ("MessageCaps", "day"): st.integers(1, 2),
    ("MessageCaps", "week"): st.integers(2, 9),
    ("MessageCaps", "quiet"): _some("21:00-09:00", "none"),
    ("Ends", "earn"): st.just("2027-12-31"),
    ("Ends", "redeem"): st.just("2028-12-31"),
    ("Cost", "amount"): st.integers(1, 60),
    ("Limit", "amount"): st.integers(1, 60),
    ("TierGroup", "by"): st.just("spend"),
    ("Tier", "multiply"): st.dictionaries(_some(*UNITS), _DECIMALS, min_size=1, max_size=2),
    ("Perk", "value"): st.just("two cakes"),
    ("Unit", "name"): _some({"other": "points"}, {"en": {"one": "point", "other": "points"}}),
    ("Program", "fx"): st.just({"EUR": "1.0834"}),
    ("Program", "locales"): _some(["en"], ["en", "hu"]),
    ("Attributes", "order"): st.just({"mcc": "text"}),
    ("Attributes", "line"): st.just({"grade": "integer"}),
    ("Attributes", "action"): st.just({"words": "integer", "country": "text"}),
    ("Program", "facts"): st.just({"vip": "flag", "level": "integer"}),
    ("Program", "units:"): st.just(UNITS),
    ("Program", "segments:"): st.just(("segment-0", "segment-1")),
    ("Limits", "points_per_day"): st.just(400) | st.just({"points": 90}),
    ("Prize", "ranks"): _some([1], [2, 3]),
}


def steered(struct: str, key: str, owner: Mapping[str, Any]) -> st.SearchStrategy[Any] | None:
    """What is drawn under ``key``, where its type says too little; None: the type says enough."""
    if (struct, key) == ("Unit", "kind"):
        return st.just(_KINDS[owner["named"]])
    if (struct, key) == ("Tier", "at"):
        return _THRESHOLDS[owner["by"] == "spend"][owner["index"]]
    if (struct, key) == ("OnceBy", "by"):
        return _ONCE_BY[owner["on"].startswith("order.")]
    if (struct, key) == ("ReferralOffer", "regions"):
        return _REGIONS[owner["index"]]
    if (struct, key) in (("Unit", "scale"), ("Unit", "spendable")):
        return _OF_UNITS.get((owner["named"], key))
    known = _BY_STRUCT.get((struct, key))
    return _BY_KEY.get(key) if known is None else known


_ONCE_BY = (_some("action.country", "action.subject"), st.just("order.channel"))
_REGIONS = (st.just(["US", "HU"]), st.just(["*"]))
_OF_UNITS = {
    **{(unit, "scale"): st.just(1) for unit in UNITS if unit != "cash"},
    ("karma", "spendable"): st.just(False),
}
_THRESHOLDS = (
    tuple(st.just(amount) for amount in (0, 2, 5)),
    tuple(st.just({"USD": amount}) for amount in (0, 4_000, 9_000)),
)
"""Tiers know their place: the first is at nothing, the next further up."""


# ---------------------------------------------------------------- scalars


def scalar(
    kind: inspect.Type, extra: Mapping[str, Any], place: tuple[str, str, int]
) -> st.SearchStrategy[Any]:
    """A value of a type without parts."""
    struct, key, index = place
    if isinstance(kind, inspect.BoolType):
        return st.booleans()
    if isinstance(kind, inspect.EnumType):
        return _exactly_one_of(tuple(each.value for each in kind.cls))
    if isinstance(kind, inspect.IntType):
        least = kind.ge if kind.ge is not None else -WHOLE_MAX
        most = kind.le if kind.le is not None else WHOLE_MAX
        return whole(least, min(most, least + WHOLE_MAX))
    assert isinstance(kind, inspect.StrType), kind
    if key == "id" and struct not in ("Program", "Rule"):
        return _exactly(f"{struct.lower()}-{index}")
    if key == "id":
        return _RULE_IDS
    flaw = extra.get("flaw")
    known = _BY_FLAW.get(flaw.code if flaw else "")
    if known is not None:
        return known
    return _some(*WORDS) if kind.pattern is None else st.from_regex(kind.pattern, fullmatch=True)


_RULE_IDS = st.integers(0, 999).map(lambda number: f"rule-{number}")


@lru_cache
def _exactly_one_of(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


@lru_cache
def _exactly(text: str) -> st.SearchStrategy[str]:
    return st.just(text)


_BY_FLAW: Mapping[str, st.SearchStrategy[str]] = {
    "id_malformed": _some(*UNITS),
    "period_malformed": _PERIODS,
    "decimal_malformed": _DECIMALS,
    "rate_malformed": _DECIMALS,
    "date_malformed": _EARLY,
    "day_malformed": _some("12-31", "02-29", "04-01"),
    "locale_malformed": _some("en", "hu", "pt-BR"),
    "currency_unknown": _some("USD", "EUR"),
    "color_malformed": _some("#1a2b3c", "#FFD000"),
    "address_malformed": st.just("https://shop.example/x"),
    "hours_malformed": _some("09:00-17:00", "22:00-02:00", "10:00-24:00"),
    "text_malformed": _some("Tea club", "Süti", "چای"),
    "region_malformed": _some("US", "HU", "*"),
}


# ---------------------------------------------------------------- conditions

_OPERANDS: Mapping[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: _some(*WORDS),
    Kind.INTEGER: _some(-1, 0, 1, 3, 1_000),
    Kind.TIME: _EARLY,
    Kind.LIST: _some(*WORDS),
    Kind.PRODUCTS: _some(*WORDS),
    Kind.FLAG: st.booleans(),
}
_DECLARED = {
    "order.mcc": Kind.TEXT, "line.grade": Kind.INTEGER, "action.words": Kind.INTEGER,
    "action.country": Kind.TEXT, "facts.vip": Kind.FLAG, "facts.level": Kind.INTEGER,
    **{f"member.points.{unit}": Kind.INTEGER for unit in UNITS},
}  # fmt: skip
_TIERS = tuple(f"member.tier.tiergroup-{index}" for index in range(ITEMS_MAX))


def conditions(key: str, owner: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A condition about what may be asked under ``key``."""
    trigger = str(owner.get("on", "order.paid" if "offers" in owner else ""))
    space = {"subscription": "action"}.get(trigger.partition(".")[0], trigger.partition(".")[0])
    is_own = key in ("if", "lines") and "by" not in owner and space in ("order", "action")
    own = (f"{space}.", *(("line.",) if key == "lines" else ())) if is_own else ()
    return _about(("member.", "facts.", *own))


@lru_cache
def _about(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = {**{name: field.kind for name, field in FIELDS.items()}, **_DECLARED}
    fields = [
        _compared(name, kinds.get(name)) for name in (*kinds, *_TIERS) if name.startswith(names)
    ]
    plain = st.sampled_from(fields).flatmap(lambda compared: compared)
    parts = st.lists(plain, min_size=1, max_size=2)
    return st.one_of(
        plain,
        plain,
        parts.map(lambda each: {"all": each}),
        parts.map(lambda each: {"any": each}),
        plain.map(lambda one: {"not": one}),
    )


def _compared(name: str, kind: Kind | None) -> st.SearchStrategy[dict[str, Any]]:
    """Every way to ask for one field."""
    if kind is None:
        return _named("Tier").map(lambda tier: {name: {"eq": tier}})
    value = _named("Segment") if name == "member.segments" else _OPERANDS[kind]
    listed = st.lists(value, min_size=1, max_size=2)
    ways = [
        (operator, st.booleans() if operator == "exists" else
         listed if operator in ("in", "nin", "any_of") else value)
        for operator in OPERATORS[kind]
    ]  # fmt: skip
    return st.one_of([_said(name, operator, said) for operator, said in ways])


def _said(
    name: str, operator: str, said: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return said.map(lambda operand: {name: {operator: operand}})
