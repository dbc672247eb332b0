"""The role may do what the code does, to what it does it to, and nothing else."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session

from chalicelib.storage.definition import INDEX_KEYS
from tests.house.tree import assert_none, python_files, syntax_of

Statement = dict[str, Any]

# A transaction is no action of its own: each of its writes is.
ACTIONS_OF = {
    "TransactWriteItems": {"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"},
    "TransactGetItems": {"GetItem"},
}


@pytest.fixture
def statements(template: dict[str, Any]) -> dict[str, Statement]:
    role = template["Resources"]["ApiHandlerRole"]["Properties"]
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    found = (
        each["Fn::If"][1] if "Fn::If" in each else each
        for each in policy["PolicyDocument"]["Statement"]
    )
    return {each["Sid"]: each for each in found}


def _names_in_storage() -> Iterator[str]:
    """Every text and every method's name in ``chalicelib/storage``."""
    for path in python_files("chalicelib/storage"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _operations_of(service: str) -> set[str]:
    return set(get_session().get_service_model(service).operation_names)


def test_the_table_allows_the_operations_that_storage_names_and_no_other(
    statements: dict[str, Statement],
) -> None:
    used = _operations_of("dynamodb").intersection(_names_in_storage())
    needed = {action for name in used for action in ACTIONS_OF.get(name, {name})}
    assert set(statements["TheTable"]["Action"]) == {f"dynamodb:{name}" for name in needed}


def test_the_key_allows_what_encryption_calls_and_no_other(
    statements: dict[str, Statement],
) -> None:
    names = frozenset(_names_in_storage())
    called = {name for name in _operations_of("kms") if name.lower() in names}
    assert set(statements["TheKeyOfSecrets"]["Action"]) == {f"kms:{name}" for name in called}
    assert statements["TheKeyOfSecrets"]["Resource"] == {"Ref": "KmsKeyArn"}


def test_the_key_is_in_the_policy_only_where_there_is_one(template: dict[str, Any]) -> None:
    (policy,) = template["Resources"]["ApiHandlerRole"]["Properties"]["Policies"]
    (choice,) = [each for each in policy["PolicyDocument"]["Statement"] if "Fn::If" in each]
    assert choice["Fn::If"][0] == "HasKmsKey"
    assert choice["Fn::If"][2] == {"Ref": "AWS::NoValue"}


def test_indexes_are_only_queried_and_each_is_named(statements: dict[str, Statement]) -> None:
    assert statements["ItsIndexes"]["Action"] == ["dynamodb:Query"]
    ends = [
        resource["Fn::Sub"][0].partition("table/${Name}")[2]
        for resource in statements["ItsIndexes"]["Resource"]
    ]
    assert ends == [f"/index/{name}" for name in INDEX_KEYS]


def test_the_log_is_written_and_not_made(statements: dict[str, Statement]) -> None:
    assert statements["ItsLog"]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statements["ItsLog"]["Resource"] == {"Fn::GetAtt": ["ApiLogs", "Arn"]}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)


def test_the_policy_has_no_star(statements: dict[str, Statement]) -> None:
    assert_none(text for text in _texts(statements) if "*" in text)


def test_the_role_is_the_functions_alone(template: dict[str, Any]) -> None:
    role = template["Resources"]["ApiHandlerRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
