"""Staff and points: adjustments by hand, redemptions for a member, codes at the till."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.points import POINTS_MAX
from tests.builders import NOON, TEA
from tests.routes.session import Session, code_of, open_session


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        opened.buy()
        yield opened


def problem(answered: Any) -> tuple[int, str, str]:
    """Status, code and the place of the first error."""
    told = answered.json()
    errors = told.get("errors") or [{"path": ""}]
    return answered.status, told["code"], errors[0]["path"]


def redeem(shop: Session, key: str = "k1", reward: str = "five-off", customer: str = "77") -> Any:
    path = f"/members/external:{customer}/redemptions"
    return shop.admin("POST", path, {"reward_id": reward}, headers={"Idempotency-Key": key})


# -- adjustments


def test_points_are_given_and_taken_with_a_reason(shop: Session) -> None:
    given, taken = shop.adjust(100, "a1"), shop.adjust(-14, "a2")
    told: list[Any] = [given.json(), taken.json()]
    assert (given.status, taken.status) == (201, 201)
    assert [(entry["seq"], entry["points"], entry["booked_after"]) for entry in told] == [
        (2, 100, 214),
        (3, -14, 200),
    ]
    assert told == shop.entries()[1::-1]
    assert {entry["kind"] for entry in told} == {"adjust"}
    document = shop.get(f"/members/external:77/documents/{told[0]['document']}")
    assert document["content"]["reason"] == "said sorry"
    assert document["content"]["actor"].startswith("key:")


def test_the_same_adjustment_again_is_the_same_entry(shop: Session) -> None:
    first, again = shop.adjust(100), shop.adjust(100)
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.available() == 214


@pytest.mark.parametrize("change", [{"points": 101}, {"reason": "other"}])
def test_another_adjustment_under_the_same_key_is_422(
    shop: Session, change: dict[str, Any]
) -> None:
    shop.adjust(100)
    points = change.pop("points", 100)
    assert code_of(shop.adjust(points, **change)) == "same_key_other_request"
    assert shop.available() == 214


def test_a_key_is_the_members_own(shop: Session) -> None:
    shop.buy(order_id=1002, customer={"id": 78, "email": "b@example.com"})
    assert shop.adjust(1, customer="77").status == 201
    assert shop.adjust(1, customer="78").status == 201


def test_nobody_is_put_into_debt_by_hand(shop: Session) -> None:
    assert code_of(shop.adjust(-115)) == "insufficient_points"
    assert shop.adjust(-114).status == 201
    assert shop.available() == 0


@pytest.mark.parametrize(
    "points",
    [0, 1.5, 1.0, -0.1, 1e3, POINTS_MAX + 1, -POINTS_MAX - 1, 10**30, "5", True, None, [], {}],
    ids=str,
)
def test_points_are_whole_and_within_bounds(shop: Session, points: object) -> None:
    assert problem(shop.adjust(points)) == (422, "value_invalid", "$.points")


def test_the_largest_adjustment_is_taken(shop: Session) -> None:
    assert shop.adjust(POINTS_MAX, "a1").status == 201
    assert shop.adjust(-POINTS_MAX, "a2").status == 201
    assert shop.available() == 114


@pytest.mark.parametrize("points", [b"1e400", b"NaN", b"Infinity", b"01", b"--1", b"1_000"])
def test_numbers_that_are_none_are_malformed(shop: Session, points: bytes) -> None:
    body = b'{"unit": "points", "reason": "x", "points": ' + points + b"}"
    path = "/members/external:77/adjustments"
    answered = shop.admin("POST", path, body, headers={"Idempotency-Key": "k"})
    assert problem(answered)[:2] == (400, "request_malformed")


@pytest.mark.parametrize("unit", ["nothing", "Points", "points ", "é", "x" * 128])
def test_a_unit_that_the_program_does_not_have_is_named(shop: Session, unit: str) -> None:
    answered = shop.adjust(5, unit=unit)
    assert (answered.status, code_of(answered)) == (422, "unit_unknown")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reason": ""}, "$.reason"),
        ({"reason": "x" * 501}, "$.reason"),
        ({"reason": "a\u0007"}, "$.reason"),
        ({"reason": None}, "$.reason"),
        ({"unit": ""}, "$.unit"),
        ({"unit": "x" * 129}, "$.unit"),
        ({"unit": 5}, "$.unit"),
        ({"member": "other"}, "$.member"),
        ({"idempotency_key": "other"}, "$.idempotency_key"),
        ({"idempotency_key": 5}, "$.idempotency_key"),
    ],
)
def test_a_wrong_adjustment_is_refused_with_its_place(
    shop: Session, change: dict[str, Any], path: str
) -> None:
    assert problem(shop.adjust(5, **change)) == (422, "value_invalid", path)
    assert shop.available() == 114


@pytest.mark.parametrize("missing", ["unit", "points", "reason"])
def test_what_is_missing_is_named(shop: Session, missing: str) -> None:
    body = {"unit": "points", "points": 5, "reason": "x"}
    del body[missing]
    path = "/members/external:77/adjustments"
    answered = shop.admin("POST", path, body, headers={"Idempotency-Key": "k"})
    assert problem(answered) == (422, "value_invalid", f"$.{missing}")


def test_moving_points_needs_an_idempotency_key(shop: Session) -> None:
    body = {"unit": "points", "points": 5, "reason": "x"}
    path = "/members/external:77"
    assert shop.code("POST", f"{path}/adjustments", body) == "idempotency_key_missing"
    wish = {"reward_id": "five-off"}
    assert shop.code("POST", f"{path}/redemptions", wish) == "idempotency_key_missing"
    assert shop.code("POST", f"{path}/adjustments", {**body, "idempotency_key": "k"}) == "201"
    headers = {"Idempotency-Key": "k"}
    assert shop.code("POST", f"{path}/adjustments", body, headers=headers) == "200"


def test_a_member_without_a_program_can_not_be_adjusted(shop: Session) -> None:
    empty = {"shop_id": "empty", "name": "x", "currency": "USD", "timezone": "UTC"}
    shop.client.post("/v1/admin/shops", {**empty, "locales": ["en"]})
    other = Session(shop.client, shop.table, "empty", shop.client.key)
    assert other.code("POST", "/members", {"external_id": "5"}) == "program_not_live"
    assert code_of(other.adjust(5)) == "member_unknown"


# -- redemptions


def test_staff_redeem_for_a_member(shop: Session) -> None:
    first, again = redeem(shop), redeem(shop)
    told = first.json()
    assert (first.status, again.status) == (201, 200)
    assert again.json() == told
    assert again.headers["Idempotent-Replayed"] == "true"
    assert set(told) == {
        "redemption_id", "member_id", "reward_id", "status", "code", "fulfilment", "unit", "cost",
        "returned", "requested_at", "expires_at", "undo_until", "used_by", "program_version",
        "worth", "kind",
    }  # fmt: skip
    assert (told["status"], told["unit"], told["cost"]) == ("ready", "points", 50)
    assert told["member_id"] == shop.member()["member_id"]
    shown: Any = shop.shopper(f"/redemptions/{told['redemption_id']}").json()
    assert shown["code"] == told["code"]


def test_staff_and_shopper_share_the_members_keys(shop: Session) -> None:
    told: Any = shop.redeem("k1").json()
    assert redeem(shop, "k1").json()["redemption_id"] == told["redemption_id"]
    assert shop.available() == 64


def test_every_reason_against_a_redemption_has_its_code(shop: Session) -> None:
    more = {**TEA["rewards"][0], "id": "other"}
    shop.publish({**TEA, "rewards": [*TEA["rewards"], more]}, NOON)
    assert code_of(redeem(shop, reward="nothing")) == "reward_unknown"
    assert code_of(redeem(shop, customer="78")) == "member_unknown"
    assert code_of(redeem(shop, "k1")) == "201"
    assert code_of(redeem(shop, "k1", "other")) == "same_key_other_request"
    assert code_of(redeem(shop, "k2")) == "201"
    assert code_of(redeem(shop, "k3")) == "insufficient_points"
    assert shop.available() == 14


@pytest.mark.parametrize("reward", ["", "x" * 129, "a\nb", None, 5, ["five-off"]])
def test_a_reward_is_named_by_an_id(shop: Session, reward: Any) -> None:
    assert problem(redeem(shop, reward=reward)) == (422, "value_invalid", "$.reward_id")


# -- codes


def test_a_code_is_found_however_it_is_typed(shop: Session) -> None:
    told = redeem(shop).json()
    code = told["code"]
    plain = code.replace("-", "")
    for typed in (
        code,
        code.lower(),
        plain,
        plain.lower(),
        code.replace("-", "%20"),
        f"%20{code}%20",
        f"{plain[:2]}-{plain[2:]}",
        code.replace("-", "."),
        code.replace("-", "%E2%80%93"),
    ):
        assert shop.get(f"/codes/{typed}") == told


@pytest.mark.parametrize(
    "code", ["x", "AAAA-AAAA-AA", "%23", "-", "%F0%9F%8D%B5", "AAAA-AAAA-AAA", "x" * 128, "%C3%9F"]
)
def test_a_code_that_nobody_has_is_404(shop: Session, code: str) -> None:
    assert shop.code("GET", f"/codes/{code}") == "redemption_unknown"


def test_a_code_that_was_undone_says_so(shop: Session) -> None:
    told: Any = shop.redeem().json()
    shop.shopper(f"/redemptions/{told['redemption_id']}/undo")
    staff = shop.get(f"/codes/{told['code']}")
    assert (staff["status"], staff["returned"], staff["undo_until"]) == ("undone", 50, None)
