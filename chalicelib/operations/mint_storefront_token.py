"""Tokens that we sign ourselves: for shops whose backend asks for one instead of signing its own.

They are signed with a key of their own, derived from the shop's key: nothing to store, nothing to
leak, and never the secret of a storefront key. Tokens live by real time, not by that of the books.
"""

from enum import StrEnum

import msgspec

from chalicelib.domain.instants import SECOND_MS, Instant
from chalicelib.domain.limits import ID_LENGTH_MAX, TOKEN_LIFE_MS_MAX
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.create_shop import shop_unknown
from chalicelib.security.keyed_ids import subkey
from chalicelib.security.storefront_tokens import (
    DEFAULT_SOURCE,
    OWN_KEY_ID,
    OWN_KEY_PURPOSE,
    Customer,
    TokenKey,
    mint_compact,
    mint_jwt,
)
from chalicelib.storage.shops import find_recent_shop, shop_secret
from chalicelib.storage.table import Table

TOKEN_LIFE_SECONDS_MAX = TOKEN_LIFE_MS_MAX // SECOND_MS


class TokenKind(StrEnum):
    """The form of a token; both say the same."""

    COMPACT = "compact"
    JWT = "jwt"


class TokenWish(msgspec.Struct, frozen=True):
    """Who the token shall speak of, for how many seconds."""

    customer_id: str
    expires_in: int = TOKEN_LIFE_SECONDS_MAX
    email: str = ""
    name: str = ""
    source: str = DEFAULT_SOURCE
    kind: TokenKind = TokenKind.COMPACT


class MintedToken(msgspec.Struct, frozen=True):
    """A token and when it ends."""

    token: str
    expires_at: Instant


def own_token_key(table: Table, shop_id: str, wall_now: Instant) -> TokenKey | None:
    """The key that we sign tokens of a shop with; None if there is no such shop."""
    # The shop is still whatever a stranger wrote into the path: too long for a key, say.
    may_be_one = 0 < len(shop_id) <= ID_LENGTH_MAX
    shop = find_recent_shop(table, shop_id, wall_now) if may_be_one else None
    if shop is None:
        return None
    return TokenKey(OWN_KEY_ID, shop_id, subkey(shop_secret(shop), OWN_KEY_PURPOSE))


def mint_storefront_token(
    table: Table, shop_id: str, wish: TokenWish, wall_now: Instant
) -> MintedToken | Refusal:
    """A token of ``shop_id`` for the wish. Whether there is such a customer is not asked."""
    key = own_token_key(table, shop_id, wall_now)
    if key is None:
        return shop_unknown()
    expires_at = (wall_now // SECOND_MS + wish.expires_in) * SECOND_MS
    customer = Customer(
        external_id=wish.customer_id,
        expires_at=expires_at,
        key_id=key.key_id,
        source=wish.source,
        email=wish.email,
        name=wish.name,
    )
    mint = mint_jwt if wish.kind is TokenKind.JWT else mint_compact
    return MintedToken(mint(customer, key), expires_at)
