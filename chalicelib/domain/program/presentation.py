"""What shoppers see of a program, in their language: JSON-ready, the same for everybody.

Texts come in the locale asked for, else the program's first, else whichever there is. Nothing
here is personal and nothing is computed per member; the card does that.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.program.defaults import Json
from chalicelib.domain.program.document import Presentation, Program, Reward, Unit
from chalicelib.domain.program.plan import (
    INVITED_ONLY,
    CompiledGive,
    CompiledGrant,
    CompiledGroup,
    CompiledProgram,
    CompiledRule,
    CompiledTier,
)
from chalicelib.domain.program.pricing import least_price, steps_of
from chalicelib.domain.program.rewards import units_given
from chalicelib.domain.program.scalars import Text
from chalicelib.domain.program.tier_document import Perk


def present(program: CompiledProgram, locale: str, now: Instant | None = None) -> Json:
    """The program in ``locale`` (one of its own); rules that ended before ``now`` are left out."""
    document = program.program
    speak = _Speaker(locale, document.locales)
    return {
        "program": {
            "id": document.id,
            "name": speak.text(document.name),
            "version": program.version,
            "locale": locale,
            "locales": list(document.locales),
            "currency": program.currency,
            "timezone": program.zone,
        },
        "join": {"how": document.join.how},
        "presentation": _looks(document.presentation, speak),
        "ends": {"earn": document.ends.earn, "redeem": document.ends.redeem},
        "units": [_unit(unit_id, unit, speak) for unit_id, unit in document.units.items()],
        "earn": [_rule(program, rule, speak) for rule in _shown_rules(program, now)],
        "tier_groups": [
            _group(program, program.groups[each.id], speak)
            for each in document.tier_groups
            if not each.retired
        ],
        "rewards": [_reward(document, reward, speak) for reward in document.rewards],
        "causes": [
            {"id": cause.id, "name": speak.text(cause.name), "proof_url": cause.proof_url}
            for cause in document.causes
        ],
        "partners": [
            {"id": each.id, "name": speak.text(each.name), "earns": each.earns, "burns": each.burns}
            for each in document.partners
        ],
        "memberships": [
            {
                "id": each.id,
                "name": speak.text(each.name),
                "sku": each.sold_as.sku,
                "plan": each.sold_as.plan,
                "period": each.period,
            }
            for each in document.memberships
        ],
    }


def choose_locale(requested: str, customer: str, program: Program) -> str:
    """The program's locale for what was ``requested``, else the ``customer``'s, else the first.

    Each is matched exactly, then by language: ``fa-IR`` finds ``fa``, ``pt`` finds ``pt-BR``.
    """
    known = {locale.lower(): locale for locale in program.locales}
    languages = {_language(locale): locale for locale in reversed(program.locales)}
    for wish in (requested.lower(), customer.lower()):
        found = known.get(wish) or languages.get(_language(wish))
        if found:
            return found
    return program.locales[0]


def _language(locale: str) -> str:
    return locale.lower().partition("-")[0]


class _Speaker:
    """Picks texts of one locale."""

    def __init__(self, locale: str, locales: tuple[str, ...]) -> None:
        self._wishes = (locale, *locales)

    def text(self, text: Text) -> str:
        return text if isinstance(text, str) else text[self._pick(text)]

    def forms(self, unit: Unit) -> dict[str, str]:
        """The plural forms of a unit's name."""
        by_locale = {key: forms for key, forms in unit.name.items() if isinstance(forms, dict)}
        if by_locale:
            return by_locale[self._pick(by_locale)]
        return {form: words for form, words in unit.name.items() if isinstance(words, str)}

    def _pick(self, locales: Iterable[str]) -> str:
        known = list(locales)
        return next((wish for wish in self._wishes if wish in known), known[0])


def _looks(looks: Presentation, speak: _Speaker) -> Json:
    return {
        "accent": looks.accent,
        "on_accent": looks.on_accent,
        "logo": looks.logo,
        "launcher": speak.text(looks.launcher) if looks.launcher else None,
        "position": looks.position,
    }


def _money(money: Mapping[str, int] | None, currency: str) -> Json | None:
    return {"amount": money[currency], "currency": currency} if money else None


def _unit(unit_id: str, unit: Unit, speak: _Speaker) -> Json:
    return {
        "id": unit_id,
        "name": speak.forms(unit),
        "kind": unit.kind,
        "spendable": unit.spendable,
    }


def _shown_rules(program: CompiledProgram, now: Instant | None) -> list[CompiledRule]:
    """Rules that pay, in the merchant's order: it is the one meant for readers."""
    by_id = {rule.id: rule for rules in program.rules.values() for rule in rules}
    shown = (by_id[rule.id] for rule in program.program.earn)
    return [
        rule
        for rule in shown
        if (rule.give or rule.grants or rule.branches)
        and not rule.dry_run
        and (now is None or now < rule.ends_before)
    ]


def _rule(program: CompiledProgram, rule: CompiledRule, speak: _Speaker) -> Json:
    gives = [_give(give, program.currency) for give in rule.give]
    written = next(known for known in program.program.earn if known.id == rule.id)
    shown: Json = {"id": rule.id, "on": written.on, "give": gives}
    if written.name is not None:
        shown["name"] = speak.text(written.name)
    if rule.self_reported:
        shown["self_reported"] = True
    if rule.grants:
        shown["grants"] = _grants(rule.grants)
    if rule.branches:
        shown["chance"] = _odds(program, rule)
    if rule.lines is not None or rule.condition is not None:
        shown["conditional"] = True  # not everybody, or not every product: its terms say which
    return shown


def _odds(program: CompiledProgram, rule: CompiledRule) -> Json:
    """That chance decides; and with what odds, where the program says so."""
    if not program.program.presentation.odds:
        return {"branches": None}
    always, granted = len(rule.give), len(rule.grants)
    branches: list[Json] = []
    for branch in rule.branches:
        gives = [_give(give, program.currency) for give in branch.rule.give[always:]]
        shown: Json = {"weight": branch.weight, "give": gives}
        grants = _grants(branch.rule.grants[granted:])
        branches.append({**shown, "grants": grants} if grants else shown)
    return {"branches": branches}


def _grants(grants: Iterable[CompiledGrant]) -> list[Json]:
    """What is given that is not points: units of a cause, or a reward so many times."""
    counted = {"cause": "add"}
    return [{each.kind: each.name, counted.get(each.kind, "times"): each.amount} for each in grants]


def _give(give: CompiledGive, currency: str) -> Json:
    if give.how == "rate":
        per = {"amount": give.per, "currency": currency}
        return {"unit": give.unit, "rate": give.rate, "per": per}
    if give.how == "percent":
        return {"unit": give.unit, "percent": give.rate}
    if give.how == "quantity":
        return {"unit": give.unit, "rate": give.rate, "per_quantity": 1}
    if give.how == "multiply":
        return {"unit": give.unit, "multiply": give.rate}
    return {"unit": give.unit, "add": give.add}


def _group(program: CompiledProgram, group: CompiledGroup, speak: _Speaker) -> Json:
    written = next(known for known in program.program.tier_groups if known.id == group.id)
    window = written.window
    if isinstance(window, str):
        span: Json = {"lifetime": True}
    else:
        span = {key: text for key, text in msgspec.to_builtins(window).items() if text is not None}
    shown: Json = {"id": group.id, "by": group.by, "window": span}
    if group.unit:
        shown["unit"] = group.unit
    return {**shown, "tiers": [_tier(program, group, tier, speak) for tier in group.tiers]}


def _tier(
    program: CompiledProgram, group: CompiledGroup, tier: CompiledTier, speak: _Speaker
) -> Json:
    at: Json = {"amount": tier.at}
    if group.unit or group.by == "spend":
        at |= {"unit": group.unit} if group.unit else {"currency": program.currency}
    perks = [_perk(perk, speak) for perk in tier.tier.perks]
    shown: Json = {
        "id": tier.id,
        "name": speak.text(tier.tier.name),
        "at": at if tier.at < INVITED_ONLY else None,
        "multiply": dict(tier.tier.multiply),
        "perks": perks,
        "entry": [
            *({"unit": entry.unit, "add": entry.add} for entry in tier.entry),
            *_grants(tier.grants),
        ],
    }
    if tier.condition is not None:
        shown["conditional"] = True
    return {**shown, "invite_only": True} if tier.tier.invite_only else shown


def _perk(perk: Perk, speak: _Speaker) -> Json:
    told = {"value": perk.value, "reward": perk.grants}
    shown: Json = {"id": perk.id, "text": speak.text(perk.text)}
    return {**shown, **{key: value for key, value in told.items() if value is not None}}


def _reward(document: Program, reward: Reward, speak: _Speaker) -> Json:
    currency = document.currency
    least = least_price(reward, currency)
    gift: Json = {"cause": reward.cause, "add": units_given(reward)} if reward.cause else {}
    return {
        "id": reward.id,
        "name": speak.text(reward.name),
        "kind": reward.kind,
        "cost": {"unit": least.unit, "amount": least.points} if least.unit else None,
        "steps": _steps(reward, currency),
        "value": _money(reward.value, currency),
        "percent": reward.percent,
        "sku": reward.sku,
        "valid": reward.valid,
        "undo": None if reward.undo == "never" else reward.undo,
        "min_order": _money(reward.min_order, currency),
        "max_share_of_order": reward.max_share_of_order,
        "forever": reward.forever,
        **({"auto": True} if reward.auto else {}),
        "combine": reward.combine,
        **gift,
    }


def _steps(reward: Reward, currency: str) -> Json | None:
    """How the cost grows: points and money of one step, and how many may be taken."""
    steps = steps_of(reward, currency)
    if steps is None or reward.cost is None:
        return None
    return {
        "points": reward.cost.step,
        "value": _money(reward.per_step, currency),
        "least": steps.least,
        "most": steps.most,
    }
