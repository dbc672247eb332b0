"""Merge two members who are one person, then count what both had once.

::

    1  commit    merge_out, merge_in, tombstone, aliases           all or nothing
    2  settle    orders of the gone one whose once-rule the kept one has, too: recorded again,
                 which takes back what came second                 one commit each
    3  tidy      the gone one's profile and contact row

2 and 3 are functions of what is stored: asking again does what a crash left undone.
"""

import msgspec

from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import JOINING_ID
from chalicelib.domain.member import Account, Profile
from chalicelib.domain.member_records import Merge
from chalicelib.domain.merging import MergeLoad, Merging, decide_merge
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Joining
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import followed, member_state_keys
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_order import record_order
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Anything, Delete, Item, Key, Write, key_of
from chalicelib.storage.key_names import (
    MARKER_PREFIX,
    account_key,
    document_key,
    member_partition,
    order_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.markers import MARKER_DOCUMENT
from chalicelib.storage.members import account_of, contact_item, counters_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import Query, Start, Table


class MergeCommand(msgspec.Struct, frozen=True):
    """Which member goes into which; ``profile`` is for a kept one who has no account yet."""

    shop: str
    gone: str
    kept: str
    actor: str
    now: Instant
    wall_now: Instant
    profile: Profile | None = None


class LoadedMerge(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    merge: MergeLoad


def merge_members(table: Table, command: MergeCommand) -> Recorded[LoadedMerge] | Refusal:
    """Move everything of one member to the other, once. The document is a ``Merge``.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    asked = Merge(command.gone, command.kept, {}, command.actor, command.now)
    work: Work[LoadedMerge] = Work(
        document=document_key(command.shop, command.kept, "merge", command.gone),
        load=lambda _: _load(table, command),
        decide=lambda loaded: decide_merge(asked, loaded.merge, command.now),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        _settle_once(table, command)
        _tidy(table, command, result.loaded.shop)
    return result


def _load(table: Table, command: MergeCommand) -> LoadedMerge | Refusal:
    shop_id = command.shop
    document = document_key(shop_id, command.kept, "merge", command.gone)
    keys = [key for member in _both(command) for key in member_state_keys(shop_id, member)]
    joinings = [document_key(shop_id, member, "joining", JOINING_ID) for member in _both(command)]
    items = table.load([shop_key(shop_id), document, *keys, *joinings])
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{shop_id}'")
    shop = shop_from_item(items[shop_key(shop_id)])
    kept, gone = (followed(table, shop_id, member, items) for member in _both(command))
    version = shop.program_version
    joining = document_of(items.get(joinings[1]), Joining)
    account = account_of(items.get(account_key(shop_id, gone)))
    load = MergeLoad(
        shop=shop_id,
        kept=_side(shop_id, kept, items, command.profile),
        gone=_side(shop_id, gone, items, None),
        program=program_of(table, shop_id, version) if version else None,
        document=document_of(items.get(document), Merge),
        followers=_followers(table, shop_id, account.aliases if account else ()),
        joined_by=program_of(table, shop_id, joining.program_version) if joining else None,
    )
    return LoadedMerge(shop, load)


def _both(command: MergeCommand) -> tuple[str, str]:
    return command.kept, command.gone


def _side(shop: str, member: str, items: dict[Key, Item], profile: Profile | None) -> Merging:
    account, counters, _ = member_state_keys(shop, member)
    joining = document_key(shop, member, "joining", JOINING_ID)
    return Merging(
        member,
        account_of(items.get(account)),
        counters_of(items.get(counters)),
        document_of(items.get(joining), Joining),
        profile,
    )


def _followers(table: Table, shop: str, aliases: tuple[str, ...]) -> dict[str, Account]:
    items = table.load([account_key(shop, alias) for alias in aliases]) if aliases else {}
    found = {alias: account_of(items.get(account_key(shop, alias))) for alias in aliases}
    return {alias: account for alias, account in found.items() if account is not None}


def _settle_once(table: Table, command: MergeCommand) -> None:
    """Record again each order of the gone member that won a once-rule the kept one has, too."""
    mine = _markers(table, command.shop, command.kept)
    theirs = _markers(table, command.shop, command.gone)
    losing = {name for rule, name in theirs.items() if mine.get(rule, name) != name}
    for name in sorted(losing):
        _, source, order_id = name.split(":", 2)
        key = order_key(command.shop, source, order_id)
        document = document_of(table.load([key]).get(key), OrderDocument)
        if document is None or document.state is None:
            continue
        event = OrderUpserted("merge", document.state.version, source, document.state)
        record_order(table, OrderCommand(command.shop, event, command.now, command.wall_now))


def _markers(table: Table, shop: str, member: str) -> dict[str, str]:
    """Documents by once-marker of one id; those of orders alone."""
    found: dict[str, str] = {}
    start: Start | None = None
    while True:
        query = Query(member_partition(shop, member), MARKER_PREFIX, start=start, consistent=True)
        page = table.query(query)
        for item in page.items:
            name = str(item[MARKER_DOCUMENT])
            if name.startswith("order:"):
                found[str(item["SK"])] = name
        start = page.next_start
        if start is None:
            return found


def _tidy(table: Table, command: MergeCommand, shop: Shop) -> None:
    """The gone member is listed no more; what was known of them is the kept one's to tell."""
    key = profile_key(command.shop, command.gone)
    item = table.load([key]).get(key)
    person = profile_of(item)
    if item is None or person is None:
        return
    writes: list[Write] = [Delete(key, Anything())]
    if person.email:
        contact = email_hash(shop_secret(shop), person.email)
        row = contact_item(command.shop, contact, command.gone)
        writes.append(Delete(key_of(row), Anything()))
    record_writes(table, writes)
