"""Actions, moments of ours and joinings tried out, and what somebody made up may be told to be."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso, utc_day
from chalicelib.operations.draw_chance import drawn_for
from chalicelib.operations.try_program import MADE_UP
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, TEA
from tests.routes.samples import EVENT
from tests.routes.session import Session, code_of, open_session
from tests.routes.test_trying import CART

PLUS = {
    "id": "plus",
    "name": "Plus",
    "sold_as": {"plan": "plus-year"},
    "period": "P1Y",
    "give": [{"add": 70, "unit": "points"}],
}


def gives(points: int, rule: str, on: str, **more: Any) -> dict[str, Any]:
    is_limited = "once" in more or on.startswith(("order.", "member.joined", "subscription."))
    limit = {} if is_limited else {"limit": {"times": 9, "window": {"calendar": "month"}}}
    return {"id": rule, "on": on, "give": [{"add": points, "unit": "points"}], **limit, **more}


MOMENTS = [
    gives(10, "reviewed", "action.review"),
    gives(1, "long", "action.review", **{"if": {"action.words": {"gte": 50}}}),
    gives(2, "of-tea", "action.review", **{"if": {"action.subject": "product:tea"}}),
    gives(20, "birthday", "member.birthday"),
    gives(30, "anniversary", "member.anniversary"),
    gives(40, "renewal", "subscription.renewed"),
    gives(50, "entering", "tier.entered", **{"if": {"tier.club": "gold"}}),
    gives(60, "welcome", "member.joined"),
    gives(5, "welcome-here", "member.joined", **{"if": {"member.country": "HU"}}),
]
PROGRAM = {
    **TEA,
    "attributes": {"action": {"words": "integer"}},
    "facts": {"vip": "flag", "kilos": "integer", "likes": "list"},
    "memberships": [PLUS],
    "earn": [*TEA["earn"], *MOMENTS],
}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        opened.publish(PROGRAM)
        yield opened


def tried(shop: Session, **said: Any) -> Any:
    before = without_audit(shop)
    answered = shop.admin("POST", "/program/try", {"program": "live", **said})
    assert answered.status == 200, answered.body
    assert without_audit(shop) == before
    return answered.json()


def without_audit(shop: Session) -> list[Any]:
    return [item for item in shop.table.items() if not str(item["PK"]).endswith("#AUDIT")]


def points_of(told: Any) -> int:
    return int(told["points"].get("points", 0))


@pytest.mark.parametrize(
    ("action", "points"),
    [
        ({"action": "review"}, 10),
        ({"action": "review", "properties": {"words": 50}}, 11),
        ({"action": "review", "subject": "product:tea"}, 12),
        ({"action": "visited"}, 0),
        ({"action": "member.birthday"}, 20),
        ({"action": "member.birthday", "subject": "2025"}, 20),
        ({"action": "member.anniversary"}, 30),
        ({"action": "subscription.renewed"}, 40),
        ({"action": "subscription.renewed", "properties": {"plan": "plus-year"}}, 110),
        ({"action": "tier.entered", "subject": "club/gold"}, 50),
        ({"action": "tier.entered", "subject": "club/leaf"}, 0),
    ],
)
def test_an_action_is_tried_and_moments_of_ours_are(
    shop: Session, action: dict[str, Any], points: int
) -> None:
    told = tried(shop, action=action)
    assert points_of(told) == points
    assert sum(share["points"] for share in told["shares"]) == points
    assert told["reason"] == ("no_rule" if action["action"] == "visited" else "")
    assert told["sentence"]


def test_what_a_member_reports_themselves_earns_by_rules_for_that_alone(shop: Session) -> None:
    shop.publish(
        {**PROGRAM, "earn": [gives(7, "own", "action.visit", self_reported=True), *MOMENTS]}
    )
    told = {"self_reported": True}
    assert points_of(tried(shop, action={"action": "visit", **told})) == 7
    assert points_of(tried(shop, action={"action": "review", **told})) == 0


def test_an_action_is_tried_by_a_draft_for_a_member_as_they_are(shop: Session) -> None:
    shop.buy("2000.00")
    tier = shop.member()["tiers"][0]["id"]
    once = gives(9, "once", "action.review", once="member")
    shop.publish({**PROGRAM, "earn": [*TEA["earn"], once]})
    review = {"action": "review"}
    first = tried(shop, action=review, member="external:77")
    assert (points_of(first), first["tiers_before"]["club"]) == (9, tier)
    event = {"type": "action.completed", "id": "try", "action": "review", "customer_id": "77"}
    shop.admin("POST", "/events", event)
    assert points_of(tried(shop, action=review, member="external:77")) == 0
    shop.publish(TEA)  # asks nothing of reviews: the markers are read as the tried program asks
    shop.admin("PUT", "/program/draft", {**PROGRAM, "earn": [once]})
    assert points_of(tried(shop, program="draft", action=review, member="external:77")) == 0
    assert points_of(tried(shop, program="draft", action=review)) == 9


@pytest.mark.parametrize("moment", ["member.birthday", "member.anniversary"])
def test_a_birthday_is_of_its_year(shop: Session, moment: str) -> None:
    shop.publish({**TEA, "earn": [gives(8, "yearly", moment, once="subject")]})
    assert points_of(tried(shop, action={"action": moment})) == 8


def test_pauses_are_of_the_day_and_not_of_the_program(shop: Session) -> None:
    shop.admin("POST", "/program/pause", {"what": "earning"})
    assert points_of(tried(shop, action={"action": "review"})) == 10
    assert points_of(tried(shop, joining=True)) == 60


def test_an_action_is_tried_before_its_day(shop: Session) -> None:
    shop.publish({**TEA, "earn": [gives(8, "soon", "action.review", **{"from": "2026-12-01"})]})
    soon = tried(shop, action={"action": "review"})
    assert points_of(soon) == 0
    assert "not_running" in {row["code"] for row in soon["trace"]}
    later = iso(NOON + 30 * DAY_MS)
    assert points_of(tried(shop, action={"action": "review"}, at=later)) == 8


def test_joining_is_tried_for_who_comes_from_where_they_come(shop: Session) -> None:
    told = tried(shop, joining=True)
    assert told["shares"] == [{"rule": "welcome", "unit": "points", "points": 60}]
    assert (told["tiers_before"], told["tiers_after"]) == ({"club": "leaf"}, {"club": "leaf"})
    assert "60" in told["sentence"]
    assert points_of(tried(shop, joining=True, facts={"country": "HU"})) == 65


def test_joining_that_gives_nothing_says_why(shop: Session) -> None:
    shop.publish({**TEA, "earn": [MOMENTS[-1]]})
    told = tried(shop, joining=True)
    assert (told["points"], told["shares"]) == ({}, [])
    assert [(row["code"], row["rule"]) for row in told["trace"]] == [
        ("condition_unmet", "welcome-here")
    ]


def test_joining_is_tried_within_what_the_whole_shop_has_left(shop: Session) -> None:
    once = {"times": 1, "window": "lifetime", "scope": "shop"}
    shop.publish({**TEA, "earn": [*TEA["earn"], gives(6, "first", "member.joined", limit=once)]})
    assert points_of(tried(shop, joining=True)) == 6
    shop.buy()
    spent = tried(shop, joining=True)
    assert points_of(spent) == 0
    assert "budget_spent" in {row["code"] for row in spent["trace"]}


def test_a_preview_knows_memberships_of_the_program_alone(shop: Session) -> None:
    def asked(name: str) -> Any:
        body = {"program": "live", "facts": {"memberships": [name]}}
        return shop.admin("POST", "/program/preview", body).json()

    assert [each["id"] for each in asked("plus")["card"]["memberships"]] == ["plus"]
    assert asked("gold")["errors"][0]["path"] == "$.facts.memberships[0]"


CHANCE = {
    "chance": [{"weight": 1, "give": []}, {"weight": 9999, "give": [{"add": 5, "unit": "points"}]}]
}


@pytest.mark.parametrize(
    ("on", "said"),
    [("action.review", {"action": {"action": "review"}}), ("member.joined", {"joining": True})],
)
def test_what_chance_gives_is_drawn_for_the_try_alone(
    shop: Session, on: str, said: dict[str, Any]
) -> None:
    shop.publish({**TEA, "earn": [{**gives(5, "luck", on), "give": [CHANCE]}]})
    told = tried(shop, **said)
    assert "drawn" in {row["code"] for row in told["trace"]}
    assert points_of(told) in (0, 5)
    assert tried(shop, **said) == told


@pytest.mark.parametrize(
    ("on", "said", "real"),
    [
        ("action.review", {"action": {"action": "review"}}, "action:try:try"),
        ("member.joined", {"joining": True}, f"joining:{MADE_UP}"),
    ],
)
def test_a_try_tells_nobody_what_something_real_would_draw(
    shop: Session, on: str, said: dict[str, Any], real: str
) -> None:
    shop.publish({**TEA, "earn": [{**gives(5, "luck", on), "give": [CHANCE]}]})
    (row,) = [row for row in tried(shop, **said)["trace"] if row["code"] == "drawn"]
    books = find_shop(shop.table, shop.shop)
    assert books is not None
    number = drawn_for(books, ["luck"], real, utc_day(NOON)).numbers["luck"]
    assert row["parameters"]["ticket"] != number % row["parameters"]["tickets"]


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        ({"facts.vip": True}, {"facts": {"vip": True}}),
        ({"facts.kilos": {"gte": 3}}, {"facts": {"kilos": 3}}),
        ({"facts.likes": {"has": "tea"}}, {"facts": {"likes": ["tea"]}}),
        ({"member.memberships": {"has": "plus"}}, {"memberships": ["plus"]}),
    ],
)
def test_somebody_made_up_has_the_facts_and_memberships_that_are_asked_for(
    shop: Session, asked: dict[str, Any], facts: dict[str, Any]
) -> None:
    shop.publish(TEA)  # declares none: the tried program does
    rules = [gives(9, "cart", "order.paid"), gives(9, "done", "action.review")]
    draft = {**PROGRAM, "earn": [{**rule, "if": asked} for rule in rules]}
    saved: Any = shop.admin("PUT", "/program/draft", draft).json()
    assert saved["errors"] == []
    paid = {**EVENT["order"], "paid_at": iso(NOON - 60 * DAY_MS)}
    for said in ({"cart": CART}, {"order": paid}, {"action": {"action": "review"}}):
        assert points_of(tried(shop, program="draft", **said)) == 0
        assert points_of(tried(shop, program="draft", **said, facts=facts)) == 9


REVIEW = {"action": {"action": "review"}}


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({}, "value_invalid", "$"),
        ({"cart": CART, "joining": True}, "value_invalid", "$"),
        ({**REVIEW, "joining": True}, "value_invalid", "$"),
        ({"cart": CART, **REVIEW}, "value_invalid", "$"),
        ({"joining": False}, "value_invalid", "$"),
        ({"action": {"action": "Review"}}, "value_invalid", "$.action.action"),
        ({"action": {"action": "revoked"}}, "value_invalid", "$.action.action"),
        ({"action": {"action": "member.joined"}}, "value_invalid", "$.action.action"),
        ({"action": {"action": "r", "subject": "x\n"}}, "value_invalid", "$.action.subject"),
        (
            {"action": {"action": "r", "properties": {"n": 10**15}}},
            "value_invalid",
            "$.action.properties.n",
        ),
        ({**REVIEW, "member": "external:9"}, "member_unknown", None),
        ({"joining": True, "member": "external:77"}, "value_invalid", "$.member"),
        ({**REVIEW, "member": "external:77", "facts": {}}, "value_invalid", "$.facts"),
        (
            {"action": {"action": "tier.entered", "subject": "club/x"}},
            "value_invalid",
            "$.action.subject",
        ),
        ({"joining": True, "facts": {"order_count": 3}}, "value_invalid", "$.facts"),
        ({**REVIEW, "facts": {"facts": {"age": 3}}}, "value_invalid", "$.facts.facts.age"),
        ({**REVIEW, "facts": {"facts": {"vip": 3}}}, "value_invalid", "$.facts.facts.vip"),
        ({**REVIEW, "facts": {"facts": {"kilos": 10**15}}}, "value_invalid", "$.facts.facts.kilos"),
        (
            {**REVIEW, "facts": {"facts": {"birthday": "02-28"}}},
            "value_invalid",
            "$.facts.facts.birthday",
        ),
        (
            {"cart": CART, "facts": {"memberships": ["gold"]}},
            "value_invalid",
            "$.facts.memberships",
        ),
    ],
)
def test_what_can_not_be_tried_is_told(
    shop: Session, said: dict[str, Any], code: str, path: str | None
) -> None:
    answered = shop.admin("POST", "/program/try", {"program": "live", **said})
    told: Any = answered.json()
    assert code_of(answered) == code
    assert path is None or told["errors"][0]["path"].startswith(path)


def test_an_action_that_no_rule_knows_says_so(shop: Session) -> None:
    told = tried(shop, action={"action": "reveiw"})
    assert (told["reason"], told["trace"]) == ("no_rule", [])
    assert "no rule of the program rewards it" in told["sentence"]
    walks = {"id": "walks", "name": "Walks", "kind": "count", "on": "action.walked", "target": 4}
    give = {"give": [{"add": 5, "unit": "points"}]}
    saved: Any = shop.admin("PUT", "/program/draft", {**PROGRAM, "challenges": [{**walks, **give}]})
    assert saved.json()["errors"] == []
    assert tried(shop, program="draft", action={"action": "walked"})["reason"] == ""
