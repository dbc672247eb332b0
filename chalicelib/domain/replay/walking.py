"""One member's history by one program: every order settled as the books settle it.

::

    paid, came back   awards.settle under the main assumption; what it awards is posted into the
                      purses of the others, whose lots differ and whose points do not
    end of a month    lapse, spend, and count what is held and in which tier

The same functions decide here and in the books (``settle``, ``posted_unit``, ``join``,
``opened``): no rule of the language is told twice. Entries and their hashes are left out.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Settled, settle
from chalicelib.domain.booking import Draft, counted
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.events import OrderRefunded
from chalicelib.domain.exchange import goods_of, rates_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import booked
from chalicelib.domain.orders import OrderDocument, merged, refusal_reason
from chalicelib.domain.pausing import earning_stop
from chalicelib.domain.posting import posted_unit
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.replay.drawing import drawn_again
from chalicelib.domain.replay.history import PastOrder, Step, facts_of, steps_of
from chalicelib.domain.replay.member_state import Plan, Walk, all_opened, keep, note_given
from chalicelib.domain.replay.month_ends import close_months
from chalicelib.domain.replay.spending import MAIN, purses
from chalicelib.domain.replay.tally import Tally

SOURCE = "replay"


def walk_member(member: str, orders: Iterable[PastOrder], plan: Plan, tally: Tally) -> Walk:
    """Walk all that ``member`` did; what it comes to is added to ``tally``."""
    made = purses(plan.share_millionths)
    walk = Walk(member, plan, tally, made, {purse.name: {} for purse in made})
    for step in steps_of(orders, plan.program):
        if step.at >= plan.months.starts[-1]:
            break  # after the history: as if it had not happened yet
        close_months(walk, plan.months.place_of(step.at))
        _take(walk, step)
    close_months(walk, len(plan.months.names))
    if walk.orders:
        tally.reach(walk.reached)
    return walk


# ---------------------------------------------------------------- orders


def _take(walk: Walk, step: Step) -> None:
    program, name = walk.plan.program, step.order.state.id
    known = walk.documents[MAIN].get(name)
    if step.is_payment:
        drawn = drawn_again(program, step.order)
        known = OrderDocument(SOURCE, name, state=step.order.state, member=walk.member, drawn=drawn)
        walk.facts = facts_of(step.order)
        reason = _reason(walk, known, step.at)
    else:
        if known is None or known.terms is None:
            return  # it never earned
        before = known
        if step.refund is not None:
            event = OrderRefunded(step.refund.id, step.at, SOURCE, name, step.refund)
            known = merged(known, event)
        reason = refusal_reason(known.state, {program.currency, *rates_of(program, known.terms)})
        _count_revenue(walk, before, known, step.at)
    if reason and known.terms is None:
        walk.tally.add(("unearned", reason, ""), walk.month, 1)
        return
    if step.is_payment:
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
    drafts = all_opened(walk, at, walk.purses)
    holder = Holder(drafts[MAIN], walk.counters, walk.facts, walk.once.taken(program, document))
    if program.shared:  # what the whole shop shares is taken to suffice
        budgets = Budgets(limits_at(program, document.earned_at or at))
        holder = msgspec.structs.replace(holder, budgets=budgets)
    settled = settle(document, holder, program, reason)
    walk.counters, after = settled.counters, settled.document
    walk.orders += int(after.counted) - int(document.counted)
    kept = _counted(settled.draft, reason, after.earned_at)
    for purse in walk.purses:
        own, draft = after, kept
        known = walk.documents[purse.name].get(after.order_id, document)
        # Until habits part, everybody has the same lots: then it is posted once.
        has_parted = drafts[purse.name] is not drafts[MAIN] or known is not document
        if purse.name != MAIN and has_parted:
            posted = _posted(settled, known, drafts[purse.name], program)
            own, draft = posted.document, _counted(posted.draft, reason, after.earned_at)
        walk.documents[purse.name][after.order_id] = own
        keep(walk, purse, draft)
    walk.once.note(document, after)
    note_given(walk, before, after.posted)


def _counted(draft: Draft, reason: str, at: Instant) -> Draft:
    return draft if reason else counted(draft, "order.paid", at)


def _posted(
    settled: Settled[OrderDocument],
    own: OrderDocument,
    draft: Draft,
    program: CompiledProgram,
) -> Settled[OrderDocument]:
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


def _count_revenue(
    walk: Walk, before: OrderDocument | None, after: OrderDocument, at: Instant
) -> None:
    program, month = walk.plan.program, walk.plan.months.place_of(at)
    earlier = _net(before, program) if before else 0
    walk.tally.add(("revenue", "", ""), month, _net(after, program) - earlier)
    if before is None:
        walk.tally.add(("orders", "", ""), month, 1)


def _net(document: OrderDocument, program: CompiledProgram) -> int:
    state = document.state
    if state is not None and state.currency == program.currency and not document.gathered:
        return sum(line.net for line in state.lines if not line.gift_card)
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
