"""Pauses in a replay: nothing is earned then, by both programs, and the report says when it was."""

from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.replay.comparing import begun, compare_member
from chalicelib.domain.replay.past_actions import PastAction
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.report import PausedTime, Report, pauses_in
from chalicelib.domain.replay.reporting import Basis, plans_of, report_of
from chalicelib.domain.replay.walking import Past
from chalicelib.routes.replay_page import report_page
from tests.builders import NOON, TEA
from tests.domain.replay.histories import FIFTH, bought, made, months

SPAN = months(100)
REVIEWS = {"id": "said", "on": "action.review", "give": [{"add": 5, "unit": "points"}]}
HELLO = {"id": "hello", "on": "member.joined", "give": [{"add": 30, "unit": "points"}]}
EARN = [*TEA["earn"], REVIEWS, HELLO]


def days_ago(first: int, last: int = 0, what: Paused = Paused.EARNING) -> Pause:
    return Pause(what, NOON - first * DAY_MS, NOON - last * DAY_MS if last else 0)


def reported(past: tuple[Past, ...], *pauses: Pause, share: int = 0) -> Report:
    program = made(earn=EARN, rewards=TEA["rewards"])
    basis = Basis(program, program, "d" * 64, SPAN, share, pauses=pauses)
    comparison = begun(len(SPAN.names))
    compare_member("77", past, plans_of(basis), comparison)
    return report_of(basis, comparison)


def issued(report: Report) -> tuple[int, int]:
    sides = ([u for u in side.units if u.habit == "one"] for side in (report.live, report.draft))
    live, draft = (sum(sum(unit.issued) for unit in units) for units in sides)
    return live, draft


def review(name: str, ago: int, *, is_paused: bool = False) -> PastAction:
    return PastAction("77", name, "review", NOON - ago * DAY_MS, is_paused=is_paused)


def test_what_is_bought_or_done_in_a_pause_earns_nothing_by_either_program() -> None:
    past = (bought(1_000, "1", 60), review("a", 59), bought(1_000, "2", 40), review("b", 39))
    assert issued(reported(past)) == (60, 60)
    report = reported(past, days_ago(50, 30))
    assert issued(report) == (45, 45)
    assert report.live.unearned == report.draft.unearned == {"paused": 2}


def test_what_the_books_say_of_a_pause_that_the_shop_forgot_holds() -> None:
    report = reported((bought(1_000, "1", 60), review("a", 59, is_paused=True)))
    assert issued(report) == (40, 40)
    assert report.live.unearned == {"paused": 1}


def test_who_joins_in_a_pause_is_given_nothing_for_it() -> None:
    person = PastMember("77", joined_at=NOON - 45 * DAY_MS)
    past = (person, bought(1_000, "1", 20))
    assert issued(reported(past)) == (40, 40)
    assert issued(reported(past, days_ago(50, 30))) == (10, 10)


def test_nobody_redeems_at_the_end_of_a_month_while_all_stands_still() -> None:
    past = (bought(200_000, "1", 95),)
    redeemed = []
    for pauses in ((), (days_ago(94),), (days_ago(94, what=Paused.ALL),)):
        report = reported(past, *pauses, share=FIFTH)
        redeemed.append(sum(report.live.money[1].rewards))
    assert redeemed[0] == redeemed[1] > redeemed[2] == 0


def test_pauses_of_these_months_are_listed_in_report_and_page() -> None:
    past, open_one = days_ago(50, 30, Paused.ALL), days_ago(5)
    report = reported((bought(1_000, "1", 20),), days_ago(900, 800), past, open_one)
    assert report.pauses == (
        PausedTime("all", iso(past.since), iso(past.until)),
        PausedTime("earning", iso(open_one.since), ""),
    )
    page = report_page(report)
    assert (
        f"Paused from {iso(past.since)} until {iso(past.until)}: "
        "by both programs nothing was earned or redeemed then."
    ) in page
    assert f"Paused from {iso(open_one.since)} on: by both programs nothing was earned" in page


def test_a_pause_after_the_months_is_not_listed() -> None:
    assert pauses_in(SPAN, (Pause(Paused.ALL, SPAN.starts[-1]),)) == ()
    assert pauses_in(SPAN, (Pause(Paused.ALL, SPAN.starts[-1] - 1),)) != ()
