"""Keys of drawn programs that go together, and how often each is drawn.

Nothing here decides what is valid (``any_program`` asks the check) or which keys there are (the
types say): a key that is in none of these tables is drawn beside any form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@dataclass(slots=True)
class Place:
    """Where something is drawn: under which key of which struct, and what its owners have."""

    struct: str
    key: str
    index: int = 0
    owner: Mapping[str, Any] = field(default_factory=dict)


@lru_cache
def whole(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number."""
    return st.integers(least, most)


def pick(draw: st.DrawFn, choices: Sequence[T]) -> T:
    """One of ``choices``."""
    return choices[draw(whole(0, len(choices) - 1))]


EXACTLY = {
    ("Referral", "offers"): (2, 2),
    ("TierGroup", "tiers"): (2, 3),
    ("Rule", "give"): (1, 2),
    ("Program", "rewards"): (2, 3),
}
"""How many of a list are drawn, where it matters."""

WANTED_OF_TEN = {
    "Program": 6,
    "Rule": 1,
    "Board": 7,
    "Keep": 6,
    "Prize": 7,
    "ChallengeStep": 5,
    "Attributes": 9,
    "WireOrder": 8,
    "WireLine": 5,
    "": 3,
}
"""In so many of ten cases a key is drawn that may be left out, by struct; "" is every other one."""

ALWAYS = ("units", "attributes", "facts", "badges", "causes", "segments", "rewards", "messages")
"""What so much else refers to that every program has it."""

# ---------------------------------------------------------------- keys that go together

_ADD = {"add": None, "unit": None}
_RATE = {"rate": "1.5", "unit": "points"}
_REWARD, _BADGE = {"reward": None, "times": None}, {"badge": None}
_TELL = {"message": None}
_CAUSE, _TIER = {"cause": None, "add": None}, {"tier": None, "tier_group": None, "for": None}
_SHARES = (
    {"rate": None, "per": None, "of": None, "unit": None},
    {"rate": None, "unit": None},
    {"percent": None, "of": None, "unit": "cash"},
    {"rate": None, "per_quantity": "line.quantity", "unit": None},
)
_AMOUNTS = (*_SHARES, {"multiply": None, "unit": None})
_EFFECTS = {
    "entry": (_ADD, _ADD, _REWARD, _TELL),
    "birthday": (_ADD, _ADD, _REWARD, _TELL),
    "friend": (_ADD, *_SHARES, _REWARD, _BADGE, _CAUSE, _TIER, _TELL, {"chance": None}),
    "advocate": (_ADD, *_SHARES, _REWARD, _BADGE, _CAUSE, _TIER, _TELL, {"chance": None}),
    "challenge": (_ADD, _ADD, _BADGE, _REWARD, _CAUSE, _TELL),
    "order": (_ADD, *_AMOUNTS, _REWARD, _BADGE, _CAUSE, _TIER, _TELL, {"chance": None}),
    "action": (
        _ADD, _REWARD, _BADGE, _CAUSE, _TIER, _TELL,
        {"rate": None, "per_quantity": "action.words", "unit": None}, {"chance": None},
    ),
    "subscription": (_ADD, _REWARD, _BADGE, _CAUSE, _TELL, {"chance": None}),
    "": (_ADD, _REWARD, _CAUSE, _TELL, {"chance": None}),
    "referral": (_ADD, _REWARD, _BADGE, _CAUSE, _TELL, {"chance": None}),
}  # fmt: skip
"""Of effects, by the key that they stand under, or by the first word of their trigger."""

_LIMITED = {"times": 2, "window": {"calendar": "month"}}
_RULES: tuple[dict[str, Any], ...] = (
    {"on": "order.paid"},
    {"on": "order.paid", "lines": None},
    {"on": "order.paid", "give": [_RATE], "full": True},
    {"on": "order.paid", "give": [_RATE], "bonus": True},
    {"on": "order.paid", "give": [_RATE], "tier": "after"},
    {"on": "order.paid", "give": [_ADD | {"add": 5, "unit": "points"}], "paid_by": None},
    {"on": "order.returns_closed", "returns_days": None},
    {"on": "order.paid", "give": [_RATE], "limit": {"amount": 30, "window": {"calendar": "month"}}},
    {"on": "order.paid", "limit": {**_LIMITED, "scope": "shop"}},
    {"on": "order.fulfilled", "counts": None},
    {"on": "order.placed"},
    {"on": "action.review", "limit": None, "self_reported": None},
    {"on": "action.review", "limit": _LIMITED, "once": {"by": "action.subject"}},
    {"on": "order.paid", "once": None},
    {"on": "subscription.renewed", "once": "subject"},
)
_RULES_OF_ALL: tuple[dict[str, Any], ...] = (
    {"on": "order.paid", "give": [_RATE], "group": "best", "pick": "best"},
    {"on": "order.paid", "give": [{"rate": "2", "unit": "points"}], "group": "best",
     "pick": "best", "lines": None},
    {"on": "member.joined"},
    {"on": "member.joined", "limit": {**_LIMITED, "scope": "shop"}},
    {"on": "member.birthday"},
    {"on": "member.anniversary"},
    {"on": "tier.entered", "once": "subject"},
    {"on": "action.revoked", "limit": _LIMITED, "if": None},
    {"on": "action.revoked", "limit": _LIMITED, "once": "subject"},
    {"on": "referral.qualified", "limit": _LIMITED},
    {"on": "referral.qualified", "limit": {**_LIMITED, "scope": "shop"}},
)  # fmt: skip
"""Of rules that no campaign may have."""

_STEPS = {"unit": "points", "step": 10, "min": 20, "max": 90}
_FREE: tuple[dict[str, Any], ...] = (
    {"kind": "free_shipping", "limit": {"times": 1, "window": "lifetime"}},
    {"kind": "experience", "fulfil_note": None, "limit": {"times": 2, "window": "lifetime"}},
    {"kind": "digital", "limit": {"times": 2, "window": {"calendar": "year"}}},
    {"kind": "perk", "limit": {"times": 2, "window": {"rolling": "P30D"}}},
    {"kind": "product", "sku": None},
)
"""Of rewards that cost nothing: tiers may grant the first four."""
FIRST = {
    "Reward": _FREE,
    "Partner": ({"buys_point_at": None}, {"buys_point_at": None, "paid_per_point_burned": None}),
}
"""Of the first of a list: what others refer to."""
FORMS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "Limit": (
        {"times": None, "window": None},
        {"amount": None, "window": None},
        {"times": None, "window": {"calendar": "month"}, "scope": "shop"},
        {"cooldown": None},
        {"times": None, "window": None, "cooldown": None},
    ),
    "Span": ({"calendar": None}, {"rolling": None}),
    "TierSpan": (
        {"rolling": None},
        {"calendar": None},
        {"calendar": "year", "start": None},
        {"anniversary": None},
    ),
    "Pending": (
        {"for": None},
        {"until": "order.fulfilled", "at_most": "P90D"},
        {"until": "order.returns_closed", "at_most": "P90D", "returns_days": None},
    ),
    "Expiry": (
        {"after": "P1Y", "round": None}, {"on": None, "min_life": None},
        {"idle": "P1Y", "counts": None},
    ),
    "Reward": (
        {"kind": "amount_off", "value": None, "cost": {"unit": "points", "amount": 30},
         "max_share_of_order": None},
        {"kind": "gift_card", "value": None, "valid": None, "on_expiry": None},
        {"kind": "store_credit", "per_step": None, "cost": _STEPS},
        {"kind": "percent_off", "percent": None, "forever": True},
        {"kind": "product", "sku": None, "auto": True, "undo": "never",
         "cost": {"unit": "stamps", "amount": 3}},
        {"kind": "service"},
        {"kind": "donation", "cause": None, "cost": {"unit": "points", "amount": 20}, "add": None},
    ),
    "TierGroup": (
        {"by": "spend", "window": None, "keep": None},
        {"by": "points", "unit": "points", "window": None, "keep": None},
        {"by": "status", "unit": "karma", "window": None},
        {"by": "orders", "window": "lifetime"},
        {"by": "referrals"},
        {"by": "custom", "evaluate": None, "window": {"calendar": "month"}},
    ),
    "Challenge": (
        {"kind": "count", "on": None, "target": None},
        {"kind": "count", "on": "order.paid", "target": None, "to": None, "board": None},
        {"kind": "sum", "on": "order.paid", "of": "line.net", "target": None, "lines": None},
        {"kind": "sum", "on": "action.review", "of": "action.words", "target": None},
        {"kind": "streak", "on": None, "every": None, "skips": None, "target": None},
        {"kind": "set", "on": "action.review", "of": "action.subject", "target": 1, "max": None},
        {"kind": "set", "on": "order.paid", "of": "line.sku", "target": 1, "max": None},
        {"kind": "steps", "steps": None, "repeat": 1},
    ),
    "Partner": ({"buys_point_at": None}, {"paid_per_point_burned": None}, {"earns": None},
                {"burns": None}),
    "Unit": ({"kind": None, "value": None}, {"kind": None}),
    "ReferralOffer": ({"friend": None}, {"advocate": None}, {"friend": None, "advocate": None}),
    "Ends": ({"earn": None}, {"earn": None, "redeem": None}),
    "Board": ({"prizes": None, "after": None}, {"size": None}),
    "SoldAs": ({"sku": None}, {"plan": None}),
    "Budget": ({"points": None}, {"amount": None}),
}  # fmt: skip
"""Keys that go together, with values where only one will do. Those that are in no form of a struct
may be beside any of them."""


@lru_cache
def claimed_of(struct: str) -> frozenset[str]:
    """Keys that are drawn by forms alone."""
    several: Mapping[str, Any] = {
        "Reward": (_FREE, FORMS["Reward"]),
        "Effect": _EFFECTS.values(),
        "Rule": ((*_RULES, *_RULES_OF_ALL),),
    }
    forms = [form for each in several.get(struct, (FORMS.get(struct, ()),)) for form in each]
    also = {"Tier": ("at", "if", "entry", "invite_only"), "Rule": ("group", "pick")}
    return frozenset((*also.get(struct, ()), *(key for form in forms for key in form)))


def forms_of(struct: str, place: Place) -> Sequence[dict[str, Any]]:
    """The forms that a struct may have there; none: its keys are drawn each by itself."""
    if struct == "Effect":
        return _effects(place)
    if struct == "Tier":
        return _tiers(place)
    if struct in FIRST and not place.index:
        return FIRST[struct]
    if struct == "Rule":
        return _RULES if place.struct == "Campaign" else (*_RULES, *_RULES_OF_ALL)
    return FORMS.get(struct, ())


def _effects(place: Place) -> Sequence[dict[str, Any]]:
    key = place.key.removesuffix("[]")
    if place.struct in ("Challenge", "Prize"):
        key = "challenge"
    if key in _EFFECTS:
        return _EFFECTS[key]
    sold_as = place.owner.get("sold_as")
    bought = "" if sold_as is None else "order" if "sku" in sold_as else "subscription"
    trigger = str(place.owner.get("on", bought))
    forms = _EFFECTS.get(trigger.partition(".")[0], _EFFECTS[""])
    return [form for form in forms if place.struct != "Branch" or "chance" not in form]


def _tiers(place: Place) -> Sequence[dict[str, Any]]:
    if not place.index:
        return ({} if place.owner["by"] == "custom" else {"at": None},)
    reached = {"if": None} if place.owner["by"] == "custom" else {"at": None, "entry": None}
    return (reached, {"invite_only": True}) if place.index > 1 else (reached,)


# ---------------------------------------------------------------- values
