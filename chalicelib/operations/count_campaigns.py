"""Enrol who entered a campaign, and count what became of everybody who did: once a night.

::

    members, page by page ── who they are ── documents since ── enrolled? ── counted by arm
    at the end                                                           ── a report a campaign

Nothing is counted while orders are recorded, so campaigns cost an order nothing for it. The walk
goes on where it stopped; where another process was first, this one stops. Reports say as of when
they are. Who is in a campaign is told its message, once. Points are never moved here. The holdout
of the program itself is counted like a campaign that has no end and is for everybody.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.calendar import FOREVER
from chalicelib.domain.campaign_report import ArmCount, counted
from chalicelib.domain.enrolling import enrolments, told_by_campaign
from chalicelib.domain.instants import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.limits import BATCH_GET_KEYS_MAX
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import Enrolment
from chalicelib.domain.messages import Inbox, rewritten_inbox
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.campaigns import holdout_name
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.standing import facts_of
from chalicelib.operations.following import document_keys, ids_of
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.waiting_orders import orders_without_entries
from chalicelib.storage.campaigns import (
    Arms,
    CampaignReport,
    CampaignWalk,
    load_walk,
    report_put,
    walk_put,
)
from chalicelib.storage.documents import document_item, document_of
from chalicelib.storage.index_names import customer_orders_partition, members_partition
from chalicelib.storage.items import Absent, Check, Item, Key, Put, RevisionIs, Write, key_of
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key, document_key, order_key, profile_key
from chalicelib.storage.members import account_of, inbox_key, inbox_of, inbox_put, profile_of
from chalicelib.storage.programs import program_at
from chalicelib.storage.shops import all_shops, find_shop
from chalicelib.storage.table import ConditionFailed, Query, Table

EVERY_MS: Final = 20 * HOUR_MS
"""A new walk begins this long after the start of the one before: once a night."""

COUNTED_AFTER_MS: Final = 60 * DAY_MS
"""Refunds of a campaign's orders are counted so long after its end."""

_PAGE: Final = 25  # members between two checkpoints

Judged: TypeAlias = OrderDocument | Action


def count_all_campaigns(table: Table, now: Instant, has_time: Callable[[], bool]) -> int:
    """Go on in every shop while there is time; how many walks ended."""
    return sum(count_campaigns(table, shop, now, has_time) for shop in all_shops(table))


def count_campaigns(table: Table, shop: str, now: Instant, has_time: Callable[[], bool]) -> bool:
    """Go on with the walk over the shop's members, or begin one if it is time; whether it ended."""
    program = _program(table, shop, now)
    if program is None or not _is_watched(program, now):
        return False
    walk = load_walk(table, shop)
    if walk.is_done:
        if walk.began_at and now - walk.began_at < EVERY_MS:
            return False
        walk = CampaignWalk(began_at=now, is_done=False, revision=walk.revision)
    while has_time():
        after = _next_page(table, (shop, program, now), walk)
        try:
            table.write(walk_put(shop, walk, after))
        except ConditionFailed:
            return False  # another process goes on
        walk = msgspec.structs.replace(after, revision=walk.revision + 1)
        if walk.is_done:
            _report(table, shop, program, walk)
            return True
    return False


def _program(table: Table, shop: str, now: Instant) -> CompiledProgram | None:
    known = find_shop(table, shop)
    return program_at(table, known, now) if known else None


def _is_watched(program: CompiledProgram, now: Instant) -> bool:
    return bool(holdout_name(program)) or any(
        campaign.starts_at <= now < campaign.ends_before + COUNTED_AFTER_MS
        for campaign in program.campaigns.values()
    )


def _counted(program: CompiledProgram) -> tuple[str, ...]:
    """The names of all that members are enrolled for."""
    holdout = holdout_name(program)
    return (*program.campaigns, *((holdout,) if holdout else ()))


def _next_page(
    table: Table, place: tuple[str, CompiledProgram, Instant], walk: CampaignWalk
) -> CampaignWalk:
    """The walk after one page of members more."""
    shop, _, _ = place
    query = Query(members_partition(shop), index="GSI1", limit=_PAGE, start=walk.place)
    page = table.query(query)
    counts = {name: dict(arms) for name, arms in walk.counts.items()}
    for member in (key_of(item)[0].rpartition("#M#")[2] for item in page.items):
        for name, (arm, count) in _member(table, place, member, walk.began_at):
            arms = counts.setdefault(name, {})
            arms[arm] = arms.get(arm, ArmCount()).plus(count)
    is_done = page.next_start is None
    start = tuple(page.next_start or ())
    return msgspec.structs.replace(walk, start=start, counts=counts, is_done=is_done)


def _member(
    table: Table, place: tuple[str, CompiledProgram, Instant], member: str, began_at: Instant
) -> Iterator[tuple[str, tuple[str, ArmCount]]]:
    """(campaign, (arm, count)) of every campaign that the member entered; new ones are written."""
    shop, program, now = place
    keys = [account_key(shop, member), profile_key(shop, member)]
    items = table.load(keys)
    account, profile = account_of(items.get(keys[0])), profile_of(items.get(keys[1]))
    if account is None or account.merged_into or account.erased_at or account.pool is not None:
        return
    documents = tuple(_documents(table, shop, member))
    who = (member, facts_of(account, profile, program, began_at))
    known = _known(table, shop, (member, account), program)
    entered = enrolments(program, who, documents, known, began_at)
    for name, wished in entered.items():
        enrolment = known.get(name) or _enrolled(table, shop, wished)
        if program.telling is not None:
            _tell(table, (shop, program, now), (member, account), enrolment)
        end = program.campaigns[name].ends_before if name in program.campaigns else FOREVER
        span = (enrolment.entered_at, end)
        yield name, (enrolment.arm, counted(documents, name, span))


def _known(
    table: Table, shop: str, who: tuple[str, Account], program: CompiledProgram
) -> dict[str, Enrolment]:
    """Enrolments under any of the member's ids; their own comes first."""
    member, account = who
    found: dict[str, Enrolment] = {}
    for name in _counted(program):
        keys = document_keys(shop, ids_of(member, account), "enrolment", name)
        items = table.load(keys)
        documents = (document_of(items.get(key), Enrolment) for key in keys)
        first = next((each for each in documents if each is not None), None)
        found |= {name: first} if first else {}
    return found


def _enrolled(table: Table, shop: str, enrolment: Enrolment) -> Enrolment:
    """The enrolment as it is stored: this one, or what another process wrote first.

    Raises:
        Busy: the table was in the way, or there is none after all.
    """
    try:
        record_writes(table, (Put(document_item(shop, enrolment), Absent()),))
    except ConditionFailed:
        key = document_key(shop, enrolment.member, "enrolment", enrolment.id)
        stored = document_of(table.load([key]).get(key), Enrolment)
        if stored is None:
            raise Busy("an enrolment was there and is gone") from None
        return stored
    return enrolment


def _tell(
    table: Table,
    place: tuple[str, CompiledProgram, Instant],
    who: tuple[str, Account],
    enrolment: Enrolment,
) -> None:
    """Tell the campaign's message, if it is to be told: with the enrolment, all or nothing.

    The account is checked: of two members who become one meanwhile nobody is told twice. Where
    anybody writes first, the next night tells it.
    """
    (shop, program, now), (member, account) = place, who
    if told_by_campaign(program, Inbox(), enrolment, now) is None:
        return
    key = inbox_key(shop, member)
    inbox = inbox_of(table.load([key]).get(key))
    told = told_by_campaign(program, inbox, enrolment, now)
    if told is None:
        return
    after = rewritten_inbox(inbox, told[0])
    document = Put(document_item(shop, told[1]), RevisionIs(enrolment.revision))
    unmoved = Check(account_key(shop, member), RevisionIs(account.revision))
    writes: list[Write] = [document, unmoved]
    with suppress(ConditionFailed):
        record_writes(table, (*writes, *((inbox_put(shop, member, after),) if after else ())))


def _documents(table: Table, shop: str, member: str) -> Iterator[Judged]:
    """The member's orders and actions as they stand: also orders that gave nothing."""
    for order in orders_without_entries(table, customer_orders_partition(shop, member)):
        if order.silent and order.member == member:
            yield order
    names = dict.fromkeys(entry.document for entry in whole_journal(table, shop, member))
    keys = [key for name in names if (key := _key(shop, member, name)) is not None]
    for first in range(0, len(keys), BATCH_GET_KEYS_MAX):
        for key, item in table.load(keys[first : first + BATCH_GET_KEYS_MAX]).items():
            document = _read(key, item)
            if document is None or document.member != member:
                continue
            if not (isinstance(document, OrderDocument) and document.silent):  # those came first
                yield document


def _read(key: Key, item: Item) -> Judged | None:
    return document_of(item, OrderDocument) if key[1] == "O" else document_of(item, Action)


def _key(shop: str, member: str, name: str) -> Key | None:
    kind, _, rest = name.partition(":")
    if kind == "action":
        return document_key(shop, member, "action", rest)
    source, _, order = rest.partition(":")
    return order_key(shop, source, order) if kind == "order" and order else None


def _report(table: Table, shop: str, program: CompiledProgram, walk: CampaignWalk) -> None:
    for name in _counted(program):
        arms: Arms = walk.counts.get(name, {})
        table.write(report_put(shop, CampaignReport(name, walk.began_at, arms)))
