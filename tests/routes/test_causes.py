"""Causes: what everybody sees, what staff see, and what was passed on."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import TEA
from tests.routes.house import make_shop
from tests.routes.session import FOREST, Session, open_session

TREES = {"id": "trees", "on": "order.paid", "give": [{"cause": "forest", "add": 2}]}
SECRET = {"id": "quiet", "name": {"en": "A meal", "hu": "Egy étel"}, "public_counter": False}
CAUSES = [{**FOREST, "name": {"en": "A tree", "hu": "Egy fa"}}, SECRET]


@pytest.fixture
def shop() -> Iterator[Session]:
    earn = [TEA["earn"][0], TREES]
    with open_session(earn=earn, causes=CAUSES, locales=["en", "hu"]) as session:
        yield session


def public(shop: Session, query: str = "", **headers: str) -> Any:
    return shop.client.ask(
        "GET", f"/v1/storefront/{shop.shop}/causes{query}", key="", headers=headers
    )


def settle(shop: Session, amount: int, key: str = "s1", cause: str = "forest", **more: Any) -> Any:
    body = {"amount": amount, "idempotency_key": key, **more}
    return shop.admin("POST", f"/causes/{cause}/settlements", body)


def test_everybody_sees_what_was_given_and_passed_on(shop: Session) -> None:
    shop.buy()
    settle(shop, 1)
    told: Any = public(shop, "?locale=hu").json()
    assert told == {
        "items": [
            {
                "id": "forest",
                "name": "Egy fa",
                "given": 2,
                "settled": 1,
                "proof_url": "https://example.org/trees",
            }
        ],
        "locale": "hu",
        "program_version": 1,
    }


def test_what_everybody_sees_is_cached_until_it_changes(shop: Session) -> None:
    first = public(shop)
    assert first.headers["Cache-Control"].startswith("public, max-age=60")
    etag = first.headers["ETag"]
    assert public(shop, **{"if-none-match": f'W/{etag}, "x"'}).status == 304
    shop.buy()
    assert public(shop, **{"if-none-match": etag}).status == 200


def test_staff_see_what_it_costs(shop: Session) -> None:
    shop.buy()
    settle(shop, 1)
    forest, quiet = shop.get("/causes")["items"]
    usd = {"currency": "USD"}
    assert forest == {
        "id": "forest",
        "name": "A tree",
        "given": 2,
        "settled": 1,
        "unsettled": 1,
        "public_counter": True,
        "proof_url": "https://example.org/trees",
        "unit_cost": {"amount": 100, **usd},
        "given_cost": {"amount": 200, **usd},
        "unsettled_cost": {"amount": 100, **usd},
    }
    assert (quiet["given"], quiet["public_counter"], quiet["given_cost"]) == (0, False, None)


def test_a_settlement_is_recorded_once_listed_and_in_the_audit_log(shop: Session) -> None:
    shop.buy()
    proof = "https://example.org/certificates/1"
    made = settle(shop, 2, proof_url=proof, note="spring planting")
    told: Any = made.json()
    assert made.status == 201
    assert (told["cause"], told["amount"], told["note"]) == ("forest", 2, "spring planting")
    assert told["cost"] == {"amount": 200, "currency": "USD"}
    again = settle(shop, 2, proof_url=proof, note="spring planting")
    assert (again.status, again.json()) == (200, told)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.get("/causes/forest/settlements")["items"] == [told]
    rows = shop.get("/audit-log")["items"]
    assert [row["targets"] for row in rows if "settlements" in row["action"]] == [
        {"cause": "forest", "target": told["settlement_id"]}
    ]


@pytest.mark.parametrize(
    ("amount", "changes", "code"),
    [
        (3, {}, "settlement_above_given"),
        (1, {"cause": "sea"}, "cause_unknown"),
        (0, {}, "value_invalid"),
        (1, {"proof_url": "http://plain"}, "value_invalid"),
        (1, {"key": ""}, "idempotency_key_missing"),
    ],
)
def test_what_cannot_be_settled_is_refused(
    shop: Session, amount: int, changes: dict[str, Any], code: str
) -> None:
    shop.buy()
    refused: Any = settle(shop, amount, **changes).json()
    assert refused["code"] == code


def test_settlements_of_a_cause_that_is_not_there_are_404(shop: Session) -> None:
    assert shop.code("GET", "/causes/sea/settlements") == "cause_unknown"
    assert shop.get("/causes/quiet/settlements")["items"] == []
    shop.buy()
    shop.publish({**TEA, "name": "Tea without trees"})
    assert shop.get("/causes/forest/settlements")["items"] == []


def test_the_same_key_for_something_else_is_refused(shop: Session) -> None:
    shop.buy()
    settle(shop, 1)
    refused: Any = settle(shop, 1, note="other").json()
    assert refused["code"] == "same_key_other_request"


def test_a_shop_without_a_program_shows_no_causes(shop: Session) -> None:

    make_shop(shop.client, "bare")
    told: Any = shop.client.ask("GET", "/v1/storefront/bare/causes", key="").json()
    assert told["code"] == "program_not_live"
    missing: Any = shop.client.ask("GET", "/v1/storefront/nobody/causes", key="").json()
    assert missing["code"] == "shop_unknown"
