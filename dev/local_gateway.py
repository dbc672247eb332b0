"""API Gateway on this machine, without a socket: a request in, an answer out.

It makes the same Lambda event as API Gateway (with Chalice's own converter), and answers by
itself what API Gateway answers by itself: preflights and paths that do not exist. Beside the app
it serves the local clock, handlers of the demo, and folders of static files. Tests call it
directly; ``local_server`` puts it behind a socket.
"""

import itertools
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chalice.app import Chalice
from chalice.local import LambdaContext, LambdaEventConverter, RouteMatcher

from chalicelib import clock
from chalicelib.domain.instants import Instant, iso, parse_instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.routes import responses
from dev.local_clock import LocalClock

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
CLOCK_PATH = "/dev/clock"
CLOCK_HEADER = "x-laurel-now"

_FUNCTION_MEMORY_MB = 256


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. Header names are in lower case; ``target`` is path and query."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path alone, still percent-encoded."""
        return urlsplit(self.target).path


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> object:
        """The body as plain values."""
        return json.loads(self.body)


Handler = Callable[[Asked], Answered]


def json_answer(plain: object, status: int = 200) -> Answered:
    """An answer in JSON that any page may read."""
    headers = {**responses.CORS_HEADERS, "Content-Type": "application/json"}
    return Answered(status, headers, json.dumps(plain).encode())


def refused(code: RefusalCode, detail: str) -> Answered:
    """The same problem document that the app would give."""
    response = responses.refused(Refusal(code, detail))
    headers = {name: str(value) for name, value in response.headers.items()}
    return Answered(response.status_code, headers, str(response.body).encode())


class LocalGateway:
    """Everything that the local server answers.

    ``handlers`` are (method, path) of the demo; ``mounts`` are path prefixes of static folders.
    """

    def __init__(
        self,
        app: Chalice,
        handlers: Mapping[tuple[str, str], Handler] | None = None,
        mounts: Mapping[str, Path] | None = None,
    ) -> None:
        """Read the routes of ``app`` once."""
        self.clock = LocalClock()
        self._app = app
        matcher = RouteMatcher(list(app.routes))
        self._converter = LambdaEventConverter(matcher, app.api.binary_types)
        own = {("POST", CLOCK_PATH): self._move_clock, ("GET", CLOCK_PATH): self._tell_clock}
        self._handlers: dict[tuple[str, str], Handler] = {**own, **(handlers or {})}
        self._mounts = sorted((mounts or {}).items(), key=lambda mount: -len(mount[0]))
        self._numbers = itertools.count(1)

    def use_clock(self) -> AbstractContextManager[None]:
        """Let the books see the local clock inside the block."""
        return clock.use(self.clock.read)

    def answer(self, asked: Asked) -> Answered:
        """The answer to one request. Safe to call from many threads."""
        told = asked.headers.get(CLOCK_HEADER)
        now: Instant | None = None
        if told is not None:
            try:
                now = parse_instant(told)
            except (ValueError, OverflowError):
                return refused(
                    RefusalCode.REQUEST_MALFORMED, "X-Laurel-Now is no time with a zone."
                )
        with self.clock.at(now):
            return self._routed(asked)

    def _routed(self, asked: Asked) -> Answered:
        handler = self._handlers.get((asked.method, asked.path))
        if handler:
            return handler(asked)
        try:
            event = self._converter.create_lambda_event(
                asked.method, asked.target, dict(asked.headers), asked.body
            )
        except ValueError:  # no such route
            return self._beside_the_app(asked)
        if asked.method == "OPTIONS":
            return self._preflight(event["requestContext"]["resourcePath"])
        event["requestContext"]["requestId"] = f"local-{next(self._numbers):06d}"
        answer = self._app(event, LambdaContext("laurel", _FUNCTION_MEMORY_MB))
        body = answer["body"]
        return Answered(
            answer["statusCode"],
            {**answer["headers"]},
            body.encode() if isinstance(body, str) else body,
        )

    def _preflight(self, path: str) -> Answered:
        return Answered(200, responses.preflight_headers(tuple(sorted(self._app.routes[path]))))

    def _beside_the_app(self, asked: Asked) -> Answered:
        is_known = any(path == asked.path for _, path in self._handlers)
        if is_known and asked.method == "OPTIONS":
            return Answered(200, responses.preflight_headers(("GET", "POST")))
        file = self._file(asked.path) if asked.method in {"GET", "HEAD"} else None
        if file is None:
            return refused(RefusalCode.ROUTE_UNKNOWN, "There is nothing at this address.")
        content_type = CONTENT_TYPES.get(file.suffix, "application/octet-stream")
        headers = {
            **responses.CORS_HEADERS,
            "Content-Type": content_type,
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
        }
        return Answered(200, headers, file.read_bytes())

    def _file(self, path: str) -> Path | None:
        """The file that a static folder has for ``path``; never one outside of the folder."""
        plain = unquote(path)
        for prefix, folder in self._mounts:
            root = prefix.rstrip("/")
            inside = plain.removeprefix(root).lstrip("/")
            is_inside = plain == root or plain.startswith(f"{root}/")
            if not is_inside or "\x00" in inside:
                continue
            file = (folder / inside).resolve()
            file = file / "index.html" if file.is_dir() else file
            if file.is_relative_to(folder.resolve()) and file.is_file():
                return file
        return None

    def _tell_clock(self, _: Asked) -> Answered:
        return json_answer({"now": iso(self.clock.read())})

    def _move_clock(self, asked: Asked) -> Answered:
        try:
            now = parse_instant(json.loads(asked.body)["now"])
        except (ValueError, KeyError, TypeError, OverflowError):
            return refused(RefusalCode.VALUE_INVALID, 'Send {"now": a time with a zone}.')
        self.clock.move_to(now)
        return self._tell_clock(asked)
