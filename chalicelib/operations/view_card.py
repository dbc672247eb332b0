"""Read a member's card: one round trip for the launcher, at most two for the whole.

Books nothing and writes nothing. The first read brings shop, account, profile and counters; the
second the redemptions whose codes are open, by the ids that the account holds.
"""

import msgspec

from chalicelib.domain.card import Holding, empty_card, full_card, launcher_card
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.passing import seen
from chalicelib.domain.pool_views import shared_view
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.program.pricing import Basket
from chalicelib.domain.progress import BADGES_ID
from chalicelib.domain.records import Redemption
from chalicelib.domain.views import CardView, SharedPoolView
from chalicelib.operations.following import (
    document_keys,
    followed,
    ids_of,
    member_state_keys,
)
from chalicelib.operations.order_members import BADGES, PROGRESS, honours_of, marker_keys
from chalicelib.operations.view_pool import view_pool
from chalicelib.security.keyed_ids import member_id
from chalicelib.security.storefront_tokens import Customer
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import shop_key
from chalicelib.storage.members import account_of, counters_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table


class CardQuery(msgspec.Struct, frozen=True):
    """Whose card, in which language, at what time."""

    shop: str
    customer: Customer
    locale: str  # asked for; "" for the customer's or the program's own
    now: Instant
    wall_now: Instant
    basket: Basket | None = None  # the order that rewards are looked at for


def view_launcher(table: Table, query: CardQuery) -> CardView | Refusal:
    """What a closed widget shows."""
    found = load_holding(table, query)
    if isinstance(found, Refusal | CardView):
        return found
    return launcher_card(found)


def view_card(table: Table, query: CardQuery) -> CardView | Refusal:
    """The whole card."""
    found = load_holding(table, query)
    if isinstance(found, Refusal | CardView):
        return found
    card = full_card(_with_documents(table, query.shop, found))
    return msgspec.structs.replace(card, pools=_pools(table, query, found))


def customer_member(table: Table, query: CardQuery) -> str | Refusal:
    """The member id of the query's customer, whether or not they are a member."""
    recent = find_recent_shop(table, query.shop, query.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    customer = query.customer
    return member_id(shop_secret(recent), customer.source, customer.external_id)


def load_holding(table: Table, query: CardQuery) -> Holding | CardView | Refusal:
    """The member as they are now; an empty card for somebody who is none."""
    member = customer_member(table, query)
    if isinstance(member, Refusal):
        return member
    shop_id = query.shop
    items = table.load([shop_key(shop_id), *member_state_keys(shop_id, member)])
    shop = shop_from_item(items[shop_key(shop_id)])
    version = shop.live_version(query.now)
    if not version:
        return empty_card(0, query.locale or shop.locales[0])
    program = program_of(table, shop_id, version)
    member = followed(table, shop_id, member, items)
    held, counters, person = member_state_keys(shop_id, member)
    profile = profile_of(items.get(person))
    spoken = profile.locale if profile else ""
    locale = choose_locale(query.locale, spoken, program.program)
    account = account_of(items.get(held))
    if account is None or account.erased_at:
        return empty_card(program.version, locale)
    told = query.basket
    basket = told if told is not None and told.currency == program.currency else None
    return Holding(
        member=member,
        account=seen(account, program.idle, query.now),
        program=program,
        locale=locale,
        now=query.now,
        profile=profile,
        name=query.customer.name,
        counters=counters_of(items.get(counters)),
        pauses=shop.pauses,
        basket=basket,
    )


def _pools(table: Table, query: CardQuery, holding: Holding) -> tuple[SharedPoolView, ...]:
    """What the member shares: two more reads a pool, none for who shares none."""
    spoken = holding.locale, query.now
    seen_ones = (
        view_pool(table, query.shop, pool, spoken)
        for _, pool in sorted(holding.account.pools.items())
    )
    return tuple(
        shared_view(each, holding.member) for each in seen_ones if not isinstance(each, Refusal)
    )


def _with_documents(table: Table, shop: str, holding: Holding) -> Holding:
    """The open redemptions, progress and badges: one more read, none for who has none of them."""
    account, program = holding.account, holding.program
    names = ids_of(holding.member, account)
    keys = [
        key
        for redemption in account.open_redemptions
        for key in document_keys(shop, names, "redemption", redemption)
    ]
    marks = frozenset((PROGRESS, challenge) for challenge in program.challenges)
    marks |= {(BADGES, BADGES_ID)} if program.program.badges else frozenset()
    items = table.load([*keys, *marker_keys(shop, names, marks)]) if keys or marks else {}
    found = (document_of(items.get(key), Redemption) for key in keys)
    return msgspec.structs.replace(
        holding,
        redemptions=tuple(redemption for redemption in found if redemption is not None),
        honours=honours_of(shop, holding.member, account, (items, marks)),
    )
