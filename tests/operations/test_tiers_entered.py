"""Rules on ``tier.entered``: told once, by the sweep, for every way into a tier, and taken back."""

from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.program.rule_document import TIER_ENTERED
from chalicelib.domain.wording.names import action_name
from chalicelib.domain.wording.sentences import entry_sentence, names_of
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.pause_program import pause_program, resume_program
from chalicelib.operations.sweep_due import sweep_shops
from chalicelib.storage.key_names import account_key, document_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from tests.builders import NOON, TEA, Scene, program, recorded, refund, refunded
from tests.conservation import WatchedTable
from tests.faults import Crash, Fault
from tests.operations.test_decide_and_commit import schedule
from tests.operations.test_tier_invitations import invite, withdraw
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

LEAF, GOLD = TEA["tier_groups"][0]["tiers"]
REACHED = GOLD["at"]["USD"]
SILVER = {"id": "silver", "name": "Silver", "at": {"USD": REACHED // 2}}
PLAIN_GOLD = {"id": "gold", "name": "Gold", "at": {"USD": REACHED}}
CLUB = {**TEA["tier_groups"][0], "tiers": [LEAF, SILVER, PLAIN_GOLD]}
WELCOME = {
    "id": "welcome",
    "on": TIER_ENTERED,
    "if": {"tier.club": "gold"},
    "once": "subject",
    "give": [{"add": 500, "unit": "points"}],
}
STEP = {
    "id": "step",
    "on": TIER_ENTERED,
    "limit": {"times": 5, "window": {"calendar": "year"}},
    "give": [{"add": 10, "unit": "points"}],
}
BOTH = [WELCOME, STEP]
ALL = 520  # silver and gold are a step each


def opened(*rules: dict[str, Any], **changes: Any) -> Scene:
    scene = Scene(WatchedTable())
    keys = {"tier_groups": [CLUB], "earn": list(rules or BOTH), **changes}
    scene.publish(program(**keys))
    return scene


def swept(scene: Scene, later: int = HOUR_MS) -> int:
    """What is available after the next run of the sweep, and one more."""
    for _ in range(2):
        scene.now += later // 2
        sweep_shops(scene.table, scene.now)
    return scene.available()


def sound(scene: Scene, customer: str = "77") -> None:
    scene.verify()
    assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


def marks(scene: Scene) -> set[str]:
    account = scene.account()
    assert account is not None
    return {name for name in account.entered if not name.endswith("/")}


def test_who_reaches_a_tier_enters_it_and_those_that_were_skipped_once() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    assert tea.available() == 0
    assert swept(tea) == ALL
    assert swept(tea) == ALL
    tea.pay(100, "2", tea.now)
    assert swept(tea) == ALL
    assert marks(tea) == {"club/silver", "club/gold"}
    sound(tea)


def test_a_refund_that_takes_the_tier_away_takes_back_what_entering_it_gave() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    assert swept(tea) == ALL
    tea.order(refunded(refund(REACHED // 4, at=tea.now), "1"))
    assert swept(tea) == 10, "silver is still held"
    tea.order(refunded(refund(REACHED, "r2", at=tea.now), "1"))
    assert swept(tea) == 0
    tea.pay(REACHED, "2", tea.now)
    assert swept(tea) == ALL, "entered again"
    sound(tea)


def test_one_that_comes_and_goes_within_a_moment_is_not_given_again() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    noon = tea.now
    assert swept(tea) == ALL
    later, tea.now = tea.now, noon
    tea.order(refunded(refund(REACHED, at=noon), "1"))
    tea.now = later
    assert swept(tea) == 0
    later, tea.now = tea.now, noon
    tea.pay(REACHED, "2", noon)
    tea.now = later
    assert swept(tea) == 0
    assert marks(tea) == {"club/silver", "club/gold"}
    sound(tea)


def test_a_tier_that_is_gone_before_the_sweep_came_was_never_entered() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    tea.order(refunded(refund(REACHED), "1"))
    assert swept(tea) == 0
    assert marks(tea) == set()
    sound(tea)


def test_what_entering_gave_stays_when_the_time_of_the_tier_is_over() -> None:
    tea = opened(tier_groups=[{**CLUB, "window": {"rolling": "P7D"}, "keep": {"for": "P1D"}}])
    tea.pay(REACHED, "1")
    assert swept(tea) == ALL
    assert swept(tea, 60 * DAY_MS) == ALL
    assert marks(tea) == set()
    tea.pay(REACHED, "2", tea.now)
    assert swept(tea) == ALL + 20, "gold pays once, each step again"
    sound(tea)


def entered_for_a_year() -> tuple[Scene, int]:
    """Who entered gold, and when its time is over: at the end of the year."""
    year = {**CLUB, "window": {"calendar": "year"}, "keep": {"for": "window", "drop": "requalify"}}
    tea = opened(tier_groups=[year])
    tea.pay(REACHED, "1")
    assert swept(tea) == ALL
    account = tea.account()
    assert account is not None
    return tea, account.entered["club/gold"][1]


def test_what_is_taken_away_just_before_its_time_goes_back_whenever_the_sweep_comes() -> None:
    """The sweep asked whether the time of the tier was over when it came."""
    tea, ends_at = entered_for_a_year()
    tea.now = ends_at - MINUTE_MS
    tea.order(refunded(refund(REACHED, at=tea.now), "1"))
    tea.now = ends_at
    assert swept(tea) == 0
    assert marks(tea) == set()
    sound(tea)


def test_what_comes_back_before_the_sweep_does_has_its_time_as_ever() -> None:
    tea, ends_at = entered_for_a_year()
    tea.now = ends_at - MINUTE_MS
    tea.order(refunded(refund(REACHED, at=tea.now), "1"))
    tea.pay(REACHED, "2", tea.now + 1)
    tea.now = ends_at
    assert swept(tea) == ALL
    assert marks(tea) == set()
    sound(tea)


def test_where_moves_wait_for_midnight_so_does_entering() -> None:
    tea = opened(tier_groups=[{**CLUB, "evaluate": "daily"}])
    tea.pay(REACHED, "1")
    assert swept(tea) == 0
    assert swept(tea, DAY_MS) == ALL
    sound(tea)


def test_an_invitation_is_entered_and_goes_back_when_it_is_withdrawn() -> None:
    tea = opened()
    tea.pay(100, "1")
    recorded(invite(tea, "club/gold"))
    assert swept(tea) == ALL
    recorded(withdraw(tea, "club/gold"))
    assert swept(tea) == 0
    sound(tea)


def test_who_held_a_tier_before_there_were_such_rules_entered_it_before() -> None:
    tea = Scene(WatchedTable())
    tea.publish(program(tier_groups=[CLUB], earn=[]))
    tea.pay(REACHED // 2, "1")
    tea.publish(program(tier_groups=[CLUB], earn=BOTH))
    assert swept(tea) == 0
    tea.pay(REACHED // 2, "2", tea.now)
    assert swept(tea) == 510, "gold alone"
    sound(tea)


def test_a_rule_that_is_left_out_gives_nothing_more_and_is_still_taken_back() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    assert swept(tea) == ALL
    tea.publish(program(tier_groups=[CLUB], earn=[]))
    tea.order(refunded(refund(REACHED, at=tea.now), "1"))
    assert swept(tea) == 0
    sound(tea)


def test_in_a_pause_a_tier_is_entered_for_nothing() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    pause_program(tea.table, tea.shop, Pause(Paused.EARNING, tea.now, by="key:ann"))
    assert swept(tea) == 0
    resume_program(tea.table, tea.shop, tea.now)
    assert swept(tea) == 0
    assert marks(tea) == {"club/silver", "club/gold"}
    sound(tea)


def test_what_a_merge_brings_together_is_not_entered() -> None:
    tea = opened()
    tea.pay(REACHED // 2, "1")
    tea.pay(REACHED // 2, "2", customer=Customer("88"))
    assert swept(tea) == 10
    merge(tea, "88", "77")
    before = tea.available()
    assert swept(tea) == before
    sound(tea)


def test_the_entry_says_what_it_is_for() -> None:
    tea = opened({**WELCOME, "name": "Welcome to gold"})
    tea.pay(REACHED, "1")
    swept(tea)
    names = names_of(program_of(tea.table, tea.shop, 1).program, "en")
    told = [entry_sentence(entry, names, "en") for entry in tea.journal() if entry.points == 500]
    assert told == ["Earned by Welcome to gold"]
    words = [action_name(TIER_ENTERED, locale) for locale in ("en", "hu", "fa")]
    assert words == ["Reaching a tier", "Szint elérése", "رسیدن به سطح"]


def test_chance_may_decide_what_entering_gives() -> None:
    draw = {"chance": [{"weight": 1, "give": [{"add": 7, "unit": "points"}]}]}
    tea = opened({**WELCOME, "give": [draw]})
    tea.pay(REACHED, "1")
    assert swept(tea) == 7
    sound(tea)


def test_two_sweeps_at_every_moment_tell_of_it_once() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        tea.pay(REACHED, "1")
        tea.now += HOUR_MS
        act = partial(sweep_shops, tea.table, tea.now)
        ran = interrupted(tea.table, moment, act, backwards=False)
        sweep_shops(tea.table, tea.now)
        if not ran:
            return
        assert swept(tea) == ALL, moment
        sound(tea)
    raise AssertionError("more moments than were tried")


def test_a_refund_at_every_moment_of_the_sweep_leaves_nothing() -> None:
    for moment in range(MOMENTS_MAX):
        tea = opened()
        tea.pay(REACHED, "1")
        tea.now += HOUR_MS
        act = partial(tea.order, refunded(refund(REACHED, at=tea.now), "1"))
        ran = interrupted(tea.table, moment, act, backwards=False)
        sweep_shops(tea.table, tea.now)
        if not ran:
            return
        assert swept(tea) == 0, moment
        sound(tea)
    raise AssertionError("more moments than were tried")


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_run_that_dies_is_resumed(fault: Fault) -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    tea.now += HOUR_MS
    for _ in range(3):
        schedule(tea.table, [fault])
        with suppress(Crash):
            sweep_shops(tea.table, tea.now)
        schedule(tea.table, [])
    assert swept(tea) == ALL
    sound(tea)


def test_an_order_of_a_program_without_such_rules_notes_nothing() -> None:
    tea = Scene(WatchedTable())
    tea.publish(program(tier_groups=[CLUB]))
    tea.pay(REACHED, "1")
    account = tea.account()
    assert account is not None
    assert (account.entered, account.judge_at) == ({}, {})


def test_nothing_is_told_of_who_was_forgotten_meanwhile() -> None:
    tea = opened()
    tea.pay(REACHED, "1")
    member = tea.member()
    erase_member(tea.table, EraseCommand(tea.shop, member, "operator", tea.now))
    swept(tea)
    told = document_key(tea.shop, member, "action", f"-:tier.entered-club-gold-{NOON}-{member}")
    items = tea.table.load([told, account_key(tea.shop, member)])
    account = account_of(items.get(account_key(tea.shop, member)))
    assert account is not None
    assert (account.entered, account.judge_at) == ({}, {})
    assert told not in items
