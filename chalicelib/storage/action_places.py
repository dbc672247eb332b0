"""Whose an action is: a small item by the action's own id, so that it can be revoked by that alone.

It also makes the id one of the whole shop's: no two customers can have an action of one id.
"""

from chalicelib.domain.actions import ActionPlace
from chalicelib.storage.items import Absent, Item, Put, RevisionIs
from chalicelib.storage.key_names import action_place_key


def place_put(shop: str, place: ActionPlace) -> Put:
    """The write of a place; ``place.revision`` is the one it will have."""
    partition, sort = action_place_key(shop, place.id)
    item: Item = {"PK": partition, "SK": sort, "r": place.revision, "m": place.member}
    if place.revoked_at is not None:
        item["x"] = place.revoked_at
    before = place.revision - 1
    return Put(item, RevisionIs(before) if before else Absent())


def place_of(item: Item | None, action: str) -> ActionPlace | None:
    """The place of an action as it is stored."""
    if item is None:
        return None
    revoked, revision = item.get("x"), item.get("r")
    return ActionPlace(
        action,
        str(item.get("m", "")),
        revoked if isinstance(revoked, int) else None,
        revision if isinstance(revision, int) else 1,
    )
