"""Two standings of one person become one: amounts add up, the higher tier stays by its own terms.

The combined amounts may reach a tier that neither had; it is then gained now. What a tier gives
on entry is not given for that: it was there for buying, not for merging.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Shown, Standing
from chalicelib.domain.program import tier_windows
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tier_windows import (
    name_of,
    of_member,
    ordinal_at,
    ordinal_of,
    start_of,
)
from chalicelib.domain.program.tiers import qualify, reached_at, shown_now

_FOREVER = 1 << 62


def combined(group: CompiledGroup, kept: Standing, gone: Standing, now: Instant) -> Standing:
    """The standing of both in one; buckets that can no longer matter are left behind."""
    invited = {**gone.invited, **kept.invited}
    kept = msgspec.structs.replace(kept, given={**gone.given, **kept.given})
    paid = dict(kept.paid)
    for tier, at in gone.paid.items():
        paid[tier] = max(at, paid.get(tier, at))
    if not gone.tier:
        return msgspec.structs.replace(kept, invited=invited)
    seen = (shown_now(group, kept, now), shown_now(group, gone, now))
    shown = max((each for each in seen if each), key=lambda each: _rank(group, each), default=None)
    gone = _by_days_of(group, kept, gone, now)
    first, second = _settled(group, kept, now), _settled(group, gone, now)
    higher, other = (
        (first, second) if _rank(group, first) >= _rank(group, second) else (second, first)
    )
    standing, own = higher, of_member(group, higher)
    for name, amount in sorted(other.buckets.items()):
        ordinal = ordinal_of(own, name)
        if ordinal is not None and amount:
            at = min(start_of(own, ordinal), now)
            standing = qualify(group, standing, amount, at, now).standing
    owed = {**other.owed, **higher.owed}
    owed = {tier: at for tier, at in owed.items() if tier not in paid}
    given = kept.given
    return msgspec.structs.replace(
        standing, paid=paid, owed=owed, invited=invited, given=given, shown=shown
    )


def carried(group: CompiledGroup, standing: Standing, now: Instant) -> dict[str, int]:
    """The buckets that go along: of the window at ``now`` and the one before it."""
    return tier_windows.kept(of_member(group, standing), standing.buckets, now)


def received(group: CompiledGroup, kept: Standing, gone: Standing, now: Instant) -> dict[str, int]:
    """The buckets that are added to ``kept``: what ``gone`` carries, named by the days of both."""
    return carried(group, _by_days_of(group, kept, gone, now), now)


def _by_days_of(group: CompiledGroup, kept: Standing, gone: Standing, now: Instant) -> Standing:
    """``gone`` with its own years counted from the day that those of ``kept`` count from.

    A year goes to the one that its last day, or ``now``, is in: the newest that it can count in.
    """
    if not group.is_anniversary or not kept.tier or kept.own_from == gone.own_from:
        return gone
    own, other = of_member(group, kept), of_member(group, gone)
    buckets = dict[str, int]()
    for name, amount in gone.buckets.items():
        ordinal = ordinal_of(other, name)
        if ordinal is not None:
            last = min(start_of(other, ordinal + 1) - 1, now)
            renamed = name_of(own, ordinal_at(own, last))
            buckets[renamed] = buckets.get(renamed, 0) + amount
    return msgspec.structs.replace(gone, buckets=buckets, own_from=kept.own_from)


def _settled(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    if not standing.tier:
        return standing
    settled = reached_at(group, standing, now)
    own = of_member(group, standing)
    return msgspec.structs.replace(settled, buckets=tier_windows.kept(own, settled.buckets, now))


def _rank(group: CompiledGroup, standing: Standing | Shown) -> tuple[int, int]:
    """The tier's place, then how long it is kept: the better of two is the greater."""
    place = group.places.get(standing.tier, -1)
    return place, standing.keep_until or _FOREVER
