"""A good request for every route of the house, so that tests can walk them all.

``BODIES`` has a row for each route that takes a body; a new route without one fails
``test_tenant_wall``. ``furnished`` puts one of everything that paths can name into a shop.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.messages import Inbox, Message
from chalicelib.domain.program.drafting import canonical_document, hash_of
from chalicelib.domain.program.law_packs import Duty
from chalicelib.domain.referrals import Offers, Referral, ReferralState
from chalicelib.routes.contract import Audience, Route, declared_routes
from chalicelib.storage.documents import document_item
from chalicelib.storage.items import Absent, Put
from chalicelib.storage.members import inbox_put
from chalicelib.storage.obligations import obligation_puts
from tests.builders import NOON, TEA
from tests.platforms.shopify_bodies import customer_body
from tests.routes.session import FOREST, GIFTS, Session, order_of

EVENT: dict[str, Any] = {
    "type": "order.upserted",
    "id": "e1",
    "occurred_at": "2026-11-21T10:00:00Z",
    "source": "main",
    "order": {
        "id": "5001",
        "number": "#5001",
        "version": "2026-11-21T10:00:00Z",
        "status": "paid",
        "test": False,
        "currency": "USD",
        "created_at": "2026-11-21T10:00:00Z",
        "paid_at": "2026-11-21T10:00:00Z",
        "fulfilled_at": None,
        "partner": None,
        "channel": "web",
        "customer": {"id": "77", "email": "kim@example.com", "email_verified": True, "tags": []},
        "guest_email": None,
        "lines": [
            {
                "id": "l1",
                "product_id": "p1",
                "sku": "ASSAM",
                "title": "Assam",
                "quantity": "2",
                "net": 4000,
                "gross": 4000,
                "tax": 0,
                "cost": None,
                "tags": ["tea"],
                "gift_card": False,
                "attributes": {},
            }
        ],
        "refunds": [],
        "refunds_complete": True,
        "codes": [],
        "attributes": {},
    },
}
"""The event of docs/api.md: forty dollars of customer 77."""

POOLED: dict[str, Any] = {"points": {**GIFTS["points"], "pool": {}}}
"""Units of the tea program whose points members may give and households may share."""
VISIT: dict[str, Any] = {
    "id": "visit",
    "on": "action.visited",
    "give": [{"add": 1, "unit": "points"}],
    "limit": {"times": 1, "window": {"calendar": "day"}},
    "self_reported": True,
}
"""A rule that takes members' word for it."""
HELLO: dict[str, Any] = {
    "id": "hello",
    "on": "member.joined",
    "give": [{"cause": FOREST["id"], "add": 1}],
}
"""A rule that gives to a cause for every new member."""
FUEL = {"id": "fuel", "name": "Fuel"}
"""A partner of the program."""

LOYAL: dict[str, Any] = {
    "id": "loyal",
    "name": "Five visits",
    "kind": "count",
    "on": "action.visited",
    "target": 5,
    "join": "opt_in",
    "give": [{"add": 5, "unit": "points"}],
    "to": "2030-12-31",
    "board": {"size": 3},
}
"""A challenge that members take part in where they say so."""

GRANTED = {"badge": "regular", "reason": "ran the meet-ups", "idempotency_key": "sample-badge"}
FRESH = {"shop_id": "fresh", "name": "x", "currency": "USD", "timezone": "UTC", "locales": ["en"]}
UNGRANTED = {**GRANTED, "idempotency_key": "sample-badge-back"}

SPRING = {
    "id": "spring", "budget": "unlimited",
    "rules": [{"id": "spring-walk", "on": "action.walked", "once": "member",
               "give": [{"add": 1, "unit": "points"}]}]}  # fmt: skip
"""A campaign of something that nobody does."""

FURNISHED: dict[str, Any] = {
    **TEA,
    "units": POOLED,
    "causes": [FOREST],
    "partners": [FUEL],
    "challenges": [LOYAL],
    "badges": [{"id": "regular", "name": "Regular"}],
    "campaigns": [SPRING],
    "messages": {"templates": {"hello": {"text": "Hello!"}}},
    "facts": {"vip": "flag"},
    "earn": [*TEA["earn"], VISIT, HELLO],
    "referral": {"offers": [{"regions": ["*"], "friend": [{"add": 1, "unit": "points"}]}]},
}
"""The program of a furnished shop."""

DRAFT = {**TEA, "units": POOLED, "causes": [FOREST], "partners": [FUEL], "name": "Tea salon"}

BODIES: Mapping[str, object] = {
    "POST /v1/admin/shops": FRESH,
    "PATCH /v1/admin/shops/{shop}": {"name": "Tea and more"},
    "POST /v1/admin/shops/{shop}/api-keys": {"name": "x", "scopes": ["read"]},
    "POST /v1/admin/shops/{shop}/causes/{cause}/settlements": {
        "amount": 1,
        "proof_url": "https://example.org/certificate",
        "idempotency_key": "sample",
    },
    "POST /v1/admin/shops/{shop}/partners/{partner}/months/{month}/settlement": {},
    "POST /v1/admin/shops/{shop}/connections": {
        "platform": "shopify",
        "shop_domain": "more.myshopify.com",
        "source": "more",
    },
    "POST /v1/admin/shops/{shop}/connections/{connection}/secrets": {},
    "POST /v1/admin/shops/{shop}/events": EVENT,
    "POST /v1/admin/shops/{shop}/imports": {
        "customers": [{"customer": {"id": "502"}, "joined_at": "2020-01-01T00:00:00Z"}]
    },
    "POST /v1/admin/shops/{shop}/members": {"external_id": "501"},
    "PATCH /v1/admin/shops/{shop}/members/{member}": {"name": "Kata"},
    "POST /v1/admin/shops/{shop}/members/{member}/adjustments": {
        "unit": "points",
        "points": 3,
        "reason": "sorry",
        "idempotency_key": "sample",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/reinstatements": {
        "unit": "points",
        "points": 3,
        "reason": "sorry",
        "idempotency_key": "sample-reinstatement",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/extensions": {
        "unit": "points",
        "until": "2027-12-31T00:00:00Z",
        "reason": "sorry",
        "idempotency_key": "sample-extension",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/tier-invitations": {
        "group": "club",
        "tier": "gold",
        "reason": "a friend of the house",
        "idempotency_key": "sample-invitation",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/tier-withdrawals": {
        "group": "club",
        "tier": "gold",
        "reason": "moved away",
        "idempotency_key": "sample-withdrawal",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/badge-grants": GRANTED,
    "POST /v1/admin/shops/{shop}/members/{member}/badge-withdrawals": UNGRANTED,
    "POST /v1/admin/shops/{shop}/members/{member}/redemptions": {
        "reward_id": "five-off",
        "idempotency_key": "sample",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/facts": {"facts": {"vip": True}},
    "POST /v1/admin/shops/{shop}/members/{member}/merge": {"into": "external:79"},
    "POST /v1/admin/shops/{shop}/members/{member}/transfers": {
        "to": "external:78",
        "unit": "points",
        "points": 1,
        "idempotency_key": "sample",
    },
    "POST /v1/admin/shops/{shop}/members/{member}/holds": {
        "unit": "points",
        "points": 1,
        "idempotency_key": "sample",
    },
    "POST /v1/admin/shops/{shop}/holds/{hold}/capture": {},
    "POST /v1/admin/shops/{shop}/pools": {"owner": "external:77", "idempotency_key": "sample"},
    "POST /v1/admin/shops/{shop}/pools/{pool}/members": {"member": "external:78"},
    "POST /v1/admin/shops/{shop}/pools/{pool}/contributions": {
        "member": "external:80",
        "points": 1,
        "idempotency_key": "sample put in",
    },
    "POST /v1/admin/shops/{shop}/pools/{pool}/redemptions": {
        "member": "external:80",
        "reward_id": "five-off",
        "idempotency_key": "sample of a pool",
    },
    "PUT /v1/admin/shops/{shop}/program": {
        **TEA,
        "units": POOLED,
        "causes": [FOREST],
        "partners": [FUEL],
        "name": "Tea circle",
    },
    "POST /v1/admin/shops/{shop}/program/check": TEA,
    "PUT /v1/admin/shops/{shop}/program/draft": DRAFT,
    "POST /v1/admin/shops/{shop}/program/preview": {"program": "live"},
    "POST /v1/admin/shops/{shop}/program/try": {
        "program": "live",
        "cart": {"lines": [{"net": 4000}]},
    },
    "POST /v1/admin/shops/{shop}/program/obligations/{obligation}/done": {
        "told_at": "2026-11-20T00:00:00Z",
        "channel": "e-mail",
        "members": 2,
    },
    "POST /v1/admin/shops/{shop}/program/pause": {"what": "earning"},
    "POST /v1/admin/shops/{shop}/program/publish": {
        "draft_hash": hash_of(canonical_document(DRAFT))
    },
    "POST /v1/admin/shops/{shop}/program/replay": {
        "draft_hash": hash_of(canonical_document(DRAFT)),
        "fresh": True,
    },
    "POST /v1/admin/shops/{shop}/program/versions/{version}/rollback": {
        "accept": ["cause_dropped"]
    },
    "POST /v1/admin/shops/{shop}/storefront-keys": {},
    "POST /v1/admin/shops/{shop}/storefront-tokens": {"customer_id": "77"},
    "POST /v1/storefront/{shop}/card": {},
    "POST /v1/storefront/{shop}/history": {},
    "POST /v1/storefront/{shop}/join": {},
    "POST /v1/storefront/{shop}/referral": {},
    "POST /v1/storefront/{shop}/pool": {},
    "POST /v1/storefront/{shop}/pools": {"idempotency_key": "sample pool"},
    "POST /v1/storefront/{shop}/pool/invitations": {"idempotency_key": "sample"},
    "POST /v1/storefront/{shop}/pool/accept": {"invitation": f"{'a' * 26}-{'b' * 26}"},
    "POST /v1/storefront/{shop}/pool/sharing": {"gives_all": True},
    "POST /v1/storefront/{shop}/pool/contributions": {
        "points": 1,
        "idempotency_key": "sample put in too",
    },
    "POST /v1/storefront/{shop}/pool/leave": {},
    "POST /v1/storefront/{shop}/redemptions": {
        "reward_id": "five-off",
        "idempotency_key": "sample",
    },
    "POST /v1/storefront/{shop}/redemptions/{redemption}": {},
    "POST /v1/storefront/{shop}/redemptions/{redemption}/undo": {},
    "POST /v1/storefront/{shop}/statement": {},
    "POST /v1/storefront/{shop}/actions/{rule}": {"idempotency_key": "sample"},
    "POST /v1/storefront/{shop}/challenges/{challenge}/join": {},
    "POST /v1/storefront/{shop}/messages": {},
    "POST /v1/storefront/{shop}/messages/{message}/seen": {},
}
"""A good body for every route that takes one."""

LAST = ("DELETE",)  # asked last where all routes are walked: they take things away
FIRST = ("/v1/admin/shops/{shop}/program/replay",)  # of the draft, which publishing takes away


def walked(*audiences: Audience) -> tuple[Route, ...]:
    """The routes of ``audiences``: ``FIRST``, and last of all those that take things away."""
    routes = [route for route in declared_routes() if route.audience in audiences]
    return tuple(sorted(routes, key=lambda route: (route.path not in FIRST, route.method in LAST)))


def filled(route: Route, values: Mapping[str, str]) -> str:
    """The route's path with ``values`` for its parameters."""
    return route.path.format_map(named(route, values))


def named(route: Route, values: Mapping[str, str]) -> dict[str, str]:
    """``values`` as ``route`` wants them: a hold is captured or voided, so there are two.

    So is a referral approved or rejected.
    """
    is_furnished = values.get("hold") == values.get("hold to capture")
    if values.get("referral") == values.get("referral to approve") and route.path.endswith(
        "/reject"
    ):
        return {**values, "referral": values["referral to reject"]}
    swap = is_furnished and route.path.endswith("/void")
    return {**values, "hold": values["hold to void"]} if swap else dict(values)


def furnished(shop: Session) -> dict[str, str]:
    """One of everything in ``shop``; answers the values of all path parameters."""
    assert shop.admin("PUT", "/program", FURNISHED).status == 200
    for friend in ("78", "79", "80"):
        _made(shop, "/members", {"external_id": friend})
    shop.buy()
    told: Any = shop.redeem("furnished").json()
    shop.deliver(customer_body() | {"id": "no number"}, "customers/update")
    (parked,) = shop.parked()
    shop.admin("PUT", "/program/draft", DRAFT)
    shop.admin("POST", "/program/replay", {"draft_hash": hash_of(canonical_document(DRAFT))})
    duty = Duty("change-1-eu", "change_notice", "eu", "a clause", 1, NOON)
    for write in obligation_puts(shop.shop, (duty,)):
        shop.table.write(write)
    said = Inbox((Message("a" * 26, "hello", "order:main:1001", 2, NOON),), 1)
    shop.table.write(inbox_put(shop.shop, shop.member()["member_id"], said))
    return {
        "shop": shop.shop,
        "key": _made(shop, "/api-keys", {"name": "spare", "scopes": ["read"]})["id"],
        "kid": _made(shop, "/storefront-keys", {})["kid"],
        "connection": _made(shop, "/connections", _spare(shop))["connection_id"],
        "connection_id": shop.connection,
        "member": shop.member()["member_id"],
        "document": "order:main:1001",
        "cause": FOREST["id"],
        "campaign": "spring",
        "partner": FUEL["id"],
        "month": "2026-10",
        "redemption": told["redemption_id"],
        "code": told["code"],
        "hold": (held := _held(shop, "to capture")),
        "hold to capture": held,
        "hold to void": _held(shop, "to void"),
        "parked": parked["id"],
        "pool": _pool(shop),
        "version": "1",
        "obligation": duty.id,
        "rule": VISIT["id"],
        "challenge": LOYAL["id"],
        "message": said.messages[0].id,
        "referral": (flagged := _flagged(shop, "a")),
        "referral to approve": flagged,
        "referral to reject": _flagged(shop, "b"),
    }


def _held(shop: Session, key: str) -> str:
    """A hold of one point, which is given first, so that as many are available as before."""
    member = shop.member()["member_id"]
    shop.adjust(1, key)
    wish = {"unit": "points", "points": 1, "expires_in": 604_800, "idempotency_key": key}
    return str(_made(shop, f"/members/{member}/holds", wish)["hold_id"])


def _pool(shop: Session) -> str:
    """A pool of customer 80, who gives all of 70 points."""
    published = shop.admin("PUT", "/program", FURNISHED)
    assert published.status in {200, 201}, published.body
    shop.adjust(70, "to put in", customer="80")
    wish = {"owner": "external:80", "idempotency_key": "furnished", "gives_all": True}
    return str(_made(shop, "/pools", wish)["pool_id"])


def _flagged(shop: Session, friend: str) -> str:
    """A referral of customer 77 that waits for a review."""
    known = Referral(
        code="K7QF-9M2X",
        advocate=shop.member()["member_id"],
        friend=friend * 26,
        state=ReferralState.FLAGGED,
        recorded_at=NOON,
        order="main:1",
        ordered_at=NOON,
        matures_at=NOON,
        program_version=1,
        offers=Offers("*", "*"),
        reasons=("email",),
        revision=1,
    )
    shop.table.write(Put(document_item(shop.shop, known), Absent()))
    return f"{known.code}.{known.friend}"


def _spare(shop: Session) -> dict[str, str]:
    domain = f"{shop.shop}-spare.myshopify.com"
    return {"platform": "shopify", "shop_domain": domain, "source": "spare"}


def _made(shop: Session, rest: str, body: object) -> Any:
    answered = shop.admin("POST", rest, body)
    assert answered.status == 201, answered.body
    return answered.json()


def understood(shop: Session) -> dict[str, str]:
    """Path values as of ``furnished``, with a parked delivery that can be read by now."""
    values = furnished(shop)
    tomorrow = order_of(order_id=7007, at="2026-11-22T09:00:00Z")
    shop.deliver(tomorrow)
    (late,) = [row["id"] for row in shop.parked() if row["id"] != values["parked"]]
    return {**values, "parked": late}
