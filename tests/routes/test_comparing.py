"""A draft compared with what is live, in words, with whom it touches; and the announcement."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from tests.builders import NOON, TEA
from tests.routes.session import Session, open_session

DEARER = {**TEA["rewards"][0], "cost": {"unit": "points", "amount": 200}}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def save(shop: Session, **changes: Any) -> None:
    assert shop.admin("PUT", "/program/draft", {**TEA, **changes}).status == 200


def test_a_draft_is_compared_with_the_live_version_by_default(shop: Session) -> None:
    save(shop, rewards=[DEARER])
    told = shop.get("/program/diff")
    (change,) = told["changes"]
    assert (change["code"], change["bearing"], change["affected"]) == (
        "reward_cost", "disadvantage", None,
    )  # fmt: skip
    assert (change["before"], change["after"]) == (50, 200)
    assert change["sentence"].endswith("200 points. Before: 50 points.")
    assert (told["disadvantages"], told["counted"]) == (1, None)
    back = shop.get("/program/diff?from=draft&to=live")
    assert [each["bearing"] for each in back["changes"]] == ["advantage"]
    persian = shop.get("/program/diff?locale=fa")["changes"][0]["sentence"]
    assert "پیش‌تر" in persian


def test_versions_are_compared_by_their_numbers(shop: Session) -> None:
    shop.publish({**TEA, "rewards": [DEARER]})
    assert [each["code"] for each in shop.get("/program/diff?from=1&to=2")["changes"]] == [
        "reward_cost"
    ]
    assert shop.get("/program/diff?from=2&to=live")["changes"] == []


@pytest.mark.parametrize("side", ["from", "to"])
def test_what_can_not_be_compared_is_told(shop: Session, side: str) -> None:
    save(shop, colour="red")
    other = "to=live" if side == "from" else "from=live"
    for named, code in (
        ("draft", "program_invalid"),
        ("9", "version_unknown"),
        ("x", "value_invalid"),
    ):
        assert shop.code("GET", f"/program/diff?{side}={named}&{other}") == code
    assert shop.code("GET", "/program/announcement?effective_from=soon") == "value_invalid"
    assert shop.code("GET", "/program/diff?to=live&affected=maybe") == "value_invalid"
    shop.admin("DELETE", "/program/draft")
    assert shop.code("GET", "/program/diff") == "draft_unknown"
    assert shop.code("GET", "/program/announcement") == "draft_unknown"


def test_members_and_open_codes_are_counted_when_asked(shop: Session) -> None:
    shop.buy("2000.00")
    shop.buy("30.00", 1002, customer={"id": 78})
    shop.client.gateway.clock.move_to(NOON + 40 * DAY_MS)
    shop.adjust(500)
    assert shop.redeem().status == 201
    tiers = [TEA["tier_groups"][0]["tiers"][0]]
    ladder = [{**TEA["tier_groups"][0], "tiers": tiers}]
    save(shop, rewards=[], tier_groups=ladder)
    told = shop.get("/program/diff?affected=true")
    by_code = {each["code"]: each["affected"] for each in told["changes"]}
    assert told["counted"] == {"members": 2, "complete": True}
    assert by_code["reward_removed"] == 1
    gone = [each["affected"] for each in told["changes"] if each["code"] == "tier_removed"]
    assert sum(gone) == 1


def test_the_announcement_comes_in_every_language_of_the_program(shop: Session) -> None:
    save(shop, rewards=[DEARER], locales=["en", "hu", "fa"], stack="sum")
    told = shop.get("/program/announcement?effective_from=2026-12-24T00:00:00Z")["announcements"]
    assert [each["locale"] for each in told] == ["en", "hu", "fa"]
    assert all(len(each["sentences"]) == 1 and each["left_out"] == ["$.stack"] for each in told)
    assert "2026-12-24" in told[0]["title"]


def first_day(shop: Session, query: str = "") -> str:
    told = shop.get(f"/program/announcement{query}")["announcements"]
    return str(told[0]["title"]).rpartition(" ")[2]


def test_the_first_day_is_the_one_in_the_programs_zone(shop: Session) -> None:
    save(shop, rewards=[DEARER], timezone="Europe/Budapest")
    assert first_day(shop) == "2026-11-21"
    assert first_day(shop, "?effective_from=2026-12-31T23:00:00Z") == "2027-01-01"
    assert first_day(shop, "?effective_from=2026-11-20T23:30:00Z") == "2026-11-21"


def test_a_scheduled_version_is_announced_for_its_own_start(shop: Session) -> None:
    save(shop, rewards=[DEARER], timezone="Europe/Budapest")
    draft = shop.get("/program/draft")["draft_hash"]
    start = {"draft_hash": draft, "effective_from": "2026-12-31T23:00:00Z"}
    assert shop.admin("POST", "/program/publish", start).status == 200
    assert first_day(shop, "?to=2") == "2027-01-01"
    shop.client.gateway.clock.move_to(NOON + 60 * DAY_MS)
    assert first_day(shop, "?from=1&to=live") == first_day(shop, "?from=1&to=2") == "2027-01-01"
    assert first_day(shop, "?from=2&to=1") == "2027-01-20"  # if it came back: today


def test_a_day_that_is_over_is_not_announced(shop: Session) -> None:
    save(shop, rewards=[DEARER], timezone="Europe/Budapest")
    told: Any = shop.admin("GET", "/program/announcement?effective_from=2026-11-20T22:59:00Z")
    (problem,) = told.json()["errors"]
    assert (told.status, problem["path"]) == (422, "$query.effective_from")
    assert problem["code"] == "value_out_of_range"
