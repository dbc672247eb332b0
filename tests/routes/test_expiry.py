"""What expires when, lapsed points given back, lives made longer: through the doors."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, HOUR_MS, iso
from tests.builders import NOON, unit
from tests.routes.session import Session, code_of, open_session

END = NOON + 365 * DAY_MS - 2 * HOUR_MS  # the order was paid at ten


@pytest.fixture
def shop() -> Iterator[Session]:
    idle = {"idle": "P1Y", "counts": ["order.paid", "redeem"]}
    with open_session(units=unit(expiry=idle)) as opened:
        opened.buy()
        yield opened


def at(instant: int) -> dict[str, str]:
    return {"x-laurel-now": iso(instant)}


def ask(shop: Session, what: str, key: str = "h1", when: int = NOON, **body: Any) -> Any:
    said = {"unit": "points", "reason": "said sorry", **body}
    headers = {"Idempotency-Key": key, **at(when)}
    return shop.admin("POST", f"/members/external:77/{what}", said, headers=headers)


def test_the_list_tells_who_loses_what_when(shop: Session) -> None:
    shop.client.gateway.clock.move_to(NOON + 300 * DAY_MS)
    assert shop.get("/expiring")["items"] == []
    rows: Any = shop.get(f"/expiring?unit=points&before={iso(END + 1)}")["items"]
    assert [(row["unit"], row["points"], row["at"]) for row in rows] == [("points", 114, iso(END))]
    assert rows[0]["member_id"] == shop.member()["member_id"]
    assert code_of(shop.admin("GET", "/expiring?unit=stars")) == "unit_unknown"
    for nonsense in ("soon", "9999-12-31T23:59:59-14:00"):  # the latter is past all years in UTC
        assert code_of(shop.admin("GET", f"/expiring?before={nonsense}")) == "value_invalid"
    shop.client.gateway.clock.move_to(NOON + 340 * DAY_MS)
    assert len(shop.get("/expiring")["items"]) == 1
    card = shop.card()
    assert card["expiring"] == [{"unit": "points", "points": 114, "at": iso(END)}]


def test_lapsed_points_are_given_back_once_with_a_reason(shop: Session) -> None:
    shop.client.gateway.clock.move_to(END)
    assert shop.available() == 0
    given, again = (ask(shop, "reinstatements", when=END, points=100) for _ in range(2))
    assert (given.status, again.status) == (201, 200)
    assert given.json() == again.json()
    assert (given.json()["kind"], given.json()["points"]) == ("reinstate", 100)
    assert shop.available() == 100
    too_many = ask(shop, "reinstatements", "h2", END, points=15)
    assert code_of(too_many) == "insufficient_points"
    assert ask(shop, "reinstatements", "h3", END).json()["points"] == 14
    other = ask(shop, "reinstatements", "h1", END, points=1)
    assert code_of(other) == "same_key_other_request"
    name = given.json()["document"]
    said = shop.get(f"/members/external:77/documents/{name}")["sentence"]
    assert said == "Staff gave back 100 points that had expired."
    rows = [row["action"] for row in shop.get("/audit-log")["items"]]
    assert sum(action.endswith("/reinstatements") for action in rows) == 2


def test_a_life_is_made_longer_and_the_audit_log_tells_it(shop: Session) -> None:
    until = iso(END + 100 * DAY_MS)
    made, again = (ask(shop, "extensions", until=until) for _ in range(2))
    assert (made.status, again.status) == (201, 200)
    assert (made.json()["kind"], made.json()["points"]) == ("extend", 0)
    shop.client.gateway.clock.move_to(END + 99 * DAY_MS)
    assert shop.available() == 114
    shop.client.gateway.clock.move_to(END + 100 * DAY_MS)
    assert shop.available() == 0
    replayed = ask(shop, "extensions", when=END + 200 * DAY_MS, until=until)
    assert replayed.status == 200, "a replay is answered whatever the time"
    assert code_of(ask(shop, "extensions", "h2", until="tomorrow")) == "value_invalid"
    assert code_of(ask(shop, "extensions", "h3", until=iso(NOON - 1))) == "value_invalid"
    assert code_of(ask(shop, "extensions", "h4", until=until, unit="stars")) == "unit_unknown"
    told: Any = shop.get("/audit-log")["items"]
    assert sum("/extensions" in row["action"] for row in told) == 1
