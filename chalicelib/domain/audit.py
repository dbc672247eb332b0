"""The checks of the nightly audit: every promise of the books, asked of what is stored.

Pure: a member's books come in as values, breaks go out as values. Each check is one function in
``CHECKS``; a new promise adds its own there, a new kind of document in ``audit_documents``, and a
document of a kind that nobody has taught the audit is itself a break. Nothing here repairs: a
repair is an adjustment by a person. What spans members (orders, stock) is in ``audit_across``.

::

    I1 booked = sum of entries = lots - deficit     I6 points are spent, lapsed, returned once
    I2 numbers without a gap, chain unbroken        I7 nothing crosses members or shops
    I3 a deficit only where the unit allows one     I8 qualifying amounts = sum of entries
    I4 one document, one effect                     I9 stock never oversold (audit_across)
    I5 an order's net = target + forgiven + lapsed  I10 the revision rises with every write
    I0 an item can be read at all
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from chalicelib.domain.actions import Action
from chalicelib.domain.audit_documents import document_breaks
from chalicelib.domain.audit_memberships import membership_breaks
from chalicelib.domain.audit_tiers import gift_breaks, invitation_breaks, judged_breaks
from chalicelib.domain.audited import Break, Found, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import chain_breaks, genesis
from chalicelib.domain.lots import booked
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.orders import OrderDocument

Check: TypeAlias = Callable[[MemberBooks], Iterator[Found]]

_TOUCHING: Final = frozenset(
    {"earn", "reverse", "redeem", "return", "expire", "adjust", "reinstate", "donate"}
)
"""Kinds of entries that touch no more points than they move."""


def member_breaks(books: MemberBooks) -> tuple[Break, ...]:
    """Every promise that the member's books do not keep."""
    if books.account is None:
        return _without_account(books)
    return tuple(
        Break(invariant, books.member, where, detail)
        for check in CHECKS
        for invariant, where, detail in check(books)
    )


def _without_account(books: MemberBooks) -> tuple[Break, ...]:
    """Entries or documents of nobody; anything else may lie there before its member joins.

    An action that earned nothing is kept although whoever did it is no member.
    """
    moved = [each for each in books.documents.values() if not _is_bare(each)]
    count = len(books.entries) + len(moved)
    if not count:
        return ()
    return (Break("I1", books.member, "account", f"{count} items and no account"),)


def _is_bare(document: Document) -> bool:
    return isinstance(document, Action) and not (document.posted or document.net)


def _sums(books: MemberBooks) -> Iterator[Found]:
    """I1: per unit, the sum of entries is what lots and deficit say."""
    account = books.account or Account(revision=0)
    sums = Counter[str]()
    for entry in books.entries:
        sums[entry.unit] += entry.points
    for unit in sorted({*account.units, *sums} - {""}):
        held = booked(account.units.get(unit, UnitState()))
        if held != sums[unit]:
            yield "I1", unit, f"lots less deficit are {held}, entries sum {sums[unit]}"


def _chain(books: MemberBooks) -> Iterator[Found]:
    """I2: numbered without a gap, each entry chained to the one before, the account to the last."""
    account = books.account or Account(revision=0)
    for told in chain_breaks(books.shop, books.member, books.entries):
        yield "I2", "journal", told
    if account.seq != len(books.entries):
        yield "I2", "account", f"says {account.seq} entries, there are {len(books.entries)}"
    last = books.entries[-1].hash if books.entries else genesis(books.shop, books.member)
    if account.seq and account.last_hash != last:
        yield "I2", "account", "names another last hash than its last entry"


def _debts(books: MemberBooks) -> Iterator[Found]:
    """I3: a deficit only where a version of the program that is named here allows one."""
    account = books.account or Account(revision=0)
    for unit, state in account.units.items():
        if state.deficit > 0 and unit not in books.may_owe:
            yield "I3", unit, f"owes {state.deficit}, which no version of the program allows"


def _lots(books: MemberBooks) -> Iterator[Found]:
    """I6: no lot below nothing, and no entry touches more points than it moves."""
    account = books.account or Account(revision=0)
    for unit, state in account.units.items():
        figures = [number for lot in state.lots for number in (lot.remaining, lot.lapsed)]
        if min([state.deficit, *figures]) < 0:
            yield "I6", unit, "a lot or the deficit is below 0"
    for entry in books.entries:
        if entry.kind not in _TOUCHING:
            continue  # it moves dates, not points
        touched = [part.points for part in entry.touched]
        if min(touched, default=0) < 0 or sum(touched) > abs(entry.points):
            yield "I6", f"entry {entry.seq}", f"moves {entry.points} and touches {sum(touched)}"


def _owners(books: MemberBooks) -> Iterator[Found]:
    """I7: what lies with a member is that member's."""
    for name, document in books.documents.items():
        if not isinstance(document, OrderDocument) and document.member != books.member:
            yield "I7", name, "is the document of another member"


def _pools(books: MemberBooks) -> Iterator[Found]:
    """I7: who shares a pool stands in both accounts; shares are nobody's debt."""
    for other in books.unshared:
        yield "I7", "pools", f"{other} knows nothing of a pool that is shared with it"
    pool = books.account.pool if books.account else None
    if pool is not None and (
        pool.owner not in pool.places or min(place.share for place in pool.places.values()) < 0
    ):
        yield "I7", "pools", "the owner has no place, or a share is below 0"


def _qualifying(books: MemberBooks) -> Iterator[Found]:
    """I8: every amount that is kept is the sum of its entries, and the last one moved is kept."""
    account = books.account or Account(revision=0)
    sums: dict[str, Counter[str]] = {}
    newest: dict[str, str] = {}
    for entry in books.entries:
        for group, deltas in entry.qualifying.items():
            sums.setdefault(group, Counter()).update(deltas)
            is_prompt = entry.recorded_at - entry.occurred_at <= DAY_MS  # an old one may be let go
            newest[group] = max(deltas, default="") if is_prompt else ""
    for group, standing in account.standings.items():
        told = sums.get(group, Counter())
        kept = min(standing.buckets, default="~")
        missing = (name for name in told if told[name] and name >= kept)
        for bucket in sorted({*standing.buckets, *missing, newest.get(group, "")} - {""}):
            held = standing.buckets.get(bucket, 0)
            is_forgotten = bucket not in standing.buckets and bucket < kept and kept != "~"
            if held != told[bucket] and not is_forgotten:
                detail = f"{bucket} counts {held}, entries sum {told[bucket]}"
                yield "I8", group, detail


def _revision(books: MemberBooks) -> Iterator[Found]:
    """I10: at least one write for every moment at which entries were recorded."""
    account = books.account or Account(revision=0)
    moments = len({entry.recorded_at for entry in books.entries})
    if account.revision < max(1, moments):
        yield "I10", "account", f"revision {account.revision} after {moments} commits"


CHECKS: Final[tuple[Check, ...]] = (
    _sums,
    _chain,
    _debts,
    _lots,
    document_breaks,
    invitation_breaks,
    membership_breaks,
    gift_breaks,
    judged_breaks,
    _owners,
    _pools,
    _qualifying,
    _revision,
)
"""Every check of one member's books, in order. A new promise is a new function here."""
