"""Tiers that rules give for a time: held beside what amounts earn, as an invitation by staff is.

A gift is of the document that gave it, and goes with it: named by tier, document, rule and effect,
so that of two gifts of one tier each ends by itself. An entry of 0 points tells of it. What has
ended lately is remembered, for orders of that time that come late.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec

from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.calendar import Period, add_period
from chalicelib.domain.granting import TIER, Granted, key_of
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.limits import TIER_GIFTS_MAX
from chalicelib.domain.member import Invitation, standing_of
from chalicelib.domain.program.plan import CompiledRule

_REMEMBERED_MS: Final = 62 * DAY_MS
_FOREVER: Final = 1 << 62


def with_tiers_given(
    draft: Draft,
    change: tuple[Collection[Granted], Collection[Granted]],
    rules: Iterable[CompiledRule],
    told: tuple[str, Instant],
) -> Draft:
    """``draft`` after ``change`` (grants before, after) of a document; ``told``: its name, when.

    ``rules`` are those of its trigger: offers of a referral have one id and many periods.
    """
    before, after = change
    if not after:
        return draft  # what was given once stays among the grants
    had = {key_of(line) for line in before if line.kind == TIER and line.amount}
    lines = [
        line for line in after if line.kind == TIER and bool(line.amount) != (key_of(line) in had)
    ]
    periods = _periods(rules) if lines else {}
    for line in lines:
        draft = _changed(draft, line, periods.get((line.rule_id, line.effect)), told)
    return draft


def gift_name(line: Granted, document: str) -> str:
    """How the standing names what a document gives by one effect."""
    return f"{line.name.partition('/')[2]} {document} {line.rule_id} {line.effect}"


def _changed(
    draft: Draft, line: Granted, period: Period | None, told: tuple[str, Instant]
) -> Draft:
    document, at = told
    group = line.name.partition("/")[0]
    standing = standing_of(draft.account, group)
    given = {
        name: each for name, each in standing.given.items() if name != gift_name(line, document)
    }
    if line.amount:
        until = add_period(at, period, draft.zone) if period else 0
        given[gift_name(line, document)] = Invitation(at, until)
    standing = msgspec.structs.replace(standing, given=_remembered(given, draft.now))
    draft = with_account(draft, standings={**draft.account.standings, group: standing})
    code = "tier_given" if line.amount else "tier_taken"
    movement = Movement(
        "", 0, EntryKind.QUALIFY, explanation=(Explained(code, {"tier": line.name}),)
    )
    return msgspec.structs.replace(draft, movements=(*draft.movements, movement))


def _remembered(given: Mapping[str, Invitation], now: Instant) -> dict[str, Invitation]:
    """Those that may still matter; of too many, the ones that end last."""
    kept = [
        (each.until or _FOREVER, name)
        for name, each in given.items()
        if not each.until or each.until > now - _REMEMBERED_MS
    ]
    return {name: given[name] for _, name in sorted(kept)[-TIER_GIFTS_MAX:]}


def _periods(rules: Iterable[CompiledRule]) -> dict[tuple[str, int], Period | None]:
    """How long each effect gives its tier, by rule and place."""
    return {
        (rule.id, grant.effect): grant.period
        for rule in rules
        for each in (rule, *(branch.rule for branch in rule.branches))
        for grant in each.grants
        if grant.kind == TIER
    }
