"""Who is in: the same answer for ever, from a hash of the program, the use and the member.

``arm_of`` deals members evenly over 2^64 places, apart for each use, so that who is in a rollout
says nothing about who is in a holdout. A member is in a share when their place is below it:
widening a share keeps everybody who was in. What was bought as a guest counts for who claims it in
time.
"""

import hashlib
from typing import Final

from chalicelib.domain.calendar import add_period, parse_period
from chalicelib.domain.instants import Instant
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.scalars import ratio_of

ROLLOUT: Final = "rollout"
_PLACES: Final = 2**64


def arm_of(program_id: str, use: str, member: str) -> int:
    """The member's place from 0 up to 2^64, by SHA-256 of (program id, use, member)."""
    told = "\n".join((program_id, use, member)).encode()
    return int.from_bytes(hashlib.sha256(told).digest()[:8])


def is_in_share(share: str, program_id: str, use: str, member: str) -> bool:
    """Whether ``member`` is within ``share`` (a decimal from 0 to 1) of ``use``."""
    numerator, denominator = ratio_of(share)
    return arm_of(program_id, use, member) * denominator < numerator * _PLACES


def is_open_to(member: str, *programs: CompiledProgram | None) -> bool:
    """Whether one of ``programs`` is open to ``member``, who is not in it yet."""
    return any(_is_rolled_out(each.program, member) for each in programs if each)


def _is_rolled_out(program: Program, member: str) -> bool:
    share = program.join.rollout
    return share is None or is_in_share(share, program.id, ROLLOUT, member)


def is_kept(program: CompiledProgram, paid_at: Instant, now: Instant) -> bool:
    """Whether a guest's order of ``paid_at`` counts for who claims it at ``now``."""
    keep = program.program.join.guests.keep
    return keep is None or now < add_period(paid_at, parse_period(keep), program.zone)
