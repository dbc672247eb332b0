"""Events sent by a shop's own server: one or up to five hundred, each answered for itself."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.domain.limits import EVENTS_PER_CALL_MAX, ORDER_REFUNDS_MAX
from tests.builders import program
from tests.faults import Fault, no_fault
from tests.routes.samples import EVENT
from tests.routes.session import LATER, Session, code_of, open_session

FAR = "2026-11-22T12:00:00Z"
LINE = {"id": "l1", "quantity": "1", "net": 100}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def event(name: str = "e1", order_id: str = "5001", **changes: Any) -> dict[str, Any]:
    """The sample event with other order fields."""
    made = deepcopy(EVENT)
    made["id"] = name
    made["order"] |= {"id": order_id, **changes}
    return made


def refund(order_id: str = "5001", name: str = "r1", net: int = 2000) -> dict[str, Any]:
    part = {"id": name, "at": LATER, "lines": [{"line_id": "l1", "quantity": "1", "net": net}]}
    return {"type": "order.refunded", "id": f"e-{name}", "order_id": order_id, "refund": part}


def post(shop: Session, body: object) -> list[Any]:
    answered = shop.admin("POST", "/events", body)
    assert answered.status == 200, answered.body
    told: Any = answered.json()
    return list(told["items"])


def refused(shop: Session, told: object) -> tuple[str, str]:
    """Code and place of what is wrong with one event."""
    (item,) = post(shop, told)
    assert (item["status"], item["code"]) == ("refused", "value_invalid")
    return item["errors"][0]["code"], item["errors"][0]["path"]


def test_one_event_is_recorded_and_then_replayed(shop: Session) -> None:
    assert post(shop, EVENT) == [{"id": "e1", "status": "recorded"}]
    assert post(shop, EVENT) == [{"id": "e1", "status": "replayed"}]
    assert shop.available() == 40


def test_every_kind_of_event_does_its_part(shop: Session) -> None:
    told: list[dict[str, Any]] = [
        EVENT,
        refund(),
        {"type": "order.marked", "id": "e3", "order_id": "5001", "reason": "edited"},
        {"type": "order.deleted", "id": "e4", "order_id": "5001"},
        {
            "type": "customer.upserted",
            "id": "e5",
            "version": LATER,
            "customer": {"id": "77", "name": "Kata", "email": "kata@example.com"},
        },
        {"type": "customer.upserted", "id": "e6", "version": LATER, "customer": {"id": "78"}},
    ]
    statuses = [item["status"] for item in post(shop, {"events": told})]
    assert statuses == ["recorded"] * 5 + ["ignored"]
    assert shop.available() == 20
    document = shop.get("/members/external:77/documents/order:main:5001")["content"]
    assert (document["marked"], document["deleted"]) == (True, True)
    assert shop.member()["profile"]["name"] == "Kata"
    statuses = [item["status"] for item in post(shop, {"events": told})]
    assert statuses == ["replayed"] * 5 + ["ignored"]


@pytest.mark.parametrize("place", range(10))
def test_a_bad_event_in_a_batch_is_told_alone_and_nine_are_kept(place: int) -> None:
    with open_session() as shop:
        batch = [event(f"e{n}", f"o{n}") for n in range(10)]
        batch[place]["order"]["currency"] = "QQQ"
        items = post(shop, {"events": batch})
        assert [item["id"] for item in items] == [f"e{n}" for n in range(10)]
        assert [n for n, item in enumerate(items) if item["status"] != "recorded"] == [place]
        assert items[place]["errors"][0]["path"] == "$.order.currency"
        assert len(shop.entries()) == 9
        again = post(shop, {"events": batch})
        assert {item["status"] for item in again} == {"replayed", "refused"}
        assert len(shop.entries()) == 9


OWN = {"grapes": "list", "pieces": "integer", "boxed": "flag"}
ASKED = {"grapes": {"has": "furmint"}, "pieces": {"gte": 3}, "boxed": True}


@pytest.mark.parametrize(
    ("told", "points"),
    [
        ({"grapes": ["furmint", "muscat"]}, 5),
        ({"pieces": 3, "boxed": True}, 5 + 5),
        ({"pieces": "3", "boxed": "true"}, 5 + 5),
        ({"grapes": "furmint", "pieces": ["3"], "boxed": "yes"}, 0),
    ],
)
@pytest.mark.parametrize("space", ["order", "line", "action"])
def test_own_data_of_orders_lines_and_actions_is_told_alike(
    shop: Session, space: str, told: dict[str, Any], points: int
) -> None:
    key = "lines" if space == "line" else "if"
    on = "action.review" if space == "action" else "order.paid"
    gift = {"on": on, "give": [{"add": 5, "unit": "points"}], "once": "member"}
    rules = [{**gift, "id": name, key: {f"{space}.{name}": asked}} for name, asked in ASKED.items()]
    shop.publish(program(attributes={space: OWN}, earn=[*rules, {**gift, "id": "plain"}]))
    lines = [{"id": "l1", "quantity": "1", "net": 4000, "attributes": told}]
    happened = {
        "order": event(attributes=told),
        "line": event(lines=lines),
        "action": {"type": "action.completed", "id": "a", "action": "review", "customer_id": "77",
                   "properties": told},
    }[space]  # fmt: skip
    assert [item["status"] for item in post(shop, happened)] == ["recorded"]
    assert shop.available() == 5 + points


def test_five_hundred_at_once_are_taken_and_one_more_is_not(shop: Session) -> None:
    marks = [
        {"type": "order.marked", "id": f"e{n}", "order_id": "5001", "reason": "x"}
        for n in range(EVENTS_PER_CALL_MAX + 1)
    ]
    items = post(shop, {"events": marks[:-1]})
    assert [item["status"] for item in items] == ["recorded"] + ["replayed"] * 499
    answered = shop.admin("POST", "/events", {"events": marks})
    told: Any = answered.json()
    assert (answered.status, told["code"]) == (422, "value_invalid")
    assert told["errors"][0]["path"] == "$.events"


@pytest.mark.parametrize("events", [[], {}, None, 5, "x"])
def test_a_batch_is_a_list_with_something_in_it(shop: Session, events: object) -> None:
    assert shop.code("POST", "/events", {"events": events}) == "value_invalid"


@pytest.mark.parametrize("told", [1, None, "x", [], {}, {"type": "order.upserted"}, {"type": "no"}])
def test_what_is_no_event_is_refused_in_its_place(shop: Session, told: object) -> None:
    items = post(shop, {"events": [EVENT, told, event("e2", "5002")]})
    assert [item["status"] for item in items] == ["recorded", "refused", "recorded"]
    assert items[1]["code"] == "value_invalid"
    assert items[1]["errors"][0]["path"].startswith("$")


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"paid_at": "2026-11-21T10:00:00"}, "shape_invalid", "$.order.paid_at"),
        ({"paid_at": "2026-11-21"}, "shape_invalid", "$.order.paid_at"),
        ({"paid_at": "noon"}, "shape_invalid", "$.order.paid_at"),
        ({"paid_at": FAR}, "time_in_future", "$.order.paid_at"),
        ({"version": "9999-12-31T23:59:59-14:00"}, "time_in_future", "$.order.version"),
        ({"created_at": "1969-12-31T23:59:59Z"}, "time_too_early", "$.order.created_at"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "time_too_early", "$.order.created_at"),
        ({"paid_at": None}, "time_missing", "$.order.paid_at"),
        ({"currency": "QQQ"}, "currency_unknown", "$.order.currency"),
        ({"currency": "usd"}, "currency_unknown", "$.order.currency"),
        ({"currency": ""}, "currency_unknown", "$.order.currency"),
        ({"status": "shipped"}, "shape_invalid", "$.order.status"),
        ({"lines": None}, "shape_invalid", "$.order.lines"),
        ({"lines": [LINE] * 501}, "shape_invalid", "$.order.lines"),
        ({"lines": [LINE] * 2}, "id_twice", "$.order.lines"),
        ({"codes": ["x"] * 21}, "shape_invalid", "$.order.codes"),
        ({"tags": ["x"] * 101}, "shape_invalid", "$.order.tags"),
        ({"colour": "red"}, "shape_invalid", "$.order"),
        ({"id": ""}, "shape_invalid", "$.order.id"),
        ({"id": "x" * 129}, "shape_invalid", "$.order.id"),
        ({"id": "a\nb"}, "shape_invalid", "$.order.id"),
        ({"id": 5001}, "shape_invalid", "$.order.id"),
        ({"customer": {"id": "a\u0000"}}, "shape_invalid", "$.order.customer.id"),
        ({"customer": "77"}, "shape_invalid", "$.order.customer"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_order_is_refused_with_its_place(
    shop: Session, changes: dict[str, Any], code: str, path: str
) -> None:
    assert refused(shop, event(**changes)) == (code, path)
    assert shop.member() is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("net", -1), ("net", 10**14 + 1), ("net", 1.5), ("net", "5"), ("net", 10**30), ("tax", -1),
     ("quantity", 1), ("quantity", "-1"), ("quantity", "1e9"), ("quantity", "1.2345"),
     ("quantity", ""), ("quantity", "١"), ("id", None), ("colour", "red")],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_place(shop: Session, name: str, value: object) -> None:
    line = {"id": "l1", "quantity": "1", "net": 100, name: value}
    code, path = refused(shop, event(lines=[line]))
    assert (code, path.split(".")[2]) == ("shape_invalid", "lines[0]")


@pytest.mark.parametrize(
    ("source", "order_id", "fits"),
    [
        ("main", "x" * 128, True),
        ("s" * 32, "x" * 128, True),
        ("s" * 33, "x" * 128, False),
        ("a:b", "1", False),
        ("main", "🍵" * 128, True),
        ("main", "a#b%c:d", True),
        ("🍵" * 128, "🍵" * 128, False),
        ("main", "%" * 128, False),
        ("#" * 64, "#" * 64, False),
    ],
    ids=lambda value: str(value)[:8],
)
def test_ids_that_no_key_can_hold_are_refused_and_the_rest_of_the_batch_is_kept(
    source: str, order_id: str, fits: bool
) -> None:
    expected = ["recorded", "recorded" if fits else "refused", "recorded"]
    for status in ("open", "paid"):
        with open_session() as shop:
            odd = {**event("odd", order_id, status=status), "source": source}
            items = post(shop, {"events": [EVENT, odd, event("e2", "5002")]})
            assert [item["status"] for item in items] == expected
            told = {"value_invalid", "shape_invalid"}
            assert fits or items[1]["errors"][0]["code"] in told
            earns = fits and status == "paid" and source == "main"
            assert shop.available() == (120 if earns else 80)


def test_an_order_with_more_refunds_than_it_may_have_is_refused(shop: Session) -> None:
    post(shop, event(lines=[{"id": "l1", "quantity": "300", "net": 30_000}]))
    whole = [refund(name=f"r{n}", net=100) for n in range(ORDER_REFUNDS_MAX)]
    statuses = {item["status"] for item in post(shop, {"events": whole})}
    assert statuses == {"recorded"}
    before = shop.available()
    (item,) = post(shop, refund(name="one-more", net=100))
    assert (item["status"], item["code"]) == ("refused", "value_invalid")
    assert item["errors"][0]["path"] == "$"
    assert shop.available() == before


def test_enormous_orders_are_capped_by_what_a_movement_may_hold(shop: Session) -> None:
    """Ten lines of a trillion dollars: 10^13 points are more than one movement may be."""
    line = {"quantity": "999999999.999", "net": 10**14}
    lines = [{"id": f"l{n}", **line} for n in range(10)]
    items = post(shop, {"events": [event(lines=lines), event("e2", "5002")]})
    assert items[1]["status"] == "recorded"
    assert shop.available() >= 40


def test_an_event_of_another_currency_is_kept_and_earns_nothing(shop: Session) -> None:
    assert post(shop, event(currency="EUR"))[0]["status"] == "recorded"
    assert shop.member() is None


def test_a_table_in_trouble_is_503_and_the_whole_batch_may_come_again(shop: Session) -> None:
    batch = {"events": [event(f"e{n}", f"o{n}") for n in range(5)]}
    start = len(shop.table.calls)
    shop.table.fault = lambda operation, number: (
        Fault.THROTTLED if operation == "load" and number > start + 6 else None
    )
    answered = shop.admin("POST", "/events", batch)
    assert (answered.status, code_of(answered)) == (503, "busy")
    shop.table.fault = no_fault
    assert {item["status"] for item in post(shop, batch)} == {"recorded", "replayed"}
    assert len(shop.entries()) == 5


def test_an_unknown_shop_is_404_for_the_operator(shop: Session) -> None:
    path = "/v1/admin/shops/nowhere/events"
    assert shop.client.code("POST", path, EVENT) == "shop_unknown"
    assert shop.client.code("POST", path, {"events": []}) == "shop_unknown"


# -- parked deliveries


def test_parked_deliveries_are_paged_and_replayed_by_id(shop: Session) -> None:
    for number in range(5):
        shop.deliver({"id": number}, "orders/paid")
    ids: list[str] = []
    cursor = ""
    while cursor is not None:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = shop.get(f"/parked-events{query}")
        ids += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert len(set(ids)) == len(ids) == 5
    for name in ids:
        told: Any = shop.admin("POST", f"/parked-events/{name}/replay").json()
        assert told["status"] == "parked"


@pytest.mark.parametrize("name", ["nothing", "%23", "x" * 128, "%F0%9F%8D%B5" * 128])
def test_a_parked_delivery_that_is_not_there_is_404(shop: Session, name: str) -> None:
    assert shop.code("POST", f"/parked-events/{name}/replay") == "document_unknown"
