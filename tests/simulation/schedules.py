"""Proof 1: one verb, every outcome of its first three store calls, redelivered until it ends.

Calls are counted over redeliveries, so the second and third outcome may meet the second try.
Two ways to redeliver: at once (the final table must be the faultless one, byte for byte), and
eleven minutes later, when the table has forgotten the client token (balances must be the same).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from chalicelib.domain.instants import MINUTE_MS
from chalicelib.domain.outcome import InvariantBroken, StorageUnavailable
from chalicelib.domain.records import Joining
from chalicelib.storage.documents import key_of_document
from tests.builders import Scene
from tests.faults import Crash, Fault, FaultPlan
from tests.simulation.books import breaks
from tests.simulation.summary import summary
from tests.simulation.verbs import Verb, is_refused, stage
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import STOCK, copied, table_of

OUTCOMES: tuple[Fault | None, ...] = (
    None,
    Fault.THROTTLED,
    Fault.CONFLICT,
    Fault.CONDITION_FAILED,
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.LOST_AFTER,
    Fault.CRASH,
)
SCHEDULES = tuple(product(OUTCOMES, repeat=3))
DELIVERIES_MAX = 8
NOBODY_OWES = frozenset({"refund, nobody may owe", "refund, only pending points"})
FORGOTTEN_MS = 11 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Wrong:
    """A schedule that ended wrongly, and how."""

    verb: str
    schedule: tuple[Fault | None, ...]
    how: str


def wrong_ends(verb: Verb, *, redelivered_later: bool) -> Iterator[Wrong | None]:
    """One value a schedule: None, or what is wrong at its end."""
    with virtual_time():
        start = stage(verb)
        reference = copied(start)
        verb.act(reference)
        found = breaks(table_of(reference), STOCK, may_owe=verb.name not in NOBODY_OWES)
        if found:
            raise InvariantBroken("; ".join(found[:9]))
        for schedule in SCHEDULES:
            how = _run(verb, copied(start), reference, schedule, redelivered_later)
            yield Wrong(verb.name, schedule, how) if how else None


def planned(schedule: tuple[Fault | None, ...]) -> FaultPlan:
    return lambda _, number: schedule[number] if number < len(schedule) else None


def _run(
    verb: Verb,
    scene: Scene,
    reference: Scene,
    schedule: tuple[Fault | None, ...],
    later: bool,
) -> str:
    table = table_of(scene)
    table.fault = planned(schedule)
    try:
        _deliver(verb, scene, FORGOTTEN_MS if later else 0)
    except InvariantBroken as broken:
        return str(broken)
    table.fault = planned(())
    if not later and not table.noted and table.state() == table_of(reference).state():
        return ""  # judged once, in ``wrong_ends``
    found = breaks(table, STOCK, may_owe=verb.name not in NOBODY_OWES)
    if found:
        return "; ".join(found[:9])
    same = later and summary(table) == summary(table_of(reference))
    return "" if same else "the books are not those of a run without faults"


def _stands(scene: Scene, document: Any) -> bool:
    """An answer is a promise: its document is in the table, at its revision or a later one."""
    if document is None:  # what a job or a batch of events answers: nothing is promised by name
        return True
    partition, sort = key_of_document(scene.shop, document)
    item = table_of(scene).state().get(partition, {}).get(sort)
    # The answer to who is a member already; and, at revision 0, to who is in a pool, or out of it.
    is_made_up = isinstance(document, Joining) or not document.revision
    return is_made_up or (item is not None and int(str(item["r"])) >= document.revision)


def _deliver(verb: Verb, scene: Scene, waits_ms: int) -> None:
    """Ask until it is answered, then once more: the sender never heard the answer."""
    for answers_wanted in (1, 1):
        for _ in range(DELIVERIES_MAX):
            scene.now += waits_ms
            table_of(scene).age_ms += waits_ms
            try:
                answer = verb.act(scene)
            except (StorageUnavailable, Crash):
                continue
            if is_refused(answer):
                raise InvariantBroken(f"refused: {answer.detail}")
            if not _stands(scene, getattr(answer, "document", None)):
                raise InvariantBroken("answered, and nothing of it is in the table")
            break
        else:
            raise InvariantBroken(f"no answer in {DELIVERIES_MAX} deliveries ({answers_wanted})")
