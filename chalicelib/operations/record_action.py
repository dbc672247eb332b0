"""Record what a member did, and take it back: each by one transaction, once for every event id.

What was told is read in one round trip; an action that is revoked is found by its id alone, so
that costs one more. One that is revoked before it is told is remembered, and earns nothing then.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from chalicelib.domain.action_decision import (
    ActionLoad,
    action_id,
    asked_action,
    decide_action,
    decide_revoke,
)
from chalicelib.domain.actions import Action, ActionPlace, action_occasion, name_of
from chalicelib.domain.decision import Outcome
from chalicelib.domain.events import ActionCompleted, ActionRevoked
from chalicelib.domain.facts import told_by
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.program.choosing import MEMBER_MARK, once_marks, rules_to_come
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.rule_document import ACTION_REVOKED
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.promises import Happened, may_owe
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.draw_chance import as_newcomer, draw
from chalicelib.operations.order_budgets import load_budgets, more_budget_keys, read_budgets
from chalicelib.operations.order_members import (
    Marks,
    Told,
    follow_people,
    honour_marks,
    load_unsettled,
    loaded_member,
    marker_keys,
    member_keys,
)
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.keyed_ids import email_hash, member_id
from chalicelib.storage.action_places import place_of, place_put
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import (
    PART_LENGTH_MAX,
    action_place_key,
    document_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import (
    first_live_at,
    program_at,
    program_of,
    with_rules_of_now,
)
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.table import ConditionFailed, Table

ATTEMPTS_MAX: Final = 8
_SHOP_UNKNOWN = Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")


class ActionCommand(msgspec.Struct, frozen=True):
    """One event about one action of one shop."""

    shop: str
    event: ActionCompleted | ActionRevoked
    now: Instant  # the time of the books
    wall_now: Instant  # real time, for caches


class LoadedAction(msgspec.Struct, frozen=True):
    """The shop, and what the decision depends on."""

    shop: Shop
    action: ActionLoad


class _Named(msgspec.Struct, frozen=True):
    """Which action of which member: under the id that the shop told."""

    shop: str
    member: str
    action: str


Decide = Callable[[ActionLoad], Outcome]
Asked = tuple[Action, Profile]  # and who did it


def record_action(table: Table, command: ActionCommand) -> Recorded[LoadedAction] | Refusal | None:
    """Record one event. None: an action was revoked that nobody told of; that is remembered.

    Raises:
        Busy, StorageUnavailable: send it again.
    """
    event = command.event
    told = event.id if isinstance(event, ActionCompleted) else event.action_id
    action = action_id(event.source, told)
    if len(action) + 2 * sum(action.count(sign) for sign in "%#:") > PART_LENGTH_MAX:
        return Refusal(RefusalCode.VALUE_INVALID, "source and id are too long together")
    recent = find_recent_shop(table, command.shop, command.wall_now)
    if recent is None:
        return _SHOP_UNKNOWN
    if isinstance(event, ActionCompleted):
        return _complete(table, command, event, recent)
    return _revoke(table, command, action, event.occurred_at)


def _complete(
    table: Table, command: ActionCommand, event: ActionCompleted, recent: Shop
) -> Recorded[LoadedAction] | Refusal:
    secret, shop = shop_secret(recent), command.shop
    member = member_id(secret, event.source, event.customer_id)
    asked = asked_action(event, member, command.now)
    person = Profile(external_id=event.customer_id, source=event.source, joined_at=command.now)
    work: Work[LoadedAction] = Work(
        document=document_key(shop, member, "action", asked.id),
        load=lambda _: load_told(table, recent, (asked, person), command.now),
        decide=lambda loaded: decide_action(asked, loaded.action, command.now),
    )
    return _kept(table, decide_and_commit(table, work), command.now)


def record_own(
    table: Table,
    shop: Shop,
    own: tuple[Action, Profile | None],
    now: Instant,
    decide: Callable[[Action, ActionLoad, Instant], Outcome] = decide_action,
) -> Recorded[LoadedAction] | Refusal:
    """Record an action of ours, such as a birthday, of somebody who is a member.

    Raises:
        Busy, StorageUnavailable: do it again; once it is recorded, it is answered.
    """
    asked, profile = own
    person = profile or Profile(external_id="")
    work: Work[LoadedAction] = Work(
        document=document_key(shop.shop_id, asked.member, "action", asked.id),
        load=lambda _: load_told(table, shop, (asked, person), now),
        decide=lambda loaded: decide(asked, loaded.action, now),
    )
    return decide_and_commit(table, work)


def _revoke(
    table: Table, command: ActionCommand, action: str, at: Instant
) -> Recorded[LoadedAction] | Refusal | None:
    place = _place_or_remembered(table, command.shop, action, at)
    if place is None or not place.member:
        return None
    named = _Named(command.shop, place.member, action)
    return _decided(table, named, lambda load: decide_revoke(at, load, command.now), command.now)


def _place_or_remembered(table: Table, shop: str, action: str, at: Instant) -> ActionPlace | None:
    """Where the action is; None once it is remembered that it was revoked before it was told."""
    key = action_place_key(shop, action)
    for _ in range(ATTEMPTS_MAX):
        place = place_of(table.load([key]).get(key), action)
        if place is not None:
            return place
        early = ActionPlace(action, revoked_at=at, revision=1)
        with suppress(ConditionFailed):
            record_writes(table, (place_put(shop, early),))
            return None
    raise Busy("others were writing this action's place")


def _decided(
    table: Table, named: _Named, decide: Decide, now: Instant
) -> Recorded[LoadedAction] | Refusal:
    work: Work[LoadedAction] = Work(
        document=document_key(named.shop, named.member, "action", named.action),
        load=lambda _: _load_known(table, named, now),
        decide=lambda loaded: decide(loaded.action),
    )
    return _kept(table, decide_and_commit(table, work), now)


def _kept(
    table: Table, result: Recorded[LoadedAction] | Refusal, now: Instant
) -> Recorded[LoadedAction] | Refusal:
    """The result, once the rewards that the action gave, or gives no more, are settled."""
    if isinstance(result, Recorded):
        action = result.loaded.action
        happened = Happened(result.document, action.owner.account, action.program)
        if may_owe(happened):
            from chalicelib.operations.keep_promises import keep_promises_of  # noqa: PLC0415 - rare

            keep_promises_of(table, result.loaded.shop, happened, now)
    return result


# ---------------------------------------------------------------- loading


def load_told(
    table: Table, recent: Shop, told: Asked, now: Instant, tried: CompiledProgram | None = None
) -> LoadedAction:
    """All by one round trip, or two where another version is live: as that, or ``tried``, asks."""
    asked, person = told
    shop_id, member, at = recent.shop_id, asked.member, min(asked.occurred_at, now)
    expected = tried or program_at(table, recent, at)
    marks, spendable = _marks(expected, asked), _limits(expected, None, at)
    place = action_place_key(shop_id, asked.id)
    document = document_key(shop_id, member, "action", asked.id)
    keys = [shop_key(shop_id), place, document, profile_key(shop_id, member)]
    keys += more_budget_keys(shop_id, spendable, {})
    items = table.load([*keys, *member_keys(shop_id, member, marks)])
    shop = shop_from_item(items[shop_key(shop_id)])
    program = tried or program_at(table, shop, at)
    due, limits = _marks(program, asked), _limits(program, None, at)
    more = marker_keys(shop_id, {member}, due - marks)
    more += more_budget_keys(shop_id, limits, spendable)
    items |= table.load(more) if more else {}
    holder = follow_people(table, shop_id, (member,), (due, items))[member]
    known = profile_of(items.get(profile_key(shop_id, holder)))
    contact = email_hash(shop_secret(shop), known.email) if known and known.email else ""
    facts = Told(told_by(known, program, at), person, contact, due)
    owner = loaded_member(shop_id, holder, items, facts)
    load = ActionLoad(
        shop=shop_id,
        document=document_of(items.get(document), Action),
        place=place_of(items.get(place), asked.id),
        owner=as_newcomer(owner, (shop, program, now)),
        unsettled=load_unsettled(table, shop_id, (), (owner,)),
        program=tried or (with_rules_of_now(table, shop, program, now) if program else None),
        pauses=shop.pauses,
        budgets=read_budgets(shop_id, limits, items),
        starts_at=first_live_at(table, shop),
        drawn=draw(shop, program, name_of(asked), now),
    )
    return LoadedAction(shop, load)


def _load_known(table: Table, named: _Named, now: Instant) -> LoadedAction:
    """An action that was told before, by the terms of its award."""
    shop_id, member = named.shop, named.member
    document = document_key(shop_id, member, "action", named.action)
    keys = [shop_key(shop_id), document, *member_keys(shop_id, member, frozenset())]
    items = table.load(keys)
    shop = shop_from_item(items[shop_key(shop_id)])
    action = document_of(items.get(document), Action)
    program, marks = _by_terms(table, shop, action, now)
    if marks:
        items |= table.load(marker_keys(shop_id, {member}, marks))
    holder = follow_people(table, shop_id, (member,), (marks, items))[member]
    owner = loaded_member(shop_id, holder, items, Told(MemberFacts(), marks=marks))
    load = ActionLoad(
        shop=shop_id,
        document=action,
        place=None,
        owner=owner,
        program=program,
        unsettled=load_unsettled(table, shop_id, (action,), (owner,)),
        budgets=load_budgets(table, shop_id, _limits(program, action, 0)),
    )
    return LoadedAction(shop, load)


def _limits(program: CompiledProgram | None, action: Action | None, at: Instant) -> dict[str, int]:
    """Limits by budget of what an action may spend; 0 for what it only gives back."""
    held = dict.fromkeys(action.budgets, 0) if action else {}
    if program is None or not program.shared:
        return held
    return held | limits_at(program, action.earned_at if action else at)


def _by_terms(
    table: Table, shop: Shop, action: Action | None, now: Instant
) -> tuple[CompiledProgram | None, Marks]:
    if action is None or action.terms is None:
        return None, frozenset()
    program = program_of(table, shop.shop_id, action.terms.program_version)
    subjects, done = action.terms.subjects, action_occasion(action, "")
    once = {*action.once, *(rule.id for rule in rules_to_come(program, done) if rule.once)}
    marks = {(rule, subjects.get(rule, MEMBER_MARK)) for rule in once} | _honours(program, done)
    return with_rules_of_now(table, shop, program, now), frozenset(marks)


def _marks(program: CompiledProgram | None, asked: Action) -> Marks:
    done = action_occasion(asked, "")
    made = once_marks(program, done).items() | _honours(program, done) if program else ()
    return frozenset(made)


def _honours(program: CompiledProgram, done: Occasion) -> Marks:
    """What an action may change of honours, told or taken back."""
    gone = ACTION_REVOKED if rules_to_come(program, done) else done.trigger
    return honour_marks(program, done.trigger) | honour_marks(program, gone)
