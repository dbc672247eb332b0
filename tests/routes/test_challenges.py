"""Challenges through the doors: taking part, progress and badges on the card."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import program
from tests.routes.session import Session, code_of, open_session

LOYAL = {
    "id": "loyal", "name": {"en": "Two orders", "hu": "Két rendelés"}, "kind": "count",
    "on": "order.paid", "target": 2, "join": "opt_in", "to": "2030-12-31",
    "give": [{"add": 5, "unit": "points"}, {"badge": "regular"}], "board": {"size": 2},
}  # fmt: skip
OVER = {**LOYAL, "id": "over", "to": "2020-12-31"}
OPEN = {
    "id": "weeks", "name": "Every week", "kind": "streak", "on": "order.paid", "every": "week",
    "target": 3, "give": [{"badge": "regular"}],
}  # fmt: skip


@pytest.fixture
def shop() -> Iterator[Session]:
    program = {"challenges": [LOYAL, OVER, OPEN], "badges": [{"id": "regular", "name": "Regular"}]}
    with open_session(locales=["en", "hu"], **program) as opened:
        yield opened


def join(shop: Session, challenge: str = "loyal", **body: Any) -> Any:
    headers = {"x-laurel-now": "2026-11-21T08:00:00Z"}  # before the orders of a session
    return shop.shopper(f"/challenges/{challenge}/join", body, headers=headers)


def challenge(shop: Session, name: str) -> Any:
    return next(each for each in shop.card()["challenges"] if each["id"] == name)


def test_who_takes_part_counts_from_then_on_and_wears_the_badge(shop: Session) -> None:
    shop.buy(order_id=1)
    assert challenge(shop, "loyal")["takes_part"] is False
    made, again = join(shop, locale="hu"), join(shop)
    assert (made.status, again.status) == (201, 200)
    assert (made.json()["name"], made.json()["takes_part"]) == ("Két rendelés", True)
    assert challenge(shop, "loyal")["value"] == 0
    shop.buy(order_id=2)
    told = challenge(shop, "loyal")
    assert (told["value"], told["target"], told["completed"]) == (1, 2, 0)
    assert told["ends_at"] == "2031-01-01T00:00:00Z"
    shop.buy(order_id=3)
    assert challenge(shop, "loyal")["completed"] == 1
    assert [badge["name"] for badge in shop.card()["badges"]] == ["Regular"]
    assert challenge(shop, "weeks")["value"] == 1


def test_what_nobody_can_take_part_in_is_unknown(shop: Session) -> None:
    assert code_of(join(shop)) == "member_unknown"
    shop.buy()
    for name in ("weeks", "over", "gone"):
        assert code_of(join(shop, name)) == "challenge_unknown"
    assert [each["id"] for each in shop.card()["challenges"]] == ["loyal", "weeks"]


def test_everybody_sees_the_board_and_names_of_who_agreed(shop: Session) -> None:
    for customer in ("77", "88"):
        shop.shopper("/join", {"consent": customer == "77"}, customer)
        headers = {"x-laurel-now": "2026-11-21T08:00:00Z"}
        shop.shopper("/challenges/loyal/join", {}, customer, headers=headers)
    shop.admin("PATCH", "/members/external:77", {"name": "Kata Nagy"})
    shop.buy(order_id=1)
    shop.buy(order_id=2)
    told: Any = shop.client.ask("GET", "/v1/storefront/tea/boards/loyal?locale=hu", key="").json()
    assert (told["name"], told["is_closed"]) == ("Két rendelés", False)
    assert told["items"] == [{"rank": 1, "name": "Kata", "score": 2}]
    gone = shop.client.ask("GET", "/v1/storefront/tea/boards/weeks", key="")
    assert code_of(gone) == "challenge_unknown"


def held_out(shop: Session) -> None:
    """From now on everybody is held out; they keep what they have."""
    told = {"challenges": [LOYAL, OPEN], "badges": [{"id": "regular", "name": "Regular"}]}
    shop.publish(program(holdout="1", **told))


def test_who_is_held_out_sees_and_joins_no_challenge(shop: Session) -> None:
    held_out(shop)
    shop.buy(order_id=1)
    assert shop.card()["challenges"] == []
    assert code_of(join(shop)) == "challenge_unknown"
    told = shop.get("/members/external:77/explain/order:main:1")
    said = [row["sentence"] for row in told["trace"] if row["code"] == "challenge_held_out"]
    assert said == [
        "Challenge Two orders: the member is in the holdout.",
        "Challenge Every week: the member is in the holdout.",
    ]
    assert "counts_for" not in {row["code"] for row in told["trace"]}


def test_who_is_held_out_since_keeps_what_they_completed(shop: Session) -> None:
    shop.shopper("/join", {})
    join(shop)
    shop.buy(order_id=1)
    shop.buy(order_id=2)
    held_out(shop)
    shop.buy(order_id=3)
    assert [
        (each["id"], each["completed"], each["takes_part"]) for each in shop.card()["challenges"]
    ] == [("loyal", 1, False)]
    assert join(shop).status == 200  # asked again, it is answered as before
