"""Admin: statements of members and pools, to be verified or printed; reports of the audit."""

from typing import Final

import msgspec

from chalicelib.domain.audited import Break
from chalicelib.domain.instants import iso
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.find_member import find_pool
from chalicelib.operations.make_statement import (
    Statement,
    StatementRequest,
    make_statement,
    statement_of,
)
from chalicelib.operations.view_audit_reports import view_reports
from chalicelib.routes.admin.locating import member_missing, pool_missing
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
    QueryParameter,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import value_invalid
from chalicelib.routes.statement_page import PAGE_HEADERS, statement_page
from chalicelib.routes.statement_shapes import StatementView, statement_view
from chalicelib.security.scopes import Scope
from chalicelib.storage.audits import AuditReport
from chalicelib.storage.key_names import SEQ_MAX

door = Door(Audience.ADMIN)

_HTML = "text/html"
_LOCALE_LENGTH_MAX = 35
STATEMENT_QUERY: Final = (
    QueryParameter("after", "number of the last entry of the page before"),
    QueryParameter("locale", "language of the sentences; the shop's first by default"),
    QueryParameter("format", "`json`, or `html` for printing; else by the Accept header"),
)
"""What every statement may be asked for."""


class AuditReportView(msgspec.Struct, frozen=True):
    """What one nightly audit found of the shop's books."""

    id: str
    started_at: str
    finished_at: str
    as_of: str  # the digest covers the entries recorded before
    digest: str  # empty where something could not be read
    counts: dict[str, int]  # members, entries, documents, orders, breaks, busy
    breaks: tuple[Break, ...]  # the first ones; ``counts`` has them all
    unproven: tuple[str, ...]


@door.get(
    "/v1/admin/shops/{shop}/members/{member}/statement",
    Contract(
        NoBody,
        StatementView,
        "A member's statement from the first entry on, with everything that its hashes cover",
        scope=Scope.READ,
        query=STATEMENT_QUERY,
        refusals=(RefusalCode.MEMBER_UNKNOWN,),
        locate=member_missing,
    ),
)
def get_statement(call: Call[NoBody], shop: str, member: str) -> Outcome:
    """One page of the statement, as it is asked for."""
    asked = statement_request(call)
    if isinstance(asked, Refusal):
        return member_missing(call, {"shop": shop, "member": member}) or asked
    made = make_statement(call.table, shop, member, asked)
    return made if isinstance(made, Refusal) else statement_answer(call, made)


def statement_answer(call: Call[NoBody], made: Statement) -> Answer:
    """The statement as JSON, or as a page where that is asked for."""
    if _wants_page(call):
        return Answer(html=statement_page(made), headers=PAGE_HEADERS)
    return Answer(statement_view(made), headers={"Vary": "Accept"})


@door.get(
    "/v1/admin/shops/{shop}/pools/{pool}/statement",
    Contract(
        NoBody,
        StatementView,
        "A pool's statement from the first entry on; each entry names who",
        scope=Scope.READ,
        query=STATEMENT_QUERY,
        refusals=(RefusalCode.POOL_UNKNOWN,),
        locate=pool_missing,
    ),
)
def get_pool_statement(call: Call[NoBody], shop: str, pool: str) -> Outcome:
    """One page, as a member's; ``member_id`` is the pool's id."""
    found = find_pool(call.table, shop, pool)
    if isinstance(found, Refusal):
        return found
    asked = statement_request(call)
    if isinstance(asked, Refusal):
        return asked
    return statement_answer(call, statement_of(call.table, found, asked))


@door.get(
    "/v1/admin/shops/{shop}/audits",
    Contract(
        NoBody,
        ListView[AuditReportView],
        "List what the nightly audits found of the shop's books, newest first",
        scope=Scope.REPORTS,
        is_list=True,
    ),
)
def get_audits(call: Call[NoBody], shop: str) -> Outcome:
    """The reports; the audit itself is a job (docs/operating.md)."""
    found = view_reports(call.table, shop, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    reports, next_start = found
    return Answer(call.page_of(tuple(_view(report) for report in reports), next_start))


def statement_request(call: Call[NoBody]) -> StatementRequest | Refusal:
    """Which page is asked for, in which language."""
    after, locale = call.query.get("after", "0"), call.query.get("locale", "")
    if call.query.get("format", "json") not in {"json", "html"}:
        return value_invalid("query.format", "`format` is `json` or `html`.")
    is_tag = len(locale) <= _LOCALE_LENGTH_MAX and locale.replace("-", "a").isalnum()
    if locale and not (is_tag and locale.isascii()):
        return value_invalid("query.locale", "`locale` is a language tag, such as `en`.")
    is_number = after.isascii() and after.isdigit() and len(after) <= len(str(SEQ_MAX))
    if not is_number:
        return value_invalid("query.after", "`after` is the number of an entry, or 0.")
    return StatementRequest(int(after), locale, call.now)


def _wants_page(call: Call[NoBody]) -> bool:
    asked = call.query.get("format")
    return asked == "html" if asked else _HTML in call.headers.get("accept", "")


def _view(report: AuditReport) -> AuditReportView:
    return AuditReportView(
        id=report.run,
        started_at=iso(report.started_at),
        finished_at=iso(report.finished_at),
        as_of=iso(report.as_of),
        digest=report.digest,
        counts=report.counts,
        breaks=report.breaks,
        unproven=report.unproven,
    )
