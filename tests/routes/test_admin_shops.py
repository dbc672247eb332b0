"""Shops: created once by the operator, changed by their owner, never in their currency."""

from typing import Any

import pytest

from chalicelib.storage.key_names import shop_key
from chalicelib.storage.shops import find_shop, shop_secret
from tests.memory_table import MemoryTable
from tests.routes.house import Client, make_key

SHOPS = "/v1/admin/shops"
TEA: dict[str, Any] = {
    "shop_id": "tea",
    "name": "Tea & Co",
    "currency": "USD",
    "timezone": "Europe/Budapest",
    "locales": ["en", "pt-BR", "zh-Hant"],
}


def test_a_shop_is_created_and_read_back(client: Client) -> None:
    answered = client.ask("POST", SHOPS, TEA, headers={"x-laurel-now": "2026-11-21T10:00:00Z"})
    assert answered.status == 201
    expected = {
        **TEA,
        "state": "active",
        "program_version": 0,
        "created_at": "2026-11-21T10:00:00Z",
    }
    assert answered.json() == expected
    assert client.get(f"{SHOPS}/tea") == expected


def test_a_second_shop_of_one_id_is_refused_and_changes_nothing(
    client: Client, table: MemoryTable
) -> None:
    client.post(SHOPS, TEA)
    before = table.load([shop_key("tea")])
    assert client.code("POST", SHOPS, TEA) == "shop_exists"
    assert client.code("POST", SHOPS, {**TEA, "name": "Mine now"}) == "shop_exists"
    assert table.load([shop_key("tea")]) == before


def test_two_shops_have_two_keys_and_no_answer_tells_them(
    client: Client, table: MemoryTable
) -> None:
    first = client.ask("POST", SHOPS, TEA)
    client.post(SHOPS, {**TEA, "shop_id": "coffee"})
    tea, coffee = find_shop(table, "tea"), find_shop(table, "coffee")
    assert tea is not None
    assert coffee is not None
    assert len(shop_secret(tea)) == 32
    assert shop_secret(tea) != shop_secret(coffee)
    assert b"key" not in first.body


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"shop_id": ""}, "$.shop_id"),
        ({"shop_id": "Tea"}, "$.shop_id"),
        ({"shop_id": "t#a"}, "$.shop_id"),
        ({"shop_id": "tea\n"}, "$.shop_id"),
        ({"shop_id": "t" * 65}, "$.shop_id"),
        ({"shop_id": 7}, "$.shop_id"),
        ({"name": ""}, "$.name"),
        ({"name": "n" * 201}, "$.name"),
        ({"name": "a\x00b"}, "$.name"),
        ({"currency": "usd"}, "$.currency"),
        ({"currency": "XXQ"}, "$.currency"),
        ({"currency": "USD\n"}, "$.currency"),
        ({"timezone": "Mars/Olympus"}, "$.timezone"),
        ({"timezone": "../../etc/passwd"}, "$.timezone"),
        ({"timezone": "Europe"}, "$.timezone"),
        ({"timezone": "/etc/passwd"}, "$.timezone"),
        ({"locales": []}, "$.locales"),
        ({"locales": ["en", "en"]}, "$.locales"),
        ({"locales": ["en", "english"]}, "$.locales[1]"),
        ({"locales": ["en"] * 51}, "$.locales"),
        ({"locales": "en"}, "$.locales"),
        ({"colour": "red"}, "$.colour"),
    ],
    ids=str,
)
def test_what_a_shop_cannot_be_is_named(
    client: Client, table: MemoryTable, change: dict[str, Any], path: str
) -> None:
    answered = client.ask("POST", SHOPS, {**TEA, **change})
    problem: Any = answered.json()
    assert answered.status == 422
    assert problem["errors"][0]["path"] == path
    assert table.items() == ()


def test_all_wrong_settings_are_told_at_once(client: Client) -> None:
    said = {**TEA, "currency": "XXQ", "timezone": "Mars", "locales": ["x", "en"]}
    problem: Any = client.post(SHOPS, said)
    assert [error["path"] for error in problem["errors"]] == [
        "$.currency",
        "$.timezone",
        "$.locales[0]",
    ]


def test_an_owner_changes_what_is_named_and_nothing_else(client: Client, owner: str) -> None:
    before = client.get(f"{SHOPS}/tea", key=owner)
    changed: Any = client.ask("PATCH", f"{SHOPS}/tea", {"name": "Tea House"}, key=owner).json()
    assert changed == {**before, "name": "Tea House"}
    more = {"timezone": "Asia/Tehran", "locales": ["fa", "en"]}
    assert client.ask("PATCH", f"{SHOPS}/tea", more, key=owner).json() == {**changed, **more}
    assert client.ask("PATCH", f"{SHOPS}/tea", {}, key=owner).status == 200
    wrong: list[dict[str, Any]]
    wrong = [{"currency": "EUR"}, {"shop_id": "x"}, {"timezone": "Mars"}, {"locales": []}]
    for body in wrong:
        assert client.code("PATCH", f"{SHOPS}/tea", body, key=owner) == "value_invalid"


def test_changing_a_shop_wants_its_owner(client: Client, owner: str) -> None:
    reader = make_key(client, "tea", "read", "members", "points", "program", "reports")
    assert client.code("GET", f"{SHOPS}/tea", key=reader) == "200"
    assert client.code("PATCH", f"{SHOPS}/tea", {"name": "x"}, key=reader) == "scope_missing"


def test_a_shop_that_is_not_there_is_unknown_to_the_operator(client: Client) -> None:
    assert client.code("GET", f"{SHOPS}/nowhere") == "shop_unknown"
    assert client.code("PATCH", f"{SHOPS}/nowhere", {"name": "x"}) == "shop_unknown"
    assert client.code("PATCH", f"{SHOPS}/nowhere", {"name": 7}) == "shop_unknown"
    assert client.code("GET", f"{SHOPS}/%E2%98%83") == "shop_unknown"
    for path in ("api-keys", "connections", "storefront-keys", "audit-log"):
        assert client.code("GET", f"{SHOPS}/nowhere/{path}") == "shop_unknown"
