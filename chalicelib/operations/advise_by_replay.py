"""Hold a draft's check against its replay, where there is one that is finished. Reads only."""

from typing import Final

from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.document import Program
from chalicelib.domain.replay.advising import advised
from chalicelib.storage.index_names import members_partition
from chalicelib.storage.replays import find_replay
from chalicelib.storage.table import Query, Table

_NOT_REPLAYED: Final = Problem(
    "$.limits.liability",
    "not_replayed",
    "Only a finished replay of this very draft can hold it against `limits.liability`: replay it, "
    "or accept that nobody looked.",
)


def advised_by_replay(
    table: Table, draft: tuple[str, str], program: Program, warnings: tuple[Problem, ...]
) -> tuple[tuple[Problem, ...], str]:
    """The warnings with what the newest replay adds, and its id; ``draft`` is (shop, hash).

    What only a replay can know is warned of where there is none, once the shop has members.
    """
    replay = find_replay(table, *draft)
    if replay is None or replay.report is None:
        is_blind = program.limits.liability is not None and _has_members(table, draft[0])
        return (*warnings, *((_NOT_REPLAYED,) if is_blind else ())), ""
    return advised(warnings, replay.report, program), replay.id


def _has_members(table: Table, shop: str) -> bool:
    """Whether anybody's history could be replayed."""
    return bool(table.query(Query(members_partition(shop), index="GSI1", limit=1)).items)
