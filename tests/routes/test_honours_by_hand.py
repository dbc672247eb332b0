"""Tiers and badges by hand, through the doors: once a key, on the card, in the audit log."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON
from tests.routes.session import Session, code_of, open_session

CLUB = {
    "id": "club",
    "tiers": [
        {"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
        {"id": "council", "name": "Council", "invite_only": True},
    ],
}


@pytest.fixture
def shop() -> Iterator[Session]:
    badges = [{"id": "host", "name": "Host"}]
    with open_session(tier_groups=[CLUB], badges=badges) as opened:
        opened.buy()
        yield opened


def ask(shop: Session, what: str, key: str = "h1", **body: Any) -> Any:
    said = {"group": "club", "tier": "council", "reason": "ran the meet-ups", **body}
    headers = {"Idempotency-Key": key, "x-laurel-now": iso(NOON)}
    return shop.admin("POST", f"/members/external:77/{what}", said, headers=headers)


def test_who_is_invited_sees_it_until_it_is_withdrawn(shop: Session) -> None:
    until = iso(NOON + 9 * DAY_MS)
    made, again = (ask(shop, "tier-invitations", until=until) for _ in range(2))
    assert (made.status, again.status) == (201, 200)
    assert made.json() == again.json()
    assert (made.json()["kind"], made.json()["points"]) == ("qualify", 0)
    held: Any = shop.card()["tiers"][0]
    assert (held["id"], held["name"], held["keep_until"]) == ("council", "Council", until)
    name = made.json()["document"]
    said = shop.get(f"/members/external:77/documents/{name}")["sentence"]
    assert said == "Staff invited the member to Council."
    ended = ask(shop, "tier-withdrawals", "h2")
    assert (ended.status, shop.card()["tiers"][0]["id"]) == (201, "leaf")
    rows = [row["action"] for row in shop.get("/audit-log")["items"]]
    assert sum(action.endswith("/tier-invitations") for action in rows) == 1
    assert sum(action.endswith("/tier-withdrawals") for action in rows) == 1


def badge(shop: Session, what: str, key: str = "b1", name: str = "host") -> Any:
    said = {"badge": name, "reason": "ran the meet-ups"}
    headers = {"Idempotency-Key": key, "x-laurel-now": iso(NOON)}
    return shop.admin("POST", f"/members/external:77/{what}", said, headers=headers)


def test_who_is_granted_a_badge_wears_it_until_staff_take_it_back(shop: Session) -> None:
    made, again = (badge(shop, "badge-grants") for _ in range(2))
    assert (made.status, again.status) == (201, 200)
    assert made.json() == again.json()
    assert (made.json()["kind"], made.json()["points"]) == ("grant", 0)
    worn: Any = shop.card()["badges"]
    assert [(each["id"], each["name"]) for each in worn] == [("host", "Host")]
    name = made.json()["document"]
    said = shop.get(f"/members/external:77/documents/{name}")["sentence"]
    assert said == "Staff granted the member the badge Host."
    assert code_of(badge(shop, "badge-grants", "b2")) == "badge_granted_already"
    assert code_of(badge(shop, "badge-grants", "b2", "guest")) == "badge_unknown"
    assert badge(shop, "badge-withdrawals", "b3").status == 201
    assert shop.card()["badges"] == []
    assert code_of(badge(shop, "badge-withdrawals", "b4")) == "badge_unknown"
    rows = [row["action"] for row in shop.get("/audit-log")["items"]]
    assert sum(action.endswith("/badge-grants") for action in rows) == 1
    assert sum(action.endswith("/badge-withdrawals") for action in rows) == 1


def test_what_is_wrong_is_said(shop: Session) -> None:
    assert code_of(ask(shop, "tier-invitations", until="tomorrow")) == "value_invalid"
    assert code_of(ask(shop, "tier-invitations", until=iso(NOON - 1))) == "value_invalid"
    assert code_of(ask(shop, "tier-invitations", tier="leaf")) == "value_invalid"
    assert code_of(ask(shop, "tier-withdrawals")) == "invitation_unknown"
    assert ask(shop, "tier-invitations").status == 201
    assert code_of(ask(shop, "tier-invitations", until=iso(NOON + 1))) == "same_key_other_request"
