"""Publish the draft, publish an old version anew, withdraw a scheduled one.

The draft goes with the transaction that publishes it; a retry finds the version that has its hash.
A rollback is a new version with an old document: it is checked like any other, so what must not
change since (a unit that was added, a tier group) is refused, and orders keep their terms.
"""

from functools import partial

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PUBLISH_ATTEMPTS_MAX
from chalicelib.domain.outcome import Busy, Problem, Refusal, RefusalCode
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.drafting import (
    Agreed,
    Seen,
    save_refusal,
    warnings_refusal,
    withdraw_refusal,
)
from chalicelib.domain.program.law_packs import duties
from chalicelib.operations.edit_draft import draft_unknown
from chalicelib.operations.publish_program import (
    Edition,
    Published,
    publish_edition,
    shop_unknown,
)
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.drafts import draft_delete, draft_of
from chalicelib.storage.items import Delete
from chalicelib.storage.key_names import draft_key
from chalicelib.storage.obligations import obligation_deletes
from chalicelib.storage.programs import (
    About,
    PublishedVersion,
    published_version,
    withdrawn_put,
)
from chalicelib.storage.shops import Shop, changed_shop, find_shop
from chalicelib.storage.table import ConditionFailed, Table


class PublishWish(msgspec.Struct, frozen=True):
    """How to publish, whatever it is."""

    note: str
    accept: frozenset[str]
    force_reason: str
    effective_from: Instant  # 0: now
    actor: str
    now: Instant

    def consent(self, warnings: tuple[Problem, ...]) -> Refusal | None:
        """The refusal of ``warnings`` that nobody accepted."""
        return warnings_refusal(warnings, Agreed(self.accept, self.force_reason))

    def about(self) -> About:
        """What the version remembers of it."""
        accepted = tuple(sorted(self.accept))
        return About(note=self.note, accepted=accepted, force_reason=self.force_reason)


def publish_draft(
    table: Table, shop: str, draft_hash: str, wish: PublishWish
) -> Published | Refusal:
    """Publish the draft of that hash. Again: the version that it became.

    Raises:
        Busy: others kept publishing.
    """
    prepare = partial(_of_draft, table, draft_hash, wish)
    return publish_edition(table, shop, prepare, (wish.actor, wish.now))


def roll_back(table: Table, shop: str, version: int, wish: PublishWish) -> Published | Refusal:
    """Publish the document of an earlier ``version`` as a new one.

    Raises:
        Busy: others kept publishing.
    """
    prepare = partial(_of_version, table, version, wish)
    return publish_edition(table, shop, prepare, (wish.actor, wish.now))


def withdraw_version(
    table: Table, shop: str, version: int, by: tuple[str, Instant]
) -> PublishedVersion | Refusal:
    """Take a scheduled version back before it starts; ``by`` is (actor, now). Again: the same.

    Raises:
        Busy: others kept publishing.
    """
    actor, now = by
    for _ in range(PUBLISH_ATTEMPTS_MAX):
        known = find_shop(table, shop)
        if known is None:
            return shop_unknown(shop)
        published = published_version(table, shop, version) if version else None
        if published is None:
            return _version_unknown()
        if published.about.withdrawn_at:
            return published
        waiting = (known.next_version, known.next_since)
        if refusal := withdraw_refusal(version, waiting, now):
            return refusal
        after = msgspec.structs.replace(known, next_version=0, next_since=0)
        about = msgspec.structs.replace(published.about, withdrawn_at=now, withdrawn_by=actor)
        withdrawn = msgspec.structs.replace(published, about=about)
        try:
            writes = (changed_shop(known, after), withdrawn_put(shop, withdrawn))
            record_writes(table, (*writes, *_duties_gone(shop, published)))
        except ConditionFailed:
            continue
        return withdrawn
    raise Busy("others kept publishing")


def _duties_gone(shop: str, published: PublishedVersion) -> tuple[Delete, ...]:
    """The removal of what a version would have obliged to, whatever that was."""
    law = msgspec.json.decode(published.document, type=Program).law
    owed = duties(law, published.version, published.since, (True, True))
    return obligation_deletes(shop, owed)


def _of_draft(
    table: Table, draft_hash: str, wish: PublishWish, shop: Shop
) -> Edition | Published | Refusal:
    key = draft_key(shop.shop_id)
    draft = draft_of(table.load([key]).get(key))
    if draft is None or draft.hash != draft_hash:
        became = _became(table, shop, draft_hash)
        if became is not None:
            return Published(became.version, (), replayed=True, since=became.since)
    if draft is None:
        return draft_unknown()
    stored = Seen(shop.live_version(wish.now), draft.hash)
    if refusal := save_refusal(Seen(draft.base_version, draft_hash), stored):
        return refusal
    return Edition(
        msgspec.json.decode(draft.document),
        msgspec.structs.replace(wish.about(), draft_hash=draft_hash),
        wish.effective_from,
        wish.consent,
        (draft_delete(shop.shop_id, draft),),
        words=draft_hash,
    )


def _became(table: Table, shop: Shop, draft_hash: str) -> PublishedVersion | None:
    """The newest version, if it is what the draft of that hash became."""
    newest = shop.next_version or shop.settled_version
    version = published_version(table, shop.shop_id, newest) if newest else None
    is_same = version is not None and version.about.draft_hash == draft_hash
    return version if is_same else None


def _of_version(
    table: Table, version: int, wish: PublishWish, shop: Shop
) -> Edition | Published | Refusal:
    old = published_version(table, shop.shop_id, version) if version else None
    if old is None:
        return _version_unknown()
    about = msgspec.structs.replace(wish.about(), rolled_back_to=version)
    return Edition(msgspec.json.decode(old.document), about, wish.effective_from, wish.consent)


def _version_unknown() -> Refusal:
    return Refusal(RefusalCode.VERSION_UNKNOWN, "There is no such version of the program.")
