"""Who is asking: every wrong key and token is refused alike, and nobody reaches another shop."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import clock
from chalicelib.domain.instants import MINUTE_MS
from chalicelib.domain.limits import RECORD_CACHE_MS_MAX
from chalicelib.routes.contract import KeyHolder, Operator
from chalicelib.security.storefront_tokens import Customer, TokenKey, mint_compact, mint_jwt
from tests.memory_table import MemoryTable
from tests.routes.house import OPERATOR_KEY, Client, make_key, make_shop
from tests.routes.workshop import Workshop

THINGS = "/v1/admin/shops/tea/things"
REDEEM = "/v1/storefront/tea/redeem"


def redeem(workshop: Workshop, token: object, shop: str = "tea", **how: Any) -> str:
    body = {"token": token, "reward_id": "r", "idempotency_key": "k"}
    path = f"/v1/storefront/{shop}/redeem"
    return workshop.client.code("POST", path, body, key=how.pop("key", ""), **how)


def token_of(workshop: Workshop, shop: str = "tea", **said: Any) -> str:
    path = f"/v1/admin/shops/{shop}/storefront-tokens"
    return str(workshop.real.post(path, {"customer_id": "77", **said})["token"])


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "lrl_x", "Bearer lrl_short", f"Bearer lrl_{'A' * 43}",
     f"Token {OPERATOR_KEY}", "Bearer é", "Bearer \ud800", f"Bearer {OPERATOR_KEY}x",
     f"Bearer {OPERATOR_KEY[:-1]}"],
    ids=ascii,
)  # fmt: skip
def test_whoever_shows_no_key_of_the_shop_is_refused_alike(workshop: Workshop, header: str) -> None:
    assert workshop.client.code("GET", THINGS, headers={"authorization": header}) == "key_invalid"
    assert not workshop.calls


def test_the_operator_may_do_all_everywhere(workshop: Workshop) -> None:
    for shop in ("tea", "coffee"):
        path = f"/v1/admin/shops/{shop}/things"
        assert workshop.client.code("GET", path, key=OPERATOR_KEY) == "200"
    assert workshop.calls[0].principal == Operator()
    assert workshop.calls[0].actor == "operator"


def test_a_deployment_without_an_operator_key_has_no_operator(house: Any) -> None:
    from chalicelib import settings

    client: Client = house[0]
    with settings.use(replace(settings.current(), operator_key_sha256="")):
        for key in ("", OPERATOR_KEY):
            assert client.code("GET", "/v1/admin/shops/tea", key=key) == "key_invalid"


def test_a_key_opens_its_own_shop_alone(workshop: Workshop) -> None:
    assert workshop.client.code("GET", THINGS, key=workshop.keys["tea"]) == "200"
    holder = workshop.calls[-1].principal
    assert isinstance(holder, KeyHolder)
    assert (holder.shop, workshop.calls[-1].actor) == ("tea", f"key:{holder.key_id}")
    for shop in ("coffee", "nowhere", "TEA", "tea%20", "t%65a%00"):
        path = f"/v1/admin/shops/{shop}/things"
        assert workshop.client.code("GET", path, key=workshop.keys["tea"]) == "key_invalid"


def test_the_scheme_is_read_in_any_case(workshop: Workshop) -> None:
    headers = {"authorization": f"bEARER   {workshop.keys['tea']} "}
    assert workshop.client.code("GET", THINGS, headers=headers) == "200"


def test_a_key_without_the_scope_is_refused(workshop: Workshop) -> None:
    for scope, code in (("members", "scope_missing"), ("read", "200"), ("owner", "200")):
        key = make_key(workshop.real, "tea", scope)
        assert workshop.client.code("GET", THINGS, key=key) == code


def test_only_the_operator_makes_shops(client: Client, owner: str) -> None:
    said = {"shop_id": "mine", "name": "x", "currency": "USD", "timezone": "UTC", "locales": ["en"]}
    assert client.code("POST", "/v1/admin/shops", said, key=owner) == "scope_missing"


def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(client: Client, owner: str) -> None:
    path = "/v1/admin/shops/tea/api-keys"
    made = client.post(path, {"name": "x", "scopes": ["read"]})
    assert client.code("GET", "/v1/admin/shops/tea", key=made["key"]) == "200"
    assert client.code("DELETE", f"{path}/{made['id']}", key=owner) == "204"
    assert client.code("GET", "/v1/admin/shops/tea", key=made["key"]) == "key_invalid"


def test_a_revoked_key_is_refused_elsewhere_within_a_minute(
    client: Client, table: MemoryTable, owner: str
) -> None:
    from chalicelib.operations.manage_keys import NewApiKey, create_api_key, revoke_api_key
    from chalicelib.security.scopes import Scope
    from chalicelib.storage import api_keys

    made = create_api_key(table, "tea", "x", (Scope.READ,), 1)
    assert isinstance(made, NewApiKey)
    digest = made.record.digest
    now = clock.wall_now()
    seen = api_keys.find_api_key(table, digest, now)
    assert seen is not None
    revoke_api_key(table, "tea", seen.key_id, 2)
    api_keys._cache._keep(table, digest, now, seen)  # as another process still has it
    assert api_keys.find_api_key(table, digest, now + RECORD_CACHE_MS_MAX - 1) == seen
    assert api_keys.find_api_key(table, digest, now + RECORD_CACHE_MS_MAX) is None


@pytest.mark.parametrize("kind", ["compact", "jwt"])
def test_a_minted_token_says_who_it_is_in_header_or_body(workshop: Workshop, kind: str) -> None:
    said: dict[str, Any] = {"email": "ann@example.com", "name": "Ann", "source": "pos"}
    said["expires_in"] = 60
    token = token_of(workshop, kind=kind, **said)
    assert redeem(workshop, token) == "201"
    assert redeem(workshop, "", key=token) == "201"
    for call in workshop.calls:
        customer = call.customer
        assert (customer.external_id, customer.source) == ("77", "pos")
        assert (customer.email, customer.name) == ("ann@example.com", "Ann")
        assert 0 < customer.expires_at - clock.wall_now() <= MINUTE_MS
        assert call.idempotency_key == "k"


@pytest.mark.parametrize("token", ["", "x", "v1.own.x.y", "v1.nobody.x.y", 7, None, {}, "\ud800"])
def test_what_is_no_token_is_refused(workshop: Workshop, token: object) -> None:
    expected = "request_malformed" if token == "\ud800" else "token_invalid"
    assert redeem(workshop, token) == expected
    assert not workshop.calls


def test_a_token_opens_its_own_shop_alone(workshop: Workshop) -> None:
    token = token_of(workshop)
    assert redeem(workshop, token, shop="coffee") == "token_invalid"
    assert redeem(workshop, token, shop="nowhere") == "token_invalid"
    assert redeem(workshop, token_of(workshop, "coffee")) == "token_invalid"


def test_an_api_key_is_no_token_and_a_token_no_key(workshop: Workshop) -> None:
    assert redeem(workshop, workshop.keys["tea"]) == "token_invalid"
    assert redeem(workshop, "", key=OPERATOR_KEY) == "token_invalid"
    assert workshop.client.code("GET", THINGS, key=token_of(workshop)) == "key_invalid"


@pytest.mark.parametrize("mint", [mint_compact, mint_jwt])
def test_the_shops_own_key_signs_tokens_until_it_is_removed(workshop: Workshop, mint: Any) -> None:
    path = "/v1/admin/shops/tea/storefront-keys"
    made = workshop.real.post(path, {})
    key = TokenKey(made["kid"], "tea", made["secret"].encode())
    customer = Customer("77", clock.wall_now() + MINUTE_MS, made["kid"])
    assert redeem(workshop, mint(customer, key)) == "201"
    assert redeem(workshop, mint(customer, replace(key, secret=b"other"))) == "token_invalid"
    assert redeem(workshop, mint(customer, replace(key, shop="coffee"))) == "token_invalid"
    late = replace(customer, expires_at=clock.wall_now() - MINUTE_MS)
    assert redeem(workshop, mint(late, key)) == "token_expired"
    # A key of one shop never signs for another, whatever the token says.
    assert (
        redeem(workshop, mint(customer, replace(key, shop="coffee")), "coffee") == "token_invalid"
    )
    assert workshop.real.code("DELETE", f"{path}/{made['kid']}") == "204"
    assert redeem(workshop, mint(customer, key)) == "token_invalid"


def test_tokens_live_by_real_time_whatever_the_books_say(workshop: Workshop) -> None:
    token = token_of(workshop)
    later = {"x-laurel-now": "2031-01-01T00:00:00Z"}
    assert redeem(workshop, token, headers=later) == "201"
    call = workshop.calls[-1]
    assert call.now == 1_924_992_000_000
    assert call.wall_now < call.now


def test_storefront_bodies_may_come_as_text_so_that_no_preflight_is_needed(
    workshop: Workshop,
) -> None:
    token = token_of(workshop)
    assert redeem(workshop, token, headers={"content-type": "text/plain;charset=UTF-8"}) == "201"


def test_nothing_of_another_shop_is_asked_of_the_table(workshop: Workshop) -> None:
    make_shop(workshop.real, "wool")
    path, token = "/v1/admin/shops/coffee/things", token_of(workshop)
    workshop.table.calls.clear()
    assert workshop.client.code("GET", path, key=workshop.keys["tea"]) == "key_invalid"
    assert redeem(workshop, token, shop="coffee") == "token_invalid"
    asked = [call for call in workshop.table.calls if "coffee" in repr(call)]
    # The one thing that may be read is the item of the shop whose key the token claims.
    assert all("SHOP" in repr(call) for call in asked)


def test_the_customers_word_is_needed_for_what_is_a_customers(workshop: Workshop) -> None:
    workshop.client.ask("GET", THINGS)
    with pytest.raises(TypeError, match="storefront"):
        _ = workshop.calls[-1].customer
    redeem(workshop, token_of(workshop))
    assert workshop.calls[-1].actor == ""
