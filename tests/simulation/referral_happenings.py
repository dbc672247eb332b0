"""What can happen to referrals in a history: friends brought, time over, and the word of staff.

They live in the world of causes, where the twin is the judge. The sweep itself walks an index that
lags in the one table and not in the other, so here time comes to one referral by its name.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.events import Customer
from tests.builders import Scene, refund, refunded
from tests.operations.referral_scenes import code, come, seen_by
from tests.simulation.histories import History, Step
from tests.simulation.openings import CUSTOMERS
from tests.simulation.pool_happenings import POOLS
from tests.simulation.referral_verbs import matured, reviewed

_ELSEWHERE = tuple(row for weight, row in POOLS for _ in range(weight))
"""What happens in other worlds instead."""


def brings(history: History) -> Step:
    """Somebody joins and shares their code; a friend comes by it and buys.

    One friend in three looks much like who brought them.
    """
    if history.world != "giving":
        return history.dice.pick(_ELSEWHERE)(history)
    who, friend, at = history.dice.pick(CUSTOMERS), f"f{history.steps}", history.scene.now
    email = f"{who}+new@example.com" if history.dice.one_in(3) else f"{friend}@example.com"
    net = history.dice.pick((1_500, 2_500, 6_000))

    def act(scene: Scene) -> Any:
        scene.join(who, email=f"{who}@example.com")
        seen_by(scene, who)
        come(scene, friend, by=code(scene, who), email=email)
        return scene.pay(net, friend, at, customer=Customer(friend))

    def tell(_: Any) -> None:
        if not history.model.is_erased(who):
            history.model.members.add(who)
        history.friends.append((who, friend))

    return Step(f"bring {who} {friend} {net}", act, tell, frozenset({who}))


def sends_back(history: History) -> Step:
    """What a friend bought comes back, or half of it."""
    part, at = history.dice.pick((750, 6_000)), history.scene.now

    def act(friend: str) -> Callable[[Scene], Any]:
        return lambda scene: scene.order(refunded(refund(part, f"r{at}", at=at), friend))

    return _about(history, f"send back {part}", lambda _, friend: act(friend))


def waits(history: History) -> Step:
    """Time comes to a referral."""
    return _about(history, "wait", lambda who, friend: matured(friend, who))


def decides(history: History) -> Step:
    """Staff approve or reject a referral, if it waits for them."""
    verdict = history.dice.pick(("ordered", "rejected"))
    return _about(history, verdict, lambda who, friend: reviewed(friend, verdict, who))


def _about(history: History, what: str, act: Callable[[str, str], Callable[[Scene], Any]]) -> Step:
    if not history.friends:
        return brings(history)
    who, friend = history.dice.pick(history.friends)
    return Step(f"{what} {who} {friend}", act(who, friend), lambda _: None, frozenset({who}))


REFERRALS: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (3, brings),
    (1, sends_back),
    (2, waits),
    (1, decides),
)
"""How often each happens, of all weights of ``happenings``."""
