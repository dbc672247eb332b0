"""Publish a program: check it whole, then write version and shop in one transaction.

::

    now         the version is live from this instant; the shop's item names it
    scheduled   the shop's item names it beside the live one, with its start: from then on
                ``Shop.live_version`` answers it, and nobody has to do anything

The same document as the live one is the same version: publishing is idempotent. One version may
be scheduled at a time, and while it waits nothing else is published: it was checked against what
is live now. The checks are read when the first program is checked: a dozen modules that no order
and no card needs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.limits import PUBLISH_ATTEMPTS_MAX
from chalicelib.domain.outcome import Busy, Problem, Refusal, RefusalCode
from chalicelib.domain.program.changes import Bearing
from chalicelib.domain.program.defaults import document_of
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.drafting import (
    canonical_document,
    hash_of,
    limits_refusal,
    time_refusal,
)
from chalicelib.domain.program.law_packs import Duty, duties, late_notices
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.items import Write
from chalicelib.storage.obligations import obligation_puts
from chalicelib.storage.programs import (
    About,
    PublishedVersion,
    next_version,
    published_version,
    version_put,
)
from chalicelib.storage.shops import Shop, changed_shop, find_shop, settled_shop
from chalicelib.storage.stock import stock_writes
from chalicelib.storage.table import ConditionFailed, Table

if TYPE_CHECKING:
    from chalicelib.domain.program.validation import Checked


class Published(msgspec.Struct, frozen=True):
    """The version that is live now, or will be at its time, and what to think about."""

    version: int
    warnings: tuple[Problem, ...]
    replayed: bool  # it was there before
    since: Instant = 0


class Edition(msgspec.Struct, frozen=True):
    """One document to publish, with its circumstances."""

    document: object
    about: About = About()
    effective_from: Instant = 0  # 0: now
    consent: Callable[[tuple[Problem, ...]], Refusal | None] = lambda _: None
    further: tuple[Write, ...] = ()  # done in the same transaction
    words: str = ""  # the hash under which a replay of the document is; "": nobody asks for one


Prepare = Callable[[Shop], "Edition | Published | Refusal"]
"""Makes the edition from the shop as it is now: called anew for every attempt."""


def check_program(table: Table, shop: str, document: object, now: Instant) -> "Checked | Refusal":
    """Every error and warning of ``document`` as the next version of the shop's program."""
    known = find_shop(table, shop)
    if known is None:
        return shop_unknown(shop)
    return checked_for(document, live_of(table, known, now))


def publish_program(
    table: Table, shop: str, document: object, by: tuple[str, Instant], force_reason: str = ""
) -> Published | Refusal:
    """Make ``document`` the live program; ``by`` is (actor, now).

    Warnings are told, and what goes over the program's own limits, also by a replay of these very
    words, wants a ``force_reason``.

    Raises:
        Busy: others kept publishing.
    """
    edition = Edition(
        document,
        About(force_reason=force_reason),
        consent=lambda warnings: limits_refusal(warnings, force_reason),
        words=hash_of(canonical_document(document)),
    )
    return publish_edition(table, shop, lambda _: edition, by)


def publish_edition(
    table: Table, shop: str, prepare: Prepare, by: tuple[str, Instant]
) -> Published | Refusal:
    """Publish what ``prepare`` makes of the shop, now or at its time; ``by`` is (actor, now).

    Raises:
        Busy: others kept publishing.
    """
    for _ in range(PUBLISH_ATTEMPTS_MAX):
        known = find_shop(table, shop)
        if known is None:
            return shop_unknown(shop)
        edition = prepare(known)
        if isinstance(edition, Published | Refusal):
            return edition
        try:
            return _published(table, settled_shop(known, by[1]), edition, by)
        except ConditionFailed:
            continue
    raise Busy("others kept publishing")


def live_of(table: Table, shop: Shop, now: Instant) -> PublishedVersion | None:
    """The version that is live at ``now``, as it was published."""
    version = shop.live_version(now)
    return published_version(table, shop.shop_id, version) if version else None


def checked_for(document: object, live: PublishedVersion | None) -> "Checked":
    """``document`` checked, also as the successor of ``live``."""
    from chalicelib.domain.program.published_ids import remembered  # noqa: PLC0415  # said above
    from chalicelib.domain.program.validation import check  # noqa: PLC0415  # said above

    if live is None:
        return check(document)
    before = msgspec.json.decode(live.document, type=Program)
    return check(document, before, remembered(live.left))


def _left_after(live: PublishedVersion | None, program: Program) -> bytes:
    from chalicelib.domain.program.published_ids import left_after  # noqa: PLC0415  # said above

    if live is None:
        return b""
    return left_after(live.left, msgspec.json.decode(live.document, type=Program), program)


def shop_unknown(shop: str) -> Refusal:
    """The refusal of a shop that does not exist."""
    return Refusal(RefusalCode.SHOP_UNKNOWN, f"There is no shop '{shop}'.")


def _published(
    table: Table, shop: Shop, edition: Edition, by: tuple[str, Instant]
) -> Published | Refusal:
    actor, now = by
    live = live_of(table, shop, now)
    checked = checked_for(edition.document, live)
    if checked.errors or checked.program is None:
        detail = "The program has errors; `errors` lists them all."
        return Refusal(RefusalCode.PROGRAM_INVALID, detail, checked.errors)
    body = msgspec.json.encode(document_of(checked.program), order="sorted")
    if live is not None and live.document == body:
        if edition.further:
            record_writes(table, edition.further)
        return Published(live.version, checked.warnings, replayed=True, since=live.since)
    since = edition.effective_from or (max(now, live.since + 1) if live else now)
    number = max(shop.last_number, shop.settled_version) + 1
    owed = _duties(live, checked.program, number, since)
    told, replay = _by_replay(table, shop, edition, checked)
    warnings = (*told, *_late(owed, now))
    if refusal := _refusal(shop, edition, warnings, now):
        return refusal
    version = msgspec.structs.replace(
        next_version(live, checked.program, since, actor),
        version=number,
        about=msgspec.structs.replace(edition.about, published_at=now, replay=replay),
        left=_left_after(live, checked.program),
    )
    stock = _stock_writes(table, shop, checked.program)
    refusal = _stock_refusal(live, checked.program, stock) if edition.effective_from else None
    if refusal is not None:
        return refusal
    after = _shop_with(shop, version, edition.effective_from)
    flat = (write for writes in stock.values() for write in writes)
    writes = (version_put(shop.shop_id, version), changed_shop(shop, after), *flat)
    notices = obligation_puts(shop.shop_id, owed)
    record_writes(table, (*writes, *notices, *edition.further))
    return Published(number, warnings, replayed=False, since=since)


def _by_replay(
    table: Table, shop: Shop, edition: Edition, checked: "Checked"
) -> tuple[tuple[Problem, ...], str]:
    """The warnings of a document, held against its replay, and which one that was."""
    if not edition.words or checked.program is None:
        return checked.warnings, ""
    from chalicelib.operations.advise_by_replay import (  # noqa: PLC0415 - who publishes
        advised_by_replay,
    )

    draft = shop.shop_id, edition.words
    return advised_by_replay(table, draft, checked.program, checked.warnings)


def _duties(
    live: PublishedVersion | None, program: Program, number: int, since: Instant
) -> tuple[Duty, ...]:
    """What members must be told of the version by the law packs of the program."""
    if not program.law:
        return ()
    from chalicelib.domain.program.diffing import (  # noqa: PLC0415 - only where a law asks
        differences,
    )

    before = msgspec.json.decode(live.document, type=Program) if live else program
    told = (Bearing.DISADVANTAGE, Bearing.UNCLEAR)
    has_changes = any(change.bearing in told for change in differences(before, program))
    lapses = any(
        unit.spendable and not isinstance(unit.expiry, str) and unit.expiry.idle
        for unit in program.units.values()
    )
    return duties(program.law, number, since, (has_changes, bool(lapses)))


def _late(owed: tuple[Duty, ...], now: Instant) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "$.law",
            "notice_too_short",
            f"Members were to be told by {iso(max(0, duty.due_at))} ({duty.clause}): start later, "
            "or give a `force_reason`.",
        )
        for duty in late_notices(owed, now)
    )


def _refusal(
    shop: Shop, edition: Edition, warnings: tuple[Problem, ...], now: Instant
) -> Refusal | None:
    if shop.waiting_version(now):
        detail = (
            f"Version {shop.next_version} starts at {iso(shop.next_since)}: withdraw it first, "
            "or wait for its start."
        )
        return Refusal(RefusalCode.VERSION_SCHEDULED, detail)
    if edition.effective_from:
        refusal = time_refusal(edition.effective_from, now, shop.live_version(now))
        if refusal is not None:
            return refusal
    return edition.consent(warnings)


def _shop_with(shop: Shop, version: PublishedVersion, effective_from: Instant) -> Shop:
    if effective_from:
        return msgspec.structs.replace(
            shop,
            next_version=version.version,
            next_since=version.since,
            last_number=version.version,
        )
    return msgspec.structs.replace(
        shop,
        settled_version=version.version,
        settled_since=version.since,
        last_number=version.version,
    )


def _stock_writes(table: Table, shop: Shop, program: Program) -> dict[str, tuple[Write, ...]]:
    """What makes the stock what the program says, by reward."""
    return {
        reward.id: stock_writes(table, shop.shop_id, reward.id, reward.stock)
        for reward in program.rewards
        if reward.stock is not None
    }


def _stock_refusal(
    live: PublishedVersion | None, program: Program, stock: dict[str, tuple[Write, ...]]
) -> Refusal | None:
    """Stock is counted in the table, where no version has a start: it can't change by schedule."""
    before = msgspec.json.decode(live.document, type=Program).rewards if live else ()
    counted = {reward.id for reward in before if reward.stock is not None}
    problems = tuple(
        Problem(f"$.rewards[{place}].stock", "stock_scheduled", "Change its stock without a time.")
        for place, reward in enumerate(program.rewards)
        if reward.id in counted and stock.get(reward.id)
    )
    if not problems:
        return None
    detail = "The stock of a live reward changes at once: publish that now, and the rest later."
    return Refusal(RefusalCode.VALUE_INVALID, detail, problems)
