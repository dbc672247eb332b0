"""Partners at the door: prices, months as JSON and CSV, and settling one that is over."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON, TEA
from tests.routes.session import Session, open_session

FUEL = {"id": "main-shop", "name": {"en": "Our shop", "hu": "A boltunk"}, "connection": "main",
        "buys_point_at": "0.015"}  # fmt: skip
PAID = {**TEA["earn"][0], "paid_by": "main-shop"}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session(earn=[PAID], partners=[FUEL]) as session:
        yield session


def month(shop: Session, name: str = "2026-11", query: str = "", **how: Any) -> Any:
    return shop.admin("GET", f"/partners/main-shop/months/{name}{query}", **how)


def settle(shop: Session, days: int, **body: Any) -> Any:
    at = {"x-laurel-now": iso(NOON + days * DAY_MS)}
    path = "/partners/main-shop/months/2026-11/settlement"
    return shop.admin("POST", path, body, headers=at)


def test_partners_are_listed_with_their_prices(shop: Session) -> None:
    (listed,) = shop.get("/partners")["items"]
    assert listed == {
        "id": "main-shop",
        "name": "Our shop",
        "connection": "main",
        "earns": True,
        "burns": True,
        "buys_point_at": "0.015",
        "paid_per_point_burned": None,
        "currency": "USD",
    }


def test_a_month_tells_points_and_money(shop: Session) -> None:
    shop.buy("114.50")
    assert month(shop).json() == {
        "partner": "main-shop",
        "month": "2026-11",
        "currency": "USD",
        "units": [{"unit": "points", "issued": 114, "reversed": 0, "burned": 0, "returned": 0}],
        "owed": 171,
        "due": 0,
        "net": 171,
        "documents": 1,
        "is_over": False,
        "settlement": None,
    }


def test_a_month_is_a_table_for_spreadsheets_too(shop: Session) -> None:
    shop.buy("114.50")
    answered = month(shop, query="?format=csv")
    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answered.body.decode()))
    assert (row["document"], row["issued"]) == ("order:main:1001", "114")
    assert int(row["owed_millionths"]) == 171_000_000


def test_a_month_is_settled_once_it_is_over_and_the_first_word_stays(shop: Session) -> None:
    shop.buy("114.50")
    assert settle(shop, 0).json()["code"] == "month_open"
    first = settle(shop, 20, note="paid by transfer")
    assert (first.status, first.json()["net"], first.json()["note"]) == (
        201, 171, "paid by transfer",
    )  # fmt: skip
    assert settle(shop, 21, note="again").json() == first.json()
    assert month(shop).json()["settlement"] == first.json()


@pytest.mark.parametrize("name", ["2026-13", "november", "2026-1", "0000-11", "9999-12"])
def test_a_month_that_is_none_is_refused(shop: Session, name: str) -> None:
    assert month(shop, name).json()["code"] == "value_invalid"


def test_a_stranger_is_no_partner(shop: Session) -> None:
    for path in ("/partners/sea/months/2026-11", "/partners/sea/months/never"):
        assert shop.code("GET", path) == "partner_unknown"


def test_who_left_the_program_is_there_for_the_months_that_were_booked(shop: Session) -> None:
    shop.buy("114.50")
    shop.publish({**TEA, "earn": [TEA["earn"][0]]}, NOON)
    assert month(shop).json()["owed"] == 171
    assert month(shop, "2026-10").json()["code"] == "partner_unknown"
