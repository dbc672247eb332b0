"""What can happen next in a history, one function each: a later verb joins by a row of ``ROWS``."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.defaults import document_of, read_program
from chalicelib.domain.records import Redemption
from chalicelib.operations.publish_program import publish_program
from tests.simulation.action_happenings import ACTIONS
from tests.simulation.all_worlds import EVERY
from tests.simulation.cause_happenings import CAUSES
from tests.simulation.histories import Broken, History, Step
from tests.simulation.later_worlds import FEE, PAID_BY
from tests.simulation.launch_verbs import bring_balance
from tests.simulation.member_acts import fulfil
from tests.simulation.member_happenings import MEMBERS, merges
from tests.simulation.model import KnownRedemption
from tests.simulation.openings import CUSTOMERS
from tests.simulation.platform import Delivery, changed, grown, placed, whole
from tests.simulation.pool_happenings import POOLS
from tests.simulation.referral_happenings import REFERRALS
from tests.simulation.sign_happenings import SIGNS, by_a_friend, hear, told_otherwise
from tests.simulation.signed_world import shown

COSTS = {"five-off": 50, "mug": 30, "tasting": 0, "soon": 40}
LIVES_MS = {"soon": 2 * DAY_MS}  # of codes whose points come back when nobody used them
TRADED = frozenset({"plain", "pending", "shared"})  # worlds with a rate for euros
GUESTLESS = frozenset({"feasting", "asking"})
"""Of two claimed orders a crash decides which treat, or tier, stands in the journal before what."""
ORDERS_MAX = 12


def delivered(history: History, delivery: Delivery) -> Step:
    """A message about an order reaches the books."""
    order = delivery.order
    owners = {history.model.redemptions[key].owner for key, _ in order.codes} - {""}

    def tell(answer: Any) -> None:
        if isinstance(answer, Refusal):
            raise Broken(f"a delivery was refused: {answer.detail}")
        if history.world == "signed":
            hear(history, delivery.event, order.by)
        known = history.model.order(
            order.name,
            order.customer,
            order.paid_at,
            guest=order.is_guests,
            foreign=order.currency != "USD",
        )
        known.refunds.update(delivery.refunds)
        if delivery.version:
            codes = [key for key, _ in order.codes]
            lines, status = dict(delivery.lines), delivery.status
            history.model.deliver_state(order.name, delivery.version, status, lines, codes)
        history.model.settle(order.name)

    what = f"{delivery.status or 'refund'} {order.name}@{delivery.version - order.paid_at}"
    touches = frozenset({order.customer, *owners})
    return Step(what, lambda scene: scene.order(delivery.event), tell, touches)


def _sent(history: History, deliveries: tuple[Delivery, ...]) -> Step:
    """The shop sends: in time, late, twice, in any order; what is late is lost until it comes."""
    if history.world == "signed":
        deliveries = told_otherwise(history, deliveries)
    steps = [delivered(history, delivery) for delivery in deliveries]
    history.sent.extend(deliveries)
    if history.twin is None or history.dice.one_in(2):
        steps = history.dice.shuffled(steps)
    history.waiting.extend(steps[1:])
    if history.dice.one_in(4):
        history.waiting.append(steps[0])  # a duplicate
    return steps[0]


def buys(history: History) -> Step:
    if len(history.orders) >= ORDERS_MAX:
        return changes(history)
    customer = history.dice.pick(CUSTOMERS)
    order = placed(f"o{len(history.orders)}", customer, history.scene.now, history.dice)
    order.is_guests = history.world not in GUESTLESS and history.dice.one_in(5)
    if history.world in TRADED and history.dice.one_in(4):
        order.currency = "EUR"
    if history.world == "coalition":
        order.partner = history.dice.pick(("", *PAID_BY.values()))
        order.lines |= {FEE: 2_900} if history.dice.one_in(3) else {}
    if history.world == "signed":
        by_a_friend(history, order)
    free = [
        (key, made.code)
        for key, made in {**history.redeemed, **history.of_pools}.items()
        if not any(key == used for other in history.orders for used, _ in other.codes)
    ]
    if free and history.dice.one_in(2):
        order.codes = (history.dice.pick(free),)
    history.orders.append(order)
    return _sent(history, (whole(order),))


def changes(history: History) -> Step:
    """An edit, a refund or a cancellation of some order."""
    if not history.orders:
        return buys(history)
    order = history.dice.pick(history.orders)
    if history.world == "signed":
        order.signs = shown(history.dice, order.customer)
    is_more = history.world == "feasting" and not order.codes and history.dice.one_in(2)
    return _sent(history, (grown if is_more else changed)(order, history.dice))


def repeats(history: History) -> Step:
    """Something that was sent before comes again."""
    if not history.sent:
        return buys(history)
    return delivered(history, history.dice.pick(history.sent))


def redeems(history: History) -> Step:
    customer, reward = history.dice.pick(CUSTOMERS), history.dice.pick(tuple(COSTS))
    key = f"k{history.steps}"
    model = history.model

    def tell(answer: Any) -> None:
        want = _wanted(history, customer, reward)
        code = answer.code.value if isinstance(answer, Refusal) else ""
        if history.is_exact and history.is_known(customer) and want not in (None, code):
            raise Broken(f"redeem {reward} was answered {code!r}, honest is {want!r}")
        if not code:
            made = answer.document
            assert isinstance(made, Redemption)
            until = made.requested_at + LIVES_MS[reward] if reward in LIVES_MS else 0
            model.redemptions[key] = KnownRedemption(customer, COSTS[reward], until=until)
            history.redeemed[key] = made

    def act(scene: Any) -> Any:
        return scene.redeem(reward, key, customer)

    return Step(f"redeem {reward} {customer}", act, tell, frozenset({customer}))


def _wanted(history: History, customer: str, reward: str) -> str | None:
    """The honest answer by plain counting; None where something unanswered may matter."""
    model = history.model
    is_open = any(step.name.startswith(("redeem", "undo")) for step in history.waiting)
    if is_open or history.is_retry:
        return None
    if model.is_erased(customer):
        return "member_erased"
    if not model.is_member(customer):
        return "member_unknown"
    live = [key for key in history.redeemed if model.redemptions[key].state != "undone"]
    kinds = [(history.redeemed[key].reward_id, model.redemptions[key].owner) for key in live]
    mine = [kind for kind, owner in kinds if model.same(owner, customer)]
    if reward == "tasting" and mine.count(reward) >= 2:
        return "limit_reached"
    if reward == "mug" and sum(kind == "mug" for kind, _ in kinds) >= history.stock["mug"]:
        return "reward_out_of_stock"
    if COSTS[reward] and model.available(customer, history.scene.now) < COSTS[reward]:
        return "insufficient_points"
    return ""


def undoes(history: History) -> Step:
    if not history.redeemed:
        return redeems(history)
    key = history.dice.pick(list(history.redeemed))
    made = history.redeemed[key]
    known = history.model.redemptions[key]

    def tell(answer: Any) -> None:
        window = LIVES_MS.get(made.reward_id, 30 * DAY_MS)
        is_open = known.state == "ready" and history.scene.now < made.requested_at + window
        if _ended(history, f"undo {key}", answer, is_open or known.state == "undone"):
            history.model.undo(key)

    who = known.owner
    return Step(f"undo {key}", lambda scene: scene.undo(made, who), tell, frozenset({who}))


def fulfils(history: History) -> Step:
    """Staff hand a reward over, or take a code at the till."""
    if not history.redeemed:
        return redeems(history)
    key = history.dice.pick(list(history.redeemed))
    known = history.model.redemptions[key]

    def tell(answer: Any) -> None:
        is_open = known.state == "ready" and not known.is_over(history.scene.now)
        if _ended(history, f"fulfil {key}", answer, is_open or known.state == "fulfilled"):
            known.state = "fulfilled"

    who = known.owner
    return Step(f"fulfil {key}", lambda scene: fulfil(scene, key, who), tell, frozenset({who}))


def _ended(history: History, what: str, answer: Any, due: bool) -> bool:
    """Whether a redemption was ended by hand, judged where plain rules know."""
    done, key = not isinstance(answer, Refusal), what.split()[1]
    who = history.model.redemptions[key].owner
    if history.twin is None and history.is_sure(who) and done != due:
        raise Broken(f"{what} was answered {done}, by plain rules {due}")
    return done


def adjusts(history: History) -> Step:
    customer, points = history.dice.pick(CUSTOMERS), history.dice.between(-120, 120) or 1
    key, brings = f"a{history.steps}", points > 0 and history.steps % 2

    def tell(answer: Any) -> None:
        done = not isinstance(answer, Refusal)
        due = history.model.is_member(customer)
        due = due and (points > 0 or history.available(customer) >= -points)
        if history.is_exact and history.is_sure(customer) and done != due:
            raise Broken(f"adjust by {points} was answered {done}, by plain rules {due}")
        if done:
            adjusted = history.model.adjusted
            adjusted[customer] = adjusted.get(customer, 0) + points

    def act(scene: Any) -> Any:
        if brings:
            return bring_balance(scene, points, key, customer)
        return scene.adjust(points, key, customer)

    return Step(f"adjust {customer} {points}", act, tell, frozenset({customer}))


def joins(history: History) -> Step:
    customer = history.dice.pick(CUSTOMERS)

    def tell(_: Any) -> None:
        if not history.model.is_erased(customer):
            history.model.members.add(customer)

    return Step(f"join {customer}", lambda scene: scene.join(customer), tell, frozenset({customer}))


def publish(history: History, points: int, mugs: int) -> Step:
    """The program anew, with another rate and more mugs."""
    document = EVERY[history.world](points)
    rewards = [{**r, "stock": mugs} if r["id"] == "mug" else r for r in document["rewards"]]
    made = document_of(read_program({**document, "rewards": rewards}))

    def tell(answer: Any) -> None:
        if isinstance(answer, Refusal):
            raise Broken(f"a program was refused: {answer.problems}")
        history.stock["mug"] = mugs
        history.model.rates.append((max(history.scene.now, history.model.rates[-1][0] + 1), points))

    return Step(
        f"publish {points} {mugs}",
        lambda scene: publish_program(scene.table, scene.shop, made, ("staff", scene.now)),
        tell,
        patient=True,
    )


def publishes(history: History) -> Step:
    points = history.model.rates[-1][1] % 3 + 1
    return publish(history, points, history.stock["mug"] + history.dice.below(2))


ROWS: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (6, buys),
    (8, changes),
    (3, repeats),
    (5, redeems),
    (3, undoes),
    (2, fulfils),
    (3, adjusts),
    (1, joins),
    (1, publishes),
    *MEMBERS,
    *POOLS,
    *ACTIONS,
    *CAUSES,
    *REFERRALS,
)
"""How often each happens, of all weights."""

SIGNED: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (8, buys),
    (7, changes),
    (5, repeats),
    (1, redeems),
    (1, joins),
    (2, publishes),
    (1, merges),
    *SIGNS,
)
"""What happens instead where referrals are checked."""


def _weighted(rows: tuple[tuple[int, Callable[[History], Step]], ...]) -> Any:
    return tuple(row for weight, row in rows for _ in range(weight))


_WEIGHTED, _SIGNED = _weighted(ROWS), _weighted(SIGNED)


def next_step(history: History) -> Step:
    return history.dice.pick(_SIGNED if history.world == "signed" else _WEIGHTED)(history)
