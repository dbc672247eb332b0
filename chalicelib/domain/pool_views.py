"""What people see of a household pool: staff by ids, those who share it by first names.

``available`` is what lies in the pool; ``drawable`` what it could take of who gives all, the
moment that a reward needs it; ``spendable`` both together: the dearest reward that it can pay.
"""

import msgspec

from chalicelib.domain import views
from chalicelib.domain.booking import opened
from chalicelib.domain.card import unit_view
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, Pool, Profile, UnitState
from chalicelib.domain.pool_shares import held_by, shares
from chalicelib.domain.pooling import rule_of
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.wording.names import names_of


class PoolMemberView(msgspec.Struct, frozen=True):
    """One who shares a pool, as staff see them; ``share`` is what of the pool is theirs."""

    member_id: str
    since: str
    share: int
    gives_all: bool
    is_owner: bool


class PoolView(msgspec.Struct, frozen=True):
    """A pool as staff see it."""

    pool_id: str
    unit: str
    points: views.PointsView
    drawable: int
    spendable: int
    members: tuple[PoolMemberView, ...]
    invitations: int  # that can still be accepted
    dissolved_at: str | None


class SeenPool(msgspec.Struct, frozen=True):
    """A pool and who shares it, as read."""

    pool_id: str
    account: Account
    pool: Pool
    program: CompiledProgram
    accounts: dict[str, Account]  # of its members
    profiles: dict[str, Profile]
    locale: str
    now: Instant


def pool_view(seen: SeenPool) -> PoolView:
    """The pool for staff."""
    parts = _shares(seen)
    points = _points(seen)
    drawable = _drawable(seen)
    return PoolView(
        pool_id=seen.pool_id,
        unit=seen.pool.unit,
        points=points,
        drawable=drawable,
        spendable=max(0, points.available) + drawable,
        members=tuple(
            PoolMemberView(
                member_id=member,
                since=iso(place.since),
                share=parts[member],
                gives_all=place.gives_all,
                is_owner=member == seen.pool.owner,
            )
            for member, place in seen.pool.places.items()
        ),
        invitations=sum(until > seen.now for until in seen.pool.invitations.values()),
        dissolved_at=iso(seen.pool.dissolved_at) if seen.pool.dissolved_at else None,
    )


def shared_view(seen: SeenPool, you: str) -> views.SharedPoolView:
    """The pool for one who shares it."""
    parts = _shares(seen)
    points = _points(seen)
    drawable = _drawable(seen)
    spendable = max(0, points.available) + drawable
    names = names_of(seen.program.program, seen.locale)
    return views.SharedPoolView(
        pool_id=seen.pool_id,
        unit=seen.pool.unit,
        points=points,
        drawable=drawable,
        spendable=spendable,
        text=names.points(spendable, seen.pool.unit, seen.locale),
        members=tuple(
            views.SharerView(
                name=first_name(seen.profiles.get(member)),
                is_you=you in (member, *_aliases(seen, member)),
                is_owner=member == seen.pool.owner,
                gives_all=place.gives_all,
                share=parts[member],
            )
            for member, place in seen.pool.places.items()
        ),
    )


def _points(seen: SeenPool) -> views.PointsView:
    names = names_of(seen.program.program, seen.locale)
    return unit_view(seen.account, seen.pool.unit, names, (seen.locale, seen.now))


def _shares(seen: SeenPool) -> dict[str, int]:
    draft = opened(seen.pool_id, seen.account, seen.now, seen.program)
    return shares(seen.pool, held_by(draft))


def _drawable(seen: SeenPool) -> int:
    if rule_of(seen.program, seen.pool.unit) is None or seen.pool.dissolved_at:
        return 0
    givers = (member for member, place in seen.pool.places.items() if place.gives_all)
    held = (seen.accounts[member] for member in givers if member in seen.accounts)
    return sum(drawable(account, seen.pool.unit, seen.now) for account in held)


def drawable(account: Account, unit: str, now: Instant) -> int:
    """What a pool could take of the account of who gives all, at ``now``."""
    return max(0, balance(account.units.get(unit, UnitState()), now).available)


def _aliases(seen: SeenPool, member: str) -> tuple[str, ...]:
    account = seen.accounts.get(member)
    return account.aliases if account else ()


def first_name(profile: Profile | None) -> str:
    """What others may call the member; "" without their consent."""
    is_told = profile is not None and profile.consent
    return profile.name.split(maxsplit=1)[0] if is_told and profile and profile.name.strip() else ""
