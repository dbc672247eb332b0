"""A cold start pays for every module: `import app` loads few beyond chalice and pynamodb.

Counted, not timed: a count is the same on every machine. The time is in `make bench`.
"""

import subprocess
import sys
from functools import cache

import pytest

from tests.house.tree import ROOT, assert_none

OWN_MODULES_MAX = 340
"""330 were counted, with the checks of a program left for the first one that is published, once the
program language had chance, budgets, segments and challenges. Room for a few; each costs a cold
start 0.5 to 1 ms, so who needs more leaves something for later."""

FOREIGN_MODULES_MAX = 24
"""21 were counted: msgspec with what it brings, zoneinfo with sysconfig, secrets, unicodedata."""

HEAVY = ("hypothesis", "inquirer", "moto", "pydantic", "pytest", "requests", "yaml")
"""Never in a Lambda's start, though something installed here might bring them in."""

BARE = "import chalice, pynamodb.connection"


@cache
def _loaded_by(statement: str) -> frozenset[str]:
    """Modules in a fresh interpreter after ``statement``."""
    program = f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        pytest.fail(f"{statement} fails:\n{answer.stderr}", pytrace=False)
    return frozenset(answer.stdout.split())


def _added_by_app() -> tuple[list[str], list[str]]:
    """What `import app` loads beyond the bare libraries: ours, and everybody else's."""
    added = sorted(_loaded_by("import app") - _loaded_by(BARE))
    own = [name for name in added if name == "app" or name.partition(".")[0] == "chalicelib"]
    return own, [name for name in added if name not in own]


def test_app_loads_few_modules_beyond_chalice_and_pynamodb() -> None:
    _, foreign = _added_by_app()
    assert len(foreign) <= FOREIGN_MODULES_MAX, foreign


def test_app_loads_few_modules_of_its_own() -> None:
    own, _ = _added_by_app()
    assert len(own) <= OWN_MODULES_MAX, own


def test_app_loads_nothing_heavy() -> None:
    loaded = {name.partition(".")[0] for name in _loaded_by("import app")}
    assert_none(loaded.intersection(HEAVY))
