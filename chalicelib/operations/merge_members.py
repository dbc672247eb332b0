"""Merge two members who are one person, then claim what still waited for the one that is gone.

::

    1  commit    merge_out, merge_in, tombstone, aliases; what both had once,
                 by joining, orders or actions, goes back          all or nothing
    2  claim     orders of the gone one that moved nothing yet     one commit each
       settle    referrals by which somebody brought themselves    one commit each
    3  tidy      the gone one's profile and contact row

2 and 3 are functions of what is stored: asking again does what a crash left undone, and so does
the sweep, which looks at the kept account a minute later, when the index has caught up.
"""

from contextlib import suppress

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import JOINING_ID
from chalicelib.domain.member import Profile
from chalicelib.domain.member_records import Merge
from chalicelib.domain.merging import decide_merge
from chalicelib.domain.merging_once import MergeLoad, Merging, WonTwice
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Joining
from chalicelib.operations.claim_guest_orders import Claim, claim_guest_orders
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import (
    accounts_of,
    document_keys,
    followed,
    ids_of,
    member_state_keys,
)
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.order_members import load_unsettled, with_honours
from chalicelib.operations.record_order import record_order
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.waiting_orders import told_again, waiting_orders
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.items import Anything, Delete, Exists, Item, Key, Write, key_of
from chalicelib.storage.key_names import (
    MARKER_PREFIX,
    account_key,
    document_key,
    order_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.markers import markers_of
from chalicelib.storage.members import (
    account_of,
    contact_item,
    counters_of,
    inbox_key,
    inbox_of,
    profile_of,
)
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.stock import budget_keys, budgets_of
from chalicelib.storage.table import ConditionFailed, Table


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
    work: Work[LoadedMerge] = Work(
        document=document_key(command.shop, command.kept, "merge", command.gone),
        load=lambda _: _load(table, command),
        decide=lambda loaded: decide_merge(_asked(command, loaded), loaded.merge, command.now),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded) and isinstance(result.document, Merge):
        kept = result.loaded.merge.kept.account
        names = kept.aliases if result.replayed and kept else (result.document.id,)
        for name in names:  # asked again under an old id, any of them may be what a crash left
            finish_merge(table, result.loaded.shop, name, (command.now, command.wall_now))
    return result


def _asked(command: MergeCommand, loaded: LoadedMerge) -> Merge:
    """What is asked of the members that the two ids lead to by now."""
    gone, kept = loaded.merge.gone.member, loaded.merge.kept.member
    return Merge(gone, kept, {}, command.actor, command.now)


def finish_merge(table: Table, shop: Shop, gone: str, times: tuple[Instant, Instant]) -> None:
    """Claim what waits under the id of a merged member, then tidy; ``times`` as for events.

    Raises:
        Busy, StorageUnavailable: the rest is left to the next time.
    """
    key = profile_key(shop.shop_id, gone)
    item = table.load([key]).get(key)
    person = profile_of(item)
    for document in waiting_orders(table, customer_orders_partition(shop.shop_id, gone)):
        event = told_again(document, "merge", _customer(person))
        record_order(table, OrderCommand(shop.shop_id, event, *times))
    from chalicelib.operations.keep_promises import keep_promises  # noqa: PLC0415 - rare

    account = keep_promises(table, shop, gone, times[0])
    if account is not None and account.referred:
        from chalicelib.operations.settle_referral import (  # noqa: PLC0415 - few are referred
            settle_merged,
        )

        settle_merged(table, shop.shop_id, account.referred, times[0])
    if item is None or person is None:
        return
    claim_guest_orders(table, Claim(shop, person, *times, record_order))
    _tidy(table, shop, gone, person)


def _load(table: Table, command: MergeCommand) -> LoadedMerge | Refusal:
    shop_id = command.shop
    document = document_key(shop_id, command.kept, "merge", command.gone)
    keys = [key for member in _both(command) for key in member_state_keys(shop_id, member)]
    items = table.load([shop_key(shop_id), document, *keys])
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{shop_id}'")
    shop = shop_from_item(items[shop_key(shop_id)])
    kept, gone = (followed(table, shop_id, member, items) for member in _both(command))
    account = account_of(items.get(account_key(shop_id, gone)))
    if account is not None and kept in account.aliases:
        return _load(table, command)  # a merge the other way came between the reads of the two
    known = document_of(items.get(document), Merge)
    if kept == gone:
        known = known or _done(table, command, ids_of(kept, account))
    load = MergeLoad(
        shop=shop_id,
        kept=_side(table, shop_id, kept, items),
        gone=_side(table, shop_id, gone, items),
        program=_live(table, shop, command.now),
        profile=command.profile,
        document=known,
        followers=accounts_of(table, shop_id, account.aliases if account else ()),
        pools=accounts_of(table, shop_id, account.pools.values() if account else ()),
    )
    return LoadedMerge(shop, load if known else _with_given(table, shop, load, command.now))


def _live(table: Table, shop: Shop, now: Instant) -> CompiledProgram | None:
    version = shop.live_version(now)
    return program_of(table, shop.shop_id, version) if version else None


def _done(table: Table, command: MergeCommand, names: tuple[str, ...]) -> Merge | None:
    """The merge by which the gone id became who both are, whoever asked for it."""
    if command.gone == names[0]:
        return None
    found = table.load(document_keys(command.shop, names, "merge", command.gone))
    return next((document_of(item, Merge) for item in found.values()), None)


def _with_given(table: Table, shop: Shop, load: MergeLoad, now: Instant) -> MergeLoad:
    """The load with what the gone one had once: read after the accounts, see ``_won_twice``."""
    if load.program is None or load.kept.member == load.gone.member:
        return load
    versions = {each.program_version for each in load.gone.joinings}
    twice = _won_twice(table, shop, load, now)
    load = with_honours(table, load)
    progress = (each for side in (load.kept, load.gone) for each in side.honours.progress.values())
    giving = (*load.gone.joinings, *(won.document for won in twice), *progress)
    spending = (*load.gone.joinings, *(won.document for won in twice))
    spent = {name: 0 for each in spending for name in each.budgets}
    items = table.load(budget_keys(shop.shop_id, spent)) if spent else {}
    return msgspec.structs.replace(
        load,
        joined_by={version: program_of(table, shop.shop_id, version) for version in versions},
        twice=twice,
        unsettled=load_unsettled(table, shop.shop_id, giving),
        budgets=budgets_of(shop.shop_id, spent, items),
    )


def _both(command: MergeCommand) -> tuple[str, str]:
    return command.kept, command.gone


def _side(table: Table, shop: str, member: str, items: dict[Key, Item]) -> Merging:
    account, counters, _ = member_state_keys(shop, member)
    held = account_of(items.get(account))
    keys = document_keys(shop, ids_of(member, held), "joining", JOINING_ID)
    told = inbox_key(shop, member)
    found = table.load([told, *keys]) if held else {}
    inbox = inbox_of(found.get(told))
    documents = (document_of(found.get(key), Joining) for key in keys)
    joinings = tuple(each for each in documents if each)
    return Merging(member, held, counters_of(items.get(counters)), joinings, inbox=inbox)


def _won_twice(table: Table, shop: Shop, load: MergeLoad, now: Instant) -> tuple[WonTwice, ...]:
    """What the gone one won by a once-rule that the kept one has won by another document.

    Read after the accounts: who wins one meanwhile writes an account, and then nothing commits.
    """
    mine = {sort: name for sort, (name, _) in _markers(table, shop, load.kept).items()}
    losing: dict[str, list[tuple[str, str]]] = {}
    for sort, (name, place) in _markers(table, shop, load.gone).items():
        if mine.get(sort, name) != name and name.startswith(("order:", "action:")):
            losing.setdefault(name, []).append((sort, place))
    ids = ids_of(load.gone.member, load.gone.account)
    keys = {name: _keys_of(shop.shop_id, name, ids) for name in losing}
    found = table.load([key for each in keys.values() for key in each]) if losing else {}
    return tuple(
        _won(table, shop, document, {_rule(sort): (mine[sort], place) for sort, place in lost}, now)
        for name, lost in sorted(losing.items())
        if (document := _document(name, [found.get(key) for key in keys[name]])) and document.terms
    )


def _keys_of(shop: str, name: str, names: tuple[str, ...]) -> list[Key]:
    """Where a document is that a marker names: an order has one place, an action one of an id's."""
    kind, _, rest = name.partition(":")
    if kind == "action":
        return document_keys(shop, names, "action", rest)
    source, _, order_id = rest.partition(":")
    return [order_key(shop, source, order_id)]


def _document(name: str, items: list[Item | None]) -> OrderDocument | Action | None:
    item = next((each for each in items if each is not None), None)
    is_action = name.startswith("action:")
    return document_of(item, Action) if is_action else document_of(item, OrderDocument)


def _won(
    table: Table,
    shop: Shop,
    document: OrderDocument | Action,
    lost: dict[str, tuple[str, str]],
    now: Instant,
) -> WonTwice:
    version = document.terms.program_version if document.terms else shop.live_version(now)
    program = with_rules_of_now(table, shop, program_of(table, shop.shop_id, version), now)
    winners = {rule: winner for rule, (winner, _) in lost.items()}
    return WonTwice(document, program, winners, {rule: place for rule, (_, place) in lost.items()})


def _rule(sort: str) -> str:
    return sort.removeprefix(MARKER_PREFIX).partition(":")[0]


def _markers(table: Table, shop: Shop, side: Merging) -> dict[str, tuple[str, str]]:
    """(document, under which id) by once-marker of a member, whose own id wins."""
    found: dict[str, tuple[str, str]] = {}
    for member in reversed(ids_of(side.member, side.account)):
        won = markers_of(table, shop.shop_id, member)
        found |= {sort: (name, member) for sort, name in won.items()}
    return found


def _customer(person: Profile | None) -> Customer | None:
    """Who bought, as far as it is still known: facts that rules may ask for."""
    if person is None:
        return None
    return Customer(
        id=person.external_id, country=person.country, locale=person.locale, tags=person.tags
    )


def _tidy(table: Table, shop: Shop, gone: str, person: Profile) -> None:
    """The gone member is listed no more; what was known of them is the kept one's to tell."""
    writes: list[Write] = [Delete(profile_key(shop.shop_id, gone), Exists())]
    if person.email:
        contact = email_hash(shop_secret(shop), person.email)
        row = contact_item(shop.shop_id, contact, gone)
        writes.append(Delete(key_of(row), Anything()))
    with suppress(ConditionFailed):  # somebody else has tidied
        record_writes(table, writes)
