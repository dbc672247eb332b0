"""Orders of guests: theirs once an e-mail is verified, each once, never by an unverified one."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, CustomerUpserted
from chalicelib.domain.instants import HOUR_MS, MINUTE_MS
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.keep_up import Swept
from chalicelib.operations.record_event import record_event
from chalicelib.operations.sweep_due import sweep_due
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    state,
    upserted,
)
from tests.conservation import WatchedTable
from tests.operations.moments import at_every_moment

KIM = "kim@example.com"
OPT_IN = program(join={"how": "opt_in", "retroactive_days": 30})


def as_guest(scene: Scene, order_id: str = "g1", email: str = KIM, net: int = 1_000) -> Any:
    order = state(line(net), id=order_id, customer=None, guest_email=email, version=scene.now)
    return scene.order(upserted(order))


def tell(scene: Scene, customer: str = "77", email: str = KIM, *, verified: bool = True) -> str:
    told = Customer(customer, email=email, email_verified=verified)
    event = CustomerUpserted(f"c{scene.now}", scene.now, "main", told, scene.now)
    return record_event(scene.table, scene.shop, event, (scene.now, scene.now)).status


def join(scene: Scene, customer: str = "77", *, verified: bool = True) -> Any:
    return scene.join(customer, email=KIM, email_verified=verified)


def test_joining_with_a_verified_address_claims_what_waits(shop: Scene) -> None:
    as_guest(shop)
    as_guest(shop, "g2")
    as_guest(shop, "other", "max@example.com")
    recorded(join(shop))
    assert shop.available() == 20
    assert shop.document("g1").member == shop.member()
    assert not shop.document("other").member
    recorded(join(shop))
    assert shop.available() == 20
    shop.verify()


def test_an_unverified_address_claims_nothing(shop: Scene) -> None:
    as_guest(shop)
    recorded(join(shop, verified=False))
    tell(shop, verified=False)
    shop.pay(500, "own", customer=Customer("77", email=KIM))
    as_guest(shop, "g2")
    assert shop.available() == 5
    assert not shop.document("g1").member


def test_later_guest_orders_go_to_the_member(shop: Scene) -> None:
    recorded(join(shop))
    as_guest(shop)
    assert shop.available() == 10
    shop.order(refunded(refund(400, at=NOON + 1), "g1"))
    assert shop.available() == 6
    shop.verify()


def test_an_order_that_makes_a_member_claims_too(shop: Scene) -> None:
    as_guest(shop)
    shop.pay(500, "own", customer=Customer("77", email=KIM, email_verified=True))
    assert shop.available() == 15
    as_guest(shop, "g2")
    assert shop.available() == 25


def test_the_shop_telling_of_a_customer_claims(shop: Scene) -> None:
    recorded(join(shop, verified=False))
    as_guest(shop)
    assert tell(shop) == "recorded"
    assert shop.available() == 10
    assert tell(shop) == "replayed"


def test_a_new_customer_account_becomes_a_member_by_what_was_bought(shop: Scene) -> None:
    as_guest(shop)
    as_guest(shop, "g2")
    assert tell(shop) == "recorded"
    assert shop.available() == 20
    as_guest(shop, "g3")
    assert shop.available() == 30
    shop.verify()


def test_where_joining_is_asked_for_orders_wait_for_that(open_shop: Any) -> None:
    scene = open_shop(OPT_IN)
    as_guest(scene)
    tell(scene)
    assert scene.account() is None
    recorded(join(scene))
    assert scene.available() == 10


def test_an_address_belongs_to_the_first_member_who_verified_it(shop: Scene) -> None:
    recorded(join(shop))
    as_guest(shop)
    recorded(join(shop, "88"))
    as_guest(shop, "g2")
    assert (shop.available(), shop.available("88")) == (20, 0)


def test_who_is_named_comes_before_whom_an_address_leads_to(shop: Scene) -> None:
    recorded(join(shop))
    named = state(line(1_000), id="g1", version=NOON - HOUR_MS, customer=Customer("88"))
    guests = state(line(1_000), id="g1", version=NOON, customer=None, guest_email=KIM)
    for order in ((named, guests), (guests, named)):
        other = Scene(shop.table.copy(), versions=1)  # type: ignore[attr-defined]
        for told in order:
            other.order(upserted(told))
        assert (other.available(), other.available("88")) == (0, 10)
        other.verify("77", "88")


def test_what_the_index_did_not_show_yet_is_claimed_next_time(shop: Scene) -> None:
    table: Any = shop.table
    as_guest(shop)
    query, table.query = table.query, lambda asked: type(query(asked))(())
    recorded(join(shop))
    assert shop.available() == 0
    table.query = query
    recorded(join(shop))
    assert shop.available() == 10


def test_what_the_index_did_not_show_yet_is_claimed_by_the_sweep(shop: Scene) -> None:
    table: Any = shop.table
    table.freeze_indexes()
    as_guest(shop)
    paid = state(line(1_000), customer=Customer("77", email=KIM, email_verified=True))
    recorded(shop.order(upserted(paid)))
    table.thaw_indexes()
    assert shop.available() == 10
    assert sweep_due(table, shop.shop, shop.now + MINUTE_MS) == Swept(1)
    assert shop.available() == 20
    assert sweep_due(table, shop.shop, shop.now + MINUTE_MS) == Swept()
    shop.verify()


def test_all_that_waits_is_claimed_however_much_it_is(shop: Scene) -> None:
    """It was one page of the index at a time: fifty orders."""
    for number in range(120):
        as_guest(shop, f"g{number:03}", net=100)
    recorded(join(shop))
    assert shop.available() == 120
    shop.verify()


def test_what_is_more_than_one_claim_takes_is_claimed_by_the_next(
    shop: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.operations.waiting_orders.CLAIMED_ORDERS_MAX", 3)
    for number in range(5):
        as_guest(shop, f"g{number}", net=100)
    recorded(join(shop))
    assert shop.available() == 3
    assert tell(shop) == "recorded"
    assert shop.available() == 5


def test_an_order_that_made_a_member_claims_when_it_comes_again(shop: Scene) -> None:
    """The process that recorded it may have ended before it claimed."""
    table: Any = shop.table
    as_guest(shop)
    buyer = Customer("77", email=KIM, email_verified=True)
    query, table.query = table.query, None
    with pytest.raises(TypeError):
        shop.pay(500, "own", customer=buyer)
    table.query = query
    assert shop.available() == 5
    shop.pay(700, "other", customer=buyer)
    assert shop.pay(500, "own", customer=buyer).replayed
    assert shop.available() == 12 + 10


def test_nobody_who_was_erased_claims_anything(shop: Scene) -> None:
    recorded(join(shop))
    erase_member(shop.table, EraseCommand(shop.shop, "external:77", "operator", shop.now))
    as_guest(shop)
    tell(shop)
    assert shop.available() == 0
    assert not shop.document("g1").member


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("automatic", [True, False])
def test_joining_at_every_moment_of_a_guests_order(automatic: bool, backwards: bool) -> None:
    start = WatchedTable()
    Scene(start).publish(TEA if automatic else OPT_IN)
    for scene in at_every_moment(start, as_guest, join, backwards):
        assert scene.available() == 10
    for scene in at_every_moment(start, join, as_guest, backwards):
        assert scene.available() == 10
        scene.verify()


def test_two_claims_at_once_claim_once(shop: Scene) -> None:
    as_guest(shop)
    as_guest(shop, "g2")
    table: Any = shop.table
    for scene in at_every_moment(table, join, tell, backwards=False):
        assert scene.available() == 20
        assert len(scene.journal()) == 2
