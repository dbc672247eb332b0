"""Orders edited up and down: never more than a limit gives, and the same when told again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import HOUR_MS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.plan import CompiledCap
from chalicelib.domain.program.validation import check
from tests.builders import NOON, Scene, line, program, recorded, state, upserted
from tests.conservation import WatchedTable
from tests.domain.program.builders import add
from tests.domain.program.test_late_limits import most_used
from tests.operations.test_campaigns import spring

DAY = {"calendar": "day"}
GROUP = {"group": "g", "pick": "best"}
TIMES = {"limit": {"times": 1, "window": DAY}}
COOLDOWN = {"limit": {"cooldown": "P1D"}}
APART_MS = 13 * HOUR_MS


def gives(name: str, rate: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "on": "order.paid", "give": [{"rate": rate, "unit": "points"}], **keys}


def shop(**keys: Any) -> Scene:
    made = Scene(WatchedTable())
    made.publish(program(tier_groups=[], **keys))
    return made


def told(scene: Scene, *nets: int, order: str = "1", paid_at: int = NOON) -> OrderDocument:
    """The order after it was told as of now, and, without a trace, once more."""
    scene.now += 1
    lines = [line(net, f"l{place}") for place, net in enumerate(nets)]
    event = upserted(state(*lines, id=order, version=scene.now, paid_at=paid_at))
    document = recorded(scene.order(event))
    assert isinstance(document, OrderDocument)
    again = scene.order(event)
    assert again.replayed, (document, recorded(again))
    return document


def points(document: OrderDocument) -> dict[str, int]:
    return {share.rule_id: share.points for share in document.posted}


@pytest.mark.parametrize("limited", [TIMES, COOLDOWN])
def test_a_fraction_of_a_rule_with_times_is_there_when_it_is_told_again(
    limited: dict[str, Any],
) -> None:
    earn = [gives("r1", "1"), gives("r2", "0.3", **limited)]
    assert points(told(shop(earn=earn), 198)) == {"r1": 2}  # 1.98 and 0.594


@pytest.mark.parametrize("limited", [TIMES, COOLDOWN])
def test_times_that_the_day_left_nothing_of_round_as_before(limited: dict[str, Any]) -> None:
    earn = [gives("r0", "0.3"), gives("r1", "0.5"), gives("r2", "0.3", **limited)]
    scene = shop(earn=earn, limits={"points_per_day": 50})
    document = told(scene, 8_598)
    assert points(document) == {"r0": 26, "r1": 24}
    assert "rule:r2" not in document.used
    assert "cooldown:r2" not in document.used


@pytest.mark.parametrize("campaigns", [[], [spring(segment="few")]])
def test_an_order_that_grows_into_a_multiplier_has_what_the_limit_leaves(
    campaigns: list[dict[str, Any]],
) -> None:
    triple = {
        "id": "triple",
        "on": "order.paid",
        "if": {"order.net_total": {"gte": 20_000}},
        "give": [{"multiply": "3", "unit": "points"}],
        "limit": {"times": 5, "window": DAY},
    }
    few = {"few": {"member.order_count": {"gte": 9}}}
    earn = [gives("r1", "1", limit={"amount": 300, "window": DAY}), triple]
    scene = shop(earn=earn, campaigns=campaigns, segments=few if campaigns else {})
    assert points(told(scene, 5_000)) == {"r1": 50}
    assert points(told(scene, 20_000)) == {"r1": 300}
    assert points(told(scene, 30_000)) == {"r1": 300}


def test_room_that_an_order_has_and_does_not_use_is_not_granted_again_in_a_group() -> None:
    best = gives("best", "2", **GROUP, limit={"amount": 100, "window": DAY})
    scene = shop(earn=[best, gives("next", "1", **GROUP)])
    assert points(told(scene, 5_000, 5_000)) == {"best": 100, "next": 50}
    assert points(told(scene, 500, 0)) == {"best": 10}
    assert points(told(scene, 5_000, 1_000, 5_000)) == {"best": 100, "next": 60}


@pytest.mark.parametrize("budget", [92, 1_000])
def test_what_a_campaign_adds_to_a_group_is_the_same_when_it_is_told_again(budget: int) -> None:
    capped = gives("capped", "1.7", **GROUP, limit={"amount": 75, "window": DAY})
    earn = [capped, gives("once", "1", **GROUP, **TIMES)]
    scene = shop(earn=earn, campaigns=[spring(budget={"points": budget})])
    assert told(scene, 4_299, 4_299, 1_475).campaigns == {"spring": {"points": 92}}


# ---------------------------------------------------------------- any edits of several orders


WINDOWS = st.sampled_from([DAY, {"rolling": "P2D"}, {"calendar": "month"}, "lifetime"])
LIMITS = st.one_of(
    st.just({}),
    st.builds(lambda most, window: {"amount": most, "window": window},
              st.sampled_from([10, 30, 75]), WINDOWS | st.just("order")),
    st.builds(lambda most, window: {"times": most, "window": window}, st.integers(1, 2), WINDOWS),
    st.just({"cooldown": "P1D"}),
)  # fmt: skip
ORDERS = ("1", "2", "3")
EDITS = st.tuples(st.sampled_from(ORDERS), st.sampled_from([0, 99, 1_475, 4_299, 9_050, 30_000]))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    earn = []
    for place in range(draw(st.integers(1, 3))):
        limit = draw(LIMITS)
        group = draw(st.sampled_from([{}, {}, GROUP]))
        rate = draw(st.sampled_from(["0.3", "1", "1.7"]))
        earn.append(gives(f"r{place}", rate, **({"limit": limit} if limit else {}), **group))
    times = draw(st.none() | st.integers(1, 2))
    if times:
        double = {"id": "more", "on": "order.paid", "give": [{"multiply": "2", "unit": "points"}]}
        only = {"if": {"order.net_total": {"gte": 2_000}}}
        earn.append({**double, **only, "limit": {"times": times, "window": DAY}})
    day = draw(st.sampled_from([{}, {"limits": {"points_per_day": 50}}]))
    budget = draw(st.none() | st.sampled_from([20, 100, 1_000]))
    own = draw(st.sampled_from([add(15), {"multiply": "2", "unit": "points"}]))
    rules = [{"id": "c", "on": "order.paid", "give": [own]}]
    campaigns = [spring(rules=rules, budget={"points": budget})] if budget else []
    return {"earn": earn, "campaigns": campaigns, **day}


def taken(cap: CompiledCap, document: OrderDocument) -> int:
    """What the document's points are of a limit, whatever it says that it used of it."""
    if cap.kind == "amount":
        return points(document).get(cap.rule_id, 0)
    if cap.kind == "day":
        return sum(points(document).values())
    is_paying = cap.rule_id in points(document)
    return max(int(is_paying), document.used.get(cap.id, 0))


@given(documents(), st.lists(EDITS, min_size=3, max_size=8))
def test_whatever_is_edited_no_limit_is_exceeded_and_nothing_moves_when_told_again(
    keys: dict[str, Any], edits: list[tuple[str, int]]
) -> None:
    found = check(program(tier_groups=[], **keys)).program
    assert found is not None
    compiled = compile_program(found, 1)
    scene, stand = shop(**keys), dict[int, OrderDocument]()
    for order, net in edits:
        paid_at = NOON + ORDERS.index(order) * APART_MS
        scene.now = max(scene.now, NOON + 3 * APART_MS)
        stand[paid_at] = told(scene, net, order=order, paid_at=paid_at)
        terms = stand[paid_at].terms
        for cap in compiled.caps.values():
            assert terms is None or terms.room.get(cap.id, 0) <= cap.limit
            had = {at: taken(cap, document) for at, document in stand.items()}
            if cap.window is None and cap.cooldown is None:
                assert cap.kind == "pick" or max(had.values()) <= cap.limit
            else:
                assert most_used(cap, had, compiled.zone) <= cap.limit
    scene.verify()
