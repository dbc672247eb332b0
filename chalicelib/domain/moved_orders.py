"""What members keep of an order that is another's by now, and get no second time.

An order that moves is reversed at its member and earned anew by the other. What could not be taken
back (forgiven by the unit's policy, or lapsed already) stays with the first one. The document says
so, by member and unit, for ever: the entries of all its members add up to ``net`` and ``left``,
and where the order comes back, it goes on from there.

A referral that the order made count is settled after the commit of the move, by whatever delivery
comes next: the document names those of its members so far, because the next one finds the new
member alone.
"""

import msgspec

from chalicelib.domain.limits import ORDER_REFERRALS_MAX
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.orders import OrderDocument


def left_behind(gone: OrderDocument) -> dict[str, dict[str, tuple[int, int]]]:
    """What everybody keeps after ``gone``, the document of its last member, was reversed."""
    units = sorted({*gone.forgiven, *gone.lapsed})
    kept = {unit: (gone.forgiven.get(unit, 0), gone.lapsed.get(unit, 0)) for unit in units}
    return {**gone.left, gone.member: kept} if kept else gone.left


def referred_before(gone: OrderDocument, holder: LoadedMember) -> tuple[str, ...]:
    """By whose referrals the members came whose order it was, ``holder`` the last; newest last."""
    own = holder.account.referred if holder.account else ()
    return tuple(dict.fromkeys((*gone.referred, *own)))[-ORDER_REFERRALS_MAX:]


def taken_up(document: OrderDocument, owner: LoadedMember) -> OrderDocument:
    """The document, not awarded yet, with what ``owner`` keeps of it from before."""
    names = {owner.member, *(owner.account.aliases if owner.account else ())}
    forgiven, lapsed = dict[str, int](), dict[str, int]()
    for name in names & document.left.keys():
        for unit, (spared, gone) in document.left[name].items():
            forgiven[unit] = forgiven.get(unit, 0) + spared
            lapsed[unit] = lapsed.get(unit, 0) + gone
    return msgspec.structs.replace(
        document,
        net={unit: points + lapsed[unit] for unit, points in forgiven.items()},
        forgiven={unit: points for unit, points in forgiven.items() if points},
        lapsed={unit: points for unit, points in lapsed.items() if points},
        left={name: kept for name, kept in document.left.items() if name not in names},
    )
