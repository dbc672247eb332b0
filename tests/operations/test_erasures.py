"""A forgotten person: nothing personal is left anywhere, and the books are what they were."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer, CustomerMerged, CustomerRedacted, CustomerUpserted
from chalicelib.domain.instants import HOUR_MS
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.find_member import find_member
from chalicelib.operations.manage_members import list_members
from chalicelib.operations.record_event import record_event
from chalicelib.security.keyed_ids import email_hash
from chalicelib.storage.codec import unpack
from chalicelib.storage.parked_events import list_parked, park
from tests.builders import (
    NOON,
    SHOP_KEY,
    Scene,
    line,
    program,
    recorded,
    refund,
    refunded,
    refused,
    state,
    unit,
    upserted,
)
from tests.conservation import verify_table
from tests.operations.moments import at_every_moment
from tests.operations.verbs_of_members import give, merge

LATER = NOON + HOUR_MS
KIM = "kim@example.com"
PERSONAL = ("kim", "Kim", "said sorry", "happy birthday")
GIFTS = program(units=unit(gift={"max": 500, "window": "lifetime"}))


@pytest.fixture
def kim(scene: Scene) -> Scene:
    """Customer 77 with everything personal that there is, and a friend, 88."""
    scene.publish(GIFTS)
    scene.join("77", email=KIM, email_verified=True, name="Kim", birthday="1990-01-01")
    scene.pay(10_000)
    scene.pay(5_000, "2", customer=Customer("88"))
    recorded(scene.adjust(5))
    recorded(give(scene, 10, message="happy birthday"))
    return scene


def erase(scene: Scene, name: str = "external:77") -> Any:
    return erase_member(scene.table, EraseCommand(scene.shop, name, "operator", scene.now))


def tell(scene: Scene, event: Any) -> str:
    return record_event(scene.table, scene.shop, event, (scene.now, scene.now)).status


def everything(scene: Scene) -> str:
    """All that the table holds, documents and parked bodies unpacked."""
    table: Any = scene.table
    texts = []
    for item in table.items():
        texts.append(repr(item))
        if isinstance(item.get("b"), bytes):
            is_plain = item["b"].startswith(b"{")
            texts.append((item["b"] if is_plain else unpack(item["b"])).decode())
    return "\n".join(texts)


def test_nothing_personal_is_left_and_the_books_are_what_they_were(kim: Scene) -> None:
    assert all(word in everything(kim) for word in PERSONAL)
    before, journal = kim.available(), kim.journal()
    assert not erase(kim).replayed
    left = everything(kim)
    assert not [word for word in PERSONAL if word in left]
    assert (kim.available(), kim.journal()) == (before, journal)
    kim.verify("77", "88")


def parked(scene: Scene, body: str, topic: str = "orders/paid") -> str:
    """A delivery that could not be understood."""
    return park(scene.table, scene.shop, ("c1", topic, body.encode()), scene.now, ()).id


def guest_order(scene: Scene, name: str, email: str) -> None:
    told = state(line(100), id=name, customer=None, guest_email=email)
    recorded(scene.order(upserted(told)))


def test_no_byte_of_a_person_of_many_ids_and_addresses_is_left_in_the_table(kim: Scene) -> None:
    """Look-up rows were found by the present address alone, parked bodies not at all."""
    for customer, email in (("77", "kimmy@example.com"), ("99", "kim.old@example.com")):
        kim.join(customer, email=email, email_verified=True)
        told = Customer(customer, email=email, email_verified=True)
        tell(kim, CustomerUpserted(f"c{email}", LATER, "main", told, LATER))
        guest_order(kim, f"g{customer}", email)
    guest_order(kim, "gk", KIM)
    recorded(merge(kim, gone="99", kept="77"))
    parked(kim, '{"id": 5, "customer": {"id": 77, "name": "Kim"}}')
    parked(kim, '{"note": "write to KIMMY@example.com", "by": null}')
    parked(kim, '[{"customer_id": "gid://shop/Customer/99", "said": "kim"}]')
    parked(kim, '{"id": "99", "first_name": "Kim"}', "customers/update")
    parked(kim, "kim 77 no json")
    stays = parked(kim, '{"id": 77, "customer": {"id": 88, "email": "max@example.com"}}')
    hashes = [email_hash(SHOP_KEY, f"{each}@example.com") for each in ("kim", "kimmy", "kim.old")]
    assert all(word in everything(kim) for word in (*PERSONAL, *hashes))
    before = kim.available()
    recorded(erase(kim))
    left = everything(kim).casefold()
    assert not [word for word in (*PERSONAL, *hashes) if word.casefold() in left]
    waiting, _ = list_parked(kim.table, kim.shop, 50, None)
    assert [event.id for event in waiting] == [stays]
    assert kim.available() == before
    kim.verify("77", "88", "99")
    verify_table(kim.table.items())  # type: ignore[attr-defined]


def test_a_text_that_others_write_to_is_asked_for_again(kim: Scene) -> None:
    guest_order(kim, "g", KIM)
    table: Any = kim.table
    transact, seen = table.transact, list[Any]()

    def writes_first(writes: Any, token: str) -> None:
        if not seen and writes[0].item.get("PK", "").endswith("#O#main:g"):
            seen.append(table.fault)
            kim.order(refunded(refund(10, at=LATER), "g"))
        transact(writes, token)

    table.transact = writes_first
    recorded(erase(kim))
    assert seen
    assert email_hash(SHOP_KEY, KIM) not in everything(kim)


def test_erased_twice_is_erased_once(kim: Scene) -> None:
    first, again = erase(kim), erase(kim)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.document == again.document
    assert refused(erase(kim, "external:nobody")) == "member_unknown"


def test_what_a_crash_left_is_wiped_by_asking_again(kim: Scene) -> None:
    table: Any = kim.table
    query, table.query = table.query, None
    with pytest.raises(TypeError):
        erase(kim)
    table.query = query
    assert "said sorry" in everything(kim)
    assert erase(kim).replayed
    assert "said sorry" not in everything(kim)


def test_an_erased_member_is_gone_for_every_verb(kim: Scene) -> None:
    erase(kim)
    assert refused(find_member(kim.table, kim.shop, "external:77")) == "member_erased"
    assert refused(kim.redeem()) == "member_erased"
    assert refused(kim.join()) == "member_erased"
    listed: Any = list_members(kim.table, kim.shop, (50, None), ("", "", NOON))
    assert [each.profile.external_id for each in listed.records] == ["88"]
    found: Any = list_members(kim.table, kim.shop, (50, None), (KIM, "", NOON))
    assert found.records == ()


def test_refunds_still_come_in_and_new_orders_earn_nothing(kim: Scene) -> None:
    erase(kim)
    kim.order(refunded(refund(2_000, at=LATER)))
    assert kim.available() == 75
    kim.pay(10_000, "9")
    assert kim.available() == 75
    told = Customer("77", email=KIM, email_verified=True, name="Kim")
    tell(kim, CustomerUpserted("c", LATER, "main", told, LATER))
    assert "kim" not in everything(kim)
    kim.verify("77", "88")


def test_the_shops_word_is_enough_and_unknown_customers_are_fine(kim: Scene) -> None:
    assert tell(kim, CustomerRedacted("r", NOON, "main", "77")) == "recorded"
    assert tell(kim, CustomerRedacted("r", NOON, "main", "77")) == "replayed"
    assert tell(kim, CustomerRedacted("r", NOON, "main", "nobody")) == "ignored"


def test_every_id_of_a_merged_member_is_wiped(kim: Scene) -> None:
    recorded(kim.adjust(5, key="b", customer="88"))
    recorded(merge(kim, gone="77", kept="88"))
    erase(kim)
    left = everything(kim)
    assert not [word for word in PERSONAL if word in left]
    kim.verify("77", "88")


def test_the_shop_telling_of_a_merge_merges(kim: Scene) -> None:
    event = CustomerMerged("m", NOON, "main", kept_id="88", merged_id="77")
    assert tell(kim, event) == "recorded"
    assert kim.available("88") == 155
    assert tell(kim, event) == "replayed"


def test_an_id_merged_into_a_customer_who_is_no_member_yet_makes_them_one(kim: Scene) -> None:
    event = CustomerMerged("m", NOON, "main", kept_id="new", merged_id="77")
    assert tell(kim, event) == "recorded"
    assert kim.available("new") == 95
    found: Any = find_member(kim.table, kim.shop, "external:77")
    assert found.member == kim.member("new")


def test_customers_who_are_no_members_are_left_alone(shop: Scene) -> None:
    """One was made to lead to a member who was none: joining under its id was asked for ever,
    and when the other joined, they did not know whom they had become.
    """
    event = CustomerMerged("m", NOON, "main", kept_id="88", merged_id="77")
    assert tell(shop, event) == "ignored"
    recorded(shop.join("77"))
    shop.pay(1_000)
    assert tell(shop, event) == "recorded"
    assert (shop.available("88"), shop.available()) == (10, 0)
    assert audit_member(shop.table, shop.shop, shop.member()).breaks == ()
    shop.verify("77", "88")


@pytest.mark.parametrize("backwards", [False, True])
def test_the_second_writer_at_every_moment_of_an_erasure(kim: Scene, backwards: bool) -> None:
    table: Any = kim.table
    for other in (erase, lambda s: s.pay(1_000, "9"), lambda s: s.redeem(key="k9")):
        for scene in at_every_moment(table, erase, other, backwards):
            assert "kim" not in everything(scene)
            scene.verify("77", "88")


@pytest.mark.parametrize("backwards", [False, True])
def test_a_merge_at_every_moment_of_an_erasure(kim: Scene, backwards: bool) -> None:
    """The kept member's account was written over the one that is gone."""
    table: Any = kim.table
    for scene in at_every_moment(table, erase, lambda s: merge(s, "77", "88"), backwards):
        scene.verify("77", "88")
