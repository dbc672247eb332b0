"""Keys, connections, storefront keys and tokens: secrets are shown once and stored as no one's."""

import base64
import json
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.limits import CONNECTIONS_PER_SHOP_MAX, STOREFRONT_KEYS_PER_SHOP_MAX
from chalicelib.storage.connections import find_connection
from tests.memory_table import MemoryTable
from tests.routes.house import Client, make_key, make_shop

TEA = "/v1/admin/shops/tea"
SHOPIFY: dict[str, Any] = {"platform": "shopify", "shop_domain": "tea.myshopify.com"}


def test_an_api_key_is_shown_once_and_stored_as_its_hash(
    client: Client, table: MemoryTable, owner: str
) -> None:
    made = client.post(f"{TEA}/api-keys", {"name": "ci", "scopes": ["read", "read"]}, key=owner)
    assert set(made) == {"id", "key", "name", "scopes", "created_at"}
    assert made["scopes"] == ["read"]
    listed = client.ask("GET", f"{TEA}/api-keys", key=owner)
    assert made["key"].encode() not in listed.body
    told: Any = listed.json()
    (row,) = [row for row in told["items"] if row["id"] == made["id"]]
    assert set(row) == {"id", "name", "scopes", "created_at", "revoked_at"}
    assert row["revoked_at"] is None
    assert made["key"] not in repr(table.items())


def test_a_revoked_key_stays_in_the_list_and_may_be_revoked_again(
    client: Client, owner: str
) -> None:
    made = client.post(f"{TEA}/api-keys", {"name": "x", "scopes": ["read"]}, key=owner)
    path = f"{TEA}/api-keys/{made['id']}"
    first = {"x-laurel-now": "2026-12-01T00:00:00Z"}
    assert client.code("DELETE", path, key=owner, headers=first) == "204"
    assert client.code("DELETE", path, key=owner) == "204"
    rows = client.get(f"{TEA}/api-keys", key=owner)["items"]
    (row,) = [row for row in rows if row["id"] == made["id"]]
    assert row["revoked_at"] == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "scopes": "read"},
        {"name": "", "scopes": ["read"]},
        {"name": "x", "scopes": ["read"], "key": "lrl_mine"},
    ],
    ids=str,
)
def test_a_key_wants_a_name_and_known_scopes(client: Client, owner: str, body: object) -> None:
    assert client.code("POST", f"{TEA}/api-keys", body, key=owner) == "value_invalid"


def test_only_an_owner_sees_or_makes_keys(client: Client, owner: str) -> None:
    weak = make_key(client, "tea", "read", "members", "points", "program", "reports")
    body = {"name": "x", "scopes": ["owner"]}
    assert client.code("POST", f"{TEA}/api-keys", body, key=weak) == "scope_missing"
    for path in ("api-keys", "connections", "storefront-keys", "audit-log"):
        assert client.code("GET", f"{TEA}/{path}", key=weak) == "scope_missing"


def test_things_of_another_shop_are_unknown(client: Client, owner: str) -> None:
    other = make_shop(client, "coffee")
    base = "/v1/admin/shops/coffee"
    key = client.post(f"{base}/api-keys", {"name": "x", "scopes": ["read"]}, key=other)
    link = client.post(f"{base}/connections", SHOPIFY, key=other)
    kid = client.post(f"{base}/storefront-keys", {}, key=other)["kid"]
    link_path = f"{TEA}/connections/{link['connection_id']}"
    assert client.code("DELETE", f"{TEA}/api-keys/{key['id']}", key=owner) == "document_unknown"
    assert client.code("DELETE", link_path, key=owner) == "connection_unknown"
    assert client.code("POST", f"{link_path}/secrets", {}, key=owner) == "connection_unknown"
    assert client.code("DELETE", f"{TEA}/storefront-keys/{kid}", key=owner) == "document_unknown"
    assert client.code("GET", base, key=key["key"]) == "200"
    for path in ("api-keys/x", "connections/x", "storefront-keys/x"):
        assert client.code("DELETE", f"/v1/admin/shops/nowhere/{path}") == "shop_unknown"


def test_a_connection_shows_its_secret_once(client: Client, table: MemoryTable, owner: str) -> None:
    made = client.post(f"{TEA}/connections", SHOPIFY, key=owner)
    address = f"https://laurel.example/v1/webhooks/{made['connection_id']}"
    assert made["webhook_url"] == address
    assert (made["source"], made["platform"]) == ("main", "shopify")
    assert made["secret"].isalnum()
    listed = client.ask("GET", f"{TEA}/connections", key=owner)
    assert made["secret"].encode() not in listed.body
    (row,) = client.get(f"{TEA}/connections", key=owner)["items"]
    assert (row["webhook_url"], row["secrets"]) == (address, 1)
    found = find_connection(table, made["connection_id"], clock.wall_now())
    assert found is not None
    assert found.secrets == (made["secret"].encode(),)


def test_rotation_keeps_two_secrets_newest_first(
    client: Client, table: MemoryTable, owner: str
) -> None:
    made = client.post(f"{TEA}/connections", {**SHOPIFY, "secret": "a" * 32}, key=owner)
    assert made["secret"] == "a" * 32
    path = f"{TEA}/connections/{made['connection_id']}/secrets"
    second = client.post(path, {"secret": "b" * 32}, key=owner)
    third = client.post(path, {}, key=owner)
    assert second["secret"] == "b" * 32
    found = find_connection(table, made["connection_id"], clock.wall_now())
    assert found is not None
    assert found.secrets == (third["secret"].encode(), b"b" * 32)


def test_a_removed_connection_is_gone_at_once(
    client: Client, table: MemoryTable, owner: str
) -> None:
    connection = client.post(f"{TEA}/connections", SHOPIFY, key=owner)["connection_id"]
    assert find_connection(table, connection, clock.wall_now())
    assert client.code("DELETE", f"{TEA}/connections/{connection}", key=owner) == "204"
    assert find_connection(table, connection, clock.wall_now()) is None
    assert client.code("DELETE", f"{TEA}/connections/{connection}", key=owner) == (
        "connection_unknown"
    )


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"platform": "magento"}, "$.platform"),
        ({"platform": 1}, "$.platform"),
        ({"shop_domain": ""}, "$.shop_domain"),
        ({"shop_domain": "tea.example"}, "$.shop_domain"),
        ({"shop_domain": "https://tea.myshopify.com"}, "$.shop_domain"),
        ({"shop_domain": "tea.myshopify.com.evil.example"}, "$.shop_domain"),
        ({"shop_domain": "tea.myshopify.com\n"}, "$.shop_domain"),
        ({"source": ""}, "$.source"),
        ({"source": "a:b"}, "$.source"),
        ({"secret": "short"}, "$.secret"),
        ({"secret": "x" * 129}, "$.secret"),
        ({"secret": "é" * 32}, "$.secret"),
    ],
    ids=str,
)
def test_what_a_connection_cannot_be_is_named(
    client: Client, owner: str, change: dict[str, Any], path: str
) -> None:
    answered = client.ask("POST", f"{TEA}/connections", {**SHOPIFY, **change}, key=owner)
    problem: Any = answered.json()
    assert (answered.status, problem["errors"][0]["path"]) == (422, path)


def test_a_second_connection_must_name_its_source(client: Client, owner: str) -> None:
    client.post(f"{TEA}/connections", SHOPIFY, key=owner)
    answered = client.ask("POST", f"{TEA}/connections", SHOPIFY, key=owner)
    problem: Any = answered.json()
    assert (answered.status, problem["errors"][0]["path"]) == (422, "$.source")
    for source in ("pos", "main"):  # one id space on purpose is allowed
        body = {**SHOPIFY, "source": source}
        assert client.post(f"{TEA}/connections", body, key=owner)["source"] == source


def test_there_is_a_limit_to_connections_and_keys(client: Client, owner: str) -> None:
    for number in range(CONNECTIONS_PER_SHOP_MAX):
        body = {**SHOPIFY, "source": f"s{number}"}
        assert client.code("POST", f"{TEA}/connections", body, key=owner) == "201"
    body = {**SHOPIFY, "source": "more"}
    assert client.code("POST", f"{TEA}/connections", body, key=owner) == "limit_reached"
    for _ in range(STOREFRONT_KEYS_PER_SHOP_MAX):
        assert client.code("POST", f"{TEA}/storefront-keys", {}, key=owner) == "201"
    assert client.code("POST", f"{TEA}/storefront-keys", {}, key=owner) == "limit_reached"


def test_a_storefront_key_shows_its_secret_once(client: Client, owner: str) -> None:
    answered = client.ask("POST", f"{TEA}/storefront-keys", key=owner)
    made: Any = answered.json()
    assert (answered.status, set(made)) == (201, {"kid", "secret"})
    listed = client.ask("GET", f"{TEA}/storefront-keys", key=owner)
    assert made["secret"].encode() not in listed.body
    assert made["kid"].encode() in listed.body


def test_a_token_says_what_was_asked_and_no_more(client: Client, owner: str) -> None:
    body = {"customer_id": "77", "email": "ann@example.com", "expires_in": 120}
    made = client.post(f"{TEA}/storefront-tokens", body, key=owner)
    version, kid, payload, _ = made["token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert (version, kid) == ("v1", "own")
    assert set(claims) == {"sub", "aud", "exp", "email"}
    assert claims["aud"] == "tea"
    assert 0 <= clock.wall_now() // 1_000 + 120 - claims["exp"] <= 2


@pytest.mark.parametrize(
    "change",
    [
        {"customer_id": ""},
        {"customer_id": "c" * 129},
        {"customer_id": "7\x007"},
        {"customer_id": 77},
        {"expires_in": 0},
        {"expires_in": 3_601},
        {"expires_in": "60"},
        {"email": "nobody"},
        {"email": "a b@c"},
        {"kind": "paseto"},
        {"aud": "coffee"},
    ],
    ids=str,
)
def test_a_token_is_not_minted_for_what_cannot_be(
    client: Client, owner: str, change: dict[str, Any]
) -> None:
    body = {"customer_id": "77", **change}
    assert client.code("POST", f"{TEA}/storefront-tokens", body, key=owner) == "value_invalid"


def test_minting_wants_the_scope_that_moves_points(client: Client, owner: str) -> None:
    body = {"customer_id": "77"}
    for scope, code in (("read", "scope_missing"), ("points", "201")):
        key = make_key(client, "tea", scope)
        assert client.code("POST", f"{TEA}/storefront-tokens", body, key=key) == code
    assert client.code("POST", "/v1/admin/shops/nowhere/storefront-tokens", body) == "shop_unknown"


def test_secrets_are_sealed_by_kms_where_there_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from msgspec.structs import replace

    from app import app
    from chalicelib import settings
    from dev import engines
    from tests.routes.house import open_house

    with engines.embedded(), open_house(app) as (client, table):
        import boto3

        kms = boto3.client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["KeyId"]
        with settings.use(replace(settings.current(), kms_key_id=kms)):
            owner = make_shop(client)
            made = client.post(f"{TEA}/connections", SHOPIFY, key=owner)
            minted = client.post(f"{TEA}/storefront-tokens", {"customer_id": "7"}, key=owner)
            assert minted["token"]
            found = find_connection(table, made["connection_id"], clock.wall_now())
            assert found is not None
            assert found.secrets == (made["secret"].encode(),)
            assert made["secret"].encode() not in repr(table.items()).encode()
