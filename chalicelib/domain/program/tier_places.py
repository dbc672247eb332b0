"""What is written of a standing, read as places in the group: the tier held, and the floor.

A written keep counts unless a newer version of the program keeps in another way.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Invitation, Standing
from chalicelib.domain.program.keeping import Held, gained
from chalicelib.domain.program.plan import CompiledGroup

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
