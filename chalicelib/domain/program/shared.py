"""Caps that the whole shop shares: budgets, and limits of the scope ``shop``.

Their counters are budgets of the shop (``domain/budgets``), not the member's own; one that has a
calendar window has a counter for each bucket. A document is granted what it asks of such a cap
whole, or nothing: which caps refuse is found by evaluating as if all had room, then without those
that have not, until the rest fits.
"""

from collections.abc import Callable, Mapping

import msgspec

from chalicelib.domain.calendar import Step, bucket_name, window_ordinal
from chalicelib.domain.instants import Instant
from chalicelib.domain.points import POINTS_MAX
from chalicelib.domain.program.campaigns import SPENT, awarded
from chalicelib.domain.program.compiled_campaigns import PREFIX
from chalicelib.domain.program.occasion import Award, Occasion, Terms
from chalicelib.domain.program.plan import CompiledCap, CompiledProgram
from chalicelib.domain.program.rule_document import MEMBER_JOINED


def counter_of(cap: CompiledCap, at: Instant, zone: str) -> str:
    """The budget that counts ``cap`` for an event at ``at``."""
    if cap.window is None or cap.window.step is Step.LIFETIME:
        return cap.id
    step = cap.window.step
    return f"{cap.id}@{bucket_name(step, window_ordinal(cap.window, at, zone))}"


def limits_at(program: CompiledProgram, at: Instant) -> dict[str, int]:
    """The limit of every shared cap for an event at ``at``, by the name of its counter."""
    return {counter_of(cap, at, program.zone): cap.limit for cap in program.shared.values()}


def limits_joining(program: CompiledProgram) -> bool:
    """Whether any rule for joining has a limit that the whole shop shares."""
    caps = (cap for rule in program.rules.get(MEMBER_JOINED, ()) for cap in rule.caps)
    return any(cap.id in program.shared for cap in caps)


def reward_limits(program: CompiledProgram | None, reward: str, at: Instant) -> dict[str, int]:
    """As ``limits_at``, of a reward that is taken at ``at``: of one counter, or none."""
    known = program.rewards.get(reward) if program else None
    if program is None or known is None or known.shared is None:
        return {}
    return {counter_of(known.shared, at, program.zone): known.shared.limit}


def room_at(program: CompiledProgram, left: Callable[[str], int], at: Instant) -> dict[str, int]:
    """What each shared cap has free, by cap id, where ``left`` tells it of a counter."""
    return {
        cap_id: max(left(counter_of(cap, at, program.zone)), 0)
        for cap_id, cap in program.shared.items()
    }


def counted(program: CompiledProgram, used: Mapping[str, int], at: Instant) -> dict[str, int]:
    """What an award takes of the shop's counters, by their names."""
    return {
        counter_of(program.shared[cap_id], at, program.zone): amount
        for cap_id, amount in used.items()
        if amount and cap_id in program.shared
    }


def granted_whole(
    program: CompiledProgram, occasion: Occasion, terms: Terms
) -> tuple[Terms, Award]:
    """The award where each shared cap grants all that is asked of it, or nothing; and its terms."""
    if not program.shared:
        return terms, awarded(program, occasion, terms)
    free = {cap: terms.room[cap] for cap in program.shared}
    room = {**terms.room, **dict.fromkeys(free, POINTS_MAX)}
    terms = msgspec.structs.replace(terms, room=room)
    while True:
        award = awarded(program, occasion, terms)
        over = [cap for cap, left in free.items() if award.used.get(cap, 0) > left]
        if not over:
            return terms, award
        terms = without(terms, dict.fromkeys(over, 0))


def without(terms: Terms, held: Mapping[str, int]) -> Terms:
    """The terms where shared caps have no more room than ``held``; campaigns of 0 are spent."""
    spent = (cap for cap, room in held.items() if not room and cap.startswith(PREFIX))
    arms = {**terms.arms, **{cap.removeprefix(PREFIX): SPENT for cap in spent}}
    return msgspec.structs.replace(terms, room={**terms.room, **held}, arms=arms)
