"""What a replay answers by today's facts, and what it does not count."""

from typing import Any

import pytest

from chalicelib.domain.replay import conditions
from chalicelib.domain.replay.conditions import Telling, left_out
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.routes.replay_page import report_page
from tests.builders import TEA, unit
from tests.domain.replay.histories import FIFTH, bought, compared, made
from tests.operations.challenge_scenes import BADGES, challenge
from tests.operations.referral_scenes import OFFER

CAKE = {"id": "cake", "on": "member.birthday", "give": [{"add": 10, "unit": "points"}]}
SAID = {"id": "said", "on": "action.review.approved", "give": [{"add": 10, "unit": "points"}]}


def where(live: Any, draft: Any, **telling: bool) -> list[str]:
    found = left_out(live, draft, Telling(**telling))
    return [f"{each.program} {each.where}" for each in found]


def test_segments_and_tiers_that_ask_of_today_are_listed() -> None:
    vip = {"facts.level": {"gte": 2}}
    group = {
        "id": "vip",
        "by": "custom",
        "tiers": [{"id": "all", "name": "All"}, {"id": "v", "name": "V", "if": vip}],
    }
    draft = made(facts={"level": "integer"}, segments={"vips": vip}, tier_groups=[group])
    report, _ = compared(made(), draft, {"ann": [bought(5_000)]})
    assert [(each.where, each.field) for each in report.undated] == [
        ("segments.vips", "facts.level"),
        ("tier_groups.vip.v", "facts.level"),
    ]
    assert report.left_out == ()


def test_pools_are_known_of_the_live_program_alone() -> None:
    draft = made(units=unit(pool={"members_max": 3}))
    assert where(made(), draft) == ["draft units.points.pool"]
    assert where(draft, draft) == where(draft, made()) == []
    every = ["live units.points.pool", "draft units.points.pool"]
    assert where(draft, draft, members=False) == every


def test_challenges_that_members_join_are_known_of_the_live_program_alone() -> None:
    race = challenge(id="race", join="opt_in")
    draft = made(badges=BADGES, challenges=[race, challenge()])
    assert where(made(), draft) == ["draft challenges.race"]
    assert where(draft, draft) == []
    assert where(draft, draft, members=False) == ["live challenges.race", "draft challenges.race"]
    report, _ = compared(made(), draft, {"ann": [bought(5_000)]})
    assert "draft, challenges.race: not counted." in report_page(report)


def test_a_key_that_is_new_is_not_counted_until_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conditions, "_WALKED", conditions._WALKED - {"challenges"})
    assert where(made(), made(badges=BADGES, challenges=[challenge()])) == ["draft challenges"]


def test_prizes_of_a_board_are_not_counted() -> None:
    prizes = [{"ranks": [1], "give": [{"add": 5, "unit": "points"}]}]
    race = challenge(id="race", to="2027-01-01T00:00:00Z", board={"prizes": prizes})
    draft = made(badges=BADGES, challenges=[race])
    assert where(made(), draft) == ["draft challenges.race.board"]


def test_a_file_tells_of_orders_alone() -> None:
    keys: dict[str, Any] = {
        "earn": [*TEA["earn"], CAKE, SAID],
        "launch": {"balances": "import"},
        "referral": {"offers": [OFFER]},
    }
    live, draft = made(), made(**keys)
    assert where(live, draft) == ["draft referral"]
    assert where(draft, draft) == []
    shared = made(referral={"offers": [{**OFFER, "friend": [{"rate": "1", "unit": "points"}]}]})
    assert where(draft, shared) == ["draft referral.offers"]
    assert where(shared, shared) == []
    told = where(live, draft, actions=False, birthdays=False, members=False)
    names = ["earn.cake", "earn.said", "launch", "referral"]
    assert told == [f"draft {name}" for name in names]
    assert where(live, draft, actions=False, members=False)[0] == "draft earn.said"


def test_a_file_tells_of_no_friends_birthdays_or_actions_that_challenges_count() -> None:
    steps = [{"id": "buy", "on": "order.paid"}, {"id": "say", "on": "action.said"}]
    every = [
        *(challenge(id=on.replace(".", "-"), on=on) for on in (
            "tier.entered", "referral.qualified", "member.birthday", "member.anniversary")),
        challenge("steps", id="steps", on=None, target=None, steps=steps),
    ]  # fmt: skip
    draft = made(badges=BADGES, challenges=every)
    assert where(made(), draft) == []
    told = where(made(), draft, actions=False, birthdays=False)
    names = ["member-birthday", "referral-qualified", "steps"]
    assert told == [f"draft challenges.{name}" for name in names]


def test_a_rule_for_tiers_that_are_entered_is_counted() -> None:
    up = {"id": "up", "on": "tier.entered", "once": "subject", "give": CAKE["give"]}
    draft = made(earn=[up])
    assert where(made(), draft) == where(made(), draft, actions=False) == []


def test_what_people_did_by_hand_is_said() -> None:
    person = PastMember("ann", others={"adjust": 2, "gift_in": 1})
    report, _ = compared(made(), made(), {"ann": [person, bought(5_000)]}, share=FIFTH)
    assert report.notes == ("adjustments_left_out", "gifts_left_out")
    assert "by hand" in report_page(report)
