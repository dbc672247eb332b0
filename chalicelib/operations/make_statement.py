"""A member's statement: the journal from its first entry, with everything that its hashes cover.

The account is read first and says where the statement ends, so what a page shows is one state of
the books however many writers there are: entries never change, later ones are left out. A page
holds up to ``STATEMENT_ENTRIES_MAX`` entries and starts after any number, each with the hash
before it, so pages verify in sequence (docs/verify_statement.py). Reads only.
"""

import hashlib
from typing import Any

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Entry, canonical, genesis
from chalicelib.domain.limits import STATEMENT_ENTRIES_MAX
from chalicelib.domain.lots import Balance, balance, booked
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.passing import seen
from chalicelib.domain.wording.names import Names, names_of
from chalicelib.domain.wording.sentences import entry_sentence
from chalicelib.operations.find_member import FoundMember, find_member
from chalicelib.storage.journal import entries_after
from chalicelib.storage.programs import PublishedVersion, program_of, published_version
from chalicelib.storage.table import Table


class StatementRequest(msgspec.Struct, frozen=True):
    """Which part, in which language, as of when."""

    after: int  # number of the last entry of the page before; 0 for the first page
    locale: str  # "" for the shop's own
    now: Instant


class ClosingBalance(msgspec.Struct, frozen=True):
    """What the member has of one unit; ``booked`` is the sum of all entries."""

    unit: str
    booked: int
    at_hand: Balance


class Statement(msgspec.Struct, frozen=True):
    """One page of a statement."""

    found: FoundMember
    made_at: Instant
    locale: str
    names: Names
    genesis: str
    after: int
    entries: tuple[tuple[Entry, str], ...]  # each with its sentence
    next_after: int | None
    closing: tuple[ClosingBalance, ...]
    versions: tuple[tuple[PublishedVersion, str], ...]  # named here, with SHA-256 of the document


def make_statement(
    table: Table, shop: str, member: str, request: StatementRequest
) -> Statement | Refusal:
    """One page of the statement as the books are now."""
    found = find_member(table, shop, member)
    return found if isinstance(found, Refusal) else statement_of(table, found, request)


def statement_of(table: Table, found: FoundMember, request: StatementRequest) -> Statement:
    """One page of the statement of a member, or a pool, that was found."""
    shop = found.shop.shop_id
    account = _seen(table, found, request.now)
    last = min(account.seq, request.after + STATEMENT_ENTRIES_MAX)
    entries = entries_after(table, shop, found.member, (request.after, last))
    locale = request.locale or found.shop.locales[0]
    names = _names(table, found, locale, request.now)
    closing = tuple(
        ClosingBalance(unit, booked(_stored(found.account, unit)), balance(state, request.now))
        for unit, state in sorted(account.units.items())
    )
    return Statement(
        found=found,
        made_at=request.now,
        locale=locale,
        names=names,
        genesis=genesis(shop, found.member),
        after=request.after,
        entries=tuple((entry, entry_sentence(entry, names, locale)) for entry in entries),
        next_after=last if last < account.seq else None,
        closing=closing,
        versions=_versions(table, shop, entries),
    )


def hashed_fields(entry: Entry) -> dict[str, Any]:
    """The fields that the entry's hash covers, as they are hashed but for the order of names."""
    fields: dict[str, Any] = msgspec.json.decode(canonical(entry))
    return fields


def _seen(table: Table, found: FoundMember, now: Instant) -> Account:
    """The account with the dates that inactivity gives its points."""
    version = found.shop.live_version(now)
    if not version:
        return found.account
    program = program_of(table, found.shop.shop_id, version)
    return seen(found.account, program.idle, now)


def _stored(account: Account, unit: str) -> UnitState:
    """What is booked of a unit: what time alone did since is seen, and no entry yet."""
    return account.units.get(unit, UnitState())


def _names(table: Table, found: FoundMember, locale: str, now: Instant) -> Names:
    version = found.shop.live_version(now)
    if not version:
        return Names()
    return names_of(program_of(table, found.shop.shop_id, version).program, locale)


def _versions(
    table: Table, shop: str, entries: tuple[Entry, ...]
) -> tuple[tuple[PublishedVersion, str], ...]:
    numbers = sorted({entry.program_version for entry in entries} - {0})
    found = (published_version(table, shop, number) for number in numbers)
    return tuple(
        (version, hashlib.sha256(version.document).hexdigest()) for version in found if version
    )
