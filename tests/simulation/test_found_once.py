"""What the proofs found, each with the smallest story that shows it."""

from typing import Any

import msgspec

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS
from chalicelib.storage.key_names import action_place_key
from tests.builders import NOON, Scene, line, recorded, refund, refunded, state, upserted
from tests.faults import Fault
from tests.operations.action_scenes import done, revoked
from tests.operations.action_scenes import tell as tell_event
from tests.simulation.books import breaks
from tests.simulation.happenings import next_step
from tests.simulation.histories import lived
from tests.simulation.member_acts import guest_order, merge, tell
from tests.simulation.worlds import STOCK, first_served, plain, rich, scene_of, table_of, traded


def test_an_order_cut_by_two_caps_is_a_replay_when_it_comes_again() -> None:
    """It wrote its document anew: a recompute names the room granted, not the room that was free.

    Found by the twin of history laurel-2: of a full day and a nearly full month, the month's row
    of the trace said 50 at first and 0 when the order came again.
    """
    scene = scene_of(rich())
    recorded(scene.pay(25_000, "1"))
    tomorrow = NOON + DAY_MS
    event = upserted(state(line(90_000), id="2", version=tomorrow, paid_at=NOON))
    scene.now = tomorrow
    recorded(scene.order(event))
    before = table_of(scene).items()
    again: Any = scene.order(event)
    assert again.replayed
    assert table_of(scene).items() == before
    assert msgspec.json.encode(again.document) == msgspec.json.encode(scene.document("2"))


def test_a_cancelled_order_is_a_replay_when_its_rule_is_anothers_by_now() -> None:
    """It wrote its document anew: its terms learned that another order has the rule paid once.

    Found by the years of members: nobody's points changed, but a replay writes nothing.
    """
    scene = scene_of(rich())
    recorded(scene.pay(2_000, "1"))
    later = {"id": "1", "version": NOON + 1, "status": OrderStatus.CANCELLED}
    cancelled = upserted(state(line(2_000), **later))
    recorded(scene.order(cancelled))
    recorded(scene.pay(2_000, "2"))
    assert scene.document("2").once
    before = table_of(scene).items()
    again: Any = scene.order(cancelled)
    assert again.replayed
    assert table_of(scene).items() == before


def test_the_seed_that_showed_it_stays_quiet() -> None:
    lived("laurel-2", 25, next_step)


def test_an_edit_that_loses_a_tier_is_a_replay_when_it_comes_again() -> None:
    """It wrote again: the tier entered on the way was forgotten on the second time only.

    Found by the twin of history gate-2.
    """
    scene = scene_of(rich())
    recorded(scene.order(upserted(state(line(21_000)))))
    edit = upserted(state(line(13_000), version=NOON + 1))
    recorded(scene.order(edit))
    before = table_of(scene).items()
    again: Any = scene.order(edit)
    assert again.replayed
    assert table_of(scene).items() == before


def test_a_state_that_tells_a_refund_otherwise_is_a_replay_when_it_comes_again() -> None:
    """It wrote again: the refunds gathered were joined with the state's own on the second time.

    Found by the twin of history kill-0: the refund came alone, then in a state that dates it anew.
    """
    scene = scene_of(rich())
    recorded(scene.order(upserted(state(line(9_000)))))
    recorded(scene.order(refunded(refund(4_000, at=NOON + 1))))
    told = (refund(4_000, at=NOON + 2),)
    newer = upserted(state(line(9_000), version=NOON + 2, refunds=told))
    recorded(scene.order(newer))
    before = table_of(scene).items()
    again: Any = scene.order(newer)
    assert again.replayed
    assert table_of(scene).items() == before


def test_an_order_that_loses_its_tier_is_a_replay_when_it_comes_again() -> None:
    """It wrote its terms anew: what it had given up was left out by the second delivery only.

    Found by the twin of history gate-6.
    """
    scene = scene_of(rich())
    recorded(scene.order(upserted(state(line(30_000)))))
    told = (refund(15_000, at=NOON + 1),)
    newer = upserted(state(line(30_000), version=NOON + 1, refunds=told))
    recorded(scene.order(newer))
    before = table_of(scene).items()
    again: Any = scene.order(newer)
    assert again.replayed
    assert table_of(scene).items() == before


def refused_once(scene: Scene, after: int = 0) -> None:
    """A transaction, ``after`` others, is said to have met somebody who is gone when one looks."""
    plan = [None] * after + [Fault.CONDITION_FAILED]
    table_of(scene).fault = lambda told, _: plan.pop(0) if told == "transact" and plan else None


def test_a_verified_address_is_claimed_although_its_row_was_refused_once() -> None:
    """It was answered, and nobody had the address: their next guest order earned nothing.

    Found by history soak-4946 and by the true ledger among the mutants' seeds, kill-24.
    """
    scene = scene_of(plain())
    recorded(scene.pay(7_800, "o0", customer=Customer("4")))
    refused_once(scene, after=1)  # of the profile
    tell(scene, "4")
    placed: Any = guest_order(scene, "o1", 6_200, "4")
    assert placed.document.reason == ""
    assert scene.available("4") == 20 + 78 + 62


def test_a_revocation_is_remembered_although_its_row_was_refused_once() -> None:
    """The same hole: an action that was told after it was revoked would have earned."""
    scene = scene_of(traded())
    refused_once(scene)
    tell_event(scene, revoked("v1", NOON))
    key = action_place_key(scene.shop, "main:v1")
    assert scene.table.load([key])


def test_a_merge_takes_back_a_first_review_of_an_id_that_was_merged_before() -> None:
    """It stayed until the merge was asked again: only the last id's own reviews were looked at.

    Found by history rows-80, when first reviews joined the histories.
    """
    scene = scene_of(first_served())
    tell_event(scene, done("v1", "4", NOON))
    recorded(merge(scene, gone="4", kept="1"))
    tell_event(scene, done("v2", "3", NOON))
    recorded(merge(scene, gone="1", kept="3"))
    assert scene.available("3") == 20 + 10 + 10 + 15
    assert breaks(table_of(scene), STOCK) == []
