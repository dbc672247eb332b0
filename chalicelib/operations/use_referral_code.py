"""Who a friend came by: the code that they bring, as the referral that joining will record.

A code that leads nowhere, to somebody who is no member any more, or to the friend, is no reason to
refuse anybody: they join, and nobody brought them. It comes with joining, or with the order that
makes somebody a member.
"""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.calendar import add_period
from chalicelib.domain.events import REFERRAL_ATTRIBUTE, OrderState, Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import REFERRAL_CODES_PER_ORDER_MAX
from chalicelib.domain.member import Profile
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.referral_signs import is_similar_email
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.operations.following import followed, member_state_keys
from chalicelib.security.keyed_ids import REFERRAL_CODE_PATTERN
from chalicelib.storage.key_names import account_key, profile_key, referral_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.referrals import advocate_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table


class Friend(msgspec.Struct, frozen=True):
    """Who comes, by which code, and when."""

    shop: Shop
    member: str
    profile: Profile
    code: str  # as typed
    signs: Signs
    now: Instant


def referral_by_order(
    table: Table, order: OrderState, friend: Friend, program: CompiledProgram
) -> Referral | None:
    """As ``referral_by_code``, by what was typed at the checkout: the first code that holds.

    None, and nothing is read, for an order that makes nobody a member.
    """
    if program.program.join.how != "automatic" or order.paid_at is None:
        return None
    if not is_open_to(friend.member, program):
        return None
    typed = (*order.codes, str(order.attributes.get(REFERRAL_ATTRIBUTE, "")))
    spelled = dict.fromkeys(code.strip().upper() for code in typed)
    alike = [code for code in spelled if REFERRAL_CODE_PATTERN.fullmatch(code)]
    at = min(order.paid_at, friend.now)
    for code in alike[:REFERRAL_CODES_PER_ORDER_MAX]:
        found = referral_by_code(table, replace(friend, code=code, now=at), program)
        if found is not None:
            return found
    return None


def referral_by_code(table: Table, friend: Friend, program: CompiledProgram) -> Referral | None:
    """The referral of ``friend``; None where the code brings nobody."""
    terms, code = program.referral, friend.code.strip().upper()
    if terms is None or not REFERRAL_CODE_PATTERN.fullmatch(code):
        return None
    shop = friend.shop.shop_id
    key = referral_key(shop, code)
    advocate = advocate_of(table.load([key]).get(key))
    if not advocate or advocate == friend.member:
        return None
    items = table.load(member_state_keys(shop, advocate))
    holder = followed(table, shop, advocate, items)
    account = account_of(items.get(account_key(shop, holder)))
    if account is None or account.erased_at:
        return None
    person = profile_of(items.get(profile_key(shop, holder)))
    is_similar = person is not None and is_similar_email(person.email, friend.profile.email)
    similar = ("email",) if is_similar else ()
    return Referral(
        code=code,
        advocate=advocate,
        friend=friend.member,
        state=ReferralState.JOINED,
        recorded_at=friend.now,
        until=add_period(friend.now, terms.life, program.zone) if terms.life else 0,
        reasons=(*similar, *_seen(table, friend, program)),
        revision=1,
    )


def _seen(table: Table, friend: Friend, program: CompiledProgram) -> tuple[str, ...]:
    """What the browser itself gives away, where the program looks; the rest is compared later."""
    if program.referral is None or not program.referral.looks_at_signs:
        return ()
    from chalicelib.operations.keep_signs import (  # noqa: PLC0415 - few programs look
        came_with_many,
        keep_signs,
    )

    seen = (friend.member, friend.signs)
    digests = keep_signs(table, friend.shop, seen, program, friend.now)
    return came_with_many(table, friend.shop, (friend.member, digests), friend.now)
