"""Storefront: members say that they take part in a challenge; everybody sees its board.

A board is the same for all, so it is cached.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.views import ChallengeView
from chalicelib.domain.wording.names import names_of
from chalicelib.operations.view_card import CardQuery
from chalicelib.routes.caching import cacheable
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
    TokenBody,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import LocaleWish

if TYPE_CHECKING:
    from chalicelib.operations.view_board import SeenBoard

public_door = Door(Audience.PUBLIC)
door = Door(Audience.STOREFRONT)


class TakePartRequest(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language the answer is."""

    locale: LocaleWish = ""


def challenge_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a challenge that nobody can take part in; see ``Contract.locate``."""
    from chalicelib.operations.take_part import joinable  # noqa: PLC0415 - as below

    query = CardQuery(path["shop"], call.customer, "", call.now, call.wall_now)
    return joinable(call.table, query, path["challenge"])


@door.post(
    "/v1/storefront/{shop}/challenges/{challenge}/join",
    Contract(
        TakePartRequest,
        ChallengeView,
        "Take part in a challenge from now on; who does already is answered 200",
        status=201,
        is_once=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.CHALLENGE_UNKNOWN,
            RefusalCode.PROGRAM_NOT_LIVE,
        ),
        locate=challenge_missing,
    ),
)
def post_taking_part(call: Call[TakePartRequest], shop: str, challenge: str) -> Outcome:
    """What was done before does not count; asking again changes nothing."""
    from chalicelib.operations.take_part import take_part  # noqa: PLC0415 - few programs ask for it

    query = CardQuery(shop, call.customer, call.body.locale, call.now, call.wall_now)
    done = take_part(call.table, query, challenge)
    if isinstance(done, Refusal):
        return done
    view, replayed = done
    return Answer(view, replayed=replayed)


# ---------------------------------------------------------------- boards, for everybody


class PlaceView(msgspec.Struct, frozen=True):
    """One place; a name is told where its member agreed, and never who they are."""

    rank: int
    name: str | None
    score: int


class BoardView(msgspec.Struct, frozen=True):
    """Who did most, best first; closed boards never change."""

    challenge: str
    name: str
    closes_at: str
    is_closed: bool
    items: tuple[PlaceView, ...]
    locale: str
    program_version: int


@public_door.get(
    "/v1/storefront/{shop}/boards/{challenge}",
    Contract(
        NoBody,
        BoardView,
        "Who did most in a challenge, as it stands or as it was closed",
        query=(QueryParameter("locale", "language wanted; the nearest is used and named"),),
        refusals=(RefusalCode.CHALLENGE_UNKNOWN, RefusalCode.PROGRAM_NOT_LIVE),
    ),
)
def get_board(call: Call[NoBody], shop: str, challenge: str) -> Outcome:
    """Cacheable for a minute, by ETag after that."""
    from chalicelib.operations.view_board import view_board  # noqa: PLC0415 - few programs have one

    found = view_board(call.table, shop, challenge, call.now)
    if isinstance(found, Refusal):
        return found
    locale = choose_locale(call.query.get("locale", ""), "", found.program)
    return cacheable(call, _view(found, locale))


def _view(found: "SeenBoard", locale: str) -> BoardView:
    items = tuple(
        PlaceView(each.rank, found.names.get(each.member) or None, each.score)
        for each in found.places
    )
    name = names_of(found.program, locale).challenge(found.challenge)
    return BoardView(
        found.challenge,
        name,
        iso(found.closes_at),
        found.is_closed,
        items,
        locale,
        found.version,
    )
