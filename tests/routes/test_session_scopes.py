"""Who may do what: every admin route by every scope, and the audit log that tells who did."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.instants import DAY_MS, SECOND_MS
from chalicelib.routes.contract import Audience, Route
from chalicelib.security.scopes import Scope
from tests.builders import NOON
from tests.routes.house import OPERATOR_KEY, make_key
from tests.routes.samples import BODIES, filled, furnished, named, understood, walked
from tests.routes.session import GIFTS, Session, code_of, open_session

ADMIN = walked(Audience.ADMIN)
NEEDS_LAPSED = "POST /v1/admin/shops/{shop}/members/{member}/reinstatements"  # see test_expiry
NEEDS_SCHEDULED = "POST /v1/admin/shops/{shop}/program/versions/{version}/withdraw"
SAVES_DRAFT = "PUT /v1/admin/shops/{shop}/program/draft"
NEEDS_MORE = (NEEDS_LAPSED, NEEDS_SCHEDULED)  # the second: see test_publishing
WRITES = tuple(route for route in ADMIN if route.is_write and route.template not in NEEDS_MORE)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Session, dict[str, str], dict[str, str]]]:
    """A furnished shop, its path values, and a key of each scope."""
    with open_session(units=GIFTS) as shop:
        values = furnished(shop)
        keys = {scope.value: make_key(shop.client, "tea", scope.value) for scope in Scope}
        yield shop, values, keys


@pytest.fixture(scope="module")
def revoked(shared: tuple[Session, dict[str, str], dict[str, str]]) -> str:
    """A key that was taken back: one for all, for a shop may have a hundred."""
    shop, _, _ = shared
    made: Any = shop.admin("POST", "/api-keys", {"name": "gone", "scopes": ["owner"]}).json()
    shop.admin("DELETE", f"/api-keys/{made['id']}")
    return str(made["key"])


def ask(shop: Session, route: Route, values: dict[str, str], key: str) -> Any:
    body, path = BODIES.get(route.template), filled(route, values)
    if route.template == SAVES_DRAFT:  # a draft of before stays based on what was live then
        path += f"?base_version={shop.get('/program')['version']}"
    return shop.client.ask(route.method, path, body, key=key)


@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.template)
def test_a_key_may_do_what_its_scope_says_and_nothing_else(
    shared: tuple[Session, dict[str, str], dict[str, str]], route: Route
) -> None:
    shop, values, keys = shared
    wanted = route.contract.scope
    for scope, key in keys.items():
        may = wanted is not None and scope in (wanted.value, Scope.OWNER.value)
        if may and route.method == "DELETE":
            continue  # taken away by the operator below
        answered = ask(shop, route, values, key)
        told: Any = code_of(answered)
        assert (told != "scope_missing") is may, f"{route.template} with {scope}: {told}"
        # Nothing has lapsed here and nothing was given to a cause, so a reinstatement and a
        # settlement come as far as the books and no further; nothing is scheduled either.
        passed = told in {
            *("scope_missing", "insufficient_points"),
            *("version_not_withdrawable", "settlement_above_given"),
        }
        assert answered.status < 400 or passed, answered.body
    if route.method != "DELETE":
        assert ask(shop, route, values, OPERATOR_KEY).status in {200, 201, 409}


@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.template)
def test_no_key_a_made_up_key_and_a_revoked_key_do_nothing(
    shared: tuple[Session, dict[str, str], dict[str, str]], revoked: str, route: Route
) -> None:
    shop, values, _ = shared
    before = shop.table.items()
    for key in ("", "lrl_" + "a" * 40, revoked, shop.token()):
        assert code_of(ask(shop, route, values, key)) == "key_invalid"
    assert len(shop.table.items()) <= len(before) + 1  # the row of the audit log for the token


def test_every_write_that_was_done_is_one_row_of_the_audit_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_session(units=GIFTS) as shop:
        values = understood(shop)
        shop.client.gateway.clock.move_to(NOON + 2 * DAY_MS)
        ticks = itertools.count(clock.wall_now() + SECOND_MS, SECOND_MS)
        monkeypatch.setattr(clock, "wall_now", lambda: next(ticks))
        for route in WRITES:
            answered = ask(shop, route, values, OPERATOR_KEY)
            assert answered.status < 300, (route.template, answered.body)
            of = "fresh" if route.template == "POST /v1/admin/shops" else "tea"
            (row, *_) = shop.client.get(f"/v1/admin/shops/{of}/audit-log?limit=1")["items"]
            assert (row["action"], row["actor"]) == (route.template, "operator")
            paths = named(route, values)
            told = {name: paths[name] for name in route.parameters if name != "shop"}
            assert told.items() <= row["targets"].items()


def test_reads_refusals_and_replays_leave_no_row() -> None:
    with open_session() as shop:
        values = furnished(shop)
        rows = len(shop.get("/audit-log?limit=200")["items"])
        for route in ADMIN:
            if not route.is_write:
                assert ask(shop, route, values, OPERATOR_KEY).status == 200
            else:
                wrong = shop.client.ask(route.method, filled(route, values), b"{", key="")
                assert wrong.status in {400, 401}
        shop.adjust(5, "a")
        for _ in range(3):
            assert shop.adjust(5, "a").status == 200
            assert shop.adjust(0, "b").status == 422
        assert len(shop.get("/audit-log?limit=200")["items"]) == rows + 1


def test_a_row_names_our_member_never_the_shops_customer() -> None:
    with open_session() as shop:
        shop.buy()
        shop.adjust(5)
        (row, *_) = shop.get("/audit-log?limit=1")["items"]
        assert row["targets"] == {"target": shop.member()["member_id"]}


def test_every_admin_route_names_a_scope_but_making_shops() -> None:
    free = [route.template for route in ADMIN if route.contract.scope is None]
    assert free == ["POST /v1/admin/shops"]
