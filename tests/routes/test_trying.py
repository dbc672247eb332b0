"""A program tried out: the production decision, told in words, and nothing booked."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON, TEA
from tests.routes.samples import EVENT
from tests.routes.session import Session, code_of, open_session

RATE = {**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": "3"}]}
AFTER = iso(NOON + DAY_MS)
CART = {"lines": [{"net": 4000}]}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def tried(shop: Session, **said: Any) -> Any:
    before = shop.table.items()
    answered = shop.admin("POST", "/program/try", {"program": "live", "cart": CART, **said})
    assert answered.status == 200, answered.body
    after = [item for item in shop.table.items() if not str(item["PK"]).endswith("#AUDIT")]
    assert after == [item for item in before if not str(item["PK"]).endswith("#AUDIT")]
    return answered.json()


def test_a_cart_earns_by_the_live_program_and_by_the_draft(shop: Session) -> None:
    shop.admin("PUT", "/program/draft", {**TEA, "earn": [RATE]})
    live, draft = tried(shop), tried(shop, program="draft")
    assert (live["points"], draft["points"]) == ({"points": 40}, {"points": 120})
    assert live["shares"] == [{"rule": "purchase", "unit": "points", "points": 40}]
    assert tried(shop, program="1") == live
    assert "40" in live["sentence"]
    assert [row["code"] for row in live["trace"]][:1] == ["rate"]
    assert all(row["sentence"] for row in live["trace"])


def test_somebody_made_up_has_the_tier_that_is_asked_for(shop: Session) -> None:
    group = TEA["tier_groups"][0]
    top = group["tiers"][-1]["id"]
    low = tried(shop)
    high = tried(shop, facts={"tiers": {group["id"]: top}, "order_count": 7, "country": "HU"})
    assert low["tiers_before"] == {group["id"]: group["tiers"][0]["id"]}
    assert high["tiers_before"] == high["tiers_after"] == {group["id"]: top}
    assert high["points"]["points"] > low["points"]["points"]


@pytest.mark.parametrize(
    ("asked", "habits"),
    [
        ({"member.segments": {"has": "lapsed"}}, {"last_order_at": iso(NOON - 40 * DAY_MS)}),
        ({"member.orders_12m": {"gte": 3}}, {"orders_12m": 3}),
        ({"member.spend_12m": {"gte": 900}}, {"spend_12m": 900}),
        ({"member.bought.skus": {"has": "GREEN"}}, {"bought": {"skus": ["GREEN"]}}),
        ({"member.bought.tags_12m": {"has": "tea"}}, {"bought": {"tags_12m": ["tea"]}}),
        ({"member.birth_month": 6}, {"birth_month": 6}),
        ({"member.points.points": {"gte": 70}}, {"points": {"points": 70}}),
    ],
)
def test_somebody_made_up_has_the_habits_that_are_asked_for(
    shop: Session, asked: dict[str, Any], habits: dict[str, Any]
) -> None:
    segments = {"lapsed": {"member.days_since_order": {"gte": 30}}}
    draft = {**TEA, "segments": segments, "earn": [{**RATE, "if": asked}]}
    saved: Any = shop.admin("PUT", "/program/draft", draft).json()
    assert saved["errors"] == []
    assert tried(shop, program="draft")["points"] == {}
    assert tried(shop, program="draft", facts=habits)["points"] == {"points": 120}


def test_habits_are_as_of_the_payment_of_an_order(shop: Session) -> None:
    often = {"member.orders_12m": {"gte": 3}}
    shop.admin("PUT", "/program/draft", {**TEA, "earn": [{**RATE, "if": often}]})
    order = {**EVENT["order"], "paid_at": iso(NOON - 60 * DAY_MS)}
    facts = {"orders_12m": 3, "joined_at": iso(NOON - 90 * DAY_MS)}
    told = tried(shop, program="draft", cart=None, order=order, facts=facts)
    assert told["points"] == {"points": 120}


def test_a_large_cart_reaches_a_tier(shop: Session) -> None:
    told = tried(shop, cart={"lines": [{"net": 10_000_000}]})
    assert told["tiers_before"] != told["tiers_after"]


def test_a_member_is_tried_as_they_are_and_nothing_is_booked(shop: Session) -> None:
    shop.buy("2000.00")
    before = shop.member()
    told = tried(shop, member="external:77")
    assert told["tiers_before"]["club"] == before["tiers"][0]["id"]
    assert shop.member() == before
    assert len(shop.entries()) == len(shop.entries())


def test_a_member_is_tried_by_what_they_bought_before_anybody_asked(shop: Session) -> None:
    lines = [{"id": "l1", "sku": "GREEN", "quantity": "1", "net": 4000}]
    event = {**EVENT, "order": {**EVENT["order"], "lines": lines}}
    shop.admin("POST", "/events", {"events": [event]})
    asked = {"member.bought.skus_12m": {"has": "GREEN"}}
    shop.admin("PUT", "/program/draft", {**TEA, "earn": [{**RATE, "if": asked}]})
    told = tried(shop, program="draft", member="external:77")
    assert told["points"] == {"points": 120}


def test_a_whole_order_is_tried_with_why_it_earns_nothing(shop: Session) -> None:
    order = EVENT["order"]
    assert tried(shop, cart=None, order=order)["points"] == {"points": 40}
    test_order = tried(shop, cart=None, order={**order, "test": True})
    assert (test_order["points"], test_order["reason"]) == ({}, "test_order")
    shop.admin("POST", "/program/pause", {"what": "earning"})
    assert tried(shop)["points"] == {"points": 40}  # a try asks the program, not the day


def test_an_instant_is_tried_before_it_comes(shop: Session) -> None:
    ends = {**RATE, "to": "2026-12-01"}
    shop.admin("PUT", "/program/draft", {**TEA, "earn": [ends]})
    assert tried(shop, program="draft")["points"] == {"points": 120}
    later = tried(shop, program="draft", at=iso(NOON + 30 * DAY_MS))
    assert later["points"] == {}
    assert "not_running" in {row["code"] for row in later["trace"]}


def test_lines_may_say_all_that_lines_of_events_say(shop: Session) -> None:
    lines = [{"net": 4000, "gift_card": True}, {"id": "x", "net": 100, "tags": ["tea"]}]
    told = tried(shop, cart={"lines": lines, "channel": "web", "codes": ["X"], "tags": ["a"]})
    assert told["points"] == {"points": 1}
    assert "excluded_line" in {row["code"] for row in told["trace"]}


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({"cart": None}, "value_invalid", "$"),
        ({"order": EVENT["order"]}, "value_invalid", "$"),
        ({"cart": {"lines": [{"net": -1}]}}, "value_invalid", "$.cart.lines[0].net"),
        ({"cart": None, "order": {"lines": [{}]}}, "value_invalid", "$.order.lines[0]"),
        ({"at": "soon"}, "value_invalid", "$.at"),
        ({"facts": {"joined_at": "soon"}}, "value_invalid", "$.facts.joined_at"),
        ({"facts": {"last_order_at": "soon"}}, "value_invalid", "$.facts.last_order_at"),
        ({"facts": {"last_order_at": AFTER}}, "value_invalid", "$.facts.last_order_at"),
        ({"facts": {"points": {"stars": 5}}}, "value_invalid", "$.facts.points.stars"),
        ({"facts": {"tiers": {"none": "gold"}}}, "value_invalid", "$.facts.tiers.none"),
        ({"facts": {"tiers": {"club": "none"}}}, "value_invalid", "$.facts.tiers.club"),
        ({"facts": {"points": {"points": -5}}}, "value_invalid", "$.facts.points"),
        ({"facts": {"orders_12m": -1}}, "value_invalid", "$.facts.orders_12m"),
        ({"facts": {"orders_12m": "3"}}, "value_invalid", "$.facts.orders_12m"),
        ({"facts": {"spend_12m": 1.5}}, "value_invalid", "$.facts.spend_12m"),
        ({"facts": {"bought": {"brands": ["x"]}}}, "value_invalid", "$.facts.bought.brands"),
        ({"facts": {"birth_month": 13}}, "value_invalid", "$.facts.birth_month"),
        ({"member": "external:9"}, "member_unknown", None),
        ({"program": "draft"}, "draft_unknown", None),
        ({"program": "7"}, "version_unknown", None),
    ],
)
def test_what_can_not_be_tried_is_told(
    shop: Session, said: dict[str, Any], code: str, path: str | None
) -> None:
    body = {"program": "live", "cart": CART, **said}
    answered = shop.admin("POST", "/program/try", body)
    told: Any = answered.json()
    assert code_of(answered) == code
    assert path is None or told["errors"][0]["path"].startswith(path)


def test_the_openapi_document_tells_which_habits_somebody_made_up_may_have(shop: Session) -> None:
    told: Any = shop.client.get("/v1/openapi.json")
    name = "chalicelib.routes.admin.trying.FactsRequest"  # facts.set has one, too
    habits = told["components"]["schemas"][name]["properties"]
    assert habits["birth_month"] == {"type": "integer", "minimum": 0, "maximum": 12, "default": 0}
    assert {"bought", "last_order_at", "orders_12m", "spend_12m", "points"} <= habits.keys()
