"""Storefront: what was given to the causes, for everybody. The same for all, so it is cached."""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.presentation import choose_locale
from chalicelib.domain.wording.names import names_of
from chalicelib.routes.caching import cacheable
from chalicelib.routes.contract import (
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door

if TYPE_CHECKING:
    from chalicelib.operations.view_causes import CountedCauses

door = Door(Audience.PUBLIC)


class PublicCauseView(msgspec.Struct, frozen=True):
    """One cause and its counter, in units such as trees; what is settled is among what is given."""

    id: str
    name: str
    given: int
    settled: int
    proof_url: str | None


class PublicCausesView(msgspec.Struct, frozen=True):
    """The causes whose counter the program shows, and the language of their names."""

    items: tuple[PublicCauseView, ...]
    locale: str
    program_version: int


@door.get(
    "/v1/storefront/{shop}/causes",
    Contract(
        NoBody,
        PublicCausesView,
        "What members and orders gave to the program's causes, and what was passed on",
        query=(QueryParameter("locale", "language wanted; the nearest is used and named"),),
        refusals=(RefusalCode.PROGRAM_NOT_LIVE,),
    ),
)
def get_public_causes(call: Call[NoBody], shop: str) -> Outcome:
    """Cacheable for a minute, by ETag after that."""
    from chalicelib.operations.view_causes import view_causes  # noqa: PLC0415  # few requests need it

    found = view_causes(call.table, shop, call.now)
    if isinstance(found, Refusal):
        return found
    locale = choose_locale(call.query.get("locale", ""), "", found.program)
    return cacheable(call, _view(found, locale))


def _view(found: "CountedCauses", locale: str) -> PublicCausesView:
    names = names_of(found.program, locale)
    items = tuple(
        PublicCauseView(
            cause.id, names.cause(cause.id), given.whole, given.settled, cause.proof_url
        )
        for cause, given in found.causes
        if cause.public_counter
    )
    return PublicCausesView(items, locale, found.version)
