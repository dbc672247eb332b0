"""The shape of the one table, as data: local engines and CloudFormation are made from it.

Why these projections: an index row costs a write unit each time an attribute it carries changes.
``GSI1`` (what is due, whose guest order) is KEYS_ONLY, so an account that keeps its due date
costs no index unit at a commit; readers load the items they were led to anyway. ``GSI2`` (the
shop-wide journal) carries the four numbers of an entry that totals need: seq ``q``, unit ``u``,
points ``p``, kind ``k``; entries never change, so its row is written once.

Time to live acts on ``ttl``, which stands on throttle counters and the like, never on the books.
"""

from typing import Final, TypeAlias

from chalicelib.storage.items import TTL

Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"]

KEY_ATTRIBUTES: Final = ("PK", "SK")
INDEX_KEYS: Final[dict[str, tuple[str, str]]] = {
    "GSI1": ("GSI1PK", "GSI1SK"),
    "GSI2": ("GSI2PK", "GSI2SK"),
}
INDEX_INCLUDES: Final[dict[str, tuple[str, ...]]] = {
    "GSI1": (),
    "GSI2": ("q", "u", "p", "k"),
}


def _key_schema(partition: str, sort: str) -> list[Json]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _index(name: str) -> Json:
    included = INDEX_INCLUDES[name]
    projection: dict[str, Json] = {"ProjectionType": "KEYS_ONLY"}
    if included:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(included)}
    return {
        "IndexName": name,
        "KeySchema": _key_schema(*INDEX_KEYS[name]),
        "Projection": projection,
    }


def table_definition(name: str) -> dict[str, Json]:
    """The arguments of CreateTable; all of them are properties of CloudFormation's table too.

    CloudFormation says the stream without ``StreamEnabled``; see ``table_properties``.
    """
    attributes = (*KEY_ATTRIBUTES, *(key for keys in INDEX_KEYS.values() for key in keys))
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in attributes
        ],
        "KeySchema": _key_schema(*KEY_ATTRIBUTES),
        "GlobalSecondaryIndexes": [_index(index) for index in INDEX_KEYS],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def time_to_live() -> dict[str, Json]:
    """The arguments of UpdateTimeToLive, and CloudFormation's property of the same name."""
    return {"AttributeName": TTL, "Enabled": True}


def table_properties(name: str) -> dict[str, Json]:
    """The ``Properties`` of ``AWS::DynamoDB::Table``: the definition, recovery and time to live."""
    return {
        **table_definition(name),
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": time_to_live(),
    }
