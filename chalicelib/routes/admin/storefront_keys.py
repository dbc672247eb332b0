"""Admin: keys that the shop's pages sign tokens with, and tokens that we sign for them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.manage_keys import (
    create_storefront_key,
    list_storefront_keys,
    remove_storefront_key,
)
from chalicelib.operations.mint_storefront_token import (
    TOKEN_LIFE_SECONDS_MAX,
    TokenKind,
    TokenWish,
    mint_storefront_token,
)
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Email, Id, Name, Source
from chalicelib.security.scopes import Scope
from chalicelib.security.storefront_tokens import DEFAULT_SOURCE

door = Door(Audience.ADMIN)


class StorefrontKeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is asked: an empty body, or ``{}``."""


class StorefrontKeyView(msgspec.Struct, frozen=True):
    """A key, without its secret."""

    kid: str
    created_at: str


class NewStorefrontKeyView(msgspec.Struct, frozen=True):
    """A key that was just made: ``secret`` is never shown again."""

    kid: str
    secret: str


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the token shall speak of; ``expires_in`` in seconds."""

    customer_id: Id
    expires_in: Annotated[int, Meta(ge=1, le=TOKEN_LIFE_SECONDS_MAX)] = TOKEN_LIFE_SECONDS_MAX
    email: Email | msgspec.UnsetType = msgspec.UNSET
    name: Name | msgspec.UnsetType = msgspec.UNSET
    source: Source = DEFAULT_SOURCE
    kind: TokenKind = TokenKind.COMPACT


class TokenView(msgspec.Struct, frozen=True):
    """A token, and when it ends."""

    token: str
    expires_at: str


@door.post(
    "/v1/admin/shops/{shop}/storefront-keys",
    Contract(
        StorefrontKeyRequest,
        NewStorefrontKeyView,
        "Make a key that the shop's pages sign tokens with; its secret is shown once",
        scope=Scope.OWNER,
        status=201,
        refusals=(RefusalCode.LIMIT_REACHED,),
    ),
)
def post_storefront_key(call: Call[StorefrontKeyRequest], shop: str) -> Outcome:
    """Make a storefront key."""
    made = create_storefront_key(call.table, shop, call.now)
    if isinstance(made, Refusal):
        return made
    key_id = made.record.key_id
    return Answer(NewStorefrontKeyView(key_id, made.secret), target=key_id)


@door.get(
    "/v1/admin/shops/{shop}/storefront-keys",
    Contract(
        NoBody,
        ListView[StorefrontKeyView],
        "List the storefront keys",
        scope=Scope.OWNER,
        is_list=True,
    ),
)
def get_storefront_keys(call: Call[NoBody], shop: str) -> Outcome:
    """List the keys."""
    page = list_storefront_keys(call.table, shop, call.page.limit, call.page.start)
    if isinstance(page, Refusal):
        return page
    views = tuple(StorefrontKeyView(key.key_id, iso(key.created_at)) for key in page.keys)
    return Answer(call.page_of(views, page.next_start))


@door.delete(
    "/v1/admin/shops/{shop}/storefront-keys/{kid}",
    Contract(
        NoBody,
        None,
        "Remove a storefront key; other processes hear of it within 60 seconds",
        scope=Scope.OWNER,
        status=204,
        refusals=(RefusalCode.DOCUMENT_UNKNOWN,),
    ),
)
def delete_storefront_key(call: Call[NoBody], shop: str, kid: str) -> Outcome:
    """Remove a key."""
    return remove_storefront_key(call.table, shop, kid) or Answer()


@door.post(
    "/v1/admin/shops/{shop}/storefront-tokens",
    Contract(
        TokenRequest,
        TokenView,
        "Sign a token for a customer: it reads their data and redeems their points",
        scope=Scope.POINTS,
        status=201,
    ),
)
def post_storefront_token(call: Call[TokenRequest], shop: str) -> Outcome:
    """Sign a token."""
    said = call.body
    wish = TokenWish(
        customer_id=said.customer_id,
        expires_in=said.expires_in,
        email="" if said.email is msgspec.UNSET else said.email,
        name="" if said.name is msgspec.UNSET else said.name,
        source=said.source,
        kind=said.kind,
    )
    minted = mint_storefront_token(call.table, shop, wish, call.wall_now)
    if isinstance(minted, Refusal):
        return minted
    return Answer(TokenView(minted.token, iso(minted.expires_at)))
