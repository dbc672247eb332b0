"""The journal: numbered, hash-chained, immutable entries, and the one way to add to them.

``hash = SHA-256(prev_hash ‖ canonical JSON of the entry without its hashes)``, where canonical
JSON has sorted keys, no spaces and UTF-8. The first ``prev_hash`` is the hash of the shop and
member, so that a journal cannot be passed off as somebody else's. ``post`` is the only maker of
entries; it never decides anything.
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched, booked
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.outcome import ensure
from chalicelib.domain.points import POINTS_MAX


class EntryKind(StrEnum):
    """What moved the points; with 0 points ``qualify``, ``mature``, ``extend`` and ``grant``.

    Those tell of qualifying amounts, of a date of maturity, of later dates of expiry, and of a
    reward that was given for nothing, or of a badge by staff, and of its end.
    """

    EARN = "earn"
    REVERSE = "reverse"
    REDEEM = "redeem"
    DONATE = "donate"
    RETURN = "return"
    EXPIRE = "expire"
    ADJUST = "adjust"
    IMPORT = "import"
    QUALIFY = "qualify"
    REINSTATE = "reinstate"
    MATURE = "mature"
    EXTEND = "extend"
    GRANT = "grant"
    GIFT_OUT = "gift_out"
    GIFT_IN = "gift_in"
    MERGE_OUT = "merge_out"
    MERGE_IN = "merge_in"


class Explained(msgspec.Struct, frozen=True, omit_defaults=True, rename={"parameters": "p"}):
    """One reason as a code and its parameters; the sentence is worded when it is read."""

    code: str
    parameters: dict[str, str | int] = {}


class Entry(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "seq": "q",
        "unit": "u",
        "points": "p",
        "kind": "k",
        "document": "d",
        "booked_after": "b",
        "touched": "l",
        "qualifying": "y",
        "program_version": "v",
        "explanation": "x",
        "occurred_at": "o",
        "recorded_at": "w",
        "prev_hash": "h",
        "hash": "z",
    },
):
    """One immutable movement of one unit of one member."""

    seq: int  # 1, 2, 3 ... without a gap
    unit: str
    points: int  # signed
    kind: EntryKind
    document: str  # "<kind>:<id>" of its source document
    booked_after: int  # sum of all entries of the unit, this one included
    recorded_at: Instant
    occurred_at: Instant
    touched: tuple[Touched, ...] = ()
    qualifying: dict[str, dict[str, int]] = {}  # tier group → bucket → difference
    program_version: int = 0
    explanation: tuple[Explained, ...] = ()
    prev_hash: str = ""
    hash: str = ""


class Movement(msgspec.Struct, frozen=True):
    """What one entry will say; the unit's state has moved already."""

    unit: str
    points: int
    kind: EntryKind
    touched: tuple[Touched, ...] = ()
    explanation: tuple[Explained, ...] = ()
    qualifying: dict[str, dict[str, int]] | None = None
    document: str = ""  # "": the one that the commit is about


class Source(msgspec.Struct, frozen=True):
    """Where entries come from: shared by all entries of one document's effect."""

    chain: str  # genesis(shop, member)
    document: str
    occurred_at: Instant
    recorded_at: Instant
    program_version: int = 0


_COVERED = tuple(name for name in Entry.__struct_fields__ if name not in {"prev_hash", "hash"})


def genesis(shop: str, member: str) -> str:
    """The hash before the first entry of a member's journal, hex."""
    return hashlib.sha256(f"laurel:1:{shop}:{member}".encode()).hexdigest()


def canonical(entry: Entry) -> bytes:
    """The bytes of ``entry`` that its hash covers: every field but the hashes, by long name."""
    covered = {name: getattr(entry, name) for name in _COVERED}
    covered["explanation"] = [
        {"code": reason.code, "parameters": reason.parameters} for reason in entry.explanation
    ]
    return msgspec.json.encode(covered, order="sorted")


def entry_hash(prev_hash: str, entry: Entry) -> str:
    """SHA-256 of the chain so far and ``entry``, hex."""
    return hashlib.sha256(prev_hash.encode() + canonical(entry)).hexdigest()


def post(
    account: Account, movements: Iterable[Movement], source: Source
) -> tuple[Account, tuple[Entry, ...]]:
    """Number, chain and append ``movements``; ``account`` already holds the moved units."""
    entries: list[Entry] = []
    seq, last_hash = account.seq, account.last_hash or source.chain
    running = _before(account, movements := tuple(movements))
    for movement in movements:
        ensure(abs(movement.points) <= POINTS_MAX, "a movement is at most 10^12 points")
        running[movement.unit] = running.get(movement.unit, 0) + movement.points
        seq += 1
        entry = Entry(
            seq,
            movement.unit,
            movement.points,
            movement.kind,
            movement.document or source.document,
            running[movement.unit],
            source.recorded_at,
            source.occurred_at,
            movement.touched,
            movement.qualifying or {},
            source.program_version,
            movement.explanation,
            last_hash,
        )
        last_hash = entry_hash(last_hash, entry)
        entries.append(msgspec.structs.replace(entry, hash=last_hash))
    return msgspec.structs.replace(account, seq=seq, last_hash=last_hash), tuple(entries)


def chain_breaks(shop: str, member: str, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Every break of numbering, chain or running sums in a journal read from its start."""
    breaks: list[str] = []
    last_hash, sums = genesis(shop, member), dict[str, int]()
    for seq, entry in enumerate(entries, start=1):
        sums[entry.unit] = sums.get(entry.unit, 0) + entry.points
        if entry.seq != seq:
            breaks.append(f"entry {entry.seq} stands where {seq} should be")
        if entry.prev_hash != last_hash or entry.hash != entry_hash(last_hash, entry):
            breaks.append(f"entry {entry.seq} does not follow from the one before it")
        if entry.booked_after != sums[entry.unit]:
            breaks.append(f"entry {entry.seq} says {entry.booked_after}, not {sums[entry.unit]}")
        last_hash = entry.hash
    return tuple(breaks)


def _before(account: Account, movements: tuple[Movement, ...]) -> dict[str, int]:
    """What was booked per unit before ``movements``: the state they lead to, less their sum."""
    sums: dict[str, int] = {}
    for movement in movements:
        sums.setdefault(movement.unit, booked(account.units.get(movement.unit, UnitState())))
        sums[movement.unit] -= movement.points
    return sums
