"""Storefront: what everybody needs to check a draw. The same for all, so it is cached."""

import msgspec

from chalicelib.domain.instants import parse_instant
from chalicelib.domain.limits import DRAW_DAYS_SHOWN, DRAW_SECRET_DAYS
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import value_invalid

door = Door(Audience.PUBLIC)


class DrawDayView(msgspec.Struct, frozen=True):
    """One day, UTC: the SHA-256 of its secret, and the secret once it is none any more."""

    day: str
    hash: str
    secret: str | None


class DrawDaysView(msgspec.Struct, frozen=True):
    """Days, newest first; a secret is shown so many days after its own has ended."""

    shop: str
    secret_days: int
    items: tuple[DrawDayView, ...]


@door.get(
    "/v1/storefront/{shop}/draws",
    Contract(
        NoBody,
        DrawDaysView,
        "The hashes of the secrets that draws are made under, and the secrets of days gone by",
        query=(QueryParameter("until", f"the newest of {DRAW_DAYS_SHOWN} days: 2026-11-22"),),
        refusals=(RefusalCode.VALUE_INVALID,),
    ),
)
def get_draws(call: Call[NoBody], shop: str) -> Outcome:
    """Cacheable for a minute: the day changes at midnight UTC."""
    from chalicelib.operations.view_draws import view_draws  # noqa: PLC0415  # few requests need it

    until = call.now
    if "until" in call.query:
        try:
            until = min(until, parse_instant(f"{call.query['until']}T00:00:00Z"))
        except (ValueError, OverflowError):
            return value_invalid("$.until", "Name a day, such as 2026-11-22.")
    found = view_draws(call.table, shop, until, call.now)
    if isinstance(found, Refusal):
        return found
    items = tuple(DrawDayView(each.day, each.commitment, each.secret) for each in found)
    headers = {"Cache-Control": "public, max-age=60"}
    return Answer(DrawDaysView(shop, DRAW_SECRET_DAYS, items), headers=headers)
