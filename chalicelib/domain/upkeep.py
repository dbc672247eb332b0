"""Upkeep: book what has lapsed of one account, and say when to look at it again.

What a member can spend never waits for this. It makes entries visible to members and lists, and
raises the date by which the account is found the next time.
"""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.booking import closed, opened
from chalicelib.domain.decision import Book
from chalicelib.domain.due import due_date
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account
from chalicelib.domain.program.plan import CompiledProgram


def upkeep(
    owner: tuple[str, str], account: Account, program: CompiledProgram, now: Instant
) -> Book | None:
    """The account of ``owner`` (shop, member) with nothing left to book; None: it is so already."""
    shop, member = owner
    draft = opened(member, account, now, program)
    source = Source(genesis(shop, member), f"expiry:{now}", now, now, program.version)
    book = closed(draft, source)
    due_at = due_date(book.account, program.idle)
    if not book.entries and due_at == account.due_at:
        return None
    return replace(book, account=msgspec.structs.replace(book.account, due_at=due_at))
