"""Progress: what a member has of one challenge, as a document, and the badges that they wear.

``live`` is the sum of what the member's orders and actions contribute, by value; each of those
keeps its own contribution, so that a retry changes nothing and what is taken back goes exactly.
Both documents are written in the transaction of what moved them, and only then.

What was merged keeps its progress document, which nothing writes any more. The merge adds it to the
progress of the member that stays, which notes that, and settles the sum: what both completed alone
is worth what it is worth once. Of a challenge that the live program has no more, or has by other
terms, whoever touches it next does so.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.domain.granting import CAUSE, REWARD, Granted, GrantKey, key_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import Touched
from chalicelib.domain.program.occasion import Share

BADGES_ID = "member"
"""The badges of a member are one document."""


class Progress(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "member": "m",
        "terms": "t",
        "live": "l",
        "documents": "d",
        "floor": "o",
        "banked": "b",
        "banked_end": "be",
        "completed": "n",
        "completed_at": "ca",
        "joined_at": "j",
        "score": "sc",
        "scored_at": "sa",
        "rank": "rk",
        "posted": "p",
        "net": "ne",
        "forgiven": "f",
        "lapsed": "lp",
        "credited": "c",
        "grants": "g",
        "reason": "why",
        "recorded_at": "at",
        "carried": "k",
        "carried_units": "ku",
        "absorbed": "ab",
        "revision": "r",
    },
):
    """How far a member is in one challenge, and what it gave them."""

    id: str  # of the challenge
    member: str
    terms: str = ""  # fingerprint of the challenge that it is progress in
    live: dict[str, int] = {}  # what counts now, by value; none of them 0
    documents: int = 0  # how many contribute
    floor: int = 0  # streak: periods before this one are forgotten
    banked: int = 0  # streak: completions that began before ``floor``; they stay
    banked_end: int = 0  # streak: the last period of those
    completed: int = 0
    completed_at: Instant = 0  # when it was, the last time
    joined_at: Instant = 0  # the member said that they take part
    score: int = 0  # on the board of the challenge, where it has one
    scored_at: Instant = 0  # since when
    rank: int = 0  # the place that it had when the board was closed
    posted: tuple[Share, ...] = ()
    net: dict[str, int] = {}  # sum of its entries, by unit
    forgiven: dict[str, int] = {}
    lapsed: dict[str, int] = {}
    credited: dict[str, tuple[Touched, ...]] = {}
    grants: tuple[Granted, ...] = ()  # badges, rewards, units of causes
    reason: str = ""  # why it was less the last time; "" when it was more
    recorded_at: Instant = 0
    carried: dict[str, int] = {}  # of ``net``: entries of members who were merged into this one
    carried_units: dict[str, int] = {}  # by cause: units that stand on documents of those, too
    absorbed: tuple[str, ...] = ()  # those whose progress is in this one
    revision: int = 0


class Worn(msgspec.Struct, frozen=True, array_like=True):
    """One badge: how many live reasons it has, and since when."""

    reasons: int
    since: Instant


class Badges(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    rename={
        "member": "m",
        "worn": "w",
        "granted": "g",
        "recorded_at": "at",
        "absorbed": "ab",
        "revision": "r",
    },
):
    """The badges of a member. One is worn while any grant gives it."""

    id: str
    member: str
    worn: dict[str, Worn] = {}  # by badge id
    granted: dict[str, int] = {}  # of the reasons, those by staff; two after a merge
    recorded_at: Instant = 0
    absorbed: tuple[str, ...] = ()  # merged members whose badges are in it
    revision: int = 0


# ---------------------------------------------------------------- members who became one


def progress_of_all(
    own: Progress | None, others: tuple[str, Sequence[Progress | None]]
) -> Progress | None:
    """``own`` with what ``others`` (of members merged into this one) have; None for nothing."""
    member, found = others
    for other in found:
        if other is None or (own is not None and other.member in own.absorbed):
            continue
        if own is None:
            own = Progress(other.id, member, other.terms, recorded_at=other.recorded_at)
        own = _joined(own, other)
    return own


def badges_of_all(own: Badges | None, others: tuple[str, Sequence[Badges | None]]) -> Badges | None:
    """As ``progress_of_all``, of badges."""
    member, found = others
    for other in found:
        if other is None or (own is not None and other.member in own.absorbed):
            continue
        known = own or Badges(BADGES_ID, member)
        worn = {
            name: _both(known.worn.get(name), other.worn.get(name))
            for name in sorted(known.worn.keys() | other.worn.keys())
        }
        own = msgspec.structs.replace(
            known,
            worn=worn,
            granted=summed(known.granted, other.granted),
            absorbed=(*known.absorbed, *other.absorbed, other.member),
        )
    return own


def _both(one: Worn | None, other: Worn | None) -> Worn:
    known = [each for each in (one, other) if each is not None]
    return Worn(sum(each.reasons for each in known), min(each.since for each in known))


def _joined(own: Progress, other: Progress) -> Progress:
    if own.terms and other.terms and own.terms != other.terms:
        return msgspec.structs.replace(own, absorbed=(*own.absorbed, other.member))
    joined = [at for at in (own.joined_at, other.joined_at) if at]
    posted = summed(_by_unit(own.posted), _by_unit(other.posted))
    return msgspec.structs.replace(
        own,
        terms=own.terms or other.terms,
        live=summed(own.live, other.live),
        documents=own.documents + other.documents,
        floor=max(own.floor, other.floor),
        banked=own.banked + other.banked,
        banked_end=max(own.banked_end, other.banked_end),
        completed=own.completed + other.completed,
        completed_at=max(own.completed_at, other.completed_at),
        score=own.score + other.score,
        scored_at=max(own.scored_at, other.scored_at),
        rank=min((rank for rank in (own.rank, other.rank) if rank), default=0),
        joined_at=min(joined, default=0),
        posted=tuple(Share(own.id, unit, points) for unit, points in posted.items()),
        net=summed(own.net, other.net),
        forgiven=summed(own.forgiven, other.forgiven),
        lapsed=summed(own.lapsed, other.lapsed),
        credited={
            unit: (*own.credited.get(unit, ()), *other.credited.get(unit, ()))
            for unit in sorted(own.credited.keys() | other.credited.keys())
        },
        grants=_granted(own.grants, other.grants),
        carried=summed(own.carried, other.net),
        carried_units=summed(own.carried_units, units_of(other.grants)),
        absorbed=(*own.absorbed, *other.absorbed, other.member),
    )


def _by_unit(shares: tuple[Share, ...]) -> dict[str, int]:
    return {share.unit: share.points for share in shares}


def _granted(own: tuple[Granted, ...], other: tuple[Granted, ...]) -> tuple[Granted, ...]:
    """Each grant as often as it was made, so that what is too much is taken back.

    A reward is one of its holder's: those of several stay apart.
    """
    lines: dict[tuple[GrantKey, str], Granted] = {}
    for line in (*own, *other):
        key = (key_of(line), line.holder if line.kind == REWARD else "")
        known = lines.get(key, msgspec.structs.replace(line, amount=0, kept=0))
        amount, kept = known.amount + line.amount, known.kept + line.kept
        lines[key] = msgspec.structs.replace(line, amount=amount, kept=kept)
    return tuple(lines[key] for key in sorted(lines))


def units_of(grants: Iterable[Granted]) -> dict[str, int]:
    """By cause: units that ``grants`` stand for."""
    found: dict[str, int] = {}
    for line in grants:
        if line.kind == CAUSE:
            found[line.name] = found.get(line.name, 0) + line.stands
    return found


def summed(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Both added up by key; nothing where the sum is nothing."""
    names = sorted(one.keys() | other.keys())
    sums = {name: one.get(name, 0) + other.get(name, 0) for name in names}
    return {name: amount for name, amount in sums.items() if amount}
