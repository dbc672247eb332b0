"""Chance: which outcome of a rule the number of a document stands for.

The number comes from a keyed hash of the document and the rule (``security/draws``), is drawn once
and kept with the document; here it only becomes a ticket. So evaluating needs no secret, and the
same document always has the same outcome.

::

    weights   90          9       1
    tickets   0 ... 89    90..98  99       ticket = number % 100
"""

from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.plan import CompiledRule
from chalicelib.domain.program.tracing import Trace


def drawn_rule(rule: CompiledRule, drawn: Drawn | None, trace: Trace) -> CompiledRule | None:
    """``rule`` as the draw made it, told in ``trace``; None where nothing was drawn for it."""
    number = drawn.numbers.get(rule.id) if drawn else None
    if drawn is None or number is None:
        trace.aside("not_drawn", rule.id)
        return None
    tickets = rule.branches[-1].below
    ticket = number % tickets
    branch = next(each for each in rule.branches if ticket < each.below)
    told: dict[str, str | int] = {
        "ticket": ticket,
        "tickets": tickets,
        "weight": branch.weight,
        "day": drawn.day,
    }
    trace.tell("drawn", rule.id, parameters=told)
    return branch.rule
