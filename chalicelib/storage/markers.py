"""Once-markers: a rule that pays once, and the document that won it."""

from typing import Final

from chalicelib.domain.decision import Marker
from chalicelib.storage.items import Absent, Put
from chalicelib.storage.key_names import MARKER_PREFIX, marker_key, member_partition
from chalicelib.storage.table import Query, Start, Table

MARKER_DOCUMENT: Final = "d"


def marker_put(shop: str, member: str, marker: Marker) -> Put:
    """The write of a marker that must not exist yet."""
    partition, sort = marker_key(shop, member, marker.rule_id, marker.subject)
    return Put({"PK": partition, "SK": sort, MARKER_DOCUMENT: marker.document}, Absent())


def markers_of(table: Table, shop: str, member: str) -> dict[str, str]:
    """The documents that won each once-marker of one id, by sort key."""
    found: dict[str, str] = {}
    start: Start | None = None
    while True:
        partition = member_partition(shop, member)
        page = table.query(Query(partition, MARKER_PREFIX, start=start, consistent=True))
        found |= {str(item["SK"]): str(item[MARKER_DOCUMENT]) for item in page.items}
        start = page.next_start
        if start is None:
            return found
