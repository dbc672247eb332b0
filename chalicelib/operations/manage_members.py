"""Members as staff see them: find, list, change what is known of the person.

The list walks an index of profiles in order of joining; a tier filter looks at each account of
the page, so a filtered page may be shorter than asked and yet not be the last one.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Profile
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.standing import held_tiers
from chalicelib.operations.find_member import find_member
from chalicelib.operations.judge_tiers import judge_again
from chalicelib.operations.record_customer import profile_writes, with_birthday
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.index_names import members_partition
from chalicelib.storage.items import Item, key_of
from chalicelib.storage.key_names import account_key, identity_key, profile_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_shop, shop_secret
from chalicelib.storage.table import ConditionFailed, Query, Start, Table

ATTEMPTS_MAX = 8


class MemberRecord(msgspec.Struct, frozen=True):
    """One member: who they are to us, their account and their person."""

    member: str
    account: Account
    profile: Profile | None


class MemberPage(msgspec.Struct, frozen=True):
    """One page of members and the shop they are of."""

    shop: Shop
    records: tuple[MemberRecord, ...]
    next_start: Start | None


def view_member(table: Table, shop_id: str, name: str) -> tuple[Shop, MemberRecord] | Refusal:
    """The member that ``name`` means."""
    found = find_member(table, shop_id, name)
    if isinstance(found, Refusal):
        return found
    key = profile_key(shop_id, found.member)
    profile = profile_of(table.load([key]).get(key))
    return found.shop, MemberRecord(found.member, found.account, profile)


def list_members(
    table: Table, shop_id: str, page: tuple[int, Start | None], filters: tuple[str, str, Instant]
) -> MemberPage | Refusal:
    """One page of members; ``filters`` is (e-mail, tier id, now), both "" for none."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    email, tier, now = filters
    limit, start = page
    if email:
        partition, _ = identity_key(shop_id, "email", email_hash(shop_secret(shop), email))
        query = Query(partition, "M#", limit=limit, start=start, consistent=True)
        found = table.query(query)
        members = [str(item["SK"]).removeprefix("M#") for item in found.items]
    else:
        query = Query(members_partition(shop_id), index="GSI1", limit=limit, start=start)
        found = table.query(query)
        members = [_member_of(item) for item in found.items]
    records = _records(table, shop_id, members)
    if tier:
        records = tuple(each for each in records if tier in _tiers(table, shop, each, now))
    return MemberPage(shop, records, found.next_start)


def change_profile(
    table: Table, shop_id: str, name: str, changes: dict[str, object], now: Instant
) -> tuple[Shop, MemberRecord] | Refusal:
    """Change what ``changes`` names of a member's profile, and nothing else.

    Raises:
        Busy: others kept changing it.
    """
    for _ in range(ATTEMPTS_MAX):
        found = find_member(table, shop_id, name)
        if isinstance(found, Refusal):
            return found
        key = profile_key(shop_id, found.member)
        item = table.load([key]).get(key)
        before = profile_of(item)
        if before is None or item is None:
            return Refusal(RefusalCode.MEMBER_UNKNOWN, "There is no such member.")
        others = {key: value for key, value in changes.items() if key != "birthday"}
        after = msgspec.structs.replace(before, **others)
        told = str(changes.get("birthday", before.birthday))
        after = with_birthday(after, told, found.shop, now)
        try:
            if after != before:
                writes = profile_writes(found.shop, found.member, (before, after), item)
                record_writes(table, writes)
        except ConditionFailed:
            continue
        judged = judge_again(table, found.shop, found.member, now)
        return found.shop, MemberRecord(found.member, judged or found.account, after)
    raise Busy("others kept changing the profile")


def _member_of(item: Item) -> str:
    partition, _ = key_of(item)
    return partition.rpartition("#M#")[2]


def _records(table: Table, shop: str, members: list[str]) -> tuple[MemberRecord, ...]:
    """Accounts and profiles of ``members``, in their order; who has no account is left out."""
    keys = [key(shop, member) for member in members for key in (account_key, profile_key)]
    items = table.load(keys) if keys else {}
    records = []
    for member in members:
        account = account_of(items.get(account_key(shop, member)))
        if account is not None:
            profile = profile_of(items.get(profile_key(shop, member)))
            records.append(MemberRecord(member, account, profile))
    return tuple(records)


def _tiers(table: Table, shop: Shop, record: MemberRecord, now: Instant) -> set[str]:
    version = shop.live_version(now)
    if not version:
        return set()
    program = program_of(table, shop.shop_id, version)
    return set(held_tiers(record.account, program, now).values())
