"""When nothing is earned, or redeemed: pauses of the shop, and the ends of its program.

A pause is state of the shop, with a beginning and an end, so that what it meant for an order never
depends on when we hear of the order::

    pause            |-----------------|
    order paid    x          y               z      whenever it is delivered:
                  earns      paused          earns

Orders of a pause are recorded with their reason and never awarded later. Refunds, and codes that
are out, go on. Pure; the shop's item holds the pauses, the newest ``PAUSES_KEPT_MAX`` of them.
"""

from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.domain.decision import AlreadyRecorded, Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import PAUSES_KEPT_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.plan import CompiledProgram

PAUSED: Final = "paused"
"""The reason of what fell into a pause."""


class Paused(StrEnum):
    """What stands still."""

    EARNING = "earning"
    ALL = "all"  # earning and redeeming


class Pause(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pause of a shop; ``until`` is 0 while it lasts."""

    what: Paused
    since: Instant
    until: Instant = 0
    note: str = ""
    by: str = ""


Pauses = tuple[Pause, ...]
"""Oldest first; only the last one can be open."""


def pause_at(pauses: Pauses, instant: Instant) -> Pause | None:
    """The pause that ``instant`` lies in."""
    for pause in reversed(pauses):
        if pause.since <= instant and (not pause.until or instant < pause.until):
            return pause
    return None


def with_pause(pauses: Pauses, pause: Pause) -> Pauses:
    """``pauses`` once ``pause`` begins; one of the same kind that lasts goes on as it is."""
    current = pause_at(pauses, pause.since)
    if current is not None and current.what is pause.what:
        return pauses
    return (*without_pause(pauses, pause.since), pause)[-PAUSES_KEPT_MAX:]


def without_pause(pauses: Pauses, now: Instant) -> Pauses:
    """``pauses`` once the one that lasts has ended; a moment at least lies in every pause."""
    if not pauses or pauses[-1].until:
        return pauses
    last = pauses[-1]
    return (*pauses[:-1], msgspec.structs.replace(last, until=max(now, last.since + 1)))


def earning_stop(program: CompiledProgram, pauses: Pauses, at: Instant) -> str:
    """Why nothing is earned by what happened at ``at``, as a reason; "" when it is."""
    if pause_at(pauses, at):
        return PAUSED
    return "program_ended" if at >= program.earn_before else ""


def resting(program: CompiledProgram, pauses: Pauses, at: Instant) -> CompiledProgram:
    """``program`` for what happens at ``at``: without its rules while nothing is earned."""
    if earning_stop(program, pauses, at):
        return msgspec.structs.replace(program, rules={})
    return program


def redeem_stop(program: CompiledProgram | None, pauses: Pauses, now: Instant) -> Refusal | None:
    """Why nobody redeems anything now; None when they may."""
    pause = pause_at(pauses, now)
    if pause is not None and pause.what is Paused.ALL:
        return Refusal(RefusalCode.PROGRAM_PAUSED, "The program is paused; try again later.")
    if program is not None and now >= program.redeem_before:
        return Refusal(RefusalCode.PROGRAM_ENDED, "The program has ended: nothing is redeemed.")
    return None


def stopped(outcome: Outcome, stop: Refusal | None) -> Outcome:
    """``outcome`` of somebody who wants to redeem, unless ``stop`` comes before it.

    What was recorded before stays the answer; of two refusals the first in precedence is.
    """
    if stop is None or isinstance(outcome, AlreadyRecorded):
        return outcome
    if isinstance(outcome, Refusal) and _PRECEDENCE[outcome.code] < _PRECEDENCE[stop.code]:
        return outcome
    return stop


_PRECEDENCE = {code: place for place, code in enumerate(RefusalCode)}
