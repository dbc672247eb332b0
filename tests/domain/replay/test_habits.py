"""What a journal tells of how its member spends."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.limits import REPLAY_SPEND_MILLIONTHS
from chalicelib.domain.lots import Touched
from chalicelib.domain.replay.habits import Habit, habit_of, spending_of, telling
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.spending import MILLION
from tests.builders import NOON

LEAST = {"points": 40}
MONTHS = months_between(NOON - 330 * DAY_MS, NOON, "UTC")


def entry(
    kind: EntryKind, points: int, after: int, days_ago: int, available_at: Instant = 0
) -> Entry:
    at = NOON - days_ago * DAY_MS
    touched = (Touched(abs(points), available_at),)
    return Entry(1, "points", points, kind, "order:main:1", after, at, at, touched)


def test_what_was_used_is_held_against_what_was_there_each_month() -> None:
    journal = (
        entry(EntryKind.EARN, 100, 100, 65),  # September: 100 on offer
        entry(EntryKind.REDEEM, -50, 50, 35),  # October: 100, of which 50 were used
        entry(EntryKind.REDEEM, -10, 40, 5),  # November: 50, of which 10 were used
    )
    habit = habit_of(journal, MONTHS, LEAST)
    assert habit == Habit(2, 60, 100 + 100 + 50)
    assert habit.share_millionths == 240_000


def test_points_that_wait_are_no_offer() -> None:
    later = NOON + 30 * DAY_MS
    assert habit_of((entry(EntryKind.EARN, 100, 100, 5, later),), MONTHS, LEAST).offered == 0


def test_what_was_given_back_was_not_used() -> None:
    journal = (
        entry(EntryKind.EARN, 100, 100, 7),
        entry(EntryKind.REDEEM, -50, 50, 6),
        entry(EntryKind.RETURN, 50, 100, 5),
    )
    assert habit_of(journal, MONTHS, LEAST) == Habit(1, 0, 100)


def test_what_was_before_the_history_is_there_and_was_not_used_in_it() -> None:
    journal = (entry(EntryKind.EARN, 90, 90, 800), entry(EntryKind.REDEEM, -30, 60, 790))
    assert habit_of(journal, MONTHS, LEAST) == Habit(0, 0, 60 * len(MONTHS.names))


def test_few_redemptions_say_nothing_of_a_member_and_something_of_all() -> None:
    others = Habit(9, 30, 100)
    assert spending_of(Habit(3, 10, 20), others) == 500_000
    assert spending_of(Habit(2, 10, 20), others) == 300_000
    assert spending_of(Habit(), Habit()) == REPLAY_SPEND_MILLIONTHS
    assert Habit(3, 500, 0).share_millionths == 0


def test_who_redeems_often_says_nothing_of_those_who_do_not() -> None:
    seldom, often = Habit(1, 10, 100), Habit(3, 90, 100)
    others = telling(seldom).plus(telling(often))
    assert spending_of(seldom, others) == 100_000
    assert spending_of(Habit(), telling(Habit(3, 90, 100))) == 0  # somebody redeems: not the usual


def test_points_that_buy_nothing_are_no_offer() -> None:
    journal = (
        entry(EntryKind.EARN, 39, 39, 65),  # the cheapest reward is 40
        entry(EntryKind.EARN, 1, 40, 35),
        entry(EntryKind.REDEEM, -30, 10, 5),  # it was cheaper then: this could be had
    )
    assert habit_of(journal, MONTHS, LEAST) == Habit(1, 30, 40 + 40)


def test_units_that_no_reward_is_sold_for_are_no_offer() -> None:
    journal = (entry(EntryKind.EARN, 100, 100, 65),)
    assert habit_of(journal, MONTHS, {"stars": 10}) == Habit()


@given(
    st.lists(
        st.tuples(st.sampled_from([*EntryKind]), st.integers(-500, 500), st.integers(0, 900)),
        max_size=30,
    )
)
def test_a_share_is_between_nothing_and_all(told: list[tuple[EntryKind, int, int]]) -> None:
    told.sort(key=lambda each: -each[2])
    booked, journal = 0, []
    for kind, points, days_ago in told:
        booked += points
        journal.append(entry(kind, points, booked, days_ago))
    habit = habit_of(journal, MONTHS, LEAST)
    assert 0 <= habit.share_millionths <= MILLION
    assert habit.plus(Habit()) == habit
