"""Of several reasons that hold at once, the first in precedence is the answer: all of them walked.

The request begins with every fault at once; one after the other is mended, and each time the next
code in the order of api.md must come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.limits import BODY_BYTES_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from tests.routes.house import make_key
from tests.routes.workshop import Workshop

PATH = "/v1/admin/shops/tea/members/{member}/orders"


@dataclass
class Faulty:
    """A request that can be mended."""

    member: str = "nobody"
    query: str = "?limit=1000&cursor=not-one"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/html"})
    key: str = ""
    body: bytes = b'{"points": "many"' + b" " * BODY_BYTES_MAX

    def code(self, workshop: Workshop) -> str:
        path = PATH.format(member=self.member) + self.query
        return workshop.client.code("POST", path, self.body, key=self.key, headers=self.headers)


def test_the_first_reason_in_precedence_is_the_answer(workshop: Workshop) -> None:
    request = Faulty()
    workshop.behave = lambda _: Refusal(RefusalCode.INSUFFICIENT_POINTS, "Too few.")
    assert request.code(workshop) == "too_large"
    request.body = b'{"points": "many"'
    assert request.code(workshop) == "media_type_unsupported"
    request.headers["content-type"] = "application/json"
    assert request.code(workshop) == "request_malformed"
    request.body = b'{"points": "many"}'
    assert request.code(workshop) == "key_invalid"
    request.key = workshop.keys["coffee"]
    assert request.code(workshop) == "key_invalid"
    request.key = make_key(workshop.real, "tea", "read")
    assert request.code(workshop) == "scope_missing"
    request.key = make_key(workshop.real, "tea", "points")
    assert request.code(workshop) == "member_unknown"
    request.member = "gone"
    assert request.code(workshop) == "member_erased"
    request.member = "m1"
    assert request.code(workshop) == "idempotency_key_missing"
    request.headers["idempotency-key"] = "k1"
    assert request.code(workshop) == "cursor_invalid"
    request.query = "?limit=1000&colour=red"
    assert request.code(workshop) == "value_invalid"
    request.query = ""
    assert request.code(workshop) == "value_invalid"
    request.body = b'{"points": 5}'
    assert request.code(workshop) == "insufficient_points"
    workshop.behave = lambda _: _answer()
    assert request.code(workshop) == "201"


def _answer() -> Any:
    from chalicelib.routes.contract import Answer

    return Answer({"ok": True})


def test_a_good_request_never_pays_for_the_look_at_what_is_there(workshop: Workshop) -> None:
    path = PATH.format(member="m1")
    headers = {"idempotency-key": "k"}
    assert workshop.client.code("POST", path, {"points": 1}, headers=headers) == "201"
    assert workshop.located == 0
    assert workshop.client.code("POST", path, {"points": ""}, headers=headers) == "value_invalid"
    assert workshop.located == 1


def test_the_shop_of_the_path_must_exist_before_its_content_matters(workshop: Workshop) -> None:
    path = "/v1/admin/shops/{}/things?limit=0"
    code = workshop.real.key
    assert workshop.client.code("GET", path.format("nowhere"), key=code) == "shop_unknown"
    assert workshop.client.code("GET", path.format("tea"), key=code) == "value_invalid"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-type": "text/html"}, "media_type_unsupported"),
        ({"content-type": ""}, "media_type_unsupported"),
        ({"content-type": "application/x-www-form-urlencoded"}, "media_type_unsupported"),
        ({"content-type": "application/json; charset=utf-8"}, "201"),
        ({"content-type": "Application/JSON"}, "201"),
    ],
)
def test_the_media_type_is_json(workshop: Workshop, headers: Mapping[str, str], code: str) -> None:
    sent = {"idempotency-key": "k", **headers}
    path = PATH.format(member="m1")
    assert workshop.client.code("POST", path, b'{"points": 1}', headers=sent) == code


def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(workshop: Workshop) -> None:
    path, headers = PATH.format(member="m1"), {"idempotency-key": "k"}
    body = b'{"points": 1}'
    padded = body + b" " * (BODY_BYTES_MAX - len(body))
    assert workshop.client.code("POST", path, padded, headers=headers) == "201"
    assert workshop.client.code("POST", path, padded + b" ", headers=headers) == "too_large"


def test_webhooks_may_be_larger_and_of_any_type(workshop: Workshop) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = b"\xff" * 1_000_000
    assert workshop.client.code("POST", "/v1/hooks/c1", body, headers=headers) == "200"
    assert workshop.calls[-1].raw == body
    assert workshop.client.code("POST", "/v1/hooks/c1", body + b"x") == "too_large"
    assert workshop.client.code("POST", f"/v1/hooks/{'c' * 129}", b"") == "connection_unknown"
