"""A small HTTP/1.1 server on 127.0.0.1 around ``LocalGateway``: a thread for each connection.

Answers are buffered and sent in one piece (unbuffered ones cost 43 ms each with keep-alive, from
Nagle and delayed acknowledgement). A body is read by its declared length and never beyond; what
has no length, or too much, is refused and the connection closed, so that one request can never
begin inside another.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chalicelib.domain.outcome import RefusalCode
from dev.local_gateway import Answered, Asked, LocalGateway, refused

HOST = "127.0.0.1"
BODY_BYTES_MAX = 10_000_000
"""API Gateway's own limit; the app's are below."""

_IDLE_SECONDS_MAX = 60


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "laurel-local"
    sys_version = ""
    wbufsize = -1
    timeout = _IDLE_SECONDS_MAX
    disable_nagle_algorithm = True
    server: "LocalServer"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing: telemetry tells one line for each request."""

    def _answer(self) -> None:
        length = self._declared_length()
        if isinstance(length, Answered):
            self.close_connection = True
            self._send(length)
            return
        body = self.rfile.read(length)
        if len(body) < length:  # the other side hung up in the middle
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self._send(self.server.gateway.answer(asked))

    def _declared_length(self) -> int | Answered:
        if self.headers.get("Transfer-Encoding"):
            return refused(RefusalCode.REQUEST_MALFORMED, "Send a Content-Length.")
        lengths = self.headers.get_all("Content-Length") or ["0"]
        text = lengths[0].strip()
        if len(set(lengths)) > 1 or not (text.isascii() and text.isdigit()):
            return refused(RefusalCode.REQUEST_MALFORMED, "The Content-Length is no number.")
        if len(text) > len(str(BODY_BYTES_MAX)) or int(text) > BODY_BYTES_MAX:
            return refused(RefusalCode.TOO_LARGE, f"A body has {BODY_BYTES_MAX} bytes at most.")
        return int(text)

    def _send(self, answered: Answered) -> None:
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        has_body = answered.status not in {204, 304}
        if has_body:
            self.send_header("Content-Length", str(len(answered.body)))
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(answered.body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method, known or not: the app says which ones it takes."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)


class LocalServer(ThreadingHTTPServer):
    """The server. ``port`` 0 takes any free one; ``address`` tells which."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: LocalGateway, port: int) -> None:
        """Bind to 127.0.0.1 and to nothing else."""
        self.gateway = gateway
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_port}"

    def process_request(self, request: object, client_address: object) -> None:
        """Remember who is connected, and answer in a thread."""
        if isinstance(request, socket.socket):
            self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]  # handed on

    def shutdown_request(self, request: object) -> None:
        """Forget who hung up."""
        if isinstance(request, socket.socket):
            self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]  # handed on

    def hang_up(self) -> None:
        """End the connections that browsers keep alive, so that their threads end."""
        for link in tuple(self._open):
            with suppress(OSError):  # it hung up in this moment
                link.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that hung up; a bug of ours is answered and told before."""


@contextmanager
def running(gateway: LocalGateway, port: int = 0) -> Iterator[LocalServer]:
    """The server, answering in a thread of its own, with the books on the local clock."""
    server = LocalServer(gateway, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    with gateway.use_clock():
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
            server.server_close()
