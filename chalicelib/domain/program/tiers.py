"""Tiers: where a member stands in a group, and how an amount moves them.

Upgrades are at once, downgrades at the end of the keep (``keeping``). A reversal that takes the
amount below the threshold ends at once a tier gained in this period; what is left then is the
*floor*, the standing carried in from earlier periods, or what is still qualified, whichever is
higher. So additions and their exact reversals within one period lead back to where one began.

Amounts are minor units (by spend) or points earned (by points), never the balance. An amount is
judged at its own instant as well as now, so that an order which is heard of late, after the turn
of the year, still counts in the year that it was paid in.
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Shown, Standing
from chalicelib.domain.program.keeping import (
    Held,
    gained,
    grace_end,
    lapsed,
    place_at,
    rebuilt,
    sum_at,
)
from chalicelib.domain.program.plan import INVITED_ONLY, CompiledGroup, CompiledTier
from chalicelib.domain.program.tier_places import (
    due_entries,
    floor_of,
    held_of,
    is_late,
    owed_entries,
    shown_of,
    with_floor,
    with_given,
    with_held,
    with_invited,
)
from chalicelib.domain.program.tier_windows import (
    booked,
    effective_from,
    judged_at,
    kept,
    name_of,
    of_member,
    ordinal_at,
    period_start,
)


class Move(msgspec.Struct, frozen=True):
    """What an amount did to a standing."""

    standing: Standing
    gained: tuple[str, ...] = ()  # ids of tiers newly reached, skipped ones too, lowest first
    entered: tuple[str, ...] = ()  # those of them whose entry effects are due now


class Progress(msgspec.Struct, frozen=True):
    """How far it is to the next tier, in minor units or points."""

    value: int  # what counts in the window now
    from_: int  # threshold of the tier held
    to: int  # threshold of the next tier; of the tier held at the top
    next: CompiledTier | None
    missing: int  # 0 at the top


def standing_at(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    """What holds at ``now`` if nothing was written since, by amounts or by invitation.

    Someone who never had a standing stands in the lowest tier.
    """
    return with_invited(group, earned_at(group, standing, now), now)


def tier_at(group: CompiledGroup, standing: Standing, now: Instant) -> str:
    """Id of the tier that ``standing_at`` comes to, at once where no time has ended anything."""
    place = group.places.get(standing.tier)
    is_invited = bool(standing.invited or standing.given)
    is_at_once = group.judged is None and not is_invited
    is_plain = place is not None and is_at_once and standing.since <= now
    is_timeless = not place or group.keeping.is_forever
    if is_plain and (is_timeless or (standing.keep_until or 0) > now):
        return standing.tier
    return standing_at(group, standing, now).tier


def earned_at(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    """What amounts, or conditions, alone hold at ``now``.

    Where moves wait, that is what held when the day, or the window, began.
    """
    if not is_late(group):
        return reached_at(group, standing, now)
    group = of_member(group, standing)
    began = judged_at(group, now)
    held = shown_of(group, standing, began)
    if held is None:
        # Nothing was written since: what is written was known then. Before moves waited at all,
        # they were at once.
        standing = reached_at(group, standing, began if standing.shown else now)
        held = held_of(group, standing)
        held = Held(held.place, min(effective_from(group, held.since), began), held.keep_until)
    return with_held(group, standing, held)


def reached_at(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    """What is reached at ``now``, effective or not yet; before the last gain, the floor."""
    group = of_member(group, standing)
    if group.by == "custom":  # what is written holds until it is judged again
        settled = with_held(group, standing, held_of(group, standing))
    else:
        settled = _settled(group, standing, now)
    if now >= settled.since:
        return settled
    return with_held(group, settled, floor_of(group, settled))


def qualify(
    group: CompiledGroup, standing: Standing, amount: int, bucket_at: Instant, now: Instant
) -> Move:
    """Count signed ``amount`` in the bucket of ``bucket_at`` and move the standing.

    Entry effects of every tier passed on the way up are due, each once a period; with a positive
    amount also those that went back with another amount while the tier was held.
    """
    standing = _anchored(group, standing, min(bucket_at, now))
    group = of_member(group, standing)
    shown = shown_now(group, standing, now)
    settled = _settled(group, standing, now)
    if not standing.tier:
        settled = _begun(group, settled, min(bucket_at, now))
    held = held_of(group, settled)
    buckets = booked(group, settled.buckets, amount, bucket_at, now)
    risen = _risen(group, (settled.buckets, buckets), bucket_at, now)
    if risen.place > held.place:
        settled = with_held(group, settled, risen)
    elif amount < 0:
        settled = _reversed(group, settled, buckets, now)
    first = held.place + 1 if standing.tier else 0
    reached = group.tiers[first : held_of(group, settled).place + 1]
    again = owed_entries(group, settled, now) if amount > 0 else ()
    due = tuple(dict.fromkeys((*again, *due_entries(group, settled, reached, now))))
    settled = with_given(group, settled, due, now)
    settled = msgspec.structs.replace(settled, buckets=kept(group, buckets, now), shown=shown)
    return Move(settled, tuple(tier.id for tier in reached), due)


def shown_now(group: CompiledGroup, standing: Standing, now: Instant) -> Shown | None:
    """What is shown until moves are next effective, whatever is written now; None: they are now."""
    if not is_late(group):
        return None
    seen = earned_at(group, standing, now)
    tier = group.tiers[held_of(group, seen).place].id
    return Shown(tier, seen.since, seen.keep_until or 0, judged_at(of_member(group, seen), now))


def window_sum(group: CompiledGroup, standing: Standing, now: Instant) -> int:
    """The amount that counts at ``now``."""
    return sum_at(of_member(group, standing), standing.buckets, now)


def bucket_of(group: CompiledGroup, standing: Standing, at: Instant) -> str:
    """Name of the bucket that an amount of ``at`` is counted in by who has ``standing``."""
    group = of_member(group, standing)
    return name_of(group, ordinal_at(group, at))


def held_until(group: CompiledGroup, standing: Standing, now: Instant) -> Instant | None:
    """Until when the tier held at ``now`` is kept whatever happens: in its grace, that one's end.

    None where no time ends it.
    """
    group = of_member(group, standing)
    end = standing.keep_until
    return end if end is None or end > now else grace_end(group, end)


def progress(group: CompiledGroup, standing: Standing, now: Instant) -> Progress:
    """How far a member is from the tier above the one held at ``now``."""
    earned = held_of(group, earned_at(group, standing, now)).place
    place = held_of(group, standing_at(group, standing, now)).place
    value = max(window_sum(group, standing, now), 0)
    here = group.tiers[earned].at
    if here == INVITED_ONLY:  # held by a condition: no amount leads there, or on from there
        return Progress(0, 0, 0, None, 0)
    following = next((tier for tier in group.tiers[place + 1 :] if tier.at < INVITED_ONLY), None)
    if following is None:
        return Progress(value, here, here, None, 0)
    return Progress(value, here, following.at, following, max(following.at - value, 0))


def without_entry(
    group: CompiledGroup, standing: Standing, tier_ids: Iterable[str], now: Instant
) -> Standing:
    """``standing`` after the document that had given these tiers' entry effects took them back.

    They are due again, even within the period: where the tier is lost, when it is next gained;
    where it is still held, with the next amount.
    """
    gone = frozenset(tier_ids)
    held = {
        tier.id for tier in group.tiers[: held_of(of_member(group, standing), standing).place + 1]
    }
    paid = {tier: at for tier, at in standing.paid.items() if tier not in gone}
    owed = {**standing.owed, **dict.fromkeys(sorted(gone & held), now)}
    return msgspec.structs.replace(standing, paid=paid, owed=owed)


# ---------------------------------------------------------------- time


def _settled(group: CompiledGroup, standing: Standing, now: Instant) -> Standing:
    """``standing`` with every keep that is over settled, and the floor rolled over."""
    written = held_of(group, standing)
    if standing.tier and standing.tier not in group.places:
        # The tier is gone from the program: the amount says where its member belongs.
        written = gained(group, place_at(group, standing.buckets, now), standing.since)
    held = lapsed(group, written, standing.buckets, now)
    floor = lapsed(group, floor_of(group, standing), standing.buckets, now)
    dropped = held.place < written.place
    is_of_earlier_period = held.since < period_start(group, now)
    # What gained it is (in part) forgotten: no reversal can tell any more, so it is carried in.
    known = kept(group, standing.buckets, now)
    is_forgotten = place_at(group, known, held.since) < held.place
    if dropped or is_of_earlier_period or is_forgotten:
        floor = held
    return with_floor(group, with_held(group, standing, held), floor)


def _anchored(group: CompiledGroup, standing: Standing, at: Instant) -> Standing:
    """``standing`` with the day that its own years count from, where the group has such years.

    That is the day of joining, or of the first amount where that was earlier; then it stays.
    """
    if not group.is_anniversary:
        is_anchored = standing.own_from != 0
        return msgspec.structs.replace(standing, own_from=0) if is_anchored else standing
    if standing.tier and standing.own_from:
        return standing
    return msgspec.structs.replace(standing, own_from=min(standing.own_from or at, at))


def _begun(group: CompiledGroup, settled: Standing, at: Instant) -> Standing:
    """The standing of someone who is seen for the first time: the lowest tier, from ``at``."""
    lowest = Held(0, at, None)
    return with_floor(group, with_held(group, settled, lowest), lowest)


# ---------------------------------------------------------------- amounts


def _risen(
    group: CompiledGroup,
    change: tuple[Mapping[str, int], Mapping[str, int]],
    at: Instant,
    now: Instant,
) -> Held:
    """The highest tier that the buckets reach now, or reached by this very amount at ``at``."""
    before, after = change
    today = gained(group, place_at(group, after, now), now)
    if at == now:
        return today
    place = place_at(group, after, at)
    if place <= place_at(group, before, at):
        return today
    then = lapsed(group, gained(group, place, min(at, now)), after, now)
    return then if then.place >= today.place else today


def _reversed(
    group: CompiledGroup, settled: Standing, buckets: Mapping[str, int], now: Instant
) -> Standing:
    """End a tier of this period that a reversal took the amount away from.

    What counts is the window in which the tier was gained: what was bought since had no part in
    it. What is left is what the rest alone would have come to, from the floor: perhaps the same
    tier, reached a little later.
    """
    held, floor = held_of(group, settled), floor_of(group, settled)
    before = place_at(group, settled.buckets, held.since)
    after = place_at(group, buckets, held.since)
    is_undone = after < held.place <= before
    if not is_undone or held.place <= floor.place:
        return settled
    left = rebuilt(group, floor, buckets, held.since, now)
    return with_held(group, settled, left) if left.place <= held.place else settled
