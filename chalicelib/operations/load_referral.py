"""Read what a decision about a referral depends on: the referral, then everything else.

The referral is read BEFORE the order and both sides, so that who saw an older state of them loses
the commit to whoever saw the newer one and settled it. Read together with a side, the referral
could be newer than the side: one that has nothing yet is in no commit, and nobody would notice.
What the whole shop shares is read last, and only where the program has such a limit: its shards
have conditions of their own.
"""

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.decision import SeenOrder
from chalicelib.domain.facts import told_by
from chalicelib.domain.instants import Instant, utc_day
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.choosing import MEMBER_MARK
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.referral_document import (
    ADVOCATE,
    FRIEND,
    QUALIFIED,
    qualified_of,
    rule_id_of,
    trigger_of,
)
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.referral_decision import LoadedSide, ReferralLoad, side_id
from chalicelib.domain.referral_orders import qualifying_of
from chalicelib.domain.referrals import Qualifying, Referral, is_open, is_over
from chalicelib.operations.draw_chance import drawn_for
from chalicelib.operations.following import followed, member_state_keys
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.operations.order_members import (
    Items,
    Marks,
    Told,
    follow_people,
    honour_marks,
    load_unsettled,
    loaded_member,
    marker_keys,
)
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Key
from chalicelib.storage.key_names import (
    account_key,
    document_key,
    order_key,
    profile_key,
    referral_friend_key,
    shop_key,
)
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table

_UNKNOWN = Refusal(RefusalCode.REFERRAL_UNKNOWN, "There is no such referral.")


class NamedReferral(msgspec.Struct, frozen=True):
    """Which referral, by code and friend; and the order that it is looked at for."""

    shop: str
    code: str
    friend: str
    order: tuple[str, str] = ("", "")  # source and id

    @property
    def key(self) -> Key:
        """Where its document is."""
        return referral_friend_key(self.shop, self.code, self.friend)


class LoadedReferral(msgspec.Struct, frozen=True):
    """The shop, what the decision depends on, and the order's terms if it qualifies."""

    shop: Shop
    referral: ReferralLoad
    qualifying: Qualifying | None = None


def load_referral(table: Table, named: NamedReferral, now: Instant) -> LoadedReferral | Refusal:
    """Everything for the decisions about one referral, read strongly, in this order."""
    items = table.load([shop_key(named.shop), named.key])
    known = document_of(items.get(named.key), Referral)
    if known is None:
        return _UNKNOWN
    shop = shop_from_item(items[shop_key(named.shop)])
    order = [order_key(named.shop, *named.order)] if all(named.order) else []
    sides = ((FRIEND, known.friend), (ADVOCATE, known.advocate))
    keys = [key for role, member in sides for key in _side_keys(named, role, member)]
    items |= table.load([*order, *dict.fromkeys(keys)])
    document = document_of(items.get(order[0]), OrderDocument) if order else None
    paid_by = _version(table, shop, _terms_version(document), now)
    program = _version(table, shop, known.program_version, now) or paid_by
    friend = _side(table, (named, FRIEND, known.friend), program, items)
    advocate = _side(table, (named, ADVOCATE, known.advocate), program, items)
    friend, advocate = _with_draws((friend, advocate), (shop, program), known.friend, now)
    qualifying = None
    if document is not None and paid_by is not None:
        countries = (friend.owner.facts.country, advocate.owner.facts.country)
        is_friends = _holder(table, named.shop, document.member, items) == friend.owner.member
        if is_friends and not _is_for_another(table, (named, known), friend, document):
            shown = _with_common(table, (shop, known), (friend, advocate), paid_by, now)
            qualifying = qualifying_of(shown, document, paid_by, countries, now)
    seen = SeenOrder(*named.order, document.revision) if document else None
    limits = _limits(program, known, qualifying, (friend, advocate))
    budgets = load_budgets(table, named.shop, limits)
    unsettled = load_unsettled(table, named.shop, (), (advocate.owner,))
    load = ReferralLoad(named.shop, known, friend, advocate, program, seen, budgets, unsettled)
    return LoadedReferral(shop, load, qualifying)


def _with_draws(
    sides: tuple[LoadedSide, LoadedSide],
    by: tuple[Shop, CompiledProgram | None],
    friend: str,
    now: Instant,
) -> tuple[LoadedSide, LoadedSide]:
    """Both ``sides``, of the friend and the advocate, with what chance says of each today.

    Its offer draws, and for an advocate the rules for who brought a friend, all in one document.
    """
    (shop, program), (of_friend, of_advocate) = by, sides
    if program is None or program.referral is None:
        return sides
    drawn = {}
    for role, further in ((FRIEND, frozenset[str]()), (ADVOCATE, program.draws)):
        rules = further | (program.referral.draws & {rule_id_of(role)})
        name = f"action:{side_id(friend, role)}"
        drawn[role] = drawn_for(shop, rules, name, utc_day(now)) if rules else None
    return (
        msgspec.structs.replace(of_friend, drawn=drawn[FRIEND]),
        msgspec.structs.replace(of_advocate, drawn=drawn[ADVOCATE]),
    )


def _limits(
    program: CompiledProgram | None,
    known: Referral,
    qualifying: Qualifying | None,
    sides: tuple[LoadedSide, LoadedSide],
) -> dict[str, int]:
    """Limits by budget of what the sides may spend; 0 for what they only give back."""
    if program is None or is_over(known):
        return {}
    held = [side.document.budgets for side in sides if side.document is not None]
    limits = {name: 0 for budgets in held for name in budgets}
    times = {known.ordered_at, qualifying.ordered_at if qualifying else 0} - {0}
    for at in sorted(times) if program.shared else ():
        limits |= limits_at(program, at)
    return limits


def _with_common(
    table: Table,
    about: tuple[Shop, Referral],
    sides: tuple[LoadedSide, LoadedSide],
    program: CompiledProgram,
    now: Instant,
) -> Referral:
    """The referral with what its sides have in common, where the program asks and it is open."""
    shop, known = about
    terms = program.referral
    if terms is None or not terms.looks_at_signs or not is_open(known):
        return known
    from chalicelib.operations.keep_signs import signs_in_common  # noqa: PLC0415 - few look

    owners = ((side.owner.member, side.owner.account) for side in sides)
    common = signs_in_common(table, shop.shop_id, owners, now)
    return msgspec.structs.replace(known, reasons=(*known.reasons, *common))


def _is_for_another(
    table: Table,
    about: tuple[NamedReferral, Referral],
    friend: LoadedSide,
    order: OrderDocument,
) -> bool:
    """Whether an order of who came twice, as two who are one by now, is for another referral.

    The first that their account names may begin to count; an order that one counts by is its own.
    """
    named, known = about
    account, own = friend.owner.account, f"{known.code}:{known.friend}"
    referred = account.referred if account else ()
    if referred == (own,) or not is_open(known):
        return False
    if referred[:1] != (own,):
        return True
    rest = [referral_friend_key(named.shop, *each.split(":", 1)) for each in referred[1:]]
    others = (document_of(item, Referral) for item in table.load(rest).values())
    name = f"{order.source}:{order.order_id}"
    return any(each and not is_open(each) and each.order == name for each in others)


def _side_keys(named: NamedReferral, role: str, member: str) -> list[Key]:
    document = document_key(named.shop, member, "action", side_id(named.friend, role))
    return [document, *member_state_keys(named.shop, member)]


def _terms_version(document: OrderDocument | None) -> int:
    return document.terms.program_version if document and document.terms else 0


def _version(table: Table, shop: Shop, version: int, now: Instant) -> CompiledProgram | None:
    if not version:
        return None
    return with_rules_of_now(table, shop, program_of(table, shop.shop_id, version), now)


def _holder(table: Table, shop: str, member: str, items: Items) -> str:
    """Whose books are those of ``member`` since merges."""
    key = account_key(shop, member)
    if member and key not in items:
        items |= table.load([key])
    return followed(table, shop, member, items)


def _side(
    table: Table,
    about: tuple[NamedReferral, str, str],
    program: CompiledProgram | None,
    items: Items,
) -> LoadedSide:
    named, role, member = about
    shop, marks = named.shop, _marks(program, role)
    if marks:
        items |= table.load(marker_keys(shop, {member}, marks))
    holder = follow_people(table, shop, (member,), (marks, items))[member]
    profile = profile_of(items.get(profile_key(shop, holder)))
    told = Told(told_by(profile, program), marks=marks)
    key = document_key(shop, member, "action", side_id(named.friend, role))
    return LoadedSide(loaded_member(shop, holder, items, told), document_of(items.get(key), Action))


def _marks(program: CompiledProgram | None, role: str) -> Marks:
    """What its offers may change of honours and inbox; rules that an advocate has once."""
    if program is None or program.referral is None:
        return frozenset()
    rules = program.rules.get(QUALIFIED, ()) if role == ADVOCATE else ()
    marks = {(rule.id, MEMBER_MARK) for rule in rules if rule.once}
    for region in sorted({*program.referral.offers.values()}):
        for trigger in (trigger_of(role, region), qualified_of(role, region)):
            marks |= honour_marks(program, trigger)
    return frozenset(marks)
