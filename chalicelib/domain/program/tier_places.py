"""What is written of a standing, read as places in the group: the tier held, and the floor.

Also which entry effects are due, are owed, and were given.

A written keep counts unless a newer version of the program keeps in another way.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Invitation, Standing
from chalicelib.domain.program.keeping import Held, gained
from chalicelib.domain.program.plan import CompiledGroup, CompiledTier
from chalicelib.domain.program.tier_windows import period_start

_FOREVER: Final = 1 << 62


def held_of(group: CompiledGroup, standing: Standing) -> Held:
    """The tier that is written as held; the lowest where none is, or the program lost it."""
    place = group.places.get(standing.tier, 0)
    return Held(place, standing.since, _keep(group, place, standing.since, standing.keep_until))


def floor_of(group: CompiledGroup, standing: Standing) -> Held:
    """The standing that was carried in from earlier periods."""
    place = group.places.get(standing.floor_tier, 0)
    since = standing.floor_since if standing.floor_tier else standing.since
    return Held(place, since, _keep(group, place, since, standing.floor_keep_until))


def _keep(
    group: CompiledGroup, place: int, since: Instant, written: Instant | None
) -> Instant | None:
    """The keep as written, unless a newer version of the program keeps in another way."""
    if not place or group.keeping.is_forever:
        return None
    return gained(group, place, since).keep_until if written is None else written


def with_held(group: CompiledGroup, standing: Standing, held: Held) -> Standing:
    """``standing`` with ``held`` written as what is held."""
    return msgspec.structs.replace(
        standing,
        tier=group.tiers[held.place].id,
        since=held.since,
        keep_until=held.keep_until,
    )


def is_late(group: CompiledGroup) -> bool:
    """Whether amounts move members at the end of a day, or of a window, and not at once."""
    return group.judged is not None and group.by != "custom"


def shown_of(group: CompiledGroup, standing: Standing, began: Instant) -> Held | None:
    """What is written as shown, as of ``began``; None where nothing that is still true is.

    Of before it was written: before the tier was reached, the floor.
    """
    shown = standing.shown
    if shown is None or began > shown.at or shown.tier not in group.places:
        return None
    if shown.since > began:
        return floor_of(group, standing)
    return Held(group.places[shown.tier], shown.since, shown.keep_until or None)


def with_invited(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    """``standing`` as it is lived at ``now``: the better of earned and invited."""
    alive = [
        (group.places[tier], invitation.until or _FOREVER, invitation.since, tier)
        for tier, invitation in invitations_of(standing)
        if tier in group.places
        and invitation.since <= now
        and (not invitation.until or now < invitation.until)
    ]
    place, until, since, tier = max(alive, default=(0, 0, 0, ""))
    if place <= held_of(group, standing).place:
        return standing
    end = None if until == _FOREVER else until
    return msgspec.structs.replace(standing, tier=tier, since=since, keep_until=end)


def invitations_of(standing: Standing) -> Iterator[tuple[str, Invitation]]:
    """(tier, invitation) of all that staff or rules gave, also of those that are over."""
    yield from standing.invited.items()
    for name, invitation in standing.given.items():
        yield name.partition(" ")[0], invitation


def with_floor(group: CompiledGroup, standing: Standing, floor: Held) -> Standing:
    """``standing`` with ``floor`` written as what was carried in."""
    return msgspec.structs.replace(
        standing,
        floor_tier=group.tiers[floor.place].id,
        floor_since=floor.since,
        floor_keep_until=floor.keep_until,
    )


# ---------------------------------------------------------------- entry effects


def due_entries(
    group: CompiledGroup, standing: Standing, reached: Iterable[CompiledTier], now: Instant
) -> tuple[str, ...]:
    """Those of ``reached`` whose entry effects were not given in this period."""
    paying = [tier.id for tier in reached if tier.entry or tier.grants]
    if not paying:
        return ()
    since = period_start(group, now)
    given = {tier for tier, at in standing.paid.items() if at >= since}
    return tuple(tier for tier in paying if tier not in given)


def owed_entries(group: CompiledGroup, standing: Standing, now: Instant) -> tuple[str, ...]:
    """Tiers still held whose entry effects went back in this period."""
    if not standing.owed:
        return ()
    since = period_start(group, now)
    held = group.tiers[: held_of(group, standing).place + 1]
    return tuple(tier.id for tier in held if standing.owed.get(tier.id, -1) >= since)


def with_given(
    group: CompiledGroup, standing: Standing, due: tuple[str, ...], now: Instant
) -> Standing:
    """``standing`` once the effects that are ``due`` are given, and without earlier periods."""
    if not (due or standing.paid or standing.owed):
        return standing
    since = period_start(group, now)
    paid = {tier: at for tier, at in standing.paid.items() if at >= since}
    owed = {tier: at for tier, at in standing.owed.items() if at >= since}
    for tier in due:
        owed.pop(tier, None)
    return msgspec.structs.replace(standing, paid={**paid, **dict.fromkeys(due, now)}, owed=owed)
