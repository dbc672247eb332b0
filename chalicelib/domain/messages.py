"""Messages: what a member was told, in one small item beside the account.

It holds the newest ``MESSAGES_KEPT_MAX`` and has a revision of its own, as counters have. A message
names a template, never words: those come from the program when it is shown. Caps count the day and
the week on which a message is shown first, in the program's zone.

::

    given ── known already: nothing ── caps full: refused, with a code ── shown from ``show_at`` on
    taken back ── read: stays ── not shown yet: gone ── else no longer shown; its turn was had
"""

import base64
import hashlib
from typing import Final

import msgspec

from chalicelib.domain.calendar import local_date
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import MESSAGES_KEPT_MAX
from chalicelib.domain.program.hours import Telling, told_from

CAMPAIGN_PREFIX: Final = "campaign:"
"""Of the name of what a campaign tells its members."""

LAPSE_PREFIX: Final = "lapse:"
"""Of the name, with the unit, of what tells that points lapse; the document has the date."""

LAPSE_TEMPLATE: Final = "lapse"
"""The template of a program that says so in its own words."""

REFUSED: Final = frozenset(
    {"message_day_full", "message_week_full", "message_held_out", "message_too_late"}
)
"""Why a message that something gave is not sent, as codes of the trace."""

_ID_BYTES: Final = 16


class Message(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One message of one member."""

    id: str
    name: str  # of the template, or of the campaign
    document: str  # what gave it, as entries name it
    version: int  # of the program that gave it
    show_at: Instant  # not before
    seen_at: Instant = 0  # the member opened it
    withdrawn_at: Instant = 0  # taken back, and shown no more


class Inbox(
    msgspec.Struct, frozen=True, omit_defaults=True, rename={"messages": "m", "revision": "r"}
):
    """What a member was told lately, the oldest first."""

    messages: tuple[Message, ...] = ()
    revision: int = 0  # guards the commit; 0 before the first


class Sending(msgspec.Struct, frozen=True):
    """By what rules messages are sent, and when."""

    telling: Telling
    zone: str
    now: Instant


def lapse_place(unit: str, date: Instant) -> tuple[str, str]:
    """The name and the document of a message that points of ``unit`` lapse at ``date``."""
    return LAPSE_PREFIX + unit, f"expiry:{date}"


def message_id(document: str, place: tuple[str, int], number: int) -> str:
    """The id of the ``number``-th message that an effect, ``place``, of a document gives."""
    told = ("message", document, *place, number)
    digest = hashlib.sha256(msgspec.json.encode(told)).digest()
    return base64.b32encode(digest[:_ID_BYTES]).decode().rstrip("=").lower()


def sent(inbox: Inbox, wish: Message, by: Sending) -> tuple[Inbox, str]:
    """The inbox with ``wish``, and why it is not sent as a code; "" where it is, or was.

    ``show_at`` of the wish is set here.
    """
    known = next((each for each in inbox.messages if each.id == wish.id), None)
    if known is not None:
        return _with(inbox, msgspec.structs.replace(known, withdrawn_at=0)), ""
    show_at = told_from(by.telling, by.now, by.zone)
    day = local_date(show_at, by.zone)
    days = [local_date(each.show_at, by.zone) for each in inbox.messages]
    weeks = [each.isocalendar()[:2] for each in days]
    if days.count(day) >= by.telling.day:
        return inbox, "message_day_full"
    if weeks.count(day.isocalendar()[:2]) >= by.telling.week:
        return inbox, "message_week_full"
    made = (*inbox.messages, msgspec.structs.replace(wish, show_at=show_at))
    return msgspec.structs.replace(inbox, messages=_newest(made)), ""


def withdrawn(inbox: Inbox, message: str, now: Instant) -> Inbox:
    """The inbox after what gave ``message`` was taken back; one that was read stays."""
    known = next((each for each in inbox.messages if each.id == message), None)
    if known is None or known.seen_at or known.withdrawn_at:
        return inbox
    if now < known.show_at:
        left = tuple(each for each in inbox.messages if each.id != message)
        return msgspec.structs.replace(inbox, messages=left)
    return _with(inbox, msgspec.structs.replace(known, withdrawn_at=now))


def seen(inbox: Inbox, message: str, now: Instant) -> Inbox:
    """The inbox once the member opened ``message``; the first time counts."""
    known = next((each for each in shown(inbox, now) if each.id == message), None)
    if known is None or known.seen_at:
        return inbox
    return _with(inbox, msgspec.structs.replace(known, seen_at=now))


def shown(inbox: Inbox, now: Instant) -> tuple[Message, ...]:
    """What the member may read at ``now``, the newest first."""
    return tuple(
        each for each in reversed(inbox.messages) if each.show_at <= now and not each.withdrawn_at
    )


def inbox_of_both(kept: Inbox, gone: Inbox) -> Inbox:
    """What two members who are one were told: caps count it together."""
    mine = {each.id for each in kept.messages}
    others = (each for each in gone.messages if each.id not in mine)
    return msgspec.structs.replace(kept, messages=_newest((*kept.messages, *others)))


def rewritten_inbox(before: Inbox, after: Inbox) -> Inbox | None:
    """``after`` as the next revision of ``before``; None if it says the same."""
    if after.messages == before.messages:
        return None
    return Inbox(after.messages, before.revision + 1)


def _with(inbox: Inbox, message: Message) -> Inbox:
    messages = tuple(message if each.id == message.id else each for each in inbox.messages)
    return msgspec.structs.replace(inbox, messages=messages)


def _newest(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """As many as are kept: those that are shown last."""
    ordered = sorted(messages, key=lambda each: (each.show_at, each.id))
    return tuple(ordered[-MESSAGES_KEPT_MAX:])
