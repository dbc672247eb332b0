"""Decide what a referral gives its two sides, and take it back: both in one commit.

Each side has an action of its own, called ``referral.friend`` and ``referral.advocate``, whose
target is what the offer gives while the referral stands: terms, limits, tiers and reversals are
those of any document that rules reward. The referral's own document says where it stands.

::

    ordered, qualified    both actions at their targets, with the advocate's turn of the limit
    qualified             and what is no points: rewards, badges, causes, tiers, messages
    anything else         both at nothing
    a side was erased     gets nothing new; what it has goes back like anybody's
    both sides merged     nobody brings themselves: what waits goes back, what qualified stays
"""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.action_decision import ACTIVITY
from chalicelib.domain.actions import OWN_SOURCE, Action, Side, action_occasion, name_of
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Case, settle_occasion
from chalicelib.domain.booking import closed, counted, opened, with_inbox
from chalicelib.domain.budgets import Budgets, with_budgets
from chalicelib.domain.causes import Unsettled, free_of, with_causes
from chalicelib.domain.decision import (
    AlreadyRecorded,
    Book,
    Decision,
    Document,
    Outcome,
    SeenOrder,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member_books import LoadedMember, is_untouched, progress_of, with_rest
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.referral_document import ADVOCATE, FRIEND, rule_id_of
from chalicelib.domain.progress import Badges
from chalicelib.domain.referrals import (
    REWARDED,
    Qualifying,
    Referral,
    ReferralState,
    after_order,
    brought_themselves,
    is_open,
    reviewed,
)
from chalicelib.domain.referrals import as_of as referral_as_of


class LoadedSide(msgspec.Struct, frozen=True):
    """One side of a referral: whose books, and what they hold of it."""

    owner: LoadedMember
    document: Action | None
    drawn: Drawn | None = None  # what chance says, should it be asked now


class ReferralLoad(msgspec.Struct, frozen=True):
    """Everything that a decision about one referral depends on."""

    shop: str
    referral: Referral
    friend: LoadedSide
    advocate: LoadedSide
    program: CompiledProgram | None  # of the referral's terms, or those it is about to have
    seen: SeenOrder | None = None  # the order as it was read
    budgets: Budgets = Budgets()  # of the shop, that the advocate's side spends, or may spend
    unsettled: Unsettled = {}  # of causes that progress of who was merged gave to


def side_id(friend: str, role: str) -> str:
    """The id of a side's action."""
    return f"{OWN_SOURCE}:referral.{friend}.{role}"


def decide_referral(
    loaded: ReferralLoad, order: tuple[str, Qualifying | None], now: Instant
) -> Outcome:
    """What an order of the friend changes; ``order`` is its name, and its terms if it qualifies."""
    name, qualifying = order
    if qualifying is not None and not is_open(loaded.referral) and not _has_shares(loaded):
        qualifying = replace(qualifying, bought=loaded.referral.bought)  # nothing is a part of it
    if _is_one_person(loaded) and qualifying is not None:
        alike = (*qualifying.reasons, "self")
        qualifying = replace(qualifying, reasons=alike, is_reviewed=False)
    outcome = _settled(loaded, after_order(loaded.referral, name, qualifying, now), now)
    # Who has no points of it has no book here: only the order itself tells that it came back.
    return replace(outcome, seen=loaded.seen) if isinstance(outcome, Decision) else outcome


def decide_matured(loaded: ReferralLoad, now: Instant) -> Outcome:
    """Write down what time alone did, or take back what waits where both are one member by now."""
    known = referral_as_of(loaded.referral, now)
    return _settled(loaded, brought_themselves(known) if _is_one_person(loaded) else known, now)


def decide_review(
    loaded: ReferralLoad, verdict: ReferralState, actor: str, now: Instant
) -> Outcome:
    """Approve (``ordered``) or reject a flagged referral. The same word again is a replay."""
    known = loaded.referral
    if known.state is not ReferralState.FLAGGED:
        is_rejected = known.state is ReferralState.REJECTED
        if known.reviewed_at and is_rejected == (verdict is ReferralState.REJECTED):
            return AlreadyRecorded(known)
        return Refusal(RefusalCode.REFERRAL_NOT_FLAGGED, "This referral waits for no review.")
    if _is_one_person(loaded):
        after = replace(brought_themselves(known), reviewed_by=actor, reviewed_at=now)
    else:
        after = reviewed(known, verdict, actor, now)
    return _settled(loaded, after, now)


def _has_shares(loaded: ReferralLoad) -> bool:
    terms = loaded.program.referral if loaded.program else None
    return terms is not None and terms.has_shares


def _is_one_person(loaded: ReferralLoad) -> bool:
    return loaded.friend.owner.member == loaded.advocate.owner.member


def _settled(loaded: ReferralLoad, after: Referral, now: Instant) -> Outcome:
    """Both sides brought to where the referral is."""
    if after == loaded.referral:
        return AlreadyRecorded(after)
    after = replace(after, revision=loaded.referral.revision + 1)
    books: tuple[Book, ...] = ()
    further: tuple[Document, ...] = ()
    before: tuple[Document, ...] = ()  # of sides that stay as they are nothing is counted
    sides = ((FRIEND, loaded.friend), (ADVOCATE, loaded.advocate))
    for role, side in sides if loaded.program is not None else ():
        action = _action(after, role, side, loaded)
        if action is None or loaded.program is None:
            continue
        case = Case(action_occasion(action, action.reason), action.reason, came_about=_since(after))
        by = (loaded, loaded.program)
        book, documents = _posted((action, case), _after(side, (books, further)), by, now)
        books, further = _with_book(books, book), _with_documents(further, documents)
        before = (*before, side.document) if side.document else before
    # Nothing that a side gave to a cause ever comes back: that follows from having qualified alone.
    # What a challenge gave for it may, where two that were completed are one.
    known = (*before, *progress_of(loaded.friend.owner, loaded.advocate.owner))
    outcome = with_causes(Decision(after, books, further), known, loaded.unsettled)
    return with_budgets(outcome, before, loaded.budgets)


def _since(after: Referral) -> Instant:
    """Since when it has qualified: what messages tell of; 0 if it has not."""
    is_qualified = after.state is ReferralState.QUALIFIED
    return max(after.matures_at, after.reviewed_at) if is_qualified else 0


def side_as(after: Referral, role: str) -> Side:
    """What makes an action the ``role``'s side of the referral as it is now."""
    region = after.offers.friend if role == FRIEND else after.offers.advocate
    is_qualified, since = after.state is ReferralState.QUALIFIED, _since(after)
    approved_at = since if since > after.matures_at else 0
    return Side(role, region, after.matures_at, is_qualified, after.bought, approved_at)


def _action(after: Referral, role: str, side: LoadedSide, loaded: ReferralLoad) -> Action | None:
    """The action of a side as the referral wants it; None: it has none, or stays as it is."""
    known, account = side.document, side.owner.account
    is_rewarded = after.state in REWARDED
    if known is None and not is_rewarded:
        return None
    is_gone = account is None or account.erased_at > 0
    if is_rewarded and (is_gone or _is_one_person(loaded)):
        return None
    placed = side_as(after, role)
    known = known or Action(
        id=side_id(after.friend, role),
        member=after.friend if role == FRIEND else after.advocate,
        name=f"referral.{role}",
        request_hash="",
        occurred_at=after.ordered_at,
        recorded_at=after.recorded_at,
        earned_at=after.ordered_at,
    )
    known = _asking_anew(known) if is_rewarded and known.reason else known
    is_drawn = is_rewarded and (placed.is_qualified or _draws_at_once(loaded, role))
    drawn = known.drawn or (side.drawn if is_drawn else None)
    reason = "" if is_rewarded else f"referral_{after.state}"
    earned_at = after.ordered_at if is_rewarded else known.earned_at
    return replace(known, side=placed, drawn=drawn, reason=reason, earned_at=earned_at)


def _draws_at_once(loaded: ReferralLoad, role: str) -> bool:
    """Whether its offer draws; rules for ``referral.qualified`` do when it has qualified."""
    terms = loaded.program.referral if loaded.program else None
    return terms is not None and rule_id_of(role) in terms.draws


def _asking_anew(known: Action) -> Action:
    """A side that had gone back: its turn of the limit may be another's, so it asks for one.

    What was refused stays refused: a turn that comes back is for who comes next.
    """
    if known.terms is None:
        return known
    granted = known.terms.room
    refused = {cap: asked for cap, asked in known.wanted.items() if granted.get(cap, 0) < 1}
    room = dict.fromkeys(granted, 0)
    return replace(known, terms=replace(known.terms, room=room), wanted=refused)


def _after(side: LoadedSide, written: tuple[tuple[Book, ...], tuple[Document, ...]]) -> LoadedSide:
    """The side as the other's book leaves it, where both are one member by now."""
    books, documents = written
    first = next((book for book in books if book.member == side.owner.member), None)
    if first is None:
        return side
    worn = next((each for each in documents if isinstance(each, Badges)), None)
    badges = replace(worn, revision=worn.revision - 1) if worn else side.owner.honours.badges
    inbox = first.inbox or side.owner.honours.inbox
    told = replace(side.owner.honours, inbox=inbox, badges=badges)
    owner = replace(
        side.owner,
        account=first.account,
        counters=first.counters or side.owner.counters,
        honours=told,
    )
    return LoadedSide(owner, side.document, side.drawn)


def _with_book(books: tuple[Book, ...], book: Book | None) -> tuple[Book, ...]:
    """``books`` with one more; two of one member become one, which is written once."""
    if book is None:
        return books
    first = next((each for each in books if each.member == book.member), None)
    if first is None:
        return (*books, book)
    counters = book.counters or first.counters
    if first.counters is not None and book.counters is not None:
        counters = replace(book.counters, revision=first.counters.revision)
    inbox = book.inbox or first.inbox
    if first.inbox is not None and book.inbox is not None:
        inbox = replace(book.inbox, revision=first.inbox.revision)
    both = replace(
        book,
        inbox=inbox,
        before=first.before,
        account=replace(book.account, revision=first.account.revision),
        entries=(*first.entries, *book.entries),
        counters=counters,
        markers=(*first.markers, *book.markers),
        freed=(*first.freed, *book.freed),
    )
    return (*(each for each in books if each is not first), both)


def _with_documents(
    documents: tuple[Document, ...], more: tuple[Document, ...]
) -> tuple[Document, ...]:
    """``documents`` and ``more``; badges of one member are one document, the later one."""
    worn = {each.member for each in more if isinstance(each, Badges)}
    kept = (each for each in documents if not (isinstance(each, Badges) and each.member in worn))
    return (*kept, *more)


def _posted(
    told: tuple[Action, Case],
    side: LoadedSide,
    by: tuple[ReferralLoad, CompiledProgram],
    now: Instant,
) -> tuple[Book | None, tuple[Document, ...]]:
    """The side's book, None where nothing of the member moves; its action, and their badges."""
    (action, case), owner, (loaded, program) = told, side.owner, by
    draft = with_inbox(opened(owner.member, owner.account, now, program), owner.honours.inbox)
    # Both sides see the budgets as they were read: the friend's offer has no limit, and spends none
    budgets, honours = loaded.budgets, owner.honours
    free = free_of(loaded.unsettled)
    holder = Holder(draft, owner.counters, owner.facts, owner.taken, free, budgets, honours)
    settled = settle_occasion(action, case, holder, program)
    revision = (side.document.revision if side.document else 0) + 1
    document = replace(settled.document, revision=revision)
    draft = settled.draft
    if (document.posted or document.grants or document.progress) and not action.reason:
        draft = counted(draft, ACTIVITY, action.earned_at)
    source = Source(
        genesis(loaded.shop, owner.member), name_of(action), action.earned_at, now, program.version
    )
    before = side.document or action
    book = with_rest(closed(draft, source), before, settled, owner)
    is_alone = not settled.kept and is_untouched(book, owner)
    return (None if is_alone else book), (document, *settled.kept)
