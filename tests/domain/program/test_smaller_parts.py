"""Parts of the language that few programs use: memberships, gifts, guests, static files, prices."""

import json
from typing import Any

from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.member import Counters
from chalicelib.domain.program import gifts
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import Occasion
from chalicelib.domain.program.pages import FOREVER_CACHED, pointer_page, version_pages
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.pricing import Basket, Wish, asked
from chalicelib.domain.program.rollout import is_kept
from tests.domain.program.broken_memberships import PLUS
from tests.domain.program.builders import (
    NOON,
    POINTS,
    add,
    award,
    by_rule,
    compiled,
    facts,
    line,
    order,
    terms,
)


def selling(**keys: Any) -> CompiledProgram:
    return compiled(earn=[], memberships=[{**PLUS, "give": [add(50)], **keys}])


def test_a_membership_gives_at_its_start_to_who_has_it_not() -> None:
    program = selling()
    bought = order(line(900, sku="PLUS"))
    assert by_rule(award(program, bought)) == {"membership:plus": 50}
    assert by_rule(award(program, order(line(900, sku="TEA")))) == {}
    assert by_rule(award(program, bought, facts=facts(memberships=("plus",)))) == {}


def test_a_membership_by_subscription_starts_with_its_plan() -> None:
    program = selling(sold_as={"plan": "gold"})

    def renewed(plan: str, *held: str) -> dict[str, int]:
        told: dict[str, object] = {"name": "renewed", "properties": {"plan": plan}}
        event = Occasion("subscription.renewed", NOON, NOON, action=told)
        return by_rule(evaluate(program, event, terms(facts=facts(memberships=held))))

    assert renewed("gold") == {"membership:plus": 50}
    assert renewed("silver") == renewed("gold", "plus") == {}


def test_gifts_have_room_until_their_limit_and_none_where_none_may_be_given() -> None:
    program = compiled(units={"points": {**POINTS, "gift": {"max": 30, "window": "lifetime"}}})
    assert gifts.may_be_given(program, "points")
    after = gifts.counted(program, "points", Counters(), (20, NOON))
    assert gifts.room(program, "points", after, NOON) == 10
    plain = compiled()
    assert not gifts.may_be_given(plain, "points")
    assert gifts.room(plain, "points", Counters(), NOON) == 0
    assert gifts.counted(plain, "points", Counters(), (20, NOON)) == Counters()


def test_a_guest_s_order_is_kept_to_the_day_or_for_ever() -> None:
    program = compiled(join={"guests": {"keep": "P10D"}})
    assert is_kept(program, NOON, NOON + 10 * DAY_MS - 1)
    assert not is_kept(program, NOON, NOON + 10 * DAY_MS)
    assert is_kept(compiled(), NOON, NOON + 9_999 * DAY_MS)


def test_each_language_has_a_file_that_never_changes_and_a_pointer_names_them() -> None:
    program = compiled(locales=["en", "hu"])
    files = version_pages("tea", program)
    assert [page.name for page in files] == [
        "shops/tea/program.1.en.json",
        "shops/tea/program.1.hu.json",
    ]
    assert {page.cache_control for page in files} == {FOREVER_CACHED}
    told = json.loads(pointer_page("tea", program, None).body)
    assert (told["version"], told["next"]) == (1, None)
    told = json.loads(pointer_page("tea", program, (program, NOON)).body)
    assert told["next"]["since"] == iso(NOON)
    assert told["next"]["files"]["hu"] == "program.1.hu.json"


def test_what_was_left_out_of_a_wish_is_not_in_its_hash() -> None:
    assert asked(Wish()) == ()
    assert asked(Wish(3)) == ("steps", 3)
    assert asked(Wish(3, Basket(500, "USD"))) == ("steps", 3, "order", 500, "USD")
