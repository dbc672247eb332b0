"""Which Python is deployed, and where its interpreter is on this machine.

Bytecode is good for one minor version alone, so a package is compiled by the very version that
will run it. 3.11 is pinned because it is the version that types, tests and wheels are tried on
and the oldest that the project allows; AWS keeps it until 30 June 2027. A machine without it may
package for another of ``GLIBC_MINOR`` by saying so.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from dev.packaging.outcome import PackageFailed

PINNED: Final = "3.11"

GLIBC_MINOR: Final[Mapping[str, int]] = {"3.11": 26, "3.12": 34, "3.13": 34}
"""Python's versions that Lambda runs and we may deploy, and the glibc 2.x under each."""

RUNNING: Final = f"{sys.version_info.major}.{sys.version_info.minor}"

_ASK: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def _is_version(path: str, python: str) -> bool:
    """Whether the program at ``path`` really is that Python: a shim may lead nowhere."""
    answer = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == python


def find_interpreter(python: str) -> str:
    """The path of an interpreter of version ``python``; empty if this machine has none."""
    if python == RUNNING:
        return sys.executable
    path = shutil.which(f"python{python}")
    return path if path and _is_version(path, python) else ""


def interpreter(python: str) -> str:
    """The path of an interpreter of version ``python``.

    Raises:
        PackageFailed: it is no version that is deployed, or it is not on this machine.
    """
    if python not in GLIBC_MINOR:
        raise PackageFailed(f"Python {python} is not deployed; these are: {', '.join(GLIBC_MINOR)}")
    if path := find_interpreter(python):
        return path
    others = [other for other in GLIBC_MINOR if find_interpreter(other)]
    hint = f' or package for another: ARGS="--python {others[-1]}"' if others else ""
    raise PackageFailed(f"python{python} is not on this machine: install it{hint}")


def clean_environment() -> dict[str, str]:
    """An environment in which two runs give the same bytes and AWS is never asked."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "LAUREL_", "PYTHON"))
    }
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",  # Chalice wants one; the template holds none
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # sets are written into bytecode in their order
    }
