"""Read pools with everybody who shares them: two round trips, and nothing is written."""

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.passing import seen
from chalicelib.domain.pool_views import SeenPool
from chalicelib.domain.pooling import NO_POOL
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.program.rewards import find_reward
from chalicelib.operations.find_member import FoundMember, find_pool
from chalicelib.operations.following import followed
from chalicelib.storage.index_names import pools_partition
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.key_names import account_key, profile_key, shop_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Query, Start, Table


def view_pool(
    table: Table, shop: str, pool: str, spoken: tuple[str, Instant]
) -> SeenPool | Refusal:
    """The pool as it is; ``spoken`` is (locale, now)."""
    found = find_pool(table, shop, pool)
    return found if isinstance(found, Refusal) else seen_pool(table, found, spoken)


def seen_pool(table: Table, found: FoundMember, spoken: tuple[str, Instant]) -> SeenPool | Refusal:
    """The pool that was found, with who shares it."""
    seen_ones = _seen(table, (found,), spoken)
    if isinstance(seen_ones, Refusal):
        return seen_ones
    return seen_ones[0] if seen_ones else NO_POOL


def list_pools(
    table: Table, shop_id: str, page: tuple[int, Start | None], now: Instant
) -> tuple[tuple[SeenPool, ...], Start | None] | Refusal:
    """One page of a shop's pools in the order in which they were made, dissolved ones too."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    limit, start = page
    query = Query(pools_partition(shop_id), index="GSI1", limit=limit, start=start)
    rows = table.query(query)
    names = [key_of(item)[0].rpartition("#M#")[2] for item in rows.items]
    items = table.load([account_key(shop_id, name) for name in names]) if names else {}
    held = ((name, account_of(items.get(account_key(shop_id, name)))) for name in names)
    found = tuple(FoundMember(shop, name, account, name) for name, account in held if account)
    pools = _seen(table, found, ("", now))
    return pools if isinstance(pools, Refusal) else (pools, rows.next_start)


def _seen(
    table: Table, found: tuple[FoundMember, ...], spoken: tuple[str, Instant]
) -> tuple[SeenPool, ...] | Refusal:
    """The pools of one shop, with who shares them."""
    if not found:
        return ()
    shop, now = found[0].shop, spoken[1]
    version = shop.live_version(now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    program = program_of(table, shop.shop_id, version)
    names = {name for each in found if each.account.pool for name in each.account.pool.places}
    keys = [key(shop.shop_id, name) for name in sorted(names) for key in (account_key, profile_key)]
    items = table.load(keys) if keys else {}
    pools = (_one_seen(each, items, program, spoken) for each in found)
    return tuple(each for each in pools if each is not None)


def _one_seen(
    found: FoundMember,
    items: dict[Key, Item],
    program: CompiledProgram,
    spoken: tuple[str, Instant],
) -> SeenPool | None:
    locale, now = spoken
    shop, pool = found.shop.shop_id, found.account.pool
    if pool is None:
        return None
    keys = {name: account_key(shop, name) for name in pool.places}
    people = {name: profile_key(shop, name) for name in pool.places}
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
