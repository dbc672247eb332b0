"""The local server: real sockets, many clients, hostile lengths, the local clock, static files."""

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib import clock, settings, telemetry
from chalicelib.domain.instants import HOUR_MS
from chalicelib.storage import connection
from dev.local_gateway import Asked, LocalGateway, json_answer
from dev.local_server import HOST, LocalServer, running
from tests.memory_table import MemoryTable
from tests.routes.house import OPERATOR_KEY, SETTINGS

KEYED = {"Authorization": f"Bearer {OPERATOR_KEY}", "Content-Type": "application/json"}
TEA = {"name": "Tea", "currency": "USD", "timezone": "UTC", "locales": ["en"]}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    folder = tmp_path / "static"
    (folder / "inner").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Tea</h1>")
    (folder / "inner" / "a.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")
    handlers = {("POST", "/demo/buy"): lambda asked: json_answer({"bytes": len(asked.body)})}
    gateway = LocalGateway(app, handlers, {"/shop": folder, "/": folder / "inner"})
    with (
        settings.use(SETTINGS),
        connection.use_table(MemoryTable()),
        telemetry.use(lambda _: None),
        running(gateway) as made,
    ):
        yield made


def ask(server: LocalServer, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """One request on a connection of its own: status, headers, body."""
    link = http.client.HTTPConnection(HOST, server.server_port, timeout=10)
    raw = json.dumps(body).encode() if body is not None else None
    try:
        link.request(method, path, raw, {**KEYED, **headers})
        answer = link.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        link.close()


def raw_answer(server: LocalServer, sent: bytes) -> bytes:
    """What comes back until the server hangs up."""
    with socket.create_connection((HOST, server.server_port), timeout=10) as link:
        link.sendall(sent)
        link.shutdown(socket.SHUT_WR)
        received = b""
        while part := link.recv(65_536):
            received += part
    return received


def test_it_listens_on_this_machine_alone(server: LocalServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_port}"


def test_a_shop_is_made_over_a_real_socket(server: LocalServer) -> None:
    status, headers, body = ask(server, "POST", "/v1/admin/shops", {"shop_id": "tea", **TEA})
    assert (status, json.loads(body)["shop_id"]) == (201, "tea")
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_one_connection_answers_many_requests_and_head_has_no_body(server: LocalServer) -> None:
    link = http.client.HTTPConnection(HOST, server.server_port, timeout=10)
    for method in ("GET", "HEAD", "GET", "OPTIONS", "HEAD", "GET"):
        link.request(method, "/v1/openapi.json", headers=KEYED)
        answer = link.getresponse()
        body = answer.read()
        assert answer.status == (405 if method == "HEAD" else 200)
        assert bool(body) == (method == "GET")
    link.close()


def test_answers_over_many_sockets_never_mix(server: LocalServer) -> None:
    def make(number: int) -> bool:
        shop = f"shop-{number}"
        said = {"shop_id": shop, **TEA, "name": f"Name {number}"}
        now = f"2027-01-01T00:00:{number % 60:02d}Z"
        status, _, body = ask(server, "POST", "/v1/admin/shops", said, **{"X-Laurel-Now": now})
        told = json.loads(body)
        return (status, told["shop_id"], told["name"], told["created_at"]) == (
            201,
            shop,
            f"Name {number}",
            now,
        )

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(make, range(160)))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: abc", b"400"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: 1\r\nContent-Length: 2", b"400"),
        (b"Content-Length: 10000001", b"413"),
        (b"Content-Length: 99999999999999999999", b"413"),
        (b"Transfer-Encoding: chunked", b"400"),
    ],
)
def test_a_length_that_cannot_be_right_ends_the_connection(
    server: LocalServer, head: bytes, status: bytes
) -> None:
    smuggled = b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    sent = b"POST /v1/admin/shops HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n" + smuggled
    received = raw_answer(server, sent)
    assert received.startswith(b"HTTP/1.1 " + status)
    assert b"application/problem+json" in received
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_client_that_hangs_up_in_the_middle_is_not_answered(server: LocalServer) -> None:
    sent = b"POST /v1/admin/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    assert raw_answer(server, sent) == b""
    assert ask(server, "GET", "/v1/openapi.json")[0] == 200


@pytest.mark.parametrize("method", ["TRACE", "QUERY", "PROPFIND", "get"])
def test_methods_that_nobody_knows_are_the_apps_to_refuse(server: LocalServer, method: str) -> None:
    status, headers, body = ask(server, method, "/v1/openapi.json")
    assert (status, json.loads(body)["code"]) == (405, "method_not_allowed")
    assert headers["Allow"] == "GET"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v2", "/shop/none.js", "/inner/a.js"])
def test_an_unknown_path_is_a_404_problem(server: LocalServer, path: str) -> None:
    status, headers, body = ask(server, "GET", path)
    assert (status, json.loads(body)["code"]) == (404, "route_unknown")
    assert headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/shop", "text/html; charset=utf-8", b"<h1>Tea</h1>"),
        ("/shop/", "text/html; charset=utf-8", b"<h1>Tea</h1>"),
        ("/shop/index.html?x=1", "text/html; charset=utf-8", b"<h1>Tea</h1>"),
        ("/shop/inner/a.js", "text/javascript; charset=utf-8", b"export {}"),
        ("/a.js", "text/javascript; charset=utf-8", b"export {}"),
    ],
)
def test_static_files_have_their_types(
    server: LocalServer, path: str, content_type: str, body: bytes
) -> None:
    status, headers, found = ask(server, "GET", path)
    assert (status, headers["Content-Type"], found) == (200, content_type, body)


@pytest.mark.parametrize(
    "path",
    ["/shop/../secret.txt", "/shop/%2e%2e/secret.txt", "/shop/..%2fsecret.txt", "/shop/%00",
     "/shop//etc/passwd", "/shopsecret.txt"],
)  # fmt: skip
def test_nothing_outside_of_the_folder_is_served(server: LocalServer, path: str) -> None:
    status, _, body = ask(server, "GET", path)
    assert status == 404
    assert b"secret" not in body.replace(b"/shop", b"")


def test_handlers_of_the_demo_are_asked(server: LocalServer) -> None:
    assert ask(server, "POST", "/demo/buy", {"a": 1})[2] == b'{"bytes": 8}'
    assert ask(server, "GET", "/demo/buy")[0] == 404
    assert ask(server, "OPTIONS", "/demo/buy")[0] == 200


def test_the_header_sets_the_time_of_one_request(server: LocalServer) -> None:
    said = {"shop_id": "tea", **TEA}
    then = "2030-05-06T07:08:09.010Z"
    body = ask(server, "POST", "/v1/admin/shops", said, **{"X-Laurel-Now": then})[2]
    assert json.loads(body)["created_at"] == then
    body = ask(server, "POST", "/v1/admin/shops", {**said, "shop_id": "now"})[2]
    assert not json.loads(body)["created_at"].startswith("2030")
    status, _, body = ask(server, "GET", "/v1/openapi.json", **{"X-Laurel-Now": "2030-05-06"})
    assert (status, json.loads(body)["code"]) == (400, "request_malformed")


def test_the_clock_is_moved_for_everybody_and_runs_on(server: LocalServer) -> None:
    status, _, body = ask(server, "POST", "/dev/clock", {"now": "2031-01-01T00:00:00Z"})
    assert status == 200
    assert json.loads(body)["now"].startswith("2031-01-01T00:00:0")
    real = clock.wall_now()
    assert clock.utc_now() - real > 24 * HOUR_MS
    assert json.loads(ask(server, "GET", "/dev/clock")[2])["now"].startswith("2031-01-01")
    hostile: list[Any] = [{}, {"now": 5}, {"now": "2031-01-01"}, []]
    for wrong in hostile:
        assert ask(server, "POST", "/dev/clock", wrong)[0] == 422


def test_without_the_local_server_the_books_keep_real_time() -> None:
    gateway = LocalGateway(app)
    with gateway.clock.at(1):
        assert clock.utc_now() > 1
        with gateway.use_clock():
            assert clock.utc_now() == 1
    assert abs(clock.utc_now() - clock.wall_now()) < HOUR_MS
    assert gateway.answer(Asked("GET", "/dev/clock")).status == 200
