"""The demo through its own front door: a year that verifies, and clicks that move the books."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.instants import DAY_MS, iso, parse_instant
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from dev.demo.front_door import FrontDoor
from dev.demo.people import KIM
from dev.demo.shop import seeded_beside
from tests.conservation import verify_member
from tests.demo.conftest import Visit, open_demo


def test_the_books_of_a_seeded_year_verify() -> None:
    with open_demo(3) as visit:
        progress = visit.shop.seeding.progress.told()
        assert progress["done"] == progress["total"]
        for customer in (77, 78, 79):
            member = visit.shop.door.admin("GET", f"/members/external:{customer}").json()
            assert isinstance(member, dict)
            member_id = member["member_id"]
            key = account_key("tea", member_id)
            account = account_of(visit.table.load([key]).get(key))
            journal = whole_journal(visit.table, "tea", member_id)
            assert len(journal) >= 2
            verify_member("tea", member_id, account, journal)


def test_a_purchase_moves_the_card_and_its_return_moves_it_back(visit: Visit) -> None:
    before = visit.card()
    sale = visit.buy("matcha", 2)
    after = visit.card()
    assert (before["tiers"][0]["id"], after["tiers"][0]["id"]) == ("silver-tip", "golden-tip")
    # 64 at 1.25 as Silver Tip, and 75 for reaching Golden Tip.
    assert after["points"]["points"]["available"] - before["points"]["points"]["available"] == 155
    returned = visit.post("/dev/demo/return", {"as": "you"})
    assert (returned["number"], returned["status"]) == (sale["number"], "refunded")
    assert visit.card()["points"] == before["points"]
    assert visit.card()["tiers"][0]["id"] == "silver-tip"


def test_a_fetched_code_pays_and_is_used_up(visit: Visit) -> None:
    token = visit.get("/dev/demo/token?as=you")["token"]
    asked = {"token": token, "idempotency_key": "one", "reward_id": "five-off"}
    code = visit.post("/v1/storefront/tea/redemptions", asked)["code"]
    sale = visit.buy("jasmine", 2, code=code)
    assert (sale["code"], sale["discount_cents"]) == (code, 500)
    again = visit.buy("jasmine", 2, code=code)
    assert (again["code"], again["discount_cents"]) == ("", 0)


def test_another_customers_code_does_not_pay(visit: Visit) -> None:
    token = visit.get("/dev/demo/token?as=you")["token"]
    asked = {"token": token, "idempotency_key": "one", "reward_id": "five-off"}
    code = visit.post("/v1/storefront/tea/redemptions", asked)["code"]
    lines = [{"product": "matcha", "quantity": 2}]
    for visitor in ("nora", "guest"):
        basket = visit.post("/dev/demo/price", {"as": visitor, "lines": lines, "code": code})
        assert (basket["code"], basket["total_cents"]) == ("", 6400)


def test_thirteen_months_later_all_points_have_expired(visit: Visit) -> None:
    assert visit.points() > 0
    now = parse_instant(visit.get("/dev/demo/status")["now"])
    moved = visit.post("/dev/clock", {"now": iso(now + 400 * DAY_MS)})
    assert parse_instant(moved["now"]) >= now + 400 * DAY_MS
    assert visit.points() == 0


def test_a_purchase_after_a_jump_is_booked_at_the_new_time(visit: Visit) -> None:
    visit.post("/dev/clock", {"now": "2031-01-15T10:00:00Z"})
    assert visit.buy("assam")["at"].startswith("2031-01-15T10:00")
    counter = visit.get("/dev/demo/counter?as=you")
    assert counter["entries"]["body"]["items"][0]["occurred_at"].startswith("2031-01-15")


def test_behind_the_counter_every_question_is_answered(visit: Visit) -> None:
    visit.buy("gift-card")
    told = visit.get("/dev/demo/counter?as=you")
    assert [told[part]["status"] for part in ("member", "entries", "explain")] == [200, 200, 200]
    assert "earned nothing" in told["explain"]["body"]["sentence"]
    assert told["deliveries"][0]["topic"] == "orders/paid"


def test_guests_and_strangers_have_no_points(visit: Visit) -> None:
    assert visit.get("/dev/demo/token?as=guest")["token"] is None
    assert visit.card("mina")["member"] is None
    assert visit.get("/dev/demo/orders?as=guest")["items"] == []
    lines = [{"product": "assam"}]
    assert visit.post("/dev/demo/buy", {"as": "guest", "lines": lines})["number"]


def test_a_basket_that_cannot_be_read_is_refused(visit: Visit) -> None:
    for lines in (None, [], [{"product": "coffee"}], [{"product": "assam", "quantity": 0}]):
        assert visit.post("/dev/demo/price", {"as": "you", "lines": lines})["status"] == 422


def test_the_history_spreads_over_the_year(visit: Visit) -> None:
    entries = visit.get("/dev/demo/counter?as=you")["entries"]["body"]["items"]
    times = [datetime.fromisoformat(entry["occurred_at"]) for entry in entries]
    assert (times[0] - times[-1]).days * DAY_MS > 330 * DAY_MS


def test_kim_comes_first_and_the_rest_of_the_year_can_be_stopped() -> None:
    with open_demo(60, is_seeded=False) as visit:
        progress = visit.shop.seeding.progress
        with seeded_beside(visit.shop, lambda _: None):
            assert progress.kim_is_ready.wait(30)
            orders = visit.get("/dev/demo/orders?as=you")["items"]
            assert len(orders) == KIM.orders
        assert progress.is_over.is_set()
        assert KIM.orders <= progress.done < progress.total


def test_a_failing_seed_tells_why_and_leaves_the_shop_open() -> None:
    with open_demo(1, is_seeded=False) as visit:
        visit.shop.seeding._door = FrontDoor(
            visit.demo.gateway.answer, replace(visit.shop.keys, webhook_secret="w" * 32)
        )
        visit.shop.seeding.run()
        seed = visit.get("/dev/demo/status")["seed"]
        assert "signature_invalid" in seed["problem"]
        assert visit.buy("assam")["number"]
