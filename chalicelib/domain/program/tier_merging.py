"""Two standings of one person become one: amounts add up, the higher tier stays by its own terms.

The combined amounts may reach a tier that neither had; it is then gained now. What a tier gives
on entry is not given for that: it was there for buying, not for merging.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.calendar import bucket_ordinal, bucket_start, window_ordinal
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Standing
from chalicelib.domain.program.plan import CompiledGroup
from chalicelib.domain.program.tiers import qualify, standing_at

_FOREVER = 1 << 62


def combined(group: CompiledGroup, kept: Standing, gone: Standing, now: Instant) -> Standing:
    """The standing of both in one; buckets that can no longer matter are left behind."""
    paid = dict(kept.paid)
    for tier, at in gone.paid.items():
        paid[tier] = max(at, paid.get(tier, at))
    if not gone.tier:
        return kept
    first, second = _settled(group, kept, now), _settled(group, gone, now)
    higher, other = (
        (first, second) if _rank(group, first) >= _rank(group, second) else (second, first)
    )
    if not higher.tier:
        return higher
    standing = higher
    for name, amount in sorted(other.buckets.items()):
        ordinal = bucket_ordinal(group.window.step, name)
        if ordinal is not None and amount:
            at = min(bucket_start(group.window.step, ordinal, group.zone), now)
            standing = qualify(group, standing, amount, at, now).standing
    owed = {**other.owed, **higher.owed}
    owed = {tier: at for tier, at in owed.items() if tier not in paid}
    return msgspec.structs.replace(standing, paid=paid, owed=owed)


def carried(group: CompiledGroup, standing: Standing, now: Instant) -> dict[str, int]:
    """The buckets that go along: of the window at ``now`` and the one before it."""
    return _recent(group, standing.buckets, now)


def _settled(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    if not standing.tier:
        return standing
    settled = standing_at(group, standing, now)
    return msgspec.structs.replace(settled, buckets=_recent(group, settled.buckets, now))


def _recent(group: CompiledGroup, buckets: Mapping[str, int], now: Instant) -> dict[str, int]:
    oldest = window_ordinal(group.window, now, group.zone) - group.window.count
    ordinals = ((name, bucket_ordinal(group.window.step, name)) for name in buckets)
    return {name: buckets[name] for name, key in ordinals if key is not None and key >= oldest}


def _rank(group: CompiledGroup, standing: Standing) -> tuple[int, int]:
    """The tier's place, then how long it is kept: the better of two is the greater."""
    place = group.places.get(standing.tier, -1)
    return place, _FOREVER if standing.keep_until is None else standing.keep_until
