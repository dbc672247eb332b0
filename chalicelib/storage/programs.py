"""Program versions: immutable, compiled once per process, found by number or by instant.

A version is live from its ``since`` until the next version's. Each names the one before it, so
that a scheduled one that was withdrawn is in nobody's way; numbers are never used twice. Versions
never change, so what was compiled is kept for the life of the process, the least recently used
ones dropped first.
"""

from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec

from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.program.challenging import LeftBoard, boards_left
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.defaults import document_of
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.idle import IdleSpan, Spans, spans_after
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.items import Absent, Item, Put, RevisionIs
from chalicelib.storage.key_names import PROGRAM_PREFIX, program_key, shop_partition
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Query, Start, Table

COMPILED_KEPT_MAX = 256


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a version came to be, in the words of who published it."""

    note: str = ""
    published_at: Instant = 0
    draft_hash: str = ""  # of the draft that it was
    accepted: tuple[str, ...] = ()  # codes of warnings
    force_reason: str = ""  # why it was published over the program's own limits
    replay: str = ""  # of that very draft, which its warnings came from
    rolled_back_to: int = 0  # the version whose document it is
    withdrawn_at: Instant = 0  # before it was ever live
    withdrawn_by: str = ""


class PublishedVersion(msgspec.Struct, frozen=True):
    """One immutable version: the document as it was published, and since when it is live."""

    version: int
    since: Instant
    document: bytes  # JSON, as published
    published_by: str = ""
    spans: Spans = {}  # rules of inactivity up to this version
    previous: int = 0  # the version before it; 0 for the first
    about: About = About()
    boards: dict[str, LeftBoard] = {}  # of versions before it, which it leaves open
    claims_until: Instant = 0  # until then orders may count that a rollout before it kept out
    left: bytes = b""  # JSON of what ids meant that versions before it had; b"" for none


class Known(msgspec.Struct, frozen=True):
    """A version as a process keeps it."""

    since: Instant
    program: CompiledProgram
    previous: int
    boards: dict[str, LeftBoard]


class _Compiled:
    """Compiled versions of one table, by shop and number. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int], Known] = OrderedDict()
        self._lock = Lock()

    def find(self, key: tuple[str, int]) -> Known | None:
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
            return known

    def keep(self, key: tuple[str, int], published: PublishedVersion) -> Known:
        program = msgspec.json.decode(published.document, type=Program)
        compiled = compile_program(program, published.version, published.spans)
        compiled = msgspec.structs.replace(compiled, claims_until=published.claims_until)
        known = Known(published.since, compiled, published.previous, published.boards)
        with self._lock:
            self._known[key] = known
            while len(self._known) > COMPILED_KEPT_MAX:
                self._known.popitem(last=False)
        return known


_by_table: WeakKeyDictionary[Table, _Compiled] = WeakKeyDictionary()


def version_put(shop: str, published: PublishedVersion) -> Put:
    """The write of a version that must not exist yet."""
    return Put(_version_item(shop, published), Absent())


def withdrawn_put(shop: str, published: PublishedVersion) -> Put:
    """The write of a version that was withdrawn before it was live."""
    return Put({**_version_item(shop, published), "r": 2}, RevisionIs(1))


def _version_item(shop: str, published: PublishedVersion) -> Item:
    partition, sort = program_key(shop, published.version)
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": 1,
        "since": published.since,
        "by": published.published_by,
        "b": pack(published.document),
        "before": published.previous,
        "about": msgspec.json.encode(published.about),
    }
    if published.spans:
        item["idle"] = msgspec.json.encode(published.spans)
    if published.boards:
        item["boards"] = msgspec.json.encode(published.boards)
    if published.claims_until:
        item["claims"] = published.claims_until
    if published.left:
        item["left"] = pack(published.left)
    return item


def next_version(
    live: PublishedVersion | None, program: Program, since: Instant, by: str = ""
) -> PublishedVersion:
    """``program`` as the version after ``live``, from ``since``."""
    spans = spans_after(live.spans if live else None, program, since)
    body = msgspec.json.encode(document_of(program), order="sorted")
    made = PublishedVersion(1, since, body, by, spans)
    if live is None:
        return made
    known = msgspec.json.decode(live.document, type=Program)
    return msgspec.structs.replace(
        made,
        version=live.version + 1,
        previous=live.version,
        boards=boards_left(live.boards, (known, live.version), program, since),
        claims_until=max(live.claims_until, _claims_until(known, since)),
    )


def _claims_until(known: Program, since: Instant) -> Instant:
    """Until when orders of ``known`` may count that its rollout kept out; it ends at ``since``."""
    return since + known.join.retroactive_days * DAY_MS if known.join.rollout else 0


def program_of(table: Table, shop: str, version: int) -> CompiledProgram:
    """The compiled version; read from the table at most once per process."""
    return _known(table, shop, version).program


def with_rules_of_now(
    table: Table, shop: Shop, program: CompiledProgram, now: Instant
) -> CompiledProgram:
    """``program`` with what is of accounts, not of awards, as it is in force.

    That is the rules of inactivity, what is redeemed by itself, whether tiers are entered, which
    are judged, until when orders may count that a rollout kept out, and which products are
    remembered.
    """
    live = program_of(table, shop.shop_id, shop.live_version(now))
    if live is program:
        return program
    return msgspec.structs.replace(
        program,
        idle=live.idle,
        auto=live.auto,
        entering=live.entering,
        judging=live.judging,
        claims_until=live.claims_until,
        recalls=live.recalls,
    )


def boards_of(table: Table, shop: Shop, now: Instant) -> dict[str, CompiledProgram]:
    """The program that has each board which is not closed: the live one, or the last that had it.

    A board goes on when a later version has it no more, by the rules of the one that did.
    """
    known = _known(table, shop.shop_id, shop.live_version(now))
    live = known.program
    left = {
        name: program_of(table, shop.shop_id, board.version)
        for name, board in sorted(known.boards.items())
    }
    own = {name: live for name, each in live.challenges.items() if each.board is not None}
    return {**left, **own}


def published_version(table: Table, shop: str, version: int) -> PublishedVersion | None:
    """The version as it was published, or None."""
    item = table.load([program_key(shop, version)]).get(program_key(shop, version))
    return _published(item) if item else None


def program_at(table: Table, shop: Shop, instant: Instant) -> CompiledProgram | None:
    """The version that was live at ``instant``; before the first one, the first."""
    version = shop.live_version(instant)
    if not version:
        return None
    known = _known(table, shop.shop_id, version)
    while known.previous and instant < known.since:
        known = _known(table, shop.shop_id, known.previous)
    return known.program


def first_live_at(table: Table, shop: Shop) -> Instant:
    """When the shop's first version went live; 0 before there is one. The first has number 1."""
    if not shop.settled_version:
        return 0
    return _known(table, shop.shop_id, 1).since


def list_versions(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[PublishedVersion, ...], Start | None]:
    """Versions, newest first, and where the next page starts."""
    page = table.query(
        Query(shop_partition(shop), PROGRAM_PREFIX, limit=limit, start=start, newest_first=True)
    )
    return tuple(_published(item) for item in page.items), page.next_start


def _known(table: Table, shop: str, version: int) -> Known:
    compiled = _by_table.setdefault(table, _Compiled())
    known = compiled.find((shop, version))
    if known is not None:
        return known
    published = published_version(table, shop, version)
    if published is None:
        raise InvariantBroken("a version that the books name is stored")
    return compiled.keep((shop, version), published)


def _published(item: Item) -> PublishedVersion:
    body, since, sort = item["b"], item["since"], str(item["SK"])
    if not isinstance(body, bytes) or not isinstance(since, int):
        raise InvariantBroken("a stored version has its document and its start")
    number = int(sort.removeprefix(PROGRAM_PREFIX))
    stored = item.get("idle", b"{}")
    spans = msgspec.json.decode(bytes(stored), type=dict[str, tuple[IdleSpan, ...]])  # type: ignore[arg-type] # written above
    about = msgspec.json.decode(bytes(item.get("about", b"{}")), type=About)  # type: ignore[arg-type] # written above
    before = item.get("before", number - 1)
    if not isinstance(before, int):
        raise InvariantBroken("a stored version names the one before it")
    by = str(item.get("by", ""))
    boards = msgspec.json.decode(bytes(item.get("boards", b"{}")), type=dict[str, LeftBoard])  # type: ignore[arg-type] # written above
    claims_until = item.get("claims", 0)
    if not isinstance(claims_until, int):
        raise InvariantBroken("until when orders count that waited is an instant")
    return PublishedVersion(
        number, since, unpack(body), by, spans, before, about, boards, claims_until, _left(item)
    )


def _left(item: Item) -> bytes:
    packed = item.get("left")
    return unpack(packed) if isinstance(packed, bytes) else b""
