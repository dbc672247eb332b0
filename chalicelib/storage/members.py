"""Accounts, counters, messages and profiles as items, and back.

Accounts and counters are native attributes under the short names of ``domain.member``, so that
an operator can read them in any console; rows of lots end where only zeros would follow. The
profile is apart, because it is the one item that erasure rewrites.
"""

from typing import Any, cast

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Counters, Profile
from chalicelib.domain.messages import Inbox
from chalicelib.storage.index_names import birthday_row, due_row, member_row, pool_row
from chalicelib.storage.items import Absent, Item, Key, Put, RevisionIs, Value
from chalicelib.storage.key_names import (
    account_key,
    counters_key,
    identity_key,
    member_partition,
    pool_row_key,
    profile_key,
)

_EXPIRES_AT = 2  # place of the one part of a row that may be None, stored as 0
_FIRST_TEXT = 4  # from there on the parts of a row are texts; an empty one is stored as 0


def short_row(row: list[Any]) -> list[Value]:
    """A row of dates without its trailing zeros; "never" is 0."""
    cells = [cell or 0 for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def long_row(row: list[Any]) -> list[Any]:
    """What ``short_row`` was given, its defaults left away."""
    texts = [cell or "" for cell in row[_FIRST_TEXT:]]
    cells = [*row[:_FIRST_TEXT], *texts]
    return [(cell or None) if place == _EXPIRES_AT else cell for place, cell in enumerate(cells)]


def stored_fields(value: msgspec.Struct) -> Item:
    """The fields of ``value`` as a table takes them: lists and dictionaries, never a tuple.

    There and back through MessagePack, which knows one kind of list and keeps bytes.
    """
    return cast("Item", msgspec.msgpack.decode(msgspec.msgpack.encode(value)))


def account_item(shop: str, member: str, account: Account) -> Item:
    """The account as it is stored; ``"r"`` is the revision that guards it."""
    stored = cast("dict[str, Any]", stored_fields(account))
    for unit in stored.get("u", {}).values():
        if "l" in unit:
            unit["l"] = [short_row(row) for row in unit["l"]]
        for held in unit.get("h", {}).values():
            held[1] = [short_row(row) for row in held[1]]
        for code in unit.get("c", {}).values():
            code[2] = [short_row(row) for row in code[2]]
    partition, sort = account_key(shop, member)
    row = due_row(shop, account.due_at, member) if account.due_at else {}
    return {"PK": partition, "SK": sort, **stored, **row}


def account_of(item: Item | None) -> Account | None:
    """The account of an item."""
    if item is None:
        return None
    stored = cast("dict[str, Any]", dict(item))
    units = {name: _unit_fields(unit) for name, unit in stored.get("u", {}).items()}
    return msgspec.convert({**stored, "u": units}, Account)


def _unit_fields(unit: dict[str, Any]) -> dict[str, Any]:
    holds = {
        name: [expires_at, [long_row(row) for row in parts]]
        for name, (expires_at, parts) in unit.get("h", {}).items()
    }
    codes = {
        name: [expires_at, reward, [long_row(row) for row in parts]]
        for name, (expires_at, reward, parts) in unit.get("c", {}).items()
    }
    return {**unit, "l": [long_row(row) for row in unit.get("l", ())], "h": holds, "c": codes}


def counters_item(shop: str, member: str, counters: Counters) -> Item:
    """The counters as they are stored; ``"r"`` is the revision that guards them."""
    partition, sort = counters_key(shop, member)
    return {"PK": partition, "SK": sort, **stored_fields(counters)}


def counters_of(item: Item | None) -> Counters:
    """The counters of an item; none yet are all zero."""
    return msgspec.convert(item, Counters) if item else Counters()


def inbox_key(shop: str, member: str) -> Key:
    """Where what a member was told is."""
    return member_partition(shop, member), "I"


def inbox_item(shop: str, member: str, inbox: Inbox) -> Item:
    """What a member was told, as it is stored; ``"r"`` is the revision that guards it."""
    partition, sort = inbox_key(shop, member)
    return {"PK": partition, "SK": sort, **stored_fields(inbox)}


def inbox_of(item: Item | None) -> Inbox:
    """The messages of an item; none yet are none."""
    return msgspec.convert(item, Inbox) if item else Inbox()


def inbox_put(shop: str, member: str, inbox: Inbox) -> Put:
    """Write the inbox over the revision that it was read at."""
    before = inbox.revision - 1
    return Put(inbox_item(shop, member, inbox), RevisionIs(before) if before else Absent())


def profile_item(shop: str, member: str, profile: Profile) -> Item:
    """The profile as it is stored, listed among the shop's members."""
    partition, sort = profile_key(shop, member)
    stored = stored_fields(profile)
    row = member_row(shop, profile.joined_at, member)
    if profile.birthday_hash:
        row |= birthday_row(shop, profile.birthday_hash, member)
    return {"PK": partition, "SK": sort, "r": 1, **stored, **row}


def profile_of(item: Item | None) -> Profile | None:
    """The profile of an item."""
    return msgspec.convert(item, Profile) if item else None


def pool_item(shop: str, pool: str, made_at: Instant) -> Item:
    """What lists a pool, which has no profile, for ever; its account is in an index when due."""
    partition, sort = pool_row_key(shop, pool)
    return {"PK": partition, "SK": sort, **pool_row(shop, made_at, pool)}


def contact_item(shop: str, email_hash: str, member: str) -> Item:
    """A row by which staff find a member from an e-mail. It proves nothing and grants nothing."""
    partition, _ = identity_key(shop, "email", email_hash)
    return {"PK": partition, "SK": f"M#{member}"}
