"""Hold a draft's check against its replay, where there is one that is finished. Reads only."""

from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.document import Program
from chalicelib.domain.replay.advising import advised
from chalicelib.storage.replays import find_replay
from chalicelib.storage.table import Table


def advised_by_replay(
    table: Table, draft: tuple[str, str], program: Program, warnings: tuple[Problem, ...]
) -> tuple[tuple[Problem, ...], str]:
    """The warnings with what the newest replay adds, and its id; ``draft`` is (shop, hash)."""
    replay = find_replay(table, *draft)
    if replay is None or replay.report is None:
        return warnings, ""
    return advised(warnings, replay.report, program), replay.id
