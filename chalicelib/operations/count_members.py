"""Count members by what they hold: pages of the member list, up to a bound. Reads only."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import AFFECTED_MEMBERS_MAX, BATCH_GET_KEYS_MAX
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account
from chalicelib.domain.passing import seen
from chalicelib.domain.program.affected import Crowd
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Redemption, RedemptionStatus
from chalicelib.domain.standing import held_tiers
from chalicelib.operations.following import document_keys, ids_of
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import members_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.table import Query, Start, Table


def count_members(
    table: Table, shop: str, program: CompiledProgram, rewards: frozenset[str], now: Instant
) -> Crowd:
    """The members of ``shop`` at ``now`` by tier and points, and open codes of ``rewards``."""
    tiers: Counter[str] = Counter()
    units: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    members, is_complete = 0, False
    for accounts, start in _pages(table, shop):
        for member, stored in accounts:
            account = seen(stored, program.idle, now)
            held = held_tiers(account, program, now)
            tiers.update(f"{group}/{tier}" for group, tier in held.items())
            units.update(u for u, state in account.units.items() if balance(state, now).available)
            codes.update(_open_codes(table, shop, (member, account), rewards) if rewards else ())
        members += len(accounts)
        is_complete = start is None
        if members >= AFFECTED_MEMBERS_MAX:
            break
    return Crowd(members, is_complete, dict(tiers), dict(units), dict(codes))


def _pages(table: Table, shop: str) -> Iterator[tuple[list[tuple[str, Account]], Start | None]]:
    start: Start | None = None
    while True:
        query = Query(members_partition(shop), index="GSI1", limit=BATCH_GET_KEYS_MAX, start=start)
        page = table.query(query)
        members = [key_of(item)[0].rpartition("#M#")[2] for item in page.items]
        keys = [account_key(shop, member) for member in members]
        items = table.load(keys) if keys else {}
        found = [(m, account_of(items.get(key))) for m, key in zip(members, keys, strict=True)]
        yield [(m, held) for m, held in found if held and not held.erased_at], page.next_start
        start = page.next_start
        if start is None:
            return


def _open_codes(
    table: Table, shop: str, held: tuple[str, Account], rewards: frozenset[str]
) -> list[str]:
    member, account = held
    names = ids_of(member, account)
    keys = [
        key
        for redemption in account.open_redemptions
        for key in document_keys(shop, names, "redemption", redemption)
    ]
    found = (document_of(item, Redemption) for item in (table.load(keys) if keys else {}).values())
    return [
        each.reward_id
        for each in found
        if each and each.status is RedemptionStatus.READY and each.reward_id in rewards
    ]
