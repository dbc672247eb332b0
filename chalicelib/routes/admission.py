"""From a declared route and the request at hand to its answer, in the binding order of refusals.

::

    request_context   too_large ........................ before anything
    Chalice           method_not_allowed, media_type_unsupported
    here        1     request_malformed ................ the JSON cannot be read
                2     token_*, key_invalid, scope_missing  who is asking
                3     *_unknown, member_erased ......... asked only when 4 refuses: see Contract
                4     idempotency_key_missing, cursor_invalid, value_invalid
                5     the view: 3 and 4 again, as far as they need the books, then state
                6     admin writes: a row of the audit log

No view catches anything: ``StorageUnavailable`` becomes 503 here, all else 500 one ring further
out.
"""

from typing import Any, Final

from chalice.app import Response
from msgspec.structs import replace

from chalicelib import clock
from chalicelib.domain.limits import (
    IDEMPOTENCY_KEY_LENGTH_MAX,
    PAGE_SIZE_DEFAULT,
    PAGE_SIZE_MAX,
)
from chalicelib.domain.outcome import Refusal, RefusalCode, StorageUnavailable
from chalicelib.routes import auditing, parsing, responses
from chalicelib.routes.authentication import Credentials, principal_of
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    NoBody,
    Outcome,
    PageRequest,
    Route,
)
from chalicelib.routes.cursors import read_cursor
from chalicelib.routes.request_context import RequestContext, current, guarded
from chalicelib.security.storefront_tokens import Customer
from chalicelib.storage import connection
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Contended, Table, Unanswered

_LIST_PARAMETERS: Final = ("limit", "cursor")
_BUSY: Final = Refusal(
    RefusalCode.BUSY, "Nothing is half done. Send the same request again in a moment."
)


def answer(route: Route) -> Response:
    """The answer of ``route`` to the request at hand."""
    context = current()
    return guarded(context, lambda: _answer(route, context))


def _answer(route: Route, context: RequestContext) -> responses.DoorResponse:
    try:
        outcome = _outcome(route, context)
    except (StorageUnavailable, Contended, Unanswered):
        outcome = _BUSY
    if isinstance(outcome, Refusal):
        return responses.refused(outcome)
    return responses.answered(outcome, route)


def _outcome(route: Route, context: RequestContext) -> Outcome:
    plain = parsing.read_json(context.raw) if route.takes_json else None
    if isinstance(plain, Refusal):
        return plain
    path = {name: context.path_values.get(name, "") for name in route.parameters}
    table, wall_now = connection.table(), clock.wall_now()
    given = Credentials(table, wall_now, context.headers, plain, path)
    principal = principal_of(route, given)
    if isinstance(principal, Refusal):
        return principal
    call = Call(
        table=table,
        now=clock.utc_now(),
        wall_now=wall_now,
        body=NoBody(),
        raw=context.raw,
        headers=context.headers,
        query={name: values[-1] for name, values in context.query_values.items() if values},
        query_values=context.query_values,
        principal=principal,
        request_id=context.request_id,
        source_ip=context.source_ip,
    )
    return _admitted(route, call, plain, path)


def _admitted(route: Route, call: Call[NoBody], plain: object, path: dict[str, str]) -> Outcome:
    """Somebody who may ask: look at what they ask, and let the view answer."""
    if refusal := parsing.path_refusal(path):
        return _path_refusal(route, refusal)
    content = _with_content(route, call, plain, path)
    if isinstance(content, Refusal):
        return _missing(route, call, path) or content
    outcome = route.view(content, **path)
    if isinstance(outcome, Answer):
        auditing.record(route, call, path, outcome)
    return outcome


def _path_refusal(route: Route, refusal: Refusal) -> Refusal:
    """An id that nobody can have; at webhooks that is a connection, and who comes first."""
    if route.audience is Audience.WEBHOOKS:
        return Refusal(RefusalCode.CONNECTION_UNKNOWN, "There is no such connection.")
    return refusal


def _missing(route: Route, call: Call[NoBody], path: dict[str, str]) -> Refusal | None:
    """What the path names and is not there."""
    if route.contract.locate:
        return route.contract.locate(call, path)
    shop = path.get("shop")
    return shop_missing(call.table, shop) if shop else None


def shop_missing(table: Table, shop: str) -> Refusal | None:
    """The refusal of a shop that does not exist."""
    if find_shop(table, shop):
        return None
    return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")


def _with_content(
    route: Route, call: Call[NoBody], plain: object, path: dict[str, str]
) -> Call[Any] | Refusal:
    """The call with everything that the contract asks for, or the first thing that is wrong."""
    key = _idempotency_key(route, call, plain)
    if isinstance(key, Refusal):
        return key
    list_name = _list_name(route, call, path)
    page = _page(route, call, list_name)
    if isinstance(page, Refusal):
        return page
    if refusal := _query_refusal(route, call):
        return refusal
    body: Any = NoBody()
    if route.takes_json:
        body = parsing.typed_body(call.raw, route.contract.body)
    if isinstance(body, Refusal):
        return body
    return replace(call, body=body, idempotency_key=key, page=page, list_name=list_name)


def _idempotency_key(route: Route, call: Call[NoBody], plain: object) -> str | Refusal:
    if not route.contract.idempotent:
        return ""
    in_body = plain.get("idempotency_key", "") if isinstance(plain, dict) else ""
    in_header = call.headers.get("idempotency-key", "")
    key = in_header or in_body
    if not key:
        return Refusal(
            RefusalCode.IDEMPOTENCY_KEY_MISSING,
            "Send an `Idempotency-Key` header, or `idempotency_key` in the body.",
        )
    if in_header and in_body and in_header != in_body:
        return parsing.value_invalid("$.idempotency_key", "Header and body name different keys.")
    is_text = isinstance(key, str) and key.isprintable()
    if is_text and len(key) <= IDEMPOTENCY_KEY_LENGTH_MAX:
        return str(key)
    detail = f"An idempotency key has 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} printable characters."
    return parsing.value_invalid("$.idempotency_key", detail)


def _list_name(route: Route, call: Call[NoBody], path: dict[str, str]) -> str:
    """The list that a cursor is good for: route, path, shopper and filters, each by its length."""
    who = call.principal
    shopper = (who.source, who.external_id) if isinstance(who, Customer) else ()
    filters = [f"{name}={call.query[name]}" for name in sorted(call.query)]
    filters = [each for each in filters if not each.startswith(("limit=", "cursor="))]
    parts = [route.template, *(path[name] for name in route.parameters), *shopper, *filters]
    return "".join(f"{len(part)}:{part}" for part in parts)


def _page(route: Route, call: Call[NoBody], list_name: str) -> PageRequest | Refusal:
    if not route.contract.is_list:
        return PageRequest()
    return page_request(list_name, call.query.get("limit"), call.query.get("cursor"))


def page_request(
    list_name: str, limit: str | int | None, cursor: str | None
) -> PageRequest | Refusal:
    """The page that ``limit`` and ``cursor`` ask for, for lists that are asked for by POST too."""
    start = read_cursor(list_name, cursor) if cursor else None
    if isinstance(start, Refusal):
        return start
    text = str(PAGE_SIZE_DEFAULT if limit is None else limit)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(PAGE_SIZE_MAX))
    if is_number and 1 <= int(text) <= PAGE_SIZE_MAX:
        return PageRequest(limit=int(text), start=start)
    return parsing.value_invalid("query.limit", f"`limit` is a number from 1 to {PAGE_SIZE_MAX}.")


def _query_refusal(route: Route, call: Call[NoBody]) -> Refusal | None:
    """Staff and their programs hear of a parameter that means nothing; browsers may add theirs."""
    if route.audience is not Audience.ADMIN:
        return None
    known = {parameter.name for parameter in route.contract.query}
    known |= set(_LIST_PARAMETERS) if route.contract.is_list else set()
    for name, values in call.query_values.items():
        if name not in known:
            return parsing.value_invalid(f"query.{name}", "There is no such parameter here.")
        if len(values) > 1:
            return parsing.value_invalid(f"query.{name}", "The parameter is there twice.")
    return None
