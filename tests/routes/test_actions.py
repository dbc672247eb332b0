"""Actions and facts through the doors: told by the shop, or reported by the member."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import TEA
from tests.routes.samples import VISIT
from tests.routes.session import Session, open_session

REVIEW = {
    "id": "review",
    "on": "action.visited",
    "give": [{"add": 50, "unit": "points"}],
    "limit": {"times": 1, "window": {"calendar": "day"}},
}
PROGRAM = {**TEA, "facts": {"vip": "flag"}, "earn": [*TEA["earn"], REVIEW, VISIT]}
PATH = "/v1/storefront/tea/actions/visit"


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as session:
        session.publish(PROGRAM)
        yield session


def told(shop: Session, **event: Any) -> dict[str, Any]:
    answered: Any = shop.admin("POST", "/events", event).json()
    item: dict[str, Any] = answered["items"][0]
    return item


def completed(**more: Any) -> dict[str, Any]:
    plain = {"type": "action.completed", "id": "a1", "action": "visited", "customer_id": "77"}
    return {**plain, "subject": "p1", "properties": {"words": 42, "tags": ["a"]}, **more}


def report(shop: Session, key: str = "k1", **more: Any) -> Any:
    body = {"token": shop.token(), "idempotency_key": key, **more}
    return shop.client.ask("POST", PATH, body, key="")


def test_the_shop_tells_of_actions_by_event(shop: Session) -> None:
    assert told(shop, **completed())["status"] == "recorded"
    assert told(shop, **completed())["status"] == "replayed"
    assert told(shop, **completed(subject="p2"))["code"] == "same_key_other_request"
    assert told(shop, type="action.revoked", id="r1", action_id="a1")["status"] == "recorded"
    entries = shop.get(f"/members/{shop.member()['member_id']}/entries")["items"]
    assert [entry["points"] for entry in entries] == [-51, 51]
    explained = shop.get(f"/members/{shop.member()['member_id']}/explain/action:main:a1")
    assert explained["sentence"].endswith("because it was taken back.")


def test_odd_actions_are_refused_with_their_path(shop: Session) -> None:
    for odd, path in (
        ({"action": "Visited"}, "$.action"),
        ({"properties": {"words": 10**15}}, "$.properties.words"),
        ({"properties": {"words": 1.5}}, "$.properties[...]"),
        ({"properties": {"words": "a" * 129}}, "$.properties.words"),
        ({"properties": {"words": ["a\n"]}}, "$.properties.words"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "$.occurred_at"),
    ):
        assert told(shop, **completed(**odd))["errors"][0]["path"] == path


def test_a_member_reports_what_the_program_takes_their_word_for(shop: Session) -> None:
    shop.buy()
    made = report(shop)
    assert made.status == 201
    answer: Any = made.json()
    assert answer["points"] == {"points": 1}
    assert answer["sentence"] == "The action visited earned 1 point: rule visit 1."
    again = report(shop)
    assert (again.status, again.json()) == (200, answer)
    assert report(shop, "k3", properties={"x": 10**15}).json()["code"] == "value_invalid"
    assert report(shop, subject="x").json()["code"] == "same_key_other_request"
    later: Any = report(shop, "k2").json()
    assert later["points"] == {}


def test_a_report_is_only_for_members_and_rules_that_allow_it(shop: Session) -> None:
    assert report(shop).json()["code"] == "member_unknown"
    shop.buy()
    body = {"token": shop.token(), "idempotency_key": "k1"}
    for rule in ("review", "nothing"):
        path = f"/v1/storefront/tea/actions/{rule}"
        assert shop.client.code("POST", path, body, key="") == "rule_unknown"


def test_staff_and_shops_set_facts(shop: Session) -> None:
    shop.buy()
    path = f"/members/{shop.member()['member_id']}/facts"
    assert shop.admin("POST", path, {"facts": {"vip": True}}).json() == {
        "status": "recorded",
        "facts": {"vip": True},
    }
    assert shop.code("POST", path, {"facts": {"age": 5}}) == "value_invalid"
    assert shop.code("POST", path, {"facts": {"vip": "a" * 129}}) == "value_invalid"
    event = {"type": "facts.set", "id": "f1", "customer_id": "77", "facts": {"vip": 5}}
    assert told(shop, **event)["code"] == "value_invalid"
    event = {"type": "facts.set", "id": "f1", "customer_id": "78", "facts": {"vip": None}}
    assert told(shop, **event)["status"] == "ignored"
