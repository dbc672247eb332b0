"""Messages at the door: what a customer was told, that they opened it; for staff, everything.

Laurel sends nothing by itself: a shop's mail tool reads the list for staff.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.view_card import CardQuery
from chalicelib.routes.admin.locating import member_missing
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
    TokenBody,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import LocaleWish
from chalicelib.security.scopes import Scope

if TYPE_CHECKING:
    from chalicelib.operations.read_messages import ReadMessages, Told

door = Door(Audience.STOREFRONT)
staff_door = Door(Audience.ADMIN)


class MessagesRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language the answer is."""

    locale: LocaleWish = ""


class MessageView(msgspec.Struct, frozen=True):
    """One message as its member reads it; ``title`` is null where the template has none."""

    id: str
    title: str | None
    text: str
    shown_at: str
    seen_at: str | None


class MessagesView(msgspec.Struct, frozen=True):
    """What may be read now, newest first: at most the last twenty."""

    items: tuple[MessageView, ...]
    locale: str


class StaffMessageView(msgspec.Struct, frozen=True):
    """One message as staff see it; ``state``: waiting, shown, seen or withdrawn."""

    id: str
    name: str  # of the template, or campaign:<id>
    title: str | None
    text: str
    state: str
    document: str  # what gave it
    program_version: int
    show_at: str
    seen_at: str | None
    withdrawn_at: str | None


class StaffMessagesView(msgspec.Struct, frozen=True):
    """What a member was told, newest first: at most the last twenty."""

    items: tuple[StaffMessageView, ...]
    locale: str


@door.post(
    "/v1/storefront/{shop}/messages",
    Contract(
        MessagesRequest,
        MessagesView,
        "What the customer was told, newest first: what may be read now",
        refusals=(RefusalCode.MEMBER_UNKNOWN, RefusalCode.MEMBER_ERASED),
    ),
)
def post_messages(call: Call[MessagesRequest], shop: str) -> Outcome:
    """Reading the list opens nothing: see ``seen``."""
    from chalicelib.operations.read_messages import read_messages  # noqa: PLC0415 - few ask

    query = CardQuery(shop, call.customer, call.body.locale, call.now, call.wall_now)
    found = read_messages(call.table, query)
    if isinstance(found, Refusal):
        return found
    return Answer(MessagesView(tuple(_own(each) for each in found.items), found.locale))


def message_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a message that the customer cannot read; see ``Contract.locate``."""
    from chalicelib.operations.read_messages import find_message  # noqa: PLC0415 - as above

    query = CardQuery(path["shop"], call.customer, "", call.now, call.wall_now)
    return find_message(call.table, query, path["message"])


@door.post(
    "/v1/storefront/{shop}/messages/{message}/seen",
    Contract(
        MessagesRequest,
        MessageView,
        "The customer opened a message; again is answered the same",
        is_once=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.MESSAGE_UNKNOWN,
        ),
        locate=message_missing,
    ),
)
def post_seen(call: Call[MessagesRequest], shop: str, message: str) -> Outcome:
    """The first time counts."""
    from chalicelib.operations.read_messages import open_message  # noqa: PLC0415 - as above

    query = CardQuery(shop, call.customer, call.body.locale, call.now, call.wall_now)
    found = open_message(call.table, query, message)
    if isinstance(found, Refusal):
        return found
    return Answer(_own(found.items[0]), replayed=found.replayed)


@staff_door.get(
    "/v1/admin/shops/{shop}/members/{member}/messages",
    Contract(
        NoBody,
        StaffMessagesView,
        "Read what a member was told, and what of it waits, was read or was withdrawn",
        scope=Scope.READ,
        query=(QueryParameter("locale", "language wanted; the nearest is used and named"),),
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def get_member_messages(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """What a mail tool asks: each message once, by its id, from ``show_at`` on."""
    from chalicelib.operations.read_messages import list_messages  # noqa: PLC0415 - as above

    spoken = call.query.get("locale", ""), call.now
    found = list_messages(call.table, shop, member, spoken)
    if isinstance(found, Refusal):
        return found
    return Answer(_for_staff(found, call.now))


def _own(told: "Told") -> MessageView:
    message = told.message
    return MessageView(
        message.id, told.title or None, told.text, iso(message.show_at), _at(message.seen_at)
    )


def _for_staff(found: "ReadMessages", now: Instant) -> StaffMessagesView:
    return StaffMessagesView(tuple(_row(each, now) for each in found.items), found.locale)


def _row(told: "Told", now: Instant) -> StaffMessageView:
    message = told.message
    state = "shown" if message.show_at <= now else "waiting"
    state = "withdrawn" if message.withdrawn_at else "seen" if message.seen_at else state
    return StaffMessageView(
        id=message.id,
        name=message.name,
        title=told.title or None,
        text=told.text,
        state=state,
        document=message.document,
        program_version=message.version,
        show_at=iso(message.show_at),
        seen_at=_at(message.seen_at),
        withdrawn_at=_at(message.withdrawn_at),
    )


def _at(instant: Instant) -> str | None:
    return iso(instant) if instant else None
