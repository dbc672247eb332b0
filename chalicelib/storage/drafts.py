"""The draft of a shop's next version: one item, guarded by its revision.

There is one draft a shop, however many editors. Who saves says which draft they had before them,
so that nobody overwrites what they have not seen.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.items import Absent, Delete, Item, Put, RevisionIs
from chalicelib.storage.key_names import draft_key


class Draft(msgspec.Struct, frozen=True):
    """A document that is being written; it may be wrong."""

    document: bytes  # JSON with its keys sorted, as it was sent
    hash: str  # SHA-256 of the document, 64 hex digits
    base_version: int  # live when it was saved last; 0 for none
    saved_by: str
    saved_at: Instant
    revision: int = 1


def draft_put(shop: str, before: Draft | None, after: Draft) -> Put:
    """The write of ``after``, if the draft is still ``before``; its revision is set here."""
    partition, sort = draft_key(shop)
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": before.revision + 1 if before else 1,
        "b": pack(after.document),
        "hash": after.hash,
        "base": after.base_version,
        "by": after.saved_by,
        "at": after.saved_at,
    }
    return Put(item, RevisionIs(before.revision) if before else Absent())


def draft_delete(shop: str, draft: Draft) -> Delete:
    """The removal of ``draft``, if it is still the one."""
    return Delete(draft_key(shop), RevisionIs(draft.revision))


def draft_of(item: Item | None) -> Draft | None:
    """The draft of an item that was loaded under ``draft_key``."""
    if item is None:
        return None
    body, base, at, revision = item["b"], item["base"], item["at"], item["r"]
    if isinstance(body, bytes) and isinstance(base, int) and isinstance(at, int):
        texts = (str(item["hash"]), base, str(item["by"]), at)
        return Draft(unpack(body), *texts, revision=int(str(revision)))
    raise InvariantBroken("a stored draft has its document, base and time")
