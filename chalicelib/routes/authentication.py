"""Who is asking: the operator, the holder of an API key, a shopper with a token, or nobody.

Each audience has one way to show who they are, and every wrong way gives the same answer for the
same reason: a key of another shop reads like a key that does not exist. Webhooks show it by a
signature over the raw bytes, which their view verifies; public routes ask nothing.
"""

from collections.abc import Mapping
from typing import assert_never

import msgspec

from chalicelib import settings
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.mint_storefront_token import own_token_key
from chalicelib.routes.contract import Audience, KeyHolder, Nobody, Operator, Principal, Route
from chalicelib.security import api_keys, scopes, storefront_tokens
from chalicelib.security.storefront_tokens import OWN_KEY_ID, Customer, TokenKey
from chalicelib.storage.api_keys import find_api_key
from chalicelib.storage.storefront_keys import find_storefront_key
from chalicelib.storage.table import Table

_BEARER = "bearer "

_KEY_INVALID = Refusal(
    RefusalCode.KEY_INVALID, "Send a key of this shop as `Authorization: Bearer lrl_...`."
)
_TOKEN_INVALID = Refusal(RefusalCode.TOKEN_INVALID, "Send a token of this shop.")


class Credentials(msgspec.Struct, frozen=True):
    """Where somebody may show who they are."""

    table: Table
    wall_now: Instant
    headers: Mapping[str, str]
    plain: object  # the JSON body as plain values
    path: Mapping[str, str]


def principal_of(route: Route, given: Credentials) -> Principal | Refusal:
    """Who is asking, or why we do not believe it or do not let them."""
    match route.audience:
        case Audience.PUBLIC | Audience.WEBHOOKS:
            return Nobody()
        case Audience.STOREFRONT:
            return _customer(given)
        case Audience.ADMIN:
            return _staff(route, given)
        case _:
            assert_never(route.audience)


def _bearer(headers: Mapping[str, str]) -> str:
    value = headers.get("authorization", "")
    is_bearer = value[: len(_BEARER)].lower() == _BEARER
    return value[len(_BEARER) :].strip() if is_bearer else ""


def _staff(route: Route, given: Credentials) -> Principal | Refusal:
    key = _bearer(given.headers)
    if api_keys.hash_matches(key, settings.current().operator_key_sha256):
        return Operator()
    if not api_keys.is_well_formed(key):
        return _KEY_INVALID
    record = find_api_key(given.table, api_keys.key_hash(key), given.wall_now)
    if record is None or record.revoked_at or given.path.get("shop", record.shop) != record.shop:
        return _KEY_INVALID
    holder = KeyHolder(record.key_id, record.shop, scopes.scopes_of(record.scopes))
    wanted = route.contract.scope
    if wanted is None:
        return Refusal(RefusalCode.SCOPE_MISSING, "Only the operator key may do this.")
    if scopes.allows(holder.scopes, wanted):
        return holder
    return Refusal(RefusalCode.SCOPE_MISSING, f"The key needs the scope `{wanted}`.")


def _customer(given: Credentials) -> Customer | Refusal:
    in_body = given.plain.get("token") if isinstance(given.plain, dict) else None
    token = _bearer(given.headers) or (in_body if isinstance(in_body, str) else "")
    key_id = storefront_tokens.claimed_key_id(token)
    key = _token_key(given, key_id) if key_id else None
    if key is None or key.shop != given.path.get("shop"):
        return _TOKEN_INVALID
    return storefront_tokens.verify(token, key, given.wall_now)


def _token_key(given: Credentials, key_id: str) -> TokenKey | None:
    shop_id = given.path.get("shop", "")
    if key_id == OWN_KEY_ID:
        return own_token_key(given.table, shop_id, given.wall_now)
    if len(key_id) > storefront_tokens.KEY_ID_LENGTH_MAX:
        return None
    found = find_storefront_key(given.table, key_id, given.wall_now)
    return TokenKey(key_id, found.key.shop, found.secret) if found else None
