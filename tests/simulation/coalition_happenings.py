"""What can happen where partners share a program and memberships are sold, and where budgets end.

``elsewhere`` is what comes instead of pools, causes and referrals in worlds that have none.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import DAY_MS, MINUTE_MS, utc_day
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.record_event import record_event
from chalicelib.operations.settle_partner import Settling, settle_partner
from tests.builders import Scene
from tests.operations.action_scenes import done
from tests.simulation.action_happenings import acts, takes_back
from tests.simulation.histories import Broken, History, Step
from tests.simulation.later_worlds import PAID_BY
from tests.simulation.latest_happenings import ages, cakes, has_birthday, keeps_up
from tests.simulation.member_happenings import gives, merges
from tests.simulation.model import KnownRedemption
from tests.simulation.openings import CUSTOMERS


def renews(history: History) -> Step:
    """A subscription of the plan is renewed, an hour and a half ago."""
    who, name = history.dice.pick(CUSTOMERS), f"s{history.steps}"
    at = history.scene.now - 90 * MINUTE_MS
    event = done(name, who, at, action="subscription.renewed", subject=f"sub-{who}", plan="club")

    def act(scene: Scene) -> Any:
        return record_event(scene.table, scene.shop, event, (scene.now, scene.now))

    def tell(answer: Any) -> None:
        if answer.refusal is not None:
            raise Broken(f"a renewal was refused: {answer.refusal.detail}")
        if not history.model.is_erased(who):
            history.model.members.add(who)
            history.model.actions[name] = who

    return Step(f"renew {name} {who}", act, tell, frozenset({who}))


def settles(history: History) -> Step:
    """The shop settles a month with a partner: the last one, which is over, or the running one."""
    partner = history.dice.pick(tuple(PAID_BY.values()))
    at = history.scene.now - history.dice.pick((0, 10, 31)) * DAY_MS
    month, now = utc_day(at)[:7], history.scene.now

    def act(scene: Scene) -> Any:
        return settle_partner(
            scene.table, scene.shop, Settling(partner, month, "", "operator", now)
        )

    return Step(f"settle {partner} {month}", act, lambda _: None)


def codes(history: History) -> Step:
    """Somebody is given points and takes a code, which an order at a partner may use."""
    who, key = history.dice.pick(CUSTOMERS), f"q{history.steps}"

    def act(scene: Scene) -> Any:
        scene.adjust(50, key, who)
        return scene.redeem("five-off", key, who)

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.model.redemptions[key] = KnownRedemption(who, 50)
            history.redeemed[key] = answer.document

    return Step(f"code {who}", act, tell, frozenset({who}))


ELSEWHERE: dict[str, tuple[Callable[[History], Step], ...]] = {
    "budgeted": (acts, acts, takes_back, merges, gives),
    "coalition": (renews, renews, takes_back, settles, codes, codes, merges, gives),
    "feasting": (cakes, cakes, merges, gives),
    "warning": (keeps_up, keeps_up, keeps_up, ages, has_birthday, has_birthday, merges),
    "doors": (acts, acts, takes_back, keeps_up, merges),
}


def elsewhere(history: History) -> Step:
    """Something of this world."""
    return history.dice.pick(ELSEWHERE.get(history.world, (gives,)))(history)
