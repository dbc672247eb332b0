"""How ``DynamoTable`` reads the answers of DynamoDB, written here as they come over the wire."""

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from chalicelib.domain.limits import BACKOFF_CAP_MS, READ_ATTEMPTS_MAX, READ_DEADLINE_MS
from chalicelib.domain.outcome import InvariantBroken, StorageUnavailable
from chalicelib.storage.items import Absent, Anything, Check, Delete, Exists, Key, Put, Take
from chalicelib.storage.table import ConditionFailed, Contended, Failure, Query, Unanswered
from tests.storage.wire import Answer, cancelled, error, scripted

WRITES = (
    Put({"PK": "p", "SK": "A", "r": 2}, Absent()),
    Take(("p", "S"), "n", 1),
    Check(("p", "C"), Exists()),
    Delete(("p", "D"), Exists()),
)
NONE = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
URL = "http://127.0.0.1:9"


def row(sk: str) -> dict[str, dict[str, str]]:
    return {"PK": {"S": "p"}, "SK": {"S": sk}}


def batch(found: list[str], left: list[str]) -> Answer:
    unprocessed = {"laurel": {"Keys": [row(sk) for sk in left], "ConsistentRead": True}}
    return Answer(
        {
            "Responses": {"laurel": [row(sk) for sk in found]},
            "UnprocessedKeys": unprocessed if left else {},
        }
    )


def keys(*names: str) -> list[Key]:
    return [("p", name) for name in names]


# ------------------------------------------------------------------ reads


def test_unprocessed_keys_are_asked_for_again() -> None:
    table, wire = scripted(batch(["A"], ["B", "C"]), batch([], ["B", "C"]), batch(["C"], []))
    assert set(table.load(keys("A", "B", "C"))) == set(keys("A", "C"))
    asked = [request["RequestItems"]["laurel"]["Keys"] for request in wire.asked]
    assert asked == [
        [row("A"), row("B"), row("C")],
        [row("B"), row("C")],
        [row("B"), row("C")],
    ]
    assert all(request["RequestItems"]["laurel"]["ConsistentRead"] for request in wire.asked)
    assert len(wire.pauses_ms) == 2


def test_keys_that_stay_unprocessed_are_never_called_absent() -> None:
    table, wire = scripted(batch(["A"], ["B"]))
    with pytest.raises(StorageUnavailable):
        table.load(keys("A", "B"))
    assert len(wire.asked) <= READ_ATTEMPTS_MAX
    assert sum(wire.pauses_ms) < READ_DEADLINE_MS
    assert all(0 <= pause <= BACKOFF_CAP_MS for pause in wire.pauses_ms)


def test_a_slow_table_is_given_up_at_the_deadline() -> None:
    table, wire = scripted(error("ThrottlingException"))

    def crawl(duration_ms: int) -> None:
        wire.now_ms += duration_ms + 1_500

    table._pace = type(table._pace)(crawl, lambda: wire.now_ms)
    with pytest.raises(StorageUnavailable):
        table.load(keys("A"))
    assert len(wire.asked) <= 4


@pytest.mark.parametrize(
    "trouble",
    [
        error("ThrottlingException"),
        error("ProvisionedThroughputExceededException"),
        error("InternalServerError", 500),
        error("ServiceUnavailable", 503),
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
    ],
)
def test_reads_are_asked_again_through_trouble(trouble: Answer | Exception) -> None:
    table, wire = scripted(trouble, trouble, batch(["A"], []))
    assert set(table.load(keys("A"))) == set(keys("A"))
    assert len(wire.asked) == 3
    table, wire = scripted(trouble, Answer({"Items": [row("A")]}))
    assert len(table.query(Query("p")).items) == 1


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        (error("ResourceNotFoundException"), StorageUnavailable),
        (error("AccessDeniedException"), StorageUnavailable),
        (error("ExpiredTokenException"), StorageUnavailable),
        (error("ValidationException"), InvariantBroken),
    ],
)
def test_reads_that_cannot_get_better_are_asked_once(
    trouble: Answer, raised: type[Exception]
) -> None:
    table, wire = scripted(trouble)
    with pytest.raises(raised):
        table.load(keys("A"))
    with pytest.raises(raised):
        table.query(Query("p"))
    assert len(wire.asked) == 2


def test_a_fraction_in_the_table_is_not_rounded_away() -> None:
    table, _ = scripted(Answer({"Items": [{**row("A"), "n": {"N": "1.5"}}]}))
    with pytest.raises(InvariantBroken):
        table.query(Query("p"))


# ------------------------------------------------------------------ writes


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        (error("TransactionConflictException"), Contended),
        (error("TransactionInProgressException"), Contended),
        (error("ThrottlingException"), Contended),
        (error("ProvisionedThroughputExceededException"), Contended),
        (error("RequestLimitExceeded"), Contended),
        (error("IdempotentParameterMismatchException"), InvariantBroken),
        (error("ValidationException"), InvariantBroken),
        (error("SerializationException"), InvariantBroken),
        (error("InternalServerError", 500), Unanswered),
        (error("ServiceUnavailable", 503), Unanswered),
        (error("ResourceNotFoundException"), StorageUnavailable),
        (error("AccessDeniedException"), StorageUnavailable),
        (ReadTimeoutError(endpoint_url=URL), Unanswered),
        (ConnectTimeoutError(endpoint_url=URL), Unanswered),
        (ConnectionClosedError(endpoint_url=URL), Unanswered),
        (EndpointConnectionError(endpoint_url=URL), Unanswered),
        (cancelled(NONE, {"Code": "TransactionConflict"}, NONE, NONE), Contended),
        (cancelled(NONE, {"Code": "ThrottlingError"}, NONE, NONE), Contended),
        (cancelled(NONE, {"Code": "ProvisionedThroughputExceeded"}, NONE, NONE), Contended),
        (cancelled(NONE, FAILED, {"Code": "ValidationError"}, NONE), InvariantBroken),
        (cancelled(NONE, {"Code": "SomethingNew"}, NONE, NONE), Unanswered),
        (cancelled(NONE, NONE, NONE, NONE), Unanswered),
        (cancelled(), Unanswered),
    ],
)
def test_writes_are_sent_once_and_their_trouble_is_named(
    trouble: Answer | Exception, raised: type[Exception]
) -> None:
    table, wire = scripted(trouble)
    with pytest.raises(raised) as caught:
        table.transact(WRITES, "token")
    assert type(caught.value) is raised
    assert len(wire.asked) == 1
    with pytest.raises(raised):
        table.write(WRITES[0])
    assert len(wire.asked) == 2


def test_reasons_name_the_writes_in_the_order_given() -> None:
    """PynamoDB would have sent check, delete, put, update."""
    found = {**FAILED, "Item": {**row("S"), "n": {"N": "0"}}}
    table, wire = scripted(cancelled(NONE, found, FAILED, NONE))
    with pytest.raises(ConditionFailed) as caught:
        table.transact(WRITES, "token")
    assert caught.value.failures == (
        Failure(1, {"PK": "p", "SK": "S", "n": 0}),
        Failure(2, None),
    )
    sent = [next(iter(each)) for each in wire.asked[0]["TransactItems"]]
    assert sent == ["Put", "Update", "ConditionCheck", "Delete"]
    every = [next(iter(each.values())) for each in wire.asked[0]["TransactItems"]]
    assert {each["ReturnValuesOnConditionCheckFailure"] for each in every} == {"ALL_OLD"}


def test_a_failed_condition_outranks_a_conflict() -> None:
    table, _ = scripted(cancelled({"Code": "TransactionConflict"}, FAILED, NONE, NONE))
    with pytest.raises(ConditionFailed) as caught:
        table.transact(WRITES, "token")
    assert caught.value.failures == (Failure(1, None),)


def test_a_failed_single_write_shows_what_is_there() -> None:
    table, _ = scripted(
        error("ConditionalCheckFailedException", Item={**row("A"), "r": {"N": "3"}})
    )
    with pytest.raises(ConditionFailed) as caught:
        table.write(Put({"PK": "p", "SK": "A"}, Absent()))
    assert caught.value.failures == (Failure(0, {"PK": "p", "SK": "A", "r": 3}),)


def test_the_same_token_is_another_one_for_another_table() -> None:
    table, wire = scripted(Answer({}))
    table.transact(WRITES, "token")
    table.transact(WRITES, "token")
    type(table)(table.connection, "laurel-staging").transact(WRITES, "token")
    tokens = [request["ClientRequestToken"] for request in wire.asked]
    assert tokens[0] == tokens[1] != tokens[2]
    assert {len(token) for token in tokens} == {36}


def test_unconditional_writes_carry_no_condition() -> None:
    table, wire = scripted(Answer({}))
    table.write(Put({"PK": "p", "SK": "A"}, Anything()))
    assert set(wire.asked[0]) == {"TableName", "Item", "ReturnConsumedCapacity"}


def test_time_outs_are_short_and_botocore_never_retries() -> None:
    table, _ = scripted(Answer({}))
    config = table.connection.client.meta.config  # type: ignore[attr-defined]
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries["total_max_attempts"] == 1
