"""Draws of a replay: those of the books, and for rules that are new ones that are made up.

A replay has no secret. What it makes up is alike for every program, so two of them are compared by
the same luck; over a year of orders it is the odds that count.
"""

import hashlib

from chalicelib.domain.program.occasion import DRAW_END, Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.referral_document import ADVOCATE, rule_id_of
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.domain.replay.history import PastOrder


def drawn_again(program: CompiledProgram, order: PastOrder) -> Drawn | None:
    """As ``drawn_for``, of an order."""
    return drawn_for(program, order.state.id, order.drawn) if program.draws else None


def drawn_for(program: CompiledProgram, name: str, before: Drawn | None) -> Drawn | None:
    """What each rule of ``program`` that draws gets for what is called ``name``; None without any.

    What the books drew for a rule, it draws again; a rule that was not there then gets a number
    that is made up.
    """
    return _drawn(program.draws, name, before)


def drawn_for_side(
    program: CompiledProgram, side: tuple[str, str], before: Drawn | None
) -> Drawn | None:
    """As ``drawn_for``, of a side of a referral: its name and role."""
    name, role = side
    offers = program.referral.draws if program.referral else frozenset[str]()
    further = program.draws if role == ADVOCATE else frozenset[str]()
    return _drawn(further | (offers & {rule_id_of(role)}), name, before)


def drawn_joining(program: CompiledProgram, member: str, before: Drawn | None) -> Drawn | None:
    """As ``drawn_for``, of the rules for joining."""
    rules = program.rules.get(MEMBER_JOINED, ())
    return _drawn(frozenset(each.id for each in rules if each.branches), member, before)


def _drawn(rules: frozenset[str], name: str, before: Drawn | None) -> Drawn | None:
    if not rules:
        return None
    known = before.numbers if before else {}
    made_up = {rule: _number(name, rule) for rule in sorted(rules - known.keys())}
    return Drawn(before.day if before else "", {**known, **made_up})


def _number(order: str, rule: str) -> int:
    digest = hashlib.sha256(f"replay\0{order}\0{rule}".encode()).digest()
    return int.from_bytes(digest) % DRAW_END
