"""Messages that documents give: sent within the caps, in the commit of what gave them.

A document has a target, as for points: what its grants give more is sent, what they give less is
withdrawn, and the same again does nothing. What caps refuse is not sent later; the trace of the
document says why. ``messages.py`` has the arithmetic.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.booking import Draft
from chalicelib.domain.granting import MESSAGE, Granted, key_of
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.limits import TRACE_ROWS_MAX
from chalicelib.domain.messages import (
    REFUSED,
    Inbox,
    Message,
    Sending,
    message_id,
    sent,
    withdrawn,
)
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.campaigns import is_held_out
from chalicelib.domain.program.occasion import TraceRow
from chalicelib.domain.program.plan import CompiledProgram

A = TypeVar("A", OrderDocument, Action)

TOLD_WITHIN_MS: Final = 7 * DAY_MS
"""What happened longer ago is no news: an import, or a delivery that was late, tells nobody."""


def with_messages_given(
    draft: Draft,
    change: tuple[Iterable[Granted], Iterable[Granted]],
    program: CompiledProgram,
    told: tuple[str, Instant],
) -> Draft:
    """``draft`` after ``change`` (grants before, after) of a document; ``told``: its name, when.

    Where the inbox was not read nothing is sent, and nothing withdrawn.
    """
    before, after = change
    had = {key_of(line): line.amount for line in before if line.kind == MESSAGE}
    for line in after:
        amounts = had.get(key_of(line), 0), line.amount
        if line.kind == MESSAGE and amounts[0] != amounts[1] and draft.inbox is not None:
            draft = _changed(draft, line, amounts, (program, *told))
    return draft


def _changed(
    draft: Draft,
    line: Granted,
    amounts: tuple[int, int],
    told: tuple[CompiledProgram, str, Instant],
) -> Draft:
    (before, after), (program, document, _) = amounts, told
    for number in range(min(before, after), max(before, after)):
        name = message_id(document, (line.rule_id, line.effect), number)
        if after < before:
            inbox = withdrawn(draft.inbox or Inbox(), name, draft.now)
            draft = msgspec.structs.replace(draft, inbox=inbox)
        else:
            draft = _sent(draft, Message(name, line.name, document, program.version, 0), line, told)
    return draft


def _sent(
    draft: Draft, wish: Message, line: Granted, told: tuple[CompiledProgram, str, Instant]
) -> Draft:
    program, _, at = told
    inbox, reason = draft.inbox or Inbox(), _never(draft, program, at)
    if not reason and program.telling is not None:
        inbox, reason = sent(inbox, wish, Sending(program.telling, program.zone, draft.now))
    rows = draft.refused
    if reason:
        rows = (*rows, TraceRow(reason, line.rule_id, parameters={"message": line.name}))
    return msgspec.structs.replace(draft, inbox=inbox, refused=rows)


def _never(draft: Draft, program: CompiledProgram, at: Instant) -> str:
    """Why nothing is sent whatever the caps say, as a code; "" where they decide."""
    if is_held_out(program, draft.member):
        return "message_held_out"
    return "message_too_late" if draft.now - at > TOLD_WITHIN_MS else ""


def with_refused(document: A, before: A, draft: Draft) -> A:
    """``document`` with what its trace says of messages that were not sent, also earlier ones."""
    known = refused_before(before.trace, document.grants)
    if not known and not draft.refused:
        return document
    told = {(row.code, row.rule_id) for row in document.trace}
    rows: list[TraceRow] = [row for row in known if (row.code, row.rule_id) not in told]
    if not rows and not draft.refused:
        return document
    trace = (*draft.refused, *rows, *document.trace)[:TRACE_ROWS_MAX]
    return msgspec.structs.replace(document, trace=trace)


def refused_before(trace: Iterable[TraceRow], grants: Iterable[Granted]) -> tuple[TraceRow, ...]:
    """The rows of ``trace`` about messages that ``grants`` still give and that were not sent."""
    given = {(line.rule_id, line.name) for line in grants if line.kind == MESSAGE and line.amount}
    return tuple(
        row
        for row in trace
        if row.code in REFUSED and (row.rule_id, row.parameters.get("message")) in given
    )
