"""What a cold start costs: `import app` beside importing bare chalice and pynamodb.

Each import runs in an interpreter of its own that tells its CPU time, in turns with the others,
with bytecode at hand as in the package that is deployed. `import app` leaves PynamoDB for the
first table (an inquiry into the OpenAPI document needs none), so a second pair tells the whole
way: until a client stands ready to send.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.report import Row

RATIO_MAX = 1.2
ROUNDS = 9
ROOT = Path(__file__).parents[1]

BARE = "import chalice, pynamodb.connection"
APP = "import app"
_CLIENT = "pynamodb.connection.Connection(region='us-east-1').client"
_TABLE = "from chalicelib.storage import connection; connection.table()"
WAYS = {"bare": BARE, "app": APP, "bare_ready": f"{BARE}; {_CLIENT}", "ready": f"{APP}; {_TABLE}"}

_PROGRAM = """
import sys, time
started = time.process_time_ns()
{statement}
print(time.process_time_ns() - started, len(sys.modules))
"""


def _told(statement: str, environment: dict[str, str]) -> tuple[int, int]:
    """CPU in ns and the number of modules, in a fresh interpreter."""
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(statement=statement)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    cpu_ns, modules = answer.stdout.split()
    return int(cpu_ns), int(modules)


def _environment(bytecode: str) -> dict[str, str]:
    left = {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    made_up = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    return {**left, **made_up, "PYTHONPYCACHEPREFIX": bytecode, "AWS_REGION": "us-east-1"}


def rows() -> tuple[Row, ...]:
    """The ratio that is held to its target, the whole way, and the modules."""
    with TemporaryDirectory(prefix="laurel-bench-") as bytecode:
        environment = _environment(bytecode)
        modules = {name: _told(way, environment)[1] for name, way in WAYS.items()}
        rounds = [
            {name: _told(way, environment)[0] for name, way in WAYS.items()} for _ in range(ROUNDS)
        ]
    ms = {name: int(median(each[name] for each in rounds)) // 1_000_000 for name in WAYS}
    ratio = median(each["app"] / each["bare"] for each in rounds)
    whole = median(each["ready"] / each["bare_ready"] for each in rounds)
    return (
        Row(
            name="`import app`",
            figure=f"{ratio:.2f} x chalice + pynamodb",
            target=f"<= {RATIO_MAX}",
            is_met=ratio <= RATIO_MAX,
            detail=f"{ms['app']} ms to {ms['bare']} ms of CPU; "
            f"{modules['app']} modules to {modules['bare']}",
        ),
        Row(
            name="... until a client is ready",
            figure=f"{whole:.2f} x the same",
            detail=f"{ms['ready']} ms to {ms['bare_ready']} ms; "
            f"{modules['ready']} modules to {modules['bare_ready']}",
        ),
    )
