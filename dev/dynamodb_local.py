"""DynamoDB Local, Amazon's own emulator, as the third engine: fetched once, started on 127.0.0.1.

``python -m dev.dynamodb_local`` brings it from Maven Central into ``build/engines`` (Maven checks
the checksums), where git never looks. ``dynamodb_local`` starts one for a block and ends it by its
own id. It needs Java 17 (a JRE is enough) and, to be fetched, Maven. It never raises
TransactionConflict and counts no capacity on indexes as AWS does: it judges the contract only.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from chalicelib.storage.dynamo_table import DynamoTable
from dev.engines import table_at

HERE: Final = Path(__file__).parent / "dynamodb_local_server"
FETCHED: Final = Path(__file__).parents[1] / "build" / "engines" / "dynamodb-local"
READY_SECONDS_MAX: Final = 60
_STEP_SECONDS: Final = 0.1
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
    """Raise when the child ends, or does not listen in time."""
    for _ in range(round(READY_SECONDS_MAX / _STEP_SECONDS)):
        if child.poll() is not None:
            raise RuntimeError(f"DynamoDB Local ended at once: {log.read_text()[-2_000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_STEP_SECONDS)
    raise RuntimeError(f"DynamoDB Local did not listen in {READY_SECONDS_MAX} s")


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
