"""The wall between shops: whoever is not of the shop makes us send no key of it to the table.

Looked at are the keys that reached the table, not the status: an answer may be right by luck. The
table is copied for each request, so that nothing comes from a cache. ``ROWS`` says for each route
what proving who is asking may read; a route without a row fails the first test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.instants import SECOND_MS
from chalicelib.routes.contract import Audience, Route, declared_routes, find_route
from chalicelib.security.scopes import Scope
from chalicelib.security.storefront_tokens import Customer, TokenKey, mint_compact, mint_jwt
from chalicelib.storage import connection
from chalicelib.storage.items import Key
from tests.builders import TEA
from tests.memory_table import MemoryTable
from tests.platforms.shopify_bodies import signed
from tests.routes.house import make_key
from tests.routes.samples import BODIES, FURNISHED, VISIT, filled, furnished
from tests.routes.session import Session, code_of, open_session, opened, order_of

KEY = "K#"  # an API key by its hash: whose it is
TOKEN = "T#"  # a storefront key by its id
LINK = "C#"  # a connection by its id
SHOP = "S#tea/SHOP"  # the shop's own key, for tokens that we sign ourselves

STAFF = (KEY,)
SHOPPERS = (TOKEN, SHOP)

ROWS: dict[str, tuple[str, ...]] = {
    "POST /v1/admin/shops": STAFF,
    "GET /v1/admin/shops/{shop}": STAFF,
    "PATCH /v1/admin/shops/{shop}": STAFF,
    "GET /v1/admin/shops/{shop}/api-keys": STAFF,
    "POST /v1/admin/shops/{shop}/api-keys": STAFF,
    "DELETE /v1/admin/shops/{shop}/api-keys/{key}": STAFF,
    "GET /v1/admin/shops/{shop}/audit-log": STAFF,
    "GET /v1/admin/shops/{shop}/audits": STAFF,
    "GET /v1/admin/shops/{shop}/campaigns/{campaign}": STAFF,
    "GET /v1/admin/shops/{shop}/holdout": STAFF,
    "GET /v1/admin/shops/{shop}/causes": STAFF,
    "GET /v1/admin/shops/{shop}/partners": STAFF,
    "GET /v1/admin/shops/{shop}/partners/{partner}/months/{month}": STAFF,
    "POST /v1/admin/shops/{shop}/partners/{partner}/months/{month}/settlement": STAFF,
    "GET /v1/admin/shops/{shop}/causes/{cause}/settlements": STAFF,
    "POST /v1/admin/shops/{shop}/causes/{cause}/settlements": STAFF,
    "GET /v1/admin/shops/{shop}/referrals/flagged": STAFF,
    "GET /v1/admin/shops/{shop}/referrals/{referral}": STAFF,
    "POST /v1/admin/shops/{shop}/referrals/{referral}/approve": STAFF,
    "POST /v1/admin/shops/{shop}/referrals/{referral}/reject": STAFF,
    "GET /v1/admin/shops/{shop}/codes/{code}": STAFF,
    "GET /v1/admin/shops/{shop}/connections": STAFF,
    "POST /v1/admin/shops/{shop}/connections": STAFF,
    "DELETE /v1/admin/shops/{shop}/connections/{connection}": STAFF,
    "POST /v1/admin/shops/{shop}/connections/{connection}/secrets": STAFF,
    "POST /v1/admin/shops/{shop}/events": STAFF,
    "POST /v1/admin/shops/{shop}/imports": STAFF,
    "GET /v1/admin/shops/{shop}/members": STAFF,
    "POST /v1/admin/shops/{shop}/members": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/messages": STAFF,
    "PATCH /v1/admin/shops/{shop}/members/{member}": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/adjustments": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/holds": STAFF,
    "POST /v1/admin/shops/{shop}/holds/{hold}/capture": STAFF,
    "POST /v1/admin/shops/{shop}/holds/{hold}/void": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/facts": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/documents": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/documents/{document}": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/entries": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/explain/{document}": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/redemptions": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/redemptions/{redemption}/fulfil": STAFF,
    "GET /v1/admin/shops/{shop}/redemptions/open": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/reinstatements": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/extensions": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/tier-invitations": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/tier-withdrawals": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/badge-grants": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/badge-withdrawals": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/transfers": STAFF,
    "POST /v1/admin/shops/{shop}/members/{member}/merge": STAFF,
    "DELETE /v1/admin/shops/{shop}/members/{member}": STAFF,
    "GET /v1/admin/shops/{shop}/pools": STAFF,
    "POST /v1/admin/shops/{shop}/pools": STAFF,
    "GET /v1/admin/shops/{shop}/pools/{pool}": STAFF,
    "DELETE /v1/admin/shops/{shop}/pools/{pool}": STAFF,
    "POST /v1/admin/shops/{shop}/pools/{pool}/members": STAFF,
    "DELETE /v1/admin/shops/{shop}/pools/{pool}/members/{member}": STAFF,
    "POST /v1/admin/shops/{shop}/pools/{pool}/contributions": STAFF,
    "GET /v1/admin/shops/{shop}/pools/{pool}/statement": STAFF,
    "POST /v1/admin/shops/{shop}/pools/{pool}/redemptions": STAFF,
    "GET /v1/admin/shops/{shop}/expiring": STAFF,
    "GET /v1/admin/shops/{shop}/members/{member}/statement": STAFF,
    "GET /v1/admin/shops/{shop}/parked-events": STAFF,
    "POST /v1/admin/shops/{shop}/parked-events/{parked}/replay": STAFF,
    "GET /v1/admin/shops/{shop}/program": STAFF,
    "PUT /v1/admin/shops/{shop}/program": STAFF,
    "POST /v1/admin/shops/{shop}/program/check": STAFF,
    "GET /v1/admin/shops/{shop}/program/draft": STAFF,
    "PUT /v1/admin/shops/{shop}/program/draft": STAFF,
    "DELETE /v1/admin/shops/{shop}/program/draft": STAFF,
    "POST /v1/admin/shops/{shop}/program/publish": STAFF,
    "POST /v1/admin/shops/{shop}/program/versions/{version}/rollback": STAFF,
    "POST /v1/admin/shops/{shop}/program/versions/{version}/withdraw": STAFF,
    "GET /v1/admin/shops/{shop}/program/diff": STAFF,
    "GET /v1/admin/shops/{shop}/program/announcement": STAFF,
    "POST /v1/admin/shops/{shop}/program/preview": STAFF,
    "POST /v1/admin/shops/{shop}/program/try": STAFF,
    "GET /v1/admin/shops/{shop}/program/replay": STAFF,
    "POST /v1/admin/shops/{shop}/program/replay": STAFF,
    "GET /v1/admin/shops/{shop}/program/obligations": STAFF,
    "POST /v1/admin/shops/{shop}/program/obligations/{obligation}/done": STAFF,
    "POST /v1/admin/shops/{shop}/program/pause": STAFF,
    "POST /v1/admin/shops/{shop}/program/resume": STAFF,
    "GET /v1/admin/shops/{shop}/program/versions": STAFF,
    "GET /v1/admin/shops/{shop}/program/versions/{version}": STAFF,
    "GET /v1/admin/shops/{shop}/storefront-keys": STAFF,
    "POST /v1/admin/shops/{shop}/storefront-keys": STAFF,
    "DELETE /v1/admin/shops/{shop}/storefront-keys/{kid}": STAFF,
    "POST /v1/admin/shops/{shop}/storefront-tokens": STAFF,
    "POST /v1/storefront/{shop}/card": SHOPPERS,
    "POST /v1/storefront/{shop}/history": SHOPPERS,
    "POST /v1/storefront/{shop}/join": SHOPPERS,
    "POST /v1/storefront/{shop}/pool": SHOPPERS,
    "POST /v1/storefront/{shop}/pools": SHOPPERS,
    "POST /v1/storefront/{shop}/pool/invitations": SHOPPERS,
    "POST /v1/storefront/{shop}/pool/accept": SHOPPERS,
    "POST /v1/storefront/{shop}/pool/sharing": SHOPPERS,
    "POST /v1/storefront/{shop}/pool/contributions": SHOPPERS,
    "POST /v1/storefront/{shop}/pool/leave": SHOPPERS,
    "POST /v1/storefront/{shop}/redemptions": SHOPPERS,
    "POST /v1/storefront/{shop}/redemptions/{redemption}": SHOPPERS,
    "POST /v1/storefront/{shop}/redemptions/{redemption}/undo": SHOPPERS,
    "POST /v1/storefront/{shop}/statement": SHOPPERS,
    "POST /v1/storefront/{shop}/actions/{rule}": SHOPPERS,
    "POST /v1/storefront/{shop}/challenges/{challenge}/join": SHOPPERS,
    "POST /v1/storefront/{shop}/referral": SHOPPERS,
    "POST /v1/storefront/{shop}/messages": SHOPPERS,
    "POST /v1/storefront/{shop}/messages/{message}/seen": SHOPPERS,
    "POST /v1/webhooks/{connection_id}": (LINK,),
    "GET /v1/openapi.json": (),
    "GET /v1/program.schema.json": (),
    "GET /v1/storefront/{shop}/program": ("S#tea/",),  # the shop and its program: open to all
    "GET /v1/storefront/{shop}/draws": ("S#tea/",),  # the shop's own key, and no member
    "GET /v1/storefront/{shop}/boards/{challenge}": ("S#tea/", "S#tea#BOARD#"),  # a name if agreed
    "GET /v1/storefront/{shop}/causes": ("S#tea/", "S#tea#G#forest/"),  # and what was given
}


OF_A_DRAFT = (
    "GET /v1/admin/shops/{shop}/program/draft",
    "POST /v1/admin/shops/{shop}/program/publish",
    "GET /v1/admin/shops/{shop}/program/diff",
    "GET /v1/admin/shops/{shop}/program/announcement",
    "GET /v1/admin/shops/{shop}/program/replay",
    "POST /v1/admin/shops/{shop}/program/replay",
)
"""They find the shop's own draft, and the stranger has none."""


@dataclass
class Wall:
    """Two furnished shops: ``tea`` is the victim, ``coffee`` the stranger."""

    tea: Session
    coffee: Session
    theirs: dict[str, str]  # path values of tea
    ours: dict[str, str]  # path values of coffee
    victim_keys: frozenset[Key]  # every item of tea
    credentials: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def seen(self, ask: Any) -> tuple[Any, list[str]]:
        """The answer of ``ask(client)`` over a cold copy of the table, and tea's keys in it."""
        table = self.tea.table.copy()
        with connection.use_table(table):
            answered = ask(self.tea.client)
        return answered, [name for name in _names(table) if self._is_victims(name)]

    def _is_victims(self, name: str) -> bool:
        partition = name.rpartition("/")[0]
        is_in_partition = partition == "S#tea" or partition.startswith("S#tea#")
        return is_in_partition or name in {"/".join(key) for key in self.victim_keys}


def _names(table: MemoryTable) -> list[str]:
    return ["/".join(key) for call in table.calls for key in call.keys]


def _keys(table: MemoryTable) -> set[Key]:
    return {(str(item["PK"]), str(item["SK"])) for item in table.items()}


@pytest.fixture(scope="module")
def wall() -> Iterator[Wall]:
    with open_session() as tea:
        theirs = furnished(tea)
        tea_token_key = _token_key(tea)
        gone = _revoked(tea)
        victim_keys = frozenset(_keys(tea.table))
        coffee = opened(tea.client, tea.table, "coffee")
        own = {"earn": [VISIT], "facts": {"vip": "flag"}, "referral": FURNISHED["referral"]}
        coffee.admin("PUT", "/program", {**TEA, **own})
        coffee.deliver(order_of(), domain="coffee.myshopify.com")
        ours = {**theirs, "shop": "coffee"}
        made = Wall(tea, coffee, theirs, ours, victim_keys)
        made.credentials = {
            "nothing": "",
            "made up": "lrl_" + "a" * 52,
            "revoked of tea": gone,
            "revoked of coffee": _revoked(coffee),
            "token of tea": tea.token(),
            **{f"{scope} of coffee": make_key(coffee.client, "coffee", scope) for scope in Scope},
        }
        made.tokens = _tokens(tea_token_key, coffee)
        yield made


def _revoked(shop: Session) -> str:
    made: Any = shop.admin("POST", "/api-keys", {"name": "gone", "scopes": ["owner"]}).json()
    shop.admin("DELETE", f"/api-keys/{made['id']}")
    return str(made["key"])


def _token_key(shop: Session) -> TokenKey:
    made: Any = shop.admin("POST", "/storefront-keys", {}).json()
    return TokenKey(made["kid"], shop.shop, made["secret"].encode())


def _tokens(tea: TokenKey, coffee: Session) -> dict[str, str]:
    """Wrong tokens at tea's doors."""
    ours = _token_key(coffee)
    now = clock.wall_now()
    person = Customer("77", now + 60 * SECOND_MS, "")
    late = Customer("77", now - SECOND_MS, "")
    swapped = TokenKey(tea.key_id, "tea", ours.secret)
    return {
        "nothing": "",
        "minted by coffee": coffee.token(),
        "minted by coffee, jwt": coffee.token(kind="jwt"),
        "coffee's key": mint_compact(person, ours),
        "coffee's key for tea": mint_jwt(person, TokenKey(ours.key_id, "tea", ours.secret)),
        "tea's key id, coffee's secret": mint_compact(person, swapped),
        "tea's key, late": mint_compact(late, tea),
        "api key of coffee": coffee.owner,
    }


def routes_of(audience: Audience) -> list[Route]:
    return [route for route in declared_routes() if route.audience is audience]


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert {route.template for route in declared_routes()} == set(ROWS)
    takes_body = {route.template for route in declared_routes() if route.takes_json}
    assert takes_body == set(BODIES)
    assert all(find_route(*template.split(" ")) for template in ROWS)


def allowed(route: Route, name: str) -> bool:
    return any(name.startswith(prefix) for prefix in ROWS[route.template])


@pytest.mark.parametrize("route", routes_of(Audience.ADMIN), ids=lambda route: route.template)
def test_a_key_of_another_shop_reads_nothing_of_this_one(wall: Wall, route: Route) -> None:
    body = BODIES.get(route.template)
    if route.template == "POST /v1/admin/shops":
        body = {**dict(BODIES[route.template]), "shop_id": "tea"}  # type: ignore[call-overload]  # a dict
    path = filled(route, wall.theirs)
    for name, key in wall.credentials.items():
        answered, seen = wall.seen(
            lambda client, key=key: client.ask(route.method, path, body, key=key)
        )
        assert code_of(answered) in {"key_invalid", "scope_missing"}, name
        assert [each for each in seen if not allowed(route, each)] == [], name
    assert code_of(answered) == (
        "scope_missing" if "{shop}" not in path + route.path else "key_invalid"
    )


@pytest.mark.parametrize("route", routes_of(Audience.STOREFRONT), ids=lambda r: r.template)
def test_a_token_of_another_shop_reads_nothing_of_this_one(wall: Wall, route: Route) -> None:
    path = filled(route, wall.theirs)
    for name, token in wall.tokens.items():
        body = {**dict(BODIES[route.template]), "token": token}  # type: ignore[call-overload]  # a dict
        answered, seen = wall.seen(lambda client, body=body: client.ask("POST", path, body, key=""))
        assert answered.status == 401, name
        assert [each for each in seen if not allowed(route, each)] == [], name


@pytest.mark.parametrize("route", routes_of(Audience.ADMIN), ids=lambda route: route.template)
def test_ids_of_another_shop_lead_nowhere_in_ones_own(wall: Wall, route: Route) -> None:
    if "shop" not in route.parameters:
        return
    body, path = BODIES.get(route.template), filled(route, wall.ours)
    answered, seen = wall.seen(
        lambda client: client.ask(route.method, path, body, key=wall.coffee.owner)
    )
    assert seen == []
    names_theirs = set(route.parameters) - {"shop", "version"}
    needs_draft = route.template in OF_A_DRAFT
    assert (answered.status == 404) is (bool(names_theirs) or needs_draft), answered.body


@pytest.mark.parametrize("route", routes_of(Audience.STOREFRONT), ids=lambda r: r.template)
def test_a_shoppers_token_reads_their_own_shop_alone(wall: Wall, route: Route) -> None:
    body = {**dict(BODIES[route.template]), "token": wall.coffee.token()}  # type: ignore[call-overload]  # a dict
    path = filled(route, wall.ours)
    answered, seen = wall.seen(lambda client: client.ask("POST", path, body, key=""))
    assert seen == []
    shares_none = "/pool" in route.path and not route.path.endswith(("/pools", "/leave"))
    names_theirs = {"redemption", "challenge", "message"} & set(route.parameters)
    assert (answered.status == 404) is (shares_none or bool(names_theirs))


def test_a_delivery_signed_by_another_shop_reads_the_connection_alone(wall: Wall) -> None:
    forged, headers = signed(order_of(), wall.coffee.secret)
    path = f"/v1/webhooks/{wall.tea.connection}"
    answered, seen = wall.seen(lambda client: client.ask("POST", path, forged, headers=headers))
    assert answered.status == 401
    assert seen == [f"{LINK}{wall.tea.connection}/C"]


@pytest.mark.parametrize("domain", ["tea.myshopify.com", "coffee.myshopify.com"])
def test_a_delivery_never_leaves_the_shop_of_its_connection(wall: Wall, domain: str) -> None:
    code = wall.tea.get("/codes/" + wall.theirs["code"])["code"]
    raw, headers = signed(order_of(codes=[code]), wall.coffee.secret, shop_domain=domain)
    path = f"/v1/webhooks/{wall.coffee.connection}"
    answered, seen = wall.seen(lambda client: client.ask("POST", path, raw, headers=headers))
    assert answered.status == (401 if domain.startswith("tea") else 200)
    assert seen == []


def test_what_is_open_to_all_is_the_program_alone(wall: Wall) -> None:
    for route in routes_of(Audience.PUBLIC):
        path = filled(route, wall.theirs)
        answered, seen = wall.seen(lambda client, path=path: client.ask("GET", path, key=""))
        assert answered.status == 200
        counters = {f"S#tea#G#forest/{part}" for part in ("T", *(f"{n:02d}" for n in range(8)))}
        may = counters if route.path.endswith("/causes") else set()
        may |= {"S#tea#BOARD#loyal/"} if "/boards/" in route.path else set()
        program = {"S#tea/SHOP", "S#tea/P#000002", "S#tea/P#000003"}
        assert set(seen) <= program | may


def test_a_cursor_of_another_shop_opens_nothing(wall: Wall) -> None:
    page = wall.tea.get("/audit-log?limit=1")
    path = f"/v1/admin/shops/coffee/audit-log?cursor={page['next_cursor']}"
    answered, seen = wall.seen(lambda client: client.ask("GET", path, key=wall.coffee.owner))
    assert (code_of(answered), seen) == ("cursor_invalid", [])


def test_the_same_customer_is_a_stranger_in_the_other_shop(wall: Wall) -> None:
    assert wall.tea.member()["member_id"] != wall.coffee.member()["member_id"]
    assert wall.tea.available() == 64
    assert wall.coffee.available() == 114
