"""A household on the way through a replay: its members walked together, with the pools they share.

::

    member A ─ orders, tiers, caps: their own ─┐ passes 1/3 of what they have
    member B ─ orders, tiers, caps: their own ─┴──► pool ─ spends by habit, lapses, counts as owed
                                                     └──► who leaves gets the share that they got

What somebody earns is theirs, whatever becomes of it; a pool is no member: it has no orders and no
tier. It takes what its owner may take. A program that does not let members share the unit has no
pool: there everybody keeps what they have. Where somebody leaves one pool and enters another, both
are walked with all who shared either, in one order of time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import msgspec

from chalicelib.domain.booking import Draft, opened, unit_state
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import balance, booked
from chalicelib.domain.member import Account, MemberFacts, Pool
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.pool_shares import passed
from chalicelib.domain.pooling import rule_of
from chalicelib.domain.replay.member_life import pass_time
from chalicelib.domain.replay.member_state import Plan, Walk, all_opened, as_known, keep, spending
from chalicelib.domain.replay.month_ends import spend_at_end
from chalicelib.domain.replay.past_pools import POOLED, Passing, PastPool
from chalicelib.domain.replay.spending import purses
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, arrived, set_out, take_step

_SIDES = 2
"""Entries of one passing: the member's and the pool's."""


class Household(msgspec.Struct, frozen=True):
    """A pool with the histories of who is walked with it."""

    pool: PastPool
    histories: Mapping[str, tuple[Past, ...]]  # by member
    shares: Mapping[str, int] = {}  # what each, or the pool, spends a month; else as everybody


@dataclass(slots=True)
class _Together:
    """A pool under way with all who are walked with it; ``shared`` is the pool, as if somebody."""

    past: PastPool
    shared: Walk
    walks: dict[str, Walk]

    @property
    def may_share(self) -> bool:
        """Whether the program lets members share the unit."""
        return _may_share(self.shared.plan, self.past)


def walk_household(household: Household, plan: Plan, tally: Tally) -> dict[str, Walk]:
    """Walk everybody of ``household`` by one program; what it comes to is added to ``tally``."""
    every, shares = (household.pool, *household.pool.further), household.shares

    def own(name: str) -> Plan:
        return spending(plan, shares.get(name, plan.share_millionths))

    walks: dict[str, Walk] = {}
    pools = [_Together(each, _pool_walk(each, own(each.pool), tally), walks) for each in every]
    events: list[tuple[Instant, Callable[[], None]]] = []
    for name, history in sorted(household.histories.items()):
        walks[name], steps = set_out(name, history, own(name), tally)
        events += [(step.at, partial(take_step, walks[name], step)) for step in steps]
    for pool in (each for each in pools if each.may_share):
        for passing in pool.past.passings:
            events.append((passing.at, partial(_pass, pool, walks[passing.member], passing)))
    for at, happen in sorted(events, key=itemgetter(0)):
        if at >= plan.months.starts[-1]:
            break
        happen()
    _arrived(pools, tally)
    return walks


def _arrived(pools: list[_Together], tally: Tally) -> None:
    """End every walk with the last month, and count what was walked."""
    last = tally.months - 1
    for pool in pools:
        _close_months(pool, tally.months)
    for walk in pools[0].walks.values():
        arrived(walk)
    tally.add(("sharers", "", ""), last, len(pools[0].walks))
    for pool in pools:
        tally.add(("pools", "", ""), last, int(bool(pool.walks)))
        for kind, count in pool.past.others.items():
            tally.add(("other", kind, ""), last, count)
        if not pool.may_share:
            tally.add(("other", POOLED, ""), last, _SIDES * len(pool.past.passings))


def _may_share(plan: Plan, past: PastPool) -> bool:
    program = plan.program
    return past.unit in program.units and rule_of(program, past.unit) is not None


def _pool_walk(past: PastPool, plan: Plan, tally: Tally) -> Walk:
    """The pool, empty: an account that nobody joined with."""
    walk = Walk(past.pool, plan, tally, purses(plan.share_millionths, past.pool))
    account = Account(revision=0, joined_at=past.made_at, pool=Pool(past.unit, past.owner, {}))
    draft = opened(past.pool, account, past.made_at, plan.program)
    for purse in walk.purses:
        purse.draft = draft
    walk.month = plan.months.place_of(past.made_at)
    return walk


# ---------------------------------------------------------------- passing


def _pass(together: _Together, walk: Walk, passing: Passing) -> None:
    """Let points pass in every purse, as the same share of what the giver has there."""
    at, shared = passing.at, together.shared
    pass_time(walk, at)
    _close_months(together, walk.plan.months.place_of(at))
    if walk.main.draft is None:
        return  # by this program they are no member
    mine, ours = all_opened(walk, at, walk.purses), all_opened(shared, at, shared.purses)
    for purse, pool_purse in zip(walk.purses, shared.purses, strict=True):
        sides = mine[purse.name], ours[purse.name]
        one, other = _passed(sides, passing, together.past)
        keep(walk, purse, one)
        keep(shared, pool_purse, other)
    walk.tally.add(("passings", "", ""), walk.month, 1)


def _passed(sides: tuple[Draft, Draft], passing: Passing, past: PastPool) -> tuple[Draft, Draft]:
    """Member and pool, afterwards."""
    member, shared = sides
    giver, receiver = (shared, member) if passing.is_back else sides
    state = unit_state(giver, past.unit)
    share = max(0, booked(state)) * passing.points // max(1, passing.of)
    points = min(share, balance(state, giver.now).available)
    if points <= 0:
        return sides
    giver, receiver = passed(giver, receiver, _document(passing, past, points))
    return (receiver, giver) if passing.is_back else (giver, receiver)


def _document(passing: Passing, past: PastPool, points: int) -> Pooling:
    return Pooling(
        id="",
        member=passing.member,
        pool=past.pool,
        who=passing.member,
        kind=PoolingKind.LEFT if passing.is_back else PoolingKind.PUT_IN,
        request_hash="",
        unit=past.unit,
        actor="",
        recorded_at=passing.at,
        points=points,
    )


# ---------------------------------------------------------------- months of the pool


def _close_months(together: _Together, until: int) -> None:
    """End every month of the pool before ``until``: points lapse, some are spent."""
    shared = together.shared
    while shared.month < until:
        if shared.month >= 0:
            _close_month(together, shared.plan.months.starts[shared.month + 1] - 1)
        shared.month += 1


def _close_month(together: _Together, end: Instant) -> None:
    shared, facts = together.shared, MemberFacts()
    owner = together.walks.get(together.past.owner)
    if owner is not None:
        facts = owner.facts if owner.main.draft is None else as_known(owner, end)
    for name, draft in all_opened(shared, end, shared.purses).items():
        purse = next(each for each in shared.purses if each.name == name)
        spend_at_end(shared, purse, draft, facts)
    for purse in shared.purses:
        for unit, state in purse.draft.account.units.items() if purse.draft else ():
            shared.tally.add(("outstanding", unit, purse.name), shared.month, booked(state))
