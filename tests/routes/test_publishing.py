"""Drafts and versions over HTTP: two editors, a start to come, withdrawing, rollback."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON, TEA
from tests.routes.session import Session, open_session

SALON = {**TEA, "name": "Tea salon"}
START = NOON + DAY_MS


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def save(shop: Session, document: object = SALON, query: str = "") -> Any:
    answered = shop.admin("PUT", f"/program/draft{query}", document)
    assert answered.status == 200, answered.body
    return answered.json()


def publish(shop: Session, **wish: Any) -> Any:
    draft = save(shop)
    answered = shop.admin("POST", "/program/publish", {"draft_hash": draft["draft_hash"], **wish})
    assert answered.status == 200, answered.body
    return answered.json()


def test_a_draft_is_saved_read_and_thrown_away(shop: Session) -> None:
    assert shop.code("GET", "/program/draft") == "draft_unknown"
    saved = save(shop, query="?base_version=1")
    assert (saved["base_version"], saved["outdated"], saved["errors"]) == (1, False, [])
    assert (saved["program"], saved["saved_by"][:4]) == (SALON, "key:")
    assert shop.get("/program/draft") == saved
    for _ in range(2):
        assert shop.admin("DELETE", "/program/draft").status == 204
    assert shop.code("GET", "/program/draft") == "draft_unknown"


def test_a_wrong_draft_is_told_what_is_wrong(shop: Session) -> None:
    saved = save(shop, {"colour": "red"})
    assert "$.colour" in {error["path"] for error in saved["errors"]}
    body = {"draft_hash": saved["draft_hash"]}
    assert shop.code("POST", "/program/publish", body) == "program_invalid"


def test_two_editors_meet_a_409(shop: Session) -> None:
    first = save(shop)
    assert shop.code("PUT", "/program/draft", TEA) == "draft_outdated"
    outdated = f"/program/draft?base_version=9&draft_hash={first['draft_hash']}"
    assert shop.code("PUT", outdated, TEA) == "draft_outdated"
    save(shop, TEA, f"?base_version=1&draft_hash={first['draft_hash']}")
    assert shop.code("DELETE", f"/program/draft?draft_hash={'0' * 64}") == "draft_outdated"


@pytest.mark.parametrize("base", ["x", "-1", "1.0", "9999999"])
def test_a_base_is_a_number(shop: Session, base: str) -> None:
    told: Any = shop.admin("PUT", f"/program/draft?base_version={base}", TEA).json()
    assert (told["code"], told["errors"][0]["path"]) == ("value_invalid", "$query.base_version")


def test_publishing_a_draft_makes_a_version_and_again_the_same(shop: Session) -> None:
    draft = save(shop)
    body = {"draft_hash": draft["draft_hash"], "note": "Spring"}
    first = shop.admin("POST", "/program/publish", body)
    again = shop.admin("POST", "/program/publish", body)
    told: Any = first.json()
    assert told == again.json()
    assert (told["version"], told["warnings"]) == (2, [])
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    (row, _) = shop.get("/program/versions")["items"]
    assert (row["note"], row["state"], row["since"]) == ("Spring", "live", told["since"])
    assert shop.get("/program")["program"]["name"] == "Tea salon"


@pytest.mark.parametrize("start", ["soon", "2026-11-21", iso(NOON), iso(NOON + 3_000 * DAY_MS)])
def test_a_start_that_can_not_be_is_refused_with_its_path(shop: Session, start: str) -> None:
    body = {"draft_hash": save(shop)["draft_hash"], "effective_from": start}
    told: Any = shop.admin("POST", "/program/publish", body).json()
    assert (told["code"], told["errors"][0]["path"]) == ("value_invalid", "$.effective_from")
    back: Any = shop.admin("POST", "/program/versions/1/rollback", {"effective_from": start}).json()
    assert back.get("code", "value_invalid") == "value_invalid"


def test_a_scheduled_version_waits_is_seen_by_nobody_and_starts_by_itself(shop: Session) -> None:
    assert publish(shop, effective_from=iso(START))["since"] == iso(START)
    rows = shop.get("/program/versions")["items"]
    assert [row["state"] for row in rows] == ["scheduled", "live"]
    assert shop.get("/program")["version"] == shop.get("")["program_version"] == 1
    assert shop.code("PUT", "/program", {**TEA, "name": "x"}) == "version_scheduled"
    shop.client.gateway.clock.move_to(START)
    rows = shop.get("/program/versions")["items"]
    assert [row["state"] for row in rows] == ["live", "past"]
    assert shop.get("/program")["version"] == shop.get("")["program_version"] == 2
    page: Any = shop.client.ask("GET", "/v1/storefront/tea/program", key="").json()
    assert page["program"]["name"] == "Tea salon"


def test_a_scheduled_version_is_withdrawn_once_and_told_in_the_list(shop: Session) -> None:
    publish(shop, effective_from=iso(START))
    assert shop.code("POST", "/program/versions/1/withdraw") == "version_not_withdrawable"
    assert shop.code("POST", "/program/versions/7/withdraw") == "version_unknown"
    told: Any = shop.admin("POST", "/program/versions/2/withdraw").json()
    assert (told["state"], told["withdrawn_by"][:4]) == ("withdrawn", "key:")
    assert shop.get("/program/versions")["items"][0] == told
    shop.client.gateway.clock.move_to(START)
    assert shop.get("/program")["version"] == 1


def test_a_rollback_is_listed_as_one(shop: Session) -> None:
    publish(shop)
    told: Any = shop.admin("POST", "/program/versions/1/rollback", {"note": "Back"}).json()
    assert told["version"] == 3
    row = shop.get("/program/versions/3")
    assert (row["rolled_back_to"], row["note"], row["program"]["name"]) == (1, "Back", TEA["name"])
    assert shop.code("POST", "/program/versions/x/rollback", {}) == "version_unknown"


def test_a_pause_is_told_to_staff_and_members_and_ends(shop: Session) -> None:
    shop.buy()
    assert shop.card()["notices"] == []
    said = {"what": "all", "note": "A wrong rate"}
    told: Any = shop.admin("POST", "/program/pause", said).json()
    assert (told["paused"], told["note"], told["by"][:4]) == ("all", "A wrong rate", "key:")
    assert shop.get("")["state"] == "paused"
    assert shop.card()["notices"] == ["The program is paused for now: points are safe."]
    assert {reward["reason"] for reward in shop.card()["rewards"]} == {"program_paused"}
    assert shop.redeem().json()["code"] == "program_paused"  # type: ignore[index]
    told = shop.admin("POST", "/program/resume").json()
    assert told == {"paused": None, "since": None, "note": "", "by": ""}
    assert shop.get("")["state"] == "active"
    assert shop.card()["notices"] == []


def test_members_hear_of_the_end_in_their_language(shop: Session) -> None:
    shop.buy()
    ends = {"earn": "2026-11-30", "redeem": "2026-12-31"}
    shop.publish({**TEA, "ends": ends, "locales": ["en", "hu", "fa"]}, NOON)
    shop.client.gateway.clock.move_to(NOON + 1)
    until = ["Points can be earned until 2026-11-30.", "Points can be redeemed until 2026-12-31."]
    assert shop.card()["notices"] == until
    assert shop.card(locale="hu")["notices"][0] == "A pontgyűjtés utolsó napja: 2026-11-30."
    shop.client.gateway.clock.move_to(NOON + 15 * DAY_MS)
    assert "could be earned" in shop.card()["notices"][0]
