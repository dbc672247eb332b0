"""What strangers may send to every route: each a clear problem document, none an error of ours.

Every route of the registry is walked, so a new one is tried too. ``Client.ask`` holds each answer
to its promises: CORS, a problem with status and code, and a code that the route declares.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.limits import BODY_BYTES_MAX, JSON_DEPTH_MAX
from chalicelib.routes.contract import Audience, Route
from chalicelib.routes.parsing import JsonObject
from tests.routes.house import OPERATOR_KEY
from tests.routes.samples import BODIES, filled, furnished, walked
from tests.routes.session import Session, code_of, open_session

EVERY = walked(*Audience)
WITH_BODY = tuple(route for route in EVERY if route.takes_json)
WITH_PATH = tuple(route for route in EVERY if route.parameters)
FILES_MAX = 2_000_000

MALFORMED = {
    "cut": b'{"a": ',
    "no json": b"hello",
    "not utf-8": b'{"a": "\xff"}',
    "half a pair": b'{"a": "\\ud800"}',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * (JSON_DEPTH_MAX + 1) + b"1" + b"}" * (JSON_DEPTH_MAX + 1),
    "a name twice": b'{"a": 1, "a": 2}',
    "not a number": b'{"a": NaN}',
    "infinite": b'{"a": -Infinity}',
    "huge number": b'{"a": 1e999}',
    "comment": b'{"a": 1} // x',
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "nul": b"{}\x00",
}
OTHER_TYPES = (b"[]", b"null", b"true", b"5", b"1.5", b'"x"', b"[{}]")
ODD_IDS = ("%00", "%0A", "%7F", "%FF", "%ED%A0%80", "x" * 513, "%F0%9F%8D%B5" * 300)
HARMLESS_IDS = ("%23", "%2F", "..", "%2E%2E%2F", "%25", "'%20OR%201=1", "<script>", "%C3%A9", "*")


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Session, dict[str, str]]]:
    with open_session() as shop:
        shop.tokens["77"] = shop.token()
        yield shop, furnished(shop)


Shared = tuple[Session, dict[str, str]]


def ask(shop: Session, route: Route, path: str, body: object, **headers: str) -> Any:
    """As somebody who may: the operator, or customer 77 by Bearer."""
    is_shopper = route.audience is Audience.STOREFRONT
    key = shop.tokens["77"] if is_shopper else OPERATOR_KEY
    return shop.client.ask(route.method, path, body, key=key, headers=headers)


def by_template(route: Route) -> str:
    return route.template


@pytest.mark.parametrize("route", WITH_BODY, ids=by_template)
def test_what_is_no_json_is_malformed_before_anything_is_looked_at(
    shared: Shared, route: Route
) -> None:
    shop, values = shared
    path = filled(route, values)
    for name, body in MALFORMED.items():
        calls = len(shop.table.calls)
        answered = ask(shop, route, path, body)
        assert (answered.status, code_of(answered)) == (400, "request_malformed"), name
        assert len(shop.table.calls) == calls, name
        stranger = shop.client.ask(route.method, path, body, key="")
        assert code_of(stranger) == "request_malformed", name


@pytest.mark.parametrize("route", WITH_BODY, ids=by_template)
def test_a_body_over_the_limit_is_too_large_whoever_sends_it(shared: Shared, route: Route) -> None:
    shop, values = shared
    path = filled(route, values)
    most = FILES_MAX if route.path.endswith(("/events", "/imports")) else BODY_BYTES_MAX
    assert route.body_bytes_max == most
    answered = shop.client.ask(route.method, path, b" " * (most + 1), key="")
    assert (answered.status, code_of(answered)) == (413, "too_large")


@pytest.mark.parametrize("route", WITH_BODY, ids=by_template)
def test_another_type_or_name_is_refused_with_its_path(shared: Shared, route: Route) -> None:
    shop, values = shared
    path = filled(route, values)
    headers = {"idempotency-key": "hostile"}
    for body in OTHER_TYPES:
        answered = ask(shop, route, path, body, **headers)
        told = answered.json()
        assert (answered.status, told["code"]) == (422, "value_invalid"), body
        assert told["errors"][0]["path"] == "$"
    if route.contract.body == JsonObject:
        return  # a free document: its own check tells what is unknown
    good: Any = BODIES[route.template]
    headers = {} if "idempotency_key" in good else headers
    answered = ask(shop, route, path, {**good, "colour": "red"}, **headers)
    told = answered.json()
    assert (answered.status, told["code"]) == (422, "value_invalid")
    assert (told["errors"][0]["path"], told["errors"][0]["code"]) == ("$.colour", "unknown_key")


@pytest.mark.parametrize("route", WITH_BODY, ids=by_template)
def test_every_field_of_a_good_body_refuses_other_types(shared: Shared, route: Route) -> None:
    shop, values = shared
    path = filled(route, values)
    if route.contract.body == JsonObject:
        return
    good: Any = BODIES[route.template]
    for name in good:
        for wrong in ({"x": 1}, [[1]], 1.5, "\u0000", "x" * 5_000, ""):
            answered = ask(shop, route, path, {**good, name: wrong})
            told = answered.json()
            missing_key = name == "idempotency_key" and wrong == ""
            expected = (400, "idempotency_key_missing") if missing_key else (422, "value_invalid")
            assert (answered.status, told["code"]) == expected, (name, wrong)
            assert missing_key or told["errors"][0]["path"].startswith(f"$.{name}")


@pytest.mark.parametrize("route", WITH_PATH, ids=by_template)
def test_ids_that_nobody_can_have_are_refused_with_their_place(
    shared: Shared, route: Route
) -> None:
    shop, values = shared
    body = BODIES.get(route.template)
    for name in route.parameters:
        for odd in ODD_IDS:
            answered = ask(shop, route, filled(route, {**values, name: odd}), body)
            told = answered.json()
            if route.audience is Audience.WEBHOOKS:
                assert told["code"] == "connection_unknown"
            elif name == "shop" and route.audience is Audience.STOREFRONT:
                assert told["code"] == "token_invalid"
            else:
                assert (answered.status, told["code"]) == (422, "value_invalid"), (name, odd)
                assert told["errors"][0]["path"] == f"path.{name}"


@pytest.mark.parametrize("route", WITH_PATH, ids=by_template)
def test_odd_ids_that_name_nothing_are_4xx(shared: Shared, route: Route) -> None:
    shop, values = shared
    body = BODIES.get(route.template)
    for name in route.parameters:
        for odd in HARMLESS_IDS:
            answered = ask(shop, route, filled(route, {**values, name: odd}), body)
            # A month is a value, so one that is none is refused as a value.
            refused = {422} if name == "month" else {401, 404}
            assert answered.status in refused, (name, odd, answered.body)


@pytest.mark.parametrize("route", EVERY, ids=by_template)
def test_other_methods_and_addresses_are_told_apart(shared: Shared, route: Route) -> None:
    shop, values = shared
    path = filled(route, values)
    told = shop.client.ask("TRACE", path, key="")
    assert (told.status, code_of(told)) == (405, "method_not_allowed")
    for wrong in (f"{path}/x/y/z", path.replace("/v1/", "/v2/")):
        assert code_of(shop.client.ask(route.method, wrong, key="")) == "route_unknown"


@pytest.mark.parametrize("route", WITH_BODY, ids=by_template)
@pytest.mark.parametrize("media_type", ["", "text/html", "multipart/form-data", "x", "\ud800"])
def test_another_media_type_is_415(shared: Shared, route: Route, media_type: str) -> None:
    shop, values = shared
    path, headers = filled(route, values), {"content-type": media_type}
    answered = shop.client.ask(route.method, path, b"{}", key="", headers=headers)
    assert (answered.status, code_of(answered)) == (415, "media_type_unsupported")


@pytest.mark.parametrize(
    "query", ["x", "=", "&&", "%", "%00=1", "a=%FF", "limit", "cursor=&cursor=", "x" * 5_000]
)
def test_odd_queries_are_refused_or_ignored(shared: Shared, query: str) -> None:
    shop, values = shared
    for route in EVERY:
        if route.method == "GET":
            answered = ask(shop, route, f"{filled(route, values)}?{query}", None)
            assert answered.status < 500


def test_the_books_still_hold_after_all_of_it(shared: Shared) -> None:
    shop, _ = shared
    shop.verify()
    assert shop.available() == 64
