"""Every refusal has its status, every failure is a problem document, every answer has CORS."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.outcome import (
    Busy,
    InvariantBroken,
    Refusal,
    RefusalCode,
    StorageUnavailable,
)
from chalicelib.routes.contract import Answer
from chalicelib.routes.responses import STATUSES, status_of
from chalicelib.storage.table import Contended, Unanswered
from tests.routes.house import Client
from tests.routes.workshop import Workshop

API_MD = {
    400: "request_malformed, idempotency_key_missing, cursor_invalid",
    401: "signature_invalid, token_invalid, token_expired, key_invalid",
    403: "scope_missing",
    404: "route_unknown, shop_unknown, connection_unknown, member_unknown, document_unknown, "
    "redemption_unknown, reward_unknown, version_unknown, hold_unknown, pool_unknown, "
    "invitation_unknown, draft_unknown, obligation_unknown, rule_unknown, cause_unknown, "
    "referral_unknown, message_unknown, "
    "replay_unknown, partner_unknown, challenge_unknown, badge_unknown, "
    "campaign_unknown",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type_unsupported",
    429: "rate_limited",
    409: "shop_exists, draft_outdated, program_not_live, insufficient_points, reward_not_for_you, "
    "reward_out_of_stock, limit_reached, cooldown, hold_expired, redemption_not_undoable, "
    "redemption_not_open, referral_not_flagged, "
    "transfer_not_allowed, badge_granted_already, already_in_pool, pool_not_allowed, "
    "version_scheduled, version_not_withdrawable, warnings_unaccepted, "
    "launch_not_open, not_in_rollout, program_paused, program_ended, settlement_above_given, "
    "month_open",
    410: "member_erased",
    422: "program_invalid, value_invalid, unit_unknown, below_minimum, same_key_other_request",
    503: "busy",
}
"""The table of the HTTP contract, as it was agreed."""

THING = "/v1/admin/shops/tea/things/t1"


def test_every_refusal_code_is_mapped_as_the_contract_says() -> None:
    agreed = {code: status for status, codes in API_MD.items() for code in codes.split(", ")}
    assert {code.value: status for code, (status, _) in STATUSES.items()} == agreed
    assert set(STATUSES) == set(RefusalCode)


def test_the_docs_say_of_no_code_that_is_produced_that_it_is_not() -> None:
    root = Path(__file__).parents[2]
    source = "".join(path.read_text("utf-8") for path in (root / "chalicelib").rglob("*.py"))
    produced = set(re.findall(r"Refusal\(\s*RefusalCode\.(\w+)", source))
    rows = (root / "docs/refusals.md").read_text("utf-8").splitlines()
    later = {row.split("`")[1].upper() for row in rows if "Not produced" in row}
    assert later
    assert later.isdisjoint(produced)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_code_is_answered_as_a_problem_document(
    workshop: Workshop, code: RefusalCode
) -> None:
    workshop.behave = lambda _: Refusal(code, "A sentence.")
    answered = workshop.client.ask("DELETE", THING)
    problem: Any = answered.json()
    assert answered.status == status_of(code)
    assert problem["type"] == f"urn:laurel:refusal:{code}"
    assert problem["detail"] == "A sentence."
    assert problem["title"]
    assert answered.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answered.headers) == (answered.status in {429, 503})
    assert ("WWW-Authenticate" in answered.headers) == (answered.status == 401)


@pytest.mark.parametrize(
    "problem",
    [StorageUnavailable("x"), Busy("x"), Contended("x"), Unanswered("x")],
    ids=lambda problem: type(problem).__name__,
)
def test_a_table_that_does_not_answer_is_503_to_be_tried_again(
    workshop: Workshop, problem: Exception
) -> None:
    def fail(_: object) -> Answer:
        raise problem

    workshop.behave = fail
    answered = workshop.client.ask("DELETE", THING)
    assert answered.status == 503
    assert int(answered.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "problem",
    [InvariantBroken("ann@example.com owes 5"), KeyError("ann@example.com"), RecursionError("x")],
    ids=lambda problem: type(problem).__name__,
)
def test_what_nobody_expected_is_500_with_an_incident_and_no_word_of_it(
    workshop: Workshop, problem: Exception
) -> None:
    def fail(_: object) -> Answer:
        raise problem

    workshop.behave = fail
    answered = workshop.client.ask("DELETE", THING)
    told: Any = answered.json()
    assert (answered.status, told["code"]) == (500, "internal")
    assert b"ann@" not in answered.body
    assert b"Traceback" not in answered.body
    lines = [json.loads(line) for line in workshop.real.lines]
    (incident,) = [line for line in lines if line.get("kind") == "incident"]
    assert incident["incident"] == told["incident"]
    assert incident["exception"] == type(problem).__name__
    assert any("test_responses.py" in frame for frame in incident["frames"])
    assert not any("ann@" in line for line in workshop.real.lines)


def test_a_replay_is_200_and_says_so(workshop: Workshop) -> None:
    workshop.behave = lambda _: Answer({"ok": True}, replayed=True)
    path = "/v1/admin/shops/tea/members/m1/orders"
    answered = workshop.client.ask("POST", path, {"points": 1}, headers={"idempotency-key": "k"})
    assert answered.status == 200
    assert answered.headers["Idempotent-Replayed"] == "true"
    workshop.behave = lambda _: Answer({"ok": True})
    first = workshop.client.ask("POST", path, {"points": 1}, headers={"idempotency-key": "k"})
    assert first.status == 201
    assert "Idempotent-Replayed" not in first.headers


def test_a_view_may_say_its_status_and_headers(workshop: Workshop) -> None:
    workshop.behave = lambda _: Answer(None, status=304, headers={"ETag": '"7"'})
    answered = workshop.client.ask("GET", "/v1/echo/word")
    assert (answered.status, answered.body, answered.headers["ETag"]) == (304, b"", '"7"')
    assert "Content-Type" not in answered.headers


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/x", "/v1/admin/shops/tea/nothing", "/%00", "//"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_an_unknown_path_is_a_404_problem(client: Client, method: str, path: str) -> None:
    assert client.code(method, path) == "route_unknown"


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "TRACE", "PUT", "GETT"])
def test_a_wrong_method_is_a_405_problem_that_names_the_right_ones(
    client: Client, method: str
) -> None:
    answered = client.ask(method, "/v1/admin/shops")
    problem: Any = answered.json()
    assert (answered.status, problem["code"]) == (405, "method_not_allowed")
    assert "POST" in answered.headers["Allow"]


def test_preflights_are_answered_for_every_origin_without_credentials(client: Client) -> None:
    answered = client.ask("OPTIONS", "/v1/admin/shops/tea", headers={"origin": "https://a.example"})
    assert answered.status == 200
    assert answered.headers["Access-Control-Max-Age"] == "7200"
    assert answered.headers["Access-Control-Allow-Methods"] == "GET, PATCH, OPTIONS"
    allowed = answered.headers["Access-Control-Allow-Headers"]
    assert allowed == "Authorization, Content-Type, Idempotency-Key"


def test_api_gateway_is_told_the_same_cors_for_every_route() -> None:
    from app import app

    for entries in app.routes.values():
        for entry in entries.values():
            headers = entry.cors.get_access_control_headers()
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert headers["Access-Control-Max-Age"] == "7200"
            assert headers["Access-Control-Allow-Headers"] == (
                "Authorization,Content-Type,Idempotency-Key"
            )
            assert "Access-Control-Allow-Credentials" not in headers


def test_one_line_is_told_of_each_request_with_the_template_alone(workshop: Workshop) -> None:
    workshop.real.lines.clear()
    workshop.behave = lambda _: Refusal(RefusalCode.MEMBER_UNKNOWN, "ann@example.com is unknown")
    workshop.client.ask("DELETE", "/v1/admin/shops/tea/things/ann%40example.com")
    request, metric = (json.loads(line) for line in workshop.real.lines)
    assert request.pop("duration_ms") >= 0
    assert request.pop("request_id").startswith("local-")
    assert request == {
        "kind": "request",
        "route": "DELETE /v1/admin/shops/{shop}/things/{thing}",
        "status": 404,
        "code": "member_unknown",
        "shop": "tea",
    }
    assert metric["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "refusals", "Unit": "Count"}
    ]
    assert (metric["code"], metric["refusals"]) == ("member_unknown", 1)
    assert not any("ann" in line for line in workshop.real.lines)


def test_a_shop_that_nobody_could_have_is_not_written_down(workshop: Workshop) -> None:
    workshop.real.lines.clear()
    workshop.client.ask("DELETE", "/v1/admin/shops/ann%40example.com/things/t")
    assert not any("ann" in line for line in workshop.real.lines)
