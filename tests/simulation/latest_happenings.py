"""What can happen where treats and cakes are given, where points warn, and where doors open.

The judge of each answer is plain counting of raw items: see ``latest_judges``.
"""

from typing import Any

from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.celebrating import celebrated
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.rule_document import BIRTHDAY
from chalicelib.operations.record_action import record_own
from chalicelib.storage.shops import find_shop
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


def ages(history: History) -> Step:
    """Most of a year goes by, and then the job comes."""
    by = 300 * DAY_MS
    history.scene.now += by
    for scene in (history.scene, history.twin) if history.twin else (history.scene,):
        table_of(scene).age_ms += by
    return keeps_up(history)


def has_birthday(history: History) -> Step:
    """It is somebody's birthday, once in a year, if they are a member."""
    who, now = history.dice.pick(CUSTOMERS), history.scene.now
    day = local_date(now, "UTC")

    def act(scene: Scene) -> Any:
        shop = find_shop(scene.table, scene.shop)
        assert shop is not None
        if scene.account(who) is None:
            return None
        own = celebrated(scene.member(who), BIRTHDAY, day, (day_start(day, "UTC"), now))
        return record_own(scene.table, shop, (own, None), now)

    return Step(f"birthday {who}", act, lambda _: None, frozenset({who}))
