"""The audit of tiers: each invitation was made by an adjustment, each judgement stands as told."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.actions import Action
from chalicelib.domain.audited import Found, MemberBooks
from chalicelib.domain.giving_tiers import gift_name
from chalicelib.domain.granting import TIER
from chalicelib.domain.judging import JUDGED
from chalicelib.domain.ledger import Entry
from chalicelib.domain.member import Invitation
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.records import Adjustment, AdjustmentKind


def invitation_breaks(books: MemberBooks) -> Iterator[Found]:
    """I4: what a standing says of invitations is what the adjustments did.

    Of merged members only that every invitation was made: theirs come together at the merge.
    """
    if books.account is None or books.account.merged_into:
        return
    held = {
        f"{group}/{tier}": invitation
        for group, standing in books.account.standings.items()
        for tier, invitation in standing.invited.items()
    }
    made, last = _told(books)
    for tier, invitation in sorted(held.items()):
        if invitation not in made.get(tier, ()):
            yield "I4", tier, "is held by an invitation that no adjustment made"
    for tier in sorted(last.keys() - held.keys() if not books.merged else ()):
        yield "I4", tier, "was invited to, and the standing does not say so"


def gift_breaks(books: MemberBooks) -> Iterator[Found]:
    """I4: what a standing says that rules gave, a document that is stored gives."""
    if books.account is None or books.account.merged_into:
        return
    made = {
        (line.name, gift_name(line, name))
        for own in books.family
        for name, document in own.documents.items()
        if isinstance(document, OrderDocument | Action)
        for line in document.grants
        if line.kind == TIER and line.amount
    }
    for group, standing in sorted(books.account.standings.items()):
        for name in sorted(standing.given):
            if (f"{group}/{name.partition(' ')[0]}", name) not in made:
                yield "I4", f"{group}/{name}", "is held, and no document gives it"


def judged_breaks(books: MemberBooks) -> Iterator[Found]:
    """I8: a tier by conditions is the one that its last entry tells.

    Of merged members nothing is said: the higher of their tiers stays until it is judged. Nor of a
    group that is by amounts now, or was when amounts moved it last.
    """
    if books.account is None or books.account.merged_into or books.merged:
        return
    told = _last_judged(books.entries)
    for group in sorted(told.keys() & books.judging):
        tier, standing = told[group], books.account.standings.get(group)
        if standing is None or standing.tier != tier:
            yield "I8", group, f"is not the tier {tier} that was judged last"


def _last_judged(entries: Iterable[Entry]) -> dict[str, str]:
    """The tier judged last by group, where no amounts have moved the group since."""
    told: dict[str, str] = {}
    for entry in entries:
        for group in entry.qualifying:
            told.pop(group, None)
        for reason in entry.explanation:
            if reason.code == JUDGED:
                group, _, tier = str(reason.parameters["tier"]).partition("/")
                told[group] = tier
    return told


def _told(books: MemberBooks) -> tuple[dict[str, list[Invitation]], dict[str, Invitation]]:
    """Every invitation that was made by tier, and those that were not withdrawn since."""
    asked = [
        document
        for own in books.family
        for document in own.documents.values()
        if isinstance(document, Adjustment) and document.tier
    ]
    made: dict[str, list[Invitation]] = {}
    last: dict[str, Invitation] = {}
    for document in sorted(asked, key=lambda each: each.entry.seq if each.entry else 0):
        if document.kind is AdjustmentKind.WITHDRAW:
            last.pop(document.tier, None)
            continue
        invitation = Invitation(document.recorded_at, document.until)
        made.setdefault(document.tier, []).append(invitation)
        last[document.tier] = invitation
    return made, last
