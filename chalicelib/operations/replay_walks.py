"""Walk members of a shop by both programs of a replay: one alone, or a pool with who shares it.

Reads only; what the walks come to is added to the sums.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry
from chalicelib.domain.limits import BATCH_GET_KEYS_MAX
from chalicelib.domain.member import Account, Profile
from chalicelib.domain.replay.comparing import Comparison, compare_household, compare_member
from chalicelib.domain.replay.habits import habit_of, spending_of
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.households import Household
from chalicelib.domain.replay.member_state import Plan, spending
from chalicelib.domain.replay.reporting import Basis, plans_of
from chalicelib.domain.replay.walking import Past
from chalicelib.operations.replay_history import (
    Told,
    actions_of,
    chosen_in,
    draws_joining,
    journal_of,
    orders_of,
    person_of,
)
from chalicelib.operations.replay_pools import home_of, household_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import first_live_at
from chalicelib.storage.replays import Replay
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table

_Held = tuple[str, Account]


class Visit(msgspec.Struct, frozen=True):
    """What every walk of a segment has in common."""

    table: Table
    replay: Replay
    plans: tuple[Plan, Plan]
    program_since: Instant  # when the shop's first version went live
    chosen: tuple[str, ...]  # challenges that members join
    draws: bool  # joining draws by a program
    profiles: Mapping[str, Profile | None] = {}  # by member

    def with_profiles(self, members: Iterable[str]) -> "Visit":
        """The visit, knowing the profiles of ``members``."""
        profiles = _profiles(self.table, self.replay.shop, members)
        return msgspec.structs.replace(self, profiles=profiles)


class Walked(msgspec.Struct, frozen=True):
    """How many were walked."""

    members: int = 0
    orders: int = 0


def visit_of(table: Table, replay: Replay, basis: Basis) -> Visit:
    """Programs and shop as they are for every member of a segment."""
    shop = find_shop(table, replay.shop)
    since = first_live_at(table, shop) if shop else 0
    asked = chosen_in(basis.live, basis.draft), draws_joining(basis.live, basis.draft)
    return Visit(table, replay, plans_of(basis), since, *asked)


def walk_one(visit: Visit, held: _Held, sums: Comparison) -> Walked:
    """Walk a member by both programs; who shares a pool is walked with it, later."""
    journal = journal_of(visit.table, visit.replay.shop, held)
    if home_of(visit.table, visit.replay.shop, held, journal, visit.replay.started_at):
        return Walked()
    return _alone(visit, held, journal, sums)


def walk_pool(visit: Visit, pool: _Held, sums: Comparison) -> Walked:
    """Walk a pool, those that are walked with it, and all who share them, by both programs."""
    table, replay = visit.table, visit.replay
    past, accounts = household_of(table, replay.shop, pool, replay.started_at)
    visit = visit.with_profiles((*past.members, *past.alone))
    histories: dict[str, tuple[Past, ...]] = {}
    shares = {
        each.pool: _share(visit, journal_of(table, replay.shop, (each.pool, accounts[each.pool])))
        for each in past.further
    }
    shares[pool[0]] = _share(visit, journal_of(table, replay.shop, pool))
    for member in past.members:
        held = member, accounts[member]
        journal = journal_of(table, replay.shop, held)
        histories[member] = _history(visit, held, journal)
        shares[member] = _share(visit, journal)
    compare_household(Household(past, histories, shares), visit.plans, sums)
    done = Walked(len(histories), sum(map(_orders, histories.values())))
    for member in past.alone:
        held = member, accounts[member]
        own = _alone(visit, held, journal_of(table, replay.shop, held), sums)
        done = Walked(done.members + own.members, done.orders + own.orders)
    return done


def _alone(visit: Visit, held: _Held, journal: tuple[Entry, ...], sums: Comparison) -> Walked:
    history, share = _history(visit, held, journal), _share(visit, journal)
    live, draft = (spending(plan, share) for plan in visit.plans)
    compare_member(held[0], history, (live, draft), sums)
    return Walked(1, _orders(history))


def _history(visit: Visit, held: _Held, journal: tuple[Entry, ...]) -> tuple[Past, ...]:
    """All that a replay reads of one member."""
    table, shop = visit.table, visit.replay.shop
    profile, since = visit.profiles[held[0]], visit.program_since
    told = Told(profile, journal, since, visit.chosen, visit.draws)
    person = person_of(table, shop, held, told)
    return (person, *orders_of(table, shop, held, journal), *actions_of(table, shop, held))


def _profiles(table: Table, shop: str, members: Iterable[str]) -> dict[str, Profile | None]:
    keys = {name: profile_key(shop, name) for name in members}
    found: dict[Key, Item] = {}
    asked = list(keys.values())
    for place in range(0, len(asked), BATCH_GET_KEYS_MAX):
        found |= table.load(asked[place : place + BATCH_GET_KEYS_MAX])
    return {name: profile_of(found.get(key)) for name, key in keys.items()}


def customers_of(table: Table, replay: Replay) -> dict[str, str]:
    """The shop's own ids of who gains and loses most; who was erased since has none."""
    report = replay.report
    members = [each.member for each in (*report.winners, *report.losers)] if report else []
    found = _profiles(table, replay.shop, members)
    return {member: profile.external_id for member, profile in found.items() if profile}


def _share(visit: Visit, journal: tuple[Entry, ...]) -> int:
    replay = visit.replay
    return spending_of(habit_of(journal, replay.months, visit.plans[0].cheapest), replay.habit)


def _orders(history: tuple[Past, ...]) -> int:
    return sum(isinstance(each, PastOrder) for each in history)
