"""The days of a shop's draws: hashes of their secrets, and the secrets that are none any more."""

import msgspec

from chalicelib.domain.instants import DAY_MS, Instant, utc_day
from chalicelib.domain.limits import DRAW_DAYS_SHOWN, DRAW_SECRET_DAYS
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.security.draws import commitment_of, secret_of_day
from chalicelib.storage.shops import find_shop, shop_secret
from chalicelib.storage.table import Table


class DrawDay(msgspec.Struct, frozen=True):
    """One day, UTC."""

    day: str
    commitment: str  # SHA-256 of its secret, in hex
    secret: str | None  # in hex, once nothing is drawn under it for days


def view_draws(
    table: Table, shop_id: str, until: Instant, now: Instant
) -> tuple[DrawDay, ...] | Refusal:
    """The days up to the one of ``until``, newest first, none before the shop was made.

    No day after ``now`` is told, not even its hash: it is published when the day starts.
    """
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    key, newest = shop_secret(shop), min(until, now) // DAY_MS
    oldest = max(newest - DRAW_DAYS_SHOWN + 1, shop.created_at // DAY_MS)
    return tuple(_day(key, number, now) for number in range(newest, oldest - 1, -1))


def _day(key: bytes, number: int, now: Instant) -> DrawDay:
    day = utc_day(number * DAY_MS)
    secret = secret_of_day(key, day)
    ended_at = (number + 1) * DAY_MS
    is_shown = now >= ended_at + DRAW_SECRET_DAYS * DAY_MS
    return DrawDay(day, commitment_of(secret), secret.hex() if is_shown else None)
