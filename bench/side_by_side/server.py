"""A PostgreSQL of one's own: made in a folder that is thrown away, reached by a socket in it.

It listens on no port. PostgreSQL refuses to run as root, so root starts it as the user that
Debian's package makes. ``timeout`` of coreutils stands above it: should this process die without
a word, the server ends by itself.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"
LIFE_SECONDS_MAX = 900
READY_SECONDS_MAX = 60
END_SECONDS_MAX = 15
_STEP_SECONDS = 0.1
_NO_PORT = ("-c", "listen_addresses=")
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql")


class Missing(Exception):
    """Something is not installed; the text says how to come by it."""


def find_programs() -> Path:
    """The folder of ``initdb`` and ``postgres``.

    Raises:
        Missing: PostgreSQL is not on this machine.
    """
    debian = Path("/usr/lib/postgresql")
    homes = sorted(debian.glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    found = shutil.which("initdb")
    if homes:
        return homes[-1]
    if found:
        return Path(found).resolve().parent
    raise Missing(
        "PostgreSQL is not installed. On Debian or Ubuntu: `sudo apt-get install postgresql`, "
        "or run this as root with --install."
    )


def install() -> None:
    """Let apt bring PostgreSQL, as root only.

    Raises:
        Missing: nobody here may, or can.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing("--install needs apt-get and root; install PostgreSQL by hand.")
    print("Installing postgresql by apt ...")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(INSTALL, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def version(programs: Path) -> str:
    """As ``postgres --version`` tells it."""
    answer = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


@contextmanager
def running() -> Iterator[str]:
    """The folder of the socket of a new server; alive inside the block."""
    programs = find_programs()
    with tempfile.TemporaryDirectory(prefix="laurel-postgres-") as home:
        who = USER if os.geteuid() == 0 else None
        if who:
            shutil.chown(home, who)
        subprocess.run(
            [str(programs / "initdb"), "-D", f"{home}/data", "-U", USER, "-A", "trust"],
            user=who,
            check=True,
            capture_output=True,
            cwd=home,
        )
        log = Path(home) / "log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                _command(programs, home),
                user=who,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=home,
            )
        try:
            _wait_until_ready(programs, child, home, log)
            yield home
        finally:
            _end(child)


def _command(programs: Path, home: str) -> list[str]:
    bounded = ["timeout", "--signal=INT", str(LIFE_SECONDS_MAX)]
    return [*bounded, str(programs / "postgres"), "-D", f"{home}/data", "-k", home, *_NO_PORT]


def _wait_until_ready(programs: Path, child: subprocess.Popen[bytes], home: str, log: Path) -> None:
    for _ in range(round(READY_SECONDS_MAX / _STEP_SECONDS)):
        if child.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once: {log.read_text()[-2_000:]}")
        asked = [str(programs / "pg_isready"), "-q", "-h", home, "-U", USER]
        if subprocess.run(asked, check=False).returncode == 0:
            return
        time.sleep(_STEP_SECONDS)
    raise RuntimeError(f"PostgreSQL was not ready in {READY_SECONDS_MAX} s")


def _end(child: subprocess.Popen[bytes]) -> None:
    """SIGINT, passed on by ``timeout``, is PostgreSQL's fast shutdown."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
