"""An action on the way through a replay: settled as the books settle it.

An action that no rule of the program is for passes at once. As in the books it makes a member only
where it earns something and joining is automatic.
"""

import msgspec

from chalicelib.domain.action_decision import ACTIVITY
from chalicelib.domain.actions import REVOKED, Action, Side, action_occasion
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Case, Settled, settle_occasion
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.memberships import sale_of
from chalicelib.domain.pausing import PAUSED, earning_stop
from chalicelib.domain.program.choosing import rules_of, rules_to_come
from chalicelib.domain.program.compiled_referral import region_for
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.replay.drawing import drawn_for, drawn_for_side
from chalicelib.domain.replay.judging import hear, judge_again
from chalicelib.domain.replay.member_state import Walk, all_opened, known_facts
from chalicelib.domain.replay.past_actions import ActionStep, PastAction
from chalicelib.domain.replay.past_members import is_celebration
from chalicelib.domain.replay.purse_posting import Posting, holder_of, post_everywhere
from chalicelib.domain.replay.room import settled_in_room
from chalicelib.domain.replay.spending import MAIN


def take_action(walk: Walk, step: ActionStep) -> None:
    """Bring the purses to what the action earns, or to nothing where it is taken back."""
    known = walk.actions[MAIN].get(step.action.id)
    if step.is_revoked:
        done = known or _never_done(walk, step)
        if done is not None:
            gone = msgspec.structs.replace(done, revoked_at=step.at, reason=REVOKED)
            _settle(walk, gone, step)
        return
    if step.is_qualified:
        if known is not None and known.side is not None:
            side = msgspec.structs.replace(known.side, is_qualified=True)
            _settle(walk, msgspec.structs.replace(known, side=side), step)
        return
    document = _told(walk, step)
    if known is None and _concerns(walk, document, step.action):
        walk.tally.add(("actions", "", ""), walk.month, 1)
        reason = _reason(walk, step)
        if reason:
            walk.tally.add(("unearned", reason, ""), walk.month, 1)
        else:
            _settle(walk, document, step)


def _never_done(walk: Walk, step: ActionStep) -> Action | None:
    """An action that was taken back before it was told, where a rule is for that; of members."""
    if step.at > step.action.at or walk.main.draft is None:
        return None
    document = _told(walk, step)
    is_for_rules = rules_to_come(walk.plan.program, action_occasion(document, ""))
    return document if is_for_rules and not _reason(walk, step) else None


def _concerns(walk: Walk, document: Action, action: PastAction) -> bool:
    program = walk.plan.program
    if is_celebration(document) and walk.main.draft is None:
        return False  # only of members
    occasion = action_occasion(document, "")
    may_sell = any(sale_of(sold, occasion).pieces for sold in program.memberships)
    goes_back = () if action.revoked_at is None else rules_to_come(program, occasion)
    return bool(may_sell or program.challenges or rules_of(program, occasion) or goes_back)


def _told(walk: Walk, step: ActionStep) -> Action:
    action = step.action
    return Action(
        id=action.id,
        member=walk.member,
        name=action.name,
        request_hash="",
        occurred_at=step.at,
        recorded_at=step.at,
        subject=action.subject,
        properties=action.properties,
        is_self_reported=action.is_self_reported,
        earned_at=step.at,
        drawn=_drawn(walk, action),
        side=_side(walk, action),
    )


def _drawn(walk: Walk, action: PastAction) -> Drawn | None:
    program, side = walk.plan.program, action.side
    if side is None:
        return drawn_for(program, action.id, action.drawn)
    return drawn_for_side(program, (action.id, side.role), action.drawn)


def _side(walk: Walk, action: PastAction) -> Side | None:
    """The side of a referral, waiting still, with the offer of this program."""
    side, referral = action.side, walk.plan.program.referral
    if side is None or referral is None:
        return side
    is_known = side.region in referral.offers.values()
    region = side.region if is_known else region_for(referral, action.facts.country)
    return msgspec.structs.replace(side, region=region, is_qualified=False)


def _reason(walk: Walk, step: ActionStep) -> str:
    """Why it may not earn, as the books would say; "" when it may."""
    program = walk.plan.program
    is_paused = step.action.is_paused
    stop = PAUSED if is_paused else earning_stop(program, walk.plan.pauses, step.at)
    if stop or walk.main.draft is not None:
        return stop
    if not is_open_to(walk.member, program):
        return "not_in_rollout"
    return "" if program.program.join.how == "automatic" else "not_a_member"


def _settle(walk: Walk, document: Action, step: ActionStep) -> None:
    program, reason = walk.plan.program, document.reason
    is_new = walk.main.draft is None
    known = step.action.facts
    if not is_new:  # where they live is as the newest order told it
        known = msgspec.structs.replace(walk.facts, facts=known.facts)
    walk.facts = known_facts(walk, known, step.at)
    if walk.plan.judges and not step.action.is_untold:
        hear(walk, _heard(walk, is_new=is_new), step.at)
    drafts = all_opened(walk, step.at, walk.purses)
    holder = holder_of(walk, drafts[MAIN], document)
    side = document.side
    since = side.qualified_at if side is not None and side.is_qualified else 0
    case = Case(action_occasion(document, reason), reason, came_about=since)
    times = step.action.at, step.at

    def by(holder: Holder) -> Settled[Action]:
        return settle_occasion(document, case, holder, program)

    settled = settled_in_room(walk, document, holder, times, by)
    after = settled.document
    is_given = bool(after.posted or after.grants or after.progress)
    if is_new and not (is_given or after.used or after.once or after.memberships):
        walk.joining = walk.badges = None  # nobody joined for that
        walk.joining_asks = ()
        return
    activity = ACTIVITY if is_given and not reason else ""
    posting = Posting(document, settled, drafts, activity)
    post_everywhere(walk, walk.actions, document.id, posting)
    if walk.plan.judges and is_new:
        judge_again(walk, step.at)


def _heard(walk: Walk, *, is_new: bool) -> MemberFacts:
    """What an action tells of its member; where they live, the newest order did."""
    facts = walk.facts
    if is_new:
        return facts
    known = facts.facts, facts.birth_month
    return msgspec.structs.replace(walk.told, facts=known[0], birth_month=known[1])
