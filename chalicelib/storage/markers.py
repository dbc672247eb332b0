"""Once-markers: a rule that pays once, and the document that won it."""

from typing import Final

from chalicelib.domain.decision import Marker
from chalicelib.storage.items import Absent, Put
from chalicelib.storage.key_names import marker_key

MARKER_DOCUMENT: Final = "d"


def marker_put(shop: str, member: str, marker: Marker) -> Put:
    """The write of a marker that must not exist yet."""
    partition, sort = marker_key(shop, member, marker.rule_id, marker.subject)
    return Put({"PK": partition, "SK": sort, MARKER_DOCUMENT: marker.document}, Absent())
