"""A small storefront API and file server for browser tests, over the standard library.

It speaks the contract of the storefront (program, card, join, redemptions, undo, history), serves
the widget's files and pages that tests put up, and can be told to fail: ``world.fault`` is an HTTP
status to answer with, ``"hang"`` (waits, then drops the connection) or ``"lose"`` (carries the
request out, then drops it). It never checks signatures, and never stands in for the real API where
that can be used.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser.stub_world import Member, World, subject

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}


class Handler(BaseHTTPRequestHandler):
    """Routes of the storefront, static files, and pages that tests have put up."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    world: World
    files: Path

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: str, kind: str, more: dict[str, str] | None = None) -> None:
        """One whole answer."""
        data = body.encode()
        self.send_response(status)
        for name, value in (HEADERS | {"Content-Type": kind} | (more or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(
        self, status: int, value: dict[str, Any], more: dict[str, str] | None = None
    ) -> None:
        """One JSON answer; errors as problem documents."""
        kind = "application/json" if status < 400 else "application/problem+json"
        self.send(status, json.dumps(value), kind, more)

    def do_OPTIONS(self) -> None:
        """A preflight: the widget must never cause one."""
        self.world.calls.append(("OPTIONS", self.path, {}))
        self.send(204, "", "text/plain", {"Access-Control-Allow-Headers": "*"})

    def do_GET(self) -> None:
        """Pages, files, the session and the program."""
        url = urlsplit(self.path)
        if url.path in self.world.pages:
            body, headers = self.world.pages[url.path]
            self.send(200, body, TYPES[".html"], headers)
        elif url.path == "/session":
            self.world.calls.append(("GET", url.path, {}))
            self.answer(200, {"token": self.world.session}, {"Cache-Control": "no-store"})
        elif url.path.startswith("/v1/storefront/"):
            self.world.calls.append(("GET", url.path, {}))
            if not self.failed(url.path):
                locale = parse_qs(url.query).get("locale", ["en"])[0]
                cache = {"Cache-Control": "public, max-age=60, stale-while-revalidate=600"}
                self.answer(200, self.world.program(locale), cache)
        else:
            self.file(url.path)

    def file(self, path: str) -> None:
        """A file of the widget."""
        found = (self.files / path.lstrip("/")).resolve()
        if not found.is_file() or self.files not in found.parents:
            self.send(404, "", "text/plain")
            return
        self.send(200, found.read_text(), TYPES[found.suffix], {"Cache-Control": "no-cache"})

    def do_POST(self) -> None:
        """The storefront for a customer."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        path = urlsplit(self.path).path
        self.world.calls.append(("POST", path, body))
        if self.world.fault != "lose" and self.failed(path):
            return
        customer = subject(body.get("token"))
        if customer is None or body["token"] in self.world.refused:
            self.answer(401, {"status": 401, "code": "token_expired", "detail": "sign in"})
            return
        with self.world.lock:
            status, value = self.decide(path.split("/")[4:], customer, body)
        if self.world.fault == "lose" and self.failed(path):
            return
        self.answer(status, value)

    def failed(self, path: str) -> bool:
        """Fail as the test wants it."""
        fault = self.world.fault
        if fault is None or self.world.fault_path not in path:
            return False
        if isinstance(fault, int):
            self.answer(fault, {"status": fault, "code": "busy"}, {"Retry-After": "1"})
        else:
            if fault == "hang":
                time.sleep(3)
            self.close_connection = True
        return True

    def decide(
        self, path: list[str], customer: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """The answer to a well-formed request."""
        world = self.world
        match path:
            case ["card"]:
                return 200, world.card(customer, body)
            case ["join"]:
                world.members.setdefault(customer, Member(25, 0, 0, [], [(0, 25)]))
                return 201, world.card(customer, body)
            case ["redemptions"]:
                return world.redeem(customer, body)
            case ["redemptions", redemption_id, "undo"]:
                return world.undo(customer, redemption_id, body.get("locale") or "en")
            case ["history"]:
                return 200, world.history(customer, body)
            case _:
                return 404, {"status": 404, "code": "route_unknown"}


class Stub:
    """A running stub on a free port of the loopback."""

    def __init__(self, world: World, files: Path, port: int = 0) -> None:
        """Start serving ``world`` and the files below ``files``."""
        handler = type("BoundHandler", (Handler,), {"world": world, "files": files.resolve()})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.world = world
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        # By default it looks twice a second whether it should stop, which each test would wait for.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
