"""What can happen to members in a history: holds, gifts, merges, claims, erasures, kindnesses.

As in ``happenings``: each makes a step and tells the model what was answered, after judging it
where plain counting knows the honest answer.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.sweep_due import sweep_due
from tests.builders import Scene
from tests.operations.verbs_of_members import give
from tests.simulation.histories import Broken, History, Step
from tests.simulation.member_acts import (
    capture,
    climb,
    erase,
    extend,
    hold,
    honour,
    merge,
    reinstate,
    tell,
    void,
)
from tests.simulation.model import KnownHold
from tests.simulation.openings import CUSTOMERS
from tests.simulation.worlds import GIFT, table_of

HOLDS_MAX = 8
Act = Callable[[Scene], Any]


def _code(answer: Any) -> str:
    return answer.code.value if isinstance(answer, Refusal) else ""


def _judge(history: History, what: str, answer: Any, want: str) -> bool:
    """Whether it was done; a no that is not the honest one breaks the history."""
    if _code(answer) != want:
        raise Broken(f"{what} was answered {_code(answer)!r}, honest is {want!r}")
    return not want


def _told(history: History, what: str, answer: Any, want: str, *people: str) -> bool:
    """Whether it was done, judged where nothing about ``people`` is open."""
    if history.is_exact and history.is_sure(*people):
        return _judge(history, what, answer, want)
    return not _code(answer)


def holds(history: History) -> Step:
    customer, points = history.dice.pick(CUSTOMERS), history.dice.between(1, 90)
    key, what = f"h{history.steps}", f"hold {customer} {points}"

    def tell_it(answer: Any) -> None:
        if _told(history, what, answer, _hold_wanted(history, customer, points), customer):
            made = answer.document
            history.model.holds[key] = KnownHold(customer, points, made.expires_at)

    return Step(what, lambda s: hold(s, points, key, customer), tell_it, frozenset({customer}))


def _hold_wanted(history: History, customer: str, points: int) -> str:
    if not history.model.is_member(customer):
        return "member_unknown"
    if history.available(customer) < points:
        return "insufficient_points"
    full = history.model.open_holds(customer, history.scene.now) >= HOLDS_MAX
    return "limit_reached" if full else ""


def ends_a_hold(history: History) -> Step:
    """A capture of a part, or a void."""
    if not history.model.holds:
        return holds(history)
    key = history.dice.pick(list(history.model.holds))
    known = history.model.holds[key]
    if history.dice.one_in(2):
        return _voids(history, key, known)
    points = history.dice.between(1, known.points)
    what = f"capture {key} {points}"

    def tell_it(answer: Any) -> None:
        is_live = known.state == "open" and history.scene.now < known.until
        is_same = (known.state, known.captured) == ("captured", points)
        want = "" if is_live or is_same else "hold_expired"
        if _told(history, what, answer, want, known.owner):
            known.state, known.captured = "captured", points

    def act(scene: Scene) -> Any:
        return capture(scene, points, key, known.owner)

    return Step(what, act, tell_it, frozenset({known.owner}))


def _voids(history: History, key: str, known: KnownHold) -> Step:
    def tell_it(answer: Any) -> None:
        want = "hold_expired" if known.state == "captured" else ""
        if _told(history, f"void {key}", answer, want, known.owner):
            known.state = "voided"

    def act(scene: Scene) -> Any:
        return void(scene, key, known.owner)

    return Step(f"void {key}", act, tell_it, frozenset({known.owner}))


def gives(history: History) -> Step:
    giver, to = history.dice.pick(CUSTOMERS), history.dice.pick(CUSTOMERS)
    points, key = history.dice.between(1, 120), f"t{history.steps}"
    what = f"give {giver} {to} {points}"

    def tell_it(answer: Any) -> None:
        want = _gift_wanted(history, giver, to, points)
        if _told(history, what, answer, want, giver, to):
            history.model.gifts.append((giver, to, points))

    def act(scene: Scene) -> Any:
        return give(scene, points, key, giver, to)

    return Step(what, act, tell_it, frozenset({giver, to}))


def _gift_wanted(history: History, giver: str, to: str, points: int) -> str:
    model = history.model
    if not (model.is_member(giver) and model.is_member(to)):
        return "member_unknown"
    if model.same(giver, to):
        return "value_invalid"
    if model.given(giver) + points > int(str(GIFT["max"])):
        return "limit_reached"
    return "" if history.available(giver) >= points else "insufficient_points"


def merges(history: History) -> Step:
    return merging(history, history.dice.pick(CUSTOMERS), history.dice.pick(CUSTOMERS))


def merging(history: History, gone: str, kept: str) -> Step:
    """Two turn out to be one."""
    tells = history.dice.one_in(2)
    what = f"merge {gone} {kept}"

    def tell_it(answer: Any) -> None:
        model = history.model
        is_nobodys = model.is_erased(gone) or model.is_erased(kept)
        is_somebodys = model.is_member(gone) or model.is_member(kept)
        want = "" if is_somebodys else "member_unknown"
        want = "member_erased" if is_nobodys else want
        want = "value_invalid" if model.same(gone, kept) else want
        is_told_again = gone in model.into and model.same(gone, kept)
        want = _code(answer) if is_told_again else want  # a replay, or said of the one they are
        if _told(history, what, answer, want, gone, kept) and not model.same(gone, kept):
            model.into[model.person(gone)] = model.person(kept)

    def act(scene: Scene) -> Any:
        table_of(scene).thaw_indexes()
        return merge(scene, gone, kept, tells=tells)

    return Step(what, act, tell_it, frozenset({gone, kept}), patient=True)


def hears(history: History) -> Step:
    """The shop tells of a customer whose address is verified; the index has caught up."""
    customer, at = history.dice.pick(CUSTOMERS), history.scene.now

    def tell_it(_: Any) -> None:
        history.model.claim(customer)

    def act(scene: Scene) -> Any:
        table_of(scene).thaw_indexes()
        return tell(scene, customer, at)

    return Step(f"hear {customer}", act, tell_it, frozenset({customer}))


def forgets(history: History) -> Step:
    """Somebody is erased of whom nothing is on its way: a retry would no more be answered."""
    return forgetting(history, history.dice.pick(CUSTOMERS))


def forgetting(history: History, customer: str) -> Step:
    """``customer`` is erased, every other time."""
    if not history.is_known(customer) or history.dice.one_in(2):
        return holds(history)

    def tell_it(answer: Any) -> None:
        want = "" if history.model.is_member(customer) else "member_unknown"
        if _told(history, f"forget {customer}", answer, want, customer):
            history.model.erase(customer)

    touched = frozenset({customer})
    what = f"forget {customer}"
    return Step(what, lambda s: erase(s, customer), tell_it, touched, patient=True)


def is_kind(history: History) -> Step:
    """Staff lets points live longer, or gives lapsed ones back: there are none where none lapse."""
    customer, key = history.dice.pick(CUSTOMERS), f"x{history.steps}"
    until, extends = history.scene.now + 100 * DAY_MS, history.dice.one_in(2)
    what = f"{'extend' if extends else 'reinstate'} {customer}"

    def tell_it(answer: Any) -> None:
        want = "" if history.model.is_member(customer) else "member_unknown"
        want = want or ("" if extends else "insufficient_points")
        _told(history, what, answer, want, customer)

    def act(scene: Scene) -> Any:
        if extends:
            return extend(scene, until, key, customer)
        return reinstate(scene, 0, key, customer)

    return Step(what, act, tell_it, frozenset({customer}))


def honours(history: History) -> Step:
    """Staff grant a badge, or take theirs back; the model knows nothing of badges."""
    customer, key = history.dice.pick(CUSTOMERS), f"b{history.steps}"
    kind = AdjustmentKind.BADGE if history.dice.one_in(2) else AdjustmentKind.UNBADGE
    what = f"{kind} {customer}"
    touched = frozenset({customer})
    return Step(what, lambda s: honour(s, kind, key, customer), lambda _: None, touched)


def climbs(history: History) -> Step:
    """Tell of the tiers that a member entered, or that were taken away, as the sweep does."""
    customer = history.dice.pick(CUSTOMERS)

    return Step(
        f"climb {customer}", lambda s: climb(s, customer), lambda _: None, frozenset({customer})
    )


def sweeps(history: History) -> Step:
    """The job; a twin's index does not lag and is swept of more."""
    if history.twin is not None:
        return climbs(history) if history.world == "climbing" else is_kind(history)

    def act(scene: Scene) -> Any:
        table_of(scene).thaw_indexes()
        return sweep_due(scene.table, scene.shop, scene.now)

    return Step("sweep", act, lambda _: None)


MEMBERS: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (3, holds),
    (3, ends_a_hold),
    (3, gives),
    (2, merges),
    (2, hears),
    (1, forgets),
    (2, is_kind),
    (1, honours),
    (3, sweeps),
)
"""How often each happens, of all weights of ``happenings``."""
