"""What was given once in a walk: by rule and by what it is once for, as the books' markers are."""

from typing import Final

import msgspec

from chalicelib.domain.actions import Action, action_occasion, name_of
from chalicelib.domain.order_occasion import order_fields, order_partner
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.choosing import MEMBER_MARK, once_marks, rules_of, rules_to_come
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import ORDER_PAID

_PAID: Final = Occasion(trigger=ORDER_PAID, at=0, placed_at=0)


class OnceGiven:
    """The markers of one member: (rule, what it is once for) → the document that has it."""

    __slots__ = ("_holders",)

    def __init__(self) -> None:
        """Nothing was given yet."""
        self._holders: dict[tuple[str, str], str] = {}

    def taken(self, program: CompiledProgram, document: OrderDocument | Action) -> dict[str, str]:
        """Which once-rules that matter to ``document`` are taken, and by which document."""
        held = ((rule, self._holders.get((rule, mark))) for rule, mark in _marks(program, document))
        return {rule: holder for rule, holder in held if holder is not None}

    def note(self, before: OrderDocument | Action, after: OrderDocument | Action) -> None:
        """Set the markers that a document won, and free those that it gave up."""
        subjects = after.terms.subjects if after.terms else {}
        for rule in {*before.once, *after.once}:
            mark = rule, subjects.get(rule, MEMBER_MARK)
            if rule in after.once:
                self._holders[mark] = name_of(after)
            else:
                self._holders.pop(mark, None)


def _marks(program: CompiledProgram, document: OrderDocument | Action) -> list[tuple[str, str]]:
    """What the once-rules are once for in this document: by its terms, else as it is told."""
    occasion = action_occasion(document, "") if isinstance(document, Action) else _PAID
    every = (*rules_of(program, occasion), *rules_to_come(program, occasion))
    rules = [rule for rule in every if rule.once]
    if not rules:
        return []
    if document.terms is not None:
        own = {rule.id: MEMBER_MARK for rule in rules if rule.subject_of is None}
        return list({**own, **document.terms.subjects}.items())
    if isinstance(document, OrderDocument) and document.state is not None:
        fields = order_fields(document.state, (), order_partner(document, program))
        occasion = msgspec.structs.replace(_PAID, order=fields)
    return list(once_marks(program, occasion).items())
