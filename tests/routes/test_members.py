"""Staff and members: making, finding, listing, changing, and everything that explains them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.instants import SECOND_MS
from chalicelib.domain.limits import ID_LENGTH_MAX
from tests.builders import NOON
from tests.platforms.shopify_bodies import line_body, refund_body, returned
from tests.routes.session import LATER, Session, code_of, open_session, order_of

NOBODY = "z" * 26
PROFILE = {
    "email",
    "email_verified",
    "name",
    "locale",
    "country",
    "tags",
    "birthday",
    "consent",
}


@pytest.fixture
def shop() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def enrol(shop: Session, customer: str, **told: Any) -> Any:
    return shop.admin("POST", "/members", {"external_id": customer, **told})


def listed(shop: Session, query: str) -> list[str]:
    """External ids of one list, page after page."""
    ids: list[str] = []
    cursor = ""
    while True:
        page = shop.get(f"/members?{query}&cursor={cursor}" if cursor else f"/members?{query}")
        ids += [member["external_id"] for member in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return ids


def test_a_member_made_by_hand_is_201_and_then_200(shop: Session) -> None:
    said = {
        "email": "Ann@Example.com",
        "email_verified": True,
        "name": "Ann",
        "locale": "hu",
        "country": "HU",
        "tags": ["vip"],
        "birthday": "1990-02-28",
        "consent": True,
    }
    first = enrol(shop, "5", **said)
    told = first.json()
    assert (first.status, told["external_id"], told["source"]) == (201, "5", "main")
    assert (told["seq"], told["order_count"]) == (0, 0)
    assert told["points"]["points"]["available"] == 0
    assert set(told["profile"]) == PROFILE
    assert told["profile"] == {**said, "email": "ann@example.com", "birthday": "02-28"}
    again = enrol(shop, "5", name="Other")
    assert (again.status, again.json()) == (200, told)


def test_a_member_is_found_by_our_id_and_by_the_shops(shop: Session) -> None:
    shop.buy()
    enrol(shop, "77", source="pos")
    ours, pos = shop.member(), shop.member("77", "pos")
    assert ours["member_id"] != pos["member_id"]
    for name, member in (
        (ours["member_id"], ours),
        ("external:77", ours),
        ("external:main:77", ours),
        ("external%3A77", ours),
        ("external:pos:77", pos),
        (pos["member_id"], pos),
    ):
        assert shop.get(f"/members/{name}") == member


@pytest.mark.parametrize(
    "name",
    ["nobody", NOBODY, "external:", "external::", "external:main:", "external::77", "external:78",
     "EXTERNAL:77", "A" * 26, "%23", "S%23tea", "%C3%A9", "x" * 200, "%F0%9F%8D%B5" * 200,
     "external:" + "%25" * ID_LENGTH_MAX],
)  # fmt: skip
def test_whoever_is_no_member_is_404_on_every_route(shop: Session, name: str) -> None:
    shop.buy()
    path = f"/members/{name}"
    for rest in ("", "/entries", "/documents", "/documents/order:main:1001", "/explain/joining:x"):
        assert shop.code("GET", path + rest) == "member_unknown"
        assert shop.code("GET", f"{path}{rest}?colour=red") == "member_unknown"
    headers = {"Idempotency-Key": "k"}
    wishes = {
        "/adjustments": {"unit": "points", "points": 1, "reason": "x"},
        "/redemptions": {"reward_id": "five-off"},
    }
    for rest, body in wishes.items():
        assert shop.code("POST", path + rest, body, headers=headers) == "member_unknown"
        # What is asked for goes before its content: 404 before 400 and 422.
        assert shop.code("POST", path + rest, body) == "member_unknown"
        assert shop.code("POST", path + rest, {}, headers=headers) == "member_unknown"
    assert shop.code("PATCH", path, {"name": "x"}) == "member_unknown"
    assert shop.code("PATCH", path, {"colour": "red"}) == "member_unknown"


def test_members_are_listed_in_order_of_joining_page_by_page(shop: Session) -> None:
    for number in range(7):
        shop.client.gateway.clock.move_to(NOON + number * SECOND_MS)
        enrol(shop, f"c{number}")
    expected = [f"c{number}" for number in range(7)]
    for limit in (1, 2, 3, 7, 50, 200):
        assert listed(shop, f"limit={limit}") == expected
    assert set(shop.get("/members?limit=1")["items"][0]["profile"]) == PROFILE


def test_members_are_found_by_address_in_any_case(shop: Session) -> None:
    enrol(shop, "a", email="kim@example.com")
    enrol(shop, "b", email="Kim@Example.com")
    enrol(shop, "c", email="other@example.com")
    for address in ("kim@example.com", "KIM@EXAMPLE.COM", "%20kim@example.com"):
        assert sorted(listed(shop, f"email={address}&limit=1")) == ["a", "b"]
    for address in ("nobody@example.com", "x", "%00", "%F0%9F%8D%B5", "x" * 1_000):
        assert listed(shop, f"email={address}") == []


def test_members_are_filtered_by_the_tier_they_hold_now(shop: Session) -> None:
    shop.buy("250.00")
    shop.buy("10.00", 1002, customer={"id": 78, "email": "b@example.com"})
    enrol(shop, "79")
    assert listed(shop, "tier=gold") == ["77"]
    assert listed(shop, "tier=leaf&limit=1") == ["78", "79"]
    assert listed(shop, "tier=nothing") == []
    assert listed(shop, "tier=gold&email=b@example.com") == []


def test_a_cursor_is_good_for_one_list_and_its_filters(shop: Session) -> None:
    for number in range(3):
        enrol(shop, f"c{number}", email="same@example.com")
    cursor = shop.get("/members?limit=1")["next_cursor"]
    assert shop.code("GET", f"/members?limit=2&cursor={cursor}") == "200"
    for other in ("/members?tier=leaf&", "/members?email=same@example.com&", "/parked-events?"):
        assert shop.code("GET", f"{other}cursor={cursor}") == "cursor_invalid"
    wrongs = (cursor[:-2], cursor + "x", "x", "%00", "a" * 3_000, cursor.swapcase(), "null", "e30")
    for wrong in wrongs:
        assert shop.code("GET", f"/members?cursor={wrong}") == "cursor_invalid"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1.5", "limit=-1", "limit=", "colour=red",
              "limit=1&limit=2", "tier=a&tier=b", "limit=%D9%A1", "limit=9999999999999999999"]
)  # fmt: skip
def test_what_a_list_does_not_know_is_refused_with_its_place(shop: Session, query: str) -> None:
    answered = shop.admin("GET", f"/members?{query}")
    told: Any = answered.json()
    assert (answered.status, told["code"]) == (422, "value_invalid")
    assert told["errors"][0]["path"] == f"query.{query.partition('=')[0]}"


def test_a_change_changes_what_it_names_and_no_points(shop: Session) -> None:
    shop.buy()
    before = shop.member()
    said = {"email": "new@example.com", "name": "Kati", "tags": ["a", "b"], "consent": True}
    changed = shop.admin("PATCH", "/members/external:77", said)
    expected = {**before["profile"], **said}
    assert (changed.status, changed.json()) == (200, {**before, "profile": expected})
    assert shop.member() == changed.json()
    assert listed(shop, "email=new@example.com") == ["77"]
    assert listed(shop, "email=kim@example.com") == []
    assert shop.admin("PATCH", "/members/external:77", {}).json() == changed.json()
    assert len(shop.entries()) == 1


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({}, "$.external_id", "missing_key"),
        ({"external_id": ""}, "$.external_id", "value_invalid"),
        ({"external_id": "x" * 129}, "$.external_id", "value_invalid"),
        ({"external_id": "a\nb"}, "$.external_id", "value_invalid"),
        ({"external_id": "a\u0000"}, "$.external_id", "value_invalid"),
        ({"external_id": 5}, "$.external_id", "value_invalid"),
        ({"external_id": "5", "colour": "red"}, "$.colour", "unknown_key"),
        ({"external_id": "5", "points": 10**6}, "$.points", "unknown_key"),
        ({"external_id": "5", "email": "no"}, "$.email", "value_invalid"),
        ({"external_id": "5", "email": None}, "$.email", "value_invalid"),
        ({"external_id": "5", "country": "hu"}, "$.country", "value_invalid"),
        ({"external_id": "5", "locale": "x" * 36}, "$.locale", "value_invalid"),
        ({"external_id": "5", "tags": ["x"] * 101}, "$.tags", "value_invalid"),
        ({"external_id": "5", "tags": "x"}, "$.tags", "value_invalid"),
        ({"external_id": "5", "birthday": "1990-02-30x"}, "$.birthday", "value_invalid"),
        ({"external_id": "5", "consent": "yes"}, "$.consent", "value_invalid"),
        ([], "$", "value_invalid"),
    ],
)
def test_a_wrong_member_is_refused_with_the_place(
    shop: Session, body: object, path: str, code: str
) -> None:
    answered = shop.admin("POST", "/members", body)
    told: Any = answered.json()
    assert (answered.status, told["code"]) == (422, "value_invalid")
    assert (told["errors"][0]["path"], told["errors"][0]["code"]) == (path, code)


@pytest.mark.parametrize(
    "customer", ["x" * 128, "🍵" * 128, "a#b", "%", "a:b:c", "external:1", " ", "'; DROP", "é"]
)
def test_odd_customer_ids_are_members_like_others(shop: Session, customer: str) -> None:
    told = enrol(shop, customer).json()
    assert told["external_id"] == customer
    assert shop.get(f"/members/{told['member_id']}") == told
    assert customer in listed(shop, "limit=200")


def test_two_odd_ids_never_meet(shop: Session) -> None:
    ids = ["a", "a#", "a%23", "a:b", "A", "a ", " a", "á", "a\u0301"]
    made = {enrol(shop, customer).json()["member_id"] for customer in ids}
    assert len(made) == len(ids)


# -- documents


def fill(shop: Session) -> dict[str, str]:
    """One document of each kind; answers the reason for each."""
    line = line_body(11, "100.00", 2)
    shop.deliver(order_of("", lines=[line]))
    back = refund_body(9, returned(line, 1, "100.00"), at=LATER)
    shop.deliver(back, "refunds/create")
    shop.deliver(order_of("9.00", 1002, status="pending"))
    adjusted: Any = shop.adjust(-5).json()
    redeemed: Any = shop.redeem().json()
    enrol(shop, "8")
    return {
        "order:main:1001": "Order #1001",
        "order:main:1002": "Order #1002",
        adjusted["document"]: "5 points by hand",
        f"redemption:{redeemed['redemption_id']}": "$5 off",
    }


def test_every_document_is_listed_read_and_explained_in_words(shop: Session) -> None:
    expected = fill(shop)
    rows = shop.get("/members/external:77/documents")["items"]
    assert {row["document"] for row in rows} == set(expected)
    for row in rows:
        name = row["document"]
        assert row == shop.get(f"/members/external:77/documents/{name}")
        told = shop.get(f"/members/external:77/explain/{name}")
        assert told["sentence"] == row["sentence"]
        assert expected[name] in told["sentence"], told["sentence"]
        assert all(step["sentence"] for step in told["trace"])
    points = {row["document"]: row["points"] for row in rows}
    assert points["order:main:1001"] == {"points": 100}
    assert points["order:main:1002"] == {}
    assert sum(each.get("points", 0) for each in points.values()) == shop.available()


def test_explanations_speak_the_languages_that_there_are(shop: Session) -> None:
    fill(shop)
    path = "/members/external:77/explain/order:main:1001"
    told = {
        locale: shop.get(f"{path}?locale={locale}")["sentence"] for locale in ("en", "hu", "fa")
    }
    assert len(set(told.values())) == 3
    assert shop.get(f"{path}?locale=xx")["sentence"] == told["en"] == shop.get(path)["sentence"]
    assert shop.get(f"{path}?locale=%F0%9F%8D%B5")["sentence"] == told["en"]


@pytest.mark.parametrize(
    "name",
    ["order", "order:", "order:main:", "order::1001", "order:main:9", "order:pos:1001", "nothing:1",
     "redemption:nothing", "adjustment:nothing", "joining:member", "joining:nobody", "x" * 200,
     "order:" + "x" * 190, "redemption:" + "%F0%9F%8D%B5" * 189, "order:main:" + "%23" * 189,
     "order:main:1001%20", "ORDER:main:1001", "order:%F0%9F%8D%B5:" + "%25" * 150],
)  # fmt: skip
def test_a_document_that_is_not_there_is_404(shop: Session, name: str) -> None:
    shop.buy()
    for kind in ("documents", "explain"):
        assert shop.code("GET", f"/members/external:77/{kind}/{name}") == "document_unknown"


def test_a_document_is_its_members_alone(shop: Session) -> None:
    names = fill(shop)
    shop.buy(order_id=2002, customer={"id": 78, "email": "b@example.com"})
    for name in names:
        assert shop.code("GET", f"/members/external:78/documents/{name}") == "document_unknown"


def test_joining_is_a_document_where_it_gives_something(shop: Session) -> None:
    earn = {"id": "hi", "on": "member.joined", "give": [{"add": 10, "unit": "points"}]}
    program = shop.get("/program")["program"]
    shop.publish({**program, "earn": [*program["earn"], earn]})
    enrol(shop, "8")
    told = shop.get("/members/external:8/explain/joining:member")
    assert told["trace"]
    assert "10 points" in told["sentence"]


def test_entries_are_paged_and_tell_what_their_hash_covers(shop: Session) -> None:
    fill(shop)
    whole = shop.entries()
    assert [entry["seq"] for entry in whole] == list(range(len(whole), 0, -1))
    assert whole[-1]["prev_hash"] != whole[0]["prev_hash"]
    for newer, older in pairwise(whole):
        assert newer["prev_hash"] == older["hash"]
        assert newer["booked_after"] == older["booked_after"] + newer["points"]
    paged: list[Any] = []
    cursor = ""
    while cursor is not None:
        query = f"?limit=1&cursor={cursor}" if cursor else "?limit=1"
        page = shop.get(f"/members/external:77/entries{query}")
        paged += page["items"]
        cursor = page["next_cursor"]
    assert paged == whole
    cursor = shop.get("/members/external:77/entries?limit=1")["next_cursor"]
    shop.buy(order_id=3003, customer={"id": 78, "email": "b@example.com"})
    path = f"/members/external:78/entries?cursor={cursor}"
    assert code_of(shop.admin("GET", path)) == "cursor_invalid"
