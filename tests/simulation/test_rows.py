"""Everything that decides about points has a row in proofs 1, 2 and 4; a new one fails here first.

A decision of the domain is reached or it is not: each is wrapped, wherever it is known by name, in
one that notes the call (a profiler's hook is asked at every call there is: four times as long).
Whoever adds an operation adds a row to ``verbs`` or ``member_verbs``, to ``happenings`` or
``member_happenings``, and to ``rivals`` or ``member_rivals``.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from chalicelib import domain
from tests.simulation.all_rivals import BY_NAME as MEETINGS
from tests.simulation.all_verbs import VERBS
from tests.simulation.happenings import next_step
from tests.simulation.histories import lived
from tests.simulation.openings import opening
from tests.simulation.rivals import met
from tests.simulation.verbs import stage
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import copied

UNNAMED = frozenset({"join", "upkeep"})  # decide, too, under names of their own
HISTORIES_MAX = 240
EACH_HAPPENS_IN = (6, 13, 79, 85, 4, 89)
"""Histories that were enough once are looked at first; a new happening may move them."""
OWED: dict[str, frozenset[str]] = {
    "1": frozenset(),
    "2": frozenset(),
    "4": frozenset(),
}
"""Decisions that have no row yet, by proof: an honest list, which may only become shorter."""


def homes() -> dict[str, str]:
    """The name of everything in the domain that makes a decision, and the module it is in."""
    found = {}
    for path in sorted(Path(domain.__path__[0]).glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            named = isinstance(node, ast.FunctionDef) and node.name
            if named and (named.startswith("decide_") or named in UNNAMED):
                found[f"{path.stem}.{named}"] = f"{domain.__name__}.{path.stem}"
    return found


def decisions() -> frozenset[str]:
    """The names of everything in the domain that makes a decision."""
    return frozenset(home.partition(".")[2] for home in homes())


@contextmanager
def noting(seen: set[str]) -> Iterator[None]:
    """Inside the block the names of decisions that are called are added to ``seen``.

    A module that is first imported inside the block has the noting one, too: so all are put back
    by a second walk.
    """
    own = [getattr(import_module(home), name.partition(".")[2]) for name, home in homes().items()]
    noted = {made: _noting(made, seen) for made in own}
    _replace(noted)
    try:
        yield
    finally:
        _replace({noting: made for made, noting in noted.items()})


def _noting(made: Callable[..., Any], seen: set[str]) -> Callable[..., Any]:
    @wraps(made)
    def note(*given: Any, **named: Any) -> Any:
        seen.add(made.__name__)
        return made(*given, **named)

    return note


def _replace(others: dict[Callable[..., Any], Callable[..., Any]]) -> None:
    """Put others in the place of functions in every module of ours that knows them by name."""
    known = {id(made): other for made, other in others.items()}
    for module in [each for name, each in sys.modules.items() if name.startswith("chalicelib.")]:
        for name, value in list(vars(module).items()):
            if id(value) in known:
                setattr(module, name, known[id(value)])


def missing(proof: str, seen: set[str]) -> frozenset[str]:
    return decisions() - seen - OWED[proof]


def test_every_decision_has_a_row_in_proof_1() -> None:
    seen: set[str] = set()
    called: set[str] = set()
    with noting(called), virtual_time():
        for verb in VERBS:
            scene = stage(verb)
            called.clear()
            verb.act(scene)
            seen |= called
    assert missing("1", seen) == frozenset()


def test_every_decision_happens_in_histories() -> None:
    seen: set[str] = set()
    openings = cache(opening)  # as in proof 2
    with noting(seen):
        for number in (*EACH_HAPPENS_IN, *range(HISTORIES_MAX)):
            lived(f"rows-{number}", 30, next_step, openings)
            if not missing("2", seen):
                break
    assert missing("2", seen) == frozenset()


def test_every_decision_has_a_meeting_in_proof_4() -> None:
    seen: set[str] = set()
    called: set[str] = set()
    with noting(called), virtual_time():
        for meeting in MEETINGS.values():
            start = met(meeting)
            called.clear()
            for request in meeting.requests:
                request(copied(start))
            seen |= called
    assert missing("4", seen) == frozenset()
