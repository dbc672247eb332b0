"""What challenges and boards give to causes: exactly once, taken back with what completed them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.operations.audit_member import audit_member
from chalicelib.operations.close_boards import close_boards
from chalicelib.operations.explain_document import explain_document
from tests.builders import NOON, Scene, line, recorded, refund, refunded, state, upserted
from tests.conservation import WatchedTable, verify_table
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, revoked, tell
from tests.operations.audited import audited, put, report_of
from tests.operations.challenge_scenes import FIFTY, challenge, challenging, progress
from tests.operations.moments import at_every_moment
from tests.operations.test_causes import FOREST, counted, settle
from tests.operations.verbs_of_members import merge

TREES = {"cause": "forest", "add": 3}
TWO = challenge(id="two", target=2, repeat=5, give=[TREES, FIFTY])


def planting(*challenges: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return challenging(*(challenges or (TWO,)), causes=[FOREST], **keys)


@pytest.fixture
def scene() -> Scene:
    made = Scene(WatchedTable())
    made.publish(planting())
    return made


def buy(scene: Scene, *orders: str, customer: str = "77") -> None:
    for order in orders:
        recorded(scene.pay(1_000, order, customer=Customer(customer)))


def send_back(scene: Scene, order: str) -> Any:
    return scene.order(refunded(refund(1_000), order))


def lines(scene: Scene, name: str = "two", customer: str = "77") -> list[tuple[int, int]]:
    made = progress(scene, name, customer)
    return [(each.amount, each.kept) for each in made.grants] if made else []


def sound(scene: Scene, *customers: str) -> None:
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for customer in customers or ("77",):
        assert audit_member(scene.table, scene.shop, scene.member(customer)).breaks == ()


def test_each_completion_gives_once_and_its_refund_takes_that_back_alone(scene: Scene) -> None:
    for _ in range(2):
        buy(scene, "1", "2", "3", "4")
    assert (counted(scene), lines(scene), scene.available()) == (6, [(6, 0)], 100)
    for _ in range(2):
        recorded(send_back(scene, "2"))
    assert (counted(scene), lines(scene), scene.available()) == (3, [(3, 0)], 50)
    buy(scene, "5")
    assert (counted(scene), lines(scene)) == (6, [(6, 0)])
    sound(scene)


def test_what_was_passed_on_stays_and_comes_first_when_the_reason_returns(scene: Scene) -> None:
    buy(scene, "1", "2")
    recorded(settle(scene, 2))
    recorded(send_back(scene, "2"))
    assert (counted(scene), lines(scene)) == (2, [(0, 2)])
    buy(scene, "3")
    assert (counted(scene), lines(scene)) == (3, [(3, 0)])
    sound(scene)


def test_two_challenges_that_end_at_once_share_what_is_left_to_take_back(scene: Scene) -> None:
    other = challenge(id="other", target=2, give=[{"cause": "forest", "add": 4}])
    scene.publish(planting(TWO, other))
    buy(scene, "1", "2")
    recorded(settle(scene, 2))
    recorded(send_back(scene, "1"))
    assert counted(scene) == 2
    assert lines(scene, "other") == [(0, 0)]
    assert lines(scene) == [(0, 2)]
    sound(scene)


def test_an_order_that_gives_itself_and_completes_moves_the_counter_by_both(scene: Scene) -> None:
    own = {"id": "own", "on": "order.paid", "give": [{"cause": "forest", "add": 1}]}
    scene.publish(planting(earn=[own]))
    buy(scene, "1", "2")
    assert counted(scene) == 5
    recorded(settle(scene, 1))
    recorded(send_back(scene, "2"))
    assert counted(scene) == 1
    sound(scene)


def test_an_action_that_is_revoked_takes_back_what_it_completed(scene: Scene) -> None:
    scene.publish(planting(challenge(id="two", target=2, on="action.walk", give=[TREES])))
    for name in ("a", "b"):
        tell(scene, done(name, action="walk"))
    assert counted(scene) == 3
    for _ in range(2):
        tell(scene, revoked("b", NOON))
    assert (counted(scene), lines(scene)) == (0, [(0, 0)])
    tell(scene, done("c", action="walk"))
    assert counted(scene) == 3
    sound(scene)


def test_an_order_that_moves_takes_its_completion_along(scene: Scene) -> None:
    buy(scene, "1", "2")
    buy(scene, "3", customer="88")
    later = NOON + DAY_MS
    moved = state(line(1_000), id="2", number="#2", version=later, customer=Customer("88"))
    recorded(scene.order(upserted(moved), now=later))
    assert counted(scene) == 3
    assert (lines(scene), lines(scene, customer="88")) == ([(0, 0)], [(3, 0)])
    sound(scene, "77", "88")


# ---------------------------------------------------------------- boards


def test_a_prize_of_a_board_may_plant_trees_once(scene: Scene) -> None:
    board = {"prizes": [{"ranks": [1], "give": [TREES]}]}
    race = challenge("sum", id="race", of="line.net", target=10**9, to=iso(NOON + DAY_MS),
                     board=board)  # fmt: skip
    scene.publish(planting(race))
    buy(scene, "1")
    scene.now = NOON + 3 * DAY_MS
    for _ in range(2):
        close_boards(scene.table, scene.shop, scene.now)
    assert (counted(scene), lines(scene, "race")) == (3, [(3, 0)])
    scene.order(refunded(refund(1_000), "1"))  # a prize stays
    assert counted(scene) == 3
    sound(scene)


# ---------------------------------------------------------------- members who become one


def test_what_both_completed_is_worth_what_it_is_worth_together(scene: Scene) -> None:
    once = challenge(id="two", target=2, give=[TREES])
    scene.publish(planting(once))
    buy(scene, "1", "2")
    buy(scene, "3", "4", customer="88")
    assert counted(scene) == 6
    recorded(merge(scene, gone="88", kept="77"))
    assert (counted(scene), lines(scene)) == (3, [(3, 0)])
    sound(scene, "77", "88")
    for order in ("1", "2", "3"):
        recorded(send_back(scene, order))
    assert counted(scene) == 0
    sound(scene, "77", "88")


def test_what_was_passed_on_of_both_stays_when_they_become_one(scene: Scene) -> None:
    scene.publish(planting(challenge(id="two", target=2, give=[TREES])))
    buy(scene, "1", "2")
    buy(scene, "3", "4", customer="88")
    recorded(settle(scene, 5))
    recorded(merge(scene, gone="88", kept="77"))
    assert (counted(scene), lines(scene)) == (5, [(3, 2)])
    sound(scene, "77", "88")


def test_progress_by_terms_that_are_no_more_is_nobodys_twice(scene: Scene) -> None:
    """The merge leaves it, and so does whoever touches the challenge next: it stays given."""
    buy(scene, "1", "2")
    buy(scene, "3", "4", customer="88")
    scene.publish(planting(challenge(id="else")), since=NOON - 1)
    recorded(merge(scene, gone="88", kept="77"))
    assert counted(scene) == 6
    verify_table(scene.table.items())  # type: ignore[attr-defined]
    for order in ("1", "3"):
        recorded(send_back(scene, order))
    made = progress(scene, "two")
    assert made is not None
    assert (made.carried_units, counted(scene)) == ({"forest": 3}, 3)
    sound(scene, "77", "88")


STEPS = st.lists(
    st.tuples(st.sampled_from(("buy", "buy", "buy", "back", "merge", "settle")), st.integers(0, 4)),
    min_size=4,
    max_size=14,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_the_counter_is_what_documents_gave_whatever_happens_in_which_order(steps: Any) -> None:
    table = MemoryTable()
    scene = Scene(table)
    values = challenge("set", id="two", of="order.channel", target=2, max=9, give=[TREES])
    many = challenge(id="many", target=2, repeat=4, give=[{"cause": "forest", "add": 2}])
    scene.publish(planting(values, many))
    bought: list[str] = []
    for number, (what, which) in enumerate(steps):
        customer = str(70 + which)
        if what == "buy":
            bought.append(str(number))
            who, where = Customer(customer), f"c{number % 3}"
            recorded(scene.pay(1_000, str(number), customer=who, channel=where))
        elif what == "back" and bought:
            recorded(send_back(scene, bought[which % len(bought)]))
        elif what == "merge":
            merge(scene, gone=customer, kept=str(70 + (which + 1) % 5))
        elif what == "settle":
            settle(scene, which + 1, f"s{number}")
        verify_table(table.items())
    reports = audited(table).reports  # of who has members, and nobody is one who never bought
    assert [(each.breaks, each.unproven) for each in reports] == [((), ())] * bool(bought)


# ---------------------------------------------------------------- told, audited


def test_who_asks_is_told_how_many_were_given(scene: Scene) -> None:
    buy(scene, "1", "2")
    told = explain_document(
        scene.table, scene.shop, scene.member(), ("progress:two", "en"), scene.now
    )
    assert "3 for A tree planted" in getattr(told, "sentence", "")


def test_the_nightly_audit_finds_units_that_no_challenge_gave() -> None:
    table = MemoryTable()
    scene = Scene(table)
    scene.publish(planting())
    buy(scene, "1", "2")
    (counter,) = (item for item in table.items() if "#G#forest" in str(item["PK"]))
    put(table, counter, n=4)
    (broken,) = report_of(audited(table)).breaks
    assert (broken.invariant, broken.where) == ("I9", "counter of forest")


# ---------------------------------------------------------------- two writers


ACTS = {
    "another completion": lambda s: s.pay(1_000, "4", customer=Customer("77")),
    "a refund": lambda s: send_back(s, "1"),
    "the same refund": lambda s: send_back(s, "2"),
    "a settlement": lambda s: settle(s, 2),
    "a settlement of all": lambda s: settle(s, 3, "s2"),
    "a merge": lambda s: merge(s, gone="88", kept="77"),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_second_writer_at_every_moment_of_a_refund(name: str, backwards: bool) -> None:
    start = WatchedTable()
    made = Scene(start)
    made.publish(planting())
    buy(made, "1", "2")
    buy(made, "3", customer="88")

    def mine(scene: Scene) -> Any:
        return send_back(scene, "2")

    first, second = (ACTS[name], mine) if backwards else (mine, ACTS[name])
    seen = 0
    for scene in at_every_moment(start, first, second, backwards):
        seen += 1
        made_now = progress(scene, "two")
        assert made_now is not None
        stand = sum(each.stands for each in made_now.grants if each.kind == "cause")
        assert counted(scene) == stand
    assert seen > 3


@pytest.mark.parametrize("backwards", [False, True])
def test_two_orders_that_complete_it_at_every_moment_give_once(backwards: bool) -> None:
    start = WatchedTable()
    made = Scene(start)
    made.publish(planting())
    buy(made, "1")
    first, second = (lambda s: buy(s, "2"), lambda s: buy(s, "3"))
    for scene in at_every_moment(start, first, second, backwards):
        assert counted(scene) == 3
