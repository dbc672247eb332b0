"""Gifts, merges and erasures over HTTP: statuses, replays, who is told what."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.routes.session import GIFTS, Session, code_of, open_session


@pytest.fixture
def shop() -> Iterator[Session]:
    """Customer 77 with 114 points, and 78 with none."""
    with open_session(units=GIFTS) as opened:
        opened.buy()
        assert opened.admin("POST", "/members", {"external_id": "78"}).status == 201
        yield opened


def give(shop: Session, points: int = 4, **changes: Any) -> Any:
    body = {"to": "external:78", "unit": "points", "points": points, "idempotency_key": "g1"}
    return shop.admin("POST", "/members/external:77/transfers", body | changes)


def available(shop: Session, customer: str) -> int:
    return int(shop.member(customer)["points"]["points"]["available"])


def test_a_gift_is_201_then_200(shop: Session) -> None:
    first, again = give(shop, message="for you"), give(shop, message="for you")
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["message"] == "for you"
    assert (available(shop, "77"), available(shop, "78")) == (110, 4)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"to": "external:nobody"}, 404, "member_unknown"),
        ({"to": "external:77"}, 422, "value_invalid"),
        ({"to": ""}, 422, "value_invalid"),
        ({"points": 0}, 422, "value_invalid"),
        ({"unit": "stars"}, 422, "unit_unknown"),
        ({"points": 10}, 409, "limit_reached"),
        ({"idempotency_key": ""}, 400, "idempotency_key_missing"),
    ],
)
def test_gifts_that_cannot_be(
    shop: Session, changes: dict[str, Any], status: int, code: str
) -> None:
    answered = give(shop, **changes)
    assert (answered.status, code_of(answered)) == (status, code)


def test_a_merge_is_201_then_200_and_the_old_id_leads_on(shop: Session) -> None:
    kept = shop.member("78")["member_id"]
    asked = ("POST", "/members/external:77/merge", {"into": "external:78"})
    first, again = (shop.admin(*asked) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    made: Any = first.json()
    assert made["points"] == {"points": 114}
    assert shop.member("77")["member_id"] == kept
    assert shop.member("77")["points"]["points"]["available"] == 114
    name = f"merge:{made['merged_id']}"
    told = shop.get(f"/members/external:77/explain/{name}")
    assert told["sentence"] == "Another member was merged into this one: 114 points moved."
    back = shop.admin("POST", "/members/external:78/merge", {"into": "external:77"})
    assert (back.status, code_of(back)) == (422, "value_invalid")


def test_an_adjustment_across_a_merge_is_a_replay(shop: Session) -> None:
    assert shop.adjust(5, "a").status == 201
    assert shop.admin("POST", "/members/external:77/merge", {"into": "external:78"}).status == 201
    assert shop.adjust(5, "a").status == 200
    assert available(shop, "78") == 119


def test_erasure_is_204_again_and_again_and_then_410(shop: Session) -> None:
    assert [shop.admin("DELETE", "/members/external:77").status for _ in range(2)] == [204, 204]
    assert shop.admin("DELETE", "/members/external:nobody").status == 404
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "Kata"}),
        ("GET", "/entries", None),
        ("GET", "/documents", None),
        ("POST", "/merge", {"into": "external:78"}),
        ("POST", "/redemptions", {"reward_id": "five-off", "idempotency_key": "k"}),
    ):
        answered = shop.admin(method, f"/members/external:77{path}", body)
        assert (answered.status, code_of(answered)) == (410, "member_erased"), path
    assert (give(shop).status, give(shop, to="external:77").status) == (410, 410)


def test_the_card_of_an_erased_customer_is_of_nobody(shop: Session) -> None:
    assert shop.card()["member"] is not None
    shop.admin("DELETE", "/members/external:77")
    assert shop.card()["member"] is None
