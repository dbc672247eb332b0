"""What cannot be read is 400, what is not right is 422 with the path to it, and nothing is 500."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.outcome import Refusal
from chalicelib.routes.admin.points import AdjustmentRequest
from chalicelib.routes.admin.publishing import PublishRequest
from chalicelib.routes.parsing import instant_of, read_json, typed_body, typed_reason
from tests.routes.workshop import Workshop

PATH = "/v1/admin/shops/tea/members/m1/orders"
KEYED = {"idempotency-key": "k"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1,]",
        b"{'points': 1}",
        b'{"points": NaN}',
        b'{"points": Infinity}',
        b'{"points": 01}',
        b'{"points": 1} x',
        b'\xef\xbb\xbf{"points": 1}',
        b'{"points": "\xff"}',
        b'{"points": "\\ud800"}',
        '{"points": 1}'.encode("utf-16"),
        b'{"points": 1, "points": 2}',
        b'{"points": {"a": 1, "b": {"c": 1, "c": 2}}}',
        b'{"points": 1e400}',
        b'{"points": ' + b"9" * 5_000 + b"}",
        b"[" * 33 + b"]" * 33,
        b"[" * 5_000 + b"]" * 5_000,
        b"[" * 200_000,
        b'{"a":' * 40_000,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_cannot_be_read_is_malformed(workshop: Workshop, body: bytes) -> None:
    assert workshop.client.code("POST", PATH, body, headers=KEYED) == "request_malformed"


def test_as_deep_as_the_limit_is_read() -> None:
    assert not isinstance(read_json(b"[" * 32 + b"]" * 32), Refusal)
    assert isinstance(read_json(b"[" * 33 + b"]" * 33), Refusal)
    assert read_json(b"") == {}


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (b"[]", "$", "value_invalid"),
        (b"null", "$", "value_invalid"),
        (b'"text"', "$", "value_invalid"),
        (b"{}", "$.points", "missing_key"),
        (b"", "$.points", "missing_key"),
        (b'{"points": 1, "colour": 2}', "$.colour", "unknown_key"),
        (b'{"points": "1"}', "$.points", "value_invalid"),
        (b'{"points": 1.5}', "$.points", "value_invalid"),
        (b'{"points": 1.0}', "$.points", "value_invalid"),
        (b'{"points": true}', "$.points", "value_invalid"),
        (b'{"points": null}', "$.points", "value_invalid"),
        (b'{"points": 1000000000001}', "$.points", "value_invalid"),
        (b'{"points": -1000000000001}', "$.points", "value_invalid"),
        (b'{"points": ' + b"9" * 400 + b"}", "$.points", "value_invalid"),
    ],
    ids=lambda part: repr(part[:28]),
)
def test_what_is_not_right_is_named_by_its_path(
    workshop: Workshop, body: bytes, path: str, code: str
) -> None:
    answered = workshop.client.ask("POST", PATH, body, headers=KEYED)
    problem: Any = answered.json()
    assert (answered.status, problem["code"]) == (422, "value_invalid")
    (error,) = problem["errors"]
    assert (error["path"], error["code"]) == (path, code)
    assert error["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"draft_hash": "no"}, "64 of 0-9 and a-f"),
        ({"draft_hash": "0" * 64 + "\n"}, "64 of 0-9 and a-f"),
    ],
)
def test_what_a_pattern_wants_is_said_in_words(body: dict[str, str], said: str) -> None:
    found: Any = typed_body(msgspec.json.encode(body), PublishRequest)
    assert said in found.problems[0].detail
    assert "regex" not in found.detail


BLANKS = ("", "   ", "\u200b", "\u00a0 \u2060\ufeff", "\u3164\u2800", "\u3000")


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_reason_that_nobody_can_see_is_missing(blank: str) -> None:
    for body in (AdjustmentRequest, PublishRequest):
        name = "reason" if body is AdjustmentRequest else "force_reason"
        said = {"points": 1, "reason": "?"} if name == "reason" else {"draft_hash": "0" * 64}
        found: Any = typed_body(msgspec.json.encode({**said, name: blank}), body)
        if name == "reason" or blank:  # to force is a choice, and nothing says that nobody does
            (problem,) = found.problems
            assert (problem.path, problem.code) == (f"$.{name}", "reason_missing")
    asked: Any = typed_reason(blank, "$query.force_reason")
    assert asked == "" if not blank else asked.problems[0].code == "reason_missing"


@pytest.mark.parametrize(
    "reason", ["x", " Ünnep ", "\u06a9\u062f\u200c\u0647\u0627", "\u0031\ufe0f\u20e3"]
)
def test_any_words_are_a_reason(reason: str) -> None:
    assert typed_reason(reason, "$query.force_reason") == reason


@pytest.mark.parametrize("reason", ["two\nlines", "x" * 501])
def test_a_reason_is_one_line_of_five_hundred_characters(reason: str) -> None:
    found: Any = typed_reason(reason, "$query.force_reason")
    assert [(each.path, each.code) for each in found.problems] == [
        ("$query.force_reason", "value_invalid")
    ]
    body = msgspec.json.encode({"draft_hash": "0" * 64, "force_reason": reason})
    told: Any = typed_body(body, PublishRequest)
    assert (told.problems[0].path, told.problems[0].code) == ("$.force_reason", "value_invalid")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_parser(workshop: Workshop, body: bytes) -> None:
    code = workshop.client.code("POST", PATH, body, headers=KEYED)
    assert code in {"request_malformed", "value_invalid", "201"}


def test_path_parameters_arrive_as_the_text_that_was_meant(workshop: Workshop) -> None:
    workshop.client.ask("DELETE", "/v1/admin/shops/tea/things/external%3Amain%3A7%2F7%20%C3%A9")
    assert "external:main:7/7 é" in workshop.calls[-1].list_name


@pytest.mark.parametrize(
    "thing",
    ["%00", "a%0Ab", "%7F", "%FF", "x" * 129, "%C3", "%ED%A0%80"],
    ids=lambda text: text[:9],
)
def test_ids_with_odd_characters_or_over_long_are_named(workshop: Workshop, thing: str) -> None:
    answered = workshop.client.ask("DELETE", f"/v1/admin/shops/tea/things/{thing}")
    problem: Any = answered.json()
    assert (problem["code"], problem["errors"][0]["path"]) == ("value_invalid", "path.thing")
    assert not workshop.calls


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "", "ten", "1e2", "٣", "9" * 400])
def test_a_page_has_one_to_two_hundred_items(workshop: Workshop, limit: str) -> None:
    from urllib.parse import quote

    path = f"/v1/admin/shops/tea/things?limit={quote(limit)}"
    assert workshop.client.code("GET", path) == "value_invalid"


def test_a_page_has_fifty_items_unless_asked(workshop: Workshop) -> None:
    workshop.client.ask("GET", "/v1/admin/shops/tea/things")
    workshop.client.ask("GET", "/v1/admin/shops/tea/things?limit=200")
    assert [call.page.limit for call in workshop.calls] == [50, 200]


@pytest.mark.parametrize("query", ["?colour=red", "?limit=1&limit=2", "?cursor=&cursor=", "?=1"])
def test_staff_hear_of_a_parameter_that_means_nothing(workshop: Workshop, query: str) -> None:
    assert workshop.client.code("GET", f"/v1/admin/shops/tea/things{query}") == "value_invalid"


def test_pages_may_add_parameters_of_their_own(workshop: Workshop) -> None:
    assert workshop.client.code("GET", "/v1/echo/word?utm_source=x&a=1&a=2") == "200"
    assert workshop.calls[-1].query == {"utm_source": "x", "a": "2"}
    assert workshop.calls[-1].query_values["a"] == ("1", "2")


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T10:00:00", "2026-11-21", "", "now", "2026-13-01T00:00:00Z",
     "10000-01-01T00:00:00Z", "2026-11-21T10:00:00+99:00", "1795295552"],
)  # fmt: skip
def test_a_time_without_a_zone_is_named(text: str) -> None:
    refusal = instant_of(text, "$.occurred_at")
    assert isinstance(refusal, Refusal)
    assert refusal.problems[0].path == "$.occurred_at"


def test_a_time_with_a_zone_is_read() -> None:
    assert instant_of("2026-11-21T10:00:00Z", "$.at") == 1_795_255_200_000
    assert instant_of("2026-11-21T11:00:00.250+01:00", "$.at") == 1_795_255_200_250


@pytest.mark.parametrize("key", ["k" * 256, "a\nb", "\x00"])
def test_an_idempotency_key_is_short_and_printable(workshop: Workshop, key: str) -> None:
    body = {"points": 1, "idempotency_key": key}
    assert workshop.client.code("POST", PATH, body) == "value_invalid"


def test_the_idempotency_key_comes_in_header_or_body_and_not_as_two(workshop: Workshop) -> None:
    body = {"points": 1, "idempotency_key": "k"}
    assert workshop.client.code("POST", PATH, body) == "201"
    assert workshop.client.code("POST", PATH, body, headers=KEYED) == "201"
    assert workshop.client.code("POST", PATH, {"points": 1}, headers=KEYED) == "201"
    assert {call.idempotency_key for call in workshop.calls} == {"k"}
    other = {"idempotency-key": "other"}
    assert workshop.client.code("POST", PATH, body, headers=other) == "value_invalid"
    assert workshop.client.code("POST", PATH, {"points": 1}) == "idempotency_key_missing"
    wrong = {"points": 1, "idempotency_key": 7}
    assert workshop.client.code("POST", PATH, wrong) == "value_invalid"


def test_a_body_that_is_not_the_base64_it_says_is_malformed() -> None:
    from app import app

    event: dict[str, Any] = {
        "requestContext": {"httpMethod": "POST", "resourcePath": "/v1/admin/shops"},
        "headers": {},
        "pathParameters": {},
        "multiValueQueryStringParameters": None,
        "stageVariables": {},
        "body": "é",
        "isBase64Encoded": True,
    }
    assert app(event, None)["statusCode"] == 400
