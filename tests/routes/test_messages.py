"""Messages through the doors: read, opened, listed for staff and mail tools."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import TEA
from tests.routes.session import Session, code_of, open_session

THANKS = {"title": {"en": "Well", "hu": "Nos"}, "text": {"en": "Thanks", "hu": "Köszönjük"}}
RULE = {"id": "thank", "on": "order.paid", "give": [{"message": "thanks"}]}


def telling(text: Any = THANKS) -> dict[str, Any]:
    caps = {"day": 5, "week": 10, "quiet": "none"}
    return {
        "earn": [*TEA["earn"], RULE],
        "messages": {"caps": caps, "templates": {"thanks": text}},
    }


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session(locales=["en", "hu"], **telling()) as opened:
        yield opened


def staff(shop: Session) -> Any:
    return shop.get(f"/members/{shop.member()['member_id']}/messages")


def test_a_member_reads_and_opens_what_they_were_told(shop: Session) -> None:
    shop.buy()
    told = shop.messages(locale="hu")
    assert told["locale"] == "hu"
    (message,) = told["items"]
    assert (message["title"], message["text"]) == ("Nos", "Köszönjük")
    assert message["seen_at"] is None
    path = f"/messages/{message['id']}/seen"
    opened: Any = shop.shopper(path)
    again: Any = shop.shopper(path)
    assert (opened.status, again.status) == (200, 200)
    assert opened.json()["seen_at"] == again.json()["seen_at"] is not None
    assert staff(shop)["items"][0]["state"] == "seen"


def test_what_is_unknown_or_another_members_cannot_be_opened(shop: Session) -> None:
    assert code_of(shop.shopper("/messages")) == "member_unknown"
    shop.buy()
    assert code_of(shop.shopper("/messages/nothing/seen")) == "message_unknown"
    (message,) = shop.messages()["items"]
    path = f"/messages/{message['id']}/seen"
    assert code_of(shop.shopper(path, customer="88")) == "member_unknown"


def test_staff_see_what_it_was_for(shop: Session) -> None:
    shop.buy()
    (row,) = staff(shop)["items"]
    assert (row["name"], row["state"], row["withdrawn_at"]) == ("thanks", "shown", None)
    assert row["document"].startswith("order:")
