"""Read what a decision about an order depends on: one BatchGet for a known member.

The keys of shop, order, buyer, once-markers and codes follow from the event and the shop's own
key, so they are asked for together. Only a member whom the document alone names (a refund sent
alone, a moved order), and the markers of a version that this process did not expect, cost one
more read.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.events import Customer, OrderUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts, Profile
from chalicelib.domain.order_decision import (
    LoadedMember,
    OrderEvent,
    OrderLoad,
    blank_document,
)
from chalicelib.domain.orders import OrderDocument, merged
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.security.keyed_ids import CODE_PATTERN, email_hash, member_id
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    PART_LENGTH_MAX,
    account_key,
    code_key,
    counters_key,
    marker_key,
    order_key,
    shop_key,
)
from chalicelib.storage.markers import MARKER_DOCUMENT
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import first_live_at, program_at, program_of
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table

TRIGGER = "order.paid"
_NAME_BYTES_MAX: Final = 640  # of both ids of an order, before escapes
Items = dict[Key, Item]


@dataclass(frozen=True, slots=True)
class OrderCommand:
    """One delivery about one order of one shop."""

    shop: str
    event: OrderEvent
    now: Instant  # the time of the books
    wall_now: Instant  # real time, for caches

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
    def codes(self) -> tuple[str, ...]:
        """The discount codes that the event names, those that could be ours."""
        told = self.event.order.codes if isinstance(self.event, OrderUpserted) else ()
        return our_codes(told)


@dataclass(frozen=True, slots=True)
class LoadedOrder:
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
    rules = _once_rules(program_at(table, recent, command.now))
    items = table.load(_keys(command, buyer, rules))
    shop = shop_from_item(items[shop_key(command.shop)])
    document = document_of(items.get(_order_key(command)), OrderDocument)
    others = {document.member} - {"", buyer} if document else set()
    program = _program(table, shop, document, command)
    more = [key for member in others for key in _member_keys(command.shop, member, rules)]
    more += _markers(command.shop, {buyer, *others} - {""}, _once_rules(program) - rules)
    items |= table.load(more) if more else {}
    load = OrderLoad(
        shop=command.shop,
        currency=program.program.currency if program else shop.currency,
        document=document,
        buyer=_buyer(command, buyer, items, secret),
        holder=_holder(command.shop, document, items),
        guest=_guest(command.event, secret),
        program=program,
        terms_program=_terms_program(table, command.shop, document),
        starts_at=first_live_at(table, shop),
    )
    return LoadedOrder(shop, load, _code_items(command, items), command.codes)


def _keys(command: OrderCommand, buyer: str, rules: frozenset[str]) -> list[Key]:
    codes = [code_key(command.shop, code) for code in command.codes]
    keys = [shop_key(command.shop), _order_key(command), *codes]
    return [*keys, *_member_keys(command.shop, buyer, rules)] if buyer else keys


def _order_key(command: OrderCommand) -> Key:
    return order_key(command.shop, command.event.source, command.order_id)


def _member_keys(shop: str, member: str, rules: frozenset[str]) -> list[Key]:
    """Everything that a decision about a member's order reads of them."""
    markers = _markers(shop, {member}, rules)
    return [account_key(shop, member), counters_key(shop, member), *markers]


def _markers(shop: str, members: set[str], rules: frozenset[str]) -> list[Key]:
    return [
        marker_key(shop, member, rule, "member")
        for member in sorted(members)
        for rule in sorted(rules)
    ]


def _once_rules(program: CompiledProgram | None) -> frozenset[str]:
    rules = program.rules.get(TRIGGER, ()) if program else ()
    return frozenset(rule.id for rule in rules if rule.once)


def _program(
    table: Table, shop: Shop, document: OrderDocument | None, command: OrderCommand
) -> CompiledProgram | None:
    """The version that was live when the order was paid, as far as is known by now."""
    known = merged(document or blank_document(command.event, command.now), command.event)
    paid_at = known.state.paid_at if known.state else None
    return program_at(table, shop, min(paid_at or command.now, command.now))


def _terms_program(
    table: Table, shop: str, document: OrderDocument | None
) -> CompiledProgram | None:
    if document is None or document.terms is None:
        return None
    return program_of(table, shop, document.terms.program_version)


def _buyer(command: OrderCommand, member: str, items: Items, secret: bytes) -> LoadedMember | None:
    customer = command.customer
    if customer is None:
        return None
    facts = MemberFacts(locale=customer.locale, country=customer.country, tags=customer.tags)
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
    return _member(command.shop, member, items, (facts, profile, contact))


def _holder(shop: str, document: OrderDocument | None, items: Items) -> LoadedMember | None:
    if document is None or not document.member:
        return None
    facts = document.terms.facts if document.terms else MemberFacts()
    return _member(shop, document.member, items, (facts, None, ""))


def _member(
    shop: str, member: str, items: Items, told: tuple[MemberFacts, Profile | None, str]
) -> LoadedMember:
    facts, profile, contact = told
    partition, prefix = marker_key(shop, member, "rule", "member")[0], "N#"
    taken = {
        sort.removeprefix(prefix).removesuffix(":member"): str(item[MARKER_DOCUMENT])
        for (owner, sort), item in items.items()
        if owner == partition and sort.startswith(prefix)
    }
    return LoadedMember(
        member,
        account_of(items.get(account_key(shop, member))),
        counters_of(items.get(counters_key(shop, member))),
        facts,
        profile,
        contact,
        taken,
    )


def _guest(event: OrderEvent, secret: bytes) -> str:
    if not isinstance(event, OrderUpserted) or not event.order.guest_email:
        return ""
    return email_hash(secret, event.order.guest_email)


def _code_items(command: OrderCommand, items: Items) -> tuple[Item, ...]:
    keys = [code_key(command.shop, code) for code in command.codes]
    return tuple(items[key] for key in keys if key in items)
