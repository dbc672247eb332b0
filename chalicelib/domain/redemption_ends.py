"""How redemptions end: undone by their owner, used by an order, given back on its refund."""

import msgspec

from chalicelib.domain.booking import Draft, closed, given_back, opened, with_account
from chalicelib.domain.decision import AlreadyRecorded, Decision, Outcome, StockTake
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Counters, recounted
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.pool_shares import held_by, split, with_shares
from chalicelib.domain.program import caps
from chalicelib.domain.records import Redemption, RedemptionStatus
from chalicelib.domain.redeeming import RedeemLoad, cap_of, named_by


class CodeUse(msgspec.Struct, frozen=True):
    """What an order says about a code: who used it, and how much of the order came back."""

    name: str  # "<source>:<order id>"
    is_paid: bool
    refunded_minor: int
    whole_minor: int


def decide_undo(
    redemption: Redemption, account: Account, counters: Counters, loaded: RedeemLoad, now: Instant
) -> Outcome:
    """Give the points of an unused code back while its undo window is open. Again: the same."""
    if redemption.status is RedemptionStatus.UNDONE:
        return AlreadyRecorded(redemption)
    is_open = now < redemption.undo_until
    is_unused = redemption.status is RedemptionStatus.READY
    if not (is_open and is_unused) or loaded.program is None:
        detail = "this code was used, or the time to undo it is over"
        return Refusal(RefusalCode.REDEMPTION_NOT_UNDOABLE, detail)
    draft = opened(loaded.member, account, now, loaded.program)
    if redemption.touched:
        draft = _returned(draft, redemption, redemption.touched, "undone")
    draft = _without_code(draft, redemption.id)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.UNDONE,
        returned=redemption.cost,
        revision=redemption.revision + 1,
    )
    name = f"redemption:{redemption.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, loaded.program.version)
    book = closed(draft, source)
    freed = caps.count(
        loaded.program, counters, redemption.requested_at, {cap_of(redemption): -1}, now
    )
    book = msgspec.structs.replace(book, counters=recounted(counters, freed))
    return Decision(document, (book,), stock=_stock_back(redemption))


def decide_use(
    redemption: Redemption,
    account: Account,
    loaded: RedeemLoad,
    order: CodeUse,
    now: Instant,
) -> Outcome:
    """Mark a code used by its order, and return points pro rata to what was refunded of it.

    Level-triggered: ``returned`` is a function of the order's state, so repeats post nothing.
    A code belongs to the first paid order that used it.
    """
    is_other = redemption.used_by not in ("", order.name)
    is_closed = redemption.status in (RedemptionStatus.UNDONE, RedemptionStatus.EXPIRED)
    is_news = bool(redemption.used_by) or order.is_paid
    if is_other or is_closed or not is_news or loaded.program is None:
        return AlreadyRecorded(redemption)
    target = _returned_target(redemption, order)
    document = msgspec.structs.replace(
        redemption,
        status=RedemptionStatus.USED,
        used_by=order.name,
        used_at=redemption.used_at or now,
        returned=max(target, redemption.returned),
    )
    if document == redemption:
        return AlreadyRecorded(redemption)
    draft = opened(loaded.member, account, now, loaded.program)
    back = document.returned - redemption.returned
    if back:
        lots = _part(redemption.touched, redemption.returned, back)
        draft = _returned(draft, redemption, lots, "order_refunded")
    draft = _without_code(draft, redemption.id)
    name = f"redemption:{redemption.id}"
    source = Source(genesis(loaded.shop, loaded.member), name, now, now, loaded.program.version)
    document = msgspec.structs.replace(document, revision=redemption.revision + 1)
    return Decision(document, (closed(draft, source),))


def _returned_target(redemption: Redemption, order: CodeUse) -> int:
    """Points that should be back by now: the cost, pro rata to what was refunded."""
    if redemption.on_refund != "return" or not order.whole_minor:
        return 0
    return floor_ratio(redemption.cost * order.refunded_minor, order.whole_minor)


def _returned(draft: Draft, redemption: Redemption, lots: tuple[Touched, ...], code: str) -> Draft:
    reasons = (Explained(code, {"reward": redemption.reward_id, **named_by(redemption.by)}),)
    movement = Movement(redemption.unit, 0, EntryKind.RETURN, explanation=reasons)
    if draft.account.pool is not None:
        points = sum(part.points for part in lots)
        draft = with_shares(draft, held_by(draft), split(points, redemption.borne))
    return given_back(draft, redemption.unit, lots, movement)


def _part(touched: tuple[Touched, ...], skip: int, points: int) -> tuple[Touched, ...]:
    """The lots that ``points`` of a redemption came from, after the first ``skip`` of them."""
    parts: list[Touched] = []
    for lot in touched:
        skipped = min(skip, lot.points)
        skip -= skipped
        taken = min(points, lot.points - skipped)
        points -= taken
        if taken:
            parts.append(Touched(taken, lot.available_at, lot.expires_at))
    return tuple(parts)


def _without_code(draft: Draft, redemption_id: str) -> Draft:
    left = tuple(known for known in draft.account.open_redemptions if known != redemption_id)
    return with_account(draft, open_redemptions=left)


def _stock_back(redemption: Redemption) -> tuple[StockTake, ...]:
    if redemption.stock_shard is None:
        return ()
    return (StockTake(redemption.reward_id, redemption.stock_shard, -1),)
