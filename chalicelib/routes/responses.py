"""Outcome to HTTP: THE table of refusal codes, the problem document, the headers of every answer.

Every failure is ``application/problem+json`` (RFC 9457) with a stable ``code``; Chalice's own
failures are turned into the same (``request_context.py``). Every answer, good or bad, lets any
origin read it, because the widget runs on any shop's page and no cookie is ever involved.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from chalice.app import CORSConfig, Response

from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.routes.contract import Answer, Route

PROBLEM_TYPE: Final = "application/problem+json"
HTML_TYPE: Final = "text/html; charset=utf-8"
PROBLEM_URN: Final = "urn:laurel:refusal:"
INCIDENT_CODE: Final = "internal"
RETRY_AFTER_SECONDS: Final = "1"

STATUSES: Final[Mapping[RefusalCode, tuple[int, str]]] = {
    RefusalCode.TOO_LARGE: (413, "The body is too large"),
    RefusalCode.MEDIA_TYPE_UNSUPPORTED: (415, "The media type is not supported"),
    RefusalCode.REQUEST_MALFORMED: (400, "The request cannot be read"),
    RefusalCode.ROUTE_UNKNOWN: (404, "There is no such route"),
    RefusalCode.METHOD_NOT_ALLOWED: (405, "The route does not take this method"),
    RefusalCode.CONNECTION_UNKNOWN: (404, "There is no such connection"),
    RefusalCode.SIGNATURE_INVALID: (401, "The signature does not hold"),
    RefusalCode.TOKEN_INVALID: (401, "The token does not hold"),
    RefusalCode.TOKEN_EXPIRED: (401, "The token has expired"),
    RefusalCode.KEY_INVALID: (401, "The key does not hold"),
    RefusalCode.SCOPE_MISSING: (403, "The key may not do this"),
    RefusalCode.RATE_LIMITED: (429, "Too many requests"),
    RefusalCode.SHOP_UNKNOWN: (404, "There is no such shop"),
    RefusalCode.MEMBER_UNKNOWN: (404, "There is no such member"),
    RefusalCode.DOCUMENT_UNKNOWN: (404, "There is no such document"),
    RefusalCode.REDEMPTION_UNKNOWN: (404, "There is no such redemption"),
    RefusalCode.REWARD_UNKNOWN: (404, "There is no such reward"),
    RefusalCode.RULE_UNKNOWN: (404, "There is no such rule"),
    RefusalCode.VERSION_UNKNOWN: (404, "There is no such version"),
    RefusalCode.DRAFT_UNKNOWN: (404, "There is no draft"),
    RefusalCode.REPLAY_UNKNOWN: (404, "The draft was not replayed"),
    RefusalCode.OBLIGATION_UNKNOWN: (404, "There is no such obligation"),
    RefusalCode.HOLD_UNKNOWN: (404, "There is no such hold"),
    RefusalCode.POOL_UNKNOWN: (404, "There is no such pool"),
    RefusalCode.INVITATION_UNKNOWN: (404, "There is no such invitation"),
    RefusalCode.CAUSE_UNKNOWN: (404, "There is no such cause"),
    RefusalCode.CHALLENGE_UNKNOWN: (404, "There is no such challenge"),
    RefusalCode.BADGE_UNKNOWN: (404, "There is no such badge"),
    RefusalCode.MESSAGE_UNKNOWN: (404, "There is no such message"),
    RefusalCode.CAMPAIGN_UNKNOWN: (404, "There is no such campaign"),
    RefusalCode.PARTNER_UNKNOWN: (404, "There is no such partner"),
    RefusalCode.REFERRAL_UNKNOWN: (404, "There is no such referral"),
    RefusalCode.MEMBER_ERASED: (410, "The member was erased"),
    RefusalCode.IDEMPOTENCY_KEY_MISSING: (400, "An idempotency key is needed"),
    RefusalCode.CURSOR_INVALID: (400, "The cursor is not of this list"),
    RefusalCode.PROGRAM_INVALID: (422, "The program has errors"),
    RefusalCode.VALUE_INVALID: (422, "A value is not right"),
    RefusalCode.UNIT_UNKNOWN: (422, "The program has no such unit"),
    RefusalCode.BELOW_MINIMUM: (422, "The amount is below the minimum"),
    RefusalCode.SAME_KEY_OTHER_REQUEST: (422, "The key was used for another request"),
    RefusalCode.SHOP_EXISTS: (409, "The shop exists already"),
    RefusalCode.DRAFT_OUTDATED: (409, "The draft is outdated"),
    RefusalCode.VERSION_SCHEDULED: (409, "Another version is scheduled"),
    RefusalCode.VERSION_NOT_WITHDRAWABLE: (409, "The version cannot be withdrawn"),
    RefusalCode.WARNINGS_UNACCEPTED: (409, "The program has warnings"),
    RefusalCode.PROGRAM_NOT_LIVE: (409, "No program is live"),
    RefusalCode.LAUNCH_NOT_OPEN: (409, "The program imports no such rows"),
    RefusalCode.NOT_IN_ROLLOUT: (409, "The program is not open to this customer yet"),
    RefusalCode.PROGRAM_PAUSED: (409, "The program is paused"),
    RefusalCode.PROGRAM_ENDED: (409, "The program has ended"),
    RefusalCode.REWARD_NOT_FOR_YOU: (409, "The reward is not for this member"),
    RefusalCode.COOLDOWN: (409, "Too soon after the last time"),
    RefusalCode.LIMIT_REACHED: (409, "The limit is reached"),
    RefusalCode.REWARD_OUT_OF_STOCK: (409, "The reward is out of stock"),
    RefusalCode.INSUFFICIENT_POINTS: (409, "Not enough points"),
    RefusalCode.HOLD_EXPIRED: (409, "The hold has expired"),
    RefusalCode.REDEMPTION_NOT_UNDOABLE: (409, "The redemption cannot be undone"),
    RefusalCode.REDEMPTION_NOT_OPEN: (409, "The redemption is not open"),
    RefusalCode.REFERRAL_NOT_FLAGGED: (409, "The referral waits for no review"),
    RefusalCode.TRANSFER_NOT_ALLOWED: (409, "The transfer is not allowed"),
    RefusalCode.BADGE_GRANTED_ALREADY: (409, "The badge was granted before"),
    RefusalCode.ALREADY_IN_POOL: (409, "The member shares a pool already"),
    RefusalCode.POOL_NOT_ALLOWED: (409, "The pool does not allow this"),
    RefusalCode.SETTLEMENT_ABOVE_GIVEN: (409, "More than is left to settle"),
    RefusalCode.MONTH_OPEN: (409, "The month is not over yet"),
    RefusalCode.BUSY: (503, "Busy: try again"),
}
"""Code to HTTP status and title: the one table, told in docs/refusals.md."""

CORS_HEADERS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Idempotent-Replayed, Retry-After, ETag",
}
"""On every answer."""

_ALLOWED_HEADERS: Final = ("Authorization", "Content-Type", "Idempotency-Key")
_PREFLIGHT_SECONDS: Final = 7_200


class Cors(CORSConfig):
    """What Chalice tells API Gateway to answer preflights with; no cookie ever counts."""

    # Chalice would add headers of AWS's own signing, which no caller of ours sends.
    _REQUIRED_HEADERS: list[str] = []  # noqa: RUF012 - Chalice's own declaration

    def __init__(self) -> None:
        """The one configuration that all routes share."""
        super().__init__(
            allow_origin="*",
            allow_headers=list(_ALLOWED_HEADERS),
            expose_headers=["Idempotent-Replayed", "Retry-After", "ETag"],
            max_age=_PREFLIGHT_SECONDS,
        )


def preflight_headers(methods: tuple[str, ...]) -> dict[str, str]:
    """The answer to OPTIONS, as API Gateway gives it for a path with ``methods``."""
    return {
        **CORS_HEADERS,
        "Access-Control-Allow-Headers": ", ".join(_ALLOWED_HEADERS),
        "Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS")),
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }


class ProblemItem(msgspec.Struct, frozen=True):
    """One thing wrong with one field."""

    path: str
    code: str
    detail: str


class ProblemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document of RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[ProblemItem, ...] = ()
    incident: str = ""  # tell it to the operator: the log has a line with it


class DoorResponse(Response):
    """An answer of ours, with what the log line needs; anything else is Chalice's own."""

    def __init__(
        self, body: str, status: int, headers: Mapping[str, str] | None = None, code: str = ""
    ) -> None:
        """``body`` is text: a bytes body breaks Chalice's test client."""
        super().__init__(body=body, status_code=status, headers={**CORS_HEADERS, **(headers or {})})
        self.code = code


def status_of(code: RefusalCode) -> int:
    """The HTTP status of a refusal."""
    return STATUSES[code][0]


def problem_items(problems: tuple[Problem, ...]) -> tuple[ProblemItem, ...]:
    """``problems`` as answers tell them."""
    return tuple(ProblemItem(each.path, each.code, each.detail) for each in problems)


def _problem(view: ProblemView, headers: Mapping[str, str]) -> DoorResponse:
    body = msgspec.json.encode(view).decode()
    all_headers = {"Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store", **headers}
    return DoorResponse(body, view.status, all_headers, view.code)


def _headers_of(status: int) -> dict[str, str]:
    """What a status asks for: RFC 9110 wants a challenge with 401; 429 and 503 may be retried."""
    if status == 401:  # noqa: PLR2004 - a status is its own name
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": RETRY_AFTER_SECONDS} if status in {429, 503} else {}


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> DoorResponse:
    """The problem document of a refusal."""
    status, title = STATUSES[refusal.code]
    view = ProblemView(
        type=f"{PROBLEM_URN}{refusal.code}",
        title=title,
        status=status,
        code=refusal.code.value,
        detail=refusal.detail,
        errors=problem_items(refusal.problems),
    )
    return _problem(view, {**_headers_of(status), **(headers or {})})


def broken(incident_id: str) -> DoorResponse:
    """The answer to what nobody expected: an id to look up in the log, and nothing else."""
    view = ProblemView(
        type=f"urn:laurel:{INCIDENT_CODE}",
        title="Something broke on our side",
        status=500,
        code=INCIDENT_CODE,
        detail="This should not have happened. The operator finds it in the log by its incident.",
        incident=incident_id,
    )
    return _problem(view, {})


def answered(answer: Answer, route: Route) -> DoorResponse:
    """The answer of a view. A replay is 200, says so, and is the recorded result."""
    status = answer.status or (200 if answer.replayed else route.contract.status)
    headers = {"Cache-Control": "no-store", **answer.headers}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    if answer.html:
        return DoorResponse(answer.html, status, {"Content-Type": HTML_TYPE, **headers})
    if answer.body is None:
        return DoorResponse("", status, headers)
    body = msgspec.json.encode(answer.body).decode()
    return DoorResponse(body, status, {"Content-Type": "application/json", **headers})
