"""DynamoDB's wire with faults, below botocore: what fails here fails as it would fail in AWS.

botocore runs every ``before-send`` handler, whatever the others answered. So moto's handler is
taken off the client and called from here: otherwise a call that is said to be lost on its way
would land all the same. ``ensure_faults_are_true`` proves that on each client before it counts.

::

    outcome            transaction                one item, read or written
    throttled          ThrottlingException        the same
    conflict           TransactionConflict        InternalServerError, nothing landed: no
                                                  transaction ever touches these items
    condition failed   the first is said to       a condition is said to fail, nothing lands;
                       fail, nothing lands        without one it cannot be: the call is done
    timeout before     ReadTimeoutError, nothing landed
    timeout after      it landed, then ReadTimeoutError
    lost after         it landed, then ConnectionClosedError
    crash              the process ends before the call: ``Crash``, no handler runs
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.models import botocore_stubber

from bench.side_by_side.harness import Faults
from tests.faults import Crash, Fault, no_fault

_PROTOCOL = "com.amazonaws.dynamodb.v20120810#"
PROBE = "the harness's own"


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _error(request: AWSPreparedRequest, status: int, code: str, **more: object) -> AWSResponse:
    told = {"__type": _PROTOCOL + code, "message": f"injected: {code}", **more}
    body = json.dumps(told).encode()
    headers = HTTPHeaders()
    headers["content-type"] = "application/x-amz-json-1.0"
    headers["content-length"] = str(len(body))
    return AWSResponse(request.url, status, headers, _Raw(body))


def _cancelled(request: AWSPreparedRequest, code: str) -> AWSResponse:
    """A transaction whose first write is the reason."""
    asked: Any = request.body
    writes = json.loads(asked)["TransactItems"]
    reasons = [{"Code": "None"} for _ in writes]
    reasons[0] = {"Code": code, "Message": "injected"}
    return _error(request, 400, "TransactionCanceledException", CancellationReasons=reasons)


def _refused(request: AWSPreparedRequest, operation: str, fault: Fault) -> AWSResponse | None:
    """An answer that says no; None where DynamoDB has no such answer."""
    is_transaction = operation == "TransactWriteItems"
    asked: Any = request.body
    if fault is Fault.THROTTLED:
        return _error(request, 400, "ThrottlingException")
    if fault is Fault.CONFLICT:
        if is_transaction:
            return _cancelled(request, "TransactionConflict")
        return _error(request, 500, "InternalServerError")
    if is_transaction:
        return _cancelled(request, "ConditionalCheckFailed")
    if "ConditionExpression" in json.loads(asked):
        return _error(request, 400, "ConditionalCheckFailedException")
    return None


class FaultyWire:
    """The way from a client to moto. Shared by all clients of one competitor."""

    def __init__(self, faults: Faults) -> None:
        """Fail as ``faults`` plans."""
        self.faults = faults

    def connect(self, client: Any) -> Any:  # noqa: ANN401  # botocore makes classes as it goes
        """``client``, whose calls pass here and nowhere else."""
        client.meta.events.unregister("before-send", botocore_stubber)
        client.meta.events.register_first("before-send.dynamodb", self._answer)
        return client

    def _answer(
        self, request: AWSPreparedRequest, event_name: str, **_: object
    ) -> AWSResponse | None:
        operation = event_name.rsplit(".", 1)[-1]
        fault = self.faults.next(operation)

        def land() -> AWSResponse | None:
            return botocore_stubber(event_name, request)

        if fault in {Fault.THROTTLED, Fault.CONFLICT, Fault.CONDITION_FAILED}:
            refused = _refused(request, operation, fault)
            return refused if refused is not None else land()
        return land() if fault is None else _unheard(request, fault, land)


def _unheard(
    request: AWSPreparedRequest, fault: Fault, land: Callable[[], object]
) -> AWSResponse | None:
    """No answer reaches the caller; what is said to be lost AFTER has landed."""
    if fault in {Fault.TIMEOUT_AFTER, Fault.LOST_AFTER, Fault.CRASH_AFTER}:
        land()
    if fault in {Fault.CRASH, Fault.CRASH_AFTER}:
        raise Crash("the process ends")
    if fault is Fault.LOST_AFTER:
        raise ConnectionClosedError(endpoint_url=request.url)
    raise ReadTimeoutError(endpoint_url=request.url)


@contextmanager
def no_waiting() -> Iterator[None]:
    """Botocore's own retries come at once; how many there are stays its own decision."""
    with patch.object(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None)):
        yield


def ensure_faults_are_true(client: Any, faults: Faults, table: str) -> None:  # noqa: ANN401  # see connect
    """Write through ``client`` under every fault that is final, and look what landed.

    Raises:
        RuntimeError: a fault does not do what it says; no figure would mean anything.
    """
    for fault in (None, Fault.CRASH, Fault.CRASH_AFTER):
        name = fault.value if fault else "ok"
        key = {"PK": {"S": PROBE}, "SK": {"S": name}}
        faults.start(lambda _, __, fault=fault: fault)  # type: ignore[misc]  # bound now
        with suppress(Crash):
            client.put_item(TableName=table, Item=key)
        faults.start(no_fault)
        landed = "Item" in client.get_item(TableName=table, Key=key, ConsistentRead=True)
        if landed != (fault is not Fault.CRASH):
            raise RuntimeError(f"the harness lies: after {name} landed is {landed}")
    _ensure_lost_is_lost(client, faults, table)


def _ensure_lost_is_lost(client: Any, faults: Faults, table: str) -> None:  # noqa: ANN401  # see connect
    """A time-out before, at every try of botocore's own, leaves nothing behind."""
    key = {"PK": {"S": PROBE}, "SK": {"S": "lost"}}
    faults.start(lambda _, __: Fault.TIMEOUT_BEFORE)
    with no_waiting(), suppress(ReadTimeoutError):
        client.put_item(TableName=table, Item=key)
    faults.start(no_fault)
    if "Item" in client.get_item(TableName=table, Key=key, ConsistentRead=True):
        raise RuntimeError("the harness lies: a call that was lost on its way landed")
