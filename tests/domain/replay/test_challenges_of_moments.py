"""A replay counts friends, tiers and years for challenges as the books did."""

from typing import Any

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.referral_document import QUALIFIED
from chalicelib.domain.program.rule_document import ANNIVERSARY, TIER_ENTERED
from chalicelib.domain.replay.report import Report
from chalicelib.domain.replay.spending import MAIN
from tests.builders import NOON
from tests.domain.replay.histories import back, bought, compared, made
from tests.domain.replay.test_referrals_shared import BROUGHT, GIFTS, lived, walked
from tests.domain.replay.test_tiers_entered import CLUB, GOLD_AT
from tests.operations.challenge_scenes import FIFTY, challenge, progress
from tests.operations.referral_scenes import referring
from tests.operations.test_causes import FOREST


def issued(one: dict[str, Any], *past: Any, days: int = 330) -> tuple[int, int]:
    """Points issued and reversed by a draft that has this challenge and no rule."""
    draft = made(earn=[], tier_groups=[CLUB], challenges=[one])
    report: Report
    report, _ = compared(made(earn=[]), draft, {"ann": list(past)}, days=days)
    own = [each for each in report.draft.units if each.habit == "one"]
    return sum(sum(each.issued) for each in own), sum(sum(each.reversed) for each in own)


def test_a_tier_that_is_entered_counts_and_a_refund_takes_it_back() -> None:
    climb = challenge(on=TIER_ENTERED, target=1)
    once = bought(GOLD_AT, "1", 100, (back(GOLD_AT, 90),))
    assert issued(climb, bought(GOLD_AT, "1", 100), bought(100, "2", 90)) == (50, 0)
    assert issued(climb, once) == (50, 50)


def test_a_year_counts() -> None:
    years = challenge(on=ANNIVERSARY, target=1)
    assert issued(years, bought(100, "1", 370), bought(100, "2", 1), days=400) == (50, 0)


def test_an_order_counts_once_it_is_fulfilled() -> None:
    arrived = challenge(on="order.fulfilled", target=1)
    for fulfilled_at, points in ((NOON - 90 * DAY_MS, 50), (None, 0)):
        order = bought(100, "1", 100, fulfilled_at=fulfilled_at)
        assert issued(arrived, order, bought(100, "2", 1)) == (points, 0)


def test_friends_count_as_they_did_in_the_books() -> None:
    two = challenge(id="friends", on=QUALIFIED, target=2, give=[FIFTY, *GIFTS[1:]])
    badges = [{"id": "guide", "name": "Guide"}]
    document = referring(keys={"badges": badges, "causes": [FOREST], "challenges": [two]})
    scene = lived(document)
    compiled = compile_program(read_program(document), 1)
    walks = walked(scene, compiled, scene.now - 200 * DAY_MS)
    for advocate in sorted({by for _, by in BROUGHT}):
        booked = progress(scene, "friends", advocate)
        assert booked is not None
        replayed = walks[advocate].progress[MAIN]["friends"]
        assert (booked.live, booked.completed) == ({"": 2}, 1)
        assert (replayed.live, replayed.posted) == (booked.live, booked.posted)
        assert replayed.grants == booked.grants
