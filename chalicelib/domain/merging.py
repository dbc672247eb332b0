"""Merging two members who are one person: the one is emptied into the other, in one commit.

::

    gone   reverse what both had once ─ merge_out, lot by lot ─ tombstone, for ever
    kept   merge_in ─ standings combined, counts and caps added ─ the id of the gone as an alias

Nothing is lost and nothing made: the same lots with the same dates, holds too, debts too. What both
had by a rule that pays once, for joining or by an order, the gone one gives back. Journals stay
where they are. Members that were merged into the gone one before lead to the kept one at
once, so every id is followed in one step.
"""

import msgspec

from chalicelib.domain import limits, memberships
from chalicelib.domain.booking import (
    Draft,
    closed,
    opened,
    unit_state,
    with_account,
    with_inbox,
    with_qualifying,
)
from chalicelib.domain.budgets import spending
from chalicelib.domain.causes import counted
from chalicelib.domain.celebrating import with_anniversary
from chalicelib.domain.decision import AlreadyRecorded, Book, Decision, Document, Outcome
from chalicelib.domain.entering import all_marked
from chalicelib.domain.habits import joined_months, joined_products
from chalicelib.domain.instants import MINUTE_MS, Instant
from chalicelib.domain.judging import awaiting
from chalicelib.domain.ledger import EntryKind, Explained, Movement, Source, genesis
from chalicelib.domain.lots import Touched, booked
from chalicelib.domain.member import Account, Counters, Profile, Standing, UnitState
from chalicelib.domain.member_records import Merge
from chalicelib.domain.merging_honours import honours_together
from chalicelib.domain.merging_once import (
    MergeLoad,
    Merging,
    awards_taken_back,
    free_after,
    freed_markers,
    given_before,
    grants_taken_back,
    joined_twice,
    joinings_taken_back,
)
from chalicelib.domain.messages import Inbox, inbox_of_both, rewritten_inbox
from chalicelib.domain.moving import merged_states, with_movement
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_merging import rehoused, rivals_left
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.tier_merging import carried, combined, received


def decide_merge(asked: Merge, loaded: MergeLoad, now: Instant) -> Outcome:
    """Move everything of ``loaded.gone`` to ``loaded.kept``, or say why not. Again: a replay."""
    kept, gone = loaded.kept, loaded.gone
    if loaded.document is not None:
        return AlreadyRecorded(loaded.document)
    if kept.member == gone.member:
        return Refusal(RefusalCode.VALUE_INVALID, "these are one and the same member")
    if any(each.account is not None and each.account.erased_at for each in (kept, gone)):
        return Refusal(RefusalCode.MEMBER_ERASED, "who was erased is nobody any more")
    if loaded.program is None:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    if kept.account is None and gone.account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "neither is a member: there is nothing to merge")
    known = kept.account.aliases if kept.account else ()
    aliases = (*known, gone.member, *(gone.account.aliases if gone.account else ()))
    refusal = _conflict(aliases)
    if refusal is not None:
        return refusal
    decision = _merged(asked, loaded, (loaded.program, aliases), now)
    if _writes(decision) > limits.TRANSACTION_WRITES_MAX:
        detail = "both won so many once-rules by so many documents that one commit cannot hold it"
        return Refusal(RefusalCode.LIMIT_REACHED, detail)
    return decision


def _conflict(aliases: tuple[str, ...]) -> Refusal | None:
    """Why these two cannot be one, as they stand."""
    if len(aliases) > limits.MERGED_IDS_MAX:
        detail = f"at most {limits.MERGED_IDS_MAX} members can be merged into one"
        return Refusal(RefusalCode.LIMIT_REACHED, detail)
    return None


def _merged(
    asked: Merge, loaded: MergeLoad, context: tuple[CompiledProgram, tuple[str, ...]], now: Instant
) -> Decision:
    program, aliases = context
    left = opened(loaded.gone.member, loaded.gone.account, now, program)
    told_by = (asked.actor, program)
    left, vacated, poolings = rivals_left(left, loaded.kept.account, loaded.pools, told_by)
    left, joinings = joinings_taken_back(left, loaded)
    left, awards, used = awards_taken_back(left, loaded, joinings)
    given = left.account
    points = {unit: booked(state) for unit, state in given.units.items() if booked(state)}
    right = opened(loaded.kept.member, loaded.kept.account, now, program)
    right = _received(right, given, program)
    right = with_anniversary(awaiting(_counted_in(right, loaded, aliases), program), program)
    right, shared = rehoused(right, left, loaded.pools, program)
    sides, own = (loaded.kept.honours, loaded.gone.honours), grants_taken_back(loaded, awards)
    worth = (program, free_after(loaded, joinings, awards))
    right = with_inbox(right, inbox_of_both(loaded.kept.inbox, loaded.gone.inbox))
    right, honours = honours_together(right, sides, worth, own)
    kept = msgspec.structs.replace(
        _closed(right, asked, loaded, program),
        counters=_summed(loaded.kept.counters, used),
        profile=_profile(loaded, right),
        inbox=rewritten_inbox(loaded.kept.inbox, right.inbox or Inbox()),
    )
    left = _emptied(left, loaded.kept.member, program)
    gone = msgspec.structs.replace(
        _closed(left, asked, loaded, program),
        counters=_guarded(loaded.gone),
        inbox=_told_no_more(loaded.gone),
        freed=tuple(mark for each in loaded.twice for mark in freed_markers(each)),
    )
    followers = tuple(
        Book(member, before, _led_to(before, loaded.kept.member))
        for member, before in sorted(loaded.followers.items())
    )
    document = msgspec.structs.replace(
        asked,
        points=points,
        once=joined_twice(loaded),
        program_version=program.version,
        revision=1,
    )
    further: tuple[Document, ...] = (*awards, *joinings, *poolings, *honours)
    pools = tuple(_closed(draft, asked, loaded, program) for draft in (*vacated, *shared))
    decision = Decision(document, (kept, gone, *followers, *pools), further)
    before = given_before(loaded, joinings)
    return spending(counted(decision, before, loaded.unsettled), before, loaded.budgets)


# ---------------------------------------------------------------- points


def _received(draft: Draft, given: Account, program: CompiledProgram) -> Draft:
    """Every unit of ``given`` added to the kept account, and its qualifying amounts."""
    for unit, state in sorted(given.units.items()):
        both = merged_states(unit_state(draft, unit), state, draft.now, draft.zone)
        draft = with_movement(draft, unit, both, _movement(unit, state, EntryKind.MERGE_IN))
    standings, deltas = dict(draft.account.standings), dict[str, dict[str, int]]()
    for name, gone in given.standings.items():
        group = program.groups.get(name)
        kept = standings.get(name, Standing())
        if group is None:
            continue  # the program has no such tiers any more: nobody stands there
        standings[name] = combined(group, kept, gone, draft.now)
        deltas[name] = received(group, kept, gone, draft.now)
    promises = {**draft.account.promises, **given.promises}
    draft = with_account(draft, standings=standings, promises=promises)
    entered = {**given.entered, **draft.account.entered}
    if entered or program.entering:
        account = msgspec.structs.replace(draft.account, entered=entered)
        account = all_marked(account, program.groups.values(), draft.now)
        draft = msgspec.structs.replace(draft, account=account)
    return _qualified(draft, deltas)


def _emptied(draft: Draft, into: str, program: CompiledProgram) -> Draft:
    """The tombstone: nothing left but the journal, and whom it leads to."""
    deltas = {
        name: {bucket: -amount for bucket, amount in carried(group, standing, draft.now).items()}
        for name, standing in draft.account.standings.items()
        if (group := program.groups.get(name)) is not None
    }
    for unit, state in sorted(draft.account.units.items()):
        draft = with_movement(draft, unit, UnitState(), _movement(unit, state, EntryKind.MERGE_OUT))
    draft = with_account(
        draft,
        merged_into=into,
        standings={},
        order_count=0,
        months={},
        products={},
        recalls="",
        memberships={},
        open_redemptions=(),
        aliases=(),
        pools={},
        judge_at={},
        entered={},
        promises={},
        anniversary_at=0,
    )
    return _qualified(draft, deltas)


def _movement(unit: str, state: UnitState, kind: EntryKind) -> Movement | None:
    """What is booked of the unit, with its lots; None where nothing is."""
    points = booked(state)
    if not points:
        return None
    held = [part for hold in state.holds.values() for part in hold.parts]
    lots = (lot for lot in (*state.lots, *held) if lot.remaining)
    touched = tuple(Touched(lot.remaining, lot.available_at, lot.expires_at) for lot in lots)
    told = touched if not state.deficit else ()
    signed = points if kind is EntryKind.MERGE_IN else -points
    return Movement(unit, signed, kind, told, (Explained("merged"),))


def _qualified(draft: Draft, deltas: dict[str, dict[str, int]]) -> Draft:
    told = {group: buckets for group, buckets in deltas.items() if buckets}
    return with_qualifying(draft, told, Explained("merged")) if told else draft


# ---------------------------------------------------------------- the rest of the account


def _counted_in(draft: Draft, loaded: MergeLoad, aliases: tuple[str, ...]) -> Draft:
    gone = loaded.gone.account or _nobody(draft.account)
    joined = (draft.account.joined_at, gone.joined_at)
    codes = (*gone.open_redemptions, *draft.account.open_redemptions)
    return with_account(
        draft,
        aliases=aliases,
        joined_at=min(joined),
        order_count=draft.account.order_count + gone.order_count,
        months=joined_months(draft.account.months, gone.months),
        memberships=memberships.joined(draft.account.memberships, gone.memberships),
        last_order_at=max(draft.account.last_order_at, gone.last_order_at),
        warned_at=min(draft.account.warned_at, gone.warned_at),
        referred=tuple(dict.fromkeys((*draft.account.referred, *gone.referred))),
        open_redemptions=codes[-limits.OPEN_CODES_MAX :],
        # Who asked may die before the rest is done, and the index lags: the sweep looks once more.
        claim_at=draft.now + MINUTE_MS,
        **joined_products(draft.account, gone, draft.zone),
    )


def _nobody(kept: Account) -> Account:
    """Who has no account: nothing of them changes when ``kept`` joined, or what it was told."""
    return Account(revision=0, joined_at=kept.joined_at, warned_at=kept.warned_at)


def _profile(loaded: MergeLoad, draft: Draft) -> Profile | None:
    person = loaded.profile
    if loaded.kept.account is not None or person is None:
        return None
    return msgspec.structs.replace(person, joined_at=draft.account.joined_at)


def _summed(kept: Counters, gone: Counters) -> Counters | None:
    """What caps have used of both; None where the gone one used nothing."""
    if not gone.used:
        return None
    used = {cap: dict(buckets) for cap, buckets in kept.used.items()}
    for cap, buckets in gone.used.items():
        mine = used.setdefault(cap, {})
        for bucket, count in buckets.items():
            mine[bucket] = mine.get(bucket, 0) + count
    return Counters(used, kept.revision + 1)


def _guarded(gone: Merging) -> Counters:
    """Empty counters of the gone one: written always, or a count read too early would be lost."""
    return Counters({}, gone.counters.revision + 1)


def _told_no_more(gone: Merging) -> Inbox | None:
    """The inbox of the gone one, emptied. It was read after the account, so none is overlooked."""
    return Inbox((), gone.inbox.revision + 1) if gone.inbox.revision else None


def _led_to(account: Account, into: str) -> Account:
    return msgspec.structs.replace(account, merged_into=into, revision=account.revision + 1)


def _writes(decision: Decision) -> int:
    """How many items the decision writes, at most."""
    books = sum(5 + len(book.entries) + len(book.freed) for book in decision.books)
    documents = (each for each in decision.further if isinstance(each, OrderDocument))
    rows = sum(len(each.partners) for each in documents)
    shared = len(decision.causes) + len(decision.budgets) + rows
    return 1 + books + len(decision.further) + shared


def _closed(draft: Draft, asked: Merge, loaded: MergeLoad, program: CompiledProgram) -> Book:
    chain = genesis(loaded.shop, draft.member)
    now = draft.now
    return closed(draft, Source(chain, f"merge:{asked.id}", now, now, program.version))
