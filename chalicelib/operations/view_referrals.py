"""What an advocate sees of their referrals: the code, the link, and how far each friend has come.

Nothing of who a friend is: only when they joined and what the referral came to.
"""

from contextlib import suppress
from typing import Final
from urllib.parse import quote

import msgspec

from chalicelib.domain.events import NO_SIGNS, Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.referrals import Referral, as_of
from chalicelib.domain.wording.referral_offers import OfferInWords, offers_in_words
from chalicelib.operations.following import ERASED, followed, ids_of
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.view_card import CardQuery, customer_member
from chalicelib.security.keyed_ids import referral_code
from chalicelib.storage.key_names import account_key, profile_key, referral_key, shop_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.referrals import advocate_of, code_put, referrals_of
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.table import ConditionFailed, Table

_ATTEMPTS_MAX: Final = 8


class OwnReferrals(msgspec.Struct, frozen=True):
    """A member's code, the link that carries it (None where the program names no page), friends.

    And what the program offers to both sides now, in words.
    """

    code: str
    link: str | None
    referrals: tuple[Referral, ...]
    offers: tuple[OfferInWords, ...]
    locale: str  # of the words


def view_referrals(
    table: Table, query: CardQuery, signs: Signs = NO_SIGNS
) -> OwnReferrals | Refusal:
    """The code of the query's customer, made the first time, and the friends who came by it.

    ``signs`` of the browser that asks are remembered where the program compares them.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member = customer_member(table, query)
    if isinstance(member, Refusal):
        return member
    profile = profile_key(query.shop, member)
    items = table.load([shop_key(query.shop), account_key(query.shop, member), profile])
    shop = shop_from_item(items[shop_key(query.shop)])
    holder = followed(table, query.shop, member, items)
    account = account_of(items.get(account_key(query.shop, holder)))
    refusal = _refusal(account)
    if refusal is not None or account is None:
        return refusal or ERASED
    version = shop.live_version(query.now)
    program = program_of(table, query.shop, version) if version else None
    said = program.program.referral if program else None
    if said is None or program is None:
        return Refusal(RefusalCode.REFERRAL_UNKNOWN, "The program has no referral.")
    secret = shop_secret(shop)
    names = ids_of(holder, account)
    code = referral_code(secret, holder)
    _keep_code(table, query.shop, code, holder)
    _keep_signs(table, shop, (holder, signs), program, query.now)
    link = f"{said.page}{_joint(said.page)}laurel_ref={quote(code)}" if said.page else None
    found = _found(table, query.shop, tuple(referral_code(secret, each) for each in names))
    known = profile_of(items.get(profile))
    locale = choose_locale(query.locale, known.locale if known else "", program.program)
    offers = offers_in_words(program.program, locale)
    return OwnReferrals(code, link, tuple(as_of(each, query.now) for each in found), offers, locale)


def _refusal(account: Account | None) -> Refusal | None:
    if account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "The customer is not a member.")
    return ERASED if account.erased_at else None


def _joint(page: str) -> str:
    return "&" if "?" in page else "?"


def _keep_code(table: Table, shop: str, code: str, member: str) -> None:
    """Let the code lead to the member; it does so for ever, so mostly there is nothing to do."""
    key = referral_key(shop, code)
    for _ in range(_ATTEMPTS_MAX):
        if advocate_of(table.load([key]).get(key)):
            return
        with suppress(ConditionFailed):  # another request was first, with the same: look again
            record_writes(table, (code_put(shop, code, member),))
            return
    raise Busy("the code was not written; ask again")


def _keep_signs(
    table: Table, shop: Shop, seen: tuple[str, Signs], program: CompiledProgram, now: Instant
) -> None:
    if program.referral is None or not program.referral.looks_at_signs:
        return
    from chalicelib.operations.keep_signs import keep_signs  # noqa: PLC0415 - few programs look

    keep_signs(table, shop, seen, program, now)


def _found(table: Table, shop: str, codes: tuple[str, ...]) -> list[Referral]:
    """Friends by any of ``codes``, newest first."""
    found = [each for code in codes for each in referrals_of(table, shop, code)]
    return sorted(found, key=_recorded_at, reverse=True)


def _recorded_at(known: Referral) -> Instant:
    return known.recorded_at
