"""Settle the codes of ours that an order used: mark them used, give points back on a refund.

A redemption may be another member's than the order's, so each code is a commit of its own on the
redemption's member. What should be returned is a function of the order's state; repeats and
redeliveries post nothing.
"""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.orders import OrderDocument, refunded_minor, was_paid
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Redemption
from chalicelib.domain.redeeming import RedeemLoad
from chalicelib.domain.redemption_ends import CodeUse, decide_use
from chalicelib.operations.decide_and_commit import Work, decide_and_commit
from chalicelib.operations.following import booked_to, followed
from chalicelib.operations.load_order import LoadedOrder, our_codes
from chalicelib.storage.codes import CodeOwner, code_owner_of
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item
from chalicelib.storage.key_names import account_key, code_key, document_key, shop_key
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
    state = document.state
    if state is None or state.test:
        return
    refunded, whole = refunded_minor(document)
    use = CodeUse(
        name=f"{document.source}:{document.order_id}",
        # A cancelled order that was paid used its code too, whichever we heard of first.
        is_paid=was_paid(document),
        refunded_minor=refunded,
        whole_minor=whole,
    )
    for item in _items(table, loaded, state.codes):
        _settle_one(table, loaded.shop.shop_id, (code_owner_of(item), use), now)


def _items(table: Table, loaded: LoadedOrder, codes: tuple[str, ...]) -> tuple[Item, ...]:
    """The items of our codes; a refund sent alone names none, so they are read then."""
    ours = our_codes(codes)
    if set(ours) <= set(loaded.asked):
        return loaded.codes
    found = table.load([code_key(loaded.shop.shop_id, code) for code in ours])
    return tuple(found.values())


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
    decide_and_commit(table, work)


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
