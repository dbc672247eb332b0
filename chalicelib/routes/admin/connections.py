"""Admin: connections of a shop to its platforms. A secret is shown once, when it is made."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chalicelib import settings
from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.manage_connections import (
    ConnectionWish,
    create_connection,
    list_connections,
    remove_connection,
    rotate_secret,
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
from chalicelib.routes.parsing import Source
from chalicelib.security.scopes import Scope
from chalicelib.storage.connections import Connection

door = Door(Audience.ADMIN)

_SECRET: Final = Meta(pattern=r"^[!-~]{16,128}(?![\s\S])")


class ConnectionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A connection to be. ``secret`` is the platform's own, where it makes one."""

    platform: str
    shop_domain: Annotated[str, Meta(max_length=253)] = ""
    source: Source | msgspec.UnsetType = msgspec.UNSET
    secret: Annotated[str, _SECRET] | msgspec.UnsetType = msgspec.UNSET


class SecretRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new secret; absent: we make one."""

    secret: Annotated[str, _SECRET] | msgspec.UnsetType = msgspec.UNSET


class ConnectionView(msgspec.Struct, frozen=True):
    """A connection, without its secrets."""

    connection_id: str
    platform: str
    source: str
    shop_domain: str
    webhook_url: str
    secrets: int  # how many count: two while one is rotated
    created_at: str


class NewConnectionView(msgspec.Struct, frozen=True):
    """A connection with the secret that was just made: it is never shown again."""

    connection_id: str
    webhook_url: str
    secret: str
    platform: str
    source: str
    shop_domain: str


def webhook_url(connection_id: str) -> str:
    """Where the platform shall send its webhooks."""
    return f"{settings.current().public_url}/v1/webhooks/{connection_id}"


def _view(record: Connection) -> ConnectionView:
    return ConnectionView(
        connection_id=record.connection_id,
        platform=record.platform,
        source=record.source,
        shop_domain=record.shop_domain,
        webhook_url=webhook_url(record.connection_id),
        secrets=len(record.sealed_secrets),
        created_at=iso(record.created_at),
    )


def _new_view(record: Connection, secret: str) -> NewConnectionView:
    return NewConnectionView(
        connection_id=record.connection_id,
        webhook_url=webhook_url(record.connection_id),
        secret=secret,
        platform=record.platform,
        source=record.source,
        shop_domain=record.shop_domain,
    )


@door.post(
    "/v1/admin/shops/{shop}/connections",
    Contract(
        ConnectionRequest,
        NewConnectionView,
        "Connect a platform; the secret is shown once",
        scope=Scope.OWNER,
        status=201,
        refusals=(RefusalCode.LIMIT_REACHED,),
    ),
)
def post_connection(call: Call[ConnectionRequest], shop: str) -> Outcome:
    """Connect a platform."""
    said = call.body
    wish = ConnectionWish(
        platform=said.platform,
        shop_domain=said.shop_domain,
        source="" if said.source is msgspec.UNSET else said.source,
        secret="" if said.secret is msgspec.UNSET else said.secret,
    )
    made = create_connection(call.table, shop, wish, call.now)
    if isinstance(made, Refusal):
        return made
    return Answer(_new_view(made.record, made.secret), target=made.record.connection_id)


@door.get(
    "/v1/admin/shops/{shop}/connections",
    Contract(
        NoBody, ListView[ConnectionView], "List the connections", scope=Scope.OWNER, is_list=True
    ),
)
def get_connections(call: Call[NoBody], shop: str) -> Outcome:
    """List the connections."""
    page = list_connections(call.table, shop, call.page.limit, call.page.start)
    if isinstance(page, Refusal):
        return page
    views = tuple(_view(record) for record in page.connections)
    return Answer(call.page_of(views, page.next_start))


@door.post(
    "/v1/admin/shops/{shop}/connections/{connection}/secrets",
    Contract(
        SecretRequest,
        NewConnectionView,
        "Give a connection a new secret; the one before still counts",
        scope=Scope.OWNER,
        status=201,
        refusals=(RefusalCode.CONNECTION_UNKNOWN,),
    ),
)
def post_secret(call: Call[SecretRequest], shop: str, connection: str) -> Outcome:
    """Rotate the secret."""
    secret = "" if call.body.secret is msgspec.UNSET else call.body.secret
    rotated = rotate_secret(call.table, shop, connection, secret)
    if isinstance(rotated, Refusal):
        return rotated
    return Answer(_new_view(rotated.record, rotated.secret))


@door.delete(
    "/v1/admin/shops/{shop}/connections/{connection}",
    Contract(
        NoBody,
        None,
        "Remove a connection; other processes hear of it within 60 seconds",
        scope=Scope.OWNER,
        status=204,
        refusals=(RefusalCode.CONNECTION_UNKNOWN,),
    ),
)
def delete_connection(call: Call[NoBody], shop: str, connection: str) -> Outcome:
    """Remove a connection."""
    return remove_connection(call.table, shop, connection) or Answer()
