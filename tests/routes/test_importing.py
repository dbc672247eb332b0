"""The door of a launch: rows are answered one by one, and each counts once."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.limits import IMPORT_ROWS_MAX
from tests.builders import TEA
from tests.routes.samples import EVENT
from tests.routes.session import Session, code_of, open_session

SINCE = "2019-05-01T00:00:00Z"
CUSTOMER = {"customer": {"id": "501", "email": "kim@example.com"}, "joined_at": SINCE}
BALANCE = {"id": "r1", "customer_id": "501", "unit": "points", "points": 120}
TIMES: dict[str, Any] = {"version": SINCE, "created_at": SINCE, "paid_at": SINCE}
OLD: dict[str, Any] = {**EVENT["order"], "id": "old", "customer": {"id": "501"}, **TIMES}
ORDER: dict[str, Any] = {"order": OLD, "posted_before": {"points": 40}}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        launch = {"orders": "qualify_only", "balances": "import"}
        opened.admin("PUT", "/program", {**TEA, "launch": launch})
        yield opened


def brought(shop: Session, **rows: Any) -> list[dict[str, Any]]:
    told: Any = shop.admin("POST", "/imports", rows).json()
    items: list[dict[str, Any]] = told["items"]
    return items


def test_a_file_may_be_sent_again_and_again(shop: Session) -> None:
    rows: dict[str, Any] = {"orders": [ORDER], "balances": [BALANCE], "customers": [CUSTOMER]}
    first, again = brought(shop, **rows), brought(shop, **rows)
    places = ["$.customers[0]", "$.balances[0]", "$.orders[0]"]
    assert [(each["row"], each["status"]) for each in first] == [
        (place, "recorded") for place in places
    ]
    assert {each["status"] for each in again} == {"replayed"}
    member = shop.get("/members/external:501")
    assert member["points"]["points"]["available"] == 120
    assert [entry["kind"] for entry in shop.get("/members/external:501/entries")["items"]][-1] == (
        "import"
    )


def test_a_row_that_is_wrong_is_named_and_the_others_count(shop: Session) -> None:
    found = brought(
        shop,
        customers=[CUSTOMER, {"customer": {"id": ""}}, 7],
        balances=[{**BALANCE, "points": 0}, BALANCE, {**BALANCE, "id": "r2", "customer_id": "9"}],
        orders=[{**ORDER, "posted_before": {"points": -1}}, {"order": {}}, 7, ORDER],
    )
    told = [(each["row"], each["status"], each.get("code", "")) for each in found]
    assert told == [
        ("$.customers[0]", "recorded", ""),
        ("$.customers[1]", "refused", "value_invalid"),
        ("$.customers[2]", "refused", "value_invalid"),
        ("$.balances[0]", "refused", "value_invalid"),
        ("$.balances[1]", "recorded", ""),
        ("$.balances[2]", "refused", "member_unknown"),
        ("$.orders[0]", "refused", "value_invalid"),
        ("$.orders[1]", "refused", "value_invalid"),
        ("$.orders[2]", "refused", "value_invalid"),
        ("$.orders[3]", "recorded", ""),
    ]


def test_an_order_that_counts_nothing_says_why(shop: Session) -> None:
    (row,) = brought(shop, orders=[ORDER])
    assert (row["status"], row["reason"]) == ("ignored", "not_a_member")


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"balances": {}},
        {"members": []},
        {"balances": [BALANCE] * (IMPORT_ROWS_MAX + 1)},
    ],
)
def test_what_is_no_list_of_rows_is_refused(shop: Session, rows: dict[str, Any]) -> None:
    assert code_of(shop.admin("POST", "/imports", rows)) == "value_invalid"
