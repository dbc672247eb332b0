"""One member's history by one program: every order and action settled as the books do.

::

    paid, came back   awards.settle under the main assumption; what it awards is posted into the
                      purses of the others, whose lots differ and whose points do not
    done, taken back  actions: the same, by ``acting``
    end of a month    lapse, spend, and count what is held and in which tier

The same functions decide here and in the books (``settle``, ``posted_unit``, ``join``,
``opened``): no rule of the language is told twice. Entries and their hashes are left out.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TypeAlias

from chalicelib.domain.awards import settle
from chalicelib.domain.events import OrderRefunded
from chalicelib.domain.exchange import goods_of, rates_of
from chalicelib.domain.instants import Instant
from chalicelib.domain.lots import booked
from chalicelib.domain.orders import OrderDocument, merged, refusal_reason
from chalicelib.domain.pausing import earning_stop
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.rule_document import ORDER_PAID
from chalicelib.domain.replay.acting import take_action
from chalicelib.domain.replay.drawing import drawn_again
from chalicelib.domain.replay.history import PastOrder, Step, facts_of, steps_of
from chalicelib.domain.replay.member_state import Plan, Walk, all_opened
from chalicelib.domain.replay.month_ends import close_months
from chalicelib.domain.replay.past_actions import ActionStep, PastAction, action_steps
from chalicelib.domain.replay.purse_posting import Posting, holder_of, post_everywhere
from chalicelib.domain.replay.spending import MAIN, purses
from chalicelib.domain.replay.tally import Tally

SOURCE = "replay"

Past: TypeAlias = PastOrder | PastAction
"""One thing that a member did."""


def walk_member(member: str, past: Iterable[Past], plan: Plan, tally: Tally) -> Walk:
    """Walk all that ``member`` did; what it comes to is added to ``tally``."""
    walk = Walk(member, plan, tally, purses(plan.share_millionths))
    for step in _steps(tuple(past), plan):
        if step.at >= plan.months.starts[-1]:
            break  # after the history: as if it had not happened yet
        close_months(walk, plan.months.place_of(step.at))
        if isinstance(step, ActionStep):
            take_action(walk, step)
        else:
            _take(walk, step)
    close_months(walk, len(plan.months.names))
    if walk.orders:
        tally.reach(walk.reached)
    return walk


def _steps(past: tuple[Past, ...], plan: Plan) -> Sequence[Step | ActionStep]:
    """Everything in order of time; of one instant orders come first."""
    actions = [each for each in past if isinstance(each, PastAction)]
    orders = steps_of([each for each in past if isinstance(each, PastOrder)], plan.program)
    if not actions:
        return orders
    return sorted((*orders, *action_steps(actions)), key=attrgetter("at"))


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
    drafts = all_opened(walk, at, walk.purses)
    holder = holder_of(walk, drafts[MAIN], document, at)
    settled = settle(document, holder, walk.plan.program, reason)
    walk.orders += int(settled.document.counted) - int(document.counted)
    posting = Posting(document, settled, drafts, "" if reason else ORDER_PAID)
    post_everywhere(walk, walk.documents, document.order_id, posting)


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
