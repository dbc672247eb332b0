"""What staff hand over, to the letter."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import NOON, TEA
from tests.routes.session import Session, code_of, open_session

DASH: dict[str, Any] = {
    **{key: value for key, value in TEA["rewards"][0].items() if key != "value"},
    "id": "dash",
    "kind": "experience",
    "fulfil_note": "One basket",
}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened_shop:
        yield opened_shop


def test_staff_see_what_waits_and_mark_it_as_done(shop: Session) -> None:
    shop.publish({**TEA, "rewards": [DASH]}, NOON)
    shop.buy()
    made: Any = shop.redeem("k1", "dash").json()
    assert made["fulfilment"] == "staff"
    (row,) = listed(shop)
    assert (row["redemption_id"], row["kind"]) == (made["redemption_id"], "experience")
    assert (row["status"], row["fulfil_note"]) == ("ready", "One basket")
    path = f"/members/external:77/redemptions/{made['redemption_id']}/fulfil"
    first, again = shop.admin("POST", path), shop.admin("POST", path)
    assert (first.status, again.status) == (200, 200)
    told: Any = first.json()
    assert (told["status"], told["fulfilled_by"] is not None) == ("fulfilled", True)
    assert again.json() == told
    assert listed(shop) == []


def test_what_is_not_there_or_not_open_is_refused(shop: Session) -> None:
    shop.buy()
    made: Any = shop.redeem().json()
    assert code_of(shop.admin("POST", "/members/external:77/redemptions/none/fulfil")) == (
        "redemption_unknown"
    )
    assert code_of(shop.admin("POST", "/members/external:99/redemptions/none/fulfil")) == (
        "member_unknown"
    )
    shop.shopper(f"/redemptions/{made['redemption_id']}/undo", {})
    path = f"/members/external:77/redemptions/{made['redemption_id']}/fulfil"
    assert code_of(shop.admin("POST", path)) == "redemption_not_open"


def listed(shop: Session) -> Any:
    page: Any = shop.admin("GET", "/redemptions/open").json()
    return page["items"]
