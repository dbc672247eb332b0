"""A replay of a draft: what it is about, the stage it is in, and its report. One item a draft.

Everything that a process needs to go on is in the item: the draft's own words (the draft may
change meanwhile) and where the list of members is cut. The work is in the segments
(``replay_segments``); when all of them are done with a stage, the next one is written over the
state that they belonged to, so it begins once. While it is under way a replay stands in an index
for the job that goes on with it; it disappears by itself.
"""

from typing import Literal

import msgspec

from chalicelib.domain.instants import SECOND_MS, Instant
from chalicelib.domain.limits import (
    REPLAY_KEPT_MS,
    REPLAY_SEGMENT_MEMBERS,
    REPLAY_SEGMENT_POOLS,
)
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.pausing import Pauses
from chalicelib.domain.replay.cutting import Cut, Stretch, stretches
from chalicelib.domain.replay.habits import Habit
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.sharing import Round
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.index_names import REPLAYS_PARTITION, replay_row
from chalicelib.storage.items import TTL, Absent, Item, Put, RevisionIs, key_of
from chalicelib.storage.key_names import parts_of, replay_key
from chalicelib.storage.table import Query, Table


class Replay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One replay, from its start to its report."""

    id: str
    shop: str
    draft_hash: str
    draft: bytes  # the document, as it was saved
    live_version: int  # what it is held against
    started_by: str
    started_at: Instant
    months: Months
    phase: Literal["learning", "walking", "finished"] = "learning"
    list_cut: Cut = Cut(REPLAY_SEGMENT_MEMBERS)  # of members
    pools_cut: Cut = Cut(REPLAY_SEGMENT_POOLS)
    members: int = 0  # walked, when it was finished
    orders: int = 0
    habit: Habit = Habit()  # of everybody without a share of their own
    turn: Round = Round()  # of the walk, where the shop shares budgets
    pauses: Pauses = ()  # of the shop, when it began
    report: Report | None = None
    finished_at: Instant = 0
    revision: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether it is known which segments there are."""
        return self.list_cut.whole and self.pools_cut.whole

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What each segment is of."""
        return stretches(self.list_cut, self.pools_cut)

    @property
    def stage(self) -> int:
        """The stage that segments are in: 0 while it learns, then the round of walks."""
        return 0 if self.phase == "learning" else self.turn.number


def find_replay(table: Table, shop: str, draft_hash: str) -> Replay | None:
    """The newest replay of the draft of that hash."""
    key = replay_key(shop, draft_hash)
    return replay_of(table.load([key]).get(key))


def replay_of(item: Item | None) -> Replay | None:
    """The replay of an item that was loaded under ``replay_key``."""
    if item is None:
        return None
    body = item["b"]
    if not isinstance(body, bytes):
        raise InvariantBroken("a stored replay has a body")
    return msgspec.msgpack.decode(unpack(body), type=Replay)


def replay_put(before: Replay | None, after: Replay) -> Put:
    """The write of ``after``, if the replay is still ``before``; its revision is set here."""
    revision = before.revision + 1 if before else 1
    stored = msgspec.structs.replace(after, revision=revision)
    partition, sort = replay_key(after.shop, after.draft_hash)
    ends_at = after.started_at + REPLAY_KEPT_MS
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": revision,
        "b": pack(msgspec.msgpack.encode(stored)),
        TTL: ends_at // SECOND_MS,
    }
    is_under_way = after.phase != "finished"
    item |= replay_row(after.shop, after.started_at) if is_under_way else {}
    return Put(item, RevisionIs(before.revision) if before else Absent())


def replays_under_way(table: Table) -> tuple[tuple[str, str], ...]:
    """(shop, hash of the draft) of replays that are not done, oldest first; one page of them."""
    page = table.query(Query(REPLAYS_PARTITION, index="GSI1"))
    return tuple((parts_of(pk)[1], parts_of(sk)[0]) for pk, sk in map(key_of, page.items))
