"""Read the members that a decision about an order is about, under whatever ids they go.

::

    the id that the shop told ── account ──► merged into another? ── that account, once
                                             merged ids (aliases) ── their once-markers, too
    the e-mail of a guest     ── identity ─► the member whose verified e-mail it is

For a member who was never merged none of this costs a read more.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.order_decision import LoadedMember
from chalicelib.operations.following import followed
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    MARKER_PREFIX,
    account_key,
    counters_key,
    marker_key,
    member_partition,
)
from chalicelib.storage.markers import MARKER_DOCUMENT
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.table import Table

Items = dict[Key, Item]


class Told(msgspec.Struct, frozen=True):
    """What an event tells of a member: facts, who they are for a new account, e-mail hash."""

    facts: MemberFacts
    profile: Profile | None = None
    contact: str = ""


def member_keys(shop: str, member: str, rules: Iterable[str]) -> list[Key]:
    """Everything that a decision about a member's order reads of them."""
    markers = marker_keys(shop, {member}, rules)
    return [account_key(shop, member), counters_key(shop, member), *markers]


def marker_keys(shop: str, members: Iterable[str], rules: Iterable[str]) -> list[Key]:
    """The once-markers of ``rules`` under each of ``members``."""
    return [
        marker_key(shop, member, rule, "member")
        for member in sorted(members)
        for rule in sorted(rules)
    ]


def follow_people(
    table: Table, shop: str, named: Iterable[str], known: tuple[frozenset[str], Items]
) -> dict[str, str]:
    """Who each of ``named`` is since merges, by the id that was told; "" stays "".

    ``known`` is (the once-rules that matter, the items), and gets what else is read.
    """
    rules, items = known
    people = {"": ""}
    for name in (name for name in named if name):
        holder = followed(table, shop, name, items)
        account = account_of(items.get(account_key(shop, holder)))
        aliases = account.aliases if account else ()
        missing = marker_keys(shop, {holder} - {name}, rules) + marker_keys(shop, aliases, rules)
        items.update(table.load(missing) if missing else {})
        people[name] = holder
    return people


def loaded_member(shop: str, member: str, items: Mapping[Key, Item], told: Told) -> LoadedMember:
    """``member`` as read, with the once-markers that stand under any of their ids."""
    account = account_of(items.get(account_key(shop, member)))
    taken: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    for name in (*(account.aliases if account else ()), member):  # their own id wins
        for rule, document in _markers_of(shop, name, items).items():
            taken[rule] = document
            places[rule, document] = name
    return LoadedMember(
        member,
        account,
        counters_of(items.get(counters_key(shop, member))),
        told.facts,
        told.profile,
        told.contact,
        taken,
        places,
    )


def _markers_of(shop: str, member: str, items: Mapping[Key, Item]) -> dict[str, str]:
    partition = member_partition(shop, member)
    return {
        sort.removeprefix(MARKER_PREFIX).removesuffix(":member"): str(item[MARKER_DOCUMENT])
        for (owner, sort), item in items.items()
        if owner == partition and sort.startswith(MARKER_PREFIX)
    }
