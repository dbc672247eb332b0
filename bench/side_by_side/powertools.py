"""AWS Powertools' idempotency around an atomic ADD of points, used as its documentation says.

``@idempotent`` on the Lambda handler, ``DynamoDBPersistenceLayer``, the order's id as the key
(``event_key_jmespath``), the Lambda context handed on, so that an execution that timed out is
released. Records live for thirty days instead of the default hour, which is kinder to it: the
redeliveries here come eleven minutes apart. Not used: the local cache (off by default, and a
redelivery usually meets another process).

What it promises (its page, "Handling exceptions" and "Lambda timeouts"): the same result for the
same key while the record stands. What it does not: an unhandled exception deletes the record, and
an execution whose time ran out is run again. In both cases the ADD may have landed.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import local
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    base,
    idempotent,
)
from aws_lambda_powertools.utilities.idempotency.persistence import base as layer
from aws_lambda_powertools.utilities.idempotency.persistence import datarecord, dynamodb

from bench.side_by_side.bare_add import TABLE, add_points, stored_points
from bench.side_by_side.harness import Faults, Order

RECORD_SECONDS = 30 * 24 * 3_600
LAMBDA_TIMEOUT_MS = 3_000  # Lambda's default


class Context:
    """What Lambda tells a handler, as far as the decorator asks."""

    def get_remaining_time_in_millis(self) -> int:
        """The whole time: the invocation has just begun."""
        return LAMBDA_TIMEOUT_MS


def make_handler(client: Any) -> Any:  # noqa: ANN401  # boto's and Powertools' own classes
    """The Lambda function of a shop."""
    store = DynamoDBPersistenceLayer(
        table_name=TABLE, key_attr="PK", sort_key_attr="SK", boto3_client=client
    )
    config = IdempotencyConfig(event_key_jmespath="order_id", expires_after_seconds=RECORD_SECONDS)

    @idempotent(config=config, persistence_store=store)
    def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG001  # Lambda's
        add_points(client, Order(event["member"], event["order_id"], event["net"]))
        return {"order_id": event["order_id"]}

    return handler


class Powertools:
    """A ``Competitor`` over a boto3 client; a handler for each thread, as Lambda has."""

    def __init__(self, client: Any, faults: Faults) -> None:  # noqa: ANN401  # see above
        """Use ``client``, whose calls are counted by ``faults``."""
        self.client = client
        self.faults = faults
        self._mine = local()
        self.late_ms = 0

    def enrol(self, member: str) -> None:
        """Needs nothing."""

    def deliver(self, order: Order) -> None:
        """Invoke the function."""
        if not hasattr(self._mine, "handler"):
            self._mine.handler = make_handler(self.client)
        event = {"order_id": order.id, "member": order.member, "net": order.net}
        self._mine.handler(event, Context())

    def balance(self, member: str) -> int:
        """As stored."""
        return stored_points(self.client, member)

    def pass_time(self, duration_ms: int) -> None:
        """Later, for Powertools' own clock inside ``clock``."""
        self.late_ms += duration_ms

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Inside the block Powertools' four readers of the clock see the time that passed."""
        competitor = self

        class Later(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> "Later":
                late = dt.timedelta(milliseconds=competitor.late_ms)
                return super().now(tz) + late

        shifted = SimpleNamespace(datetime=Later, timedelta=dt.timedelta)
        with ExitStack() as stack:
            for module in (base, layer, datarecord, dynamodb):
                stack.enter_context(patch.object(module, "dt", shifted))
            yield
