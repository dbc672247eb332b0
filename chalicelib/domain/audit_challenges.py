"""The audit's checks of challenges: progress is what the documents contribute, and gave once (I4).

Actions lie in the member's partition, orders are known where an entry or a marker names them. So
progress says how many documents it is the sum of: where all of them are known the sums must be
equal, else what is known must fit in.
"""

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.actions import Action
from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.granting import BADGE
from chalicelib.domain.ledger import Entry
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.progress import BADGES_ID, Badges, Progress
from chalicelib.domain.records import Adjustment, AdjustmentKind, Joining

_BADGES = f"badges:{BADGES_ID}"


def progress_effect(name: str, document: Progress, entries: list[Entry]) -> Iterator[Found]:
    """Its entries are what it says, which is its target and what could not be taken back."""
    net, gave = Counter[str](), Counter[str]()
    for entry in entries:
        net[entry.unit] += entry.points
    for share in document.posted:
        gave[share.unit] += share.points
    for unit in sorted({*net, *document.net, *gave} - {""}):
        said = document.net.get(unit, 0)
        booked = net[unit] + document.carried.get(unit, 0)
        left = gave[unit] + document.forgiven.get(unit, 0) + document.lapsed.get(unit, 0)
        is_carried = bool(document.absorbed)  # two targets are one only when it is next touched
        if booked != said or (said != left and not is_carried):
            yield "I4", name, f"says {said} of {unit}, should be {left}, entries {booked}"


def challenge_breaks(books: MemberBooks) -> Iterator[Found]:
    """Progress and badges of a member (with who was merged into them) against the documents."""
    known = standing(books)
    for challenge in sorted({each.id for each in known}):
        own = [each for each in known if each.id == challenge]
        yield from _recount(books, challenge, own)
    yield from _badge_breaks(books)
    yield from _staff_breaks(books)


def standing(books: MemberBooks) -> list[Progress]:
    """Progress that is not in another's yet."""
    every = [
        document
        for each in books.family
        for document in each.documents.values()
        if isinstance(document, Progress)
    ]
    gone = {(each.id, member) for each in every for member in each.absorbed}
    return [each for each in every if (each.id, each.member) not in gone]


def _recount(books: MemberBooks, challenge: str, own: list[Progress]) -> Iterator[Found]:
    floor = max(each.floor for each in own)
    live, told = Counter[str](), Counter[str]()
    for each in own:
        live.update(each.live)
    parts = [
        document.progress[challenge]
        for document in _contributing(books)
        if challenge in document.progress
    ]
    for part in parts:
        told.update(part)
    said = sum(each.documents for each in own)
    name = f"progress:{challenge}"
    if len(parts) > said:
        yield "I4", name, f"is the sum of {said} documents, and {len(parts)} contribute"
    for value in sorted(live.keys() | told.keys()):
        if floor and int(value) < floor:
            continue
        is_all = len(parts) == said
        if told[value] > live[value] or (is_all and told[value] < live[value]):
            yield "I4", name, f"has {live[value]}, its documents contribute {told[value]}"


def _contributing(books: MemberBooks) -> Iterator[OrderDocument | Action]:
    names = {each.member for each in books.family}
    for each in books.family:
        for document in each.documents.values():
            is_theirs = isinstance(document, OrderDocument) and document.member in names
            if is_theirs or isinstance(document, Action):
                yield document  # type: ignore[misc] # both were asked


def _joinings(books: MemberBooks) -> Iterator[Joining]:
    for each in books.family:
        yield from (known for known in each.documents.values() if isinstance(known, Joining))


def _badge_breaks(books: MemberBooks) -> Iterator[Found]:
    """Every badge that a known document gives, or staff granted, is worn."""
    worn, given = _worn(books), _by_staff(books)
    for document in (*_contributing(books), *_joinings(books), *standing(books)):
        given.update({line.name: line.amount for line in document.grants if line.kind == BADGE})
    for badge in sorted(given):
        if given[badge] > worn[badge]:
            yield "I4", f"badge:{badge}", f"is given {given[badge]} times, worn for {worn[badge]}"


def _staff_breaks(books: MemberBooks) -> Iterator[Found]:
    """What the badges say of staff is what the adjustments did; of merged members once they are."""
    if books.merged or books.account is None or books.account.merged_into:
        return
    own, made = books.documents.get(_BADGES), _by_staff(books)
    said = own.granted if isinstance(own, Badges) else {}
    for badge in sorted(said.keys() | made.keys()):
        if said.get(badge, 0) != made[badge]:
            detail = f"staff granted it {made[badge]} times, it says {said.get(badge, 0)}"
            yield "I4", f"badge:{badge}", detail


def _by_staff(books: MemberBooks) -> Counter[str]:
    """Badges by how often staff granted them and did not take them back since.

    Each of two members who are one was granted what they were; who takes one back takes both.
    """
    if books.account is None or books.account.merged_into:
        return Counter()
    asked = (
        (document.recorded_at, document.entry.seq if document.entry else 0, each.member, document)
        for each in books.family
        for document in each.documents.values()
        if isinstance(document, Adjustment) and document.badge
    )
    granted: dict[str, dict[str, int]] = {}
    for _, _, member, document in sorted(asked, key=lambda told: told[:3]):
        by_member = granted.setdefault(document.badge, {})
        if document.kind is AdjustmentKind.UNBADGE:
            by_member.clear()
        else:
            by_member[member] = 1
    return Counter({badge: sum(each.values()) for badge, each in granted.items()})


def _worn(books: MemberBooks) -> Counter[str]:
    """Badges by how many reasons they have, none counted twice."""
    every = [
        document
        for each in books.family
        for document in each.documents.values()
        if isinstance(document, Badges)
    ]
    gone = {member for each in every for member in each.absorbed}
    worn = Counter[str]()
    for each in every:
        if each.member not in gone:
            worn.update({badge: one.reasons for badge, one in each.worn.items()})
    return worn
