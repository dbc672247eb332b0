"""Find a member by our id, or by the id that a shop knows them under."""

from dataclasses import dataclass

from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.key_names import account_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table

EXTERNAL = "external:"
MAIN_SOURCE = "main"


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A member, their account and their shop."""

    shop: Shop
    member: str
    account: Account


def resolved_member(shop: Shop, name: str) -> str:
    """Our id for ``name``: an id of ours, ``external:<id>`` or ``external:<source>:<id>``."""
    if not name.startswith(EXTERNAL):
        return name
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
    account = account_of(
        table.load([account_key(shop_id, member)]).get(account_key(shop_id, member))
    )
    if account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "There is no such member.")
    return FoundMember(shop, member, account)
