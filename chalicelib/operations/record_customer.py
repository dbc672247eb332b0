"""Keep a member's profile as the shop tells it: newest version wins, nobody is made a member.

A customer who is not a member is of no concern: their account comes with their first order that
earns, or when they join.
"""

import msgspec

from chalicelib.domain.celebrating import month_day
from chalicelib.domain.events import CustomerUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Busy
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import birthday_hash, email_hash, member_id
from chalicelib.storage.items import Anything, Delete, Item, Put, RevisionIs, Write, key_of
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import contact_item, profile_item, profile_of
from chalicelib.storage.shops import Shop, find_recent_shop, shop_secret
from chalicelib.storage.table import ConditionFailed, Table

ATTEMPTS_MAX = 8


class CustomerCommand(msgspec.Struct, frozen=True):
    """One delivery about one customer of one shop."""

    shop: str
    event: CustomerUpserted
    wall_now: Instant


def record_customer(table: Table, command: CustomerCommand) -> str:
    """``recorded``, ``replayed`` (nothing new) or ``ignored`` (not a member).

    Raises:
        Busy, StorageUnavailable: send the delivery again.
    """
    shop = find_recent_shop(table, command.shop, command.wall_now)
    if shop is None:
        return "ignored"
    event = command.event
    member = member_id(shop_secret(shop), event.source, event.customer.id)
    key = profile_key(command.shop, member)
    for _ in range(ATTEMPTS_MAX):
        item = table.load([key]).get(key)
        before = profile_of(item)
        if item is None or before is None:
            return "ignored"
        after = _told(before, event)
        if after == before or event.version < before.version:
            return "replayed"
        try:
            record_writes(table, profile_writes(shop, member, (before, after), item))
        except ConditionFailed:
            continue
        return "recorded"
    raise Busy("others kept writing the profile")


def _told(before: Profile, event: CustomerUpserted) -> Profile:
    """The profile after ``event``; what the shop leaves empty was not told, so it stays."""
    customer = event.customer
    return msgspec.structs.replace(
        before,
        email=customer.email or before.email,
        email_verified=customer.email_verified if customer.email else before.email_verified,
        name=customer.name or before.name,
        locale=customer.locale or before.locale,
        country=customer.country or before.country,
        tags=customer.tags or before.tags,
        version=event.version,
    )


def profile_writes(
    shop: Shop, member: str, profiles: tuple[Profile, Profile], stored: Item
) -> tuple[Write, ...]:
    """The writes of a changed profile (before, after) over the ``stored`` item."""
    before, after = profiles
    revision = stored.get("r", 1)
    held = revision if isinstance(revision, int) else 1
    item = profile_item(shop.shop_id, member, after)
    writes: list[Write] = [Put({**item, "r": held + 1}, RevisionIs(held))]
    if before.email == after.email:
        return tuple(writes)
    secret = shop_secret(shop)
    if before.email:
        old = contact_item(shop.shop_id, email_hash(secret, before.email), member)
        writes.append(Delete(key_of(old), Anything()))
    if after.email:
        new = contact_item(shop.shop_id, email_hash(secret, after.email), member)
        writes.append(Put(new, Anything()))
    return tuple(writes)


def with_birthday(profile: Profile, told: str, shop: Shop, now: Instant) -> Profile:
    """``profile`` with the birthday ``told`` now, with or without its year; "" takes it away."""
    day = month_day(told)
    if day == profile.birthday and bool(day) == bool(profile.birthday_hash):
        return profile
    digest = birthday_hash(shop_secret(shop), day) if day else ""
    return msgspec.structs.replace(profile, birthday=day, birthday_hash=digest, birthday_at=now)
