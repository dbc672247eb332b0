"""The partitions and sort keys of the indexes; ``key_names`` for the table itself.

::

    GSI1 (keys only)   SHOPS                         <shop>                all shops
                       REPLAYS                       <started>#<shop>      replays under way
                       S#<shop>#DUE                  <due>#<member>        accounts with a date
                       S#<shop>#MEMBERS              <joined>#<member>     profiles, for lists
                       S#<shop>#POOLS                <made>#<pool>         household pools
                       S#<shop>#BOARD#<challenge>    <rest>#<time>#<member> scores, best first
                       S#<shop>#ORDERED              <matures>#<referral>  referrals that mature
                       S#<shop>#FLAGGED              <ordered>#<referral>  referrals to be reviewed
                       S#<shop>#GUEST#<hash>         <time>#<order>        waiting guest orders
                       S#<shop>#RIPE                 <from>#<order>        orders that ripen
                       S#<shop>#CUSTOMER#<key>       <time>#<order>        orders without entries
    GSI2 (numbers)     S#<shop>#H#<hour>#<shard>     <time>#<member>#<seq> the shop-wide journal
                       S#<shop>#B#<hash>            <member>              profiles by birthday

An item is in an index while it carries both attributes; leave them out to take it out. Each
function answers the attributes, to be merged into the item, or the partition to be queried.
"""

import zlib
from typing import Final, TypeAlias

from chalicelib.domain.instants import HOUR_MS, Instant
from chalicelib.domain.outcome import ensure
from chalicelib.storage.items import Item, Value
from chalicelib.storage.key_names import (
    SEQ_MAX,
    SHARD_MAX,
    escaped,
    padded,
    shop_partition,
    time_text,
)

HOUR_MAX: Final = 10**8 - 1
SCORE_MAX: Final = 10**18 - 1

_SILENT: Final = "#-"
"""The end of a sort key; no name has the sign."""

IndexRow: TypeAlias = dict[str, Value]
"""The two attributes that put an item into an index."""


SHOPS_PARTITION: Final = "SHOPS"
"""Every shop of the table."""


def shop_row(shop: str) -> IndexRow:
    """Put a shop into the list of all."""
    return {"GSI1PK": SHOPS_PARTITION, "GSI1SK": escaped(shop)}


REPLAYS_PARTITION: Final = "REPLAYS"
"""Every replay of the table that is under way, oldest first."""


def replay_row(shop: str, started_at: Instant) -> IndexRow:
    """Put a replay among those that a job goes on with."""
    return _first(REPLAYS_PARTITION, started_at, shop)


def due_at_of(item: Item) -> Instant:
    """The bound by which an account stands among what is due."""
    return int(str(item["GSI1SK"]).partition("#")[0])


def due_partition(shop: str) -> str:
    """Accounts with something due, soonest first."""
    return f"{shop_partition(shop)}#DUE"


def due_row(shop: str, due_at: Instant, member: str) -> IndexRow:
    """Put an account among what is due; ``due_at`` is a lower bound."""
    return _first(due_partition(shop), due_at, member)


def members_partition(shop: str) -> str:
    """The members of a shop in order of joining."""
    return f"{shop_partition(shop)}#MEMBERS"


def member_row(shop: str, joined_at: Instant, member: str) -> IndexRow:
    """Put a profile into the list of members."""
    return _first(members_partition(shop), joined_at, member)


def open_redemptions_partition(shop: str) -> str:
    """Rewards that staff have to hand over, oldest first."""
    return f"{shop_partition(shop)}#OPEN"


def open_redemption_row(shop: str, at: Instant, name: str) -> IndexRow:
    """Put a redemption among those that wait for staff; ``name`` is unique in the shop."""
    return _first(open_redemptions_partition(shop), at, name)


def pools_partition(shop: str) -> str:
    """The household pools of a shop in the order in which they were made."""
    return f"{shop_partition(shop)}#POOLS"


def pool_row(shop: str, made_at: Instant, pool: str) -> IndexRow:
    """Put a pool into the list of pools."""
    return _first(pools_partition(shop), made_at, pool)


def board_partition(shop: str, challenge: str) -> str:
    """Progress in a challenge with a board, the highest score first."""
    return f"{shop_partition(shop)}#BOARD#{escaped(challenge)}"


def board_row(shop: str, challenge: str, scored: tuple[int, Instant], member: str) -> IndexRow:
    """Put progress on the board; ``scored`` is (score, since when)."""
    score, at = scored
    rest = padded(SCORE_MAX - min(score, SCORE_MAX), SCORE_MAX)
    sort = f"{rest}#{time_text(at)}#{escaped(member)}"
    return {"GSI1PK": board_partition(shop, challenge), "GSI1SK": sort}


def ordered_referrals_partition(shop: str) -> str:
    """Referrals that qualify by time, soonest first."""
    return f"{shop_partition(shop)}#ORDERED"


def ordered_referral_row(shop: str, matures_at: Instant, name: str) -> IndexRow:
    """Put a referral among those that mature; ``name`` is unique in the shop."""
    return _first(ordered_referrals_partition(shop), matures_at, name)


def flagged_referrals_partition(shop: str) -> str:
    """Referrals that wait for staff, oldest first."""
    return f"{shop_partition(shop)}#FLAGGED"


def flagged_referral_row(shop: str, at: Instant, name: str) -> IndexRow:
    """Put a referral among those to be reviewed; ``name`` is unique in the shop."""
    return _first(flagged_referrals_partition(shop), at, name)


def guest_orders_partition(shop: str, digest: str) -> str:
    """Orders that wait for somebody to join under an e-mail's keyed hash."""
    return f"{shop_partition(shop)}#GUEST#{escaped(digest)}"


def guest_order_row(shop: str, digest: str, at: Instant, order: str) -> IndexRow:
    """Put an order among those that wait for a guest."""
    return _first(guest_orders_partition(shop, digest), at, order)


def customer_orders_partition(shop: str, customer: str) -> str:
    """Orders of a customer of which no entry stands in a journal."""
    return f"{shop_partition(shop)}#CUSTOMER#{escaped(customer)}"


def customer_order_row(shop: str, customer: str, at: Instant, order: str) -> IndexRow:
    """Put an order among those of its customer that moved nothing yet."""
    return _first(customer_orders_partition(shop, customer), at, order)


def silent_order_row(shop: str, customer: str, at: Instant, order: str) -> IndexRow:
    """Put an order there that counts, and gave nothing."""
    partition = customer_orders_partition(shop, customer)
    return {"GSI1PK": partition, "GSI1SK": f"{time_text(at)}#{escaped(order)}{_SILENT}"}


def is_silent_row(item: Item) -> bool:
    """Whether the order that the index shows counts already: it waits for nobody."""
    return str(item["GSI1SK"]).endswith(_SILENT)


def ripe_partition(shop: str) -> str:
    """Orders that a rule counts only from some time on, soonest first."""
    return f"{shop_partition(shop)}#RIPE"


def ripe_row(shop: str, at: Instant, order: str) -> IndexRow:
    """Put an order among those that earn more from ``at`` on."""
    return _first(ripe_partition(shop), at, order)


def journal_hour(at: Instant) -> int:
    """The hour of the shop-wide journal that an entry recorded at ``at`` belongs to."""
    return at // HOUR_MS


def journal_shard(member: str, shards: int) -> int:
    """The shard of a member's entries: by checksum, so the same for ever."""
    ensure(1 <= shards <= SHARD_MAX + 1, "a journal has 1 to 100 shards")
    return zlib.crc32(member.encode()) % shards


def journal_partition(shop: str, hour: int, shard: int) -> str:
    """One hour of one shard of the shop-wide journal."""
    return f"{shop_partition(shop)}#H#{padded(hour, HOUR_MAX)}#{padded(shard, SHARD_MAX)}"


def birthday_partition(shop: str, digest: str) -> str:
    """The profiles of who has a birthday whose keyed hash is ``digest``."""
    return f"{shop_partition(shop)}#B#{escaped(digest)}"


def birthday_row(shop: str, digest: str, member: str) -> IndexRow:
    """Put a profile among those of one birthday."""
    return {"GSI2PK": birthday_partition(shop, digest), "GSI2SK": escaped(member)}


def journal_row(partition: str, at: Instant, member: str, seq: int) -> IndexRow:
    """Put an entry into the shop-wide journal, in order of time."""
    sort = f"{time_text(at)}#{escaped(member)}#{padded(seq, SEQ_MAX)}"
    return {"GSI2PK": partition, "GSI2SK": sort}


def _first(partition: str, at: Instant, row: str) -> IndexRow:
    return {"GSI1PK": partition, "GSI1SK": f"{time_text(at)}#{escaped(row)}"}
