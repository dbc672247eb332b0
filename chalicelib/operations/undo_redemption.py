"""Undo a redemption whose code nobody used, while its window is open."""

import msgspec

from chalicelib.domain.budgets import Budgets
from chalicelib.domain.causes import Unsettled
from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Counters
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Redemption
from chalicelib.domain.redeeming import RedeemLoad
from chalicelib.domain.redemption_ends import decide_undo
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import (
    booked_to,
    document_keys,
    followed,
    ids_of,
    member_state_keys,
)
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import account_key, counters_key, document_key, shop_key
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.stock import unsettled_keys, unsettled_of
from chalicelib.storage.table import Table


class LoadedUndo(msgspec.Struct, frozen=True):
    """A redemption and its member."""

    shop: Shop
    redemption: Redemption
    account: Account
    counters: Counters
    program: CompiledProgram
    holder: str = ""  # whose books they are, if the member was merged
    unsettled: Unsettled = {}  # of the cause that a donation went to
    budgets: Budgets = Budgets()  # of the shop, that it has a turn of


def undo_redemption(
    table: Table, shop: str, owner: tuple[str, str], now: Instant
) -> Recorded[LoadedUndo] | Refusal:
    """Give the points back; ``owner`` is (member id, redemption id). Undone twice is undone once.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member, redemption = owner

    def decide(loaded: LoadedUndo) -> Outcome:
        context = RedeemLoad(
            shop,
            member,
            loaded.account,
            loaded.redemption,
            loaded.program,
            unsettled=loaded.unsettled,
            budgets=loaded.budgets,
        )
        outcome = decide_undo(loaded.redemption, loaded.account, loaded.counters, context, now)
        return booked_to(outcome, member, loaded.holder)

    work: Work[LoadedUndo] = Work(
        document=document_key(shop, member, "redemption", redemption),
        load=lambda _: load_redemption(table, shop, (member, redemption), now),
        decide=decide,
    )
    return decide_and_commit(table, work)


def find_redemption(table: Table, shop: str, member: str, redemption: str) -> Redemption | None:
    """The redemption as it stands, or None."""
    key, account = document_key(shop, member, "redemption", redemption), account_key(shop, member)
    items = table.load([key, account])
    holder = followed(table, shop, member, items)
    return _redemption(table, shop, (holder, member, redemption), items)


def _redemption(
    table: Table, shop: str, named: tuple[str, str, str], items: dict[Key, Item]
) -> Redemption | None:
    """The redemption under the id that the caller named, else under any other of the member's."""
    holder, member, redemption = named
    key = document_key(shop, member, "redemption", redemption)
    account = account_of(items.get(account_key(shop, holder)))
    others = document_keys(shop, {*ids_of(holder, account)} - {member}, "redemption", redemption)
    if key in items or not others:
        return document_of(items.get(key), Redemption)
    found = table.load(others)
    return next((document_of(item, Redemption) for item in found.values()), None)


def load_redemption(
    table: Table, shop: str, owner: tuple[str, str], now: Instant
) -> LoadedUndo | Refusal:
    """What the end of a redemption by hand depends on; ``owner`` is (member id, redemption id)."""
    member, redemption = owner
    document = document_key(shop, member, "redemption", redemption)
    account, counters = account_key(shop, member), counters_key(shop, member)
    items = table.load([shop_key(shop), document, account, counters])
    if shop_key(shop) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    holder = followed(table, shop, member, items)
    account, counters, _ = member_state_keys(shop, holder)
    known = _redemption(table, shop, (holder, member, redemption), items)
    held = account_of(items.get(account))
    if known is None or held is None:
        return Refusal(RefusalCode.REDEMPTION_UNKNOWN, "there is no such redemption")
    here = shop_from_item(items[shop_key(shop)])
    causes = (known.cause,) if known.cause else ()
    items |= table.load(unsettled_keys(shop, causes)) if causes else {}
    program = program_of(table, shop, known.program_version)
    program = with_rules_of_now(table, here, program, now)
    return LoadedUndo(
        here,
        known,
        held,
        counters_of(items.get(counters)),
        program,
        holder,
        unsettled_of(shop, causes, items),
        load_budgets(table, shop, dict.fromkeys(known.budgets, 0)),
    )
