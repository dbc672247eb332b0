import json
from typing import Any

from chalicelib import telemetry
from chalicelib.domain.outcome import InvariantBroken, RefusalCode
from chalicelib.operations.audit_reports import JOB
from dev.packaging.alarms import WATCHES


def _metrics_told(lines: list[str]) -> set[tuple[str, str, str]]:
    """Namespace, name and dimensions of every metric that the lines hold."""
    told = set()
    for row in map(json.loads, lines):
        for group in row.get("_aws", {}).get("CloudWatchMetrics", ()):
            (names,) = group["Dimensions"]
            dimensions = str({name: row[name] for name in names})
            told |= {(group["Namespace"], each["Name"], dimensions) for each in group["Metrics"]}
    return told


def test_every_alarm_on_our_own_metrics_watches_one_that_the_log_tells() -> None:
    lines: list[str] = []
    with telemetry.use(lines.append):
        telemetry.incident(InvariantBroken("x"), "i", "GET /")
        telemetry.count("audit_breaks", JOB)  # as audit_reports tells it
        telemetry.request_answered(
            telemetry.RequestLine("GET /", 503, RefusalCode.BUSY, 1, "", "r")
        )
    ours = {
        (watch.namespace, watch.metric, str(dict(watch.dimensions)))
        for watch in WATCHES.values()
        if watch.namespace == telemetry.NAMESPACE
    }
    assert len(ours) == 3
    assert ours <= _metrics_told(lines)


def test_the_gateways_alarm_watches_the_api_of_the_template(template: dict[str, Any]) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    watched = {"ApiName": api["DefinitionBody"]["info"]["title"], "Stage": api["StageName"]}
    assert WATCHES["AnswersBrokenAlarm"].dimensions == watched


def test_alarms_tell_a_topic_only_where_there_is_one_and_silence_is_no_alarm(
    template: dict[str, Any],
) -> None:
    alarms = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert len(alarms) == len(WATCHES)
    for alarm in alarms:
        assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]
