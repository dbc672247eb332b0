"""Programs of the mission that set goals, lived through: boxes in a row, weeks of walking."""

from chalicelib.domain.instants import DAY_MS, parse_instant
from tests.builders import Scene
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.challenge_scenes import live as counted
from tests.operations.challenge_scenes import worn
from tests.operations.test_scenarios_of_rules import live, sound


def box(scene: Scene, month: str) -> str:
    scene.now = parse_instant(f"{month}-21T12:00:00Z")
    return tell(scene, done(f"sub-{month}", action="subscription.renewed", subject="sub-1"))


# ---------------------------------------------------------------- Birchbox


def test_birchbox_rewards_six_boxes_in_a_row_of_which_one_may_be_skipped(scene: Scene) -> None:
    live(scene, "birchbox")
    for month in ("2026-11", "2026-12", "2027-01", "2027-02"):
        box(scene, month)
    assert (scene.available(), counted(scene, "boxes")) == (40, 4)
    box(scene, "2027-04")
    assert scene.available() == 50
    box(scene, "2027-05")
    assert (scene.available(), worn(scene)) == (110, {"collector"})
    tell(scene, revoked("sub-2027-01", scene.now))
    assert (scene.available(), worn(scene)) == (50, set())
    box(scene, "2027-06")
    assert (scene.available(), worn(scene)) == (60, set())
    sound(scene)


def test_birchbox_honours_who_reviewed_ten_products(scene: Scene) -> None:
    live(scene, "birchbox")
    for number in range(5):
        tell(scene, done(f"r{number}", subject=f"product:{number}"))
    tell(scene, done("again", subject="product:0"))
    scene.now += 12 * DAY_MS  # December
    for number in range(5, 10):
        assert worn(scene) == set()
        tell(scene, done(f"r{number}", subject=f"product:{number}"))
    assert (scene.available(), worn(scene)) == (100, {"critic"})
    sound(scene)


# ---------------------------------------------------------------- Walgreens


def test_walgreens_pays_for_four_weeks_of_walking_and_takes_it_back(scene: Scene) -> None:
    live(scene, "walgreens")
    for week in range(4):
        assert worn(scene) == set()
        tell(scene, done(f"walk-{week}", action="walked", miles=2))
        scene.now += 7 * DAY_MS
    assert (scene.available(), worn(scene)) == (4 * 40 + 200, {"walker"})
    tell(scene, revoked("walk-2", scene.now))
    assert (scene.available(), worn(scene)) == (3 * 40, set())
    sound(scene)


def test_walgreens_counts_no_stroll_below_a_mile(scene: Scene) -> None:
    live(scene, "walgreens")
    tell(scene, done("walk", action="walked", miles=0))
    assert counted(scene, "weeks") == 0
