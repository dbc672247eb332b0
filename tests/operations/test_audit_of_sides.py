"""The audit finds draws, accounts of partners and memberships that documents do not say."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.instants import DAY_MS, utc_day
from chalicelib.domain.member import Term
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.pricing import Wish
from chalicelib.domain.records import Redemption
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.audit_order import Journals, audit_code, audit_order
from chalicelib.storage.documents import document_item
from chalicelib.storage.items import Anything, Delete, Put, key_of
from chalicelib.storage.key_names import code_key, order_key
from chalicelib.storage.members import account_item
from tests.builders import NOON, TEA, Scene, line, program, recorded

WHEEL = {
    "id": "wheel",
    "on": "order.paid",
    "give": [{"chance": [{"weight": 1, "give": [{"add": 5, "unit": "points"}]}]}],
}
SHOP = {"id": "main", "name": "Main", "buys_point_at": "0.01", "paid_per_point_burned": "0.005"}
PLUS = {"id": "plus", "name": "Plus", "sold_as": {"sku": "PLUS"}, "period": "P1Y"}


@pytest.fixture
def sold(scene: Scene) -> Scene:
    base = {**TEA["earn"][0], "paid_by": "main"}
    scene.publish(program(earn=[base, WHEEL], partners=[SHOP], memberships=[PLUS]))
    scene.pay(11_450)
    return scene


def found(scene: Scene, order: str = "1001") -> list[str]:
    audited = audit_order(scene.table, scene.shop, order_key(scene.shop, "main", order), Journals())
    assert audited is not None
    return [each.detail for each in audited.breaks]


def rewritten(scene: Scene, change: Callable[[OrderDocument], OrderDocument]) -> None:
    document = change(scene.document())
    item = document_item(scene.shop, replace(document, revision=document.revision + 1))
    scene.table.write(Put(item, Anything()))


def rows(scene: Scene) -> list[Any]:
    items = scene.table.items()  # type: ignore[attr-defined]
    return [item for item in items if "#N#main#" in str(item["PK"])]


def test_what_is_as_it_should_be_has_no_breaks(sold: Scene) -> None:
    assert sold.document().drawn is not None
    assert sold.document().partners
    assert found(sold) == []


def test_a_draw_that_its_secret_does_not_make_is_found(sold: Scene) -> None:
    drawn = Drawn(utc_day(NOON), {"wheel": 7})
    rewritten(sold, lambda order: replace(order, drawn=drawn))
    assert found(sold) == [f"says another draw of {utc_day(NOON)} than its secret makes"]


def test_a_row_that_is_gone_or_another_is_found(sold: Scene) -> None:
    (row,) = rows(sold)
    for write in (Put({**row, "b": b'{"p":"main","m":"2026-11","u":"points"}'}, Anything()),
                  Delete(key_of(row), Anything())):  # fmt: skip
        sold.table.write(write)
        assert found(sold) == ["the month 2026-11 of main does not hold its line"]


def test_a_used_code_whose_row_is_gone_is_found(sold: Scene) -> None:
    sold.now += 30 * DAY_MS
    code = recorded(sold.redeem("five-off", wish=Wish()))
    assert isinstance(code, Redemption)
    sold.pay(4_000, "uses", codes=(code.code,))
    key = code_key(sold.shop, code.code)
    assert audit_code(sold.table, sold.shop, key) == ()
    for row in rows(sold):
        sold.table.write(Delete(key_of(row), Anything()))
    (broken,) = audit_code(sold.table, sold.shop, key)
    assert (broken.invariant, broken.where) == ("I4", f"redemption:{code.id}")


def test_an_account_with_another_term_than_its_order_is_found(sold: Scene) -> None:
    sold.pay(9_900, "plain")
    goods = line(9_900, "fee", sku="PLUS")
    sold.pay(9_900, "fee", lines=(goods, line(500, "l2")))
    member = sold.member()
    assert audit_member(sold.table, sold.shop, member).breaks == ()
    account = sold.account()
    assert account is not None
    wrong = replace(account, revision=account.revision + 1,
                    memberships={"plus": {"order:main:fee": Term(0, 1)}})  # fmt: skip
    sold.table.write(Put(account_item(sold.shop, member, wrong), Anything()))
    details = [each.detail for each in audit_member(sold.table, sold.shop, member).breaks]
    assert "says another term of plus than the account" in details
