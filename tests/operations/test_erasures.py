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
from chalicelib.storage.codec import unpack
from tests.builders import NOON, Scene, program, recorded, refund, refunded, refused, unit
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
    """All that the table holds, documents unpacked."""
    table: Any = scene.table
    texts = []
    for item in table.items():
        texts.append(repr(item))
        if isinstance(item.get("b"), bytes):
            texts.append(unpack(item["b"]).decode())
    return "\n".join(texts)


def test_nothing_personal_is_left_and_the_books_are_what_they_were(kim: Scene) -> None:
    assert all(word in everything(kim) for word in PERSONAL)
    before, journal = kim.available(), kim.journal()
    assert not erase(kim).replayed
    left = everything(kim)
    assert not [word for word in PERSONAL if word in left]
    assert (kim.available(), kim.journal()) == (before, journal)
    kim.verify("77", "88")


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
