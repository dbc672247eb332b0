"""The widget as a member of a tier would see it, before anybody is one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import TEA
from tests.routes.session import Session, code_of, open_session

GROUP = TEA["tier_groups"][0]
TOP = GROUP["tiers"][-1]
SOON = {**TOP, "name": "Emperor"}
DRAFT = {**TEA, "tier_groups": [{**GROUP, "tiers": [*GROUP["tiers"][:-1], SOON]}]}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def booked(shop: Session) -> list[Any]:
    """Everything but the audit log."""
    return [item for item in shop.table.items() if not str(item["PK"]).endswith("#AUDIT")]


def previewed(shop: Session, **said: Any) -> Any:
    before = booked(shop)
    answered = shop.admin("POST", "/program/preview", said)
    assert answered.status == 200, answered.body
    assert booked(shop) == before
    return answered.json()


def test_a_member_of_a_tier_sees_it_by_the_draft_and_by_the_live_program(shop: Session) -> None:
    shop.admin("PUT", "/program/draft", DRAFT)
    facts = {"tiers": {GROUP["id"]: TOP["id"]}, "points": {"points": 70}}
    told = previewed(shop, name="Ann", facts=facts)
    assert told["card"]["member"]["name"] == "Ann"
    (tier,) = told["card"]["tiers"]
    assert (tier["id"], tier["name"]) == (TOP["id"], "Emperor")
    assert told["card"]["points"]["points"]["available"] == 70
    assert [each["name"] for each in told["program"]["tier_groups"][0]["tiers"]][-1] == "Emperor"
    live = previewed(shop, program="live", facts=facts)
    assert live["card"]["tiers"][0]["name"] == TOP["name"]


def test_a_card_of_a_preview_is_a_card_of_the_storefront(shop: Session) -> None:
    told = previewed(shop, program="live")
    shop.buy()
    assert told["card"].keys() == shop.card().keys()
    public: Any = shop.client.get(f"/v1/storefront/{shop.shop}/program")
    public["program"]["version"] = 0  # what is previewed may have none yet
    assert told["program"] == public


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({}, "draft_unknown", None),
        ({"program": "7"}, "version_unknown", None),
        ({"program": "live", "at": "soon"}, "value_invalid", "$.at"),
        (
            {"program": "live", "facts": {"joined_at": "soon"}},
            "value_invalid",
            "$.facts.joined_at",
        ),
        (
            {"program": "live", "facts": {"points": {"stars": 5}}},
            "value_invalid",
            "$.facts.points.stars",
        ),
        (
            {"program": "live", "facts": {"tiers": {"none": "gold"}}},
            "value_invalid",
            "$.facts.tiers.none",
        ),
        (
            {"program": "live", "facts": {"tiers": {GROUP["id"]: "none"}}},
            "value_invalid",
            f"$.facts.tiers.{GROUP['id']}",
        ),
    ],
)
def test_what_can_not_be_shown_is_told(
    shop: Session, said: dict[str, Any], code: str, path: str | None
) -> None:
    answered = shop.admin("POST", "/program/preview", said)
    told: Any = answered.json()
    assert code_of(answered) == code
    assert path is None or told["errors"][0]["path"] == path
