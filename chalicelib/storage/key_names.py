"""The name of every item: the only place where keys of the one table are put together.

::

    S#<shop>                        SHOP, P#<version>, DRAFT, DATING, PAGES
    S#<shop>#M#<member>             A account, C counters, P profile, I inbox, SIGNS, L#<seq> entry,
                                    POOL: a pool's place in the list of pools,
                                    D#<kind>:<id> document, N#<rule>:<subject> once-marker,
                                    X#<challenge>:<hash> challenge value,
                                    U#<hash> e-mail that is theirs, by keyed hash
    S#<shop>#O#<source>:<order>     O            S#<shop>#U#<kind>:<hash>   U identity
    S#<shop>#E#<source>:<event>     E whose action that is
    S#<shop>#X#<code>  X   S#<shop>#RF#<code>  RF, F#<friend>   S#<shop>#IP#<hash>  IP
    S#<shop>#B#<id>                 <shard>      S#<shop>#G#<cause>         <shard>, T, Y#<id>
    K#<sha256> K   C#<id> C   T#<kid> T          found without knowing the shop
    S#<shop>#KEYS|CONNECTIONS|STOREFRONT-KEYS|OBLIGATIONS|REPLAYS|CAMPAIGNS <id>: lists
    S#<shop>#AUDIT|PARKED|BOOK-AUDITS            <time>#<id>
    AUDITS CURRENT   AUDIT#<run>#<segment> S, T#<shop>     the audit's own state

The trick: parts that come from outside are escaped (``%`` to ``%25``, ``#`` to ``%23``, before a
colon also ``:`` to ``%3A``) and bounded, so no id can forge the end of its part: two different
calls never name one item. Nothing personal is ever a part; e-mails come as keyed hashes.
Indexes have their partitions and sort keys in ``index_names``.
"""

from typing import Final

from chalicelib.domain.outcome import ensure
from chalicelib.storage.items import Key
from chalicelib.storage.sizes import SORT_KEY_BYTES_MAX

PART_LENGTH_MAX: Final = 260  # characters: two ids of limits.ID_LENGTH_MAX and what joins them
SEQ_MAX: Final = 10**12 - 1
VERSION_MAX: Final = 10**6 - 1
SHARD_MAX: Final = 99
TIME_MAX: Final = 10**15 - 1  # the year 33658

ENTRY_PREFIX: Final = "L#"
DOCUMENT_PREFIX: Final = "D#"
MARKER_PREFIX: Final = "N#"
CHALLENGE_PREFIX: Final = "X#"
PROGRAM_PREFIX: Final = "P#"
ADDRESS_PREFIX: Final = "U#"
FRIEND_PREFIX: Final = "F#"
TALLY_PREFIX: Final = "T#"
SETTLEMENT_PREFIX: Final = "Y#"


def escaped(part: str) -> str:
    """``part`` so that it can end nowhere but where it ends.

    Raises:
        InvariantBroken: empty, too long, or no valid text; the doors should have refused it.
    """
    ensure(0 < len(part) <= PART_LENGTH_MAX, "a part of a key has 1 to 260 characters")
    is_whole = part.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in part)
    ensure(is_whole, "a part of a key is valid Unicode")  # JSON can smuggle in half of a pair
    if "%" in part or "#" in part:
        return part.replace("%", "%25").replace("#", "%23")
    return part


def parts_of(partition: str) -> tuple[str, ...]:
    """The parts that a partition was put together from: ``S#tea#M#m1`` is S, tea, M, m1."""
    return tuple(part.replace("%23", "#").replace("%25", "%") for part in partition.split("#"))


def pair(head: str, tail: str) -> str:
    """``head:tail``, where the first colon is always ours."""
    joined = f"{escaped(head).replace(':', '%3A')}:{escaped(tail)}"
    fits = len(joined) * 4 <= SORT_KEY_BYTES_MAX or len(joined.encode()) <= SORT_KEY_BYTES_MAX - 64
    ensure(fits, "a part of a key leaves room for the rest")
    return joined


def padded(number: int, limit: int) -> str:
    """``number`` with leading zeros, as wide as ``limit``: text order is number order."""
    ensure(0 <= number <= limit, "a number in a key stays within its width")
    return f"{number:0{len(str(limit))}d}"


def time_text(instant: int) -> str:
    """An Instant as a sortable part."""
    return padded(instant, TIME_MAX)


def shop_partition(shop: str) -> str:
    """The partition of what a shop is: settings and program versions."""
    return f"S#{escaped(shop)}"


def member_partition(shop: str, member: str) -> str:
    """The partition of everything about one member."""
    return f"S#{escaped(shop)}#M#{escaped(member)}"


def shop_key(shop: str) -> Key:
    """The settings of a shop, a key of every load."""
    return shop_partition(shop), "SHOP"


def program_key(shop: str, version: int) -> Key:
    """One immutable version of the program."""
    return shop_partition(shop), PROGRAM_PREFIX + padded(version, VERSION_MAX)


def dating_key(shop: str) -> Key:
    """How far a walk over the shop's members has come."""
    return shop_partition(shop), "DATING"


def draft_key(shop: str) -> Key:
    """The draft of the next version."""
    return shop_partition(shop), "DRAFT"


def replay_key(shop: str, draft_hash: str) -> Key:
    """The replay of a draft, by the hash of its words."""
    return f"{shop_partition(shop)}#REPLAYS", escaped(draft_hash)


def replay_segment_key(replay: Key, run: str, number: int) -> Key:
    """One segment of the replay under the key ``replay``."""
    return replay[0], f"{replay[1]}#{escaped(run)}#{number}"


def pages_key(shop: str) -> Key:
    """Which versions were written as static files last."""
    return shop_partition(shop), "PAGES"


def api_key_key(digest: str) -> Key:
    """An API key, by the SHA-256 of its secret."""
    return f"K#{escaped(digest)}", "K"


def connection_key(connection: str) -> Key:
    """A connection, by its opaque id."""
    return f"C#{escaped(connection)}", "C"


def storefront_key_key(kid: str) -> Key:
    """A key that signs storefront tokens, by its key id."""
    return f"T#{escaped(kid)}", "T"


def api_keys_partition(shop: str) -> str:
    """The list of a shop's API keys."""
    return f"{shop_partition(shop)}#KEYS"


def connections_partition(shop: str) -> str:
    """The list of a shop's connections."""
    return f"{shop_partition(shop)}#CONNECTIONS"


def storefront_keys_partition(shop: str) -> str:
    """The list of a shop's storefront keys."""
    return f"{shop_partition(shop)}#STOREFRONT-KEYS"


def audit_partition(shop: str) -> str:
    """The audit log of a shop, oldest first."""
    return f"{shop_partition(shop)}#AUDIT"


def obligations_partition(shop: str) -> str:
    """Notices that the shop owes its members by law packs."""
    return f"{shop_partition(shop)}#OBLIGATIONS"


def book_audits_partition(shop: str) -> str:
    """Reports of the nightly audit of a shop's books, oldest first."""
    return f"{shop_partition(shop)}#BOOK-AUDITS"


def audit_run_key() -> Key:
    """The audit that is under way, or was the last."""
    return "AUDITS", "CURRENT"


def audit_segment_key(run: str, segment: int) -> Key:
    """How far an audit has come in one segment."""
    return f"AUDIT#{escaped(run)}#{padded(segment, SHARD_MAX)}", "S"


def audit_tally_key(run: str, segment: int, shop: str) -> Key:
    """What an audit has found of one shop in one segment."""
    partition, _ = audit_segment_key(run, segment)
    return partition, TALLY_PREFIX + escaped(shop)


def parked_partition(shop: str) -> str:
    """Events of a shop that could not be understood yet, oldest first."""
    return f"{shop_partition(shop)}#PARKED"


def listed_key(partition: str, row: str) -> Key:
    """A row of one of the lists above."""
    return partition, escaped(row)


def timed_key(partition: str, instant: int, row: str) -> Key:
    """A row of a list that is kept in order of time."""
    return partition, f"{time_text(instant)}#{escaped(row)}"


def pool_row_key(shop: str, pool: str) -> Key:
    """What puts a pool into the list of a shop's pools; its account is under ``account_key``."""
    return member_partition(shop, pool), "POOL"


def is_pool_row(sort: str) -> bool:
    """Whether a sort key is that of ``pool_row_key``."""
    return sort == "POOL"


def account_key(shop: str, member: str) -> Key:
    """The running state of a member."""
    return member_partition(shop, member), "A"


def counters_key(shop: str, member: str) -> Key:
    """What the member's caps, cooldowns and challenges have used."""
    return member_partition(shop, member), "C"


def profile_key(shop: str, member: str) -> Key:
    """The erasable personal data of a member."""
    return member_partition(shop, member), "P"


def entry_key(shop: str, member: str, seq: int) -> Key:
    """One entry of the member's journal."""
    return member_partition(shop, member), ENTRY_PREFIX + padded(seq, SEQ_MAX)


def document_key(shop: str, member: str, kind: str, document: str) -> Key:
    """A redemption, action, adjustment, transfer of the member."""
    return member_partition(shop, member), DOCUMENT_PREFIX + pair(kind, document)


def marker_key(shop: str, member: str, rule: str, subject: str) -> Key:
    """The once-marker of a rule and what it was given for."""
    return member_partition(shop, member), MARKER_PREFIX + pair(rule, subject)


def challenge_value_key(shop: str, member: str, challenge: str, digest: str) -> Key:
    """One distinct value that counts in a challenge."""
    return member_partition(shop, member), CHALLENGE_PREFIX + pair(challenge, digest)


def address_key(shop: str, member: str, digest: str) -> Key:
    """A verified e-mail of the member: the way back from them to its identity."""
    return member_partition(shop, member), ADDRESS_PREFIX + escaped(digest)


def order_key(shop: str, source: str, order: str) -> Key:
    """An order, by the id that its source gave it."""
    return f"{shop_partition(shop)}#O#{pair(source, order)}", "O"


def action_place_key(shop: str, action: str) -> Key:
    """Whose an action is, by its id ``<source>:<event>``."""
    return f"{shop_partition(shop)}#E#{escaped(action)}", "E"


def identity_key(shop: str, kind: str, digest: str) -> Key:
    """Who an e-mail, a phone or a foreign id belongs to, by keyed hash."""
    return f"{shop_partition(shop)}#U#{pair(kind, digest)}", "U"


def code_key(shop: str, code: str) -> Key:
    """Which redemption a code belongs to."""
    return f"{shop_partition(shop)}#X#{escaped(code)}", "X"


def referral_key(shop: str, code: str) -> Key:
    """An advocate's code."""
    return f"{shop_partition(shop)}#RF#{escaped(code)}", "RF"


def referral_friend_key(shop: str, code: str, friend: str) -> Key:
    """A friend who came by an advocate's code."""
    return f"{shop_partition(shop)}#RF#{escaped(code)}", FRIEND_PREFIX + escaped(friend)


def stock_key(shop: str, stock: str, shard: int) -> Key:
    """One shard of a stock, a budget or a board score."""
    return f"{shop_partition(shop)}#B#{escaped(stock)}", padded(shard, SHARD_MAX)


def cause_partition(shop: str, cause: str) -> str:
    """The counter of a cause, and what was passed on to it."""
    return f"{shop_partition(shop)}#G#{escaped(cause)}"


def settlement_key(shop: str, cause: str, settlement: str) -> Key:
    """One time that the shop passed something on."""
    return cause_partition(shop, cause), SETTLEMENT_PREFIX + escaped(settlement)
