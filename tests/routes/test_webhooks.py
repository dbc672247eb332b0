"""Deliveries at the door: what is believed, what it does to the books, and what is parked."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.limits import WEBHOOK_BYTES_MAX
from chalicelib.operations import decide_and_commit as loop
from tests.builders import NOON
from tests.faults import Crash, Fault, FaultPlan, no_fault
from tests.platforms.shopify_bodies import (
    Body,
    customer_body,
    encoded,
    line_body,
    refund_body,
    returned,
    signature,
    signed,
)
from tests.routes.session import LATER, Session, code_of, open_session, order_of

TOPICS = ["orders/create", "orders/paid", "orders/updated"]
EDIT = {"order_edit": {"id": 5, "order_id": 1001, "committed_at": LATER, "created_at": LATER}}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def header(shop: Session, name: str, value: str | None, body: Body | None = None) -> str:
    """The code of a good delivery with one header changed, or left out."""
    raw, headers = signed(body or order_of(), shop.secret)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    return code_of(shop.send(raw, headers))


def test_a_signed_order_becomes_points_once(shop: Session) -> None:
    for topic in (*TOPICS, *TOPICS):
        assert shop.deliver(order_of(), topic).json() == {}
    assert [entry["points"] for entry in shop.entries()] == [114]


@pytest.mark.parametrize(
    "claimed",
    [None, "", "x", "=", "é" * 44, "A" * 43 + "=", "A" * 5_000, "\ud800", "0", "null"],
    ids=ascii,
)
def test_what_is_not_signed_is_401_and_leaves_no_trace(shop: Session, claimed: str | None) -> None:
    before = shop.table.items()
    assert header(shop, "X-Shopify-Hmac-Sha256", claimed) == "signature_invalid"
    assert shop.table.items() == before


def test_every_changed_byte_breaks_the_signature(shop: Session) -> None:
    raw, headers = signed(refund_body(1), shop.secret)
    before = shop.table.items()
    for place in range(0, len(raw), 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert shop.send(changed, headers).status == 401
    for changed in (raw + b" ", raw[:-1], b"", b" " + raw):
        assert shop.send(changed, headers).status == 401
    assert shop.table.items() == before


def test_a_signature_by_another_secret_is_none(shop: Session) -> None:
    for secret in (b"x", b"hush", shop.secret + b"x", shop.secret.upper()):
        assert code_of(shop.deliver(order_of(), secret=secret)) == "signature_invalid"
    assert code_of(shop.deliver(order_of())) == "200"


@pytest.mark.parametrize(
    "domain", ["coffee.myshopify.com", "tea.myshopify.com.evil.example", "tea", "é.myshopify.com"]
)
def test_a_delivery_of_another_shop_is_refused_even_when_signed(shop: Session, domain: str) -> None:
    assert header(shop, "X-Shopify-Shop-Domain", domain) == "signature_invalid"
    assert shop.member() is None


def test_the_domain_is_compared_in_any_case_and_may_be_left_out(shop: Session) -> None:
    assert header(shop, "X-Shopify-Shop-Domain", "TEA.myshopify.com") == "200"
    assert header(shop, "X-Shopify-Shop-Domain", None) == "200"


@pytest.mark.parametrize("connection", ["nothing", "c" * 129, "%00", "é", "a%2Fb", "S%23tea"])
def test_an_unknown_connection_is_404_before_any_signature(shop: Session, connection: str) -> None:
    shop.connection = connection
    assert code_of(shop.deliver(order_of())) == "connection_unknown"


def test_a_removed_connection_is_unknown(shop: Session) -> None:
    shop.admin("DELETE", f"/connections/{shop.connection}")
    assert code_of(shop.deliver(order_of())) == "connection_unknown"


def test_a_body_over_a_megabyte_is_413_and_one_at_the_limit_is_read(shop: Session) -> None:
    raw = encoded(order_of())
    for size, code in ((WEBHOOK_BYTES_MAX, "200"), (WEBHOOK_BYTES_MAX + 1, "too_large")):
        padded = raw + b" " * (size - len(raw))
        sent = {"X-Shopify-Topic": "orders/paid"}
        sent["X-Shopify-Hmac-Sha256"] = signature(padded, shop.secret)
        assert code_of(shop.send(padded, sent)) == code
    assert shop.available() == 114


def test_two_secrets_count_while_one_is_rotated_and_then_the_newest_two(shop: Session) -> None:
    def rotated() -> bytes:
        path = f"/connections/{shop.connection}/secrets"
        told: Any = shop.admin("POST", path, {}).json()
        return str(told["secret"]).encode()

    secrets = [shop.secret, rotated(), rotated()]
    answers = [shop.deliver(order_of(), secret=secret).status for secret in secrets]
    assert answers == [401, 200, 200]


def test_a_topic_that_nobody_uses_is_answered_and_ignored(shop: Session) -> None:
    for topic in ("carts/update", "", "orders/paid "):
        assert shop.deliver(order_of(), topic).status == 200
    assert header(shop, "X-Shopify-Topic", None) == "200"
    assert (shop.member(), shop.parked()) == (None, [])


# -- what cannot be understood


def test_what_cannot_be_understood_is_parked_once_and_told(shop: Session) -> None:
    broken = order_of(currency="QQQ")
    for _ in range(2):
        assert shop.deliver(broken).json() == {}
    (row,) = shop.parked()
    assert set(row) == {"id", "connection_id", "topic", "received_at", "errors"}
    assert (row["connection_id"], row["topic"]) == (shop.connection, "orders/paid")
    assert {"path": "$.currency", "code": "currency_unknown"}.items() <= row["errors"][0].items()
    again: Any = shop.admin("POST", f"/parked-events/{row['id']}/replay").json()
    assert (again["id"], again["status"]) == (row["id"], "parked")
    assert again["errors"] == row["errors"]
    assert shop.parked() == [row]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 20_000, b'{"id": 1}', b"1e999"]
)
def test_signed_nonsense_is_parked_never_an_error(shop: Session, raw: bytes) -> None:
    for topic in ("orders/paid", "refunds/create", "customers/update", "orders/edited"):
        sent = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature(raw, shop.secret)}
        answered = shop.send(raw, sent)
        assert (answered.status, answered.json()) == (200, {})
    assert shop.parked()


def test_a_parked_delivery_is_recorded_when_it_can_be_understood(shop: Session) -> None:
    tomorrow = "2026-11-22T12:00:00Z"
    shop.deliver(order_of(at=tomorrow))  # a clock that is a day ahead
    (row,) = shop.parked()
    assert row["errors"][0]["code"] == "time_in_future"
    assert shop.member() is None
    shop.client.gateway.clock.move_to(NOON + 2 * DAY_MS)
    path = f"/parked-events/{row['id']}/replay"
    told: Any = shop.admin("POST", path).json()
    assert told == {"id": row["id"], "status": "recorded", "errors": []}
    assert (shop.available(), shop.parked()) == (114, [])
    assert shop.code("POST", path) == "document_unknown"
    assert shop.deliver(order_of(at=tomorrow)).status == 200
    assert shop.available() == 114


def test_a_replay_without_its_connection_says_so(shop: Session) -> None:
    shop.deliver(order_of(currency="QQQ"))
    (row,) = shop.parked()
    shop.admin("DELETE", f"/connections/{shop.connection}")
    assert shop.code("POST", f"/parked-events/{row['id']}/replay") == "connection_unknown"


# -- what orders come to


@pytest.mark.parametrize(
    "body",
    [
        order_of(test=True),
        order_of(status="voided"),
        order_of(status="pending"),
        order_of(status="authorized"),
        order_of(status="partially_paid"),
        order_of(cancelled_at=LATER, cancel_reason="customer"),
        order_of(customer=None, email=None),
        order_of(customer=None),
        order_of(currency="EUR"),
    ],
    ids=[
        "test",
        "voided",
        "pending",
        "authorized",
        "partly",
        "cancelled",
        "nobody",
        "guest",
        "eur",
    ],
)
def test_an_order_that_may_not_earn_makes_no_member(shop: Session, body: Body) -> None:
    assert shop.deliver(body, "orders/updated").json() == {}
    assert (shop.member(), shop.parked()) == (None, [])


def test_an_order_earns_when_it_is_paid_and_gives_back_when_it_is_cancelled(
    shop: Session,
) -> None:
    shop.deliver(order_of(status="pending"), "orders/create")
    assert shop.member() is None
    shop.deliver(order_of(updated_at=LATER), "orders/paid")
    assert shop.available() == 114
    gone = order_of(updated_at="2026-11-21T11:30:00Z", cancelled_at="2026-11-21T11:30:00Z")
    shop.deliver(gone, "orders/cancelled")
    assert shop.available() == 0


def test_a_refund_alone_takes_back_its_part_before_and_after_the_order(shop: Session) -> None:
    line = line_body(11, "50.00", 2)
    back = refund_body(9, returned(line, 1, "50.00"), at=LATER)
    shop.deliver(back, "refunds/create")
    assert shop.member() is None
    shop.deliver(order_of(lines=[line]))
    assert shop.available() == 50
    shop.deliver(back, "refunds/create")
    assert shop.available() == 50


def test_an_edit_marks_the_order_and_moves_nothing(shop: Session) -> None:
    shop.buy()
    assert shop.deliver(EDIT, "orders/edited").json() == {}
    told = shop.get("/members/external:77/documents/order:main:1001")
    assert told["content"]["marked"] is True
    assert [entry["points"] for entry in shop.entries()] == [114]


def test_a_customer_delivery_updates_the_profile_of_a_member_alone(shop: Session) -> None:
    said = customer_body(email="new@example.com", at=LATER, first_name="Kati", tags="vip, tea")
    shop.deliver(said, "customers/create")
    assert shop.member() is None
    shop.buy()
    shop.deliver(said, "customers/update")
    profile = shop.member()["profile"]
    assert (profile["email"], profile["name"]) == ("new@example.com", "Kati Nagy")
    assert profile["tags"] == ["tea", "vip"]
    shop.deliver(
        customer_body(email="old@example.com", at="2026-11-21T09:00:00Z"), "customers/update"
    )
    assert shop.member()["profile"]["email"] == "new@example.com"
    found = shop.get("/members?email=NEW@example.com")["items"]
    assert [member["external_id"] for member in found] == ["77"]
    assert shop.get("/members?email=kim@example.com")["items"] == []


def _story() -> dict[str, tuple[str, Body]]:
    """Five deliveries about one order of two cups at 50.00."""
    cups = line_body(11, "50.00", 2)
    back = refund_body(9, returned(cups, 1, "50.00"), at=LATER)
    refunded = order_of(lines=[cups], refunds=[back], updated_at=LATER, status="partially_refunded")
    return {
        "placed": (
            "orders/create",
            order_of(lines=[cups], status="pending", at="2026-11-21T09:00:00Z"),
        ),
        "paid": ("orders/paid", order_of(lines=[cups])),
        "refund": ("refunds/create", back),
        "updated": ("orders/updated", refunded),
    }


@pytest.mark.parametrize("order", list(permutations(_story())), ids="-".join)
def test_every_order_of_deliveries_each_twice_comes_to_the_same(order: tuple[str, ...]) -> None:
    with open_session() as shop:
        for name in (*order, *order):
            topic, body = _story()[name]
            assert shop.deliver(body, topic).json() == {}
        assert shop.available() == 50
        assert shop.member()["tiers"][0]["progress"]["value"] == 5_000


def test_points_of_a_code_come_back_once_when_its_order_is_refunded(shop: Session) -> None:
    shop.buy()
    told: Any = shop.redeem().json()
    line = line_body(21, "30.00")
    bought = order_of("", 1002, lines=[line], codes=[told["code"].lower()])
    shop.deliver(bought)
    staff = shop.get(f"/codes/{told['code']}")
    assert (staff["status"], staff["used_by"], staff["returned"]) == ("used", "main:1002", 0)
    assert shop.available() == 64 + 30
    path = f"/redemptions/{told['redemption_id']}/undo"
    assert code_of(shop.shopper(path)) == "redemption_not_undoable"
    back = refund_body(9, returned(line, 1, "30.00"), order_id=1002, at=LATER)
    whole = order_of(
        "",
        1002,
        lines=[line],
        refunds=[back],
        codes=[told["code"]],
        updated_at=LATER,
        status="refunded",
    )
    for _ in range(2):
        shop.deliver(back, "refunds/create")
        shop.deliver(whole, "orders/updated")
    assert shop.available() == 114
    assert shop.get(f"/codes/{told['code']}")["returned"] == 50
    returns = [entry for entry in shop.entries() if entry["kind"] == "return"]
    assert [entry["points"] for entry in returns] == [50]


# -- a table that is in trouble


def only_at(due: int, fault: Fault) -> FaultPlan:
    """One fault, at the call with the number ``due``."""
    return lambda _, number: fault if number == due else None


def test_a_table_that_is_down_is_503_and_the_sender_comes_again(shop: Session) -> None:
    def down(operation: str, number: int) -> Fault:
        return Fault.TIMEOUT_BEFORE

    shop.table.fault = down
    answered = shop.deliver(order_of())
    assert (answered.status, code_of(answered)) == (503, "busy")
    assert answered.headers["Retry-After"]
    shop.table.fault = no_fault
    assert shop.deliver(order_of()).status == 200
    assert shop.available() == 114


@pytest.mark.parametrize("fault", [each for each in Fault if "crash" not in each])
def test_one_fault_at_any_call_is_503_or_done_and_never_twice(fault: Fault) -> None:
    with open_session() as shop:
        for at in range(6):
            start = len(shop.table.calls)
            shop.table.fault = only_at(start + at, fault)
            answers = [shop.deliver(order_of(order_id=2_000 + at)).status for _ in range(3)]
            assert sorted(answers) in ([200, 200, 200], [200, 200, 503])
            shop.table.fault = no_fault
            shop.buy(order_id=2_000 + at)
        assert [entry["points"] for entry in shop.entries()] == [171] * 4 + [114] * 2


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.CRASH_AFTER])
def test_a_process_that_dies_at_any_call_leaves_nothing_half_done(fault: Fault) -> None:
    with open_session() as shop:
        deaths = 0
        for at in range(6):
            start = len(shop.table.calls)
            shop.table.fault = only_at(start + at, fault)
            try:
                shop.buy(order_id=3_000 + at)
            except Crash:
                deaths += 1
            shop.table.fault = no_fault
            shop.buy(order_id=3_000 + at)
        assert deaths >= 2
        assert len(shop.entries()) == 6


def test_contention_that_does_not_end_is_503_and_writes_nothing(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 10**6, 500))
    pace = loop.Pace(lambda: next(ticks), lambda _: None)
    monkeypatch.setattr(loop.decide_and_commit, "__defaults__", (pace,))
    shop.table.fault = lambda operation, _: Fault.CONFLICT if operation == "transact" else None
    before = shop.table.items()
    assert code_of(shop.deliver(order_of())) == "busy"
    assert shop.table.items() == before
