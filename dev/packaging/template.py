"""What Chalice cannot say about the stack, as the template that it merges into its own.

Chalice makes function, role and API of ``.chalice/config.json`` and ``.chalice/policy-*.json``.
Here is the rest: parameters, the table (from ``storage.definition``, the one source), the log
with its retention, the environment, the gateway's own answers, alarms. Where both speak, this
wins. The schedules of ``jobs`` are functions beside the API's, from the same zip, and so is what
takes messages of the queue. There is no event source for the stream yet: there is no job that
would read it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from chalicelib.jobs.schedules import SEGMENTS_MAX
from chalicelib.storage.definition import Json, table_properties
from dev.packaging.alarms import alarms
from dev.packaging.gateway import gateway_responses

LOG_RETENTION_DAYS: Final = 30
REQUESTS_PER_SECOND_MAX: Final = 200
REQUESTS_BURST_MAX: Final = 400

SCHEDULES: Final = ("NightlyAudit", "SweepDue", "Replays")
"""Functions that run by the clock, as Chalice names what ``jobs.schedules`` declares."""

SEGMENTS: Final = "ReplaySegments"
"""The function that takes messages, one of a segment each."""

RUN_SECONDS_MAX: Final = 900
_DEAD_AFTER: Final = 5  # deliveries without an end
_DAY_SECONDS: Final = 86_400

_LOG_DAYS: Final = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)


def _optional(pattern: str, description: str) -> Json:
    """A parameter of text that may be left empty."""
    return {
        "Type": "String",
        "Default": "",
        "AllowedPattern": f"^({pattern})?$",
        "Description": description,
    }


def _number(usual: int, description: str, least: int = 1) -> dict[str, Json]:
    return {"Type": "Number", "Default": usual, "MinValue": least, "Description": description}


def _parameters() -> dict[str, Json]:
    return {
        "OperatorKeySha256": _optional(
            "[0-9a-f]{64}", "SHA-256 in hex of the operator key. Empty: there is no operator."
        ),
        "KmsKeyArn": _optional(
            "arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
            "KMS key that seals the shops' secrets. Empty: DynamoDB's encryption alone.",
        ),
        "PublicUrl": _optional(
            "https://[^/?#@]+(/[^?#]*)?",
            "Address under which the world reaches this API: the output EndpointURL, or a domain.",
        ),
        "RestoredTable": _optional(
            "[A-Za-z0-9_.-]{3,255}",
            "Name of a table to use instead of the stack's own, after a restore.",
        ),
        "PagesBucket": _optional(
            "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "S3 bucket for the program as static files. Empty: none are written.",
        ),
        "AlarmTopicArn": _optional(
            "arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+",
            "SNS topic that is told of alarms. Empty: they show in CloudWatch alone.",
        ),
        "LogRetentionDays": {
            "Type": "Number",
            "Default": LOG_RETENTION_DAYS,
            "AllowedValues": list(_LOG_DAYS),
            "Description": "How long log lines are kept, in days.",
        },
        "RequestsPerSecondMax": _number(
            REQUESTS_PER_SECOND_MAX, "Above it the gateway answers 429: a bound to the bill."
        ),
        "RequestsBurstMax": _number(REQUESTS_BURST_MAX, "Requests at once before it does."),
        "ReplaySegmentsMax": _number(
            SEGMENTS_MAX, "Segments of a large replay at once, of the account's functions.", least=2
        ),
    }


def _is_given(parameter: str) -> Json:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _conditions() -> dict[str, Json]:
    return {
        "OwnTable": {"Fn::Equals": [{"Ref": "RestoredTable"}, ""]},
        "HasKmsKey": _is_given("KmsKeyArn"),
        "HasPagesBucket": _is_given("PagesBucket"),
        "HasAlarmTopic": _is_given("AlarmTopicArn"),
    }


def _table() -> Json:
    """The table; it outlives the stack, and CloudFormation names it, so that a new one can rise."""
    properties = table_properties("unnamed")
    del properties["TableName"]
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {**properties, "DeletionProtectionEnabled": True},
    }


def _log() -> Json:
    # Made here and named by its stack: the role may then write to it and to no other log.
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": {"Fn::Sub": "/laurel/${AWS::StackName}"},
            "RetentionInDays": {"Ref": "LogRetentionDays"},
        },
    }


def table_in_use() -> Json:
    """Name of the table that the function works on."""
    return {"Fn::If": ["OwnTable", {"Ref": "Table"}, {"Ref": "RestoredTable"}]}


def environment() -> dict[str, Json]:
    """A function's variables (``settings.VARIABLES``); the region is set by Lambda itself."""
    return {
        "LAUREL_TABLE": table_in_use(),
        "LAUREL_OPERATOR_KEY_SHA256": {"Ref": "OperatorKeySha256"},
        "LAUREL_KMS_KEY_ID": {"Ref": "KmsKeyArn"},
        "LAUREL_PUBLIC_URL": {"Ref": "PublicUrl"},
        "LAUREL_PAGES_BUCKET": {"Ref": "PagesBucket"},
        "LAUREL_REPLAY_QUEUE_URL": {"Ref": "ReplayQueue"},
    }


def _queues() -> dict[str, Json]:
    """Messages of a replay's segments, and those that came to no end however often."""
    dead: Json = {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * _DAY_SECONDS}
    waiting: Json = {
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": 4 * _DAY_SECONDS,
        "VisibilityTimeout": RUN_SECONDS_MAX + 60,  # no shorter than the function may run
        "RedrivePolicy": {
            "deadLetterTargetArn": {"Fn::GetAtt": ["ReplayDeadLetters", "Arn"]},
            "maxReceiveCount": _DEAD_AFTER,
        },
    }
    return {
        "ReplayQueue": _queue(waiting),
        "ReplayDeadLetters": _queue(dead),
    }


def _queue(properties: Json) -> Json:
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": properties,
    }


def _segments(python: str) -> Json:
    """The function of the queue: Chalice knows neither the queue's name nor the parameter."""
    event: Json = {
        "Properties": {
            "Queue": {"Fn::GetAtt": ["ReplayQueue", "Arn"]},
            "ScalingConfig": {"MaximumConcurrency": {"Ref": "ReplaySegmentsMax"}},
        }
    }
    return _function(python, {"Events": {f"{SEGMENTS}SqsEventSource": event}})


def _function(python: str, more: Mapping[str, Json] = MappingProxyType({})) -> Json:
    return {
        "Properties": {
            **more,
            "Runtime": f"python{python}",
            "Environment": {"Variables": environment()},
            # Text: every line is JSON already, and CloudWatch reads metrics from it as it is.
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": {"Ref": "ApiLogs"}},
        }
    }


def _api() -> Json:
    limits: Json = {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": {"Ref": "RequestsPerSecondMax"},
        "ThrottlingBurstLimit": {"Ref": "RequestsBurstMax"},
    }
    return {
        "Properties": {
            "OpenApiVersion": "2.0",  # said, so that SAM adds no second stage named Stage
            "GatewayResponses": gateway_responses(),
            "MethodSettings": [limits],
        }
    }


def additions(python: str) -> dict[str, Json]:
    """The template to merge, for a function on Python ``python``, such as ``"3.11"``."""
    return {
        "Description": "Laurel: a loyalty program for online shops.",
        "Parameters": _parameters(),
        "Conditions": _conditions(),
        "Resources": {
            "Table": _table(),
            "ApiLogs": _log(),
            "APIHandler": _function(python),
            **{name: _function(python) for name in SCHEDULES},
            SEGMENTS: _segments(python),
            **_queues(),
            "RestAPI": _api(),
            **alarms(),
        },
        "Outputs": {
            "TableName": {"Value": table_in_use(), "Description": "The table in use."},
            "LogGroupName": {"Value": {"Ref": "ApiLogs"}, "Description": "Where it logs."},
        },
    }
