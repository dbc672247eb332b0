"""Reports of campaigns, and how far the walk that counts them has come in a shop.

The walk is a chain of revisions of one item, so two processes never count one member twice: who
loses the write stops. A report is overwritten whole when a walk ends.
"""

from typing import Final

import msgspec

from chalicelib.domain.campaign_report import ArmCount
from chalicelib.domain.instants import Instant
from chalicelib.storage.items import Absent, Anything, Item, Key, Put, RevisionIs
from chalicelib.storage.key_names import listed_key, shop_partition
from chalicelib.storage.table import Start, Table

_WALK: Final = "*"  # no campaign's id

Arms = dict[str, ArmCount]
"""By arm: in, holdout."""


class CampaignWalk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A walk over a shop's members: what it has counted before ``start``."""

    began_at: Instant = 0
    start: tuple[str, ...] = ()  # a ``Start`` in the list of members; (): at the beginning
    counts: dict[str, Arms] = {}  # by campaign
    is_done: bool = True
    revision: int = 0

    @property
    def place(self) -> Start | None:
        """Where the list of members is gone on with."""
        return (self.start[0], self.start[1], self.start[2]) if self.start else None


class CampaignReport(msgspec.Struct, frozen=True):
    """What was counted of one campaign by the last whole walk."""

    campaign: str
    as_of: Instant
    arms: Arms


def load_walk(table: Table, shop: str) -> CampaignWalk:
    """The walk that is under way, or was the last."""
    key = _key(shop, _WALK)
    item = table.load([key]).get(key)
    return msgspec.json.decode(_body(item), type=CampaignWalk) if item else CampaignWalk()


def walk_put(shop: str, before: CampaignWalk, after: CampaignWalk) -> Put:
    """The write of ``after``, if nobody went on since ``before``."""
    made = msgspec.structs.replace(after, revision=before.revision + 1)
    condition = RevisionIs(before.revision) if before.revision else Absent()
    return Put(_item(_key(shop, _WALK), made, made.revision), condition)


def report_put(shop: str, report: CampaignReport) -> Put:
    """The write of a report; the next one overwrites it."""
    return Put(_item(_key(shop, report.campaign), report, 1), Anything())


def find_campaign_report(table: Table, shop: str, campaign: str) -> CampaignReport | None:
    """What was counted last; None before the first walk."""
    key = _key(shop, campaign)
    item = table.load([key]).get(key)
    return msgspec.json.decode(_body(item), type=CampaignReport) if item else None


def _key(shop: str, row: str) -> Key:
    return listed_key(f"{shop_partition(shop)}#CAMPAIGNS", row)


def _item(key: Key, value: CampaignWalk | CampaignReport, revision: int) -> Item:
    return {"PK": key[0], "SK": key[1], "r": revision, "b": msgspec.json.encode(value)}


def _body(item: Item) -> bytes:
    body = item["b"]
    return body if isinstance(body, bytes) else b"{}"
