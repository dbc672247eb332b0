"""The served OpenAPI document against the app: made-up requests, right and wrong ones, all routes.

Schemathesis makes the requests, our in-process gateway answers them. Half of the ids in paths and
of the tokens are real, so that requests come past the first refusal. The seed is fixed: the same
cases each time; ``make soak`` makes more of them, and others each time.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import app
from chalicelib.routes.openapi import document
from chalicelib.routes.responses import STATUSES
from dev.local_gateway import Asked
from tests.routes.house import OPERATOR_KEY, check, route_of
from tests.routes.samples import furnished
from tests.routes.session import Session, open_session

ADDRESS = "https://laurel.example"
CASES_EACH = 2  # of each mode and route: the plainest, and one at random
CASES_EACH_IN_SOAK = 30
CASES_MIN = 200
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document(ADDRESS))
_FOUND: list[Any] = list(SCHEMA.get_all_operations())
OPERATIONS = [found.ok() for found in _FOUND]
STATUS_OF = {code.value: status for code, (status, _) in STATUSES.items()}

_counted: Counter[int] = Counter()


@pytest.fixture(scope="module")
def target() -> Iterator[tuple[Session, dict[str, str]]]:
    """A furnished shop and what its paths can name; all sums are checked at the end."""
    with open_session() as shop:
        shop.tokens["77"] = shop.token()
        yield shop, furnished(shop)


def real(case: Any, target: tuple[Session, dict[str, str]], draw: Any) -> None:
    """Put what exists into most places of ``case``; now and then what was made up stays."""
    shop, values = target

    def mostly(place: str) -> bool:
        return bool(draw(st.integers(0, 7), label=place) < 7)

    for name in list(case.path_parameters or {}):
        if mostly(name):
            case.path_parameters[name] = values[name]
    if isinstance(case.body, dict) and "/storefront/" in case.path and mostly("token"):
        case.body["token"] = shop.tokens["77"]
    if "/admin/" in case.path and mostly("key"):
        case.headers["Authorization"] = f"Bearer {OPERATOR_KEY}"


def answered(case: Any, shop: Session) -> schemathesis.Response:
    """The answer of the app, as schemathesis wants it."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=ADDRESS)).prepare()
    raw: Any = prepared.body or b""
    headers = {name.lower(): str(value) for name, value in prepared.headers.items()}
    body = raw.encode() if isinstance(raw, str) else raw
    asked = Asked(str(prepared.method), prepared.path_url, headers, body)
    told = shop.client.gateway.answer(asked)
    check(told, route_of(asked.method, asked.target))
    _counted[told.status] += 1
    shown = {name: [value] for name, value in told.headers.items()}
    return schemathesis.Response(told.status, shown, told.body, prepared, 0.0, verify=False)


def _modes(operation: Any) -> list[GenerationMode]:
    """Where nothing can be sent, nothing can be sent wrongly."""
    has_input = bool(operation.body) or any(True for _ in operation.iter_parameters())
    wrong = [GenerationMode.NEGATIVE] if has_input else []
    return [GenerationMode.POSITIVE, *wrong]


CASES = [(each, mode) for each in OPERATIONS for mode in _modes(each)]


@pytest.mark.parametrize(
    ("operation", "mode"), CASES, ids=[f"{each.label} {mode.value}" for each, mode in CASES]
)
def test_no_request_breaks_what_is_documented(
    operation: Any, mode: GenerationMode, target: tuple[Session, dict[str, str]]
) -> None:
    hold(operation, mode, target, CASES_EACH)


def hold(
    operation: Any, mode: GenerationMode, target: tuple[Session, dict[str, str]], cases: int
) -> None:
    @settings(max_examples=cases)
    @given(data=st.data())
    def held(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        real(case, target, data.draw)
        case.validate_response(answered(case, target[0]), checks=CHECKS)

    held()


@pytest.mark.soak
@pytest.mark.parametrize("mode", GenerationMode)
def test_no_request_of_thousands_breaks_what_is_documented(
    mode: GenerationMode, target: tuple[Session, dict[str, str]]
) -> None:
    for operation, each in CASES:
        if each is mode:
            hold(operation, mode, target, CASES_EACH_IN_SOAK)


def test_there_were_enough_cases_and_they_came_past_the_first_refusal() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in app.routes.values())
    assert sum(_counted.values()) >= CASES_MIN
    assert {200, 201, 401, 404, 422} <= set(_counted)
    assert not [status for status in _counted if status >= 500]
