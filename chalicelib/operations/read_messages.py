"""What a member was told: in words, for them and for staff; and that they opened it.

Words come from the live program, so that a mistake is corrected for who has not read it yet; of a
template that is gone, from the version that gave it. That points lapse is told only while it is so,
with the points that would. To open writes the inbox alone, under its own
revision: no points move.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import msgspec

from chalicelib.domain.calendar import local_date
from chalicelib.domain.due import lapsing
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.messages import (
    CAMPAIGN_PREFIX,
    LAPSE_PREFIX,
    LAPSE_TEMPLATE,
    Inbox,
    Message,
    lapse_place,
    rewritten_inbox,
    seen,
    shown,
)
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.program.campaign_document import Template
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.wording.names import names_of, text_in
from chalicelib.domain.wording.phrases import filled, phrase
from chalicelib.domain.wording.phrases import spoken as language_for
from chalicelib.operations.find_member import find_member
from chalicelib.operations.following import ERASED, followed
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.view_card import CardQuery, customer_member
from chalicelib.storage.key_names import account_key, profile_key, shop_key
from chalicelib.storage.members import account_of, inbox_key, inbox_of, inbox_put, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import ConditionFailed, Table

ATTEMPTS_MAX: Final = 8
_UNKNOWN: Final = Refusal(RefusalCode.MESSAGE_UNKNOWN, "There is no such message to be read.")
_NOT_A_MEMBER: Final = Refusal(RefusalCode.MEMBER_UNKNOWN, "The customer is not a member.")


class Told(msgspec.Struct, frozen=True):
    """A message in words."""

    message: Message
    title: str
    text: str


class ReadMessages(msgspec.Struct, frozen=True):
    """Messages, newest first, in one language."""

    items: tuple[Told, ...]
    locale: str
    replayed: bool = False  # it was opened before


class _Read(msgspec.Struct, frozen=True):
    shop: Shop
    member: str
    inbox: Inbox
    locale: str  # what the member speaks, as far as is known
    lapses: Mapping[tuple[str, str], tuple[str, int, Instant]]  # (unit, points, date) by place

    def is_true(self, message: Message) -> bool:
        """Whether it may be told now: points that do not lapse any more are no news."""
        place = message.name, message.document
        return not message.name.startswith(LAPSE_PREFIX) or place in self.lapses


def read_messages(table: Table, query: CardQuery) -> ReadMessages | Refusal:
    """What ``query``'s customer may read now."""
    found = _own(table, query)
    if isinstance(found, Refusal):
        return found
    return _worded(table, found, shown(found.inbox, query.now), (query.locale, query.now))


def open_message(table: Table, query: CardQuery, message: str) -> ReadMessages | Refusal:
    """The one message, read from now on; the first time counts.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    for _ in range(ATTEMPTS_MAX):
        found = _own(table, query)
        if isinstance(found, Refusal):
            return found
        if not _can_read(found, message, query.now):
            return _UNKNOWN
        after = rewritten_inbox(found.inbox, seen(found.inbox, message, query.now))
        with suppress(ConditionFailed):
            if after is not None:
                record_writes(table, (inbox_put(query.shop, found.member, after),))
            opened = [each for each in (after or found.inbox).messages if each.id == message]
            told = _worded(table, found, tuple(opened), (query.locale, query.now))
            return msgspec.structs.replace(told, replayed=after is None)
    raise Busy("others were writing this member's messages")


def find_message(table: Table, query: CardQuery, message: str) -> Refusal | None:
    """The refusal of a message that ``query``'s customer may not read."""
    found = _own(table, query)
    if isinstance(found, Refusal):
        return found
    return None if _can_read(found, message, query.now) else _UNKNOWN


def _can_read(found: _Read, message: str, now: Instant) -> bool:
    known = (each for each in shown(found.inbox, now) if each.id == message)
    return any(found.is_true(each) for each in known)


def list_messages(
    table: Table, shop_id: str, name: str, spoken: tuple[str, Instant]
) -> ReadMessages | Refusal:
    """Everything that the inbox of the member ``name`` holds; ``spoken``: language asked, now."""
    known = find_member(table, shop_id, name)
    if isinstance(known, Refusal):
        return known
    keys = [inbox_key(shop_id, known.member), profile_key(shop_id, known.member)]
    items = table.load(keys)
    profile = profile_of(items.get(keys[1]))
    inbox = inbox_of(items.get(keys[0]))
    locale = profile.locale if profile else ""
    lapses = _lapses(table, known.shop, (known.account, inbox), spoken[1])
    found = _Read(known.shop, known.member, inbox, locale, lapses)
    return _worded(table, found, tuple(reversed(inbox.messages)), spoken)


def _own(table: Table, query: CardQuery) -> _Read | Refusal:
    """The inbox of the query's customer, who is a member."""
    told = customer_member(table, query)
    if isinstance(told, Refusal):
        return told
    keys = [shop_key(query.shop), *_keys(query.shop, told)]
    items = table.load(keys)
    member = followed(table, query.shop, told, items)
    if member != told:
        items |= table.load(_keys(query.shop, member))
    account: Account | None = account_of(items.get(account_key(query.shop, member)))
    if account is None:
        return _NOT_A_MEMBER
    if account.erased_at:
        return ERASED
    profile = profile_of(items.get(profile_key(query.shop, member)))
    inbox = inbox_of(items.get(inbox_key(query.shop, member)))
    shop = shop_from_item(items[shop_key(query.shop)])
    lapses = _lapses(table, shop, (account, inbox), query.now)
    return _Read(shop, member, inbox, profile.locale if profile else "", lapses)


def _lapses(
    table: Table, shop: Shop, known: tuple[Account, Inbox], now: Instant
) -> dict[tuple[str, str], tuple[str, int, Instant]]:
    """What lapses, by name and document of what tells it; nothing where nothing does."""
    account, inbox = known
    version = shop.live_version(now)
    if not version or not any(each.name.startswith(LAPSE_PREFIX) for each in inbox.messages):
        return {}
    found = lapsing(account, program_of(table, shop.shop_id, version).idle, now)
    return {lapse_place(*place): (place[0], n, place[1]) for place, n in found.items()}


def _keys(shop: str, member: str) -> list[tuple[str, str]]:
    return [account_key(shop, member), inbox_key(shop, member), profile_key(shop, member)]


def _worded(
    table: Table, found: _Read, messages: tuple[Message, ...], asked: tuple[str, Instant]
) -> ReadMessages:
    (wanted, now), shop_id = asked, found.shop.shop_id
    version = found.shop.live_version(now)
    if not version:
        return ReadMessages((), wanted or found.shop.locales[0])
    live = program_of(table, shop_id, version).program
    locale = choose_locale(wanted, found.locale, live)
    told: list[Told] = []
    for each in filter(found.is_true, messages):
        if each.name.startswith(LAPSE_PREFIX):
            told.append(_lapse_told(each, found, live, locale))
            continue
        own = template_of(live, each.name)
        given_by = live if own else program_of(table, shop_id, each.version).program
        template = own or template_of(given_by, each.name)
        if template is not None:
            told.append(_told(each, template, (locale, given_by.locales[0])))
    return ReadMessages(tuple(told), locale)


def _told(message: Message, template: Template, spoken: tuple[str, str]) -> Told:
    title = text_in(template.title, *spoken) if template.title is not None else ""
    return Told(message, title, text_in(template.text, *spoken))


def _lapse_told(message: Message, found: _Read, live: Program, locale: str) -> Told:
    """How many points lapse, and after which day: in the program's words, else in ours."""
    unit, points, date = found.lapses[message.name, message.document]
    day = local_date(date - 1, live.timezone).isoformat()
    values = {"points": names_of(live, locale).points(points, unit, locale), "day": day}
    own = live.messages.templates.get(LAPSE_TEMPLATE) if live.messages else None
    said = _told(message, own, (locale, live.locales[0])) if own else Told(message, "", "")
    title, text = (filled(each, language_for(locale), values) for each in (said.title, said.text))
    return Told(message, title, text or phrase("points_lapse", locale, values, points))


def template_of(program: Program, name: str) -> Template | None:
    """What a message of this name says by ``program``."""
    if name.startswith(CAMPAIGN_PREFIX):
        campaign = name.removeprefix(CAMPAIGN_PREFIX)
        said = next((each.message for each in program.campaigns if each.id == campaign), None)
        return Template(said) if said is not None else None
    return program.messages.templates.get(name) if program.messages else None
