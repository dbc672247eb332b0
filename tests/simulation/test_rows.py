"""Everything that decides about points has a row in proofs 1, 2 and 4; a new one fails here first.

A decision of the domain is reached or it is not: what is called while the rows of a proof run is
noted. Whoever adds an operation adds a row to ``verbs`` or ``member_verbs``, to ``happenings`` or
``member_happenings``, and to ``rivals`` or ``member_rivals``.
"""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from chalicelib import domain
from tests.simulation.all_rivals import BY_NAME as MEETINGS
from tests.simulation.all_verbs import VERBS
from tests.simulation.happenings import next_step
from tests.simulation.histories import lived
from tests.simulation.rivals import met
from tests.simulation.verbs import stage
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import copied

UNNAMED = frozenset({"join", "upkeep"})  # decide, too, under names of their own
HISTORIES_MAX = 240
OWED: dict[str, frozenset[str]] = {
    "1": frozenset(),
    "2": frozenset(),
    "4": frozenset(),
}
"""Decisions that have no row yet, by proof: an honest list, which may only become shorter."""


def decisions() -> frozenset[str]:
    """The names of everything in the domain that makes a decision."""
    found = set(UNNAMED)
    for path in sorted(Path(domain.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("decide_"):
                found.add(node.name)
    return frozenset(found)


@contextmanager
def noting(seen: set[str]) -> Iterator[None]:
    """Inside the block the names of called functions of the domain are added to ``seen``."""

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and "chalicelib/domain" in frame.f_code.co_filename:
            seen.add(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def missing(proof: str, seen: set[str]) -> frozenset[str]:
    return decisions() - seen - OWED[proof]


def test_every_decision_has_a_row_in_proof_1() -> None:
    seen: set[str] = set()
    for verb in VERBS:
        with virtual_time():
            scene = stage(verb)
            with noting(seen):
                verb.act(scene)
    assert missing("1", seen) == frozenset()


def test_every_decision_happens_in_histories() -> None:
    seen: set[str] = set()
    for number in range(HISTORIES_MAX):
        with noting(seen):
            lived(f"rows-{number}", 30, next_step)
        if not missing("2", seen):
            break
    assert missing("2", seen) == frozenset()


def test_every_decision_has_a_meeting_in_proof_4() -> None:
    seen: set[str] = set()
    for meeting in MEETINGS.values():
        with virtual_time():
            start = met(meeting)
            with noting(seen):
                for request in meeting.requests:
                    request(copied(start))
    assert missing("4", seen) == frozenset()
