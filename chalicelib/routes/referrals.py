"""Referrals at the door: the customer's own code and friends; for staff, those to be reviewed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.events import Signs
from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.referrals import Referral, ReferralState, as_of
from chalicelib.domain.wording.phrases import phrase
from chalicelib.operations.view_card import CardQuery
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
    QueryParameter,
    TokenBody,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import LocaleWish
from chalicelib.routes.storefront_shapes import DeviceId
from chalicelib.security.scopes import Scope

if TYPE_CHECKING:
    from chalicelib.operations.load_referral import NamedReferral

door = Door(Audience.STOREFRONT)
staff_door = Door(Audience.ADMIN)

_LOCALE = QueryParameter("locale", "language of the sentences")
_UNKNOWN = Refusal(RefusalCode.REFERRAL_UNKNOWN, "There is no such referral.")


class OwnReferralRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only who asks, by which browser, and in which language the offers are told."""

    device: DeviceId = ""
    locale: LocaleWish = ""


class OwnReferralView(msgspec.Struct, frozen=True):
    """One friend, without saying who: ``state`` as in docs/referral.md, a flagged one is ordered.

    ``matures_at`` is null until an order counts.
    """

    state: str
    joined_at: str
    matures_at: str | None


class OfferView(msgspec.Struct, frozen=True):
    """What both sides get in some countries (``*``: all others), in words; "" for nothing."""

    regions: tuple[str, ...]
    friend: str
    advocate: str


class OwnReferralsView(msgspec.Struct, frozen=True):
    """The code, the link that carries it (null where the program names no page), and friends.

    ``offers`` are those of now, in ``locale``; a referral has those of its order.
    """

    code: str
    link: str | None
    referrals: tuple[OwnReferralView, ...]  # newest first
    offers: tuple[OfferView, ...]
    locale: str


@door.post(
    "/v1/storefront/{shop}/referral",
    Contract(
        OwnReferralRequest,
        OwnReferralsView,
        "The customer's own code and link, and what became of the friends who came by it",
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.MEMBER_ERASED,
            RefusalCode.REFERRAL_UNKNOWN,
        ),
    ),
)
def post_referral(call: Call[OwnReferralRequest], shop: str) -> Outcome:
    """The code is made the first time; it is the same for ever."""
    from chalicelib.operations.view_referrals import view_referrals  # noqa: PLC0415 - few ask

    query = CardQuery(shop, call.customer, call.body.locale, call.now, call.wall_now)
    signs = Signs(device=call.body.device, ip=call.source_ip)
    found = view_referrals(call.table, query, signs)
    if isinstance(found, Refusal):
        return found
    friends = tuple(_own(each) for each in found.referrals)
    offers = tuple(OfferView(each.regions, each.friend, each.advocate) for each in found.offers)
    return Answer(OwnReferralsView(found.code, found.link, friends, offers, found.locale))


def _own(known: Referral) -> OwnReferralView:
    state = "ordered" if known.state == "flagged" else known.state.value
    matures_at = iso(known.matures_at) if known.matures_at else None
    return OwnReferralView(state, iso(known.recorded_at), matures_at)


class ReferralView(msgspec.Struct, frozen=True):
    """One referral; ``reasons`` are what the checks found, ``explained`` says each in words."""

    referral_id: str
    code: str
    advocate_id: str
    friend_id: str
    state: str
    reasons: tuple[str, ...]
    explained: tuple[str, ...]
    joined_at: str
    order: str | None  # "<source>:<order>" that qualified
    ordered_at: str | None
    matures_at: str | None
    reviewed_by: str | None
    reviewed_at: str | None


def referral_view(known: Referral, now: Instant, locale: str = "en") -> ReferralView:
    """The referral as staff see it at ``now``."""
    known = as_of(known, now)
    return ReferralView(
        referral_id=f"{known.code}.{known.friend}",
        code=known.code,
        advocate_id=known.advocate,
        friend_id=known.friend,
        state=known.state.value,
        reasons=known.reasons,
        explained=tuple(phrase(f"referral_check_{reason}", locale) for reason in known.reasons),
        joined_at=iso(known.recorded_at),
        order=known.order or None,
        ordered_at=_told(known.ordered_at),
        matures_at=_told(known.matures_at),
        reviewed_by=known.reviewed_by or None,
        reviewed_at=_told(known.reviewed_at),
    )


def _told(at: Instant) -> str | None:
    return iso(at) if at else None


@staff_door.get(
    "/v1/admin/shops/{shop}/referrals/flagged",
    Contract(
        NoBody,
        ListView[ReferralView],
        "List the referrals that wait for a review, oldest first; a page may be short",
        scope=Scope.READ,
        is_list=True,
        query=(_LOCALE,),
    ),
)
def get_flagged(call: Call[NoBody], shop: str) -> Outcome:
    """Each with the reasons; who is reviewed leaves the list."""
    from chalicelib.operations.list_referrals import flagged_referrals  # noqa: PLC0415 - as below

    listed = flagged_referrals(call.table, shop, call.page.limit, call.page.start)
    if isinstance(listed, Refusal):
        return listed
    found, next_start = listed
    shown = tuple(referral_view(each, call.now, _locale(call)) for each in found)
    return Answer(call.page_of(shown, next_start))


def _locale(call: Call[NoBody]) -> str:
    return call.query.get("locale", "en")


def referral_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a referral that the shop does not have; see ``Contract.locate``."""
    from chalicelib.operations.list_referrals import find_referral  # noqa: PLC0415 - as below

    named = _named(path["shop"], path["referral"])
    return None if named and find_referral(call.table, named) else _UNKNOWN


def _named(shop: str, referral: str) -> "NamedReferral | None":
    from chalicelib.operations.load_referral import NamedReferral  # noqa: PLC0415 - as below

    code, _, friend = referral.partition(".")
    return NamedReferral(shop, code, friend) if code and friend else None


@staff_door.get(
    "/v1/admin/shops/{shop}/referrals/{referral}",
    Contract(
        NoBody,
        ReferralView,
        "Read one referral",
        scope=Scope.READ,
        query=(_LOCALE,),
        refusals=(RefusalCode.REFERRAL_UNKNOWN,),
        locate=referral_missing,
    ),
)
def get_referral(call: Call[NoBody], shop: str, referral: str) -> Outcome:
    """As it stands now."""
    from chalicelib.operations.list_referrals import find_referral  # noqa: PLC0415 - as below

    named = _named(shop, referral)
    known = find_referral(call.table, named) if named else None
    return Answer(referral_view(known, call.now, _locale(call))) if known else _UNKNOWN


@staff_door.post(
    "/v1/admin/shops/{shop}/referrals/{referral}/approve",
    Contract(
        NoBody,
        ReferralView,
        "Let a flagged referral count, on the terms of its order; again is the same",
        scope=Scope.POINTS,
        refusals=(RefusalCode.REFERRAL_UNKNOWN, RefusalCode.REFERRAL_NOT_FLAGGED),
        locate=referral_missing,
    ),
)
def post_approve(call: Call[NoBody], shop: str, referral: str) -> Outcome:
    """Both sides get theirs, with the dates that they would have had."""
    return _reviewed(call, _named(shop, referral), ReferralState.ORDERED)


@staff_door.post(
    "/v1/admin/shops/{shop}/referrals/{referral}/reject",
    Contract(
        NoBody,
        ReferralView,
        "Reject a flagged referral, for good; again is the same",
        scope=Scope.POINTS,
        refusals=(RefusalCode.REFERRAL_UNKNOWN, RefusalCode.REFERRAL_NOT_FLAGGED),
        locate=referral_missing,
    ),
)
def post_reject(call: Call[NoBody], shop: str, referral: str) -> Outcome:
    """Nobody gets anything."""
    return _reviewed(call, _named(shop, referral), ReferralState.REJECTED)


def _reviewed(call: Call[NoBody], named: "NamedReferral | None", verdict: ReferralState) -> Outcome:
    from chalicelib.operations.settle_referral import (  # noqa: PLC0415 - few programs have it
        review_referral,
    )

    if named is None:
        return _UNKNOWN
    result = review_referral(call.table, named, (verdict, call.actor), call.now)
    if isinstance(result, Refusal):
        return result
    if not isinstance(result.document, Referral):
        raise TypeError("a referral is recorded as one")
    view = referral_view(result.document, call.now)
    return Answer(view, replayed=result.replayed, target=result.document.advocate)
