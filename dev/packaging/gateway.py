"""What API Gateway answers by itself: problem documents that any origin may read.

A request that never reaches the function (an unknown path, a body over 10 MB, too many at once)
would be answered by the gateway in a form of its own, without CORS, which the widget could not
even read. The texts are made of the same table that the routes answer by.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from chalicelib.domain.outcome import RefusalCode
from chalicelib.routes.responses import (
    CORS_HEADERS,
    PROBLEM_TYPE,
    PROBLEM_URN,
    RETRY_AFTER_SECONDS,
    STATUSES,
    ProblemView,
)
from chalicelib.storage.definition import Json

_NOWHERE: Final = "There is nothing at this address, or it does not take this method."

# No route is behind AWS's own signatures, so the gateway's complaints about one mean a path that
# it does not know: without a token it misses one, with ours it finds that it is not AWS's.
OWN_ANSWERS: Final[Mapping[str, tuple[RefusalCode, str]]] = {
    "ACCESS_DENIED": (RefusalCode.ROUTE_UNKNOWN, _NOWHERE),
    "EXPIRED_TOKEN": (RefusalCode.ROUTE_UNKNOWN, _NOWHERE),
    "INVALID_SIGNATURE": (RefusalCode.ROUTE_UNKNOWN, _NOWHERE),
    "MISSING_AUTHENTICATION_TOKEN": (RefusalCode.ROUTE_UNKNOWN, _NOWHERE),
    "RESOURCE_NOT_FOUND": (RefusalCode.ROUTE_UNKNOWN, _NOWHERE),
    "REQUEST_TOO_LARGE": (RefusalCode.TOO_LARGE, "The gateway takes 10 MB at most."),
    "UNSUPPORTED_MEDIA_TYPE": (RefusalCode.MEDIA_TYPE_UNSUPPORTED, "Send application/json."),
    "THROTTLED": (RefusalCode.RATE_LIMITED, "Too many requests at once: try again."),
    "QUOTA_EXCEEDED": (RefusalCode.RATE_LIMITED, "Too many requests: try again later."),
    "DEFAULT_4XX": (RefusalCode.REQUEST_MALFORMED, "The gateway cannot read this request."),
    # The function gave no answer, so nobody knows what it did; asking again is safe everywhere.
    "DEFAULT_5XX": (RefusalCode.BUSY, "No answer in time: try again, with the same key."),
}
"""Type of the gateway's response, and how we say it. The two defaults stand for all others."""

_MAY_BE_RETRIED: Final = frozenset({RefusalCode.BUSY, RefusalCode.RATE_LIMITED})


def _headers(code: RefusalCode) -> dict[str, str]:
    headers = {"Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store", **CORS_HEADERS}
    if code in _MAY_BE_RETRIED:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    return headers


def _response(code: RefusalCode, detail: str) -> Json:
    status, title = STATUSES[code]
    view = ProblemView(
        type=f"{PROBLEM_URN}{code}", title=title, status=status, code=code.value, detail=detail
    )
    headers: dict[str, Json] = {name: f"'{value}'" for name, value in _headers(code).items()}
    return {
        "StatusCode": str(status),
        "ResponseParameters": {"Headers": headers},
        # The gateway picks its template by this key and finds no other; the header says the rest.
        "ResponseTemplates": {"application/json": msgspec.json.encode(view).decode()},
    }


def gateway_responses() -> dict[str, Json]:
    """``GatewayResponses`` of an ``AWS::Serverless::Api``."""
    return {kind: _response(code, detail) for kind, (code, detail) in OWN_ANSWERS.items()}
