"""The role may do what the code does, to what it does it to, and nothing else."""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from chalicelib import telemetry
from chalicelib.operations.replay_workers import take_message
from chalicelib.storage.definition import INDEX_KEYS
from chalicelib.storage.items import Add, Anything, Check, Delete, Fill, Item, Key, Put, Take, Write
from chalicelib.storage.replay_queue import SegmentMessage
from chalicelib.storage.table import Page, Query, Scan
from dev.packaging.template import SCHEDULES, SEGMENTS
from tests.house.tree import assert_none, python_files, syntax_of
from tests.memory_table import MemoryTable
from tests.operations.audited import audited, item_at, lively, put
from tests.operations.replay_scenes import ANY_TIME, begun, cut_small, village

Statement = dict[str, Any]

# A transaction is no action of its own: each of its writes is.
ACTIONS_OF = {
    "TransactWriteItems": {"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"},
    "TransactGetItems": {"GetItem"},
}


ROLES = ("ApiHandlerRole", *(f"{name}Role" for name in (*SCHEDULES, SEGMENTS)))
FILES = "arn:${AWS::Partition}:s3:::${PagesBucket}/shops/*"
AUDITS_ALONE = {"Scan"}
"""What of storage only the audit calls: the API can read no table from end to end."""


@pytest.fixture
def statements(template: dict[str, Any]) -> dict[str, Statement]:
    return statements_of(template, "ApiHandlerRole")


@pytest.fixture
def of_the_audit(template: dict[str, Any]) -> dict[str, Statement]:
    return statements_of(template, "NightlyAuditRole")


def statements_of(template: dict[str, Any], name: str) -> dict[str, Statement]:
    role = template["Resources"][name]["Properties"]
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
    needed = {action for name in used - AUDITS_ALONE for action in ACTIONS_OF.get(name, {name})}
    assert set(statements["TheTable"]["Action"]) == {f"dynamodb:{name}" for name in needed}


def test_the_audit_may_do_what_a_whole_night_of_it_does_and_no_more(
    of_the_audit: dict[str, Statement],
) -> None:
    table = Noting()
    lively(table)
    table.done.clear()
    with telemetry.use(lambda _: None):
        put(table, item_at(table, "#B#mug", "00"), n=7)  # so that it counts again by the index
        table.done.clear()
        assert audited(table).breaks
    assert set(of_the_audit["TheTable"]["Action"]) == {f"dynamodb:{name}" for name in table.done}
    assert set(of_the_audit) == {"TheTable", "ItsIndexes", "ItsLog"}  # and not the key of secrets
    (index,) = of_the_audit["ItsIndexes"]["Resource"]
    assert index["Fn::Sub"][0].endswith("/index/GSI1")
    assert table.indexes == {"GSI1"}


def test_a_segment_may_do_what_a_whole_replay_of_messages_does_and_no_more(
    template: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_small(monkeypatch, 3)
    scene = village()
    replay, table = begun(scene), Noting.over(scene.table)
    said = [
        take_message(table, SegmentMessage(replay.shop, replay.draft_hash, number), ANY_TIME)
        for number in (*range(5), *range(5), *range(5))
    ]
    assert said[-1] == "finished"
    mine = statements_of(template, f"{SEGMENTS}Role")
    assert set(mine["TheTable"]["Action"]) == {f"dynamodb:{name}" for name in table.done}
    assert set(mine) == {"TheTable", "ItsIndexes", "TheReplays", "ItsLog"}
    (index,) = mine["ItsIndexes"]["Resource"]
    assert index["Fn::Sub"][0].endswith("/index/GSI1")
    assert table.indexes == {"GSI1"}


def test_messages_are_sent_by_all_and_taken_by_one(template: dict[str, Any]) -> None:
    queue = {"Fn::GetAtt": ["ReplayQueue", "Arn"]}
    send = {"sqs:SendMessage"}  # a batch of messages asks for no other
    assert "send_message_batch" in set(_names_in_storage())
    take = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    by_role = {role: statements_of(template, role).get("TheReplays", {}) for role in ROLES}
    found = {role: set(each["Action"]) for role, each in by_role.items() if each}
    assert found.pop(f"{SEGMENTS}Role") == send | take
    assert found == dict.fromkeys(("ApiHandlerRole", "SweepDueRole", "ReplaysRole"), send)
    assert all(each["Resource"] == queue for each in by_role.values() if each)


class Noting(MemoryTable):
    """Notes the actions that DynamoDB would ask permission for."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()
        self.indexes: set[str] = set()

    @classmethod
    def over(cls, table: Any) -> "Noting":
        """A copy of ``table``."""
        noting = cls()
        for item in table.items():
            noting.write(Put(item, Anything()))
        noting.done.clear()
        return noting

    def load(self, keys: Sequence[Key]) -> dict[Key, Item]:
        self.done.add("BatchGetItem")
        return super().load(keys)

    def query(self, query: Query) -> Page:
        self.done.add("Query")
        self.indexes |= {query.index} if query.index else set()
        return super().query(query)

    def scan(self, scan: Scan) -> Page:
        self.done.add("Scan")
        return super().scan(scan)

    def write(self, write: Put | Delete | Take) -> None:
        self.done.add(WRITTEN[type(write)])
        super().write(write)

    def transact(self, writes: Sequence[Write], token: str) -> None:
        self.done |= {WRITTEN[type(write)] for write in writes}
        super().transact(writes, token)


WRITTEN = {
    Put: "PutItem", Delete: "DeleteItem", Take: "UpdateItem", Add: "UpdateItem",
    Fill: "UpdateItem",    Check: "ConditionCheckItem",
}  # fmt: skip


def test_the_key_allows_what_encryption_calls_and_no_other(
    statements: dict[str, Statement],
) -> None:
    names = frozenset(_names_in_storage())
    called = {name for name in _operations_of("kms") if name.lower() in names}
    assert set(statements["TheKeyOfSecrets"]["Action"]) == {f"kms:{name}" for name in called}
    assert statements["TheKeyOfSecrets"]["Resource"] == {"Ref": "KmsKeyArn"}


def test_the_key_is_in_the_policy_only_where_there_is_one(template: dict[str, Any]) -> None:
    (policy,) = template["Resources"]["ApiHandlerRole"]["Properties"]["Policies"]
    choices = [each for each in policy["PolicyDocument"]["Statement"] if "Fn::If" in each]
    assert [choice["Fn::If"][0] for choice in choices] == ["HasKmsKey", "HasPagesBucket"]
    assert all(choice["Fn::If"][2] == {"Ref": "AWS::NoValue"} for choice in choices)


def test_the_bucket_takes_files_of_shops_and_gives_none(statements: dict[str, Statement]) -> None:
    names = frozenset(_names_in_storage())
    called = {name for name in _operations_of("s3") if xform_name(name) in names}
    assert set(statements["ThePages"]["Action"]) == {f"s3:{name}" for name in called}
    assert statements["ThePages"]["Resource"] == {"Fn::Sub": FILES}


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


@pytest.mark.parametrize("role", ROLES)
def test_no_policy_has_a_star(template: dict[str, Any], role: str) -> None:
    stars = {text for text in _texts(statements_of(template, role)) if "*" in text}
    assert_none(stars - {FILES})  # names of files are not known beforehand


@pytest.mark.parametrize("name", ROLES)
def test_each_role_is_a_functions_alone(template: dict[str, Any], name: str) -> None:
    role = template["Resources"][name]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
