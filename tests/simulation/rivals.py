"""Requests that meet on one member, and what must have come of them whatever the order of turns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from chalicelib.domain.outcome import InvariantBroken, Refusal
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.record_event import EventResult
from tests.builders import NOON, Scene, recorded, refund, refunded, upserted
from tests.simulation.books import breaks
from tests.simulation.interleaving import Request, Run
from tests.simulation.summary import outcome
from tests.simulation.verbs import ORDER, funded, later
from tests.simulation.verbs import ORDERS_AND_CODES as VERBS
from tests.simulation.worlds import STOCK, copied, plain, rich, scene_of, table_of


@dataclass(frozen=True, slots=True)
class Meeting:
    """Some requests at once, on a shop where ``prepare`` was done."""

    name: str
    requests: tuple[Request, ...]
    prepare: Callable[[Scene], Any] = funded
    world: Callable[[], dict[str, Any]] = plain


CODES = {verb.name: verb for verb in VERBS}


def earning(name: str, net: int = 6_000) -> Request:
    return lambda scene: scene.pay(net, name, at=NOON)


def redeeming(key: str, reward: str = "five-off") -> Request:
    return lambda scene: scene.redeem(reward, key)


def adjusting(points: int, key: str) -> Request:
    return lambda scene: scene.adjust(points, key)


def left(points: int) -> Callable[[Scene], Any]:
    """A member with exactly so many points."""

    def prepare(scene: Scene) -> None:
        funded(scene)
        recorded(scene.adjust(points - scene.available(), key="level"))

    return prepare


def _placed(scene: Scene) -> None:
    funded(scene)
    recorded(scene.order(upserted(ORDER)))


def _tasted(scene: Scene) -> None:
    funded(scene)
    recorded(scene.redeem("tasting", "t0"))


def _one_mug(scene: Scene) -> None:
    funded(scene)
    for key in ("m1", "m2"):
        recorded(scene.redeem("mug", key))


def _refund(scene: Scene) -> Any:
    return scene.order(refunded(refund(4_000)))


def _edit(scene: Scene) -> Any:
    return scene.order(later(ORDER))


ORDERS_AND_CODES = (
    Meeting("one order twice, first of its member", (earning("1"), earning("1")), lambda _: None),
    Meeting("two orders, first of their member", (earning("1"), earning("2")), lambda _: None),
    Meeting("two orders under one cap", (earning("1", 20_000), earning("2", 20_000)), funded, rich),
    Meeting("one redemption twice, points for one", (redeeming("k"), redeeming("k")), left(50)),
    Meeting("two redemptions, points for one", (redeeming("k"), redeeming("l")), left(50)),
    Meeting("two mugs, one left", (redeeming("m3", "mug"), redeeming("m4", "mug")), _one_mug),
    Meeting(
        "two tastings, one allowed", (redeeming("t", "tasting"), redeeming("u", "tasting")), _tasted
    ),
    Meeting("two free rewards", (redeeming("t", "tasting"), redeeming("u", "tasting"))),
    Meeting("refund and edit", (_refund, _edit), _placed),
    Meeting("refund twice", (_refund, _refund), _placed),
    Meeting("order and redemption", (earning("1"), redeeming("k")), left(10)),
    Meeting("one adjustment twice", (adjusting(-40, "a"), adjusting(-40, "a")), left(40)),
    Meeting(
        "undo and order with the code",
        (CODES["undo"].act, CODES["use of a code"].act),
        CODES["undo"].prepare,
    ),
    Meeting("join and first order", (lambda s: s.join(), earning("1")), lambda _: None),
)
THREES_OF_ORDERS = (
    Meeting("three orders", (earning("1"), earning("2"), earning("3"))),
    Meeting(
        "order, redemption, adjustment",
        (earning("1"), redeeming("k"), adjusting(-30, "a")),
        left(60),
    ),
    Meeting("one redemption thrice, points for one", (redeeming("k"),) * 3, left(50)),
)


def met(meeting: Meeting) -> Scene:
    scene = scene_of(meeting.world())
    meeting.prepare(scene)
    return scene


def honest(start: Scene, requests: Sequence[Request]) -> list[tuple[Any, Any]]:
    """What may come of them: answers and books after each order, one request at a time."""
    ends = []
    for order in permutations(range(len(requests))):
        scene, answers = copied(start), [""] * len(requests)
        for number in order:
            answers[number] = answer_of(requests[number](scene))
        ends.append((answers, outcome(table_of(scene))))
    return ends


def answer_of(answer: Any) -> str:
    """ "ok" or the code of a refusal; who replayed whom is chance."""
    if isinstance(answer, Refusal):
        return answer.code.value
    is_of_job = isinstance(answer, Swept)  # how much another had booked before is chance, too
    is_fine = hasattr(answer, "document") or is_of_job or isinstance(answer, EventResult)
    return "ok" if is_fine else f"{type(answer).__name__}: {answer}"


def misled(
    meeting: Meeting,
    explore: Callable[[Scene, Sequence[Request]], Iterable[tuple[Run, Scene]]],
    told: Callable[[], object],
) -> str:
    """The first order of turns whose end is that of no order one after the other; "" if none."""
    start = met(meeting)
    ends = honest(start, meeting.requests)
    try:
        for made, scene in explore(start, meeting.requests):
            told()
            found = breaks(table_of(scene), STOCK)
            if found:
                return f"{meeting.name} {made.choices}: {'; '.join(found[:9])}"
            if ([answer_of(a) for a in made.answers], outcome(table_of(scene))) not in ends:
                answers = [answer_of(a) for a in made.answers]
                return f"{meeting.name} {made.choices}: {answers} is no honest end"
    except InvariantBroken as broken:
        return f"{meeting.name}: {broken}"
    return ""
