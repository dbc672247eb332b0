"""Read a pool with everybody who shares it: two round trips, and nothing is written."""

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.passing import seen
from chalicelib.domain.pool_views import SeenPool
from chalicelib.domain.pooling import NO_POOL
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.program.rewards import find_reward
from chalicelib.operations.find_member import FoundMember, find_pool
from chalicelib.operations.following import followed
from chalicelib.storage.key_names import account_key, profile_key, shop_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table


def view_pool(
    table: Table, shop: str, pool: str, spoken: tuple[str, Instant]
) -> SeenPool | Refusal:
    """The pool as it is; ``spoken`` is (locale, now)."""
    found = find_pool(table, shop, pool)
    return found if isinstance(found, Refusal) else seen_pool(table, found, spoken)


def seen_pool(table: Table, found: FoundMember, spoken: tuple[str, Instant]) -> SeenPool | Refusal:
    """The pool that was found, with who shares it."""
    locale, now = spoken
    shop, pool = found.shop, found.account.pool
    if pool is None:
        return NO_POOL
    version = shop.live_version(now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    program = program_of(table, shop.shop_id, version)
    keys = {name: account_key(shop.shop_id, name) for name in pool.places}
    people = {name: profile_key(shop.shop_id, name) for name in pool.places}
    items = table.load([*keys.values(), *people.values()])
    accounts = {name: account_of(items.get(key)) for name, key in keys.items()}
    profiles = {name: profile_of(items.get(key)) for name, key in people.items()}
    return SeenPool(
        pool_id=found.member,
        account=seen(found.account, program.idle, now),
        pool=pool,
        program=program,
        accounts={
            name: seen(account, program.idle, now)
            for name, account in accounts.items()
            if account is not None
        },
        profiles={name: person for name, person in profiles.items() if person is not None},
        locale=choose_locale(locale, "", program.program),
        now=now,
    )


def pool_of_member(table: Table, shop: str, member: str, unit: str) -> str:
    """The pool that the member shares, of ``unit`` or, for "", of the first; "" where none."""
    pools = pools_of_member(table, shop, member)
    return pools.get(unit, "") if unit else next(iter(pools.values()), "")


def pools_of_member(table: Table, shop: str, member: str) -> dict[str, str]:
    """The pools that the member shares, by unit."""
    items = table.load([shop_key(shop), account_key(shop, member)])
    holder = followed(table, shop, member, items)
    account = account_of(items.get(account_key(shop, holder)))
    return dict(sorted(account.pools.items())) if account else {}


def pool_paying(table: Table, shop: str, wanted: tuple[str, str], now: Instant) -> str:
    """The pool of the unit that the reward costs; else any, whose refusal says why.

    ``wanted`` is (member, reward).
    """
    member, reward_id = wanted
    pools = pools_of_member(table, shop, member)
    here = find_shop(table, shop)
    version = here.live_version(now) if here else 0
    reward = find_reward(program_of(table, shop, version), reward_id) if version else None
    unit = reward.cost.unit if reward is not None and reward.cost is not None else ""
    return pools.get(unit) or next(iter(pools.values()), "")
