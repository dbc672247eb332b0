"""Pause the program and let it go on: state of the shop, with who did it and why."""

from collections.abc import Callable

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PUBLISH_ATTEMPTS_MAX
from chalicelib.domain.outcome import Busy, Refusal
from chalicelib.domain.pausing import Pause, Pauses, pause_at, with_pause, without_pause
from chalicelib.operations.publish_program import shop_unknown
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.shops import changed_shop, find_shop
from chalicelib.storage.table import ConditionFailed, Table


class PauseFound(msgspec.Struct, frozen=True):
    """The pause that lasts, if there is one, and whether it was so before."""

    pause: Pause | None
    replayed: bool


def pause_program(table: Table, shop: str, pause: Pause) -> PauseFound | Refusal:
    """Let ``pause`` begin. One of the same kind that lasts goes on as it is.

    Raises:
        Busy: others kept changing the shop.
    """
    return _changed(table, shop, lambda pauses: with_pause(pauses, pause), pause.since)


def resume_program(table: Table, shop: str, now: Instant) -> PauseFound | Refusal:
    """End the pause that lasts; none is as good.

    Raises:
        Busy: others kept changing the shop.
    """
    return _changed(table, shop, lambda pauses: without_pause(pauses, now), now)


def _changed(
    table: Table, shop: str, change: Callable[[Pauses], Pauses], now: Instant
) -> PauseFound | Refusal:
    for _ in range(PUBLISH_ATTEMPTS_MAX):
        known = find_shop(table, shop)
        if known is None:
            return shop_unknown(shop)
        pauses = change(known.pauses)
        if pauses == known.pauses:
            return PauseFound(pause_at(pauses, now), replayed=True)
        after = msgspec.structs.replace(known, pauses=pauses)
        try:
            record_writes(table, [changed_shop(known, after)])
        except ConditionFailed:
            continue
        return PauseFound(pause_at(pauses, now), replayed=False)
    raise Busy("others kept changing the shop")
