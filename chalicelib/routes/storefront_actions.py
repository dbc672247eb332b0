"""Storefront: what members say they did, where the program takes their word for it."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.domain.events import Told
from chalicelib.domain.facts import told_problems
from chalicelib.domain.limits import FIELDS_DECLARED_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.view_card import CardQuery
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    KeyedTokenBody,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import Id, LocaleWish, value_invalid

door = Door(Audience.STOREFRONT)

Properties = Annotated[dict[Id, Told], Meta(max_length=FIELDS_DECLARED_MAX)]


class ReportRequest(KeyedTokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it was done to, and what else the rule asks about."""

    subject: Id | msgspec.UnsetType = msgspec.UNSET
    properties: Properties | msgspec.UnsetType = msgspec.UNSET
    locale: LocaleWish = ""


class ReportView(msgspec.Struct, frozen=True):
    """What an action earned, by unit, and why, in a sentence."""

    action_id: str
    points: dict[str, int]
    sentence: str
    locale: str


def rule_missing(call: Call[NoBody], path: Mapping[str, str]) -> Refusal | None:
    """The refusal of a rule that members cannot report for; see ``Contract.locate``."""
    from chalicelib.operations.report_action import reportable  # noqa: PLC0415 - as below

    query = CardQuery(path["shop"], call.customer, "", call.now, call.wall_now)
    return reportable(call.table, query, path["rule"])


@door.post(
    "/v1/storefront/{shop}/actions/{rule}",
    Contract(
        ReportRequest,
        ReportView,
        "Report an action for a rule that takes members' word for it",
        status=201,
        idempotent=True,
        refusals=(
            RefusalCode.MEMBER_UNKNOWN,
            RefusalCode.RULE_UNKNOWN,
            RefusalCode.SAME_KEY_OTHER_REQUEST,
        ),
        locate=rule_missing,
    ),
)
def post_action(call: Call[ReportRequest], shop: str, rule: str) -> Outcome:
    """Record it once per idempotency key; limits of the rule say what it earns."""
    from chalicelib.operations.report_action import (  # noqa: PLC0415 - few programs allow it
        Report,
        report_action,
    )

    said = call.body
    query = CardQuery(shop, call.customer, said.locale, call.now, call.wall_now)
    subject = said.subject if isinstance(said.subject, str) else ""
    told = {} if isinstance(said.properties, msgspec.UnsetType) else dict(said.properties)
    for problem in told_problems("$.properties", told):
        return value_invalid(problem.path, problem.detail)
    report = Report(rule, call.idempotency_key, subject, told)
    made = report_action(call.table, query, report)
    if isinstance(made, Refusal):
        return made
    points: dict[str, int] = {}
    for share in made.action.posted:
        points[share.unit] = points.get(share.unit, 0) + share.points
    view = ReportView(made.action.id, points, made.sentence, made.locale)
    return Answer(view, replayed=made.replayed)
