"""What can happen to causes in a history: points donated, and what was given passed on.

They live in a world of their own, where the first review of a member counts once, too. Its judges
are the twin and the invariants; ``books_of_causes`` holds every counter to its documents.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.outcome import Refusal
from tests.builders import Scene
from tests.simulation.action_happenings import acts
from tests.simulation.cause_verbs import settling
from tests.simulation.challenge_verbs import taking_part, winning
from tests.simulation.coalition_happenings import elsewhere
from tests.simulation.histories import History, Step
from tests.simulation.member_happenings import gives, merges
from tests.simulation.model import KnownRedemption
from tests.simulation.openings import CUSTOMERS

COST = 40


def donates(history: History) -> Step:
    """Somebody has trees planted for points."""
    if history.world != "giving":
        return elsewhere(history)
    who, key = history.dice.pick(CUSTOMERS), f"d{history.steps}"

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.model.redemptions[key] = KnownRedemption(who, COST)
            history.redeemed[key] = answer.document

    def act(scene: Scene) -> Any:
        return scene.redeem("tree", key, who)

    return Step(f"donate {who}", act, tell, frozenset({who}))


def passes_on(history: History) -> Step:
    """The shop passes units on, sometimes more than there are."""
    if history.world != "giving":
        return elsewhere(history)
    units = history.dice.between(1, 6)
    return Step(f"settle {units}", settling(units, f"s{history.steps}"), lambda _: None)


def takes_part(history: History) -> Step:
    """Somebody sets out to order twice."""
    if history.world != "giving":
        return elsewhere(history)
    who = history.dice.pick(CUSTOMERS)

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.model.partaking.add(who)

    return Step(f"take part {who}", taking_part(who), tell, frozenset({who}))


def wins(history: History) -> Step:
    """Somebody who takes part wins the contest, once."""
    takers = sorted(history.model.partaking)
    if history.world != "giving" or not takers:
        return takes_part(history)
    who = history.dice.pick(takers)
    return Step(f"win {who}", winning(who), lambda _: None, frozenset({who}))


def instead_of_pools(history: History) -> Step:
    """Where there are no pools: first reviews that meet in a merge, gifts, contests."""
    if history.world != "giving":
        return elsewhere(history)
    return history.dice.pick((acts, merges, gives, wins))(history)


CAUSES: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (2, donates),
    (2, passes_on),
    (1, takes_part),
    (1, wins),
)
"""How often each happens, of all weights of ``happenings``."""
