"""What can happen where treats and cakes are given, where points warn, and where doors open.

The judge of each answer is plain counting of raw items: see ``latest_judges``.
"""

from typing import Any

from chalicelib.domain.outcome import Refusal
from tests.builders import Scene
from tests.simulation.histories import Broken, History, Step
from tests.simulation.latest_judges import cakes_of_month
from tests.simulation.latest_worlds import CAKES
from tests.simulation.member_acts import sweep
from tests.simulation.model import KnownRedemption
from tests.simulation.openings import CUSTOMERS
from tests.simulation.worlds import table_of

RUNS_MAX = 5


def cakes(history: History) -> Step:
    """Somebody who has the points wants a cake; the shop has some in a month."""
    who, key = history.dice.pick(CUSTOMERS), f"q{history.steps}"
    had = cakes_of_month(table_of(history.scene), history.scene.now)

    def act(scene: Scene) -> Any:
        scene.adjust(5, key, who)
        return scene.redeem("cake", key, who)

    def tell(answer: Any) -> None:
        code = answer.code.value if isinstance(answer, Refusal) else ""
        if (code == "limit_reached") != (had >= CAKES) and code in {"", "limit_reached"}:
            raise Broken(f"a cake was answered {code!r}, and {had} were had")
        if not code:
            history.model.redemptions[key] = KnownRedemption(who, 5)
            history.redeemed[key] = answer.document

    return Step(f"cake {who}", act, tell, frozenset({who}))


def keeps_up(history: History) -> Step:
    """The job, until it finds nothing: points lapse and warn, tiers and years are told of.

    Indexes have caught up. One run may leave something to the next, where the clock goes back.
    """

    def act(scene: Scene) -> Any:
        table_of(scene).thaw_indexes()
        for _ in range(RUNS_MAX):
            if not sweep(scene).accounts:
                return None
        raise Broken("the job finds something to do for ever")

    def tell(_: Any) -> None:
        history.model.swept_at = history.scene.now

    return Step("sweep all", act, tell)
