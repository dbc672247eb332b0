"""Find a member by our id, or by the id that a shop knows them under."""

import re
from typing import Final

import msgspec

from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pooling import NO_POOL
from chalicelib.operations.following import ERASED, followed
from chalicelib.security.keyed_ids import MEMBER_ID_LENGTH, member_id
from chalicelib.storage.key_names import account_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table

EXTERNAL = "external:"
MEMBER_UNKNOWN: Final = Refusal(RefusalCode.MEMBER_UNKNOWN, "There is no such member.")
MAIN_SOURCE = "main"

_OUR_ID: Final = re.compile(rf"[a-z2-7]{{{MEMBER_ID_LENGTH}}}")


class FoundMember(msgspec.Struct, frozen=True):
    """A member, their account and their shop."""

    shop: Shop
    member: str  # whose account it is
    account: Account
    named: str  # the id that was asked for: a merged one keeps its documents


def resolved_member(shop: Shop, name: str) -> str | None:
    """Our id for ``name``: an id of ours, ``external:<id>`` or ``external:<source>:<id>``.

    None for what can be neither: it is not asked for, because no key may be made of just anything.
    """
    if not name.startswith(EXTERNAL):
        return name if _OUR_ID.fullmatch(name) else None
    source, colon, external_id = name.removeprefix(EXTERNAL).partition(":")
    if not colon:
        source, external_id = MAIN_SOURCE, source
    return member_id(shop_secret(shop), source, external_id)


def find_member(table: Table, shop_id: str, name: str) -> FoundMember | Refusal:
    """The member that ``name`` means, as their account is now."""
    key = shop_key(shop_id)
    item = table.load([key]).get(key)
    if item is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    shop = shop_from_item(item)
    member = resolved_member(shop, name)
    if member is None:
        return MEMBER_UNKNOWN
    items = table.load([account_key(shop_id, member)])
    holder = followed(table, shop_id, member, items)
    account = account_of(items.get(account_key(shop_id, holder)))
    if account is None or account.pool is not None:
        return MEMBER_UNKNOWN
    return ERASED if account.erased_at else FoundMember(shop, holder, account, member)


def find_pool(table: Table, shop_id: str, name: str) -> FoundMember | Refusal:
    """The pool of this id, as its account is now; a dissolved one too."""
    key, account_at = shop_key(shop_id), account_key(shop_id, name)
    items = table.load([key, *([account_at] if _OUR_ID.fullmatch(name) else [])])
    if key not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    account = account_of(items.get(account_at))
    if account is None or account.pool is None:
        return NO_POOL
    return FoundMember(shop_from_item(items[key]), name, account, name)
