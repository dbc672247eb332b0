"""Try a cart, an order, an action or a joining by some program. Writes nothing."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from chalicelib.domain.actions import name_of
from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.events import ActionCompleted, OrderUpserted
from chalicelib.domain.facts import told_by
from chalicelib.domain.habits import is_recalled
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.joining import Finds
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.domain.program.shared import limits_at, limits_joining
from chalicelib.domain.trying import (
    Tried,
    action_to_try,
    made_up_member,
    made_up_problems,
    subject_problem,
    try_action,
    try_joining,
    try_order,
)
from chalicelib.operations.diff_program import named_program
from chalicelib.operations.draw_chance import draw, draw_tried_joining
from chalicelib.operations.load_order import OrderCommand, load_order
from chalicelib.operations.manage_members import view_member
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.operations.recall_products import recalled_account
from chalicelib.operations.record_action import load_told
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.shops import Shop, find_recent_shop, shop_secret
from chalicelib.storage.table import Table

MADE_UP = "made-up"
"""Customer id of somebody who is in no table."""


_JOINED = Refusal(
    RefusalCode.VALUE_INVALID,
    "A member has joined already: try a joining of nobody, or of made-up `facts`.",
    (Problem("$.member", "joined_already", "Leave it out."),),
)


class TrialKind(StrEnum):
    """What is tried. Each is called in the request as here."""

    CART = "cart"  # a part of an order
    ORDER = "order"  # as of order.upserted
    ACTION = "action"  # as of action.completed, or a moment of ours
    JOINING = "joining"


class Trial(msgspec.Struct, frozen=True):
    """What to try: ``told`` of a ``kind``."""

    program: int  # diff_program.DRAFT, LIVE or a number
    kind: TrialKind
    told: dict[str, object]
    member: str  # a name of an existing one; "" for ``facts``
    facts: MemberFacts
    now: Instant
    wall_now: Instant
    is_self_reported: bool = False


class Trialled(msgspec.Struct, frozen=True):
    """What would happen, and the program that says so."""

    tried: Tried
    program: Program


def try_program(table: Table, shop: str, trial: Trial) -> Trialled | Refusal:
    """What ``trial`` would earn."""
    program = program_knowing(table, shop, (trial.program, trial.facts), trial.now)
    if isinstance(program, Refusal):
        return program
    problem = subject_problem(trial.told, program)
    if problem is not None:
        return Refusal(RefusalCode.VALUE_INVALID, problem.detail, (problem,))
    if trial.member and trial.kind is TrialKind.JOINING:
        return _JOINED
    customer = _customer(table, shop, trial)
    if isinstance(customer, Refusal):
        return customer
    recent = find_recent_shop(table, shop, trial.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    of = _Case(table, recent, trial, customer, compile_program(program, 0))
    match trial.kind:
        case TrialKind.ACTION:
            tried = _try_action(of)
        case TrialKind.JOINING:
            tried = _try_joining(of)
        case _:
            tried = _try_order(of)
    return tried if isinstance(tried, Refusal) else Trialled(tried, program)


def program_knowing(
    table: Table, shop: str, asked: tuple[int, MemberFacts], now: Instant
) -> Program | Refusal:
    """The program of that number, which must know the facts that somebody was made up of."""
    number, facts = asked
    program = named_program(table, shop, number, now)
    if isinstance(program, Refusal):
        return program
    problems = made_up_problems(facts, program, now)
    if problems:
        detail = "The program does not know this, or knows it otherwise; see `errors`."
        return Refusal(RefusalCode.VALUE_INVALID, detail, problems)
    return program


class _Buyer(msgspec.Struct, frozen=True):
    """Who does it: their source, what the wire tells, and what is stored."""

    source: str
    told: dict[str, object]
    member: str = ""
    profile: Profile | None = None  # None: somebody made up


class _Case(NamedTuple):
    """What is tried, by whom, by which program."""

    table: Table
    shop: Shop
    trial: Trial
    customer: _Buyer
    program: CompiledProgram


def _try_order(of: _Case) -> Tried | Refusal:
    trial, program = of.trial, of.program
    event = _order_event(trial, program.currency, of.customer)
    if isinstance(event, Refusal):
        return event
    command = OrderCommand(of.shop.shop_id, event, trial.now, trial.wall_now)
    loaded = load_order(of.table, command)
    if isinstance(loaded, Refusal):
        return loaded
    order = loaded.order
    if order.buyer is not None:
        buyer = _as_tried(order.buyer, of, event.order.paid_at or trial.now)
        order = msgspec.structs.replace(order, buyer=buyer)
    name = f"try:{event.source}:{event.order.id}"  # never what a real order would draw
    order = msgspec.structs.replace(order, drawn=draw(loaded.shop, program, name, trial.now))
    return try_order(event, order, program, trial.now)


def _try_action(of: _Case) -> Tried | Refusal:
    trial, customer, program = of.trial, of.customer, of.program
    event = _action_event(trial)
    if isinstance(event, Refusal):
        return event
    member = customer.member or member_id(shop_secret(of.shop), customer.source, MADE_UP)
    asked = action_to_try(event, member, program, trial.now)
    person = customer.profile or _made_up_person(trial)
    action = load_told(of.table, of.shop, (asked, person), trial.now, program).action
    action = msgspec.structs.replace(
        action,
        owner=_as_tried(action.owner, of, trial.now),
        drawn=draw(of.shop, program, f"try:{name_of(asked)}", trial.now),
    )
    return try_action(asked, action, program, trial.now)


def _try_joining(of: _Case) -> Tried:
    trial, program = of.trial, of.program
    limits = limits_at(program, trial.now) if limits_joining(program) else {}
    budgets = load_budgets(of.table, of.shop.shop_id, limits)
    drawn = draw_tried_joining(of.shop, program, trial.now)
    newcomer = (of.shop.shop_id, MADE_UP, _made_up_person(trial))
    return try_joining(newcomer, program, trial.now, Finds(drawn, budgets))


def _made_up_person(trial: Trial) -> Profile:
    facts = trial.facts
    return Profile(
        external_id=MADE_UP,
        joined_at=trial.now,
        locale=facts.locale,
        country=facts.country,
        tags=facts.tags,
    )


def _as_tried(owner: LoadedMember, of: _Case, at: Instant) -> LoadedMember:
    """Who does it, ``at`` that time, as the tried program asks about them: the live one may not."""
    if of.customer.profile is not None:
        facts, account = told_by(of.customer.profile, of.program, at), owner.account
        if account is not None and not is_recalled(account, of.program):
            known = owner.member, account
            account = recalled_account(of.table, of.shop.shop_id, known, of.program, at)
        return msgspec.structs.replace(owner, facts=facts, account=account)
    return made_up_member(owner.member, of.trial.facts, of.program.zone, at)


def _customer(table: Table, shop: str, trial: Trial) -> _Buyer | Refusal:
    if not trial.member:
        facts = trial.facts
        told: dict[str, object] = {"id": MADE_UP, "tags": list(facts.tags)}
        places = {"country": facts.country or None, "locale": facts.locale or None}
        return _Buyer("try", {**told, **places})
    found = view_member(table, shop, trial.member)
    if isinstance(found, Refusal):
        return found
    record = found[1]
    profile = record.profile
    if profile is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "Nobody knows who this member is.")
    stored: dict[str, object] = {
        "id": profile.external_id,
        "tags": list(profile.tags),
        "country": profile.country or None,
        "locale": profile.locale or None,
    }
    return _Buyer(profile.source, stored, record.member, profile)


def _order_event(trial: Trial, currency: str, customer: _Buyer) -> OrderUpserted | Refusal:
    now = iso(trial.now)
    usual = {
        "id": "try",
        "version": now,
        "status": "paid",
        "currency": currency,
        "created_at": now,
        "paid_at": now,
        "refunds_complete": True,
    }
    order = {**usual, **trial.told, "customer": customer.told, "guest_email": None}
    wire = {"type": "order.upserted", "id": "try", "source": customer.source, "order": order}
    event = parse_event(wire, trial.now)
    if isinstance(event, OrderUpserted):
        return event
    return _unreadable(event, "$.order", f"$.{trial.kind}")


def _action_event(trial: Trial) -> ActionCompleted | Refusal:
    """What is told, as of ``action.completed``; a joining is none."""
    if trial.told["action"] == MEMBER_JOINED:
        problem = Problem("$.action", "value_invalid", "Try what joining gives by `joining`.")
        return _unreadable((problem,), "$", "$.action")
    usual = {"type": "action.completed", "id": "try", "source": "try", "customer_id": MADE_UP}
    event = parse_event({**usual, **trial.told}, trial.now)
    if isinstance(event, ActionCompleted):
        return msgspec.structs.replace(event, is_self_reported=trial.is_self_reported)
    return _unreadable(event, "$", "$.action")


def _unreadable(event: object, place: str, here: str) -> Refusal:
    """The refusal of what is no event of its kind, with paths of the request."""
    problems = event if isinstance(event, tuple) else ()
    found = tuple(
        Problem(each.path.replace(place, here, 1), each.code, each.detail) for each in problems
    )
    detail = f"The {here.removeprefix('$.')} can't be read; see `errors`."
    return Refusal(RefusalCode.VALUE_INVALID, detail, found)
