"""The request at hand, in a ContextVar: the outermost ring around every HTTP request.

Chalice keeps its current request in one global; with threads, 309 of 480 concurrent answers
used another request's headers. So the http middleware here puts the request into a ContextVar,
and nobody reads anything else. The same ring does what must hold for every answer whatever made
it: the size limit before anything, Chalice's own failures as problem documents, no exception
past it, and one log line.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Final

import msgspec
from chalice.app import Request, Response

from chalicelib import clock, telemetry
from chalicelib.domain.limits import BODY_BYTES_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.routes import responses
from chalicelib.routes.contract import Route, find_route
from chalicelib.routes.parsing import SHOP_ID_PATTERN, path_values
from chalicelib.routes.responses import DoorResponse

_INCIDENT_LENGTH: Final = 12


class RequestContext(msgspec.Struct, frozen=True):
    """One request as it arrived, bytes and text alone."""

    method: str
    path: str  # the template
    raw: bytes
    request_id: str
    headers: Mapping[str, str] = {}  # case-insensitive
    path_values: Mapping[str, str] = {}  # percent-decoded
    query_values: Mapping[str, tuple[str, ...]] = {}
    source_ip: str = ""  # as the gateway saw it; never from a header that anybody can send

    @property
    def route(self) -> Route | None:
        """The declared route, if the method is one of the path's."""
        return find_route(self.method, self.path)

    @property
    def incident_id(self) -> str:
        """An opaque id for what goes wrong with this request."""
        told = f"{self.request_id} {self.method} {self.path}"
        return hashlib.sha256(told.encode()).hexdigest()[:_INCIDENT_LENGTH]


_current: ContextVar[RequestContext] = ContextVar("laurel_request")


def current() -> RequestContext:
    """The request that this thread answers.

    Raises:
        LookupError: outside of a request.
    """
    return _current.get()


def _context_of(request: Request) -> RequestContext:
    """Raises ValueError for a body that is not the base64 that it says it is."""
    raw = request.raw_body
    event = request.to_original_event()
    query = event.get("multiValueQueryStringParameters") or {}
    told = event["requestContext"]
    return RequestContext(
        method=request.method,
        path=request.path,
        raw=raw.encode() if isinstance(raw, str) else raw,
        request_id=str(told.get("requestId", "")),
        headers=request.headers,
        path_values=path_values(request.uri_params or {}),
        query_values={name: tuple(values) for name, values in query.items()},
        source_ip=str((told.get("identity") or {}).get("sourceIp") or ""),
    )


def _oversize(context: RequestContext) -> Refusal | None:
    route = context.route
    most = route.body_bytes_max if route else BODY_BYTES_MAX
    if len(context.raw) <= most:
        return None
    return Refusal(RefusalCode.TOO_LARGE, f"A body here has {most} bytes at most.")


_CHALICES_OWN: Final[Mapping[int, Refusal]] = {
    404: Refusal(RefusalCode.ROUTE_UNKNOWN, "There is nothing at this address."),
    405: Refusal(RefusalCode.METHOD_NOT_ALLOWED, "The Allow header names the methods."),
    415: Refusal(RefusalCode.MEDIA_TYPE_UNSUPPORTED, "Send application/json."),
}


def _translated(response: Response, context: RequestContext) -> DoorResponse:
    """Chalice's own failure as a problem document."""
    refusal = _CHALICES_OWN.get(response.status_code)
    if refusal is None:
        return responses.broken(context.incident_id)
    allow = response.headers.get("Allow")
    return responses.refused(refusal, {"Allow": allow} if isinstance(allow, str) else {})


def _respond(
    context: RequestContext, request: Request, get_response: Callable[[Request], Response]
) -> DoorResponse:
    if refusal := _oversize(context):
        return responses.refused(refusal)
    response = get_response(request)
    return response if isinstance(response, DoorResponse) else _translated(response, context)


def guarded(context: RequestContext, respond: Callable[[], DoorResponse]) -> DoorResponse:
    """The answer of ``respond``; an exception becomes an incident: this is the door's one catch."""
    try:
        return respond()
    except Exception as problem:  # noqa: BLE001 - the door: logged, counted, answered
        telemetry.incident(problem, context.incident_id, f"{context.method} {context.path}")
        return responses.broken(context.incident_id)


def _tell(context: RequestContext, response: DoorResponse, started_ms: int) -> None:
    shop = context.path_values.get("shop", "")
    telemetry.request_answered(
        telemetry.RequestLine(
            route=f"{context.method} {context.path}",
            status=response.status_code,
            code=response.code,
            duration_ms=clock.monotonic_ms() - started_ms,
            # Whatever else stands in that place of the path, it is not ours to write down.
            shop=shop if SHOP_ID_PATTERN.match(shop) else "",
            request_id=context.request_id,
        )
    )


def middleware(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """The http middleware: register it once, on the app."""
    started_ms = clock.monotonic_ms()
    try:
        context = _context_of(request)
    except ValueError:
        return responses.refused(
            Refusal(RefusalCode.REQUEST_MALFORMED, "The body is not what it says it is.")
        )
    outer = _current.set(context)
    try:
        response = guarded(context, lambda: _respond(context, request, get_response))
    finally:
        _current.reset(outer)
    _tell(context, response, started_ms)
    return response
