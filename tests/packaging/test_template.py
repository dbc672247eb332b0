import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from chalice.app import ScheduledEventConfig

from chalicelib import settings
from chalicelib.storage.definition import table_properties
from dev.packaging.interpreters import PINNED
from dev.packaging.template import SCHEDULES, SEGMENTS
from tests.house.tree import assert_none

Template = dict[str, Any]

SET_BY_LAMBDA = {"AWS_REGION"}
FOR_ANOTHER_ENGINE = {"LAUREL_DYNAMODB_ENDPOINT"}
# Judged by today's date, and the gate must not turn red by the calendar.
RUNTIME_IS_OLD = "W2531"


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_cfn_lint_finds_nothing(template_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "-i", RUNTIME_IS_OLD, "--", template_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_function_is_arm64_on_the_pinned_python(template: Template) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    assert set(functions) == {"APIHandler", *SCHEDULES, SEGMENTS}
    for function in functions.values():
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == f"python{PINNED}"
    assert functions["APIHandler"]["Timeout"] < 29  # the gateway gives up after 29 seconds
    beside = {functions[name]["Timeout"] for name in (*SCHEDULES, SEGMENTS)}
    assert beside == {900}  # all that Lambda gives


def test_every_schedule_of_the_jobs_is_a_function_of_its_own_with_its_own_role(
    template: Template,
) -> None:
    from app import app

    declared = [each.name for each in app.event_sources if isinstance(each, ScheduledEventConfig)]
    functions = of_type(template, "AWS::Serverless::Function")
    assert {name.replace("_", "").lower() for name in declared} == {n.lower() for n in SCHEDULES}
    for name in SCHEDULES:
        (event,) = functions[name]["Events"].values()
        assert event["Type"] == "Schedule"
        assert functions[name]["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert functions[name]["Environment"] == functions["APIHandler"]["Environment"]
        assert functions[name]["LoggingConfig"] == functions["APIHandler"]["LoggingConfig"]


def test_messages_of_the_stacks_own_queue_are_taken_one_by_one(template: Template) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    (event,) = functions[SEGMENTS]["Events"].values()
    assert event["Type"] == "SQS"
    told = event["Properties"]
    assert told["Queue"] == {"Fn::GetAtt": ["ReplayQueue", "Arn"]}
    assert told["BatchSize"] == 1
    assert told["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "ReplaySegmentsMax"}}
    assert template["Parameters"]["ReplaySegmentsMax"]["MinValue"] == 2  # as SQS wants it
    assert functions[SEGMENTS]["Environment"] == functions["APIHandler"]["Environment"]
    assert functions[SEGMENTS]["LoggingConfig"] == functions["APIHandler"]["LoggingConfig"]
    assert functions[SEGMENTS]["Role"] == {"Fn::GetAtt": [f"{SEGMENTS}Role", "Arn"]}


def test_a_message_is_hidden_for_as_long_as_its_function_runs_and_does_not_come_for_ever(
    template: Template,
) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    waiting, dead = queues["ReplayQueue"], queues["ReplayDeadLetters"]
    runs = of_type(template, "AWS::Serverless::Function")[SEGMENTS]["Timeout"]
    assert waiting["VisibilityTimeout"] > runs
    assert waiting["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["ReplayDeadLetters", "Arn"]
    }
    assert dead["MessageRetentionPeriod"] > waiting["MessageRetentionPeriod"]
    assert all(each["SqsManagedSseEnabled"] for each in queues.values())


def test_the_api_is_regional_with_one_stage_and_bounded(template: Template) -> None:
    (api,) = of_type(template, "AWS::Serverless::Api").values()
    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["StageName"] == "api"
    assert api["OpenApiVersion"] == "2.0"  # else SAM adds a stage named Stage
    (limits,) = api["MethodSettings"]
    assert (limits["ResourcePath"], limits["HttpMethod"]) == ("/*", "*")
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(limits)


def test_the_table_is_that_of_the_definition_and_outlives_the_stack(template: Template) -> None:
    table = template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    defined = table_properties("any")
    del defined["TableName"]  # with a name of its own, a second stack could not rise
    assert table["Properties"] == {**defined, "DeletionProtectionEnabled": True}


def test_the_table_has_recovery_stream_time_to_live_and_costs_by_use(template: Template) -> None:
    table = properties(template, "Table")
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"]["Enabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_nothing_reads_the_stream_while_there_is_no_job(template: Template) -> None:
    function = of_type(template, "AWS::Serverless::Function")["APIHandler"]
    assert "Events" not in function
    assert not of_type(template, "AWS::Lambda::EventSourceMapping")


def test_the_function_is_told_every_setting_but_what_lambda_and_other_engines_say(
    template: Template,
) -> None:
    told = properties(template, "APIHandler")["Environment"]["Variables"]
    assert set(told) == set(settings.VARIABLES) - SET_BY_LAMBDA - FOR_ANOTHER_ENGINE


def test_every_parameter_may_be_left_as_it_is_and_nothing_is_required(template: Template) -> None:
    assert_none(name for name, each in template["Parameters"].items() if "Default" not in each)


def test_what_settings_take_the_parameters_take_too(template: Template) -> None:
    def takes(parameter: str, value: str) -> bool:
        return bool(re.search(template["Parameters"][parameter]["AllowedPattern"], value))

    digest, key = "a" * 64, "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab"
    address = "https://abc.execute-api.eu-central-1.amazonaws.com/api/"
    assert takes("OperatorKeySha256", digest)
    assert takes("KmsKeyArn", key)
    assert takes("PublicUrl", address)
    assert not takes("OperatorKeySha256", "the key itself")
    assert not takes("KmsKeyArn", "alias/laurel")
    assert not takes("PublicUrl", "http://plain.example")
    said = settings.read(
        {
            "LAUREL_OPERATOR_KEY_SHA256": digest,
            "LAUREL_KMS_KEY_ID": key,
            "LAUREL_PUBLIC_URL": address,
        }
    )
    assert said.public_url == address.rstrip("/")


def test_empty_parameters_are_absent_settings(template: Template) -> None:
    told = properties(template, "APIHandler")["Environment"]["Variables"]
    assert settings.read(dict.fromkeys(told, "")) == settings.Settings()


def test_the_log_forgets(template: Template) -> None:
    (log,) = of_type(template, "AWS::Logs::LogGroup").values()
    assert log["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert template["Parameters"]["LogRetentionDays"]["Default"] == 30
    logging = properties(template, "APIHandler")["LoggingConfig"]
    assert logging == {"LogFormat": "Text", "LogGroup": {"Ref": "ApiLogs"}}


def _paths(template: Template) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = properties(template, "RestAPI")["DefinitionBody"]["paths"]
    return found


def test_every_path_answers_a_preflight_for_any_origin(template: Template) -> None:
    allow_origin = "method.response.header.Access-Control-Allow-Origin"
    assert_none(
        path
        for path, methods in _paths(template).items()
        if allow_origin not in str(methods.get("options", {}))
    )


def test_a_place_in_a_path_has_one_name(template: Template) -> None:
    # API Gateway refuses /shops/{shop} beside /shops/{id}; no linter knows.
    names: dict[str, set[str]] = {}
    for path in _paths(template):
        parts = path.split("/")
        for depth, part in enumerate(parts):
            if part.startswith("{"):
                before = "/".join("{}" if each.startswith("{") else each for each in parts[:depth])
                names.setdefault(before, set()).add(part)
    assert_none(f"{place}: {sorted(each)}" for place, each in names.items() if len(each) > 1)
