"""DynamoDB Local, Amazon's own emulator, as the third engine: fetched once, started on 127.0.0.1.

``python -m dev.dynamodb_local`` brings it from Maven Central into ``build/engines`` (Maven checks
the checksums), where git never looks. ``dynamodb_local`` starts one for a block and ends it by its
own id. It needs Java 17 (a JRE is enough) and, to be fetched, Maven. It never raises
TransactionConflict and counts no capacity on indexes as AWS does: it judges the contract only.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from chalicelib.storage.dynamo_table import DynamoTable
from dev.engines import table_at

HERE: Final = Path(__file__).parent / "dynamodb_local_server"
FETCHED: Final = Path(__file__).parents[1] / "build" / "engines" / "dynamodb-local"
READY_SECONDS_MAX: Final = 60
_STEP_SECONDS: Final = 0.1
_FIRST_TABLE: Final = {
    "TableName": "first",
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
_FIRST_ITEM: Final = {"TableName": "first", "Item": {"PK": {"S": "first"}}}
_END_SECONDS_MAX: Final = 10


def missing_reason() -> str:
    """Why it cannot be started here, in one line; "" when it can."""
    if not shutil.which("java"):
        return "java is not installed (DynamoDB Local needs Java 17)"
    if not list(FETCHED.glob("DynamoDBLocal-*.jar")):
        return "DynamoDB Local is not fetched: run `python -m dev.dynamodb_local`"
    return ""


def fetch() -> None:
    """Bring it and what it needs into ``build/engines``: whole, or not at all.

    Raises:
        subprocess.CalledProcessError: Maven could not.
    """
    FETCHED.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FETCHED.parent) as unfinished:
        jars = Path(unfinished) / "jars"
        pom, into = f"--file={HERE / 'pom.xml'}", f"-DoutputDirectory={jars}"
        words = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", pom]
        subprocess.run([*words, "dependency:copy-dependencies", into], check=True)
        shutil.rmtree(FETCHED, ignore_errors=True)
        jars.rename(FETCHED)


@contextmanager
def dynamodb_local_server() -> Iterator[str]:
    """The address of a DynamoDB Local of one's own, alive inside the block."""
    with tempfile.TemporaryDirectory(prefix="laurel-dynamodb-local-") as home:
        port, log = _free_port(), Path(home) / "log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [*_command(), f"port={port}", str(HERE / "server.xml")],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home,
                env={**os.environ, "DDB_LOCAL_TELEMETRY": "0"},
            )
        try:
            _wait_until_ready(child, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(child)


@contextmanager
def dynamodb_local(name: str = "laurel") -> Iterator[DynamoTable]:
    """An empty table on a DynamoDB Local of one's own."""
    with dynamodb_local_server() as endpoint:
        yield table_at(endpoint, name)


def _command() -> list[str]:
    jvm = ["java", "-Xmx256m", "-XX:+UseSerialGC", f"-Djava.library.path={FETCHED}"]
    return [*jvm, "-cp", f"{FETCHED}/*", "org.eclipse.jetty.xml.XmlConfiguration"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Raise when the child ends, or has not made a first table and transaction in time.

    A cold Java machine needs seconds for each, longer than our own time-out on reads.
    """
    gives_up_at = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < gives_up_at:
        if child.poll() is not None:
            raise RuntimeError(f"DynamoDB Local ended at once: {log.read_text()[-2_000:]}")
        try:
            _ask(port, "CreateTable", _FIRST_TABLE)
            _ask(port, "TransactWriteItems", {"TransactItems": [{"Put": _FIRST_ITEM}]})
            _ask(port, "DeleteTable", {"TableName": "first"})
        except OSError:  # not listening yet
            time.sleep(_STEP_SECONDS)
        else:
            return
    raise RuntimeError(f"DynamoDB Local did not answer in {READY_SECONDS_MAX} s")


def _ask(port: int, operation: str, body: dict[str, Any]) -> None:
    scope = "local/20260101/us-east-1/dynamodb/aws4_request"  # it wants a key, and checks none
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/",
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope},SignedHeaders=host,Signature=0",
        },
    )
    with urllib.request.urlopen(request, timeout=READY_SECONDS_MAX):  # noqa: S310  # our own
        pass


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    if not shutil.which("mvn"):
        sys.exit("Maven is not installed: DynamoDB Local cannot be fetched")
    fetch()
    print(f"DynamoDB Local is in {FETCHED}")
