"""Whose the points of a pool are: shares, and how points pass between a member and a pool.

A pool's lots carry no names. Each place has a weight instead: ``settled`` makes the weights add up
to what is booked whenever somebody puts in or a reward comes back, and in between everything that
happens to the pool (a reward, an expiry, a correction by staff) is borne in proportion, without
anything to be kept up. So a share is right at every instant and no job has to run.

::

    A puts in 100     A 100                     booked 100
    B puts in 300     A 100, B 300              booked 400
    a reward, 200     A 100, B 300 (weights)    booked 200: A's share is 50, B's 150
    A puts in 10      A 60, B 150  (settled)    booked 210
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.booking import Draft, spent, unit_state, with_account
from chalicelib.domain.idleness import begun
from chalicelib.domain.ledger import EntryKind, Explained, Movement
from chalicelib.domain.lots import booked
from chalicelib.domain.member import Pool
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.moving import lots_received, with_movement
from chalicelib.domain.outcome import ensure


def split(points: int, weights: Mapping[str, int]) -> dict[str, int]:
    """``points`` in proportion to ``weights``, by largest remainder; nobody's without weights."""
    whole = sum(weights.values())
    if points <= 0 or not whole:
        return dict.fromkeys(weights, 0)
    parts = {name: points * weight // whole for name, weight in weights.items()}
    rest = points - sum(parts.values())
    by_remainder = sorted(weights, key=lambda name: (-(points * weights[name] % whole), name))
    for name in by_remainder[:rest]:
        parts[name] += 1
    return parts


def shares(pool: Pool, points: int) -> dict[str, int]:
    """Whose how many of the pool's ``points`` are; the owner's where nobody put any in."""
    weights = {member: place.share for member, place in pool.places.items()}
    if not any(weights.values()):
        weights[pool.owner] = 1
    return split(points, weights)


def pool_of(draft: Draft) -> Pool:
    """The pool that ``draft`` is the account of."""
    pool = draft.account.pool
    ensure(pool is not None, "a pool's account says who shares it")
    assert pool is not None  # noqa: S101 - just ensured; for the type checker
    return pool


def held_by(draft: Draft) -> int:
    """Points that the pool has, as booked; what lapsed is out of it already."""
    return max(0, booked(unit_state(draft, pool_of(draft).unit)))


def borne(draft: Draft, points: int) -> dict[str, int]:
    """By how much each share falls when the pool spends ``points``: what a return gives back."""
    pool, had = pool_of(draft), held_by(draft)
    before, after = shares(pool, had), shares(pool, had - points)
    return {member: max(0, before[member] - after[member]) for member in pool.places}


def with_shares(draft: Draft, had: int, more: Mapping[str, int]) -> Draft:
    """The pool with weights that add up to what it ``had``, and ``more`` for some of its places.

    What came from somebody who left is everybody's.
    """
    pool = pool_of(draft)
    now = shares(pool, had)
    places = {
        member: msgspec.structs.replace(place, share=max(0, now[member] + more.get(member, 0)))
        for member, place in pool.places.items()
    }
    return with_account(draft, pool=msgspec.structs.replace(pool, places=places))


def passed(giver: Draft, receiver: Draft, document: Pooling) -> tuple[Draft, Draft]:
    """Both after the points of ``document`` went over, with their dates; both entries say whose.

    Points take the activity of where they come from along, so that inactivity takes them no
    sooner and, of an empty account, no later than it would have.
    """
    unit, points = document.unit, abs(document.points)
    reason = (_reason(document),)
    name = f"pooling:{document.id}"
    out = Movement(unit, -points, EntryKind.GIFT_OUT, explanation=reason, document=name)
    into = Movement(unit, points, EntryKind.GIFT_IN, explanation=reason, document=name)
    giver, touched = spent(giver, unit, points, out)
    receiver = lots_received(receiver, touched, into)
    active_at = unit_state(giver, unit).active_at
    state = begun(unit_state(receiver, unit), receiver.idle.get(unit), active_at, receiver.now)
    if receiver.account.pool is not None:
        state = msgspec.structs.replace(state, active_at=max(state.active_at, active_at))
    return giver, with_movement(receiver, unit, state, None)


def _reason(document: Pooling) -> Explained:
    told: dict[str, str | int] = {"member": document.who}
    if document.kind is PoolingKind.PUT_IN:
        return Explained("pool_put_in", told)
    if document.kind is PoolingKind.DRAWN:
        return Explained("pool_drawn", told)
    return Explained("pool_left", told)
