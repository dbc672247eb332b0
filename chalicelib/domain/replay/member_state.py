"""A member on the way through a replay: what is known so far, under every habit of spending."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.booking import Draft, opened, with_account
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.due import judged_soon
from chalicelib.domain.entering import watched
from chalicelib.domain.granting import CAUSE, REWARD, Granted, differences
from chalicelib.domain.habits import with_habits
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import Finds, Joined, join
from chalicelib.domain.judging import groups_by_conditions
from chalicelib.domain.member import Account, Counters, MemberFacts, Profile
from chalicelib.domain.memberships import with_facts as with_memberships
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.pausing import Pauses, resting
from chalicelib.domain.program.occasion import Share
from chalicelib.domain.program.plan import CompiledProgram, untold
from chalicelib.domain.program.rewards import money_cost
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.progress import Badges, Progress
from chalicelib.domain.records import Joining
from chalicelib.domain.replay.choosing import Choice, cheapest_of, choices_of
from chalicelib.domain.replay.drawing import drawn_joining
from chalicelib.domain.replay.months import Months
from chalicelib.domain.replay.once import OnceGiven
from chalicelib.domain.replay.past_actions import PastAction
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.sharing import Ask, Refused, counts
from chalicelib.domain.replay.spending import HABITS, MAIN_PLACE, Purse
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.standing import held_tiers


class Plan(msgspec.Struct, frozen=True):
    """What every member is walked by: the program, the months, the habit of spending."""

    program: CompiledProgram
    months: Months
    share_millionths: int  # of what is available a member spends a month
    choices: tuple[Choice, ...]  # what there is to spend it on
    cheapest: dict[str, int]  # points of the cheapest of those, by unit
    by_itself: tuple[Choice, ...]  # what redeems itself, the dearest first
    refused: Refused = Refused()  # who finds nothing left of what the whole shop shares
    pauses: Pauses = ()  # of the shop: a draft would have been paused then too
    judges: bool = False  # whether it has tiers by conditions


def plan_of(
    program: CompiledProgram,
    months: Months,
    share_millionths: int,
    refused: Refused = Refused(),  # noqa: B008 # frozen
    pauses: Pauses = (),
) -> Plan:
    """The plan of a program, with its rewards in order of their worth."""
    choices = choices_of(program)
    of_themselves = [choice for choice in choices if choice.reward.auto]
    of_themselves.sort(key=lambda choice: (-choice.points, choice.reward.id))
    spends = share_millionths, choices, cheapest_of(choices), tuple(of_themselves)
    judges = bool(groups_by_conditions(program))
    return Plan(program, months, *spends, refused, pauses, judges)


def spending(plan: Plan, share_millionths: int) -> Plan:
    """``plan`` for a member who spends another share."""
    return msgspec.structs.replace(plan, share_millionths=share_millionths)


def quietly(plan: Plan) -> Plan:
    """``plan`` without reasons: the figures are the same, and few members are asked for more."""
    return msgspec.structs.replace(plan, program=untold(plan.program))


D = TypeVar("D", OrderDocument, Action, Progress)


def _by_purse() -> dict[str, dict[str, D]]:
    return {name: {} for name, _, _ in HABITS}


@dataclass(slots=True)
class Walk:
    """One member under way. What is left when it ends is for ``comparing``.

    Documents are kept by purse, then by name: of orders, of actions, of challenges.
    """

    member: str
    plan: Plan
    tally: Tally
    purses: tuple[Purse, ...]
    documents: dict[str, dict[str, OrderDocument]] = field(default_factory=_by_purse)
    actions: dict[str, dict[str, Action]] = field(default_factory=_by_purse)
    progress: dict[str, dict[str, Progress]] = field(default_factory=_by_purse)
    badges: Badges | None = None
    given: dict[tuple[str, str], int] = field(default_factory=dict)  # (rule, unit) → points
    tiers: dict[str, str] = field(default_factory=dict)  # group → tier, at the last month's end
    once: OnceGiven = field(default_factory=OnceGiven)
    counters: Counters = field(default_factory=Counters)
    facts: MemberFacts = field(default_factory=MemberFacts)
    told: MemberFacts = field(default_factory=MemberFacts)  # that tiers are judged by
    person: PastMember | None = None  # what is known apart from orders and actions
    celebrations: dict[str, PastAction] = field(default_factory=dict)  # of the books, by id
    asked: dict[str, Instant] = field(default_factory=dict)  # when each first asked the shop
    settled_at: Instant = -1  # when rewards were last looked at that redeem themselves
    joining: Joining | None = None  # what joining gives, until the account is kept
    joining_asks: tuple[Ask, ...] = ()  # and what it asks of the shop
    orders: int = 0
    reached: int | None = None  # orders until a reward was within reach
    month: int = -1  # the one under way

    @property
    def main(self) -> Purse:
        """The purse of the assumption that limits are held against."""
        return self.purses[MAIN_PLACE]


def all_opened(walk: Walk, now: Instant, purses: Iterable[Purse]) -> dict[str, Draft]:
    """The purses' drafts at ``now``, lapses booked; those whose accounts are alike share one."""
    made: list[tuple[Account | None, Draft]] = []
    drafts: dict[str, Draft] = {}
    for purse in purses:
        own = None if purse.draft is None else purse.draft.account
        draft = next((known for account, known in made if account == own), None)
        if draft is None:
            draft = _opened(walk, purse.draft, now)
            made.append((own, draft))
        drafts[purse.name] = draft
    return drafts


def known_facts(walk: Walk, facts: MemberFacts, at: Instant) -> MemberFacts:
    """``facts`` of an order or an action, with what is known of the member besides.

    The shop's own facts are those that the award's terms remember; without any, today's, if they
    are as of then.
    """
    person = walk.person
    if person is None or not (person.birthday or person.told):
        return facts
    told = facts.facts or person.told_at(at)
    return msgspec.structs.replace(facts, birth_month=person.birth_month, facts=told)


def as_known(walk: Walk, at: Instant, held: dict[str, str] | None = None) -> MemberFacts:
    """What rewards may ask about a member at ``at``; ``held`` are the tiers, if they are known."""
    return with_account_of(walk, walk.facts, at, held)


def with_account_of(
    walk: Walk, facts: MemberFacts, at: Instant, held: dict[str, str] | None = None
) -> MemberFacts:
    """``facts`` with what the account tells of the member at ``at``."""
    program, draft = walk.plan.program, walk.main.draft
    if draft is None:
        raise InvariantBroken("members alone have rewards and tiers")
    account = draft.account
    facts = msgspec.structs.replace(
        facts,
        tiers=held_tiers(account, program, at) if held is None else held,
        joined_at=account.joined_at,
        order_count=account.order_count,
    )
    return with_habits(with_memberships(facts, account, program, at), account, program, at)


def _opened(walk: Walk, draft: Draft | None, now: Instant) -> Draft:
    """The draft at ``now``; the first order makes the member, once for all purses."""
    program = walk.plan.program
    if draft is not None:
        return opened(walk.member, draft.account, now, program)
    facts = walk.facts
    profile = Profile(
        walk.member,
        joined_at=now,
        locale=facts.locale,
        country=facts.country,
        tags=facts.tags,
        birthday=walk.person.birthday_known(now) if walk.person else "",
    )
    blank = opened(walk.member, None, now, program)
    joined = _joined(walk, blank, profile)
    walk.joining, walk.badges = joined.document, joined.badges
    walk.counters = joined.counters or walk.counters
    return with_account(joined.draft, promises={})  # nobody waits for them here


def _joined(walk: Walk, blank: Draft, profile: Profile) -> Joined:
    """What joining gives in the room there is; what it asks is noted when the account is kept.

    It asks a moment before the order or the action that it comes with, as in the books.
    """
    now, program = blank.now, resting(walk.plan.program, walk.plan.pauses, blank.now)
    drawn = drawn_joining(program, walk.member, walk.person.drawn if walk.person else None)
    limits, times = limits_at(program, now), (now - 1, now - 1)
    refused = walk.plan.refused.of(limits, times)

    def within(none_left: frozenset[str]) -> Joined:
        left = {name: limit for name, limit in limits.items() if name not in none_left}
        return join(blank, profile, program, now, Finds(drawn, Budgets(left)))

    joined = within(refused)
    wished = within(frozenset()) if refused else joined
    asked = wished.document.budgets if wished.document else {}
    taken = joined.document.budgets if joined.document else {}
    walk.joining_asks = tuple(
        (name, times, wish if name in refused else taken.get(name, 0), wish)
        for name, wish in asked.items()
        if counts(walk.plan.months, name, times[0])
    )
    return joined


def keep(walk: Walk, purse: Purse, draft: Draft) -> None:
    """Add what moved to the tally; the account stays."""
    for ask in walk.joining_asks:
        walk.tally.asks.add(*ask)
    walk.joining_asks = ()
    if walk.joining is not None:
        joining, walk.joining = walk.joining, None
        note_given(walk, (), joining.posted)
        note_rewards(walk, (), joining.grants)
    for movement in draft.movements:
        if movement.points:
            key = (movement.kind.value, movement.unit, purse.name)
            walk.tally.add(key, walk.month, abs(movement.points))
    purse.draft = watching(draft)


def each_once(drafts: dict[str, Draft], change: Callable[[Draft], Draft]) -> dict[str, Draft]:
    """Every purse's draft changed; habits that have not parted go on sharing theirs."""
    made: dict[int, Draft] = {}
    for draft in drafts.values():
        if id(draft) not in made:
            made[id(draft)] = change(draft)
    return {name: made[id(draft)] for name, draft in drafts.items()}


def watching(draft: Draft) -> Draft:
    """``draft`` with the times of judging, and of looking for tiers that were entered."""
    if not (draft.entering or draft.judging):
        return draft
    account = watched(draft.account, draft.before, draft.entering, draft.now)
    account = judged_soon(account, draft.before, draft.judging, draft.now)
    return msgspec.structs.replace(draft, account=account)


def note_given(walk: Walk, before: tuple[Share, ...], after: tuple[Share, ...]) -> None:
    """Note what rules gave, less what they had given, from the first reported month on."""
    if walk.month < walk.plan.months.warming:
        return
    for sign, shares in ((-1, before), (1, after)):
        for share in shares:
            key = (share.rule_id, share.unit)
            walk.given[key] = walk.given.get(key, 0) + sign * share.points


def note_rewards(walk: Walk, before: tuple[Granted, ...], after: tuple[Granted, ...]) -> None:
    """Rewards that are given for nothing cost what they cost where they are taken; so do causes."""
    program = walk.plan.program
    _note_causes(walk, before, after)
    for sign, grants in ((-1, before), (1, after)):
        for grant in (each for each in grants if each.kind == REWARD and each.amount):
            reward, count = program.rewards[grant.name].reward, sign * grant.amount
            cost = money_cost(reward, program.currency)
            for purse in walk.purses:
                name = "unpriced" if cost is None else "cost"
                amount = count * (1 if cost is None else cost)
                walk.tally.add((name, "", purse.name), walk.month, amount)
                walk.tally.add(("rewards", reward.id, purse.name), walk.month, count)


def _note_causes(walk: Walk, before: tuple[Granted, ...], after: tuple[Granted, ...]) -> None:
    """Units given to causes cost what each says, those that were taken back nothing."""
    program = walk.plan.program
    changes = differences(_of_causes(before), _of_causes(after))
    prices = {each.id: each.unit_cost or {} for each in program.program.causes} if changes else {}
    for (_, cause), units in changes.items():
        cost = units * prices[cause].get(program.currency, 0)
        for purse in walk.purses if cost else ():
            walk.tally.add(("cost", "", purse.name), walk.month, cost)


def _of_causes(lines: tuple[Granted, ...]) -> list[Granted]:
    """What is given now: nothing was passed on in a replay, so all that goes comes back."""
    return [msgspec.structs.replace(each, kept=0) for each in lines if each.kind == CAUSE]
