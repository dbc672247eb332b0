"""The whole session of docs/api.md, from an empty house to a redeemed reward, shape by shape."""

from typing import Any

from app import app
from chalicelib.domain.instants import DAY_MS, iso
from tests.builders import NOON
from tests.platforms.shopify_bodies import line_body, refund_body, returned
from tests.routes.house import OPERATOR_KEY, open_house
from tests.routes.session import LATER, Session, order_of

SHOP = {
    "shop_id": "tea",
    "name": "Tea & Co",
    "currency": "USD",
    "timezone": "UTC",
    "locales": ["en"],
}
PROGRAM: dict[str, Any] = {
    "id": "tea",
    "name": "Tea club",
    "currency": "USD",
    "timezone": "UTC",
    "units": {
        "points": {
            "name": {"one": "point", "other": "points"},
            "kind": "points",
            "spendable": True,
            "pending": "none",
            "expiry": "never",
        }
    },
    "earn": [
        {
            "id": "purchase",
            "on": "order.paid",
            "give": [{"rate": "1", "per": {"USD": 100}, "of": "net", "unit": "points"}],
        }
    ],
    "tier_groups": [
        {
            "id": "club",
            "by": "spend",
            "window": {"rolling": "P1Y"},
            "keep": {"drop": "requalify"},
            "tiers": [
                {"id": "leaf", "name": "Leaf", "at": {"USD": 0}},
                {
                    "id": "gold",
                    "name": "Gold",
                    "at": {"USD": 20000},
                    "multiply": {"points": "1.5"},
                },
            ],
        }
    ],
    "rewards": [
        {
            "id": "five-off",
            "name": "$5 off",
            "kind": "amount_off",
            "cost": {"unit": "points", "amount": 50},
            "value": {"USD": 500},
            "on_refund": "return",
        }
    ],
}
"""Word for word the program of docs/api.md."""

CARD_KEYS = {
    "member",
    "points",
    "tiers",
    "rewards",
    "codes",
    "badges",
    "challenges",
    "memberships",
    "expiring",
    "notices",
    "program_version",
    "pools",
    "locale",
}
REDEMPTION_KEYS = {
    "worth",
    "redemption_id",
    "reward_id",
    "status",
    "code",
    "fulfilment",
    "expires_at",
    "undo_until",
    "points",
}
MEMBER_KEYS = {
    "member_id",
    "external_id",
    "source",
    "points",
    "tiers",
    "memberships",
    "order_count",
    "seq",
    "joined_at",
    "profile",
}
ENTRY_KEYS = {
    "seq",
    "unit",
    "points",
    "kind",
    "document",
    "booked_after",
    "program_version",
    "occurred_at",
    "recorded_at",
    "explanation",
    "qualifying",
    "touched",
    "prev_hash",
    "hash",
}
LEAF = {
    "group": "club",
    "id": "leaf",
    "name": "Leaf",
    "since": "2026-11-21T10:00:00Z",
    "keep_until": None,
    "progress": {
        "value": 11450,
        "from": 0,
        "to": 20000,
        "next": {"id": "gold", "name": "Gold"},
        "missing": 8550,
        "currency": "USD",
        "text": None,
    },
}


def holding(available: int) -> dict[str, Any]:
    text = "1 point" if available == 1 else f"{available} points"
    figures = {"available": available, "pending": 0, "held": 0, "deficit": 0}
    return {"points": {**figures, "text": text}}


def set_up(story: Session) -> None:
    """Shop, key, program, connection: what an operator does once."""
    made = story.client.ask("POST", "/v1/admin/shops", SHOP, key=OPERATOR_KEY)
    told: Any = made.json()
    assert made.status == 201
    assert {name: told[name] for name in SHOP} == SHOP
    ci = {"name": "ci", "scopes": ["owner"]}
    made = story.admin("POST", "/api-keys", ci, key=OPERATOR_KEY)
    told = made.json()
    assert made.status == 201
    assert {"id", "key"} <= told.keys()
    assert told["key"].startswith("lrl_")
    story.owner = told["key"]
    before = {"x-laurel-now": iso(NOON - DAY_MS)}
    put = story.admin("PUT", "/program", PROGRAM, headers=before)
    assert (put.status, put.json()) == (200, {"version": 1, "warnings": []})
    again = story.admin("PUT", "/program", PROGRAM)
    assert (again.status, again.json()) == (200, {"version": 1, "warnings": []})
    link = {"platform": "shopify", "shop_domain": "tea.myshopify.com"}
    made = story.admin("POST", "/connections", link)
    told = made.json()
    assert made.status == 201
    assert {"connection_id", "webhook_url", "secret"} <= told.keys()
    story.connection, story.secret = told["connection_id"], told["secret"].encode()
    url = f"https://laurel.example/v1/webhooks/{story.connection}"
    assert told["webhook_url"] == url


def earn(story: Session) -> None:
    """A paid order of customer 77 with 114.50 of goods after discounts."""
    paid = story.deliver(order_of("120.00", lines=[line_body(11, "120.00", discounts=["5.50"])]))
    assert (paid.status, paid.json()) == (200, {})
    member = story.member()
    assert set(member) == MEMBER_KEYS
    assert (member["external_id"], member["source"]) == ("77", "main")
    assert (member["points"], member["tiers"]) == (holding(114), [LEAF])
    assert (member["seq"], member["order_count"]) == (1, 1)
    assert member["joined_at"] == "2026-11-21T10:00:00Z"
    assert member["profile"]["email"] == "kim@example.com"
    (entry,) = story.entries()
    assert set(entry) == ENTRY_KEYS
    assert (entry["seq"], entry["kind"], entry["points"]) == (1, "earn", 114)
    assert (entry["document"], entry["booked_after"]) == ("order:main:1001", 114)
    assert entry["explanation"][0] == {"code": "order", "order": "#1001"}


def look(story: Session) -> None:
    """The card in both views, and the card of somebody who is no member."""
    card = story.card()
    assert set(card) == CARD_KEYS
    assert set(card["member"]) == {"id", "name", "joined_at"}
    assert card["member"]["id"] == story.member()["member_id"]
    assert (card["points"], card["tiers"]) == (holding(114), [LEAF])
    assert card["rewards"] == [
        {
            "id": "five-off",
            "name": "$5 off",
            "kind": "amount_off",
            "cost": {"unit": "points", "amount": 50},
            "affordable": True,
            "missing": 0,
            "reason": None,
        }
    ]
    assert (card["codes"], card["expiring"], card["notices"]) == ([], [], [])
    assert (card["program_version"], card["locale"]) == (1, "en")
    launcher = story.card(view="launcher")
    assert launcher == {**card, "rewards": []}
    nobody = story.card("78")
    assert set(nobody) == CARD_KEYS
    assert (nobody["member"], nobody["points"], nobody["tiers"]) == (None, {}, [])
    assert nobody["program_version"] == 1


def spend(story: Session) -> None:
    """Redeem, and the same again."""
    first = story.redeem("k1")
    told: Any = first.json()
    assert (first.status, set(told)) == (201, REDEMPTION_KEYS)
    assert (told["reward_id"], told["status"]) == ("five-off", "ready")
    assert (told["fulfilment"], told["expires_at"]) == ("manual", None)
    assert told["points"] == holding(64)
    assert "Idempotent-Replayed" not in first.headers
    again = story.redeem("k1")
    assert (again.status, again.json()) == (200, told)
    assert again.headers["Idempotent-Replayed"] == "true"
    (shown,) = story.card()["codes"]
    assert shown == {
        "redemption_id": told["redemption_id"],
        "code": told["code"],
        "worth": {"amount": 500, "currency": "USD"},
        "reward_id": "five-off",
        "status": "ready",
        "expires_at": None,
        "undo_until": told["undo_until"],
    }


def refund(story: Session) -> None:
    """The code is used at order 1002, which is refunded in part: a half of all comes back."""
    code = story.card()["codes"][0]["code"]
    line = line_body(21, "20.00", 2)
    bought = order_of("", 1002, lines=[line], codes=[code])
    assert story.deliver(bought).status == 200
    assert story.card()["codes"] == []
    assert story.available() == 64 + 40
    back = refund_body(9, returned(line, 1, "20.00"), order_id=1002, at=LATER)
    assert story.deliver(back, "refunds/create").status == 200
    assert story.available() == 64 + 20 + 25
    kinds = [(entry["kind"], entry["points"]) for entry in story.entries()]
    assert kinds == [("return", 25), ("reverse", -20), ("earn", 40), ("redeem", -50), ("earn", 114)]


def explain(story: Session) -> None:
    """An admin can explain every point."""
    for document in story.get("/members/external:77/documents")["items"]:
        told = story.get(f"/members/external:77/explain/{document['document']}")
        assert {"sentence", "trace", "program_version"} == told.keys()
        assert told["sentence"] == document["sentence"]
        assert told["program_version"] == 1
    log = story.get("/audit-log")["items"]
    assert {row["action"] for row in log} >= {
        "POST /v1/admin/shops",
        "PUT /v1/admin/shops/{shop}/program",
    }


def test_the_whole_session_of_the_contract() -> None:
    with open_house(app) as (client, table):
        client.gateway.clock.move_to(NOON)
        story = Session(client, table)
        for step in (set_up, earn, look, spend, refund, explain):
            step(story)
        story.verify()
