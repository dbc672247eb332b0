"""Wire shapes of a statement, for staff and for the shopper alike."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import iso
from chalicelib.operations.make_statement import Statement, hashed_fields
from chalicelib.routes.contract import TokenBody
from chalicelib.routes.parsing import LocaleWish
from chalicelib.storage.key_names import SEQ_MAX

FORMAT = "laurel-statement-1"


class StatementBody(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page, in which language."""

    after: Annotated[int, Meta(ge=0, le=SEQ_MAX)] = 0
    locale: LocaleWish = ""


class StatementEntryView(msgspec.Struct, frozen=True):
    """One entry: what its hash covers, the two hashes, and a sentence that they do not cover."""

    entry: dict[str, Any]
    prev_hash: str
    hash: str
    sentence: str


class ClosingView(msgspec.Struct, frozen=True):
    """What is there of one unit, in points."""

    booked: int  # the sum of all entries
    available: int
    pending: int
    held: int
    deficit: int


class VersionNamedView(msgspec.Struct, frozen=True):
    """A version of the program that entries here were made by."""

    version: int
    since: str
    sha256: str  # of the document as it was published


class StatementView(msgspec.Struct, frozen=True):
    """One page of a statement; all pages in sequence are the whole journal."""

    format: str
    shop: str
    member_id: str
    made_at: str
    locale: str
    genesis: str  # the hash before the first entry
    after: int  # number of the last entry before this page
    next_after: int | None  # ask for this one next; null on the last page
    entries: tuple[StatementEntryView, ...]
    seq: int  # number of the last entry of all
    last_hash: str  # its hash
    closing: dict[str, ClosingView]  # by unit, at ``made_at``
    program_versions: tuple[VersionNamedView, ...]


def statement_view(statement: Statement) -> StatementView:
    """The page as JSON."""
    found = statement.found
    return StatementView(
        format=FORMAT,
        shop=found.shop.shop_id,
        member_id=found.member,
        made_at=iso(statement.made_at),
        locale=statement.locale,
        genesis=statement.genesis,
        after=statement.after,
        next_after=statement.next_after,
        entries=tuple(
            StatementEntryView(hashed_fields(entry), entry.prev_hash, entry.hash, sentence)
            for entry, sentence in statement.entries
        ),
        seq=found.account.seq,
        last_hash=found.account.last_hash or statement.genesis,
        closing={
            each.unit: ClosingView(
                each.booked,
                each.at_hand.available,
                each.at_hand.pending,
                each.at_hand.held,
                each.at_hand.deficit,
            )
            for each in statement.closing
        },
        program_versions=tuple(
            VersionNamedView(version.version, iso(version.since), digest)
            for version, digest in statement.versions
        ),
    )
