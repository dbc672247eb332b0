"""Referrals in a replay: a limit of the whole shop, and what is given that is no points."""

from typing import Any

import pytest

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import standing_of
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.replay.member_state import Walk, plan_of
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.sharing import Asks, Round, next_round
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from chalicelib.operations.replay_history import actions_of
from tests.builders import Scene, recorded, refund, refunded
from tests.memory_table import MemoryTable
from tests.operations.challenge_scenes import worn
from tests.operations.referral_scenes import (
    buy,
    code,
    come,
    own,
    referring,
    review,
    side_of,
    swept,
)
from tests.operations.test_causes import FOREST
from tests.operations.test_chance import HALF

SHARE = {"rate": "2", "per": {"USD": 100}, "unit": "points"}
GIFTS = [
    {"add": 30, "unit": "points"},
    SHARE,
    {"chance": HALF},
    {"badge": "guide"},
    {"cause": "forest", "add": 2},
]
EVER = {"times": 2, "window": "lifetime", "scope": "shop"}
MONTHLY = {"times": 1, "window": {"calendar": "month"}, "scope": "shop"}
BROUGHT = (("88", "77"), ("99", "66"), ("55", "77"), ("44", "66"))
"""Friends in the order of their orders, with who brought them."""


def limited(limit: dict[str, Any]) -> dict[str, Any]:
    thanks = {"id": "thanks", "on": "referral.qualified", "once": "member",
              "give": [{"tier": "gold", "tier_group": "club", "for": "P30D"}]}  # fmt: skip
    keys = {"badges": [{"id": "guide", "name": "Guide"}], "causes": [FOREST], "earn": [thanks]}
    offer = {"regions": ["*"], "friend": GIFTS, "advocate": GIFTS}
    return referring(offers=[offer], limit=limit, keys=keys)


def lived(document: dict[str, Any]) -> Scene:
    """Four friends of two advocates buy, five days apart; the first one sends it back later."""
    scene = Scene(MemoryTable())
    began = scene.now
    scene.publish(document, since=began)
    for customer in ("77", "66"):
        scene.join(customer, email=f"x{customer}@example.com")
        own(scene, customer)
    for friend, by in BROUGHT:
        come(scene, friend, by=code(scene, by))
    for number, (friend, _) in enumerate(BROUGHT):
        scene.now = began + (number + 1) * 5 * DAY_MS
        buy(scene, 3_000, f"o{friend}", friend, at=scene.now)
        scene.order(refunded(refund(400, at=scene.now), f"o{friend}"), now=scene.now)
    swept(scene, scene.now + 60 * DAY_MS)
    scene.order(refunded(refund(2_600, "r2", at=scene.now), "o88"), now=scene.now)
    return scene


def past_of(scene: Scene, customer: str) -> list[Past]:
    account = scene.account(customer)
    assert account is not None
    return list(actions_of(scene.table, scene.shop, (scene.member(customer), account)))


def walked(scene: Scene, compiled: CompiledProgram, began: int) -> dict[str, Walk]:
    """Every advocate's and friend's own history, in as many rounds as it takes."""
    span, known = months_between(began, scene.now, compiled.zone), Round()
    every = ("77", "66", *(friend for friend, _ in BROUGHT))
    customers = [each for each in every if scene.account(each)]
    while True:
        tally = Tally(len(span.names))
        plan = plan_of(compiled, span, 0, known.live)
        walks = {
            each: walk_member(scene.member(each), past_of(scene, each), plan, tally)
            for each in customers
        }
        further = next_round((compiled, compiled), (tally.asks, Asks()), known)
        if further is None:
            return walks
        known = Round(further.number, further.live)


@pytest.mark.parametrize("limit", [EVER, MONTHLY])
def test_turns_of_the_shop_go_to_those_whom_the_books_gave_them(limit: dict[str, Any]) -> None:
    document = limited(limit)
    scene = lived(document)
    compiled = compile_program(read_program(document), 1)
    walks = walked(scene, compiled, scene.now - 200 * DAY_MS)
    given = []
    for friend, by in BROUGHT:
        for role, whose in (("friend", friend), ("advocate", by)):
            booked = side_of(scene, role, friend, by=by)
            assert booked is not None
            side = walks[whose].actions[MAIN][booked.id]
            assert (side.posted, side.budgets) == (booked.posted, booked.budgets)
            assert (side.grants, side.drawn) == (booked.grants, booked.drawn)
            if booked.posted:
                assert booked.posted[0].points - 30 - 52 in (0, 50)
            given += [friend] if role == "advocate" and booked.posted else []
    assert 0 < len(given) < len(BROUGHT)
    for each, walk in walks.items():
        account, draft = scene.account(each), walk.main.draft
        assert account is not None
        replayed = standing_of(draft.account, "club").given if draft else {}
        assert replayed == standing_of(account, "club").given
        assert set(walk.badges.worn if walk.badges else ()) == worn(scene, each)


@pytest.mark.parametrize("days", [3, 50])
def test_who_is_approved_late_has_a_tier_for_as_long_as_in_the_books(days: int) -> None:
    document = limited(EVER)
    scene = Scene(MemoryTable())
    began = scene.now
    scene.publish(document, since=began)
    scene.join("77", email="x77@example.com")
    own(scene)
    come(scene, email="x77+new@example.com")
    buy(scene, 3_000, at=scene.now)
    scene.now += days * DAY_MS
    recorded(review(scene, "88", "ordered"))
    swept(scene, scene.now + 20 * DAY_MS)
    scene.verify("77", "88")
    account = scene.account("77")
    assert account is not None
    booked = standing_of(account, "club").given
    assert [each.since for each in booked.values()] == [began + max(7, days) * DAY_MS]
    compiled = compile_program(read_program(document), 1)
    draft = walked(scene, compiled, began)["77"].main.draft
    assert draft is not None
    assert standing_of(draft.account, "club").given == booked
