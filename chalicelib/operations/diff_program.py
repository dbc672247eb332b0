"""Compare two versions of a program, and count whom the changes touch. Reads only."""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.affected import Crowd, gone_rewards
from chalicelib.domain.program.changes import Change
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.diffing import differences
from chalicelib.domain.program.document import Program
from chalicelib.domain.wording.changes import Versions
from chalicelib.operations.count_members import count_members
from chalicelib.operations.edit_draft import draft_unknown, find_draft
from chalicelib.operations.publish_program import checked_for, live_of
from chalicelib.storage.drafts import Draft
from chalicelib.storage.programs import PublishedVersion, program_of, published_version
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table

DRAFT = -1
LIVE = 0
"""What to compare, beside numbers of versions."""


class DiffWish(msgspec.Struct, frozen=True):
    """Which two to compare, and whether to count members."""

    before: int
    after: int
    counts: bool
    now: Instant


class Compared(msgspec.Struct, frozen=True):
    """Two versions, what differs, and who there is; ``crowd`` only where it was asked for."""

    versions: Versions
    changes: tuple[Change, ...]
    crowd: Crowd | None
    since: Instant  # when the second one starts or started; 0 where that is not decided


class _Sources(msgspec.Struct, frozen=True):
    """Where versions come from."""

    table: Table
    shop: Shop
    draft: Draft | None
    live: PublishedVersion | None


def diff_program(table: Table, shop: str, wish: DiffWish) -> Compared | Refusal:
    """What differs between the two that ``wish`` names; a draft must have no errors."""
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    known, draft = found
    sources = _Sources(table, known, draft, live_of(table, known, wish.now))
    before = _named(sources, wish.before)
    if isinstance(before, Refusal):
        return before
    after = _named(sources, wish.after)
    if isinstance(after, Refusal):
        return after
    changes = differences(before, after)
    crowd: Crowd | None = None
    if wish.counts and sources.live is not None:
        program = program_of(table, shop, sources.live.version)
        crowd = count_members(table, shop, program, gone_rewards(changes), wish.now)
    since = _since(known, wish.after, wish.now)
    return Compared(Versions(before, after), changes, crowd, since)


def named_program(table: Table, shop: str, number: int, now: Instant) -> Program | Refusal:
    """The live program, the draft, or a version by its number."""
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    known, draft = found
    return _named(_Sources(table, known, draft, live_of(table, known, now)), number)


def _since(shop: Shop, number: int, now: Instant) -> Instant:
    """When what is called ``number`` starts or started; 0 of drafts and of what is over."""
    live = shop.live_version(now)
    if live and number in (LIVE, live):
        return shop.live_since(now)
    return shop.next_since if shop.next_version and number == shop.next_version else 0


def _named(sources: _Sources, number: int) -> Program | Refusal:
    if number == DRAFT:
        return _drafted(sources)
    version = sources.live
    if number != LIVE:
        version = published_version(sources.table, sources.shop.shop_id, number)
    if version is None:
        return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version of the program.")
    return read_program(msgspec.json.decode(version.document))


def _drafted(sources: _Sources) -> Program | Refusal:
    if sources.draft is None:
        return draft_unknown()
    checked = checked_for(msgspec.json.decode(sources.draft.document), sources.live)
    if checked.program is None:
        detail = "The draft has errors; `errors` lists them all."
        return Refusal(RefusalCode.PROGRAM_INVALID, detail, checked.errors)
    return checked.program
