"""Which once-markers matter to an order: known before it is read, or fixed by its terms."""

from chalicelib.domain.order_decision import OrderEvent, blank_document
from chalicelib.domain.order_occasion import order_fields, order_partner
from chalicelib.domain.orders import OrderDocument, merged
from chalicelib.domain.program.choosing import MEMBER_MARK, once_marks
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Occasion
from chalicelib.operations.order_members import (
    INBOX_MARK,
    PROFILE_MARK,
    Marks,
    honour_marks,
    may_tell,
)

TRIGGER = "order.paid"


def order_marks(
    program: CompiledProgram | None, event: OrderEvent, document: OrderDocument | None
) -> Marks:
    """What an order asks by once-rules and challenges of ``program``, as far as is known by now."""
    if program is None:
        return frozenset()
    honours = honour_marks(program, TRIGGER)
    if document is not None and document.terms is not None:
        fixed = document.terms.subjects
        rules = (rule for rule in program.rules.get(TRIGGER, ()) if rule.once)
        own = {rule.id: MEMBER_MARK for rule in rules if rule.subject_of is None}
        return frozenset({**own, **fixed}.items()) | honours
    known = merged(document or blank_document(event, 0), event)
    fields = order_fields(known.state, (), order_partner(known, program)) if known.state else {}
    occasion = Occasion(trigger=TRIGGER, at=0, placed_at=0, order=fields)
    return frozenset(once_marks(program, occasion).items()) | honours | _profile_marks(program)


def moving_marks(program: CompiledProgram | None) -> Marks:
    """What an order asks of a member that it moves to, by the program that was live."""
    inbox = {INBOX_MARK} if may_tell(program, TRIGGER) else set()
    return frozenset(inbox) | _profile_marks(program)


def _profile_marks(program: CompiledProgram | None) -> Marks:
    """Where facts and birthdays are, if the program asks for any."""
    asks = program is not None and (bool(program.program.facts) or program.asks_habits)
    return frozenset({PROFILE_MARK}) if asks else frozenset()
