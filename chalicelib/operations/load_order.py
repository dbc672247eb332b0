"""Read what a decision about an order depends on: one BatchGet for a known member.

The keys of shop, order, buyer, once-markers and codes follow from the event and the shop's own
key, so they are asked for together. Only a member whom the document alone names (a refund sent
alone, a moved order), and the markers of a version that this process did not expect, cost one
more read.
"""

from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.events import Customer, OrderUpserted
from chalicelib.domain.facts import birth_month, declared_facts, told_by
from chalicelib.domain.instants import Instant
from chalicelib.domain.launching import Imported
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.member_books import LoadedMember
from chalicelib.domain.order_decision import (
    OrderEvent,
    OrderLoad,
)
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.operations.draw_chance import with_draws
from chalicelib.operations.order_budgets import more_budget_keys, order_limits, read_budgets
from chalicelib.operations.order_marks import moving_marks, order_marks
from chalicelib.operations.order_members import (
    Items,
    Marks,
    Told,
    follow_people,
    load_unsettled,
    loaded_member,
    marker_keys,
    member_keys,
)
from chalicelib.operations.order_programs import (
    paid_when,
    program_of_terms,
    program_when_paid,
    widened_program,
)
from chalicelib.security.keyed_ids import CODE_PATTERN, email_hash, member_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.identities import email_identity_key, identified
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    PART_LENGTH_MAX,
    code_key,
    order_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import first_live_at, program_at
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table

_Asked: TypeAlias = tuple[CompiledProgram | None, Instant]
_Known: TypeAlias = tuple[str, Marks, _Asked]
_NAME_BYTES_MAX: Final = 640  # of both ids of an order, before escapes


class OrderCommand(msgspec.Struct, frozen=True):
    """One delivery about one order of one shop."""

    shop: str
    event: OrderEvent
    now: Instant  # the time of the books
    wall_now: Instant  # real time, for caches
    claim: Profile | None = None  # who claims a guest's order by their verified e-mail
    imported: Imported | None = None  # how an order from before the program comes in

    @property
    def order_id(self) -> str:
        """The id of the order that the event is about."""
        event = self.event
        return event.order.id if isinstance(event, OrderUpserted) else event.order_id

    @property
    def customer(self) -> Customer | None:
        """Whom the event names as the buyer."""
        return self.event.order.customer if isinstance(self.event, OrderUpserted) else None

    @property
    def guest_email(self) -> str:
        """The address that a guest's order is known by, "" for none."""
        event = self.event
        if self.claim is not None:
            return self.claim.email
        if not isinstance(event, OrderUpserted) or event.order.customer is not None:
            return ""
        return event.order.guest_email

    @property
    def codes(self) -> tuple[str, ...]:
        """The discount codes that the event names, those that could be ours."""
        told = self.event.order.codes if isinstance(self.event, OrderUpserted) else ()
        return our_codes(told)


class LoadedOrder(msgspec.Struct, frozen=True):
    """The shop, what the decision depends on, and the codes of ours that the order names."""

    shop: Shop
    order: OrderLoad
    codes: tuple[Item, ...] = ()  # the items of those codes
    asked: tuple[str, ...] = ()  # the codes that were looked for


def our_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``codes`` that have the form of ours, each once, in our spelling."""
    spelled = dict.fromkeys(code.strip().upper() for code in codes)
    return tuple(code for code in spelled if CODE_PATTERN.fullmatch(code))


def is_order_name(source: str, order_id: str) -> bool:
    """Whether orders can be kept and listed under these two ids: keys have a length.

    ``%``, ``#`` and ``:`` stand there as three characters each.
    """
    name = f"{source}:{order_id}"
    escapes = 2 * sum(name.count(sign) for sign in "%#:")
    fits = len(name) + escapes <= PART_LENGTH_MAX and len(name.encode()) <= _NAME_BYTES_MAX
    return bool(source and order_id) and fits


def load_order(table: Table, command: OrderCommand) -> LoadedOrder | Refusal:
    """Everything for ``decide_order``, read strongly."""
    recent = find_recent_shop(table, command.shop, command.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    secret = shop_secret(recent)
    customer = command.customer
    buyer = member_id(secret, command.event.source, customer.id) if customer else ""
    guest = email_hash(secret, command.guest_email) if command.guest_email else ""
    expected = program_at(table, recent, command.now)
    marks = order_marks(expected, command.event, None)
    asked = order_limits((expected,), command.event, None)
    keys = _keys(command, (buyer, guest), marks)
    items = table.load([*keys, *more_budget_keys(command.shop, asked, {})])
    shop = shop_from_item(items[shop_key(command.shop)])
    document = document_of(items.get(_order_key(command)), OrderDocument)
    holder = document.member if document else ""
    claimant = "" if holder else _claiming(command, guest, secret, items)
    delivery = (command.event, command.now)
    program = program_when_paid(table, shop, document, delivery)
    asking = program, paid_when(document, delivery)
    terms_program = program_of_terms(table, shop, document, command.now)
    due = order_marks(terms_program or program, command.event, document) | moving_marks(program)
    more = _more_keys(command.shop, (buyer, holder, claimant), marks, due)
    limits = order_limits((program, terms_program), command.event, document)
    more += more_budget_keys(command.shop, limits, asked)
    items |= table.load(more) if more else {}
    people = follow_people(table, command.shop, (buyer, holder, claimant), (due, items))
    document = document and msgspec.structs.replace(document, member=people[holder])
    load = OrderLoad(
        shop=command.shop,
        currency=program.program.currency if program else shop.currency,
        document=document,
        buyer=_buyer(table, command, people[buyer], items, (secret, due, asking)),
        holder=_holder(command.shop, document, items, due),
        guest=guest,
        claimant=_claimant(command, people[claimant], items, (guest, due, asking)),
        program=program,
        terms_program=terms_program,
        budgets=read_budgets(command.shop, limits, items),
        starts_at=first_live_at(table, shop),
        pauses=shop.pauses,
        widened=widened_program(table, shop, document, delivery),
        imported=command.imported,
    )
    owners = (load.buyer, load.holder, load.claimant)
    unsettled = load_unsettled(table, command.shop, (document,), owners)
    load = msgspec.structs.replace(load, unsettled=unsettled)
    load = with_draws(load, shop, (f"order:{command.event.source}:{command.order_id}", command.now))
    return LoadedOrder(shop, load, _code_items(command, items), command.codes)


def _keys(command: OrderCommand, people: tuple[str, str], marks: Marks) -> list[Key]:
    buyer, guest = people
    codes = [code_key(command.shop, code) for code in command.codes]
    keys = [shop_key(command.shop), _order_key(command), *codes]
    keys += [email_identity_key(command.shop, guest)] if guest else []
    return [*keys, *member_keys(command.shop, buyer, marks)] if buyer else keys


def _more_keys(shop: str, people: tuple[str, str, str], marks: Marks, due: Marks) -> list[Key]:
    """What of whom the document or an address names was not read, and markers not expected."""
    buyer, holder, claimant = people
    others = {holder, claimant} - {"", buyer}
    more = [key for member in others for key in member_keys(shop, member, marks)]
    more += [profile_key(shop, claimant)] if claimant else []
    return more + marker_keys(shop, {buyer, *others} - {""}, due - marks)


def _order_key(command: OrderCommand) -> Key:
    return order_key(command.shop, command.event.source, command.order_id)


def _buyer(
    table: Table,
    command: OrderCommand,
    member: str,
    items: Items,
    known: tuple[bytes, Marks, _Asked],
) -> LoadedMember | None:
    customer, (secret, marks, asked) = command.customer, known
    if customer is None:
        return None
    stored = profile_of(items.get(profile_key(command.shop, member)))
    facts = MemberFacts(
        locale=customer.locale,
        country=customer.country,
        tags=customer.tags,
        facts=declared_facts(stored, *asked),
        birth_month=birth_month(stored),
    )
    profile = Profile(
        external_id=customer.id,
        source=command.event.source,
        joined_at=command.now,
        email=customer.email,
        email_verified=customer.email_verified,
        name=customer.name,
        locale=customer.locale,
        country=customer.country,
        tags=customer.tags,
    )
    contact = email_hash(secret, customer.email) if customer.email else ""
    told = Told(facts, profile, contact, marks)
    buyer = loaded_member(command.shop, member, items, told)
    return _brought(table, command, buyer, asked[0], items)


def _brought(
    table: Table,
    command: OrderCommand,
    buyer: LoadedMember,
    program: CompiledProgram | None,
    items: Items,
) -> LoadedMember:
    """``buyer`` with whom they come by, looked for where the order may make them a member."""
    if buyer.account is not None or command.imported is not None:
        return buyer
    event, terms = command.event, program.referral if program else None
    if program is None or terms is None or not isinstance(event, OrderUpserted):
        return buyer
    from chalicelib.operations.use_referral_code import (  # noqa: PLC0415 - few come by a code
        Friend,
        referral_by_order,
    )

    profile = buyer.profile or Profile(external_id="")
    shop = shop_from_item(items[shop_key(command.shop)])
    friend = Friend(shop, buyer.member, profile, "", event.order.signs, command.now)
    return msgspec.structs.replace(
        buyer, referral=referral_by_order(table, event.order, friend, program)
    )


def _holder(
    shop: str, document: OrderDocument | None, items: Items, marks: Marks
) -> LoadedMember | None:
    if document is None or not document.member:
        return None
    facts = document.terms.facts if document.terms else MemberFacts()
    return loaded_member(shop, document.member, items, Told(facts, marks=marks))


def _claiming(command: OrderCommand, guest: str, secret: bytes, items: Items) -> str:
    """Whose verified e-mail a guest's is: the identity decides, else who claims it."""
    known = identified(items.get(email_identity_key(command.shop, guest))) if guest else ""
    claim = command.claim
    return known or (member_id(secret, claim.source, claim.external_id) if claim else "")


def _claimant(
    command: OrderCommand, member: str, items: Items, known: _Known
) -> LoadedMember | None:
    """Whose verified e-mail the guest's is: by what is stored of them, else as they claim."""
    if not member:
        return None
    contact, marks, asked = known
    person = profile_of(items.get(profile_key(command.shop, member))) or command.claim
    told = Told(told_by(person, *asked), command.claim, contact, marks)
    return loaded_member(command.shop, member, items, told)


def _code_items(command: OrderCommand, items: Items) -> tuple[Item, ...]:
    keys = [code_key(command.shop, code) for code in command.codes]
    return tuple(items[key] for key in keys if key in items)
