"""Entering a tier as an event of its own, for rules on ``tier.entered``.

What a member holds above the first tier of a group is marked on the account once it was told, by
an action of ours. Nothing is told at once: the account says when to look, and the sweep does.

::

    reached, invited, given, judged ──► held, not marked ──► action ``tier.entered``, and the mark
    taken away before its time       ──► marked, not held ──► that action is taken back, no mark
    its time is over                 ──► marked, not held ──► no mark: what it gave stays

Tiers that were skipped are entered too. Who held a tier before the program had such rules, or holds
it by a merge, has entered it already. A tier by conditions gives nothing back: nothing was bought.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.actions import Action, own_action
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, standing_of
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.rule_document import TIER_ENTERED
from chalicelib.domain.program.tier_places import invitations_of, is_late
from chalicelib.domain.program.tier_windows import effective_from, judged_at, of_member
from chalicelib.domain.program.tiers import held_until, standing_at

LOOK: Final = "+"
"""When to look next, among the times at which standings are judged."""


def looked_at(account: Account) -> Instant:
    """When something was first unlike the marks, or may be; 0: never."""
    return account.judge_at.get(LOOK, 0)


def is_looked_at(account: Account, now: Instant) -> bool:
    """Whether it is time to look at what ``account`` holds. Who was forgotten holds nothing."""
    return 0 < looked_at(account) <= now and not account.erased_at


def to_enter(account: Account, groups: Iterable[CompiledGroup], now: Instant) -> tuple[str, ...]:
    """Tiers ("group/tier") that are held and not marked, lowest first."""
    return tuple(name for name in _held(account, groups, now) if name not in account.entered)


def to_leave(
    account: Account, groups: Iterable[CompiledGroup], now: Instant
) -> tuple[tuple[str, str], ...]:
    """(tier, action) of what was entered and taken away before its time."""
    held = _held(account, groups, now)
    return tuple(
        (name, action)
        for name, (action, until) in account.entered.items()
        if name not in held and _is_taken(action, until, now)
    )


def watched(
    account: Account, before: Account | None, groups: Iterable[CompiledGroup], now: Instant
) -> Account:
    """``account`` with marks that mean nothing any more gone, and the time of the next look.

    ``before``: as it was until now; what that holds was entered before anybody looked.
    """
    groups = tuple(groups)
    if not groups:
        return account
    if account.pool is not None or account.merged_into or account.erased_at:
        return replace(account, entered={}, judge_at=_without_look(account))
    marks = dict(account.entered)
    for group in groups:
        if _seen(group) not in marks:
            known = _held(before, (group,), now) if before is not None else {}
            marks.update(dict.fromkeys((_seen(group), *known), ("", 0)))
    held = _held(account, groups, now)
    kept = {
        name: _seen_at(mark, is_held=name in held)
        for name, mark in marks.items()
        if name.endswith("/") or name in held or _is_taken(*mark, now)
    }
    account = replace(account, entered=kept)
    if to_enter(account, groups, now) or to_leave(account, groups, now):
        at = min(account.judge_at.get(LOOK) or now, now)  # the first commit that saw it
    else:
        at = min(changes(account, groups, now), default=0)
    look = {LOOK: at} if at else {}
    return replace(account, judge_at={**_without_look(account), **look})


def marked(
    account: Account, told: tuple[str, str], groups: Mapping[str, CompiledGroup], now: Instant
) -> Account:
    """``account`` once ``told`` (tier, action; "" where nothing goes back) was booked."""
    name, action = told
    group = groups.get(name.partition("/")[0])
    is_kept = group is None or group.by == "custom"
    until = 0 if group is None else _until(account, group, now)
    mark = ("", 0) if is_kept or not action else (action, until)
    return replace(account, entered={**account.entered, name: mark})


def unmarked(account: Account, name: str) -> Account:
    """``account`` without the mark of the tier ``name``."""
    return replace(account, entered={k: v for k, v in account.entered.items() if k != name})


def all_marked(account: Account, groups: Iterable[CompiledGroup], now: Instant) -> Account:
    """``account`` with all that it holds taken as entered before."""
    new = dict.fromkeys(to_enter(account, groups, now), ("", 0))
    return replace(account, entered={**account.entered, **new})


def entering_action(member: str, tier: str, times: tuple[Instant, Instant]) -> Action:
    """The action that ``member`` entered ``tier`` (group/tier); ``times``: when, and now."""
    mark = f"{tier.replace('/', '-')}-{times[0]}"
    return own_action(member, (TIER_ENTERED, mark, tier), times)


def changes(account: Account, groups: Iterable[CompiledGroup], now: Instant) -> Iterator[Instant]:
    """Instants after ``now`` at which time alone may change what is held."""
    for group in groups:
        standing = standing_of(account, group.id)
        until = _until(account, group, now)
        own = of_member(group, standing)
        if is_late(group) and standing.shown and standing.shown.at == judged_at(own, now):
            yield effective_from(own, now + 1)
        given = (each for _, each in invitations_of(standing))
        yield from (at for each in given for at in (each.since, each.until) if at > now)
        if until > now:
            yield until


def _held(account: Account, groups: Iterable[CompiledGroup], now: Instant) -> dict[str, None]:
    held: dict[str, None] = {}
    for group in groups:
        standing = standing_of(account, group.id)
        place = group.places[standing_at(group, standing, now).tier]
        held.update(dict.fromkeys(f"{group.id}/{tier.id}" for tier in group.tiers[1 : place + 1]))
    return held


def _until(account: Account, group: CompiledGroup, now: Instant) -> Instant:
    """Until when the tier that is held now can be taken away before its time; 0: always."""
    return held_until(group, standing_at(group, standing_of(account, group.id), now), now) or 0


def _is_taken(action: str, until: Instant, now: Instant) -> bool:
    return bool(action) and (until <= 0 or now < until)


def _seen_at(mark: tuple[str, Instant], *, is_held: bool) -> tuple[str, Instant]:
    """``mark`` as a commit sees its tier: what was taken away in time stays so, held it has time.

    The sign of the time says it, so the sweep may come when the time itself is over.
    """
    action, until = mark
    return action, abs(until) if is_held else -abs(until)


def _seen(group: CompiledGroup) -> str:
    """The mark that somebody looked at the group."""
    return f"{group.id}/"


def _without_look(account: Account) -> dict[str, Instant]:
    return {key: at for key, at in account.judge_at.items() if key != LOOK}
