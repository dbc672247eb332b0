"""The program over HTTP: check, publish, read, versions; and what a wrong one is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import iso
from tests.builders import NOON, TEA
from tests.routes.house import make_shop
from tests.routes.session import Session, code_of, open_session


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


@pytest.fixture
def bare(shop: Session) -> Session:
    """A shop without a program."""
    return Session(shop.client, shop.table, "bare", make_shop(shop.client, "bare"))


ROW = {
    "version", "since", "published_by", "state", "published_at", "note", "accepted",
    "force_reason", "replay", "rolled_back_to", "withdrawn_at", "withdrawn_by",
}  # fmt: skip


def renamed(name: str) -> dict[str, Any]:
    return {**TEA, "name": name}


def test_publishing_is_200_with_the_version_and_again_the_same(shop: Session) -> None:
    for document, version in ((TEA, 1), (renamed("b"), 2), (renamed("b"), 2), (TEA, 3)):
        answered = shop.admin("PUT", "/program", document)
        assert (answered.status, answered.json()) == (200, {"version": version, "warnings": []})
    assert shop.get("")["program_version"] == 3


def test_a_shop_without_a_program_says_so(bare: Session) -> None:
    assert bare.code("GET", "/program") == "version_unknown"
    assert bare.code("GET", "/program/versions/1") == "version_unknown"
    assert bare.get("/program/versions") == {"items": [], "next_cursor": None}
    assert bare.code("POST", "/members", {"external_id": "5"}) == "program_not_live"


def test_the_live_program_is_read_with_its_defaults_written_out(shop: Session) -> None:
    told = shop.get("/program")
    assert set(told) == {*ROW, "program"}
    assert (told["version"], told["published_by"][:4]) == (1, "key:")
    assert told["program"]["join"] == {"how": "automatic", "guests": {}, "retroactive_days": 1}
    assert told["program"]["rewards"][0]["id"] == "five-off"
    assert shop.publish(told["program"], NOON) == 1


def test_a_program_in_three_keys_is_enough_and_warns(bare: Session) -> None:
    small = {"id": "t", "name": "Tea", "currency": "USD"}
    answered = bare.admin("PUT", "/program", small)
    told: Any = answered.json()
    assert (answered.status, told["version"]) == (200, 1)
    assert all({"path", "code", "detail"} == set(each) for each in told["warnings"])
    checked: Any = bare.admin("POST", "/program/check", small).json()
    assert checked == {"errors": [], "warnings": told["warnings"]}


def test_versions_are_listed_newest_first_page_by_page(shop: Session) -> None:
    for number in range(2, 6):
        assert shop.publish(renamed(f"v{number}"), NOON + number) == number
    rows: list[Any] = []
    cursor = ""
    while cursor is not None:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = shop.get(f"/program/versions{query}")
        rows += page["items"]
        cursor = page["next_cursor"]
    assert [row["version"] for row in rows] == [5, 4, 3, 2, 1]
    assert set(rows[0]) == ROW
    assert [row["state"] for row in rows] == ["live", *["past"] * 4]
    for row in rows:
        told = shop.get(f"/program/versions/{row['version']}")
        assert {name: told[name] for name in row} == row
    assert rows[0]["since"] == iso(NOON + 5)


@pytest.mark.parametrize(
    "version", ["0", "2", "-1", "01x", "1.0", "x", "9999999", "%D9%A1", "%20", "1" * 128, "null"]
)
def test_a_version_that_is_not_there_is_404(shop: Session, version: str) -> None:
    assert shop.code("GET", f"/program/versions/{version}") == "version_unknown"


def test_a_wrong_program_is_told_everything_at_once_with_paths(shop: Session) -> None:
    wrong = {
        **TEA,
        "colour": "red",
        "currency": "QQQ",
        "rewards": [{**TEA["rewards"][0], "kind": "wish"}, {**TEA["rewards"][0], "cost": 5}],
    }
    published = shop.admin("PUT", "/program", wrong)
    told: Any = published.json()
    assert (published.status, told["code"]) == (422, "program_invalid")
    paths = {error["path"] for error in told["errors"]}
    assert {"$.colour", "$.currency", "$.rewards[0].kind", "$.rewards[1].cost"} <= paths
    checked = shop.admin("POST", "/program/check", wrong)
    assert checked.status == 200
    body: Any = checked.json()
    assert body["errors"] == told["errors"]
    assert shop.get("/program")["version"] == 1


@pytest.mark.parametrize(
    "document",
    [{}, {"id": 5}, {"id": None, "name": None}, {"units": []}, {"earn": {}}, {"rewards": [[]]},
     {"units": {"": {}}}, {"a\u0000": 1}, {**TEA, "id": "x" * 10_000}, {**TEA, "id": "🍵"},
     {**TEA, "earn": [{}] * 101}, {**TEA, "units": {f"u{n}": {} for n in range(50)}},
     {**TEA, "tier_groups": [{"tiers": []}] * 3}, {**TEA, "limits": 1.5},
     {**TEA, "earn": [{**TEA["earn"][0], "if": {"and": [{"and": []}] * 50}}]},
     {**TEA, "rewards": [{**TEA["rewards"][0], "cost": {"unit": "points", "amount": 10**30}}]},
     {**TEA, "earn": [{**TEA["earn"][0], "give": [{"rate": "1e9999999", "of": "net"}]}]}],
    ids=lambda document: repr(document)[:40],
)  # fmt: skip
def test_nonsense_is_program_invalid_never_an_error_of_ours(
    shop: Session, document: dict[str, Any]
) -> None:
    answered = shop.admin("PUT", "/program", document)
    told: Any = answered.json()
    assert (answered.status, told["code"]) == (422, "program_invalid")
    assert all(each["path"].startswith("$") and each["detail"] for each in told["errors"])
    assert shop.admin("POST", "/program/check", document).status == 200


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"null", b"true"], ids=bytes.decode)
def test_a_program_is_an_object(shop: Session, body: bytes) -> None:
    for method, rest in (("PUT", "/program"), ("POST", "/program/check")):
        answered = shop.admin(method, rest, body)
        told: Any = answered.json()
        assert (answered.status, told["code"]) == (422, "value_invalid")
        assert told["errors"][0]["path"] == "$"


def test_a_unit_that_the_books_know_may_not_vanish(shop: Session) -> None:
    unit = {"name": {"other": "stars"}, "pending": "none", "expiry": "never"}
    other = {"unit": "stars"}
    gives = [{**TEA["earn"][0]["give"][0], **other}]
    changed = {
        **TEA,
        "units": {"stars": unit},
        "earn": [{**TEA["earn"][0], "give": gives}],
        "tier_groups": [],
        "rewards": [],
    }
    told: Any = shop.admin("POST", "/program/check", changed).json()
    assert {error["path"] for error in told["errors"]} == {"$.units.points", "$.tier_groups"}
    assert code_of(shop.admin("PUT", "/program", changed)) == "program_invalid"


def test_checking_publishes_nothing(shop: Session) -> None:
    before = shop.get("/program/versions")
    for _ in range(3):
        assert shop.admin("POST", "/program/check", renamed("b")).status == 200
    assert shop.get("/program/versions") == before


def test_orders_keep_the_terms_of_the_version_that_was_live_when_they_were_paid(
    shop: Session,
) -> None:
    doubled = {**TEA["earn"][0], "give": [{**TEA["earn"][0]["give"][0], "rate": "2"}]}
    shop.publish({**TEA, "earn": [doubled]}, NOON)
    shop.buy("10.00")
    shop.client.gateway.clock.move_to(NOON + 60_000)
    shop.buy("10.00", 1002, at="2026-11-21T12:00:30Z")
    assert [entry["points"] for entry in shop.entries()] == [20, 10]
    assert [entry["program_version"] for entry in shop.entries()] == [2, 1]


def test_editors_read_the_schema_without_a_key(shop: Session) -> None:
    published = Path(__file__).parents[2] / "docs" / "program.schema.json"
    answered = shop.client.ask("GET", "/v1/program.schema.json", key="")
    assert answered.json() == json.loads(published.read_text(encoding="utf-8"))
    assert answered.headers["Cache-Control"] == "public, max-age=3600"
