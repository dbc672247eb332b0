"""Grants: what rules give that is not points, and what of it stands when its reason goes.

A grant is keyed (document, rule, effect). As for points, a document has a target, the grants of
its award, and both differences are posted: what is new is granted, what is gone is revoked. What
can't be revoked any more (units of a cause that were passed on) is ``kept``: it stands without a
reason, is never asked for again, and comes first when the reason returns.

::

    stands = amount + kept        per line, always
             amount  what the award gives now
             kept    what it gave once and could not take back

Here is the arithmetic of all kinds; what a difference does is the kind's own (``causes.py``).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.program.occasion import Grant

CAUSE: Final = "cause"
"""The kind of a grant to a cause; its name is the cause's id."""

BADGE: Final = "badge"
"""The kind of a grant of a badge: worn or not, however many grants give it."""

REWARD: Final = "reward"
"""The kind of a reward given for nothing; its name is the reward's id. What of it can still be
taken back is known with the redemption alone, so a line is never ``kept`` (``promises.py``)."""

Thing: TypeAlias = tuple[str, str]
"""What is granted: (kind, name)."""


GrantKey: TypeAlias = tuple[str, int, str, str]
"""(rule, effect, kind, name): what tells one grant of a document from the others."""

TIER: Final = "tier"
"""The kind of a tier given for a time; its name is ``group/tier`` (``giving_tiers.py``)."""

MESSAGE: Final = "message"
"""The kind of a message; its name is the template's (``giving_messages.py``)."""

_ALWAYS_FREE: Final = (REWARD, TIER, MESSAGE)
"""What goes with its reason, whatever became of it."""


class GrantState(StrEnum):
    """Whether the award still gives it."""

    GRANTED = "granted"
    REVOKED = "revoked"


class Granted(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "rule_id": "r",
        "effect": "e",
        "kind": "k",
        "name": "n",
        "amount": "a",
        "kept": "x",
        "holder": "h",
    },
):
    """One grant as it stands on its document. Never forgotten once it was granted."""

    rule_id: str
    effect: int
    kind: str
    name: str
    amount: int  # what the award gives now; 0: revoked
    kept: int = 0  # beyond that: could not be taken back
    holder: str = ""  # of a reward: the id of the member who was given it

    @property
    def stands(self) -> int:
        """What the world holds of it."""
        return self.amount + self.kept

    @property
    def state(self) -> GrantState:
        """Whether the award still gives it."""
        return GrantState.GRANTED if self.amount else GrantState.REVOKED


def regranted(
    known: tuple[Granted, ...], target: Iterable[Grant], free: Mapping[Thing, int]
) -> tuple[Granted, ...]:
    """``known`` brought to ``target``; ``free`` is how much of each thing can be taken back.

    The same target again changes nothing.
    """
    wanted = {key_of(grant): grant.amount for grant in target}
    left = dict(free)
    lines: list[Granted] = []
    for line, amount in _dealt(known, wanted):
        thing = (line.kind, line.name)
        can_go = line.stands if line.kind in _ALWAYS_FREE else left.get(thing, 0)
        made = _moved(line, amount, can_go)
        left[thing] = left.get(thing, 0) - max(0, line.stands - made.stands)
        lines.append(made)
    lines += (Granted(*key, amount) for key, amount in wanted.items())
    return tuple(sorted(lines, key=key_of))


def _dealt(known: tuple[Granted, ...], wanted: dict[GrantKey, int]) -> list[tuple[Granted, int]]:
    """What each line is to give of ``wanted``, which is left with what no line gives.

    One key may have several lines: rewards that members were given who are one by now. Each goes
    on giving what it gives; the first that gives any takes what is more.
    """
    dealt: list[tuple[Granted, int]] = []
    for line in known:
        part = min(line.amount, wanted.get(key_of(line), 0))
        wanted[key_of(line)] = wanted.get(key_of(line), 0) - part
        dealt.append((line, part))
    order = sorted(range(len(dealt)), key=lambda place: (not dealt[place][1], place))
    for place in order:
        line, part = dealt[place]
        dealt[place] = line, part + wanted.pop(key_of(line), 0)
    return dealt


def differences(before: Iterable[Granted], after: Iterable[Granted]) -> dict[Thing, int]:
    """What changed in the world, by thing; nothing that did not."""
    found: dict[Thing, int] = {}
    for sign, lines in ((-1, before), (1, after)):
        for line in lines:
            thing = (line.kind, line.name)
            found[thing] = found.get(thing, 0) + sign * line.stands
    return {thing: change for thing, change in found.items() if change}


def left_of(
    free: Mapping[Thing, int], before: Iterable[Granted], after: Iterable[Granted]
) -> dict[Thing, int]:
    """What can still be taken back once ``before`` has become ``after``."""
    changes = differences(before, after)
    return {thing: units + min(0, changes.get(thing, 0)) for thing, units in free.items()}


def names_of_kind(lines: Iterable[Granted], kind: str) -> frozenset[str]:
    """What of ``kind`` could still be taken back."""
    return frozenset(line.name for line in lines if line.kind == kind and line.amount)


def _moved(line: Granted, amount: int, free: int) -> Granted:
    change = amount - line.amount
    regained = min(line.kept, max(change, 0))
    lost = max(-change, 0)
    kept = line.kept - regained + max(0, lost - free)
    return msgspec.structs.replace(line, amount=amount, kept=kept)


def key_of(line: Grant | Granted) -> GrantKey:
    """What tells one grant of a document from the others."""
    return line.rule_id, line.effect, line.kind, line.name
