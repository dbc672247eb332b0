"""The alarms: few, each with something to do (docs/operating.md says what).

They watch metrics that exist: those of the function, of the gateway, and the ones that
``telemetry`` writes into the log (namespace ``Laurel``, one for all stacks of an account and
region). All are sums over five minutes; no data is no alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from chalicelib.domain.outcome import InvariantBroken, RefusalCode
from chalicelib.operations.audit_reports import JOB
from chalicelib.storage.definition import Json
from chalicelib.telemetry import NAMESPACE

_PERIOD_SECONDS: Final = 300
Named: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Watch:
    """A metric, how much of it in five minutes is too much, and what that means."""

    namespace: str
    metric: str
    dimensions: Named
    threshold: int  # this many, or more
    meaning: str


_FUNCTION: Final[Named] = {"FunctionName": {"Ref": "APIHandler"}}
_GATEWAY: Final[Named] = {"ApiName": "laurel", "Stage": "api"}

WATCHES: Final[Mapping[str, Watch]] = {
    "InvariantBrokenAlarm": Watch(
        NAMESPACE,
        "incidents",
        {"exception": InvariantBroken.__name__},
        1,
        "The books contradict themselves somewhere: nothing was written. Look today.",
    ),
    "AuditBreaksAlarm": Watch(
        NAMESPACE,
        "audit_breaks",
        JOB,
        1,
        "The nightly audit found books that do not add up. Look today; the report names them.",
    ),
    "AuditErrorsAlarm": Watch(
        "AWS/Lambda",
        "Errors",
        {"FunctionName": {"Ref": "NightlyAudit"}},
        1,
        "The nightly audit ended without an answer: the books are not being checked.",
    ),
    "SweepErrorsAlarm": Watch(
        "AWS/Lambda",
        "Errors",
        {"FunctionName": {"Ref": "SweepDue"}},
        1,
        "The hourly sweep ended without an answer: some shop or member is not being looked at.",
    ),
    "FunctionErrorsAlarm": Watch(
        "AWS/Lambda",
        "Errors",
        _FUNCTION,
        1,
        "The function ended without an answer: it did not start, ran out of time or of memory.",
    ),
    "FunctionThrottlesAlarm": Watch(
        "AWS/Lambda",
        "Throttles",
        _FUNCTION,
        1,
        "More requests at once than the account's concurrency; senders try again.",
    ),
    "BusyAlarm": Watch(
        NAMESPACE,
        "refusals",
        {"code": RefusalCode.BUSY.value},
        10,
        "Requests were told to try again: DynamoDB or KMS is slow, throttled or away.",
    ),
    "AnswersBrokenAlarm": Watch(
        "AWS/ApiGateway",
        "5XXError",
        _GATEWAY,
        5,
        "Answers of 500 and above, whatever made them.",
    ),
}


def _alarm(watch: Watch) -> Json:
    dimensions: list[Json] = [
        {"Name": name, "Value": value} for name, value in watch.dimensions.items()
    ]
    topic: Json = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": watch.meaning,
            "Namespace": watch.namespace,
            "MetricName": watch.metric,
            "Dimensions": dimensions,
            "Statistic": "Sum",
            "Period": _PERIOD_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": watch.threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": topic,
            "OKActions": topic,
        },
    }


def alarms() -> dict[str, Json]:
    """Every alarm, by its logical name."""
    return {name: _alarm(watch) for name, watch in WATCHES.items()}
