"""Record what a member reports themselves: only rules that allow it pay, once per key."""

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.events import ActionCompleted, Told
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import ACTION_PREFIX
from chalicelib.domain.views import CardView
from chalicelib.domain.wording.sentences import document_sentence, names_of
from chalicelib.operations.record_action import ActionCommand, record_action
from chalicelib.operations.view_card import CardQuery, load_holding
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.table import Table

_RULE_UNKNOWN = Refusal(RefusalCode.RULE_UNKNOWN, "Members cannot report for such a rule.")


class Report(msgspec.Struct, frozen=True):
    """What a member says they did, for which rule."""

    rule_id: str
    idempotency_key: str
    subject: str = ""
    properties: dict[str, Told] = {}


class Reported(msgspec.Struct, frozen=True):
    """What became of it: the action's document, in words, and whether it stood before."""

    action: Action
    sentence: str
    locale: str
    replayed: bool


def report_action(table: Table, query: CardQuery, report: Report) -> Reported | Refusal:
    """Record the report of ``query``'s customer. Idempotent by the key.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    holding = load_holding(table, query)
    if isinstance(holding, Refusal):
        return holding
    if isinstance(holding, CardView):
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "The customer is not a member.")
    name = _action_of(holding.program, report.rule_id)
    if not name:
        return _RULE_UNKNOWN
    key = redemption_id(query.customer.external_id, report.idempotency_key)
    event = ActionCompleted(
        id=f"self-{key}",
        occurred_at=query.now,
        source=query.customer.source,
        action=name,
        customer_id=query.customer.external_id,
        subject=report.subject,
        properties=report.properties,
        is_timed=False,
        is_self_reported=True,
    )
    result = record_action(table, ActionCommand(query.shop, event, query.now, query.wall_now))
    if isinstance(result, Refusal):
        return result
    if result is None or not isinstance(result.document, Action):
        raise TypeError("an action that is told is recorded as one")
    names = names_of(holding.program.program, holding.locale)
    sentence = document_sentence(result.document, names, holding.locale)
    return Reported(result.document, sentence, holding.locale, result.replayed)


def reportable(table: Table, query: CardQuery, rule_id: str) -> Refusal | None:
    """The refusal of a rule that members cannot report for."""
    holding = load_holding(table, query)
    if isinstance(holding, Refusal):
        return holding
    if isinstance(holding, CardView):
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "The customer is not a member.")
    return None if _action_of(holding.program, rule_id) else _RULE_UNKNOWN


def _action_of(program: CompiledProgram, rule_id: str) -> str:
    """The action that members may report for a rule; "" for none."""
    for rules in program.rules.values():
        for rule in rules:
            if rule.id == rule_id and rule.self_reported:
                return rule.on.removeprefix(ACTION_PREFIX)
    return ""
