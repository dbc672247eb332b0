"""Rewards that redeem themselves, on the way through a replay: as soon as their points are there.

As in the books: the dearest first, at most so many at once; and while its points are owed, because
the order that gave them went back, the newest goes back too. Nobody is taken to have used it by
then: a history does not tell.
"""

from collections.abc import Iterator

import msgspec

from chalicelib.domain.booking import Draft, counted, given_back, spent, unit_state
from chalicelib.domain.due import settle_date
from chalicelib.domain.instants import Instant
from chalicelib.domain.ledger import EntryKind, Movement
from chalicelib.domain.limits import AUTO_AT_ONCE_MAX, OPEN_CODES_MAX
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Counters, MemberFacts
from chalicelib.domain.program import caps
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rewards import reward_refusal
from chalicelib.domain.replay.choosing import Choice
from chalicelib.domain.replay.member_state import Walk, all_opened, as_known, keep
from chalicelib.domain.replay.spending import Purse, Taken


class _Till(msgspec.Struct, frozen=True):
    """What a purse has while rewards are redeemed."""

    draft: Draft
    counters: Counters
    open: tuple[Taken, ...]
    changes: tuple[tuple[Choice, int], ...] = ()  # taken (1) or given back (-1)


def next_by_itself(walk: Walk) -> Instant:
    """When the points of such a reward are there by time alone; 0: never."""
    auto = walk.plan.program.auto
    if not auto:
        return 0
    drafts = [purse.draft for purse in walk.purses if purse.draft is not None]
    dates = [settle_date(draft.account, auto, draft.now) for draft in drafts]
    return min((date for date in dates if walk.settled_at < date), default=0)


def redeem_by_itself(walk: Walk, now: Instant) -> None:
    """Redeem what is due in every purse, and give back what is owed."""
    program, walk.settled_at = walk.plan.program, now
    if not program.auto or walk.main.draft is None or now >= program.redeem_before:
        return
    drafts, facts = all_opened(walk, now, walk.purses), as_known(walk, now)
    made: dict[tuple[int, int], _Till] = {}
    for purse in walk.purses:
        key = id(drafts[purse.name]), id(purse.open)
        if key not in made:
            till = _Till(drafts[purse.name], purse.counters, purse.open)
            made[key] = _settled(till, walk, facts)
        _note(walk, purse, made[key])


def _note(walk: Walk, purse: Purse, till: _Till) -> None:
    for choice, sign in till.changes:
        is_priced = choice.cost_minor is not None
        cost = choice.cost_minor if choice.cost_minor is not None else 1
        name = "cost" if is_priced else "unpriced"
        walk.tally.add((name, "", purse.name), walk.month, sign * cost)
        walk.tally.add(("rewards", choice.reward.id, purse.name), walk.month, sign)
        walk.tally.add(("bought", choice.reward.id, purse.name), walk.month, sign)
    purse.counters, purse.open = till.counters, till.open
    keep(walk, purse, till.draft)


def _settled(till: _Till, walk: Walk, facts: MemberFacts) -> _Till:
    program, refused = walk.plan.program, set[str]()
    for _ in range(AUTO_AT_ONCE_MAX):
        owed = _owed(till, program)
        if owed is not None:
            till = _gave_back(till, owed, program)
            continue
        choice = next(_due(walk.plan.by_itself, till, refused), None)
        if choice is None:
            return till
        no = reward_refusal(program, choice.reward, facts, till.counters, till.draft.now)
        if no is None:
            till = _redeemed(till, choice, program)
        else:
            refused.add(choice.reward.id)
    return till


def _due(choices: tuple[Choice, ...], till: _Till, refused: set[str]) -> Iterator[Choice]:
    for choice in choices:
        if choice.reward.id in refused:
            continue
        if balance(unit_state(till.draft, choice.unit), till.draft.now).available >= choice.points:
            yield choice


def _redeemed(till: _Till, choice: Choice, program: CompiledProgram) -> _Till:
    movement = Movement(choice.unit, -choice.points, EntryKind.REDEEM)
    draft, touched = spent(till.draft, choice.unit, choice.points, movement)
    now = draft.now
    taken = Taken(choice, touched, now)
    return _Till(
        draft=counted(draft, "redeem", now),
        counters=_used(till.counters, taken, program, (1, now)),
        open=(*till.open, taken)[-OPEN_CODES_MAX:],
        changes=(*till.changes, (choice, 1)),
    )


def _owed(till: _Till, program: CompiledProgram) -> Taken | None:
    """The newest whose points are owed."""
    owing = {unit for unit in program.auto if unit_state(till.draft, unit).deficit}
    return next((each for each in reversed(till.open) if each.choice.unit in owing), None)


def _gave_back(till: _Till, owed: Taken, program: CompiledProgram) -> _Till:
    choice = owed.choice
    movement = Movement(choice.unit, choice.points, EntryKind.RETURN)
    draft = given_back(till.draft, choice.unit, owed.touched, movement)
    return _Till(
        draft=draft,
        counters=_used(till.counters, owed, program, (-1, draft.now)),
        open=tuple(each for each in till.open if each is not owed),
        changes=(*till.changes, (choice, -1)),
    )


def _used(
    counters: Counters, taken: Taken, program: CompiledProgram, change: tuple[int, Instant]
) -> Counters:
    cap = program.rewards[taken.choice.reward.id].cap
    if cap is None:
        return counters
    amount, now = change
    return caps.count(program, counters, taken.at, {cap.id: amount}, now)
