"""Tiers by conditions in a replay, where little is known of a member."""

from typing import Any

import pytest

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import Fact, MemberFacts
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import plan_of
from chalicelib.domain.replay.past_actions import PastAction
from chalicelib.domain.replay.past_members import PastMember
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from tests.builders import NOON
from tests.domain.replay.histories import bought, months
from tests.domain.replay.test_judged_against_the_ledger import world
from tests.operations.test_tiers_by_conditions import GOLD_IF

JOINED = NOON - 90 * DAY_MS
TOLD = {"volume": Fact(100, NOON - 40 * DAY_MS)}


def tagged(order: str, days_ago: int, *tags: str) -> PastOrder:
    return bought(5_000, order, days_ago, customer=Customer("77", tags=tags))


def reviewed(**told: Any) -> PastAction:
    facts = MemberFacts(facts={"volume": 100})
    return PastAction("77", "main:a1", "review.approved", JOINED, facts=facts, **told)


def tiers(*past: Past, gold_if: dict[str, Any] = GOLD_IF) -> tuple[str, dict[str, list[int]]]:
    """The tier at the end, and what each order earned."""
    program = compile_program(read_program(world(gold_if)), 1)
    span = months(200)
    walk = walk_member("77", past, plan_of(program, span, 0), Tally(len(span.names)))
    earned = {
        name: [share.points for share in document.posted]
        for name, document in walk.documents[MAIN].items()
    }
    return walk.tiers["vip"], earned


def test_what_an_order_tells_of_its_buyer_is_judged_before_it_earns() -> None:
    found = tiers(tagged("1", 60), tagged("2", 50, "press"), tagged("3", 40))
    assert found == ("plain", {"1": [50], "2": [100], "3": [50]})


def test_who_joins_with_an_order_is_judged_by_it_and_once_more_after_it() -> None:
    assert tiers(tagged("1", 60, "press")) == ("gold", {"1": [100]})
    many = {"member.order_count": {"gte": 1}}
    assert tiers(tagged("1", 60), tagged("2", 50), gold_if=many)[1] == {"1": [50], "2": [100]}


def test_an_order_that_no_terms_remember_tells_nothing() -> None:
    silent = PastOrder("77", tagged("2", 50).state, is_untold=True)
    found = tiers(tagged("1", 60, "press"), silent)
    assert found == ("gold", {"1": [100], "2": [100]})


@pytest.mark.parametrize(("is_untold", "tier"), [(False, "gold"), (True, "plain")])
def test_who_joins_with_an_action_is_judged_by_what_it_remembers(
    is_untold: bool,  # a case of the table
    tier: str,
) -> None:
    assert tiers(reviewed(is_untold=is_untold))[0] == tier


def test_an_action_tells_of_facts_and_not_where_its_member_lives() -> None:
    press = {"all": [{"facts.volume": {"gte": 100}}, {"member.tags": {"has": "press"}}]}
    assert tiers(tagged("1", 95, "press"), reviewed(), gold_if=press)[0] == "gold"


@pytest.mark.parametrize("is_enrolled", [True, False])
def test_facts_of_today_count_from_when_they_are_as_of(
    is_enrolled: bool,  # a case of the table
) -> None:
    ann = PastMember("77", joined_at=JOINED, told=TOLD, is_enrolled=is_enrolled)
    found = tiers(ann, bought(5_000, "1", 50), bought(5_000, "2", 30))
    assert found == ("gold", {"1": [50], "2": [100]})


def test_who_was_brought_from_elsewhere_is_judged_by_what_is_known() -> None:
    ann = PastMember("77", JOINED, is_enrolled=True, facts=MemberFacts(tags=("press",)))
    assert tiers(ann)[0] == "gold"
