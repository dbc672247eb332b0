"""Reading messages: in words that are live, under any id of the member, opened once by whoever."""

from functools import partial
from typing import Any

import pytest

from chalicelib.domain.outcome import Busy, Refusal
from chalicelib.operations import read_messages as reading
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.read_messages import (
    ReadMessages,
    find_message,
    list_messages,
    open_message,
    read_messages,
)
from chalicelib.operations.view_card import CardQuery
from chalicelib.security.storefront_tokens import Customer as Shopper
from tests.builders import NOON, TEA, Scene, program, refund, refunded
from tests.conservation import WatchedTable
from tests.operations.test_two_writers import MOMENTS_MAX, interrupted
from tests.operations.verbs_of_members import merge

RULE = {"id": "thank", "on": "order.paid", "give": [{"message": "thanks"}]}


def telling(text: Any = "Thank you!", **templates: Any) -> dict[str, Any]:
    caps = {"day": 5, "week": 10, "quiet": "none"}
    told = {"thanks": {"text": text}, **templates}
    return program(earn=[*TEA["earn"], RULE], messages={"caps": caps, "templates": told})


@pytest.fixture
def shop() -> Scene:
    made = Scene(WatchedTable())
    made.publish(telling())
    made.pay(2_000)
    return made


def query(shop: Scene, customer: str = "77") -> CardQuery:
    shopper = Shopper(customer, expires_at=0, key_id="k")
    return CardQuery(shop.shop, shopper, "", shop.now, shop.now)


def read(shop: Scene, customer: str = "77") -> ReadMessages:
    found = read_messages(shop.table, query(shop, customer))
    assert isinstance(found, ReadMessages)
    return found


def refusal(found: Any) -> str:
    assert isinstance(found, Refusal)
    return found.code.value


def test_words_are_corrected_for_who_has_not_read_them(shop: Scene) -> None:
    shop.publish(telling("Thanks a lot!"), NOON)
    assert [each.text for each in read(shop).items] == ["Thanks a lot!"]


def test_what_is_no_template_any_more_is_told_in_the_words_of_its_version(shop: Scene) -> None:
    shop.publish(program(), NOON)
    assert [each.text for each in read(shop).items] == ["Thank you!"]


def test_a_merged_member_reads_everything_under_any_id(shop: Scene) -> None:
    shop.join("88")
    merge(shop, "77", "88")
    assert read(shop).items == read(shop, "88").items != ()


def test_who_is_nobody_or_forgotten_reads_nothing(shop: Scene) -> None:
    for act in (
        read_messages,
        partial(open_message, message="m"),
        partial(find_message, message="m"),
    ):
        assert refusal(act(shop.table, query(shop, "99"))) == "member_unknown"
    erase_member(shop.table, EraseCommand(shop.shop, shop.member("77"), "operator", NOON))
    assert refusal(read_messages(shop.table, query(shop))) == "member_erased"
    assert refusal(list_messages(shop.table, shop.shop, "nobody", ("", NOON))) == "member_unknown"


def test_what_was_withdrawn_cannot_be_opened_and_staff_still_see_it(shop: Scene) -> None:
    (told,) = read(shop).items
    name = told.message.id
    assert find_message(shop.table, query(shop), name) is None
    shop.order(refunded(refund(2_000, at=NOON)))
    assert refusal(find_message(shop.table, query(shop), name)) == "message_unknown"
    assert refusal(open_message(shop.table, query(shop), name)) == "message_unknown"
    listed = list_messages(shop.table, shop.shop, shop.member("77"), ("", NOON))
    assert isinstance(listed, ReadMessages)
    assert [each.message.withdrawn_at for each in listed.items] == [NOON]


def test_what_was_read_stays_after_a_refund(shop: Scene) -> None:
    (told,) = read(shop).items
    open_message(shop.table, query(shop), told.message.id)
    shop.order(refunded(refund(2_000, at=NOON)))
    assert [each.message.seen_at for each in read(shop).items] == [NOON]


@pytest.mark.parametrize("backwards", [False, True])
def test_it_is_opened_once_at_every_moment_of_another_writer(shop: Scene, backwards: bool) -> None:
    start: Any = shop.table
    (told,) = read(shop).items
    for moment in range(MOMENTS_MAX):
        table = start.copy()
        tea = Scene(table)
        buy = partial(tea.pay, 2_000, "2")
        ran = interrupted(table, moment, buy, backwards)
        open_message(table, query(tea), told.message.id)
        table.before = table.before_key = lambda _: None
        found = {each.message.document: each.message.seen_at for each in read(tea).items}
        assert found.get("order:main:1001") == NOON
        assert found.get("order:main:2", 0) == 0
        tea.verify()
        if not ran:
            return
    raise AssertionError("the first writer never ended")


def test_who_is_always_late_is_told_to_ask_again(
    shop: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ATTEMPTS_MAX", 0)
    with pytest.raises(Busy):
        open_message(shop.table, query(shop), "m")
