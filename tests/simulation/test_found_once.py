"""What the proofs found, each with the smallest story that shows it."""

from contextlib import suppress
from typing import Any

import msgspec

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.memberships import held_until
from chalicelib.operations.keep_up import Swept
from chalicelib.storage.items import Key
from chalicelib.storage.key_names import action_place_key
from tests.builders import NOON, Scene, line, recorded, refund, refunded, state, upserted
from tests.faults import Crash, Fault
from tests.operations.action_scenes import done, revoked
from tests.operations.action_scenes import tell as tell_event
from tests.simulation.all_rivals import BY_NAME as MEETINGS
from tests.simulation.books import breaks
from tests.simulation.happenings import next_step
from tests.simulation.histories import lived
from tests.simulation.judges import overlong, overspent
from tests.simulation.later_worlds import budgeted, coalition
from tests.simulation.latest_worlds import feasting
from tests.simulation.member_acts import erase, guest_order, merge, sweep_once, tell
from tests.simulation.rivals import honest, met
from tests.simulation.summary import outcome
from tests.simulation.worlds import (
    STOCK,
    climbing,
    copied,
    first_served,
    plain,
    rate,
    rich,
    scene_of,
    table_of,
    traded,
    treating,
)


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


def test_an_erased_address_leads_to_nobody_although_its_removal_was_refused_once() -> None:
    """The same hole: the row stayed that leads from the hash of an address to the member.

    Found by the twin of a history, when budgets and partners joined them.
    """
    scene = scene_of(plain())
    recorded(scene.pay(7_800, "o0", customer=Customer("4")))
    tell(scene, "4")
    address = [key for key in table_of(scene).state() if "#U#email:" in key]
    assert address
    for calls in range(9):
        other = copied(scene)
        refused_once(other, after=calls)
        recorded(erase(other, "4"))
        assert not table_of(other).state().keys() & set(address), calls


def test_who_claims_again_is_issued_what_a_claim_that_died_had_promised() -> None:
    """The order was theirs, so nobody looked at it again: the treat waited for the sweep.

    Found by the twin of history gate-171.
    """
    start = scene_of(treating())
    recorded(start.join("4"))
    recorded(guest_order(start, "o0", 6_000, "4"))
    for died_at in range(16):
        scene = copied(start)
        plan = [None] * died_at + [Fault.CRASH]
        table_of(scene).fault = lambda *_, plan=plan: plan.pop(0) if plan else None
        with suppress(Crash):
            tell(scene, "4")
        table_of(scene).fault = lambda *_: None
        tell(scene, "4")
        account = scene.account("4")
        assert account is not None
        assert (len(account.open_redemptions), account.promises) == (1, {}), died_at


# ---------------------------------------------------------------- of budgets and memberships


def left(order: str, net: int, version: int, *refunds: Any, customer: str = "77") -> Any:
    """The event of a state of an order."""
    told = {"id": order, "number": order, "version": NOON + version, "refunds": refunds}
    return upserted(state(line(net), customer=Customer(customer), **told))


def spent(scene: Scene, budget: str) -> int:
    """What the shards of a budget say."""
    shards: dict[str, Any] = table_of(scene).state().get(f"S#tea#B#budget:{budget}", {})
    return sum(each["n"] for each in shards.values())


def test_an_order_that_grows_again_asks_the_budget_for_what_others_had_meanwhile() -> None:
    """It was granted what it had given back, and the commit broke: the delivery never got through.

    Found by a history of the world ``budgeted``: refunded, then edited, the budget spent between.
    """
    scene = scene_of(budgeted())
    recorded(scene.order(left("0", 6_000, 0)))
    recorded(scene.order(left("0", 6_000, 1, refund(6_000))))
    for number in "1234":
        customer = Customer(f"{number}0")
        recorded(scene.pay(6_000, number, at=NOON, customer=customer))
    assert spent(scene, "campaign:spring") + 40 > 127
    grown: Any = scene.order(left("0", 14_000, 2, refund(6_000)))
    assert {share.rule_id for share in grown.document.posted} == {"purchase"}
    assert breaks(table_of(scene), STOCK) == []
    assert list(overspent(table_of(scene))) == []
    again: Any = scene.order(left("0", 14_000, 2, refund(6_000)))
    assert again.replayed


def test_an_order_of_two_campaigns_that_grows_is_cut_by_both_budgets() -> None:
    """Only the last one's cut counted: the other gave more points than its budget was told."""
    campaigns = [
        {
            "id": name,
            "budget": {"points": 100},
            "rules": [{"id": f"{name}-more", "on": "order.paid", "give": rate(1)["give"]}],
        }
        for name in ("one", "two")
    ]
    scene = scene_of(plain(campaigns=campaigns))
    recorded(scene.order(left("0", 8_000, 0)))
    recorded(scene.order(left("0", 20_000, 1)))
    assert scene.available() == 20 + 200 + 80 + 80
    assert (spent(scene, "campaign:one"), spent(scene, "campaign:two")) == (80, 80)
    added = scene.document("0").campaigns
    assert added == {"one": {"points": 80}, "two": {"points": 80}}


def test_a_merge_gives_back_to_a_campaign_what_both_had_once() -> None:
    """The budget got it with the next delivery about the order, which may never come.

    Found by the judge of budgets in histories.
    """
    scene = scene_of(budgeted())
    for customer in ("77", "88"):
        recorded(scene.pay(1_000, customer, at=NOON, customer=Customer(customer)))
    assert spent(scene, "campaign:ideas") == 46
    recorded(merge(scene))
    assert spent(scene, "campaign:ideas") == 23
    assert list(overspent(table_of(scene))) == []
    assert breaks(table_of(scene), STOCK) == []


def test_a_month_that_is_told_late_follows_one_that_was_paid_after_it() -> None:
    """Both were of the same days, and who had paid twice had one month.

    Found by histories of the world ``coalition``.
    """
    scene = scene_of(coalition())
    renewals = [
        done(name, at=at, action="subscription.renewed", subject="s", plan="club")
        for name, at in (("later", NOON - DAY_MS), ("earlier", NOON - 2 * DAY_MS))
    ]
    for event in renewals:
        tell_event(scene, event)
    account = scene.account()
    assert account is not None
    assert held_until(account, "club", NOON) == NOON - DAY_MS + 60 * DAY_MS
    assert list(overlong(table_of(scene))) == []


def test_a_referral_approved_while_its_order_is_sent_back_leaves_nobody_half_of_it() -> None:
    """The referral was read newer than the friend's side of it, which kept its points for ever.

    Found by the meeting of that name: a side that has nothing yet is in no commit.
    """
    meeting = MEETINGS["approved and sent back"]
    approve, send_back = meeting.requests
    start = met(meeting)
    scene = copied(start)
    table = table_of(scene)
    table.reads_backwards = True
    approved: list[object] = []

    def approved_first(key: Key) -> None:
        if key[1].startswith("F#") and not approved:
            approved.append(key)
            recorded(approve(scene))

    table.before_key = approved_first
    recorded(send_back(scene))
    assert approved
    assert outcome(table) in [end for _, end in honest(start, meeting.requests)]


def test_a_sweep_that_claims_and_tells_of_a_tier_has_done_both() -> None:
    """The account was read anew after the tier was told, and then it was to be claimed again.

    Found by the twin of the world ``warning``: the next run had one commit more to do.
    """
    scene = scene_of(climbing())
    scene.join()
    recorded(scene.pay(12_000))
    scene.now += DAY_MS
    assert sweep_once(scene).accounts == 1
    account = scene.account()
    assert account is not None
    assert (account.claim_at, len(account.entered)) == (0, 4)
    assert sweep_once(scene) == Swept()


def test_an_order_that_grows_over_one_budget_keeps_what_another_campaign_gave() -> None:
    """What the first campaign's budget did not cover was cut from the second one's points.

    Found by the judge of the world ``feasting``: 65 points were given where 40 were counted, and
    none where 20 were.
    """
    scene = scene_of(feasting())
    for name, net in (("1", 9_000), ("2", 12_000)):
        recorded(scene.pay(net, name))
    grown = state(line(18_000), id="2", number="#2", version=NOON + 1)
    for _ in range(2):
        recorded(scene.order(upserted(grown)))
        made = scene.document("2")
        points = {share.rule_id: share.points for share in made.posted}
        assert points.pop("feast-more") + points.pop("feast-points") == 40
        assert points == {"purchase": 180, "zest-order": 20}
        assert (made.used["campaign:feast"], made.used["campaign:zest"]) == (70, 20)
