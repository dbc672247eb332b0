"""What shoppers get: the program, their card, joining; and whose token opens it."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.instants import DAY_MS, SECOND_MS
from chalicelib.security.storefront_tokens import Customer, TokenKey, mint_compact, mint_jwt
from tests.builders import NOON, TEA
from tests.routes.session import Session, code_of, open_session, opened, order_of

NAMES = {"en": {"one": "point", "other": "points"}, "hu": {"other": "pont"}}
SPEAKING: dict[str, Any] = {
    "locales": ["en", "hu"],
    "name": {"en": "Tea club", "hu": "Teaklub"},
    "units": {"points": {**TEA["units"]["points"], "name": NAMES}},
}
OPT_IN = {"join": {"how": "opt_in", "retroactive_days": 3}}
WELCOME = {
    "earn": [
        *TEA["earn"],
        {"id": "welcome", "on": "member.joined", "give": [{"add": 100, "unit": "points"}]},
    ]
}

EMPTY = {"shop_id": "empty", "name": "x", "currency": "USD", "timezone": "UTC"}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened_shop:
        yield opened_shop


def program(shop: Session, query: str = "", **headers: str) -> Any:
    path = f"/v1/storefront/{shop.shop}/program{query}"
    return shop.client.ask("GET", path, key="", headers=headers)


# -- the program


def test_the_program_needs_no_token_and_may_be_kept(shop: Session) -> None:
    answered = program(shop)
    told = answered.json()
    assert answered.status == 200
    assert answered.headers["Cache-Control"] == ("public, max-age=60, stale-while-revalidate=600")
    assert told["program"]["version"] == 1
    assert told["program"]["locales"] == ["en"]
    assert [reward["id"] for reward in told["rewards"]] == ["five-off"]
    assert told["rewards"][0]["value"] == {"amount": 500, "currency": "USD"}


def test_the_program_says_how_customers_join() -> None:
    for how in ("automatic", "opt_in"):
        with open_session(join={"how": how}) as shop:
            assert program(shop).json()["join"] == {"how": how}


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_program_already_gets_304(shop: Session, form: str) -> None:
    etag = program(shop).headers["ETag"]
    answered = program(shop, **{"if-none-match": form.format(etag)})
    assert (answered.status, answered.body) == (304, b"")
    assert answered.headers["ETag"] == etag
    assert program(shop, **{"if-none-match": '"other"'}).status == 200


def test_a_new_version_has_another_etag(shop: Session) -> None:
    etag = program(shop).headers["ETag"]
    shop.publish({**TEA, "name": "Tea circle"}, NOON)
    answered = program(shop, **{"if-none-match": etag})
    assert answered.status == 200
    assert answered.json()["program"] != program(shop, "?locale=xx").headers


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", "en"), ("hu", "hu"), ("hu-HU", "hu"), ("HU", "hu"), ("fa", "en"), ("en-GB", "en"),
     ("x" * 400, "en"), ("%00", "en"), ("%F0%9F%8D%B5", "en")],
)  # fmt: skip
def test_the_program_speaks_the_nearest_language_and_names_it(asked: str, given: str) -> None:
    with open_session(**SPEAKING) as shop:
        told = program(shop, f"?locale={asked}").json()["program"]
        assert (told["locale"], told["name"]) == (given, SPEAKING["name"][given])


def test_no_program_and_no_shop(shop: Session) -> None:
    empty = {
        "shop_id": "empty",
        "name": "x",
        "currency": "USD",
        "timezone": "UTC",
        "locales": ["en"],
    }
    shop.client.post("/v1/admin/shops", empty)
    for name, code in (("empty", "program_not_live"), ("nowhere", "shop_unknown")):
        assert shop.client.code("GET", f"/v1/storefront/{name}/program", key="") == code


# -- the card


def test_the_card_of_a_shop_without_a_program_is_empty(shop: Session) -> None:
    empty = {
        "shop_id": "empty",
        "name": "x",
        "currency": "USD",
        "timezone": "UTC",
        "locales": ["hu"],
    }
    shop.client.post("/v1/admin/shops", empty)
    other = Session(shop.client, shop.table, "empty", shop.client.key)
    card = other.card()
    assert (card["member"], card["program_version"], card["locale"]) == (None, 0, "hu")
    assert code_of(other.shopper("/join")) == "program_not_live"
    assert code_of(other.redeem()) == "member_unknown"


def test_the_card_speaks_the_asked_then_the_customers_language() -> None:
    with open_session(**SPEAKING) as shop:
        shop.buy()
        assert shop.card()["points"]["points"]["text"] == "114 points"
        assert shop.card(locale="hu-HU")["points"]["points"]["text"] == "114 pont"
        shop.admin("PATCH", "/members/external:77", {"locale": "hu"})
        card = shop.card()
        assert (card["locale"], card["points"]["points"]["text"]) == ("hu", "114 pont")
        assert shop.card(locale="en")["locale"] == "en"
        assert shop.card(locale="fa")["locale"] == "hu"


def test_the_card_says_why_a_reward_is_out_of_reach(shop: Session) -> None:
    shop.buy("20.00")
    (reward,) = shop.card()["rewards"]
    assert (reward["affordable"], reward["missing"]) == (False, 30)
    assert reward["reason"] == "insufficient_points"


def test_a_card_is_never_kept_by_anybody(shop: Session) -> None:
    assert shop.shopper("/card").headers["Cache-Control"] == "no-store"


def test_reading_a_card_writes_nothing(shop: Session) -> None:
    shop.buy()
    shop.card()
    before = shop.table.items()
    shop.card()
    shop.card(view="launcher")
    shop.shopper("/history")
    assert shop.table.items() == before


# -- joining


def test_joining_is_201_with_the_card_and_then_200() -> None:
    with open_session(**WELCOME) as shop:
        first = shop.shopper("/join", {"consent": True, "birthday": "1990-02-28", "locale": "en"})
        told: Any = first.json()
        assert first.status == 201
        assert told["points"]["points"]["available"] == 100
        assert told["member"]["id"]
        again = shop.shopper("/join", {})
        assert (again.status, again.json()) == (200, told)
        profile = shop.member()["profile"]
        assert (profile["consent"], profile["birthday"]) == (True, "02-28")
        assert [entry["document"] for entry in shop.entries()] == ["joining:member"]


def test_an_automatic_program_joins_at_the_first_order_that_earns() -> None:
    with open_session(**WELCOME) as shop:
        shop.buy()
        assert [entry["points"] for entry in shop.entries()] == [114, 100]
        assert shop.shopper("/join").status == 200
        assert shop.available() == 214


def test_an_opt_in_program_waits_and_claims_recent_orders_at_joining() -> None:
    with open_session(**OPT_IN) as shop:
        shop.buy(order_id=1, at="2026-11-17T10:00:00Z")  # more than three days old
        shop.buy(order_id=2, at="2026-11-20T13:00:00Z")
        shop.buy(order_id=3, status="pending")
        assert shop.card()["member"] is None
        joined = shop.shopper("/join")
        told: Any = joined.json()
        assert (joined.status, told["points"]["points"]["available"]) == (201, 114)
        assert shop.shopper("/join").status == 200
        shop.buy(order_id=3, updated_at="2026-11-21T11:00:00Z")
        assert shop.available() == 228
        sentences = [row["sentence"] for row in shop.get("/members/external:77/documents")["items"]]
        assert len(sentences) == 3


def test_the_name_and_address_of_a_member_come_from_the_token(shop: Session) -> None:
    shop.tokens["5"] = shop.token("5", name="Ann", email="ann@example.com")
    told: Any = shop.shopper("/join", {}, "5").json()
    assert told["member"]["name"] == "Ann"
    found = shop.get("/members?email=ANN@example.com")["items"]
    assert [member["external_id"] for member in found] == ["5"]


@pytest.mark.parametrize(
    "birthday", ["1990-13-01", "1990-00-10", "90-01-01", "1990-01-01\n", "tomorrow", 1990]
)
def test_a_birthday_is_a_date(shop: Session, birthday: object) -> None:
    assert code_of(shop.shopper("/join", {"birthday": birthday})) == "value_invalid"


# -- who is asking


def test_a_token_may_come_as_bearer_or_in_a_body_of_either_type(shop: Session) -> None:
    path, token = "/v1/storefront/tea/card", shop.token()
    for media_type in ("application/json", "text/plain", "text/plain;charset=UTF-8"):
        headers = {"content-type": media_type}
        assert shop.client.code("POST", path, {"token": token}, key="", headers=headers) == "200"
        assert shop.client.code("POST", path, {}, key=token, headers=headers) == "200"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert shop.client.code("POST", path, {}, key=token, headers=headers) == (
        "media_type_unsupported"
    )


def _wrong_tokens(shop: Session, other: Session) -> dict[str, str]:
    made: Any = shop.admin("POST", "/storefront-keys", {}).json()
    key = TokenKey(made["kid"], "tea", made["secret"].encode())
    now = clock.wall_now()
    good = Customer("77", now + 60 * SECOND_MS, key.key_id)
    old = Customer("77", now - SECOND_MS, key.key_id)
    far = Customer("77", now + DAY_MS, key.key_id)
    token = mint_compact(good, key)
    return {
        "200": token,
        "200 jwt": mint_jwt(good, key),
        "token_expired": mint_compact(old, key),
        "token_expired jwt": mint_jwt(old, key),
        "token_invalid lives long": mint_compact(far, key),
        "token_invalid other secret": mint_compact(good, TokenKey(key.key_id, "tea", b"x" * 32)),
        "token_invalid other audience": mint_compact(
            good, TokenKey(key.key_id, "coffee", key.secret)
        ),
        "token_invalid other shop": other.token(),
        "token_invalid changed": token[:-1] + ("0" if token[-1] != "0" else "1"),
        "token_invalid empty": "",
        "token_invalid word": "x",
        "token_invalid huge": "v1." + "x" * 5_000,
        "token_invalid unknown key": token.replace(key.key_id, "k" * 16),
        "token_invalid api key": shop.owner,
    }


def test_every_wrong_token_is_401_on_every_route_for_customers(shop: Session) -> None:
    other = opened(shop.client, shop.table, "coffee")
    for name, token in _wrong_tokens(shop, other).items():
        shop.tokens["77"] = token
        expected = name.split(" ", maxsplit=1)[0]
        assert code_of(shop.shopper("/card")) == expected, name
        if expected == "200":
            continue
        for rest in ("/join", "/history", "/redemptions", "/redemptions/r", "/redemptions/r/undo"):
            assert code_of(shop.shopper(rest)) == expected, name


def test_a_removed_storefront_key_signs_nothing(shop: Session) -> None:
    made: Any = shop.admin("POST", "/storefront-keys", {}).json()
    key = TokenKey(made["kid"], "tea", made["secret"].encode())
    shop.tokens["77"] = mint_jwt(Customer("77", clock.wall_now() + 60 * SECOND_MS, key.key_id), key)
    assert code_of(shop.shopper("/card")) == "200"
    shop.admin("DELETE", f"/storefront-keys/{made['kid']}")
    assert code_of(shop.shopper("/card")) == "token_invalid"


def test_preflights_are_answered_for_every_route(shop: Session) -> None:
    for rest in ("/program", "/card", "/redemptions", "/redemptions/r/undo"):
        answered = shop.client.ask("OPTIONS", f"/v1/storefront/tea{rest}", key="")
        assert answered.status == 200
        assert answered.headers["Access-Control-Max-Age"] == "7200"
        allowed = answered.headers["Access-Control-Allow-Headers"]
        assert allowed == "Authorization, Content-Type, Idempotency-Key"


def test_two_sources_are_two_customers(shop: Session) -> None:
    shop.buy()
    shop.tokens["pos"] = shop.token("77", source="pos")
    assert shop.card("pos")["member"] is None
    assert shop.shopper("/join", {}, "pos").status == 201
    assert shop.member("77", "pos")["source"] == "pos"
    assert shop.member("77", "pos")["member_id"] != shop.member()["member_id"]


def test_an_order_of_the_far_past_is_not_earned_by_a_newer_program(shop: Session) -> None:
    assert shop.deliver(order_of(at="2026-11-01T10:00:00Z")).status == 200
    assert shop.member() is None
