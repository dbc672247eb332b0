"""Habits whose accounts are alike are one draft, also after they had parted."""

import msgspec

from chalicelib.domain.replay.member_state import Walk, all_opened, plan_of
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import walk_member
from tests.builders import NOON
from tests.domain.replay.histories import bought, made, months


def _walked(share: int, *net: int) -> Walk:
    span = months()
    orders = [bought(each, f"{place}", 300 - 20 * place) for place, each in enumerate(net)]
    return walk_member("77", orders, plan_of(made(), span, share), Tally(len(span.names)))


def test_purses_of_equal_accounts_are_opened_as_one() -> None:
    walk = _walked(200_000, 1_000, 2_000)
    for purse in walk.purses:
        assert purse.draft is not None
        purse.draft = msgspec.structs.replace(purse.draft)  # equal, and another object
    drafts = all_opened(walk, NOON, walk.purses)
    assert drafts["half"] is drafts[MAIN] is drafts["more"]


def test_purses_that_spent_apart_are_opened_apart() -> None:
    walk = _walked(200_000, 20_000, 9_000, 9_000)
    drafts = all_opened(walk, NOON, walk.purses)
    assert len({id(draft) for draft in drafts.values()}) == len(walk.purses)
    for purse in walk.purses:
        assert purse.draft is not None
        assert drafts[purse.name].before == purse.draft.account


def test_purses_that_spent_the_same_are_one_beside_another() -> None:
    walk = _walked(200_000, 9_000, 9_000)
    drafts = all_opened(walk, NOON, walk.purses)
    assert drafts[MAIN] is drafts["more"]
    assert drafts["half"] is not drafts[MAIN]


def test_a_document_of_purses_that_are_alike_is_posted_once() -> None:
    walk = _walked(0, 9_000, 9_000)
    half, one, more = (walk.documents[purse.name]["1"] for purse in walk.purses)
    assert half is one is more
