"""What a route promises, as a value: the framework keeps it, OpenAPI tells it, tests read it.

::

    Door (door.py) ── declares ──► Route = method, path, audience, view + Contract
    request ──► admission.py: size, media type, JSON, who, what is asked, content ──► view(call)
    view ──► Answer | Refusal ──► responses.py

A view is a plain function ``(call: Call[Body], shop: str, ...) -> Answer | Refusal`` over path
parameters by name. It never sees Chalice, never parses, never catches; so it can be called in a
test like any function. Nothing here does any work but keeping the list of what was declared.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeAlias, TypeVar

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import BODY_BYTES_MAX, PAGE_SIZE_DEFAULT, WEBHOOK_BYTES_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode, ensure
from chalicelib.routes.cursors import write_cursor
from chalicelib.security.scopes import Scope
from chalicelib.security.storefront_tokens import Customer
from chalicelib.storage.table import Start, Table

BodyT_co = TypeVar("BodyT_co", covariant=True)
ItemT = TypeVar("ItemT")
PathT = ParamSpec("PathT")


class Audience(StrEnum):
    """Who comes through a door, which decides how they show who they are."""

    PUBLIC = "public"  # anybody
    WEBHOOKS = "webhooks"  # a shop platform: the view verifies its signature over the raw bytes
    STOREFRONT = "storefront"  # a shopper: token as Bearer or as "token" in the body
    ADMIN = "admin"  # staff and their programs: Bearer API key, or the operator key


class NoBody(msgspec.Struct, frozen=True):
    """The body of a route that takes none."""


class TokenBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a browser sends: the token in the body saves it a preflight."""

    token: str = ""


class KeyedTokenBody(TokenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a browser sends to move points."""

    idempotency_key: str = ""


class KeyedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what moves points on the admin side; the header is the other way to give the key."""

    idempotency_key: str = ""


class ListView(msgspec.Struct, Generic[ItemT], frozen=True):
    """One page of a list; ``next_cursor`` is null on the last one."""

    items: tuple[ItemT, ...]
    next_cursor: str | None = None


class Nobody(msgspec.Struct, frozen=True):
    """Nobody showed who they are, and nobody had to."""


class Operator(msgspec.Struct, frozen=True):
    """Who runs this deployment: may do all in every shop."""


class KeyHolder(msgspec.Struct, frozen=True):
    """Who holds an API key of one shop."""

    key_id: str
    shop: str
    scopes: frozenset[Scope]


Principal: TypeAlias = Nobody | Operator | KeyHolder | Customer


class PageRequest(msgspec.Struct, frozen=True):
    """Which page of a list is asked for: ``Query(limit=page.limit, start=page.start)``."""

    limit: int = PAGE_SIZE_DEFAULT
    start: Start | None = None


class Call(msgspec.Struct, Generic[BodyT_co], frozen=True):
    """One request, as far as a view needs to know it."""

    table: Table
    now: Instant  # the time of the books
    wall_now: Instant  # real time, for tokens and caches
    body: BodyT_co
    raw: bytes = b""  # the body byte for byte, for signatures
    headers: Mapping[str, str] = {}  # case-insensitive
    query: Mapping[str, str] = {}  # the last value of each parameter
    query_values: Mapping[str, tuple[str, ...]] = {}
    principal: Principal = Nobody()
    idempotency_key: str = ""  # never empty where the contract asks for one
    page: PageRequest = PageRequest()
    list_name: str = ""  # what cursors of this list are bound to
    request_id: str = ""
    source_ip: str = ""  # as the gateway saw it; "" where there is none

    @property
    def customer(self) -> Customer:
        """The shopper behind a call of the storefront."""
        if isinstance(self.principal, Customer):
            return self.principal
        raise TypeError("only storefront routes have a customer")

    @property
    def actor(self) -> str:
        """Who did it, for documents and the audit log: ``operator`` or ``key:<id>``."""
        if isinstance(self.principal, KeyHolder):
            return f"key:{self.principal.key_id}"
        return "operator" if isinstance(self.principal, Operator) else ""

    def page_of(self, items: tuple[ItemT, ...], next_start: Start | None) -> ListView[ItemT]:
        """The answer of a list route; the cursor is good for this list alone."""
        cursor = write_cursor(self.list_name, next_start) if next_start else None
        return ListView(items=items, next_cursor=cursor)


class Answer(msgspec.Struct, frozen=True):
    """A yes, and what HTTP must know of it."""

    body: msgspec.Struct | Mapping[str, Any] | None = None
    status: int = 0  # 0: the contract's
    headers: Mapping[str, str] = {}
    replayed: bool = False  # this was answered before: 200 and Idempotent-Replayed
    html: str = ""  # a page instead of JSON; it must have escaped what it shows
    target: str = ""  # for the audit log: the new id, the member behind ``external:``
    reason: str = ""  # for the audit log: why a limit of the shop's own was gone over


Outcome: TypeAlias = Answer | Refusal
Locate: TypeAlias = Callable[[Call[NoBody], Mapping[str, str]], Refusal | None]


class QueryParameter(msgspec.Struct, frozen=True):
    """One parameter of the query, beside ``limit`` and ``cursor`` of lists."""

    name: str
    meaning: str


class Contract(msgspec.Struct, Generic[BodyT_co], frozen=True):
    """What a route takes and gives.

    ``locate`` answers whether what the path names is there. It is asked only when the content is
    refused, because a 404 or 410 goes before a 422 and a good request must not pay for that; a
    view says the same itself. Without one, the shop of the path must exist.
    """

    body: type[BodyT_co]  # NoBody, a frozen msgspec.Struct, or a plain dict for a free document
    answer: Any  # type of the answer's body: a Struct, ListView[Struct], dict; None for nothing
    summary: str
    scope: Scope | None = None  # of an API key; None on admin: the operator alone
    status: int = 200
    refusals: tuple[RefusalCode, ...] = ()  # beyond those that the framework itself gives
    idempotent: bool = False  # wants an idempotency key
    is_once: bool = False  # done already is 200, without any key: joining
    is_list: bool = False  # takes ?limit= and ?cursor=
    query: tuple[QueryParameter, ...] = ()
    locate: Locate | None = None
    body_bytes_max: int = 0  # 0: the usual of the audience


_PATH_PARAMETER: Final = re.compile(r"{(\w+)}")


class Route(msgspec.Struct, frozen=True):
    """A declared route."""

    method: str
    path: str  # the template
    audience: Audience
    contract: Contract[Any]
    view: Callable[..., Outcome]

    @property
    def template(self) -> str:
        """``POST /v1/admin/shops/{shop}/api-keys``: its name in logs, docs and tests."""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(_PATH_PARAMETER.findall(self.path))

    @property
    def body_bytes_max(self) -> int:
        """The largest body: checked before anything else."""
        usual = WEBHOOK_BYTES_MAX if self.audience is Audience.WEBHOOKS else BODY_BYTES_MAX
        return self.contract.body_bytes_max or usual

    @property
    def takes_json(self) -> bool:
        """Whether the framework reads the body as JSON."""
        return self.contract.body is not NoBody

    @property
    def is_write(self) -> bool:
        """Whether it may change anything: what the audit log tells."""
        return self.method != "GET"


View: TypeAlias = Callable[Concatenate[Call[BodyT_co], PathT], Outcome]

_routes: dict[tuple[str, str], Route] = {}


def declare(route: Route) -> None:
    """Add ``route`` to the list of what there is."""
    known = (route.method, route.path)
    ensure(known not in _routes, "a route is declared once")
    _routes[known] = route


def declared_routes() -> tuple[Route, ...]:
    """Every route of every door that was imported, by path and method."""
    return tuple(sorted(_routes.values(), key=lambda route: (route.path, route.method)))


def find_route(method: str, path: str) -> Route | None:
    """The route of a method and a path template."""
    return _routes.get((method, path))
