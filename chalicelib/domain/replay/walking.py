"""One member's history by one program: every order settled as the books settle it.

::

    paid, came back   awards.settle under the main assumption; what it awards is posted into the
                      purses of the others, whose lots differ and whose points do not
    end of a month    lapse, spend, and count what is held and in which tier

The same functions decide here and in the books (``settle``, ``posted_unit``, ``join``,
``opened``): no rule of the language is told twice. Entries and their hashes are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from chalicelib.domain.awards import Holder, Settled, settle
from chalicelib.domain.booking import Draft, counted, opened
from chalicelib.domain.events import OrderRefunded
from chalicelib.domain.exchange import goods_of, rates_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import join
from chalicelib.domain.lots import booked
from chalicelib.domain.member import Account, Counters, MemberFacts, Profile
from chalicelib.domain.orders import OrderDocument, document_name, merged, refusal_reason
from chalicelib.domain.pausing import earning_stop
from chalicelib.domain.posting import posted_unit
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.tiers import standing_at
from chalicelib.domain.replay.choosing import Choice, choices_of
from chalicelib.domain.replay.history import PastOrder, Step, facts_of, steps_of
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.spending import MAIN, Purse, purses, spend_month
from chalicelib.domain.replay.tally import Tally

SOURCE = "replay"


class Plan(msgspec.Struct, frozen=True):
    """What every member is walked by: the program, the months, the habit of spending."""

    program: CompiledProgram
    months: Months
    share_millionths: int  # of what is available a member spends a month
    choices: tuple[Choice, ...]  # what there is to spend it on


def plan_of(program: CompiledProgram, months: Months, share_millionths: int) -> Plan:
    """The plan of a program, with its rewards in order of their worth."""
    return Plan(program, months, share_millionths, choices_of(program))


@dataclass(slots=True)
class Walk:
    """One member under way. What is left when it ends is for ``comparing``."""

    member: str
    plan: Plan
    tally: Tally
    purses: tuple[Purse, ...]
    documents: dict[str, dict[str, OrderDocument]]  # purse → order → document
    given: dict[tuple[str, str], int] = field(default_factory=dict)  # (rule, unit) → points
    tiers: dict[str, str] = field(default_factory=dict)  # group → tier, at the last month's end
    taken_once: dict[str, str] = field(default_factory=dict)  # once-rule → document
    counters: Counters = field(default_factory=Counters)
    facts: MemberFacts = field(default_factory=MemberFacts)
    orders: int = 0
    reached: int | None = None  # orders until a reward was within reach
    month: int = -1  # the one under way

    @property
    def main(self) -> Purse:
        """The purse of the assumption that limits are held against."""
        return next(purse for purse in self.purses if purse.name == MAIN)


def walk_member(member: str, orders: Iterable[PastOrder], plan: Plan, tally: Tally) -> Walk:
    """Walk all that ``member`` did; what it comes to is added to ``tally``."""
    made = purses(plan.share_millionths)
    walk = Walk(member, plan, tally, made, {purse.name: {} for purse in made})
    for step in steps_of(orders):
        _close_months(walk, plan.months.place_of(step.at))
        _take(walk, step)
    _close_months(walk, len(plan.months.names))
    if walk.orders:
        tally.reach(walk.reached)
    return walk


# ---------------------------------------------------------------- orders


def _take(walk: Walk, step: Step) -> None:
    program, name = walk.plan.program, step.order.state.id
    known = walk.documents[MAIN].get(name)
    if step.refund is None:
        known = OrderDocument(SOURCE, name, state=step.order.state, member=walk.member)
        walk.facts = facts_of(step.order)
        reason = _reason(walk, known, step.at)
    else:
        if known is None or known.terms is None:
            return  # it never earned
        event = OrderRefunded(step.refund.id, step.at, SOURCE, name, step.refund)
        before, known = known, merged(known, event)
        reason = refusal_reason(known.state, {program.currency, *rates_of(program, known.terms)})
        _count_revenue(walk, before, known, step.at)
    if reason and known.terms is None:
        walk.tally.add(("unearned", reason, ""), walk.month, 1)
        return
    if step.refund is None:
        _count_revenue(walk, None, known, step.at)
    _settle(walk, known, reason, step.at)
    _look_for_reach(walk)


def _reason(walk: Walk, document: OrderDocument, at: Instant) -> str:
    """Why an order may not earn, as the books would say; "" when it may."""
    program = walk.plan.program
    reason = refusal_reason(document.state, {program.currency, *program.program.fx})
    if reason:
        return reason
    is_outside = walk.main.draft is None and not is_open_to(walk.member, program)
    return earning_stop(program, (), at) or ("not_in_rollout" if is_outside else "")


def _settle(walk: Walk, document: OrderDocument, reason: str, at: Instant) -> None:
    program, before = walk.plan.program, document.posted
    drafts = {purse.name: _opened(walk, purse, at) for purse in walk.purses}
    holder = Holder(drafts[MAIN], walk.counters, walk.facts, walk.taken_once)
    settled = settle(document, holder, program, reason)
    walk.counters, after = settled.counters, settled.document
    walk.orders += int(after.counted) - int(document.counted)
    for purse in walk.purses:
        own = settled
        if purse.name != MAIN:
            known = walk.documents[purse.name].get(after.order_id, document)
            own = _posted(settled, known, drafts[purse.name], program)
        walk.documents[purse.name][after.order_id] = own.document
        draft = own.draft
        _keep(walk, purse, draft if reason else counted(draft, "order.paid", after.earned_at))
    _note_once(walk, document, after)
    _note_given(walk, before, after.posted)


def _posted(
    settled: Settled, own: OrderDocument, draft: Draft, program: CompiledProgram
) -> Settled:
    """What was awarded, in a purse of another assumption: ``own`` is what it holds for the order.

    The award, the standing and the counters are the same; lots, and what of them can be taken
    back, are the purse's own.
    """
    after = settled.document
    account = msgspec.structs.replace(settled.draft.account, units=draft.account.units)
    draft = msgspec.structs.replace(draft, account=account)
    document = msgspec.structs.replace(
        after, net=own.net, forgiven=own.forgiven, lapsed=own.lapsed, credited=own.credited
    )
    for unit in sorted({share.unit for share in (*own.posted, *after.posted)}):
        document, draft = posted_unit(document, draft, program, unit, after.earned_at)
    return Settled(document, draft, settled.counters)


def _opened(walk: Walk, purse: Purse, now: Instant) -> Draft:
    """The purse's draft at ``now``, lapses booked; the first order makes the member."""
    program = walk.plan.program
    if purse.draft is not None:
        return opened(walk.member, purse.draft.account, now, program)
    draft = opened(walk.member, None, now, program)
    profile = Profile(
        walk.member,
        joined_at=now,
        locale=walk.facts.locale,
        country=walk.facts.country,
        tags=walk.facts.tags,
    )
    joined = join(draft, profile, program, now)
    if purse.name == MAIN and joined.document is not None:
        _note_given(walk, (), joined.document.posted)
    return joined.draft


def _keep(walk: Walk, purse: Purse, draft: Draft) -> None:
    """Add what moved to the tally; the account stays."""
    for movement in draft.movements:
        if movement.points:
            key = (movement.kind.value, movement.unit, purse.name)
            walk.tally.add(key, walk.month, abs(movement.points))
    purse.draft = draft


def _note_once(walk: Walk, before: OrderDocument, after: OrderDocument) -> None:
    name = document_name(after)
    for rule in before.once:
        if rule not in after.once:
            walk.taken_once.pop(rule, None)
    walk.taken_once |= dict.fromkeys(after.once, name)


def _note_given(walk: Walk, before: tuple[Share, ...], after: tuple[Share, ...]) -> None:
    if walk.month < walk.plan.months.warming:
        return
    for sign, shares in ((-1, before), (1, after)):
        for share in shares:
            key = (share.rule_id, share.unit)
            walk.given[key] = walk.given.get(key, 0) + sign * share.points


def _count_revenue(
    walk: Walk, before: OrderDocument | None, after: OrderDocument, at: Instant
) -> None:
    program, month = walk.plan.program, walk.plan.months.place_of(at)
    earlier = _net(before, program) if before else 0
    walk.tally.add(("revenue", "", ""), month, _net(after, program) - earlier)
    if before is None:
        walk.tally.add(("orders", "", ""), month, 1)


def _net(document: OrderDocument, program: CompiledProgram) -> int:
    return sum(line.net for line in goods_of(document, program, "").lines if not line.gift_card)


def _look_for_reach(walk: Walk) -> None:
    """Note the orders that it took until some reward costs no more than there is."""
    draft = walk.main.draft
    if walk.reached is not None or draft is None:
        return
    for choice in walk.plan.choices:
        state = draft.account.units.get(choice.unit)
        who = walk.plan.program.rewards[choice.reward.id].who
        is_theirs = who is None or who(Subject({}, walk.facts))
        if state and is_theirs and booked(state) >= choice.points:
            walk.reached = walk.orders
            return


# ---------------------------------------------------------------- months


def _close_months(walk: Walk, until: int) -> None:
    """End every month before ``until``, one after the other."""
    while walk.month < until:
        if walk.month >= 0 and walk.main.draft is not None:
            _close_month(walk, walk.plan.months.starts[walk.month + 1] - 1)
        elif walk.main.draft is None:
            walk.month = until
            return
        walk.month += 1


def _close_month(walk: Walk, end: Instant) -> None:
    program, month, tally = walk.plan.program, walk.month, walk.tally
    drafts = [_opened(walk, purse, end) for purse in walk.purses]
    facts = _with_tiers(walk, drafts[0].account, end)  # standings are the same in every purse
    for purse, lapsed in zip(walk.purses, drafts, strict=True):
        draft, taken = spend_month(purse, lapsed, program, (facts, walk.plan.choices))
        for choice in taken:
            is_priced = choice.cost_minor is not None
            name = "cost" if is_priced else "unpriced"
            tally.add((name, "", purse.name), month, choice.cost_minor or int(not is_priced))
            tally.add(("rewards", choice.reward.id, purse.name), month, 1)
        _keep(walk, purse, draft)
        for unit, state in draft.account.units.items():
            tally.add(("outstanding", unit, purse.name), month, booked(state))
    tally.add(("members", "", ""), month, 1)
    _count_tiers(walk, facts.tiers)


def _with_tiers(walk: Walk, account: Account, now: Instant) -> MemberFacts:
    held = {}
    for group in walk.plan.program.groups.values():
        standing = account.standings.get(group.id)
        if standing is None:
            held[group.id] = group.tiers[0].id
        elif standing.keep_until is not None and standing.keep_until <= now:
            held[group.id] = standing_at(group, standing, now).tier
        else:
            held[group.id] = standing.tier
    return msgspec.structs.replace(
        walk.facts, tiers=held, joined_at=account.joined_at, order_count=account.order_count
    )


def _count_tiers(walk: Walk, held: dict[str, str]) -> None:
    for group, tier in held.items():
        walk.tally.add(("tier", group, tier), walk.month, 1)
        before = walk.tiers.get(group, walk.plan.program.groups[group].tiers[0].id)
        if tier != before:
            walk.tally.add(("move", group, f"{before}>{tier}"), walk.month, 1)
    walk.tiers = held
