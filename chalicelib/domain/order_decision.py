"""Decide one delivery about an order: what is known, whose it is, and what to post.

::

    merged document ─┬─ nobody's yet, or may not earn yet   the document alone
                     ├─ same member as before               settle the difference
                     └─ another member                      take all back from the first,
                                                            award the other anew, in one commit

An order makes an account only when it may earn; until then it is a document alone. Nothing new
at all is ``AlreadyRecorded``: a replay writes nothing.
"""

from typing import TypeAlias

import msgspec

from chalicelib.domain import launching, limits, member_books
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import settle
from chalicelib.domain.booking import closed, counted, opened, with_inbox
from chalicelib.domain.budgets import Budgets, with_budgets
from chalicelib.domain.causes import Unsettled, free_of, with_causes
from chalicelib.domain.challenge_settling import as_joined, with_joined
from chalicelib.domain.decision import AlreadyRecorded, Book, Decision, Document, Outcome
from chalicelib.domain.events import OrderDeleted, OrderMarked, OrderRefunded, OrderUpserted
from chalicelib.domain.exchange import rates_of
from chalicelib.domain.habits import with_products
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.joining import Finds, Joined, came_by, join
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member_books import LoadedMember, is_untouched, membership_reason, with_rest
from chalicelib.domain.moved_orders import left_behind, referred_before, taken_up
from chalicelib.domain.orders import (
    OrderDocument,
    content_hash,
    document_name,
    earning_state,
    impersonal,
    merged,
    refunds_of,
    refusal_reason,
    with_silence,
)
from chalicelib.domain.outcome import InvariantBroken, Refusal, RefusalCode
from chalicelib.domain.pausing import Pauses, earning_stop
from chalicelib.domain.posting import unposted
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Drawn, Launched
from chalicelib.domain.program.rollout import is_kept, is_open_to

OrderEvent: TypeAlias = OrderUpserted | OrderRefunded | OrderDeleted | OrderMarked


class OrderLoad(msgspec.Struct, frozen=True):
    """Everything that a decision about one order depends on, besides the event and the time."""

    shop: str
    currency: str  # of the program; of the shop before the first version
    document: OrderDocument | None
    buyer: LoadedMember | None  # whom the delivery names; None: nobody
    holder: LoadedMember | None  # whose order it is in the books
    guest: str = ""  # keyed hash of the guest's e-mail
    claimant: LoadedMember | None = None  # whose verified e-mail the guest's is
    program: CompiledProgram | None = None  # live when the order was paid
    terms_program: CompiledProgram | None = None  # of the terms that the document has
    unsettled: Unsettled = {}  # of the causes that the order gave to
    budgets: Budgets = Budgets()  # that the order spends, or may spend
    starts_at: Instant = 0  # when the shop's first version went live
    pauses: Pauses = ()
    widened: CompiledProgram | None = None  # live while the order was still young enough
    drawn: Drawn | None = None  # what chance says, should it be awarded now
    imported: launching.Imported | None = None  # how an order from before the program comes in


def decide_order(event: OrderEvent, loaded: OrderLoad, now: Instant) -> Outcome:
    """What this delivery changes. Total: any event in any state has an answer."""
    before = loaded.document or blank_document(event, now)
    known = merged(before, event)
    if len(refunds_of(known)) > limits.ORDER_REFUNDS_MAX:
        detail = f"an order holds at most {limits.ORDER_REFUNDS_MAX} refunds"
        return Refusal(RefusalCode.VALUE_INVALID, detail)
    if loaded.imported is not None:
        no = launching.import_refusal(known, loaded.imported, loaded.program, loaded.starts_at)
        if no is not None:
            return no
    known = _owned(known, event, loaded)
    is_moved = before.member and known.member != before.member and before.terms
    outcome = (_moved if is_moved else _settled)(before, known, loaded, now)
    progress = member_books.progress_of(loaded.buyer, loaded.holder, loaded.claimant)
    outcome = with_causes(outcome, (before, *progress), loaded.unsettled)
    return with_budgets(outcome, (before,), loaded.budgets)


def blank_document(event: OrderEvent, now: Instant) -> OrderDocument:
    """The document of an order that nothing is known of."""
    order_id = event.order.id if isinstance(event, OrderUpserted) else event.order_id
    return OrderDocument(source=event.source, order_id=order_id, recorded_at=now)


def _owned(known: OrderDocument, event: OrderEvent, loaded: OrderLoad) -> OrderDocument:
    """Whose order it is: of the states that name a customer, the newest says it."""
    if not isinstance(event, OrderUpserted):
        return known
    if loaded.buyer is None:
        if known.member:
            return known
        # Whoever a delivery names, of any version, comes before whom an e-mail leads to.
        claimant = loaded.claimant.member if loaded.claimant else ""
        guest = known.guest or loaded.guest
        return msgspec.structs.replace(known, guest=guest, member=claimant)
    buyer, version = loaded.buyer.member, event.order.version
    is_named_later = version > known.holder_version
    is_as_new = version == known.holder_version and buyer != known.member
    if not known.member or is_named_later or (is_as_new and _wins(known, event, loaded)):
        known = msgspec.structs.replace(known, member=buyer, holder_version=version, guest="")
    return msgspec.structs.replace(known, marked=True) if is_as_new else known


def _wins(known: OrderDocument, event: OrderUpserted, loaded: OrderLoad) -> bool:
    """Whether, of two states of one version, this one says whose the order is.

    The greater content does, as for everything else; for one content the greater member id.
    """
    told = content_hash(impersonal(event.order))
    before = loaded.document.state if loaded.document else None
    if known.state is None or loaded.buyer is None or content_hash(known.state) != told:
        return False
    is_first_told = before is None or content_hash(before) != told
    return is_first_told or loaded.buyer.member > known.member


def _settled(
    before: OrderDocument, known: OrderDocument, loaded: OrderLoad, now: Instant
) -> Outcome:
    """One member, or none: post the difference, or keep the document alone."""
    owner = _owner(known, loaded)
    program = loaded.terms_program if known.terms else loaded.program
    reason = _reason(known, owner, (program, now), loaded)
    if owner is None or program is None or (reason and not known.terms):
        document = msgspec.structs.replace(known, reason=reason)
        unclaimed = "" if known.member else loaded.guest
        return _while_nobody(_alone(before, document, unclaimed), document, owner)
    launched = None if known.terms else launching.launched_as(known, program, loaded.imported)
    context = msgspec.structs.replace(_context(loaded, program, reason, now), launched=launched)
    known = known if known.terms else _fresh(known, owner, loaded)
    book, document, further = _book(before, known, owner, context)
    # A recompute names the room that was granted, the award the room that was free: no news.
    same = msgspec.structs.replace(document, revision=before.revision, trace=before.trace)
    if _as_given_before(same, before) == before:
        return AlreadyRecorded(before)
    if book.before is not None and not further and is_untouched(book, owner):
        return _alone(before, document)
    return Decision(_revised(before, document), (book,), further)


def _as_given_before(document: OrderDocument, before: OrderDocument) -> OrderDocument:
    """``document`` without what it learned of once-rules that are another's by now.

    Markers are asked at every delivery, so that alone is nothing to be written.
    """
    if document.terms is None or before.terms is None:
        return document
    given = before.terms.already_given
    terms = msgspec.structs.replace(document.terms, already_given=given)
    return msgspec.structs.replace(document, terms=terms)


def _moved(before: OrderDocument, known: OrderDocument, loaded: OrderLoad, now: Instant) -> Outcome:
    """Another member: everything goes back at the first and is earned anew by the other."""
    if loaded.holder is None or loaded.terms_program is None or loaded.buyer is None:
        raise InvariantBroken("a moved order has two members and terms")
    mine = launching.as_if_never_imported(msgspec.structs.replace(known, member=before.member))
    context = _context(loaded, loaded.terms_program, "order_moved", now)
    old_book, gone, undone = _book(before, mine, loaded.holder, context)
    known = unposted(known, gone.grants, referred_before(gone, loaded.holder))
    fresh = msgspec.structs.replace(known, left=left_behind(gone))
    reason = _reason(fresh, loaded.buyer, (loaded.program, now), loaded)
    if reason or loaded.program is None:
        document = msgspec.structs.replace(fresh, reason=reason)
        moved = Decision(_revised(before, document), (old_book,), undone)
        return _while_nobody(moved, document, loaded.buyer)
    launched = launching.launched_as(fresh, loaded.program, loaded.imported)
    context = _context(loaded, loaded.program, reason, now)
    context = msgspec.structs.replace(context, unsettled={}, launched=launched)
    fresh = _fresh(fresh, loaded.buyer, loaded)
    book, document, further = _book(fresh, fresh, loaded.buyer, context)
    return Decision(_revised(before, document), (old_book, book), (*undone, *further))


def _fresh(known: OrderDocument, owner: LoadedMember, loaded: OrderLoad) -> OrderDocument:
    """The document as its first award by ``owner`` finds it; what was drawn stays drawn."""
    return msgspec.structs.replace(taken_up(known, owner), drawn=known.drawn or loaded.drawn)


def _owner(known: OrderDocument, loaded: OrderLoad) -> LoadedMember | None:
    people = (loaded.buyer, loaded.holder, loaded.claimant)
    return next((each for each in people if each and each.member == known.member), None)


def _reason(
    known: OrderDocument,
    owner: LoadedMember | None,
    by: tuple[CompiledProgram | None, Instant],
    loaded: OrderLoad,
) -> str:
    """Why the order may not earn now, as a code; "" when it may. Terms, once given, stay given."""
    (program, now), state = by, earning_state(known)
    reason = refusal_reason(state, {loaded.currency, *rates_of(program, known.terms)})
    if reason or known.terms:
        return reason
    if owner is None:
        return "guest_order"
    if program is None or state is None or state.paid_at is None:
        return "no_program"
    if loaded.imported is not None:
        return launching.imported_reason(owner)
    if known.guest and not is_kept(program, state.paid_at, now):
        return "guest_not_kept"
    allowance = program.program.join.retroactive_days * DAY_MS
    if state.paid_at < loaded.starts_at - allowance:
        return "before_program"
    stop = earning_stop(program, loaded.pauses, state.paid_at)
    if not stop and owner.account is None and not is_open_to(owner.member, program, loaded.widened):
        return "not_in_rollout"
    return stop or membership_reason(owner, program, state.paid_at + allowance)


class _Context(msgspec.Struct, frozen=True):
    shop: str
    program: CompiledProgram
    reason: str
    now: Instant
    unsettled: Unsettled = {}
    budgets: Budgets = Budgets()
    launched: Launched | None = None


def _context(loaded: OrderLoad, program: CompiledProgram, reason: str, now: Instant) -> _Context:
    return _Context(loaded.shop, program, reason, now, loaded.unsettled, loaded.budgets)


def _book(
    before: OrderDocument, known: OrderDocument, owner: LoadedMember, context: _Context
) -> tuple[Book, OrderDocument, tuple[Document, ...]]:
    """One member's part: (their book, the settled document, what else is written for them)."""
    program, now = context.program, context.now
    state = earning_state(known)
    occurred_at = min(known.earned_at or (state and state.paid_at) or now, now)
    draft = with_inbox(opened(owner.member, owner.account, now, program), owner.honours.inbox)
    joined = Joined(draft, None, None)
    if owner.account is None and owner.profile is not None:
        finds = Finds(owner.drawn, context.budgets)
        joined = join(draft, owner.profile, program, occurred_at, finds)
        joined = came_by(joined, owner.referral)
    holder = Holder(
        draft=joined.draft,
        counters=joined.counters or owner.counters,
        facts=owner.facts,
        taken=owner.taken,
        free=free_of(context.unsettled),
        budgets=context.budgets,
        honours=as_joined(owner.honours, joined.badges),
        launched=context.launched,
    )
    settled = settle(known, holder, program, context.reason)
    draft = with_products(settled.draft, (before, settled.document), program)
    draft = draft if context.reason else counted(draft, "order.paid", occurred_at)
    chain = genesis(context.shop, owner.member)
    source = Source(chain, document_name(known), occurred_at, now, program.version)
    book = closed(draft, source)
    further = (*joined.documents, *with_joined(settled.kept, joined.badges))
    document = with_silence(settled.document, before, book.entries)
    return with_rest(book, before, settled, owner), document, further


def _alone(
    before: OrderDocument, document: OrderDocument, unclaimed: str = ""
) -> Decision | AlreadyRecorded:
    if document == before and before.revision:
        return AlreadyRecorded(before)
    return Decision(_revised(before, document), unclaimed=unclaimed)


def _while_nobody(
    outcome: Decision | AlreadyRecorded, document: OrderDocument, owner: LoadedMember | None
) -> Outcome:
    """``outcome``, on condition that whose order it is is no member still.

    Joining writes the account, then looks for orders that wait: one of the two sees the other.
    """
    is_outsider = owner is not None and owner.account is None
    if isinstance(outcome, Decision) and is_outsider and document.reason == "not_a_member":
        return msgspec.structs.replace(outcome, outsider=document.member)
    return outcome


def _revised(before: OrderDocument, document: OrderDocument) -> OrderDocument:
    return msgspec.structs.replace(document, revision=before.revision + 1)
