"""The competitor that is wrong on purpose: one atomic ADD per delivery and nothing around it.

It is what the harness is tested with (a judge that lets this pass judges nothing), and the floor
under the figures: no earn takes fewer calls.
"""

from typing import Any

from bench.side_by_side.harness import Faults, Order

TABLE = "laurel"


def add_points(client: Any, order: Order) -> None:  # noqa: ANN401  # botocore makes classes as it goes
    """Points += of the order, atomic in DynamoDB, once for every delivery."""
    client.update_item(
        TableName=TABLE,
        Key=points_key(order.member),
        UpdateExpression="ADD n :points",
        ExpressionAttributeValues={":points": {"N": str(order.points)}},
    )


def points_key(member: str) -> dict[str, dict[str, str]]:
    """Where the member's points are."""
    return {"PK": {"S": f"points#{member}"}, "SK": {"S": "points"}}


def stored_points(client: Any, member: str) -> int:  # noqa: ANN401  # see above
    """The member's points, 0 for a stranger."""
    answer = client.get_item(TableName=TABLE, Key=points_key(member), ConsistentRead=True)
    return int(answer.get("Item", {}).get("n", {}).get("N", "0"))


class BareAdd:
    """A ``Competitor`` over a boto3 client."""

    def __init__(self, client: Any, faults: Faults) -> None:  # noqa: ANN401  # see above
        """Use ``client``, whose calls are counted by ``faults``."""
        self.client = client
        self.faults = faults

    def enrol(self, member: str) -> None:
        """Needs nothing."""

    def deliver(self, order: Order) -> None:
        """Add."""
        add_points(self.client, order)

    def balance(self, member: str) -> int:
        """As stored."""
        return stored_points(self.client, member)

    def pass_time(self, duration_ms: int) -> None:
        """Knows no time."""
