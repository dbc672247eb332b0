"""Proof 2: random lives of a small shop, with faults everywhere and a judge after every step.

A history is a seed. It makes a shop, and steps: somebody buys, the shop edits or refunds, a
message comes late, twice or not at all, somebody redeems, undoes, joins, staff adjusts, the
program is published anew, the clock jumps. Two kinds of judge, by the shop's program:

::

    plain, pending   the model (plain arithmetic); a message that met too many faults comes back
                     later, between others
    rich, clamped    a twin: the same steps without faults; everything must be equal, byte for byte
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain import lots
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import InvariantBroken, Refusal, StorageUnavailable
from chalicelib.domain.passing import seen
from chalicelib.storage.members import account_of
from tests.builders import NOON, SHOP, Scene
from tests.faults import READS, Crash, Fault
from tests.simulation.all_worlds import TWINS, WORLDS
from tests.simulation.books import breaks
from tests.simulation.dice import Dice
from tests.simulation.judges import JUDGES
from tests.simulation.model import Model
from tests.simulation.openings import CUSTOMERS, OTHER_SHOP, Opening, opening
from tests.simulation.platform import Delivery, ShopOrder
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import STOCK, table_of

FAULTS = tuple(Fault)
ATTEMPTS_MAX = 60


class Broken(Exception):
    """A history that went wrong: what, at which step, and the seed to see it again."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. ``act`` may be asked again; ``tell`` tells the judge its answer."""

    name: str
    act: Callable[[Scene], Any]
    tell: Callable[[Any], None]
    touches: frozenset[str] = frozenset()  # customers who are unsure until it was answered
    patient: bool = False  # asked until it is answered: others build on it


@dataclass
class History:
    """A running history and everything that has happened in it."""

    seed: str
    world: str
    dice: Dice
    scene: Scene
    twin: Scene | None
    model: Model
    stock: dict[str, int] = field(default_factory=lambda: dict(STOCK))
    orders: list[ShopOrder] = field(default_factory=list)
    waiting: list[Step] = field(default_factory=list)  # messages and retries on their way
    sent: list[Delivery] = field(default_factory=list)
    redeemed: dict[str, Any] = field(default_factory=dict)  # answered redemptions by key
    pools: dict[str, str] = field(default_factory=dict)  # who made it, by the id of a pool
    friends: list[tuple[str, str]] = field(default_factory=list)  # who brought whom
    of_pools: dict[str, Any] = field(default_factory=dict)  # answered redemptions of pools by key
    faults: int = 0
    steps: int = 0
    tries: int = 0  # of the step that is asked now
    trace: list[str] = field(default_factory=list)
    others: Any = None
    given_up: list[Step] = field(default_factory=list)  # at least once, answered since or not
    is_retry: bool = False  # what is answered now was given up before: it may be an old answer
    maybe: set[str] = field(default_factory=set)  # given up once: it may have landed

    @property
    def is_exact(self) -> bool:
        """Whether the model also knows what is available, and so which noes are honest."""
        return self.world == "plain"

    def is_known(self, *customers: str) -> bool:
        """Whether nothing about these is asked and not answered."""
        unsure = {self.model.person(each) for each in self.unsure()}
        return not unsure & {self.model.person(each) for each in customers}

    def is_sure(self, *customers: str) -> bool:
        """Whether an honest answer about them can be reckoned now."""
        return self.is_known(*customers) and not self.is_retry

    def available(self, customer: str) -> int:
        """What a customer can spend, by plain arithmetic, where nothing waits."""
        return self.model.available(customer, self.scene.now)

    def unsure(self) -> frozenset[str]:
        """Customers with something asked and not answered: the table may know more than they."""
        return frozenset().union(*(step.touches for step in self.waiting))


def opened(
    seed: str,
    opening_of: Callable[[str], Opening] = opening,
    worlds: tuple[str, ...] = tuple(WORLDS),
) -> History:
    """The shop of a seed, as its world begins: one of ``worlds``."""
    dice = Dice(seed)
    world = dice.pick(worlds)
    begun = opening_of(world)
    history = History(seed, world, dice, begun.scene(), None, begun.model())
    if world in TWINS:
        history.twin = Scene(table_of(history.scene).copy(), NOON)
    history.others = _of_others(history.scene)
    table_of(history.scene).fault = lambda operation, _: _fault(history, operation)
    return history


def _of_others(scene: Scene) -> Any:
    state = table_of(scene).state().items()
    return {pk: dict(items) for pk, items in state if pk.split("#")[1] == OTHER_SHOP}


def _fault(history: History, operation: str) -> Fault | None:
    if not history.dice.one_in(4 + history.tries):
        return None
    fault = history.dice.pick(FAULTS)
    if fault is Fault.CONDITION_FAILED and operation != "transact" and operation not in READS:
        return None  # of a single put it would be a lie that DynamoDB never tells
    history.faults += 1
    return fault


def asked(history: History, step: Step) -> None:
    """Ask until it is answered, or give up for now and put it among what comes later."""
    history.trace.append(f"{history.scene.now - NOON} {step.name}")
    patient = history.twin or step.patient
    tries = ATTEMPTS_MAX if patient else history.dice.between(1, 4)
    for history.tries in range(tries):  # a storm calms down: an erasure is many calls
        try:
            answer = step.act(history.scene)
        except (StorageUnavailable, Crash):
            continue
        _answered(history, step, answer)
        return
    if patient:
        raise Broken(f"{step.name} was not answered in {tries} tries")
    history.maybe |= step.touches
    history.given_up.append(step)
    history.waiting.insert(history.dice.below(len(history.waiting) + 1), step)


def _answered(history: History, step: Step, answer: Any) -> None:
    code = answer.code.value if isinstance(answer, Refusal) else "ok"
    history.trace.append(f"  {code}")
    history.is_retry = any(step is given_up for given_up in history.given_up)
    if history.twin is None:
        step.tell(answer)
        return
    quietly(history, lambda: step.act(history.scene))  # the sender never heard the answer
    history.twin.now = history.scene.now
    twins = step.act(history.twin)
    said = twins.code.value if isinstance(twins, Refusal) else "ok"
    if said != code:
        raise Broken(f"{step.name} was answered {code}, without faults {said}")
    step.tell(answer)


def quietly(history: History, act: Callable[[], Any]) -> Any:
    """``act`` without faults."""
    table = table_of(history.scene)
    plan, table.fault = table.fault, lambda *_: None
    try:
        return act()
    finally:
        table.fault = plan


def checked(history: History) -> None:
    """All invariants, the other shop, and the judge."""
    table = table_of(history.scene)
    strangers = any(f"S#{OTHER_SHOP}" in pk for c in table.calls for pk, _ in c.keys)
    is_crossed = strangers or _of_others(history.scene) != history.others
    found = ["I7: another shop was touched"] if is_crossed else []
    found += breaks(table, history.stock, may_owe=history.world != "clamped")
    table.calls.clear()
    if history.twin and table.state() != table_of(history.twin).state():
        found.append("twin: the books are not those of a run without faults")
    if history.twin is None:
        found += _misjudged(history)
    if history.world == "shared":
        found += _miscounted(history)
    history.model.now = history.scene.now
    for judge in JUDGES.get(history.world, ()):
        found += judge(table, history.model)
    if found:
        raise Broken("; ".join(found[:9]))


def _misjudged(history: History) -> list[str]:
    wrong, model, now = list[str](), history.model, history.scene.now
    for customer in CUSTOMERS:
        if customer in model.into or not history.is_known(customer):
            continue
        account = _account(history, customer)
        held = account.units.get("points") if account else None
        if account is not None and any(model.same(customer, each) for each in history.maybe):
            model.members.add(customer)  # by a message of which no answer came
        booked = lots.booked(held) if held else 0
        due = model.balance(customer, now)
        if booked != due or (account is not None) != model.is_member(customer):
            wrong.append(f"model: {customer} has {booked}, by plain arithmetic {due}")
        known = lots.balance(held, now) if held else None
        aside, available = (known.held, known.available) if known else (0, 0)
        if aside != model.held(customer, now):
            wrong.append(f"model: {customer} holds {aside}, by plain arithmetic otherwise")
        if history.is_exact and available != model.available(customer, now):
            wrong.append(f"model: {customer} can spend {available}, by plain arithmetic {due}")
    return wrong


def _miscounted(history: History) -> list[str]:
    """Pools make and lose no points: everybody's together are what plain arithmetic says."""
    now, held = history.scene.now, 0
    for pk, items in table_of(history.scene).state().items():
        account = account_of(items.get("A")) if pk.startswith(f"S#{SHOP}#M#") else None
        units = seen(account, {}, now).units if account else {}
        held += lots.booked(units["points"]) if "points" in units else 0
    due = history.model.everybodys(now)
    return [] if held == due else [f"model: all together have {held}, by plain arithmetic {due}"]


def _account(history: History, customer: str) -> Account | None:
    """As readers see it: what time alone gave back is back."""
    account: Account | None = quietly(history, lambda: history.scene.account(customer))
    return seen(account, {}, history.scene.now) if account else None


def jump(history: History) -> None:
    """The clock: minutes and hours, sometimes days or months, now and then a little back."""
    dice = history.dice
    by = dice.pick((0, MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS, -3 * MINUTE_MS, 2 * DAY_MS))
    if dice.one_in(12):
        by = dice.between(5, 70) * DAY_MS
    now = history.scene.now
    if any(now + by < each.until <= now for each in history.model.redemptions.values()):
        by = 0  # a clock that goes back over an end is proven by tests of two writers
    history.scene.now += by
    for scene in (history.scene, history.twin) if history.twin else (history.scene,):
        table_of(scene).age_ms += max(0, by)


def lived(
    seed: str,
    steps: int,
    next_step: Callable[[History], Step],
    opening_of: Callable[[str], Opening] = opening,
    worlds: tuple[str, ...] = tuple(WORLDS),
) -> History:
    """One whole history. ``opening_of`` may keep what it made: every history has a copy.

    Raises:
        Broken: with the seed, the step and the end of the trace.
    """
    with virtual_time():
        history = opened(seed, opening_of, worlds)
        try:
            _live(history, steps, next_step)
        except (Broken, InvariantBroken, AssertionError) as broken:
            last = "\n  ".join(history.trace[-12:])
            said = f"seed {seed!r}, world {history.world}, step {history.steps}: {broken}"
            raise Broken(f"{said}\n  {last}") from broken
        return history


def _live(history: History, steps: int, next_step: Callable[[History], Step]) -> None:
    for _ in range(steps):
        history.steps += 1
        jump(history)
        table = table_of(history.scene)
        if history.dice.one_in(8):
            table.freeze_indexes()
        elif history.dice.one_in(3):
            table.thaw_indexes()
        late = history.waiting and history.dice.one_in(2)
        asked(history, history.waiting.pop(0) if late else next_step(history))
        checked(history)
    while history.waiting:
        asked(history, history.waiting.pop(0))
        checked(history)
