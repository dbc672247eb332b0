"""Paid memberships: what an order, or a renewal, makes of them, and what is left after a refund.

A document has for each membership one term: from its payment, or from the end of what the member
has already, one period a piece. The account keeps the terms that still matter.

::

    bought in March      |=========== a year ===========|
    renewed in January                                  |=========== a year ===========|

    refunded whole       ends at once (a term that has not begun never does)
    refunded in part     ``end``: as it was; ``prorate``: its length by what is left of its price
    bought for nothing   ends when all its pieces came back

A term changes only when what is left of its price does, so a delivery that comes again changes
nothing, whenever it comes.
"""

from typing import NamedTuple, TypeVar

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.calendar import add_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import MEMBERSHIP_TERMS_MAX
from chalicelib.domain.member import Account, MemberFacts, Term
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.points import floor_ratio
from chalicelib.domain.program.compiled_memberships import plan_of
from chalicelib.domain.program.occasion import Bought, Occasion
from chalicelib.domain.program.plan import CompiledMembership, CompiledProgram
from chalicelib.domain.program.rule_document import SUBSCRIPTION_RENEWED

A = TypeVar("A", OrderDocument, Action)

QUANTITY_MILLI = 1_000


class Sale(NamedTuple):
    """What an occasion has of a membership: how many pieces, at what price together."""

    pieces: int
    minor: int


def memberships_at(account: Account, at: Instant) -> tuple[str, ...]:
    """The paid memberships that are held at ``at``, in order of ids."""
    return tuple(
        name
        for name, terms in sorted(account.memberships.items())
        if any(term.starts_at <= at < term.ends_at for term in terms.values())
    )


def held_until(account: Account, membership: str, at: Instant) -> Instant:
    """Until when it is held from ``at`` on without a gap; ``at`` where it is not."""
    until = at
    terms = sorted(
        account.memberships.get(membership, {}).values(), key=lambda term: term.starts_at
    )
    for term in terms:
        if term.starts_at <= until:
            until = max(until, term.ends_at)
    return until


def with_facts(
    facts: MemberFacts, account: Account, program: CompiledProgram, at: Instant
) -> MemberFacts:
    """``facts`` with the paid memberships held at ``at``; only where the program sells any."""
    if not program.memberships:
        return facts
    return msgspec.structs.replace(facts, memberships=memberships_at(account, at))


def settled(
    document: A, draft: Draft, program: CompiledProgram, occasion: Occasion
) -> tuple[A, Draft]:
    """The document and the account brought to what ``occasion`` has left of each membership."""
    if not program.memberships and not document.memberships:
        return document, draft
    name, terms, held = name_of(document), dict(document.memberships), draft.account.memberships
    for sold in program.memberships:
        sale, known = sale_of(sold, occasion), terms.get(sold.id)
        if known is not None:
            terms[sold.id] = shortened(known, sale, sold, draft.now)
        elif sale.pieces:
            others = {key: term for key, term in held.get(sold.id, {}).items() if key != name}
            base = msgspec.structs.replace(draft.account, memberships={sold.id: others})
            terms[sold.id] = _new(sold, sale, (base, occasion.at, draft.now), program.zone)
    if terms == document.memberships:
        return document, draft
    made = {key: _kept({**held.get(key, {}), name: _term(term)}) for key, term in terms.items()}
    draft = with_account(draft, memberships={**held, **made})
    return msgspec.structs.replace(document, memberships=terms), draft


def joined(
    one: dict[str, dict[str, Term]], other: dict[str, dict[str, Term]]
) -> dict[str, dict[str, Term]]:
    """The terms of two accounts that are one member's."""
    return {
        name: _kept({**one.get(name, {}), **other.get(name, {})}) for name in sorted({*one, *other})
    }


def sale_of(sold: CompiledMembership, occasion: Occasion) -> Sale:
    """What ``occasion`` has left of a membership; a renewal is one piece, of whatever price."""
    if sold.plan:
        is_renewal = occasion.trigger == SUBSCRIPTION_RENEWED
        is_its_own = is_renewal and plan_of(occasion.action.get("properties")) == sold.plan
        return Sale(int(is_its_own), int(is_its_own))
    every = [line for line in occasion.lines if line.sku == sold.sku]
    lines = [line for line in every if line.net > 0] or every  # a free trial, where that is all
    pieces = sum(max(line.quantity_milli, 0) for line in lines) // QUANTITY_MILLI
    return Sale(pieces, sum(line.net for line in lines)) if occasion.trigger else Sale(0, 0)


def shortened(known: Bought, sale: Sale, sold: CompiledMembership, now: Instant) -> Bought:
    """``known`` by what is left of its price; the same where that is the same."""
    left = min(sale.minor, known.whole)
    is_over = known.ends_at < known.full_until
    is_same = left == known.left if known.whole else is_over != bool(sale.pieces)
    if is_same:
        return known
    ends_at = known.full_until
    gone = min(max(known.starts_at, now), known.full_until)  # what is used up stays so
    if not (left if known.whole else sale.pieces):
        ends_at = gone
    elif left < known.whole and sold.is_prorated:
        part = floor_ratio((known.full_until - known.starts_at) * left, known.whole)
        ends_at = max(known.starts_at + part, gone)
    return msgspec.structs.replace(known, ends_at=ends_at, left=left)


def _new(
    sold: CompiledMembership, sale: Sale, bought: tuple[Account, Instant, Instant], zone: str
) -> Bought:
    """What was bought (by whom, when, and heard of when) begins after what they have.

    Who is told late finds terms that were paid later and have begun: it follows those, so that
    nobody pays twice for the same days.
    """
    account, at, now = bought
    start = held_until(account, sold.id, at)
    while True:
        made = _from(sold, sale, start, zone)
        begun = [
            term.starts_at
            for term in account.memberships.get(sold.id, {}).values()
            if start < term.starts_at < min(made.ends_at, now + 1) and term.ends_at > term.starts_at
        ]
        if not begun:
            return made
        start = held_until(account, sold.id, max(begun))


def _from(sold: CompiledMembership, sale: Sale, start: Instant, zone: str) -> Bought:
    ends_at = start
    for _ in range(min(sale.pieces, MEMBERSHIP_TERMS_MAX)):
        ends_at = add_period(ends_at, sold.period, zone)
    return Bought(start, ends_at, ends_at, sale.minor, sale.minor)


def _term(bought: Bought) -> Term:
    return Term(bought.starts_at, bought.ends_at)


def _kept(terms: dict[str, Term]) -> dict[str, Term]:
    """The terms that end last; who buys more at once than that has them in the documents alone."""
    names = sorted(terms, key=lambda name: (terms[name].ends_at, name))
    return {name: terms[name] for name in names[-MEMBERSHIP_TERMS_MAX:]}
