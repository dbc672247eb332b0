"""Draws of joining: by the new member's id, once, whichever way they come in, blanks and all."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, utc_day
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.records import Joining
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.explain_document import explain_document
from chalicelib.security.draws import number_of, secret_of_day
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.documents import document_item, document_of
from chalicelib.storage.items import Anything, Put
from chalicelib.storage.key_names import document_key
from chalicelib.storage.table import Table
from tests.builders import (
    NOON,
    SHOP,
    SHOP_KEY,
    TEA,
    Scene,
    line,
    program,
    recorded,
    state,
    upserted,
)
from tests.conservation import WatchedTable, verify_table
from tests.operations.action_scenes import action_of, done, review_rule, tell
from tests.operations.given_scenes import CAKE, given
from tests.operations.moments import at_every_moment
from tests.operations.test_causes import FOREST, counted
from tests.operations.test_chance import HALF, SPIN, spin_that
from tests.operations.test_two_writers import WRITERS, all_items, at_once
from tests.operations.verbs_of_members import merge

LUCKY = {"id": "lucky", "on": "member.joined", "give": [{"chance": HALF}]}


def ticket(customer: str, at: int = NOON) -> int:
    member = member_id(SHOP_KEY, "main", customer)
    secret = secret_of_day(SHOP_KEY, utc_day(at))
    return number_of(secret, SHOP, f"joining:{member}", "lucky") % 2


def who(wins: int, at: int = NOON, start: int = 1) -> str:
    """The first customer from ``start`` on whose joining draws so."""
    return next(str(name) for name in range(start, start + 99) if ticket(str(name), at) == wins)


WON, LOST = who(1), who(0)


def lucky(scene: Scene, *rules: dict[str, Any], **keys: Any) -> Scene:
    scene.publish(program(earn=list(rules or (LUCKY,)), **keys))
    return scene


def joining(scene: Scene, customer: str) -> Joining | None:
    key = document_key(scene.shop, scene.member(customer), "joining", "member")
    return document_of(scene.table.load([key]).get(key), Joining)


def sound(scene: Scene, *customers: str) -> None:
    scene.verify(*customers)
    for customer in customers:
        assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


def drew(scene: Scene, customer: str) -> Drawn:
    document = joining(scene, customer)
    assert document is not None
    assert document.drawn is not None
    return document.drawn


@pytest.mark.parametrize(("customer", "points"), [(WON, 50), (LOST, 0)])
def test_joining_draws_by_the_members_id_once_and_keeps_it(
    scene: Scene, customer: str, points: int
) -> None:
    lucky(scene)
    for _ in range(2):
        recorded(scene.join(customer))
    assert scene.available(customer) == points
    assert drew(scene, customer).day == utc_day(NOON)
    assert drew(scene, customer).numbers["lucky"] % 2 == ticket(customer)
    told = explain_document(
        scene.table, scene.shop, scene.member(customer), ("joining:member", "en"), NOON
    )
    assert "drawn" in {row.code for row, _ in getattr(told, "trace", ())}
    sound(scene, customer)


@pytest.mark.parametrize(("customer", "points"), [(WON, 50), (LOST, 0)])
def test_a_first_order_draws_for_joining_what_joining_would(
    scene: Scene, customer: str, points: int
) -> None:
    lucky(scene)
    scene.pay(900, customer=Customer(customer))
    scene.pay(900, "2", customer=Customer(customer))
    recorded(scene.join(customer))
    assert scene.available(customer) == points
    assert drew(scene, customer).numbers["lucky"] % 2 == ticket(customer)
    assert scene.document().drawn is None  # what only joining draws is not the order's
    sound(scene, customer)


@pytest.mark.parametrize(("customer", "points"), [(WON, 50), (LOST, 0)])
def test_a_first_action_draws_for_joining_whatever_its_own_id_is(
    scene: Scene, customer: str, points: int
) -> None:
    told = {"action": {"words": "integer"}}
    lucky(scene, LUCKY, review_rule(), attributes=told)
    tell(scene, done("any id", customer=customer))
    gave = sum(share.points for share in action_of(scene, "any id", customer).posted)
    assert gave > 0
    assert scene.available(customer) - gave == points
    sound(scene, customer)


def test_a_customer_told_of_late_draws_under_the_secret_of_that_day(scene: Scene) -> None:
    lucky(scene)
    scene.now = NOON + DAY_MS
    customer = who(1, scene.now)
    scene.pay(900, at=NOON, customer=Customer(customer))
    assert scene.available(customer) == 50
    assert drew(scene, customer).day == utc_day(scene.now)


def test_a_reward_a_badge_and_a_tree_may_be_drawn_by_who_joins(scene: Scene) -> None:
    every = [{"reward": "cake"}, {"badge": "first"}, {"cause": "forest", "add": 3}]
    lucky(
        scene,
        {**LUCKY, "give": [{"chance": [{"weight": 1, "give": every}]}]},
        rewards=[CAKE, TEA["rewards"][0]],
        badges=[{"id": "first", "name": "First"}],
        causes=[FOREST],
    )
    scene.join(WON)
    scene.pay(900, customer=Customer(LOST))
    for customer in (WON, LOST):
        assert [each.reward_id for each in given(scene, customer)] == ["cake"]
    assert counted(scene) == 6
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    sound(scene, WON, LOST)


@pytest.mark.parametrize("keys", [{"dry_run": True}, {"from": "2099-01-01"}])
def test_a_rule_that_does_not_pay_has_nobodys_draw(scene: Scene, keys: dict[str, Any]) -> None:
    lucky(scene, {**LUCKY, **keys})
    scene.join(WON)
    scene.pay(900, customer=Customer(LOST))
    assert (scene.available(WON), scene.available(LOST)) == (0, 0)
    for customer in (WON, LOST):
        document = joining(scene, customer)
        assert document is None or document.drawn is None


@pytest.mark.parametrize(("kept", "gone"), [(1, 0), (0, 1), (1, 1), (0, 0)])
def test_who_becomes_one_keeps_the_draw_of_the_one_that_stays(
    scene: Scene, kept: int, gone: int
) -> None:
    """Else whoever drew a blank would join again under another address, and merge."""
    lucky(scene)
    one, other = who(kept, start=200), who(gone, start=400)
    scene.join(one)
    scene.join(other)
    recorded(merge(scene, gone=other, kept=one))
    assert scene.available(one) == 50 * kept
    sound(scene, one, other)


def test_a_draw_of_joining_or_of_an_action_that_is_not_its_secrets_is_found(scene: Scene) -> None:
    told = {"action": {"words": "integer"}}
    lucky(scene, LUCKY, SPIN, attributes=told)
    scene.join(WON)
    spin = spin_that(1)
    tell(scene, done(spin, customer=WON))
    member = scene.member(WON)
    sound(scene, WON)
    action, joined = action_of(scene, spin, WON), joining(scene, WON)
    assert action.drawn is not None
    assert joined is not None
    for document in (action, joined):
        wrong = Drawn(utc_day(NOON), {"lucky": 7})
        other = replace(document, drawn=wrong, revision=document.revision + 1)
        scene.table.write(Put(document_item(scene.shop, other), Anything()))
    details = [each.detail for each in audit_member(scene.table, scene.shop, member).breaks]
    assert details == [f"says another draw of {utc_day(NOON)} than its secret makes"] * 2


# ---------------------------------------------------------------- two writers


def ordered(scene: Scene) -> Any:
    goods = state(line(900), customer=Customer(WON))
    return scene.order(upserted(goods))


@pytest.mark.parametrize("backwards", [False, True])
def test_an_order_and_a_joining_at_every_moment_draw_once(backwards: bool) -> None:
    start = WatchedTable()
    lucky(Scene(start))
    first, second = (ordered, _joined) if backwards else (_joined, ordered)
    seen = 0
    for scene in at_every_moment(start, first, second, backwards):
        seen += 1
        assert scene.available(WON) == 50
        assert drew(scene, WON).numbers["lucky"] % 2 == 1
    assert seen > 3


def _joined(scene: Scene) -> Any:
    return recorded(scene.join(WON))


def test_many_who_let_one_join_at_once_draw_once(raced_table: Table) -> None:
    scene = lucky(Scene(raced_table))
    at_once([partial(scene.join, WON)] * WRITERS)
    assert scene.available(WON) == 50
    verify_table(all_items(raced_table))
