"""Draws of a replay: those of the books, and for rules that are new ones that are made up.

A replay has no secret. What it makes up is alike for every program, so two of them are compared by
the same luck; over a year of orders it is the odds that count.
"""

import hashlib

from chalicelib.domain.program.occasion import DRAW_END, Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.history import PastOrder


def drawn_again(program: CompiledProgram, order: PastOrder) -> Drawn | None:
    """What each rule of ``program`` that draws gets for ``order``; None without such rules.

    What the books drew for a rule, it draws again; a rule that was not there then gets a number
    that is made up.
    """
    if not program.draws:
        return None
    known = order.drawn.numbers if order.drawn else {}
    made_up = {rule: _number(order.state.id, rule) for rule in sorted(program.draws - known.keys())}
    return Drawn(order.drawn.day if order.drawn else "", {**known, **made_up})


def _number(order: str, rule: str) -> int:
    digest = hashlib.sha256(f"replay\0{order}\0{rule}".encode()).digest()
    return int.from_bytes(digest) % DRAW_END
