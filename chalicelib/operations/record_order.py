"""Record what a delivery says about an order: two round trips for a known member.

After the commit, codes of ours that the order used are settled, each by a commit of its own: a
crash in between is mended by the redelivery, because settling is a function of the order's state.
"""

from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.order_decision import decide_order
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.promises import Happened, may_owe
from chalicelib.operations.claim_guest_orders import Claim, claim_guest_orders
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.load_order import (
    LoadedOrder,
    OrderCommand,
    is_order_name,
    load_order,
)
from chalicelib.operations.settle_codes import settle_codes
from chalicelib.storage.key_names import order_key
from chalicelib.storage.table import Table


def record_order(table: Table, command: OrderCommand) -> Recorded[LoadedOrder] | Refusal:
    """Bring the books to what the order is now. Idempotent for every delivery, in any order.

    Raises:
        Busy, StorageUnavailable: send the delivery again.
    """
    if not is_order_name(command.event.source, command.order_id):
        return Refusal(RefusalCode.VALUE_INVALID, "source and order id are too long together")
    work: Work[LoadedOrder] = Work(
        document=order_key(command.shop, command.event.source, command.order_id),
        load=lambda _: load_order(table, command),
        decide=lambda loaded: decide_order(command.event, loaded.order, command.now),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded) and isinstance(result.document, OrderDocument):
        settle_codes(table, result.loaded, result.document, command.now)
        _keep_promises(table, result.loaded, result.document, command.now)
        _keep_signs(table, result.loaded, result.document, command)
        _settle_referrals(table, result.loaded, result.document, command.now)
        _claim_for_new_member(table, command, result)
    return result


def _keep_promises(
    table: Table, loaded: LoadedOrder, document: OrderDocument, now: Instant
) -> None:
    order = loaded.order
    people = (order.buyer, order.holder, order.claimant)
    account = next(
        (each.account for each in people if each and each.member == document.member), None
    )
    others = (order.document.member,) if order.document else ()
    program = order.terms_program or order.program
    happened = Happened(document, account, program, others)
    if may_owe(happened):
        from chalicelib.operations.keep_promises import keep_promises_of  # noqa: PLC0415 - rare

        keep_promises_of(table, loaded.shop, happened, now)


def _claim_for_new_member(
    table: Table, command: OrderCommand, result: Recorded[LoadedOrder]
) -> None:
    """Who became a member by this very order also gets what they bought as a guest.

    When the order comes again, too: the first time may have ended before this.
    """
    order, document = result.loaded.order, result.document
    if not isinstance(document, OrderDocument) or document.terms is None:
        return
    for person in (order.buyer, order.claimant):
        if person is None or person.profile is None or document.member != person.member:
            continue
        account = person.account
        if account is None or (result.replayed and account.joined_at == document.earned_at):
            shop, profile = result.loaded.shop, person.profile
            claim = Claim(shop, profile, command.now, command.wall_now, record_order)
            claim_guest_orders(table, claim)


def _keep_signs(
    table: Table, loaded: LoadedOrder, document: OrderDocument, command: OrderCommand
) -> None:
    """Remember what the order showed of whom it names, where the program compares it.

    A delivery may name who had the order before, or lose it: that shows nothing of its member.
    """
    program, event = loaded.order.terms_program or loaded.order.program, command.event
    terms, buyer = program.referral if program else None, loaded.order.buyer
    is_looked_at = terms is not None and terms.looks_at_signs
    if not is_looked_at or not isinstance(event, OrderUpserted) or document.terms is None:
        return
    if buyer is not None and buyer.member != document.member:
        return
    from chalicelib.operations.keep_signs import keep_signs  # noqa: PLC0415 - few programs look

    keep_signs(table, loaded.shop, (document.member, event.order.signs), program, command.now)


def _settle_referrals(
    table: Table, loaded: LoadedOrder, document: OrderDocument, now: Instant
) -> None:
    """Settle the referrals of those whom the order is about, or was before it moved."""
    order = loaded.order
    people = (order.buyer, order.holder, order.claimant)
    accounts = (person.account for person in people if person is not None)
    said = {*document.referred, *(each for held in accounts if held for each in held.referred)}
    by = order.buyer.referral if order.buyer else None
    if by is not None and document.terms is not None and document.member == by.friend:
        said |= {f"{by.code}:{by.friend}"}  # who became a member by this very order
    for referred in sorted(said):
        from chalicelib.operations.settle_referral import (  # noqa: PLC0415 - few are referred
            settle_referral,
        )

        settle_referral(table, (loaded.shop.shop_id, referred), document, now)
