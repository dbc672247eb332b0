"""Decide what a member's action earns, and what is left of it once it is revoked.

::

    told      known already ── the same content     its document answers
                            ── other content        refused: an id names one action
              may not earn, or no rule pays         the document alone, kept for ever
              rules pay                             document, entries, account, markers in one
    revoked   not told yet                          remembered by its id: told, it is revoked
              told                                  to what rules on ``action.revoked`` give, most
                                                    often nothing, by the terms of its award

An action makes an account only where it earns something and joining is automatic.
"""

import msgspec

from chalicelib.domain.actions import REVOKED, Action, ActionPlace, action_occasion, name_of
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Case, settle_occasion
from chalicelib.domain.booking import closed, counted, opened, with_inbox
from chalicelib.domain.budgets import Budgets, spending
from chalicelib.domain.causes import Unsettled, free_of, with_causes
from chalicelib.domain.challenge_settling import as_joined, with_joined
from chalicelib.domain.decision import OTHER_REQUEST, AlreadyRecorded, Decision, Document, Outcome
from chalicelib.domain.entering import marked, to_enter
from chalicelib.domain.events import ActionCompleted
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.joining import Finds, Joined, join
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.limits import FUTURE_SKEW_MS_MAX
from chalicelib.domain.member_books import LoadedMember, is_untouched, progress_of, with_rest
from chalicelib.domain.outcome import InvariantBroken, Refusal, RefusalCode
from chalicelib.domain.pausing import Pauses, earning_stop
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.rule_document import ACTION_REVOKED
from chalicelib.domain.records import request_hash

ACTIVITY = "action"
"""What keeps points alive that lapse by inactivity."""


_ENTERED_BY_OTHERS = Refusal(
    RefusalCode.DOCUMENT_UNKNOWN, "somebody else has told of the tier, or it is held no more"
)


class ActionLoad(msgspec.Struct, frozen=True):
    """Everything that a decision about one action depends on, besides the event and the time."""

    shop: str
    document: Action | None
    place: ActionPlace | None
    owner: LoadedMember
    program: CompiledProgram | None  # live when it happened; of its terms, where it has some
    pauses: Pauses = ()
    budgets: Budgets = Budgets()  # that the action spends, or may spend
    starts_at: Instant = 0  # when the shop's first version went live
    unsettled: Unsettled = {}  # of the causes that the action gave to
    drawn: Drawn | None = None  # what chance says


def action_id(source: str, event_id: str) -> str:
    """How an action is called: by its source and the event's own id."""
    return f"{source}:{event_id}"


def asked_action(event: ActionCompleted, member: str, now: Instant) -> Action:
    """The document of an action that nothing is known of."""
    told = msgspec.json.encode(event.properties, order="sorted").decode()
    at = event.occurred_at if event.is_timed else 0
    asked = (event.customer_id, event.action, event.subject, at, told)
    return Action(
        id=action_id(event.source, event.id),
        member=member,
        name=event.action,
        request_hash=request_hash("action", *asked),
        occurred_at=event.occurred_at,
        recorded_at=now,
        subject=event.subject,
        properties=event.properties,
        is_self_reported=event.is_self_reported,
        earned_at=min(event.occurred_at, now),
    )


def decide_action(asked: Action, loaded: ActionLoad, now: Instant) -> Outcome:
    """What an action that was told earns. Told again, its document answers."""
    known, place = loaded.document, loaded.place
    if known is not None:
        is_same = known.request_hash in (asked.request_hash, "")  # "": forgotten with the person
        return AlreadyRecorded(known) if is_same else OTHER_REQUEST
    if place is not None and place.member not in ("", asked.member):
        return OTHER_REQUEST  # another customer's
    if asked.occurred_at > now + FUTURE_SKEW_MS_MAX:
        return Refusal(RefusalCode.VALUE_INVALID, "an action has happened already")
    if place is not None:
        asked = msgspec.structs.replace(asked, revoked_at=place.revoked_at)
    reason = _reason(asked, loaded)
    here = ActionPlace(asked.id, asked.member, revision=(place.revision if place else 0) + 1)
    if reason or loaded.program is None:
        document = msgspec.structs.replace(asked, reason=reason, revision=1)
        return Decision(document, place=here)
    is_gone = asked.revoked_at is not None
    asked = msgspec.structs.replace(asked, drawn=loaded.drawn, reason=REVOKED if is_gone else "")
    decision = _settled(asked, loaded, loaded.program, now)
    decision = msgspec.structs.replace(decision, place=here)
    return with_causes(decision, progress_of(loaded.owner), loaded.unsettled)


def decide_revoke(revoked_at: Instant, loaded: ActionLoad, now: Instant) -> Outcome:
    """Take back what an action earned; it stays on record as revoked."""
    known = loaded.document
    if known is None:
        raise InvariantBroken("an action that is taken back was told")
    if known.revoked_at is not None:
        return AlreadyRecorded(known)
    gone = msgspec.structs.replace(known, revoked_at=revoked_at, reason=REVOKED)
    if loaded.program is None or known.terms is None:
        return Decision(msgspec.structs.replace(gone, revision=known.revision + 1))
    before: tuple[Document, ...] = (known, *progress_of(loaded.owner))
    return with_causes(_settled(gone, loaded, loaded.program, now), before, loaded.unsettled)


def decide_entered(asked: Action, loaded: ActionLoad, now: Instant) -> Outcome:
    """What entering the tier earns; the account is marked also where that is nothing."""
    account, program = loaded.owner.account, loaded.program
    if account is None or program is None:
        return _ENTERED_BY_OTHERS
    if asked.subject not in to_enter(account, program.entering, now):
        return _ENTERED_BY_OTHERS
    outcome = decide_action(asked, loaded, now)
    known = loaded.document
    if known is not None:  # of the same moment, and taken back since: it is not given again
        outcome = Decision(msgspec.structs.replace(known, revision=known.revision + 1))
    if not isinstance(outcome, Decision) or outcome.books:
        return outcome
    draft = opened(loaded.owner.member, account, now, program)
    marks = marked(draft.account, (asked.subject, ""), program.groups, now)
    draft = msgspec.structs.replace(draft, account=marks)
    source = Source(
        genesis(loaded.shop, loaded.owner.member), name_of(asked), now, now, program.version
    )
    return msgspec.structs.replace(outcome, books=(closed(draft, source),))


def _reason(asked: Action, loaded: ActionLoad) -> str:
    """Why the action may not earn, as a code; "" when it may.

    One that was taken back before it was told may by rules for that, of who is a member already:
    it makes nobody one.
    """
    against = _against(asked, loaded)
    if asked.revoked_at is None:
        return against
    rules = loaded.program.rules if loaded.program else {}
    may_earn = not against and loaded.owner.account is not None and ACTION_REVOKED in rules
    return "" if may_earn else REVOKED


def _against(asked: Action, loaded: ActionLoad) -> str:
    """Why an action of that time, by that member, may not earn; "" when it may."""
    program, account = loaded.program, loaded.owner.account
    if program is None:
        return "no_program"
    allowance = program.program.join.retroactive_days * DAY_MS
    if asked.occurred_at < loaded.starts_at - allowance:
        return "before_program"
    if account is not None and account.erased_at:
        return "not_a_member"
    stop = earning_stop(program, loaded.pauses, asked.occurred_at)
    return stop or _membership_reason(asked, loaded.owner, program, allowance)


def _membership_reason(
    asked: Action, owner: LoadedMember, program: CompiledProgram, allowance: Instant
) -> str:
    """Why an action of ``owner`` may not earn: they are no member, or were none then."""
    account, is_automatic = owner.account, program.program.join.how == "automatic"
    if account is None:
        if not is_open_to(owner.member, program):
            return "not_in_rollout"
        return "" if is_automatic else "not_a_member"
    if is_automatic:
        return ""
    return "" if account.joined_at <= asked.occurred_at + allowance else "before_joining"


def _settled(known: Action, loaded: ActionLoad, program: CompiledProgram, now: Instant) -> Decision:
    """The action at its target, with what it spends of the shop's budgets."""
    before = (loaded.document,) if loaded.document else ()
    return spending(_booked(known, loaded, program, now), before, loaded.budgets)


def _booked(known: Action, loaded: ActionLoad, program: CompiledProgram, now: Instant) -> Decision:
    """The action at its target; alone, where nothing of its member moves."""
    owner, before = loaded.owner, loaded.document
    draft = with_inbox(opened(owner.member, owner.account, now, program), owner.honours.inbox)
    joined = Joined(draft, None, None)
    if owner.account is None and owner.profile is not None:
        finds = Finds(owner.drawn, loaded.budgets)
        joined = join(draft, owner.profile, program, known.earned_at, finds)
        draft = joined.draft
    free = free_of(loaded.unsettled)
    budgets, honours = loaded.budgets, as_joined(owner.honours, joined.badges)
    counters = joined.counters or owner.counters
    holder = Holder(draft, counters, owner.facts, owner.taken, free, budgets, honours)
    reason = known.reason
    is_forgotten = owner.account is not None and owner.account.erased_at > 0
    occasion = action_occasion(known, "not_a_member" if is_forgotten else reason)
    settled = settle_occasion(known, Case(occasion, reason), holder, program)
    revision = (before.revision if before else 0) + 1
    document = msgspec.structs.replace(settled.document, revision=revision)
    is_given = bool(document.posted or document.grants or document.progress)
    has_drawn = bool(document.used or document.once)  # a blank is one of the rule's times, too
    if owner.account is None and not (is_given or has_drawn or document.memberships):
        return Decision(
            msgspec.structs.replace(document, terms=None, used={}, wanted={}, budgets={})
        )
    draft = settled.draft
    if is_given and not reason:
        draft = counted(draft, ACTIVITY, known.earned_at)
    chain = genesis(loaded.shop, owner.member)
    source = Source(chain, name_of(known), known.earned_at, now, program.version)
    book = with_rest(closed(draft, source), before or known, settled, owner)
    if not settled.kept and is_untouched(book, owner):
        return Decision(document)
    further = (*joined.documents, *with_joined(settled.kept, joined.badges))
    return Decision(document, (book,), further)
