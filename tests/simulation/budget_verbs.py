"""Proof 1's and 4's rows of budgets and partners: spent, given back, and met by others."""

from typing import Any

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, Scene, line, recorded, refund, refunded, state, upserted
from tests.operations.action_scenes import done, revoked
from tests.simulation.action_verbs import telling
from tests.simulation.interleaving import Request
from tests.simulation.later_worlds import FEE, budgeted, coalition
from tests.simulation.member_acts import merge
from tests.simulation.rivals import Meeting
from tests.simulation.verbs import OPT_IN, Verb, later
from tests.simulation.worlds import clamped, plain

ORDER = state(line(6_000), line(2_900, FEE, sku=FEE), partner="mill")


def spending(name: str, net: int = 6_000, customer: str = "77") -> Request:
    """An order that asks a campaign for 40 points, and another for 15."""
    return lambda s: s.pay(net, name, at=NOON, customer=Customer(customer))


def ordered(scene: Scene) -> Any:
    return scene.order(upserted(ORDER))


def back(order: str = "1", net: int = 6_000) -> Request:
    return lambda s: s.order(refunded(refund(net), order))


def _spent(scene: Scene) -> None:
    recorded(spending("1")(scene))


def _two(scene: Scene) -> None:
    """Both won what pays once."""
    for customer in ("77", "88"):
        recorded(spending(customer, 1_000, customer)(scene))


def _one_left(scene: Scene) -> None:
    """Of 127 points 47 are left, and of three ideas one; 77 and 88 are members."""
    for name in ("1", "2"):
        recorded(spending(name, customer=f"0{name}")(scene))
    for customer in ("77", "88"):
        scene.join(customer)


def _sent_back(scene: Scene) -> None:
    """What order 1 had may be another's: there is room for one."""
    _one_left(scene)
    recorded(back()(scene))
    recorded(spending("3", customer="03")(scene))


def _all_spent(scene: Scene) -> None:
    """What order 1 had is another's."""
    _sent_back(scene)
    recorded(spending("4", customer="04")(scene))


def _bought(scene: Scene) -> None:
    recorded(ordered(scene))


def _coded(scene: Scene) -> None:
    """An order at the mill that used a code."""
    recorded(scene.adjust(50))
    recorded(scene.redeem("mug"))
    recorded(_with_code(scene))


def _adjusted(scene: Scene) -> None:
    scene.join()


def _with_code(scene: Scene, **changes: Any) -> Any:
    from chalicelib.security.keyed_ids import code_of, redemption_id  # as in ``verbs.by_code``
    from tests.builders import SHOP_KEY

    code = code_of(SHOP_KEY, redemption_id(scene.member(), "k1"))
    return scene.order(later(ORDER, len(changes), codes=(code,), **changes))


def _ready(scene: Scene) -> None:
    _adjusted(scene)
    _coded(scene)


AGAIN = upserted(
    state(line(14_000), id="1", number="#1", version=NOON + 9, customer=Customer("01"))
)
GROWS: Request = lambda s: s.order(AGAIN)  # noqa: E731 - a row's act
REVIEW, TAKEN = telling(done("v1", at=NOON)), telling(revoked("v1", NOON))


def _spent_and_moved(scene: Scene) -> None:
    """Its points were spent where nobody may owe, and now the order is another's."""
    recorded(scene.order(upserted(ORDER)))
    scene.now += 4 * DAY_MS
    recorded(scene.adjust(-scene.available(), key="spend"))
    recorded(scene.order(later(ORDER, customer=Customer("88"))))


def _renewed(scene: Scene) -> None:
    telling(done("s2", at=NOON - DAY_MS, action="subscription.renewed", plan="club"))(scene)


LATE = telling(done("s1", at=NOON - 2 * DAY_MS, action="subscription.renewed", plan="club"))

BUDGET_VERBS = (
    Verb("month that is told late", LATE, _renewed, coalition),
    Verb("moved order that comes back, nobody may owe", lambda s: s.order(later(ORDER, 2)),
         _spent_and_moved, clamped),
    Verb("order of two campaigns", spending("1"), world=budgeted),
    Verb("refund of a campaign's order", back(), _spent, budgeted),
    Verb("action of a campaign", REVIEW, _spent, budgeted),
    Verb("merge that gives back to a budget", merge, _two, budgeted),
    Verb("order that grows into a budget", GROWS, _all_spent, budgeted),
    Verb("order at a partner, with a membership", ordered, world=coalition),
    Verb(
        "end of an order at a partner",
        lambda s: s.order(later(ORDER, status=OrderStatus.CANCELLED)),
        _bought,
        coalition,
    ),
    Verb("order that turns out to be another partner's", lambda s: _with_code(s, partner="farm"),
         _ready, coalition),
)  # fmt: skip
BUDGET_MEETINGS = (
    Meeting("order of who is no member, and joining", (spending("1"), lambda s: s.join()),
            lambda _: None, lambda: plain(join=OPT_IN)),
    Meeting("the last of a budget", (spending("3"), spending("4", customer="88")), _one_left,
            budgeted),
    Meeting("the last of a budget and a refund", (spending("3"), back("2")), _one_left, budgeted),
    Meeting("a budget and an order that grows", (spending("4"), GROWS), _sent_back, budgeted),
    Meeting("merge and the last of a budget", (merge, spending("3", customer="99")), _two,
            budgeted),
    Meeting("merge and a refund of what won once", (merge, back("88", 1_000)), _two, budgeted),
    Meeting("review and its end, of a budget", (REVIEW, TAKEN), _one_left, budgeted),
    Meeting("order at a partner and its end", (ordered, back("1001")), lambda _: None, coalition),
    Meeting("two that buy a month", (ordered, lambda s: s.order(upserted(
        state(line(2_900, FEE, sku=FEE), id="2", number="#2")))), lambda _: None, coalition),
)  # fmt: skip
