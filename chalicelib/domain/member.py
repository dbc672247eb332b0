"""A member's running state: the account, its counters and the personal profile.

Values: nothing here moves a point (``lots`` and ``ledger`` do). Names are short in the table.
"""

from typing import TypeAlias

import msgspec

from chalicelib.domain.instants import Instant


class Lot(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One credit with dates of its own. Lots with equal dates are one lot."""

    remaining: int  # points not yet spent, lapsed or taken back
    available_at: Instant = 0  # spendable from then on; 0 once it has matured
    expires_at: Instant | None = None  # gone from then on; None never
    lapsed: int = 0  # points that lapsed here, remembered for reversals
    waits_for: str = ""  # the document that may still move ``available_at``
    moved: str = ""  # why ``expires_at`` is not the date of the credit: idle, extended


class Held(msgspec.Struct, frozen=True, array_like=True):
    """Points set aside for something that is being paid: out of their lots until ``expires_at``."""

    expires_at: Instant  # from then on they are back in their lots, whether or not a job ran
    parts: tuple[Lot, ...]  # by the dates of the lots they came from


class OpenCode(msgspec.Struct, frozen=True, array_like=True):
    """A code nobody used yet, whose points come back when it ends. They are spent until then."""

    expires_at: Instant  # from then on they are back, whether or not a job ran
    reward: str
    parts: tuple[Lot, ...]  # by the dates of the lots that paid


class UnitState(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "lots": "l",
        "deficit": "d",
        "holds": "h",
        "active_at": "a",
        "not_before": "n",
        "codes": "c",
    },
):
    """What a member has of one unit. ``booked = sum(remaining) + held - deficit``."""

    lots: tuple[Lot, ...] = ()
    deficit: int = 0  # owed points that the next credits fill
    holds: dict[str, Held] = {}  # by hold id, at most HOLDS_PER_UNIT_MAX
    active_at: Instant = 0  # the last activity that counts, for units that lapse by inactivity
    not_before: Instant = 0  # no lapse by inactivity before then
    codes: dict[str, OpenCode] = {}  # by redemption id, at most RETURNING_CODES_MAX


class Invitation(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A tier that a person was invited to, whatever they bought."""

    since: Instant
    until: Instant = 0  # 0: until it is withdrawn


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """The tier held from ``at`` to the next judging, whatever is booked meanwhile."""

    tier: str
    since: Instant
    keep_until: Instant  # 0: no time ends it
    at: Instant


class Standing(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "tier": "t",
        "since": "s",
        "keep_until": "k",
        "floor_tier": "f",
        "floor_since": "g",
        "floor_keep_until": "h",
        "buckets": "b",
        "paid": "p",
        "owed": "o",
        "own_from": "a",
        "invited": "i",
        "given": "v",
        "shown": "e",
    },
):
    """A member's place in one tier group.

    ``floor_*``: what is left when a reversal undoes all gains of the period. ``buckets``: amounts
    by bucket of the window; when an entry reward was ``paid``, or is ``owed`` as it went back.
    """

    tier: str = ""  # id of the tier held; "" before the first
    since: Instant = 0
    keep_until: Instant | None = None  # None: as long as the window supports it
    floor_tier: str = ""
    floor_since: Instant = 0
    floor_keep_until: Instant | None = None
    buckets: dict[str, int] = {}
    paid: dict[str, Instant] = {}
    owed: dict[str, Instant] = {}
    invited: dict[str, Invitation] = {}  # by tier id; the best of them and ``tier`` is held
    given: dict[str, Invitation] = {}  # by rules: as ``invited``, by "tier document rule effect"
    own_from: Instant = 0  # what the member's own years count from, where the group has such
    shown: Shown | None = None  # where moves wait for the end of a day, or of a window


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A member's place in a pool."""

    since: Instant
    share: int = 0  # what of the pool is theirs, as of the last time that anybody put in
    gives_all: bool = False  # the pool may draw on what the member has, when it needs it


class Pool(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={"unit": "u", "owner": "o", "places": "p", "invitations": "i", "dissolved_at": "x"},
):
    """What makes an account a pool's: who shares it. Its lots are in the account, as anybody's."""

    unit: str
    owner: str  # who may invite, remove and dissolve; always one of the places
    places: dict[str, Place]  # by member id
    invitations: dict[str, Instant] = {}  # until when each may be accepted, once
    dissolved_at: Instant = 0  # over since then; the places say whose a late return is


class Promise(msgspec.Struct, frozen=True, array_like=True):
    """A reward that a document gave and that is to be issued, or, ``is_void``, to be voided."""

    reward: str
    document: str  # by what name entries know it
    rule: str
    version: int  # of the program that gave it
    is_void: bool
    since: Instant = 0  # it has its time from then on; 0: from when it is issued


class Term(msgspec.Struct, frozen=True, array_like=True):
    """How long one purchase makes somebody a paid member: half-open, as every interval."""

    starts_at: Instant
    ends_at: Instant


class Account(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "revision": "r",
        "seq": "q",
        "last_hash": "z",
        "joined_at": "j",
        "units": "u",
        "standings": "t",
        "order_count": "o",
        "open_redemptions": "c",
        "merged_into": "m",
        "aliases": "a",
        "erased_at": "x",
        "due_at": "d",
        "claim_at": "w",
        "pools": "p",
        "pool": "h",
        "last_order_at": "l",
        "months": "b",
        "judge_at": "g",
        "promises": "k",
        "settle_at": "s",
        "anniversary_at": "y",
        "memberships": "v",
        "referred": "f",
        "entered": "e",
        "warned_at": "n",
        "products": "i",
        "recalls": "ir",
    },
):
    """The running state of one member in one shop. ``revision`` rises with every write."""

    revision: int  # guards the commit
    seq: int = 0  # number of the last entry, gapless
    last_hash: str = ""  # hash of the last entry
    joined_at: Instant = 0
    units: dict[str, UnitState] = {}
    standings: dict[str, Standing] = {}  # by tier group id
    order_count: int = 0  # orders awarded and not taken back whole
    open_redemptions: tuple[str, ...] = ()  # ids of the newest open codes, oldest first
    merged_into: str = ""  # the member that has everything since; this account stays empty
    aliases: tuple[str, ...] = ()  # ids of members that were merged into this one
    erased_at: Instant = 0  # the person is forgotten since; the books stay
    due_at: Instant = 0  # nothing is due before then: a lower bound; 0 where nothing will be
    claim_at: Instant = 0  # from then on the sweep claims what waits for the member; 0: nothing
    anniversary_at: Instant = 0  # when the next one is booked; 0: the program keeps none
    judge_at: dict[str, Instant] = {}  # by tier group: when a standing by conditions is judged
    pools: dict[str, str] = {}  # unit → the pool that the member is in
    last_order_at: Instant = 0  # when the newest order that ever counted was paid
    months: dict[str, tuple[int, int]] = {}  # orders and minor units left of them, by month
    memberships: dict[str, dict[str, Term]] = {}  # by membership, then document that bought it
    pool: Pool | None = None  # this is no member's account but a pool's
    promises: dict[str, Promise] = {}  # rewards to be issued or voided, by redemption id
    settle_at: Instant = 0  # from then on the sweep does it, if nobody has; 0: nothing
    referred: tuple[str, ...] = ()  # "<code>:<member id>": by whose code they came, as whom
    entered: dict[str, tuple[str, Instant]] = {}  # tier → action, until: ``entering``
    warned_at: Instant = 0  # warnings of points that lapse were looked at up to then
    products: dict[str, dict[str, int]] = {}  # product asked for → month → orders that hold it
    recalls: str = ""  # digest of what ``products`` counts whole; "": of nothing, or not yet


def standing_of(account: Account, group_id: str) -> Standing:
    """What is written of a member's place in a tier group; of who has none yet, when they came."""
    standing = account.standings.get(group_id, Standing())
    if standing.own_from:
        return standing
    return msgspec.structs.replace(standing, own_from=account.joined_at)


class Counters(
    msgspec.Struct, frozen=True, omit_defaults=True, rename={"used": "u", "revision": "r"}
):
    """What caps have used: ``used[cap id][bucket]``; they may be of another time than accounts."""

    used: dict[str, dict[str, int]] = {}
    revision: int = 0  # guards the commit; 0 before the first


def recounted(before: Counters, after: Counters) -> Counters | None:
    """``after`` as the next revision of ``before``; None if it counts the same."""
    if after.used == before.used:
        return None
    return Counters(after.used, before.revision + 1)


FactValue: TypeAlias = str | int | bool | tuple[str, ...]
"""What a fact of a member may be."""


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """What a shop said of a member, and as of when."""

    value: FactValue
    as_of: Instant
    before: tuple[tuple[FactValue, Instant], ...] = ()  # what it said last as of another time


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """Personal data, apart from the books and erasable. Never in keys, never in logs."""

    external_id: str
    source: str = "main"
    joined_at: Instant = 0
    email: str = ""
    email_verified: bool = False
    name: str = ""
    locale: str = ""
    country: str = ""
    tags: tuple[str, ...] = ()
    birthday: str = ""  # month and day
    birthday_hash: str = ""  # keyed, for the index by which the sweep finds who has it
    birthday_at: Instant = 0  # when it was told, or changed
    consent: bool = False
    version: Instant = 0  # of the customer's state at the shop, where it told one
    facts: dict[str, Fact] = {}  # what the shop set, at most FACTS_KEPT_MAX


class MemberFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What conditions may ask about a member, as it was before the event."""

    tiers: dict[str, str] = {}  # tier held, by tier group
    joined_at: Instant = 0
    order_count: int = 0
    locale: str = ""
    country: str = ""
    tags: tuple[str, ...] = ()
    facts: dict[str, FactValue] = {}  # those that the program declares
    last_order_at: Instant = 0
    days_since_order: int | None = None  # whole days; None: never bought
    orders_12m: int = 0  # in the month and the eleven before
    spend_12m: int = 0  # minor units, likewise
    birth_month: int = 0  # 1 to 12; 0: not told
    in_birth_month: bool | None = None  # None: not told
    points: dict[str, int] = {}  # available, by unit
    memberships: tuple[str, ...] = ()  # paid ones that are held
    segments: tuple[str, ...] = ()  # those that hold
    bought: dict[str, tuple[str, ...]] = {}  # products that are asked for, by field
