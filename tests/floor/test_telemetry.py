"""Telemetry: one JSON line each, on standard output, in forms that CloudWatch reads."""

import json

import pytest

from chalicelib import telemetry
from chalicelib.telemetry import RequestLine, count, incident, request_answered


def test_a_request_is_one_line_and_its_refusal_a_count() -> None:
    lines: list[str] = []
    with telemetry.use(lines.append):
        request_answered(RequestLine("GET /v1/x", 200, "", 3, "", "r1"))
        request_answered(RequestLine("GET /v1/x", 404, "shop_unknown", 4, "tea", "r2"))
    first, second, metric = map(json.loads, lines)
    assert first == {
        "kind": "request",
        "route": "GET /v1/x",
        "status": 200,
        "duration_ms": 3,
        "request_id": "r1",
    }
    assert (second["code"], second["shop"]) == ("shop_unknown", "tea")
    assert metric["code"] == "shop_unknown"


def test_a_metric_is_in_the_embedded_format() -> None:
    lines: list[str] = []
    with telemetry.use(lines.append):
        count("parked_events", {"platform": "shopify"}, 2)
    row = json.loads(lines[0])
    told = row["_aws"]
    assert isinstance(told["Timestamp"], int)
    (form,) = told["CloudWatchMetrics"]
    assert form == {
        "Namespace": "Laurel",
        "Dimensions": [["platform"]],
        "Metrics": [{"Name": "parked_events", "Unit": "Count"}],
    }
    assert (row["platform"], row["parked_events"]) == ("shopify", 2)


def test_an_incident_tells_where_and_never_what() -> None:
    lines: list[str] = []
    try:
        int("ann@example.com")
    except ValueError as problem:
        with telemetry.use(lines.append):
            incident(problem, "i1", "GET /v1/x")
    row = json.loads(lines[0])
    assert (row["kind"], row["exception"], row["incident"]) == ("incident", "ValueError", "i1")
    assert "test_telemetry.py" in row["frames"][-1]
    assert "ann@" not in "".join(lines)


def test_lines_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    count("x", {"a": "b"})
    captured = capsys.readouterr()
    assert json.loads(captured.out)["x"] == 1
    assert captured.out.endswith("\n")
