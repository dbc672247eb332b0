"""Household pools over HTTP: staff and shoppers, statuses, replays, who learns what."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pytest

from chalicelib.domain.instants import iso
from chalicelib.domain.limits import POOL_INVITATION_MS
from dev.local_gateway import Answered
from tests.builders import NOON
from tests.routes.samples import POOLED
from tests.routes.session import Session, code_of, open_session


@pytest.fixture
def shop() -> Iterator[Session]:
    """Customer 77 with 114 points, 78 and 79 with none."""
    with open_session(units=POOLED) as opened:
        opened.buy()
        for friend in ("78", "79"):
            assert opened.admin("POST", "/members", {"external_id": friend}).status == 201
        yield opened


def told(answered: Answered) -> Any:
    return answered.json()


def make(shop: Session, **changes: Any) -> Any:
    return shop.admin(
        "POST", "/pools", {"owner": "external:77", "idempotency_key": "p1", **changes}
    )


def pool(shop: Session) -> str:
    return str(told(make(shop))["pool_id"])


def test_staff_make_a_pool_once_and_see_whose_it_is(shop: Session) -> None:
    first, again = make(shop), make(shop)
    assert (first.status, again.status) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    seen = told(first)
    assert seen == told(again) == shop.get(f"/pools/{seen['pool_id']}")
    assert seen["points"]["available"] == seen["drawable"] == seen["spendable"] == 0
    (owner,) = seen["members"]
    assert owner.pop("since").startswith(iso(NOON)[:16])
    assert owner == {
        "member_id": shop.member()["member_id"],
        "share": 0,
        "gives_all": False,
        "is_owner": True,
    }


def test_staff_list_pools_page_by_page(shop: Session) -> None:
    assert shop.get("/pools")["items"] == []
    body = {"owner": "external:78", "idempotency_key": "p2"}
    made = [told(make(shop)), told(shop.admin("POST", "/pools", body))]
    page = shop.get("/pools?limit=1")
    rest = shop.get(f"/pools?limit=1&cursor={page['next_cursor']}")
    listed = [*page["items"], *rest["items"]]  # by time, and of one millisecond by name
    assert sorted(listed, key=itemgetter("pool_id")) == sorted(made, key=itemgetter("pool_id"))


def test_staff_add_put_in_and_take_out(shop: Session) -> None:
    name = pool(shop)
    added = [
        shop.admin("POST", f"/pools/{name}/members", {"member": "external:78"}) for _ in range(2)
    ]
    assert [each.status for each in added] == [201, 200]
    said = {"member": "external:77", "points": 40, "idempotency_key": "c1"}
    put = [shop.admin("POST", f"/pools/{name}/contributions", said) for _ in range(2)]
    assert [each.status for each in put] == [201, 200]
    assert told(put[0])["points"] == 40
    assert (shop.available(), shop.get(f"/pools/{name}")["spendable"]) == (74, 40)
    statement = shop.get(f"/pools/{name}/statement")
    (row,) = statement["entries"]
    assert row["entry"]["explanation"][0]["parameters"] == {"member": told(put[0])["member_id"]}
    assert row["sentence"] == "Put into the household pool"
    page = shop.admin("GET", f"/pools/{name}/statement?format=html")
    assert page.headers["Content-Type"].startswith("text/html")
    gone = [shop.admin("DELETE", f"/pools/{name}/members/external:77") for _ in range(2)]
    assert [each.status for each in gone] == [204, 204]
    assert shop.available() == 114
    over = [shop.admin("DELETE", f"/pools/{name}") for _ in range(2)]
    assert [each.status for each in over] == [204, 204]
    assert shop.get(f"/pools/{name}")["dissolved_at"].startswith(iso(NOON)[:16])


@pytest.mark.parametrize(
    ("method", "rest", "body", "code"),
    [
        ("GET", "/pools/nothing", None, "pool_unknown"),
        ("GET", "/pools/external:77", None, "pool_unknown"),
        ("GET", "/pools/nothing/statement", None, "pool_unknown"),
        ("DELETE", "/pools/nothing", None, "pool_unknown"),
        ("DELETE", "/pools/nothing/members/external:77", None, "pool_unknown"),
        ("DELETE", "/pools/{pool}/members/external:5", None, "member_unknown"),
        ("POST", "/pools/{pool}/members", {"member": "external:5"}, "member_unknown"),
        ("POST", "/pools/nothing/members", {"member": 5}, "pool_unknown"),
        ("POST", "/pools", {"owner": "external:5", "idempotency_key": "k"}, "member_unknown"),
        ("POST", "/pools", {"owner": "external:77", "idempotency_key": "k"}, "already_in_pool"),
        (
            "POST",
            "/pools",
            {"owner": "external:78", "idempotency_key": "k", "unit": "stars"},
            "unit_unknown",
        ),
        (
            "POST",
            "/pools/{pool}/contributions",
            {"member": "external:77", "points": 115, "idempotency_key": "k"},
            "insufficient_points",
        ),
        (
            "POST",
            "/pools/{pool}/contributions",
            {"member": "external:79", "points": 1, "idempotency_key": "k"},
            "pool_unknown",
        ),
        ("GET", "/pools/{pool}/statement?after=x", None, "value_invalid"),
    ],
)
def test_what_cannot_be(shop: Session, method: str, rest: str, body: Any, code: str) -> None:
    assert shop.code(method, rest.format(pool=pool(shop)), body) == code


def test_a_pool_is_no_member_at_any_door_of_members(shop: Session) -> None:
    name = pool(shop)
    assert shop.code("GET", f"/members/{name}") == "member_unknown"
    assert shop.code("DELETE", f"/members/{name}") == "member_unknown"
    wish = {"to": name, "unit": "points", "points": 1, "idempotency_key": "k"}
    assert shop.code("POST", "/members/external:77/transfers", wish) == "member_unknown"
    merge = {"into": name}
    assert shop.code("POST", "/members/external:77/merge", merge) == "member_unknown"


def test_shoppers_invite_accept_put_in_and_leave(shop: Session) -> None:
    keyed = {"idempotency_key": "s1"}
    made = [shop.shopper("/pools", keyed) for _ in range(2)]
    assert [each.status for each in made] == [201, 200]
    invited = [shop.shopper("/pool/invitations", keyed) for _ in range(2)]
    assert [each.status for each in invited] == [201, 200]
    assert told(invited[0])["expires_at"].startswith(iso(NOON + POOL_INVITATION_MS)[:16])
    said = {"invitation": told(invited[0])["invitation"]}
    joined = [shop.shopper("/pool/accept", said, "78") for _ in range(2)]
    assert [each.status for each in joined] == [201, 200]
    assert code_of(shop.shopper("/pool/accept", said, "79")) == "invitation_unknown"
    assert code_of(shop.shopper("/pool/invitations", keyed, "78")) == "pool_not_allowed"
    put = [
        shop.shopper("/pool/contributions", {"points": 14, **keyed, "idempotency_key": "c"})
        for _ in range(2)
    ]
    assert [each.status for each in put] == [201, 200]
    seen = told(shop.shopper("/pool", {}, "78"))
    assert (seen["spendable"], seen["text"]) == (14, "14 points")
    assert [each["is_you"] for each in seen["members"]] == [False, True]
    assert [each["share"] for each in seen["members"]] == [14, 0]
    left = [shop.shopper("/pool/leave", {}, "77") for _ in range(2)]
    assert [each.status for each in left] == [204, 204]
    assert shop.available() == 114
    assert told(shop.shopper("/pool", {}, "78"))["members"][0]["is_owner"]


def test_a_shopper_may_give_all_and_think_better_of_it(shop: Session) -> None:
    shop.shopper("/pools", {"idempotency_key": "s1"})
    seen = told(shop.shopper("/pool/sharing", {"gives_all": True}))
    assert (seen["points"]["available"], seen["drawable"], seen["spendable"]) == (0, 114, 114)
    assert told(shop.shopper("/pool/sharing", {"gives_all": False}))["spendable"] == 0


def test_first_names_are_shown_to_those_who_share_and_only_with_consent(shop: Session) -> None:
    shop.admin("PATCH", "/members/external:77", {"name": "Kim Lee", "consent": True})
    shop.admin("PATCH", "/members/external:78", {"name": "Sam Poe"})
    name = pool(shop)
    shop.admin("POST", f"/pools/{name}/members", {"member": "external:78"})
    seen = told(shop.shopper("/pool", {}, "78"))
    assert [each["name"] for each in seen["members"]] == ["Kim", ""]
    assert "Lee" not in repr(shop.client.lines)
    assert not [item for item in shop.table.items() if "Kim" in str(item["PK"]) + str(item["SK"])]


@pytest.mark.parametrize(
    ("rest", "body", "customer", "code"),
    [
        ("/pool", {}, "77", "pool_unknown"),
        ("/pool/sharing", {"gives_all": True}, "77", "pool_unknown"),
        ("/pool/invitations", {"idempotency_key": "k"}, "77", "pool_unknown"),
        ("/pool/contributions", {"idempotency_key": "k", "points": 1}, "77", "pool_unknown"),
        ("/pool/accept", {"invitation": "x"}, "77", "value_invalid"),
        ("/pool/accept", {"invitation": "a" * 26 + "-" + "b" * 26}, "77", "pool_unknown"),
        ("/pools", {"idempotency_key": "k"}, "5", "member_unknown"),
        ("/pool", {"unit": "stars"}, "77", "pool_unknown"),
    ],
)
def test_what_shoppers_cannot(
    shop: Session, rest: str, body: Any, customer: str, code: str
) -> None:
    assert code_of(shop.shopper(rest, body, customer)) == code


def test_a_pool_pays_for_a_reward_that_who_took_it_undoes(shop: Session) -> None:
    shop.shopper("/pools", {"idempotency_key": "s1", "gives_all": True})
    said = {"reward_id": "five-off", "idempotency_key": "r1", "from": "pool"}
    taken = [shop.shopper("/redemptions", said) for _ in range(2)]
    assert [each.status for each in taken] == [201, 200]
    assert told(taken[0])["code"] == told(taken[1])["code"]
    name = told(taken[0])["redemption_id"]
    assert shop.available() == 64
    assert told(shop.shopper(f"/redemptions/{name}"))["status"] == "ready"
    assert code_of(shop.shopper(f"/redemptions/{name}", {}, "78")) == "redemption_unknown"
    assert code_of(shop.shopper(f"/redemptions/{name}/undo", {}, "78")) == "redemption_unknown"
    found = shop.get(f"/codes/{told(taken[0])['code']}")
    assert found["redemption_id"] == name
    undone = told(shop.shopper(f"/redemptions/{name}/undo"))
    assert undone["status"] == "undone"
    (card,) = shop.card()["pools"]
    assert (card["points"]["available"], card["drawable"], card["spendable"]) == (50, 64, 114)
    assert "pools" in shop.card("78")


def test_staff_take_a_reward_from_a_pool_for_somebody(shop: Session) -> None:
    name = told(make(shop, gives_all=True))["pool_id"]
    said = {"member": "external:77", "reward_id": "five-off", "idempotency_key": "r1"}
    taken = [shop.admin("POST", f"/pools/{name}/redemptions", said) for _ in range(2)]
    assert [each.status for each in taken] == [201, 200]
    other = {**said, "member": "external:78", "idempotency_key": "r2"}
    assert shop.code("POST", f"/pools/{name}/redemptions", other) == "pool_unknown"
    other = {**said, "member": "external:5"}
    assert shop.code("POST", f"/pools/{name}/redemptions", other) == "member_unknown"
    assert shop.code("POST", "/pools/nothing/redemptions", said) == "pool_unknown"


def test_a_pool_pays_for_nothing_while_the_program_is_paused(shop: Session) -> None:
    name = told(make(shop, gives_all=True))["pool_id"]
    said = {"member": "external:77", "reward_id": "five-off", "idempotency_key": "r1"}
    shop.admin("POST", "/program/pause", {"what": "all"})
    assert shop.code("POST", f"/pools/{name}/redemptions", said) == "program_paused"
    mine = {"reward_id": "five-off", "idempotency_key": "r1", "from": "pool"}
    assert code_of(shop.shopper("/redemptions", mine)) == "program_paused"
    shop.admin("POST", "/program/resume")
    assert shop.code("POST", f"/pools/{name}/redemptions", said) == "201"


def test_who_shares_no_pool_has_none_that_pays(shop: Session) -> None:
    said = {"reward_id": "five-off", "idempotency_key": "r1", "from": "pool"}
    assert code_of(shop.shopper("/redemptions", said)) == "pool_unknown"


def test_who_left_a_pool_is_answered_again_and_undoes_what_they_took(shop: Session) -> None:
    shop.shopper("/pools", {"idempotency_key": "s1", "gives_all": True})
    said = {"reward_id": "five-off", "idempotency_key": "r1", "from": "pool"}
    taken = told(shop.shopper("/redemptions", said))
    name = taken["redemption_id"]
    assert shop.shopper("/pool/leave", {}).status == 204
    again = shop.shopper("/redemptions", said)
    assert (again.status, told(again)["code"]) == (200, taken["code"])
    assert told(shop.shopper(f"/redemptions/{name}"))["status"] == "ready"
    shop.shopper("/pools", {"idempotency_key": "s2", "gives_all": True})
    again = shop.shopper("/redemptions", said)
    assert (again.status, told(again)["code"]) == (200, taken["code"])
    assert shop.available() == 64
    assert told(shop.shopper(f"/redemptions/{name}/undo"))["status"] == "undone"
    assert shop.available() == 114
    other = {**said, "reward_id": "no-such"}
    assert code_of(shop.shopper("/redemptions", other)) == "reward_unknown"
