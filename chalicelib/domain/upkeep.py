"""Upkeep: book what has lapsed of one account, and say when to look at it again.

What a member can spend never waits for this. It makes entries visible to members and lists, and
raises the date by which the account is found the next time.
"""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.booking import Draft, closed, opened
from chalicelib.domain.celebrating import with_anniversary
from chalicelib.domain.decision import Book
from chalicelib.domain.due import due_date
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.judging import awaiting, judged
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account, MemberFacts
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


def _kept(
    owner: tuple[str, str], account: Account, draft: Draft, program: CompiledProgram
) -> Book | None:
    shop, member = owner
    now = draft.now
    draft = with_anniversary(draft, program)
    source = Source(genesis(shop, member), f"expiry:{now}", now, now, program.version)
    book = closed(draft, source)
    book = replace(book, account=_tried(book.account, now))
    due_at = due_date(book.account, program.idle)
    noted = _notes(book.account, due_at)
    if not book.entries and noted == _notes(account, account.due_at):
        return None
    return replace(book, account=msgspec.structs.replace(book.account, due_at=due_at))


def _notes(account: Account, due_at: Instant) -> tuple[object, ...]:
    return due_at, account.judge_at, account.anniversary_at, account.entered


def _tried(account: Account, now: Instant) -> Account:
    """What was to be settled by now was just tried: where it could not be, a day passes."""
    is_stuck = 0 < account.settle_at <= now and not account.promises
    return msgspec.structs.replace(account, settle_at=now + DAY_MS) if is_stuck else account
