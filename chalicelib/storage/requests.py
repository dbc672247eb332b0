"""What is sent to DynamoDB: writes and queries as the arguments of its calls, in our own order.

Conditions are written out as the few fixed sentences that ``items`` knows, not built from parts.
Every conditional write asks for ALL_OLD, so whoever loses a race learns in the same answer what
won. Nothing here sends.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from chalicelib.domain.outcome import InvariantBroken, ensure
from chalicelib.storage.codec import Attributes, encode, encode_value
from chalicelib.storage.definition import INDEX_KEYS, KEY_ATTRIBUTES
from chalicelib.storage.items import (
    REVISION,
    Absent,
    Add,
    Anything,
    Check,
    Condition,
    Delete,
    Exists,
    Fill,
    Key,
    Put,
    RevisionIs,
    Take,
    Write,
)
from chalicelib.storage.table import Query, Scan, Start
from chalicelib.storage.tokens import table_token

Request: TypeAlias = dict[str, Any]
"""Arguments of one call of DynamoDB; wire form, so untyped."""

_OPERATIONS: Final[dict[type[Write], str]] = {
    Put: "Put",
    Delete: "Delete",
    Check: "ConditionCheck",
    Take: "Update",
    Add: "Update",
    Fill: "Update",
}
_SINGLE_OPERATIONS: Final = {Put: "PutItem", Delete: "DeleteItem", Take: "UpdateItem"}


def key_attributes(key: Key) -> Attributes:
    """The wire form of a key."""
    return {"PK": {"S": key[0]}, "SK": {"S": key[1]}}


def _condition(condition: Condition) -> Request:
    match condition:
        case Absent():
            said: Request = {"ConditionExpression": "attribute_not_exists(PK)"}
        case RevisionIs(revision):
            said = {
                "ConditionExpression": f"{REVISION} = :revision",
                "ExpressionAttributeValues": {":revision": encode_value(revision)},
            }
        case Exists():
            said = {"ConditionExpression": "attribute_exists(PK)"}
        case Anything():
            return {}
    said["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return said


def _taking(take: Take) -> Request:
    """Lower a number where it suffices. An absent attribute compares false, so it fails too.

    ADD of a negative number, because SET would name an attribute that may be absent, which some
    engines refuse as malformed before they look at the condition.
    """
    return {
        "Key": key_attributes(take.key),
        "UpdateExpression": "ADD #number :difference",
        "ConditionExpression": "#number >= :amount",
        "ExpressionAttributeNames": {"#number": take.attribute},
        "ExpressionAttributeValues": {
            ":amount": encode_value(take.amount),
            ":difference": encode_value(-take.amount),
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _adding(add: Add) -> Request:
    """Raise a number, from nothing where there is no item yet."""
    return {
        "Key": key_attributes(add.key),
        "UpdateExpression": "ADD #number :difference",
        "ExpressionAttributeNames": {"#number": add.attribute},
        "ExpressionAttributeValues": {":difference": encode_value(add.amount)},
    }


def _filling(fill: Fill) -> Request:
    """Raise a number where it stays within its ceiling; from nothing where there is none."""
    ensure(fill.amount <= fill.ceiling, "what is filled in fits under its ceiling")
    return {
        "Key": key_attributes(fill.key),
        "UpdateExpression": "ADD #number :amount",
        "ConditionExpression": "attribute_not_exists(#number) OR #number <= :before",
        "ExpressionAttributeNames": {"#number": fill.attribute},
        "ExpressionAttributeValues": {
            ":amount": encode_value(fill.amount),
            ":before": encode_value(fill.ceiling - fill.amount),
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _operation(write: Write) -> Request:
    match write:
        case Put(item, condition):
            return {"Item": encode(item), **_condition(condition)}
        case Delete(key, condition):
            return {"Key": key_attributes(key), **_condition(condition)}
        case Check(key, condition):
            ensure(condition != Anything(), "a check of anything checks nothing")
            return {"Key": key_attributes(key), **_condition(condition)}
        case Take():
            return _taking(write)
        case Add():
            return _adding(write)
        case Fill():
            return _filling(write)


def transaction(table_name: str, writes: Sequence[Write], token: str) -> Request:
    """The arguments of TransactWriteItems; reasons come back in the order of ``writes``."""
    return {
        "TransactItems": [
            {_OPERATIONS[type(write)]: {"TableName": table_name, **_operation(write)}}
            for write in writes
        ],
        "ClientRequestToken": table_token(table_name, token),
    }


def single(table_name: str, write: Put | Delete | Take) -> tuple[str, Request]:
    """The name and arguments of the call for one write.

    Raises:
        InvariantBroken: a ``Check`` alone, which would write nothing.
    """
    operation = _SINGLE_OPERATIONS.get(type(write))
    if operation is None:
        raise InvariantBroken(f"a {type(write).__name__} does not stand alone")
    return operation, {"TableName": table_name, **_operation(write)}


def batch_get(table_name: str, keys: Sequence[Attributes]) -> Request:
    """The arguments of one strongly consistent BatchGetItem."""
    return {"RequestItems": {table_name: {"Keys": list(keys), "ConsistentRead": True}}}


def query_page(table_name: str, query: Query) -> Request:
    """The arguments of Query."""
    ensure(query.limit >= 1, "a page has room for an item")
    ensure(not (query.consistent and query.index), "an index is never consistent")
    partition, sort = KEY_ATTRIBUTES if query.index is None else INDEX_KEYS[query.index]
    values: Request = {":partition": {"S": query.pk}}
    condition = f"{partition} = :partition"
    if query.sk_prefix:
        values[":prefix"] = {"S": query.sk_prefix}
        condition += f" AND begins_with({sort}, :prefix)"
    request: Request = {
        "TableName": table_name,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "Limit": query.limit,
        "ScanIndexForward": not query.newest_first,
        "ConsistentRead": query.consistent,
    }
    if query.index is not None:
        request["IndexName"] = query.index
    if query.start is not None:
        request["ExclusiveStartKey"] = _exclusive_start(query, query.start)
    return request


def scan_page(table_name: str, scan: Scan) -> Request:
    """The arguments of one Scan of keys."""
    ensure(scan.limit >= 1, "a page has room for a key")
    ensure(0 <= scan.segment < scan.segments, "a scan is of one of its segments")
    request: Request = {
        "TableName": table_name,
        "Segment": scan.segment,
        "TotalSegments": scan.segments,
        "Limit": scan.limit,
        "ProjectionExpression": ", ".join(KEY_ATTRIBUTES),
        "ConsistentRead": False,
    }
    if scan.start is not None:
        request["ExclusiveStartKey"] = key_attributes((scan.start[0], scan.start[1]))
    return request


def _exclusive_start(query: Query, start: Start) -> Attributes:
    attributes = key_attributes((start[0], start[1]))
    if query.index is None:
        return attributes
    ensure(len(start) == 3, "a page of an index starts at key and sort key of the index")  # noqa: PLR2004  # just said
    partition, sort = INDEX_KEYS[query.index]
    return {**attributes, partition: {"S": query.pk}, sort: {"S": start[-1]}}


def next_start(query: Query | Scan, last: Attributes) -> Start | None:
    """Where DynamoDB says that the next page starts; ``last`` is its LastEvaluatedKey."""
    if not last:
        return None
    key = (str(last["PK"]["S"]), str(last["SK"]["S"]))
    if isinstance(query, Scan) or query.index is None:
        return key
    return *key, str(last[INDEX_KEYS[query.index][1]]["S"])
