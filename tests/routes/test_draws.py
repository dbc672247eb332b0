"""Draws that everybody checks: the public page of days, and the script that needs no network."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso, utc_day
from tests.builders import NOON, TEA
from tests.house.tree import ROOT
from tests.routes.samples import EVENT
from tests.routes.session import Session, open_session

SCRIPT = ROOT / "docs" / "verify_draw.py"
BRANCHES = [{"weight": 1}, {"weight": 999_999, "give": [{"add": 5, "unit": "points"}]}]
WHEEL = {"id": "wheel", "on": "order.paid", "give": [{"chance": BRANCHES}]}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session(earn=[TEA["earn"][0], WHEEL]) as session:
        yield session


def at(day: int) -> dict[str, str]:
    return {"x-laurel-now": iso(NOON + day * DAY_MS)}


def days(shop: Session, query: str = "", day: int = 0) -> list[Any]:
    path = f"/v1/storefront/{shop.shop}/draws{query}"
    told: Any = shop.client.ask("GET", path, key="", headers=at(day)).json()
    return list(told["items"])


def test_the_hash_of_today_is_public_and_no_later_one(shop: Session) -> None:
    newest = days(shop, "?until=2099-01-01")[0]
    assert (newest["day"], newest["secret"], len(newest["hash"])) == (utc_day(NOON), None, 64)


def test_a_secret_is_shown_seven_days_after_its_day_and_fits_its_hash(shop: Session) -> None:
    kept = days(shop)[0]["hash"]
    of_day = f"?until={utc_day(NOON)}"
    assert (
        days(shop, of_day, day=7)[0]["secret"] is None
    )  # its day ended seven days ago at midnight
    shown = days(shop, of_day, day=8)[0]
    assert shown["hash"] == kept
    assert hashlib.sha256(bytes.fromhex(shown["secret"])).hexdigest() == kept


def test_a_page_holds_a_month_and_nothing_from_before_the_shop(shop: Session) -> None:
    assert len(days(shop, day=400)) == 31
    assert len(days(shop)) < 31


@pytest.mark.parametrize("until", ["yesterday", "2026-13-01", "", "99999-01-01"])
def test_a_day_that_is_none_is_refused(shop: Session, until: str) -> None:
    answered: Any = shop.client.ask(
        "GET", f"/v1/storefront/{shop.shop}/draws?until={until}", key=""
    ).json()
    assert answered["code"] == "value_invalid"


def test_nobody_has_draws_in_a_shop_that_is_not_there(shop: Session) -> None:
    answered: Any = shop.client.ask("GET", "/v1/storefront/nobody/draws", key="").json()
    assert answered["code"] == "shop_unknown"


def drawn(shop: Session) -> dict[str, Any]:
    """What the shop tells of the draw of order 1001, and of its day a week later."""
    path = "/members/external:77/explain/order:main:1001"
    trace = shop.get(path)["trace"]
    row = next(row for row in trace if row["code"] == "drawn")
    shown = days(shop, f"?until={utc_day(NOON)}", day=8)[0]
    told = {key: row["parameters"][key] for key in ("ticket", "tickets", "day")}
    names = {"shop": shop.shop, "document": "order:main:1001", "rule": "wheel"}
    return {**names, **told, "hash": shown["hash"], "secret": shown["secret"]}


def run(folder: Path, draw: dict[str, Any]) -> str:
    path = folder / "draw.json"
    path.write_text(json.dumps(draw), encoding="utf-8")
    command = [sys.executable, "-I", str(SCRIPT), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_script_verifies_a_draw_and_nothing_else(shop: Session, tmp_path: Path) -> None:
    kept = days(shop)[0]["hash"]
    shop.buy()
    draw = {**drawn(shop), "kept_hash": kept}
    assert run(tmp_path, draw).startswith("VERIFIED: order:main:1001 drew ticket")
    other = "0" * 64
    for wrong in (
        {"ticket": (draw["ticket"] + 1) % 10**6},
        {"document": "order:main:1002", "tickets": 999},
        {"secret": other},
        {"kept_hash": other},
    ):
        assert run(tmp_path, {**draw, **wrong}).startswith("NOT VERIFIED"), wrong


def test_a_trial_tells_nobody_what_an_order_of_that_id_will_draw(shop: Session) -> None:
    shop.buy()
    order = {**EVENT["order"], "id": "1001"}
    body = {"program": "live", "order": order, "member": "external:77"}
    tried: Any = shop.admin("POST", "/program/try", body).json()
    (row,) = [row for row in tried["trace"] if row["code"] == "drawn"]
    real = drawn(shop)["ticket"]
    assert row["sentence"]
    assert f"{real}" not in row["sentence"].replace(",", "")
