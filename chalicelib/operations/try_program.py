"""Try a cart or an order by the live program, a version or the draft. Writes nothing."""

import msgspec

from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.facts import told_by
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram, compile_program
from chalicelib.domain.program.document import Program
from chalicelib.domain.trying import Tried, made_up_member, try_order
from chalicelib.operations.diff_program import named_program
from chalicelib.operations.draw_chance import draw
from chalicelib.operations.load_order import OrderCommand, load_order
from chalicelib.operations.manage_members import view_member
from chalicelib.storage.table import Table

MADE_UP = "made-up"
"""Customer id of somebody who is in no table."""


class Trial(msgspec.Struct, frozen=True):
    """What to try: ``order`` as of ``order.upserted``, or a part of it that ``cart`` is."""

    program: int  # diff_program.DRAFT, LIVE or a number
    order: dict[str, object]
    is_cart: bool
    member: str  # a name of an existing one; "" for ``facts``
    facts: MemberFacts
    now: Instant
    wall_now: Instant


class Trialled(msgspec.Struct, frozen=True):
    """What would happen, and the program that says so."""

    tried: Tried
    program: Program


def try_program(table: Table, shop: str, trial: Trial) -> Trialled | Refusal:
    """What ``trial`` would earn."""
    program = named_program(table, shop, trial.program, trial.now)
    if isinstance(program, Refusal):
        return program
    problems = unit_problems(trial.facts, program)
    if problems:
        detail = "The program has no such unit; see `errors`."
        return Refusal(RefusalCode.VALUE_INVALID, detail, problems)
    customer = _customer(table, shop, trial)
    if isinstance(customer, Refusal):
        return customer
    event = _event(trial, program, (customer.source, customer.told))
    if isinstance(event, Refusal):
        return event
    command = OrderCommand(shop, event, trial.now, trial.wall_now)
    loaded = load_order(table, command)
    if isinstance(loaded, Refusal):
        return loaded
    order, compiled = loaded.order, compile_program(program, 0)
    if order.buyer is not None:
        buyer = _as_tried(order.buyer, customer, (trial, event), compiled)
        order = msgspec.structs.replace(order, buyer=buyer)
    name = f"try:{event.source}:{event.order.id}"  # never what a real order would draw
    order = msgspec.structs.replace(order, drawn=draw(loaded.shop, compiled, name, trial.now))
    tried = try_order(event, order, compiled, trial.now)
    return tried if isinstance(tried, Refusal) else Trialled(tried, program)


def _as_tried(
    buyer: LoadedMember,
    customer: "_Buyer",
    tried: tuple[Trial, OrderUpserted],
    program: CompiledProgram,
) -> LoadedMember:
    """Whom the order is of, as the tried program asks about them: the live one may not."""
    trial, event = tried
    if customer.profile is not None:
        return msgspec.structs.replace(buyer, facts=told_by(customer.profile, program))
    paid_at = event.order.paid_at or trial.now
    return made_up_member(buyer.member, trial.facts, program.zone, paid_at)


def unit_problems(facts: MemberFacts, program: Program) -> tuple[Problem, ...]:
    """Made-up points that ``program`` has no unit for."""
    known = ", ".join(program.units)
    return tuple(
        Problem(f"$.facts.points.{unit}", "unit_unknown", f"The program has these units: {known}.")
        for unit in facts.points
        if unit not in program.units
    )


class _Buyer(msgspec.Struct, frozen=True):
    """Whom the order is of: their source, what the wire tells, and what is stored."""

    source: str
    told: dict[str, object]
    profile: Profile | None = None  # None: somebody made up


def _customer(table: Table, shop: str, trial: Trial) -> _Buyer | Refusal:
    if not trial.member:
        facts = trial.facts
        told: dict[str, object] = {"id": MADE_UP, "tags": list(facts.tags)}
        places = {"country": facts.country or None, "locale": facts.locale or None}
        return _Buyer("try", {**told, **places})
    found = view_member(table, shop, trial.member)
    if isinstance(found, Refusal):
        return found
    profile = found[1].profile
    if profile is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "Nobody knows who this member is.")
    stored: dict[str, object] = {
        "id": profile.external_id,
        "tags": list(profile.tags),
        "country": profile.country or None,
        "locale": profile.locale or None,
    }
    return _Buyer(profile.source, stored, profile)


def _event(
    trial: Trial, program: Program, customer: tuple[str, dict[str, object]]
) -> OrderUpserted | Refusal:
    source, told = customer
    now = iso(trial.now)
    usual = {
        "id": "try",
        "version": now,
        "status": "paid",
        "currency": program.currency,
        "created_at": now,
        "paid_at": now,
        "refunds_complete": True,
    }
    order = {**usual, **trial.order, "customer": told, "guest_email": None}
    wire = {"type": "order.upserted", "id": "try", "source": source, "order": order}
    event = parse_event(wire, trial.now)
    if isinstance(event, OrderUpserted):
        return event
    problems = event if isinstance(event, tuple) else ()
    place = "$.cart" if trial.is_cart else "$.order"
    here = tuple(
        Problem(each.path.replace("$.order", place, 1), each.code, each.detail) for each in problems
    )
    return Refusal(RefusalCode.VALUE_INVALID, "The order can't be read; see `errors`.", here)
