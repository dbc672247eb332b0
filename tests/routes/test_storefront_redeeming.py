"""What shoppers do: redeem, undo, and read their history page by page, each to the letter."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON, TEA
from tests.routes.session import Session, code_of, open_session


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened_shop:
        yield opened_shop


def test_redeeming_needs_a_key_in_body_or_header(shop: Session) -> None:
    shop.buy()
    wish = {"reward_id": "five-off"}
    assert code_of(shop.shopper("/redemptions", wish)) == "idempotency_key_missing"
    assert code_of(shop.shopper("/redemptions", {**wish, "idempotency_key": ""})) == (
        "idempotency_key_missing"
    )
    first = shop.shopper("/redemptions", wish, headers={"Idempotency-Key": "k1"})
    again = shop.redeem("k1")
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    for key in ("k" * 256, "a\nb", 7, None, ["k"]):
        assert code_of(shop.shopper("/redemptions", {**wish, "idempotency_key": key})) in {
            "value_invalid",
            "idempotency_key_missing",
        }
    assert shop.available() == 64


def test_a_key_is_the_members_own(shop: Session) -> None:
    shop.buy()
    shop.buy(order_id=1002, customer={"id": 78, "email": "b@example.com"})
    first, second = shop.redeem("k1"), shop.redeem("k1", customer="78")
    assert (first.status, second.status) == (201, 201)
    codes: list[Any] = [first.json(), second.json()]
    assert codes[0]["code"] != codes[1]["code"]


def test_the_same_key_for_another_reward_is_422(shop: Session) -> None:
    more = {**TEA["rewards"][0], "id": "other"}
    shop.publish({**TEA, "rewards": [*TEA["rewards"], more]}, NOON)
    shop.buy()
    assert shop.redeem("k1").status == 201
    assert code_of(shop.redeem("k1", "other")) == "same_key_other_request"
    assert shop.available() == 64


def test_every_reason_against_a_redemption_has_its_code(shop: Session) -> None:
    assert code_of(shop.redeem()) == "member_unknown"
    shop.buy("20.00")
    assert code_of(shop.redeem(reward="nothing")) == "reward_unknown"
    assert code_of(shop.redeem()) == "insufficient_points"
    shop.buy("40.00", 1002)
    assert code_of(shop.redeem()) == "201"


def test_a_refusal_is_not_recorded_so_the_key_is_still_good(shop: Session) -> None:
    shop.buy("20.00")
    assert code_of(shop.redeem("k1")) == "insufficient_points"
    shop.buy("40.00", 1002)
    assert code_of(shop.redeem("k1")) == "201"


def test_limits_stock_and_audience_are_refused_by_name() -> None:
    reward = TEA["rewards"][0]
    cost = {"cost": {"unit": "points", "amount": 1}}
    rewards = [
        {**reward, **cost, "id": "once", "limit": {"times": 1, "window": "lifetime"}},
        {**reward, **cost, "id": "last", "stock": 1},
        {**reward, **cost, "id": "golden", "who": {"member.tags": {"has": "gold"}}},
    ]
    with open_session(rewards=rewards) as shop:
        shop.buy()
        shop.buy(order_id=1002, price="50.00", customer={"id": 78, "email": "b@example.com"})
        assert [code_of(shop.redeem(key, "once")) for key in "ab"] == ["201", "limit_reached"]
        assert code_of(shop.redeem("c", "last")) == "201"
        assert code_of(shop.redeem("c", "last", "78")) == "reward_out_of_stock"
        assert code_of(shop.redeem("d", "golden")) == "reward_not_for_you"
        reasons = {each["id"]: each["reason"] for each in shop.card()["rewards"]}
        assert reasons["once"] == "limit_reached"
        assert reasons["golden"] == "reward_not_for_you"


def test_undo_gives_all_back_and_twice_is_once(shop: Session) -> None:
    shop.buy()
    told: Any = shop.redeem().json()
    path = f"/redemptions/{told['redemption_id']}"
    assert shop.shopper(path).json() == told
    undone: Any = shop.shopper(f"{path}/undo")
    body = undone.json()
    assert (undone.status, body["status"], body["undo_until"]) == (200, "undone", None)
    assert body["points"]["points"]["available"] == 114
    again = shop.shopper(f"{path}/undo")
    assert (again.status, again.json()) == (200, body)
    replayed: Any = shop.redeem().json()
    assert (replayed["status"], replayed["code"]) == ("undone", told["code"])
    assert shop.available() == 114


def test_undo_ends_with_its_window(shop: Session) -> None:
    shop.buy()
    told: Any = shop.redeem().json()
    later = {"x-laurel-now": iso(NOON + 31 * DAY_MS)}
    path = f"/redemptions/{told['redemption_id']}"
    shown: Any = shop.shopper(path, headers=later).json()
    assert shown["undo_until"] is None
    assert code_of(shop.shopper(f"{path}/undo", headers=later)) == "redemption_not_undoable"


def test_a_redemption_is_its_members_alone(shop: Session) -> None:
    shop.buy()
    shop.buy(order_id=1002, customer={"id": 78, "email": "b@example.com"})
    told: Any = shop.redeem().json()
    for path in (f"/redemptions/{told['redemption_id']}", "/redemptions/nothing"):
        for customer in ("78", "79") if told["redemption_id"] in path else ("77",):
            assert code_of(shop.shopper(path, {}, customer)) == "redemption_unknown"
            assert code_of(shop.shopper(f"{path}/undo", {}, customer)) == "redemption_unknown"
            wrong = {"colour": "red"}  # a 404 goes before a 422
            assert code_of(shop.shopper(path, wrong, customer)) == "redemption_unknown"
    assert shop.available() == 64


# -- history


def test_history_is_paged_newest_first_in_words(shop: Session) -> None:
    shop.buy()
    shop.redeem("k1")
    shop.redeem("k2")
    pages: list[Any] = [shop.shopper("/history", {"limit": 2}).json()]
    while pages[-1]["next_cursor"]:
        body = {"limit": 2, "cursor": pages[-1]["next_cursor"]}
        pages.append(shop.shopper("/history", body).json())
    rows = [row for page in pages for row in page["items"]]
    assert [row["seq"] for row in rows] == [3, 2, 1]
    assert [row["sentence"] for row in rows][:2] == ["Redeemed: $5 off"] * 2
    assert pages[0]["locale"] == "en"
    assert set(rows[0]) == {
        "seq", "unit", "points", "kind", "occurred_at", "recorded_at", "sentence", "explanation",
    }  # fmt: skip
    whole: Any = shop.shopper("/history").json()
    assert (whole["items"], whole["next_cursor"]) == (rows, None)


def test_a_cursor_is_good_for_one_list_of_one_customer(shop: Session) -> None:
    shop.buy()
    shop.redeem()
    shop.buy(order_id=1002, customer={"id": 78, "email": "b@example.com"})
    page: Any = shop.shopper("/history", {"limit": 1}).json()
    cursor = page["next_cursor"]
    staff = shop.get("/members/external:77/entries?limit=1")["next_cursor"]
    assert code_of(shop.shopper("/history", {"cursor": cursor})) == "200"
    assert code_of(shop.shopper("/history", {"cursor": cursor}, "78")) == "cursor_invalid"
    for wrong in (staff, cursor[:-1], cursor + "A", "x", "é", "a" * 4_096, cursor[::-1]):
        assert code_of(shop.shopper("/history", {"cursor": wrong})) == "cursor_invalid"
    assert shop.code("GET", f"/members/external:77/entries?cursor={cursor}") == "cursor_invalid"
    for wrong in ("a" * 4_097, 7):
        assert code_of(shop.shopper("/history", {"cursor": wrong})) == "value_invalid"


@pytest.mark.parametrize("limit", [0, -1, 201, 1.5, "10", True])
def test_a_page_has_one_to_two_hundred_rows(shop: Session, limit: object) -> None:
    assert code_of(shop.shopper("/history", {"limit": limit})) == "value_invalid"


def test_history_is_for_members(shop: Session) -> None:
    assert code_of(shop.shopper("/history")) == "member_unknown"


BY_STEPS: dict[str, Any] = {
    key: value
    for key, value in {
        **TEA["rewards"][0],
        "cost": {"unit": "points", "step": 10, "min": 20},
        "per_step": {"USD": 100},
        "max_share_of_order": "0.5",
    }.items()
    if key != "value"
}


def told(shop: Session, path: str, body: dict[str, Any]) -> Any:
    """What the shopper is answered."""
    return shop.shopper(path, body).json()


def test_a_shopper_chooses_how_many_steps_to_pay_with(shop: Session) -> None:
    shop.publish({**TEA, "rewards": [BY_STEPS]}, NOON)
    shop.buy()
    (offer,) = told(shop, "/card", {})["rewards"]
    assert offer["cost"] == {"unit": "points", "amount": 20}
    assert (offer["affordable"], offer["missing"]) == (True, 0)
    assert offer["steps"] == {"least": 2, "most": 1_000_000, "best": 11}
    cart = {"order_net": {"amount": 1_200, "currency": "USD"}}
    assert told(shop, "/card", cart)["rewards"][0]["steps"]["best"] == 6
    wish = {"reward_id": "five-off", "idempotency_key": "k1", "steps": 7}
    assert code_of(shop.shopper("/redemptions", {**wish, **cart})) == "below_minimum"
    made = told(shop, "/redemptions", {**wish, **cart, "steps": 6})
    assert (made["steps"], made["points"]["points"]["available"]) == (6, 54)
    assert made["worth"] == {"amount": 600, "currency": "USD"}
    assert made["min_order"] == {"amount": 1_200, "currency": "USD"}
    (code,) = told(shop, "/card", {})["codes"]
    assert (code["worth"], code["min_order"]) == (made["worth"], made["min_order"])
    assert code_of(shop.shopper("/redemptions", {**wish, "steps": 0})) == "value_invalid"


def test_a_cart_too_small_for_any_step_says_so(shop: Session) -> None:
    shop.publish({**TEA, "rewards": [BY_STEPS]}, NOON)
    shop.buy()
    cart = {"order_net": {"amount": 399, "currency": "USD"}}
    (offer,) = told(shop, "/card", cart)["rewards"]
    assert (offer["affordable"], offer["reason"]) == (False, "below_minimum")
    assert offer["steps"]["best"] == 0
    abroad = {"order_net": {"amount": 1, "currency": "HUF"}}
    (offer,) = told(shop, "/card", abroad)["rewards"]
    assert offer["affordable"]
