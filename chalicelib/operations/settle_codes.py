"""Settle the codes of ours that an order used: mark them used, give points back on a refund.

A redemption may be another member's than the order's, so each code is a commit of its own on the
redemption's member. What should be returned is a function of the order's state; repeats and
redeliveries post nothing. A code whose item is not there yet remembers the order; who writes the
item settles it then.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.order_remains import refunded_minor
from chalicelib.domain.orders import OrderDocument, was_paid
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Redemption
from chalicelib.domain.redeeming import RedeemLoad
from chalicelib.domain.redemption_ends import CodeUse, decide_use
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import booked_to, followed
from chalicelib.operations.load_order import LoadedOrder, our_codes
from chalicelib.operations.manage_pools import pay_out_late
from chalicelib.storage.codes import CodeOwner, code_owner_of, is_led, remember_order
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.key_names import (
    account_key,
    code_key,
    document_key,
    order_key,
    shop_key,
)
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class LoadedCode(msgspec.Struct, frozen=True):
    """The redemption behind a code, and the account that paid for it."""

    shop: Shop
    redemption: Redemption
    account: Account
    program: CompiledProgram
    holder: str = ""  # whose books they are, if the member was merged


def settle_codes(table: Table, loaded: LoadedOrder, document: OrderDocument, now: Instant) -> None:
    """Bring every redemption whose code the order names to what the order is now."""
    use = _use(document)
    codes = our_codes(document.state.codes) if document.state else ()
    if use is None or not codes:
        return
    shop = loaded.shop.shop_id
    items = _items(table, loaded, codes)
    for code in codes:
        item = items.get(code_key(shop, code))
        owner = code_owner_of(item) if item and is_led(item) else None
        if owner is None and use.is_paid:
            owner = remember_order(table, shop, code, use.name)
        if owner is not None:
            _settle_one(table, shop, (owner, use), now)


def settle_waiting(
    table: Table, shop: str, owner: CodeOwner, now: Instant, orders: tuple[str, ...]
) -> None:
    """Settle the orders that used a code before its item led anywhere, first come first."""
    keys = [order_key(shop, *name.split(":", 1)) for name in orders]
    items = table.load(keys)
    for key in keys:
        document = document_of(items.get(key), OrderDocument)
        use = _use(document) if document else None
        if use is not None:
            _settle_one(table, shop, (owner, use), now)


def _use(document: OrderDocument) -> CodeUse | None:
    """What the order says about its codes; None: nothing."""
    state = document.state
    if state is None or state.test:
        return None
    refunded, whole = refunded_minor(document)
    return CodeUse(
        name=f"{document.source}:{document.order_id}",
        # A cancelled order that was paid used its code too, whichever we heard of first.
        is_paid=was_paid(document),
        refunded_minor=refunded,
        whole_minor=whole,
        partner=state.partner,
        source=document.source,
    )


def _items(table: Table, loaded: LoadedOrder, ours: tuple[str, ...]) -> Mapping[Key, Item]:
    """The items of our codes; a refund sent alone names none, so they are read then."""
    if set(ours) <= set(loaded.asked):
        return {key_of(item): item for item in loaded.codes}
    return table.load([code_key(loaded.shop.shop_id, code) for code in ours])


def _settle_one(table: Table, shop: str, code: tuple[CodeOwner, CodeUse], now: Instant) -> None:
    owner, use = code

    def load(_: int) -> LoadedCode | Refusal:
        return _load(table, shop, owner, now)

    work: Work[LoadedCode] = Work(
        document=document_key(shop, owner.member, "redemption", owner.redemption),
        load=load,
        decide=lambda found: booked_to(
            decide_use(
                found.redemption,
                found.account,
                RedeemLoad(shop, owner.member, found.account, found.redemption, found.program),
                use,
                now,
            ),
            owner.member,
            found.holder,
        ),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        pay_out_late(table, shop, (owner.member, result.loaded.account), now)


def _load(table: Table, shop: str, owner: CodeOwner, now: Instant) -> LoadedCode | Refusal:
    document = document_key(shop, owner.member, "redemption", owner.redemption)
    account = account_key(shop, owner.member)
    items = table.load([shop_key(shop), document, account])
    holder = followed(table, shop, owner.member, items)
    redemption = document_of(items.get(document), Redemption)
    held = account_of(items.get(account_key(shop, holder)))
    if redemption is None or held is None:
        return Refusal(RefusalCode.REDEMPTION_UNKNOWN, "the code leads to no redemption")
    known = shop_from_item(items[shop_key(shop)])
    program = program_of(table, shop, redemption.program_version)
    live = with_rules_of_now(table, known, program, now)
    return LoadedCode(known, redemption, held, live, holder)
