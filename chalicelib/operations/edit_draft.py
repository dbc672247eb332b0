"""Read, save and throw away the draft of a shop's next version.

A draft may be wrong: it is stored as it was sent, and answered with everything that is wrong with
it. Who saves says what they had before them; who did not see the newest is refused, never merged.
"""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PUBLISH_ATTEMPTS_MAX
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.program.drafting import Seen, canonical_document, hash_of, save_refusal
from chalicelib.operations.publish_program import checked_for, live_of, shop_unknown
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.drafts import Draft, draft_delete, draft_of, draft_put
from chalicelib.storage.key_names import draft_key, shop_key
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import ConditionFailed, Table

if TYPE_CHECKING:
    from chalicelib.domain.program.validation import Checked


class DraftFound(msgspec.Struct, frozen=True):
    """A draft, what is wrong with it, and the version that is live."""

    draft: Draft
    checked: "Checked"
    live_version: int


def find_draft(table: Table, shop: str) -> tuple[Shop, Draft | None] | Refusal:
    """The shop and its draft, if there is one."""
    items = table.load([shop_key(shop), draft_key(shop)])
    known = items.get(shop_key(shop))
    if known is None:
        return shop_unknown(shop)
    return shop_from_item(known), draft_of(items.get(draft_key(shop)))


def view_draft(table: Table, shop: str, now: Instant) -> DraftFound | Refusal:
    """The draft as it stands."""
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    known, draft = found
    return draft_unknown() if draft is None else _found(table, known, draft, now)


def save_draft(
    table: Table, shop: str, document: object, seen: Seen, by: tuple[str, Instant]
) -> DraftFound | Refusal:
    """Store ``document`` as the draft; ``by`` is (actor, now). The same again changes nothing.

    Raises:
        Busy: the table was in the way until the deadline.
    """
    actor, now = by
    canonical = canonical_document(document)
    found = find_draft(table, shop)
    if isinstance(found, Refusal):
        return found
    known, stored = found
    live = known.live_version(now)
    # Who says no base has not looked at a newer version: the draft stays on its own.
    keeps_base = stored is not None and seen.base_version is None
    base = stored.base_version if stored and keeps_base else live
    draft = Draft(canonical, hash_of(canonical), base, actor, now)
    is_same = stored is not None and stored.hash == draft.hash
    if stored and is_same and stored.base_version == base:
        return _found(table, known, stored, now)
    # Who saves the very words that are there overwrites nobody.
    before = Seen(live, seen.draft_hash if is_same else stored.hash if stored else "")
    refusal = save_refusal(seen, before)
    if refusal is not None:
        return refusal
    try:
        record_writes(table, [draft_put(shop, stored, draft)])
    except ConditionFailed:
        detail = "Somebody saved another draft in this moment: read it, then save again."
        return Refusal(RefusalCode.DRAFT_OUTDATED, detail)
    return _found(table, known, draft, now)


def drop_draft(table: Table, shop: str, draft_hash: str) -> Refusal | None:
    """Throw the draft away; ``draft_hash`` is the one that was seen, "" for whichever there is.

    Raises:
        Busy: others kept saving.
    """
    for _ in range(PUBLISH_ATTEMPTS_MAX):
        found = find_draft(table, shop)
        if isinstance(found, Refusal):
            return found
        draft = found[1]
        if draft is None:
            return None
        if draft_hash and draft_hash != draft.hash:
            detail = "Somebody saved another draft: read it before you throw it away."
            return Refusal(RefusalCode.DRAFT_OUTDATED, detail)
        try:
            record_writes(table, [draft_delete(shop, draft)])
        except ConditionFailed:
            continue
        return None
    raise Busy("others kept saving the draft")


def draft_unknown() -> Refusal:
    """The refusal of a draft that is not there."""
    return Refusal(RefusalCode.DRAFT_UNKNOWN, "There is no draft: save one first.")


def _found(table: Table, shop: Shop, draft: Draft, now: Instant) -> DraftFound:
    checked = checked_for(msgspec.json.decode(draft.document), live_of(table, shop, now))
    if checked.program is not None:
        from chalicelib.operations.advise_by_replay import (  # noqa: PLC0415 - editors alone
            advised_by_replay,
        )

        found = (shop.shop_id, draft.hash)
        warnings, _ = advised_by_replay(table, found, checked.program, checked.warnings)
        checked = msgspec.structs.replace(checked, warnings=warnings)
    return DraftFound(draft, checked, shop.live_version(now))
