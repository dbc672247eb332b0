"""Engines that speak DynamoDB on this machine: moto in this process, ministack as its child.

``embedded`` is quick and needs no socket: tests, the demo. ``ministack`` is the second judge: a
real server, real races, client tokens. Both create the table from ``storage.definition``, so what
runs here is what is deployed. A child listens on 127.0.0.1 only and is ended by its own id.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from chalicelib.storage.connection import Access, open_table
from chalicelib.storage.definition import table_definition, time_to_live
from chalicelib.storage.dynamo_table import DynamoTable

REGION: Final = "us-east-1"
LOCAL_ACCESS: Final = Access("local", "local")
READY_SECONDS_MAX: Final = 60
_STEP_SECONDS: Final = 0.1
_END_SECONDS_MAX: Final = 10


def create_table(table: DynamoTable) -> None:
    """Create the table of our definition in a local engine."""
    dispatch = table.connection.dispatch
    dispatch("CreateTable", dict(table_definition(table.name)))
    ttl = {"TableName": table.name, "TimeToLiveSpecification": time_to_live()}
    dispatch("UpdateTimeToLive", ttl)


@contextmanager
def embedded(name: str = "laurel") -> Iterator[DynamoTable]:
    """An empty table in moto, inside this process.

    All of boto is mocked inside the block (KMS too), with made-up credentials. Account ids in
    endpoint names are switched off: with them moto does not recognise its streams.
    """
    from moto import mock_aws

    from dev.moto_table import quick_and_locked

    before = os.environ.get("AWS_ACCOUNT_ID_ENDPOINT_MODE")
    os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "disabled"
    try:
        with mock_aws(), quick_and_locked():
            table = open_table(name, REGION)
            create_table(table)
            yield table
    finally:
        _restore("AWS_ACCOUNT_ID_ENDPOINT_MODE", before)


def _restore(name: str, before: str | None) -> None:
    if before is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _child_environment(port: int, home: str) -> dict[str, str]:
    return {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "SERVICES": "dynamodb,kms",
        "S3_DATA_DIR": f"{home}/s3",
        "TMPDIR": home,
    }


def _wait_until_ready(child: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    """Raise when the child ends, or does not answer in time."""
    for _ in range(round(READY_SECONDS_MAX / _STEP_SECONDS)):
        if child.poll() is not None:
            raise RuntimeError(f"ministack ended at once: {log.read_text()[-2_000:]}")
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=1):  # noqa: S310  # our own address
                return
        except OSError:  # not listening yet
            time.sleep(_STEP_SECONDS)
    raise RuntimeError(f"ministack did not answer in {READY_SECONDS_MAX} s")


@contextmanager
def ministack_server() -> Iterator[str]:
    """The address of a ministack of one's own, alive inside the block."""
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="laurel-ministack-") as home:
        log = Path(home) / "log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=_child_environment(port, home),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home,
            )
        try:
            _wait_until_ready(child, endpoint, log)
            yield endpoint
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def table_at(endpoint: str, name: str = "laurel") -> DynamoTable:
    """A new empty table on a server that speaks DynamoDB at ``endpoint``."""
    table = open_table(name, REGION, endpoint, LOCAL_ACCESS)
    create_table(table)
    return table


@contextmanager
def ministack(name: str = "laurel") -> Iterator[DynamoTable]:
    """An empty table on a ministack of one's own."""
    with ministack_server() as endpoint:
        yield table_at(endpoint, name)
