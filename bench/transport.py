"""A wire without a network: DynamoDB's answers, given at the last step before the socket.

botocore builds, signs and parses as ever; only sending is replaced. Reads are answered from a
``MemoryTable``, writes with a bare yes that changes nothing, so the same verb can be asked a
thousand times from the same state. The trick: the first time answers are computed and kept by the
bytes that asked, afterwards they are looked up, and the stub costs next to nothing, the same for
Laurel and for the bare client.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from chalicelib.storage.codec import encode
from chalicelib.storage.connection import Access, open_table
from chalicelib.storage.dynamo_table import Connection, DynamoTable
from tests.memory_table import MemoryTable

TABLE = "laurel"
REGION = "us-east-1"
ENDPOINT = "http://127.0.0.1:9"  # nobody listens there: what slips past the stub fails
ACCESS = Access("bench", "bench")

Call = tuple[str, dict[str, Any]]
"""An operation of DynamoDB and its arguments."""


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no part of an answer")


@dataclass(slots=True)
class Transport:
    """What every client of one comparison is connected to."""

    books: MemoryTable
    answers: dict[bytes, bytes] = field(default_factory=dict)  # by the bytes that asked

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Botocore's handler of ``before-send``."""
        asked: Any = request.body
        body = self.answers.get(asked)
        if body is None:
            body = self.answers[asked] = self._made(asked)
        headers = HTTPHeaders()
        headers["content-type"] = "application/x-amz-json-1.0"
        headers["content-length"] = str(len(body))
        return AWSResponse(request.url, 200, headers, _Raw(body))

    def _made(self, asked: bytes) -> bytes:
        tables: dict[str, Any] = json.loads(asked).get("RequestItems", {})
        if TABLE not in tables:
            return b"{}"
        keys = [(key["PK"]["S"], key["SK"]["S"]) for key in tables[TABLE]["Keys"]]
        found = [encode(item) for item in self.books.load(keys).values()]
        told = {"Responses": {TABLE: found}, "UnprocessedKeys": {}}
        return json.dumps(told, default=_plain, separators=(",", ":")).encode()

    def connect(self, client: Any) -> Any:  # noqa: ANN401  # botocore makes classes as it goes
        """``client``, answered by this transport."""
        client.meta.events.register_first("before-send.dynamodb", self.answer)
        return client


@dataclass(slots=True)
class Recorder:
    """A connection that also tells what was asked through it."""

    connection: Connection
    calls: list[Call] = field(default_factory=list)

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Send the call on."""
        self.calls.append((operation_name, operation_kwargs))
        return self.connection.dispatch(operation_name, operation_kwargs)


def laurel_table(transport: Transport) -> DynamoTable:
    """The table as the function opens it, over ``transport``."""
    table = open_table(TABLE, REGION, ENDPOINT, ACCESS)
    connection: Any = table.connection
    transport.connect(connection.client)
    return table


def calls_of(table: DynamoTable, verb: Callable[[DynamoTable], object]) -> tuple[Call, ...]:
    """The calls that ``verb`` makes in a warm process, in their order."""
    verb(table)  # what a process reads once: the shop, the program
    recorder = Recorder(table.connection)
    table.connection = recorder
    try:
        verb(table)
    finally:
        table.connection = recorder.connection
    return tuple(recorder.calls)


def bare_client(transport: Transport, *, validates: bool) -> Any:  # noqa: ANN401  # see connect
    """Botocore's own client with our time-outs' and retries' kind, and nothing around it."""
    config = Config(
        parameter_validation=validates,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    client = botocore.session.get_session().create_client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=ENDPOINT,
        aws_access_key_id=ACCESS.key_id,
        aws_secret_access_key=ACCESS.secret,
        config=config,
    )
    return transport.connect(client)
