"""Challenges for tiers that are entered, birthdays and anniversaries: moments of our own."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY, TIER_ENTERED
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import Scene, line, program, refund, refunded, state, upserted
from tests.conservation import WatchedTable
from tests.operations.challenge_scenes import BADGES, FIFTY, challenge, live, worn
from tests.operations.moments import at_every_moment
from tests.operations.test_birthdays import at
from tests.operations.test_birthdays import swept as swept_on
from tests.operations.test_messages import told
from tests.operations.test_tiers_entered import CLUB, REACHED, marks, sound, swept
from tests.operations.verbs_of_members import merge

CLIMB = challenge(id="climb", on=TIER_ENTERED, target=2, give=[FIFTY, {"badge": "regular"}])


def opened(*challenges: dict[str, Any], **keys: Any) -> Scene:
    """The tea shop without any rule."""
    made = Scene(WatchedTable())
    said = {"tier_groups": [CLUB], "earn": [], "badges": BADGES, **keys}
    made.publish(program(challenges=list(challenges or (CLIMB,)), **said))
    return made


def back(scene: Scene) -> None:
    scene.order(refunded(refund(REACHED, at=scene.now), "1"))


def has(scene: Scene, customer: str = "77") -> tuple[int, int, set[str]]:
    return live(scene, "climb", customer), scene.available(customer), worn(scene, customer)


def test_every_tier_that_is_entered_counts_once_without_any_rule() -> None:
    scene = opened()
    scene.pay(REACHED, "1")
    for _ in range(2):
        assert swept(scene) == 50
        assert has(scene) == (2, 50, {"regular"})
    assert marks(scene) == {"club/silver", "club/gold"}
    sound(scene)


def test_a_tier_that_a_refund_takes_away_takes_its_progress_along() -> None:
    scene = opened()
    scene.pay(REACHED, "1")
    swept(scene)
    back(scene)
    for _ in range(2):
        assert swept(scene) == 0
        assert has(scene) == (0, 0, set())
    scene.pay(REACHED, "2")
    assert swept(scene) == 50
    assert has(scene) == (2, 50, {"regular"})
    sound(scene)


def test_conditions_ask_which_tier_it_is() -> None:
    scene = opened({**CLIMB, "if": {"tier.club": "gold"}, "target": 1})
    scene.pay(REACHED // 2, "1")
    assert swept(scene) == 0
    scene.pay(REACHED // 2, "2")
    assert swept(scene) == 50
    sound(scene)


def test_who_held_a_tier_before_there_was_such_a_challenge_has_entered_it_already() -> None:
    scene = opened(challenge(id="orders"))
    scene.pay(REACHED, "1")
    scene.publish(program(tier_groups=[CLUB], earn=[], badges=BADGES, challenges=[CLIMB]))
    scene.pay(100, "2")
    assert swept(scene) == 0
    assert live(scene, "climb") == 0
    sound(scene)


def test_what_both_entered_is_added_where_two_members_become_one() -> None:
    scene = opened({**CLIMB, "target": 3})
    scene.pay(REACHED, "1")
    scene.join("88")
    swept(scene)
    merge(scene, "77", "88")
    swept(scene)
    assert live(scene, "climb", "88") == 2
    sound(scene, "88")


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("rival", ["sweep", "refund", "order"])
def test_two_writers_at_every_moment_count_each_tier_once(rival: str, backwards: bool) -> None:
    start: Any = opened()
    start.pay(REACHED, "1")

    def sweeps(scene: Scene) -> None:
        scene.now = start.now + HOUR_MS
        sweep_shops(scene.table, scene.now)

    second: dict[str, Any] = {
        "sweep": sweeps,
        "refund": back,
        "order": lambda scene: scene.pay(100, "2"),
    }
    seen = 0
    for scene in at_every_moment(start.table, sweeps, second[rival], backwards):
        seen += 1
        swept(scene)
        assert has(scene) == ((0, 0, set()) if rival == "refund" else (2, 50, {"regular"}))
        sound(scene)
    assert seen > 3


@pytest.mark.parametrize("on", [BIRTHDAY, ANNIVERSARY])
def test_years_count_without_any_rule_and_complete_a_challenge(on: str) -> None:
    scene = opened(challenge(id="years", on=on, target=2))
    scene.join("77", birthday="03-01")
    began = scene.now
    for year, points in ((2027, 0), (2028, 50)):
        day = at(f"{year}-03-01") if on == BIRTHDAY else began + (year - 2026) * 366 * DAY_MS
        assert swept_on(scene, day) == points
        assert swept_on(scene, day) == points
    sound(scene)


ARRIVED = challenge(id="arrived", on="order.fulfilled", target=2, give=[FIFTY, {"message": "hi"}])
HI = {"templates": {"hi": {"text": "Hello!"}}, "caps": {"day": 5, "week": 9}}


def arrives(scene: Scene, order: str, at: int) -> None:
    paid = state(line(1_000), id=order, number=order, version=at, fulfilled_at=at)
    scene.order(upserted(paid), now=max(at, scene.now))


def test_an_order_counts_once_it_is_fulfilled_and_goes_with_its_refund() -> None:
    scene = opened(ARRIVED, messages=HI)
    began = scene.now
    for order in ("1", "2"):
        scene.pay(1_000, order)
    assert (live(scene, "arrived"), scene.available()) == (0, 0)
    scene.now += 20 * DAY_MS
    for _ in range(2):
        arrives(scene, "1", began + 5 * DAY_MS)
        assert (live(scene, "arrived"), scene.available()) == (1, 0)
    for _ in range(2):
        arrives(scene, "2", scene.now)
        assert (live(scene, "arrived"), scene.available()) == (2, 50)
    assert told(scene) == ["hi"]  # the order is older than what is news; that it arrived is not
    scene.order(refunded(refund(1_000, at=scene.now), "1"))
    assert (live(scene, "arrived"), scene.available()) == (1, 0)
    sound(scene)


def test_an_order_that_will_be_fulfilled_counts_by_itself_once_its_time_has_come() -> None:
    scene = opened({**ARRIVED, "target": 1, "give": [FIFTY]})
    arrives(scene, "1", scene.now)
    later = scene.now + HOUR_MS
    paid = state(line(1_000), id="2", number="2", version=scene.now, fulfilled_at=later)
    scene.order(upserted(paid))
    assert live(scene, "arrived") == 1
    assert scene.document("2").ripens_at == later
    scene.now = later
    sweep_shops(scene.table, scene.now)
    assert live(scene, "arrived") == 2
    sound(scene)


@pytest.mark.parametrize("backwards", [False, True])
def test_an_arrival_and_a_refund_at_every_moment_leave_no_progress(backwards: bool) -> None:
    start: Any = opened({**ARRIVED, "target": 1, "give": [FIFTY]})
    start.pay(1_000, "1")

    def gone(scene: Scene) -> None:
        scene.order(refunded(refund(1_000), "1"))

    seen = 0
    first, second = lambda scene: arrives(scene, "1", scene.now), gone
    for scene in at_every_moment(start.table, first, second, backwards):
        seen += 1
        assert (live(scene, "arrived"), scene.available()) == (0, 0)
        sound(scene)
    assert seen > 1
