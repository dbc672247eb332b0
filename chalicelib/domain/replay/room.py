"""The room that a document finds in what the whole shop shares, and what it asks of it."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.asking import Holder
from chalicelib.domain.awards import Settled
from chalicelib.domain.budgets import Budgets
from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.shared import limits_at
from chalicelib.domain.replay.member_state import Walk
from chalicelib.domain.replay.sharing import counts

A = TypeVar("A", OrderDocument, Action)


def settled_in_room(
    walk: Walk,
    document: A,
    holder: Holder,
    times: tuple[Instant, Instant],
    settle: Callable[[Holder], Settled[A]],
) -> Settled[A]:
    """``settle`` with the room there is; ``times``: when it happened, and when it is booked.

    Who is refused is asked once more as if nobody was: so each round says what everybody wants.
    """
    program = walk.plan.program
    if not program.shared:
        return settle(holder)
    happened_at, now = times
    limits = limits_at(program, happened_at)
    first = walk.asked.setdefault(name_of(document), now)
    refused = walk.plan.refused.of(limits, (first, now))

    def within(none_left: frozenset[str]) -> Settled[A]:
        left = {name: limit for name, limit in limits.items() if name not in none_left}
        return settle(msgspec.structs.replace(holder, budgets=Budgets(left)))

    settled = within(refused)
    wished = within(frozenset()) if refused else settled
    for name in (each for each in limits if counts(walk.plan.months, each, first)):
        before = document.budgets.get(name, 0)
        wish = wished.document.budgets.get(name, 0) - before
        taken = settled.document.budgets.get(name, 0) - before
        if taken or wish:
            given = wish if name in refused else taken  # as if it were not: it may be, next round
            walk.tally.asks.add(name, (first, now), given, wish)
    return settled
