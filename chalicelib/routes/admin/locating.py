"""Whether what an admin path names is there: asked only when the content is refused.

A 404 goes before a 422 (docs/api.md), and a good request must not pay for that look; the view
finds the same itself. See ``Contract.locate``.
"""

from collections.abc import Mapping

from chalicelib.domain.outcome import Refusal
from chalicelib.operations.find_member import find_member, find_pool
from chalicelib.routes.contract import Call, NoBody


def member_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a shop, or a member, that does not exist."""
    found = find_member(call.table, path["shop"], path["member"])
    return found if isinstance(found, Refusal) else None


def pool_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a shop, a pool, or a member beside it, that does not exist."""
    found = find_pool(call.table, path["shop"], path["pool"])
    if isinstance(found, Refusal):
        return found
    return member_missing(call, path) if "member" in path else None
