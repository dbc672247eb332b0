import json
from typing import Any

import pytest

from chalicelib.domain.outcome import RefusalCode
from chalicelib.routes.responses import CORS_HEADERS, STATUSES
from dev.packaging.gateway import OWN_ANSWERS


@pytest.fixture
def answers(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = template["Resources"]["RestAPI"]["Properties"][
        "GatewayResponses"
    ]
    return found


@pytest.mark.parametrize("kind", OWN_ANSWERS)
def test_the_gateways_own_answer_is_a_problem_document_that_any_origin_may_read(
    kind: str, answers: dict[str, dict[str, Any]]
) -> None:
    answer = answers[kind]
    headers = answer["ResponseParameters"]["Headers"]
    assert headers["Content-Type"] == "'application/problem+json'"
    assert {name: f"'{value}'" for name, value in CORS_HEADERS.items()}.items() <= headers.items()
    problem = json.loads(answer["ResponseTemplates"]["application/json"])
    status, title = STATUSES[RefusalCode(problem["code"])]
    assert (problem["status"], problem["title"]) == (status, title)
    assert answer["StatusCode"] == str(status)


def test_whatever_the_gateway_refuses_has_an_answer_of_ours(
    answers: dict[str, dict[str, Any]],
) -> None:
    # A status of a default holds for every kind that has no entry of its own.
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)


@pytest.mark.parametrize("kind", ["THROTTLED", "QUOTA_EXCEEDED", "DEFAULT_5XX"])
def test_what_may_be_retried_says_when(kind: str, answers: dict[str, dict[str, Any]]) -> None:
    assert answers[kind]["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"


def test_an_unknown_path_is_404_with_and_without_a_token(
    answers: dict[str, dict[str, Any]],
) -> None:
    kinds = ("MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "ACCESS_DENIED")
    assert {answers[kind]["StatusCode"] for kind in kinds} == {"404"}


def test_no_text_holds_what_the_gateway_would_replace(answers: dict[str, dict[str, Any]]) -> None:
    assert "$" not in json.dumps(answers)
