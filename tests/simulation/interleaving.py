"""Proof 4: a scheduler that lets several requests take turns at every touch of the table.

Requests run as greenlets of one thread and hand over before every call, and inside a BatchGet
before every single key, so a run is a list of choices and the same list is the same run. ``runs``
walks through all lists: it follows a prefix, then always the first request that can go on, and
comes back for every other choice it saw. Only contested keys are turns, those that one request
writes and another touches: everything else commutes, in whatever order it is done.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]  # it ships no types

from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.storage.items import Key
from tests.builders import Scene
from tests.faults import READS, Call
from tests.simulation.dice import Dice
from tests.simulation.virtual_time import VirtualTime, virtual_time
from tests.simulation.worlds import copied, table_of

Request = Callable[[Scene], Any]
Choose = Callable[[Sequence[int]], int]


@dataclass
class Run:
    """One order of turns: what was chosen, among how many, and what the requests came to."""

    choices: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@dataclass
class Turns:
    """Requests that wait for their turn."""

    requests: list[greenlet]
    asleep: dict[int, int] = field(default_factory=dict)  # request → when it wakes, virtual ms

    def waiting(self) -> list[int]:
        return [n for n, request in enumerate(self.requests) if not request.dead]

    def ready(self, now_ms: int) -> list[int]:
        return [n for n in self.waiting() if self.asleep.get(n, 0) <= now_ms]


def _hand_over() -> None:
    parent = getcurrent().parent
    if parent is not None:
        parent.switch()


def _watch(scene: Scene, contested: frozenset[Key]) -> None:
    """Let requests hand over before writes, queries, and each contested key of a load."""
    table = table_of(scene)

    def before(call: Call) -> None:
        is_query = call.operation == "query"
        if is_query or (call.operation not in READS and contested & set(call.keys)):
            _hand_over()

    def before_key(key: Key) -> None:
        if key in contested:
            _hand_over()

    table.before, table.before_key = before, before_key


def _answered(request: Request, scene: Scene) -> Any:
    try:
        return request(scene)
    except StorageUnavailable as unavailable:
        return unavailable


def run(
    start: Scene, requests: Sequence[Request], choose: Choose, contested: frozenset[Key]
) -> tuple[Run, Scene]:
    """All requests to their end, whoever ``choose`` says next. Pauses take no time of ours."""
    scene, told = copied(start), Run()
    table_of(scene).reads_backwards = bool(choose(range(2)))  # keys of a load: either way
    told.choices.append(int(table_of(scene).reads_backwards))
    told.widths.append(2)
    told.answers = [None] * len(requests)
    _watch(scene, contested)

    def asked(number: int, request: Request) -> None:
        told.answers[number] = _answered(request, scene)

    turns = Turns([greenlet(lambda n=n, r=r: asked(n, r)) for n, r in enumerate(requests)])
    with virtual_time():
        while ready := turns.waiting():
            place = choose(ready) if len(ready) > 1 else 0
            if len(ready) > 1:
                told.choices.append(place)
                told.widths.append(len(ready))
            turns.requests[ready[place]].switch()
    quiet = table_of(scene)
    quiet.before, quiet.before_key = (lambda _: None), (lambda _: None)
    return told, scene


def contested_keys(start: Scene, requests: Sequence[Request]) -> frozenset[Key]:
    """Keys that one request writes and another touches, in any order one after the other."""
    touched: list[set[Key]] = [set() for _ in requests]
    written: list[set[Key]] = [set() for _ in requests]
    for first in range(len(requests)):
        scene = copied(start)
        for number in (first, *range(first), *range(first + 1, len(requests))):
            calls = table_of(scene).calls
            calls.clear()
            _answered(requests[number], scene)
            for call in calls:
                touched[number].update(call.keys)
                written[number].update(call.keys if call.operation not in READS else ())
    return frozenset(
        key
        for writer, keys in enumerate(written)
        for key in keys
        if any(key in other for number, other in enumerate(touched) if number != writer)
    )


def runs(start: Scene, requests: Sequence[Request], limit: int) -> Iterator[tuple[Run, Scene]]:
    """Every order of turns, each once, at most ``limit``."""
    prefix: list[int] = []
    contested = contested_keys(start, requests)
    for _ in range(limit):
        told, scene = run(start, requests, _following(prefix), contested)
        yield told, scene
        prefix = _next_prefix(told)
        if not prefix:
            return


def _following(prefix: Sequence[int]) -> Choose:
    left = list(prefix)
    return lambda _: left.pop(0) if left else 0


def _next_prefix(told: Run) -> list[int]:
    """The choices up to the last one that can still be raised, raised; none: all were seen."""
    choices, widths = list(told.choices), list(told.widths)
    while choices and choices[-1] + 1 >= widths[-1]:
        choices.pop()
        widths.pop()
    return [*choices[:-1], choices[-1] + 1] if choices else []


def sampled(
    start: Scene, requests: Sequence[Request], dice: Dice, count: int
) -> Iterator[tuple[Run, Scene]]:
    """``count`` orders of turns drawn by ``dice``."""
    contested = contested_keys(start, requests)
    for _ in range(count):
        yield run(start, requests, lambda ready: dice.below(len(ready)), contested)


CALL_MS = 5


def burst(start: Scene, requests: Sequence[Request], dice: Dice) -> tuple[list[Any], Scene, int]:
    """All at once with real pauses: (answers, scene, virtual milliseconds). A call takes 5 ms."""
    with virtual_time() as time:
        scene, answers = copied(start), [None] * len(requests)
        _watch(scene, contested_keys(start, requests[:2]))
        turns = Turns([])
        _sleep_in_turns(time, turns)

        def asked(number: int, request: Request) -> None:
            answers[number] = _answered(request, scene)

        turns.requests = [greenlet(lambda n=n, r=r: asked(n, r)) for n, r in enumerate(requests)]
        table_of(scene).after = lambda _: time.sleep(CALL_MS / 1_000)
        while turns.waiting():
            ready = turns.ready(time.now_ms)
            if not ready:
                time.now_ms = min(turns.asleep[n] for n in turns.waiting())
                continue
            turns.requests[ready[dice.below(len(ready))]].switch()
        table = table_of(scene)
        table.before = table.after = lambda _: None
        table.before_key = lambda _: None
        return answers, scene, time.now_ms


def _sleep_in_turns(time: VirtualTime, turns: Turns) -> None:
    def sleep(duration_ms: int) -> None:
        me = getcurrent()
        if me in turns.requests:
            turns.asleep[turns.requests.index(me)] = time.now_ms + duration_ms
            _hand_over()

    time.on_sleep = sleep
