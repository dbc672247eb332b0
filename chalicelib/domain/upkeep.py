"""Upkeep: book what has lapsed of one account, and say when to look at it again.

What a member can spend never waits for this. It makes entries visible to members and lists, and
raises the date by which the account is found the next time.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.domain.booking import Draft, closed, opened
from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.celebrating import with_anniversary
from chalicelib.domain.decision import Book
from chalicelib.domain.due import due_date, lapsing, lowered, next_warning
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.judging import awaiting, judged
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.messages import (
    Inbox,
    Message,
    Sending,
    lapse_place,
    message_id,
    rewritten_inbox,
    sent,
)
from chalicelib.domain.program.idle import Warn
from chalicelib.domain.program.plan import CompiledProgram


def upkeep(
    owner: tuple[str, str],
    account: Account,
    program: CompiledProgram,
    now: Instant,
    facts: MemberFacts | None = None,
) -> Book | None:
    """The account of ``owner`` (shop, member) with nothing left to book; None: it is so already.

    ``facts`` are there where a standing is to be judged by them.
    """
    draft = opened(owner[1], account, now, program)
    draft = draft if facts is None else judged(draft, program, facts)
    return _kept(owner, account, draft, program)


def told_of(
    owner: tuple[str, str],
    account: Account,
    program: CompiledProgram,
    now: Instant,
    facts: MemberFacts,
) -> Book | None:
    """As ``upkeep``, after something changed that conditions of tiers ask about."""
    draft = opened(owner[1], account, now, program)
    return _kept(owner, account, judged(awaiting(draft, program), program, facts), program)


def is_to_warn(book: Book) -> bool:
    """Whether the member may have to be told of points that lapse: see ``with_warnings``."""
    return book.account.warned_at > _warned_before(book)


def with_warnings(book: Book, inbox: Inbox, program: CompiledProgram) -> Book:
    """``book`` with what its member is told of points that lapse; ``inbox`` as it was read.

    Who holds nothing of it any more, or was active meanwhile, is told nothing; of several times
    that have come the last one is meant. What caps refuse is asked again when the day is over.
    """
    now, after, refused = book.account.warned_at, inbox, dict[Instant, Instant]()
    dates = lapsing(book.account, program.idle, now)
    warns = {unit: known.warn for unit, known in program.idle.items() if known.warn is not None}
    for unit, date in sorted(dates, key=lambda place: (place[1], place[0])):
        warn = warns.get(unit)
        at, period = _warning(warn, date, (_warned_before(book), now)) if warn else (0, "")
        if warn is not None and period:
            name, document = lapse_place(unit, date)
            told = message_id(document, (f"{name}:{period}", 0), 0)
            wish = Message(told, name, document, program.version, 0)
            after, reason = sent(after, wish, Sending(warn.telling, warn.zone, now))
            refused |= {at: _day_end(now, warn.zone)} if reason else {}
    account = _asked_again(book.account, refused) if refused else book.account
    return replace(book, account=account, inbox=rewritten_inbox(inbox, after))


def _warned_before(book: Book) -> Instant:
    return book.before.warned_at if book.before else 0


def _warning(warn: Warn, date: Instant, since: tuple[Instant, Instant]) -> tuple[Instant, str]:
    """The last warning of ``date`` that came within ``since``: when, and of which period."""
    times = (each for each in warn.times(date) if since[0] < each[0] <= since[1])
    return max(times, default=(0, ""))


def _asked_again(account: Account, refused: Mapping[Instant, Instant]) -> Account:
    """``account`` as if warnings were looked at up to the first of ``refused``: when → again when.

    What was told since then is known by its id, and told once.
    """
    due_at = lowered(account.due_at, min(refused.values()))
    return replace(account, warned_at=min(refused) - 1, due_at=due_at)


def _day_end(now: Instant, zone: str) -> Instant:
    return day_start(local_date(now, zone) + timedelta(days=1), zone)


def _kept(
    owner: tuple[str, str], account: Account, draft: Draft, program: CompiledProgram
) -> Book | None:
    shop, member = owner
    now = draft.now
    draft = with_anniversary(draft, program)
    source = Source(genesis(shop, member), f"expiry:{now}", now, now, program.version)
    book = closed(draft, source)
    book = replace(book, account=_looked_at(_tried(book.account, now), program, now))
    due_at = due_date(book.account, program.idle)
    noted = _notes(book.account, due_at)
    if not book.entries and noted == _notes(account, account.due_at):
        return None
    return replace(book, account=msgspec.structs.replace(book.account, due_at=due_at))


def _notes(account: Account, due_at: Instant) -> tuple[object, ...]:
    return due_at, account.judge_at, account.anniversary_at, account.entered, account.warned_at


def _looked_at(account: Account, program: CompiledProgram, now: Instant) -> Account:
    """Warnings whose time has come are given with this commit, or never."""
    is_time = 0 < next_warning(account, program.idle) <= now
    return replace(account, warned_at=now) if is_time else account


def _tried(account: Account, now: Instant) -> Account:
    """What was to be settled by now was just tried: where it could not be, a day passes."""
    is_stuck = 0 < account.settle_at <= now and not account.promises
    return msgspec.structs.replace(account, settle_at=now + DAY_MS) if is_stuck else account
