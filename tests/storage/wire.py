"""A real connection whose answers are written by the test, down to status and body.

botocore parses them and PynamoDB wraps them, so the mapping of errors is tested on what really
arrives. Nothing leaves the process.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.storage.connection import Access, open_table
from chalicelib.storage.dynamo_table import DynamoTable
from chalicelib.storage.patience import Pace


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of DynamoDB: ``code`` names an error."""

    body: dict[str, Any]
    status: int = 200


def error(code: str, status: int = 400, **more: object) -> Answer:
    return Answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", **more}, status)


def cancelled(*reasons: dict[str, Any]) -> Answer:
    return error("TransactionCanceledException", CancellationReasons=list(reasons))


@dataclass(slots=True)
class Wire:
    """What is answered next, what was asked, and how long was waited for it."""

    script: list[Answer | Exception]
    asked: list[dict[str, Any]] = field(default_factory=list)
    pauses_ms: list[int] = field(default_factory=list)
    now_ms: int = 0

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body: Any = request.body
        self.asked.append(json.loads(body))
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        headers = HTTPHeaders()
        headers["content-type"] = "application/x-amz-json-1.0"
        raw = _Raw(json.dumps(step.body).encode())
        return AWSResponse(request.url, step.status, headers, raw)

    def pause(self, duration_ms: int) -> None:
        self.pauses_ms.append(duration_ms)
        self.now_ms += duration_ms


def scripted(*script: Answer | Exception) -> tuple[DynamoTable, Wire]:
    """A table whose calls get ``script`` in turn, the last one for ever."""
    wire = Wire(list(script))
    table = open_table("laurel", "us-east-1", "http://127.0.0.1:9", Access("a", "b"))
    client = table.connection.client  # type: ignore[attr-defined]  # PynamoDB's own
    client.meta.events.register_first("before-send.dynamodb", wire.answer)
    return DynamoTable(table.connection, "laurel", Pace(wire.pause, lambda: wire.now_ms)), wire
