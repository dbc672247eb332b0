"""One member's history by one program: every order and action settled as the books do.

::

    joined, and years go by, balances were brought: ``member_life``
    paid, came back   awards.settle under the main assumption; what it awards is posted into the
                      purses of the others, whose lots differ and whose points do not
    done, taken back  actions: the same, by ``acting``
    end of a month    lapse, spend, and count what is held and in which tier

The same functions decide here and in the books (``settle``, ``posted_unit``, ``join``,
``opened``): no rule of the language is told twice. Entries and their hashes are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TypeAlias

import msgspec

from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Settled, settle
from chalicelib.domain.events import OrderRefunded
from chalicelib.domain.exchange import goods_of, rates_of
from chalicelib.domain.habits import with_products
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.lots import booked
from chalicelib.domain.orders import OrderDocument, merged, refusal_reason
from chalicelib.domain.pausing import PAUSED, earning_stop
from chalicelib.domain.program.fields import Subject
from chalicelib.domain.program.occasion import Launched
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.rule_document import ORDER_PAID
from chalicelib.domain.replay.acting import take_action
from chalicelib.domain.replay.by_itself import redeem_by_itself
from chalicelib.domain.replay.drawing import drawn_again
from chalicelib.domain.replay.history import PastOrder, Step, facts_of, steps_of
from chalicelib.domain.replay.judging import hear, judge_again
from chalicelib.domain.replay.member_life import pass_time, take_person
from chalicelib.domain.replay.member_state import Plan, Walk, all_opened, known_facts
from chalicelib.domain.replay.month_ends import close_months
from chalicelib.domain.replay.past_actions import ActionStep, PastAction, action_steps
from chalicelib.domain.replay.past_members import (
    PastMember,
    PersonStep,
    birthday_steps,
    is_celebration,
    person_steps,
    told_steps,
)
from chalicelib.domain.replay.purse_posting import Posting, holder_of, post_everywhere
from chalicelib.domain.replay.room import settled_in_room
from chalicelib.domain.replay.spending import MAIN, purses
from chalicelib.domain.replay.tally import Tally

SOURCE = "replay"

Past: TypeAlias = PastOrder | PastAction | PastMember
"""One thing that a member did; or the member, apart from that."""

AnyStep: TypeAlias = Step | ActionStep | PersonStep
"""One thing that happens to a member on the way."""


def walk_member(member: str, past: Iterable[Past], plan: Plan, tally: Tally) -> Walk:
    """Walk all that ``member`` did; what it comes to is added to ``tally``."""
    walk, steps = set_out(member, past, plan, tally)
    for step in steps:
        if step.at >= plan.months.starts[-1]:
            break  # after the history: as if it had not happened yet
        take_step(walk, step)
    arrived(walk)
    return walk


def set_out(
    member: str, past: Iterable[Past], plan: Plan, tally: Tally
) -> tuple[Walk, Sequence[AnyStep]]:
    """Begin a walk; also everything that ``member`` will do, in order of time."""
    told = tuple(past)
    person = next((each for each in told if isinstance(each, PastMember)), None)
    walk = Walk(member, plan, tally, purses(plan.share_millionths, member), person=person)
    return walk, _steps(walk, told)


def take_step(walk: Walk, step: AnyStep) -> None:
    """Let time pass, and then the next thing happen."""
    pass_time(walk, step.at)
    if isinstance(step, Step):
        _take(walk, step)
    elif isinstance(step, ActionStep):
        take_action(walk, step)
    else:
        take_person(walk, step)
    redeem_by_itself(walk, step.at)


def arrived(walk: Walk) -> None:
    """End the walk with its last month."""
    tally, months, person = walk.tally, walk.plan.months, walk.person
    pass_time(walk, months.starts[-1] - 1)
    close_months(walk, len(months.names))
    if walk.orders:
        tally.reach(walk.reached)
    for kind, count in person.others.items() if person else ():
        tally.add(("other", kind, ""), len(months.names) - 1, count)


def _steps(walk: Walk, past: tuple[Past, ...]) -> Sequence[AnyStep]:
    """Everything in order of time; of one instant joining comes first, then orders."""
    plan, person = walk.plan, walk.person
    orders = steps_of([each for each in past if isinstance(each, PastOrder)], plan.program)
    actions = [each for each in past if isinstance(each, PastAction)]
    if not actions and person is None:
        return orders
    own = {each.id: each for each in actions if is_celebration(each)}
    walk.celebrations = own
    steps: list[AnyStep] = list(person_steps(person)) if person else []
    steps += told_steps(person) if person and plan.judges else []
    steps += _once_joined(orders, walk)
    steps += birthday_steps(person, plan.program, plan.months, own) if person else ()
    steps += action_steps(each for each in actions if each.id not in own)
    return sorted(steps, key=attrgetter("at"))


def _once_joined(steps: Iterable[Step], walk: Walk) -> Iterator[Step]:
    """What was bought before its member joined a program of choice counts from then on."""
    joined_at = _chose_at(walk)
    for step in steps:
        yield msgspec.structs.replace(step, at=joined_at) if step.at < joined_at else step


def _chose_at(walk: Walk) -> Instant:
    """When the member chose to join, as the program asks; 0: nobody asked, or it is not known."""
    is_chosen = walk.plan.program.program.join.how == "opt_in"
    return walk.person.joined_at if walk.person and is_chosen else 0


# ---------------------------------------------------------------- orders


def _take(walk: Walk, step: Step) -> None:
    program, name = walk.plan.program, step.order.state.id
    known = walk.documents[MAIN].get(name)
    if step.is_payment:
        drawn = drawn_again(program, step.order)
        known = OrderDocument(SOURCE, name, state=step.order.state, member=walk.member, drawn=drawn)
        walk.facts = known_facts(walk, facts_of(step.order), step.at)
        if walk.plan.judges and not step.order.is_untold:
            hear(walk, walk.facts, step.at)
        reason = _reason(walk, known, step.order)
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
    _settle(walk, known, reason, step)
    _look_for_reach(walk)


def _reason(walk: Walk, document: OrderDocument, order: PastOrder) -> str:
    """Why an order may not earn, as the books would say; "" when it may."""
    program = walk.plan.program
    reason = refusal_reason(document.state, {program.currency, *program.program.fx})
    if reason:
        return reason
    at, is_brought = order.paid_at, order.launched is not None
    stop = PAUSED if order.is_paused else earning_stop(program, walk.plan.pauses, at)
    allowance = program.program.join.retroactive_days * DAY_MS
    if not stop and at + allowance < _chose_at(walk) and not is_brought:
        return "before_joining"
    is_outside = walk.main.draft is None and not is_open_to(walk.member, program)
    return stop or ("not_in_rollout" if is_outside else "")


def _settle(walk: Walk, document: OrderDocument, reason: str, step: Step) -> None:
    is_new = walk.main.draft is None
    drafts = all_opened(walk, step.at, walk.purses)
    holder = holder_of(walk, drafts[MAIN], document)
    if step.order.launched is not None:
        launched = _in_units_of(walk.plan.program, step.order.launched)
        holder = msgspec.structs.replace(holder, launched=launched)
    times = step.order.paid_at, step.at
    before = walk.documents[MAIN].get(document.order_id)

    def by(holder: Holder) -> Settled[OrderDocument]:
        settled = settle(document, holder, walk.plan.program, reason)
        draft = with_products(settled.draft, (before, settled.document), walk.plan.program)
        return settled if draft is settled.draft else msgspec.structs.replace(settled, draft=draft)

    settled = settled_in_room(walk, document, holder, times, by)
    walk.orders += int(settled.document.counted) - int(document.counted)
    posting = Posting(document, settled, drafts, "" if reason else ORDER_PAID)
    post_everywhere(walk, walk.documents, document.order_id, posting)
    if walk.plan.judges and is_new:
        judge_again(walk, step.at)


def _in_units_of(program: CompiledProgram, launched: Launched) -> Launched:
    """What was given for a past order elsewhere, of units that the program has."""
    known = {
        unit: points for unit, points in launched.posted_before.items() if unit in program.units
    }
    return msgspec.structs.replace(launched, posted_before=known)


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
