"""Admin: API keys of a shop. A key is shown once, in the answer that made it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.manage_keys import create_api_key, list_api_keys, revoke_api_key
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
from chalicelib.routes.parsing import Name
from chalicelib.security.scopes import Scope
from chalicelib.storage.api_keys import ApiKey

door = Door(Audience.ADMIN)


class ApiKeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be; ``owner`` may do all."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=len(Scope))]


class ApiKeyView(msgspec.Struct, frozen=True):
    """A key, without itself."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None


class NewApiKeyView(msgspec.Struct, frozen=True):
    """A key that was just made: ``key`` is never shown again."""

    id: str
    key: str
    name: str
    scopes: tuple[str, ...]
    created_at: str


def _view(key: ApiKey) -> ApiKeyView:
    revoked_at = iso(key.revoked_at) if key.revoked_at else None
    return ApiKeyView(key.key_id, key.name, key.scopes, iso(key.created_at), revoked_at)


@door.post(
    "/v1/admin/shops/{shop}/api-keys",
    Contract(
        ApiKeyRequest,
        NewApiKeyView,
        "Make an API key; it is shown once",
        scope=Scope.OWNER,
        status=201,
        refusals=(RefusalCode.LIMIT_REACHED,),
    ),
)
def post_api_key(call: Call[ApiKeyRequest], shop: str) -> Outcome:
    """Make an API key."""
    made = create_api_key(call.table, shop, call.body.name, call.body.scopes, call.now)
    if isinstance(made, Refusal):
        return made
    record = made.record
    view = NewApiKeyView(
        record.key_id, made.key, record.name, record.scopes, iso(record.created_at)
    )
    return Answer(view, target=record.key_id)


@door.get(
    "/v1/admin/shops/{shop}/api-keys",
    Contract(NoBody, ListView[ApiKeyView], "List the API keys", scope=Scope.OWNER, is_list=True),
)
def get_api_keys(call: Call[NoBody], shop: str) -> Outcome:
    """List the keys, revoked ones too."""
    page = list_api_keys(call.table, shop, call.page.limit, call.page.start)
    if isinstance(page, Refusal):
        return page
    return Answer(call.page_of(tuple(_view(key) for key in page.keys), page.next_start))


@door.delete(
    "/v1/admin/shops/{shop}/api-keys/{key}",
    Contract(
        NoBody,
        None,
        "Revoke an API key; other processes hear of it within 60 seconds",
        scope=Scope.OWNER,
        status=204,
        refusals=(RefusalCode.DOCUMENT_UNKNOWN,),
    ),
)
def delete_api_key(call: Call[NoBody], shop: str, key: str) -> Outcome:
    """Revoke a key."""
    revoked = revoke_api_key(call.table, shop, key, call.now)
    return revoked if isinstance(revoked, Refusal) else Answer()
