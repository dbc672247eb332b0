"""The proof for actions: done, done twice, taken back, among orders; the books hold the same."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.actions import Action
from chalicelib.domain.events import Customer
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.lots import booked
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.replay.history import PastOrder
from chalicelib.domain.replay.member_state import Walk, plan_of, quietly
from chalicelib.domain.replay.months import months_between
from chalicelib.domain.replay.past_actions import PastAction, past_action_of
from chalicelib.domain.replay.spending import MAIN
from chalicelib.domain.replay.tally import Tally
from chalicelib.domain.replay.walking import Past, walk_member
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key
from tests.builders import NOON, Scene, line, state, upserted
from tests.memory_table import MemoryTable
from tests.operations.action_scenes import done, review_rule, reviewing, revoked, tell
from tests.operations.challenge_scenes import BADGES, FIFTY, challenge, progress, worn

BEGINNING = NOON - 300 * DAY_MS
ONCE = review_rule(
    id="country", once={"by": "action.country"}, give=[{"add": 30, "unit": "points"}]
)
WORDS = review_rule(
    id="words",
    give=[{"per_quantity": "action.words", "rate": "0.5", "unit": "points"}],
    limit={"amount": 60, "window": {"calendar": "month"}},
)
SORRY: dict[str, Any] = {
    "id": "sorry",
    "on": "action.revoked",
    "give": [{"add": 7, "unit": "points"}],
    "limit": {"times": 2, "window": {"calendar": "month"}},
}
PROGRAMS: dict[str, dict[str, Any]] = {
    "reviews": reviewing(),
    "once and by words": reviewing(ONCE, WORDS, limits={"points_per_day": 70}),
    "taken back": reviewing(review_rule(), SORRY),
    "taken back once": reviewing(
        ONCE,
        {**SORRY, "once": {"by": "action.country"}},
        {**SORRY, "id": "long", "if": {"action.words": {"gte": 50}}},
    ),
    "challenges": reviewing(
        badges=BADGES,
        challenges=[
            challenge(id="orders", target=2, repeat=3),
            challenge(
                id="reviews",
                on="action.review.approved",
                target=2,
                repeat=3,
                give=[FIFTY, {"badge": "regular"}],
            ),
            challenge(
                "set",
                id="countries",
                on="action.review.approved",
                of="action.country",
                target=2,
                max=10,
            ),
        ],
    ),
}

DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 40), st.integers(1, 30_000)),
        st.tuples(st.just("review"), st.integers(0, 20), st.integers(0, 200)),
        st.tuples(st.just("revoke"), st.integers(0, 20), st.integers(0, 6)),
    ),
    min_size=1,
    max_size=9,
)  # kind, days after the one before, and how much, how many words, which review


def _lived(document: dict[str, Any], deeds: Any) -> tuple[Scene, list[Past]]:
    """The deeds by the books, and what a replay reads of them."""
    scene = Scene(MemoryTable(), now=BEGINNING)
    scene.publish(document)
    past: list[Past] = []
    reviews: list[str] = []
    for number, (kind, days, amount) in enumerate(deeds):
        scene.now += days * DAY_MS + 1
        at = scene.now
        if kind == "order":
            told: dict[str, Any] = {"version": at, "created_at": at, "paid_at": at}
            made = state(line(amount), id=str(number), customer=Customer("77"), **told)
            scene.order(upserted(made), now=at)
            past.append(PastOrder("77", made))
        elif kind == "review":
            country = ("HU", "IR", "US")[amount % 3]
            tell(scene, done(f"a{number}", at=at, words=amount, country=country))
            reviews.append(f"a{number}")
        elif reviews:
            tell(scene, revoked(reviews[amount % len(reviews)], at))
    return scene, [*past, *(past_action_of(_action(scene, each)) for each in reviews)]


def _action(scene: Scene, event: str) -> Action:
    key = document_key(scene.shop, scene.member(), "action", f"main:{event}")
    found = document_of(scene.table.load([key]).get(key), Action)
    assert found is not None
    return found


def _replayed(document: dict[str, Any], scene: Scene, past: list[Past], share: int = 0) -> Walk:
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGINNING, scene.now, compiled.zone)
    plan = quietly(plan_of(compiled, months, share))
    return walk_member(scene.member(), past, plan, Tally(len(months.names)))


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@settings(max_examples=25)
@given(DEEDS)
def test_a_replay_of_actions_gives_the_ledgers_net(name: str, deeds: Any) -> None:
    scene, past = _lived(PROGRAMS[name], deeds)
    walk = _replayed(PROGRAMS[name], scene, past)
    for each in past:
        if isinstance(each, PastAction):
            kept = _action(scene, each.id.partition(":")[2])
            replayed = walk.actions[MAIN].get(each.id)
            assert (replayed.posted if replayed else ()) == kept.posted
            assert (replayed.net if replayed else {}) == kept.net
        elif isinstance(each, PastOrder):
            assert walk.documents[MAIN][each.state.id].net == scene.document(each.state.id).net
    for each in PROGRAMS[name].get("challenges", ()):
        known, made = progress(scene, each["id"]), walk.progress[MAIN].get(each["id"])
        assert (made.posted if made else ()) == (known.posted if known else ())
        assert (made.net if made else {}) == (known.net if known else {})
    assert set(walk.badges.worn if walk.badges else ()) == worn(scene)
    account, draft = scene.account(), walk.main.draft
    assert (account is None) is (draft is None)
    if account is not None and draft is not None:
        assert draft.account.standings == account.standings
        assert draft.account.order_count == account.order_count
        held = {unit: booked(state) for unit, state in account.units.items()}
        assert {unit: booked(state) for unit, state in draft.account.units.items()} == held


@settings(max_examples=15)
@given(DEEDS)
def test_every_habit_is_awarded_the_same(deeds: Any) -> None:
    scene, past = _lived(PROGRAMS["challenges"], deeds)
    walk = _replayed(PROGRAMS["challenges"], scene, past, 900_000)
    for held in (walk.actions, walk.progress):
        for purse in walk.purses:
            posted = {name: each.posted for name, each in held[purse.name].items()}
            assert posted == {name: each.posted for name, each in held[MAIN].items()}
            for each in held[purse.name].values():
                own = each.net.get("points", 0) - each.forgiven.get("points", 0)
                target = sum(share.points for share in each.posted)
                assert own - each.lapsed.get("points", 0) == target


def test_an_action_of_somebody_unknown_makes_no_member_where_it_earns_nothing() -> None:
    opt_in = reviewing(join={"how": "opt_in"})
    action = PastAction("77", "main:a1", "review.approved", BEGINNING)
    scene = Scene(MemoryTable(), now=BEGINNING + DAY_MS)
    for program, joins in ((opt_in, False), (reviewing(), True)):
        walk = _replayed_alone(program, scene, action)
        assert (walk.main.draft is not None) is joins
    other = PastAction("77", "main:a1", "survey.answered", BEGINNING)
    assert _replayed_alone(reviewing(), scene, other).main.draft is None
    ended = reviewing(ends={"earn": "2020-01-01"})
    assert _replayed_alone(ended, scene, action).main.draft is None
    small = reviewing(
        review_rule(give=[{"per_quantity": "action.words", "rate": "1", "unit": "points"}])
    )
    walk = _replayed_alone(small, scene, action)
    assert (walk.main.draft, walk.given) == (None, {})


def _replayed_alone(document: dict[str, Any], scene: Scene, action: PastAction) -> Walk:
    compiled = compile_program(read_program(document), 1)
    months = months_between(BEGINNING, scene.now, compiled.zone)
    return walk_member("77", [action], plan_of(compiled, months, 0), Tally(len(months.names)))


def test_what_was_taken_back_before_it_was_told_never_counted() -> None:
    action = PastAction("77", "main:a1", "review.approved", BEGINNING, revoked_at=BEGINNING - 1)
    scene = Scene(MemoryTable(), now=BEGINNING + DAY_MS)
    assert _replayed_alone(reviewing(), scene, action).actions[MAIN] == {}


def test_a_rule_for_what_is_taken_back_gives_to_members_also_before_it_is_told() -> None:
    gone = PastAction("77", "main:a1", "review.approved", BEGINNING, revoked_at=BEGINNING - 1)
    scene = Scene(MemoryTable(), now=BEGINNING + DAY_MS)
    taken_back = PROGRAMS["taken back"]
    assert _replayed_alone(taken_back, scene, gone).main.draft is None
    told = {"version": BEGINNING - 9, "created_at": BEGINNING - 9, "paid_at": BEGINNING - 9}
    bought = PastOrder("77", state(line(1_000), customer=Customer("77"), **told))
    for document, posted in (
        (taken_back, [7]),
        (reviewing(), []),
        ({**taken_back, "ends": {"earn": "2020-01-01"}}, []),
    ):
        held = _replayed(document, scene, [bought, gone]).actions[MAIN].values()
        assert [share.points for each in held for share in each.posted] == posted


def test_an_action_that_made_nobody_a_member_is_taken_back_in_silence() -> None:
    scene = Scene(MemoryTable(), now=BEGINNING + 5 * DAY_MS)
    at = BEGINNING + DAY_MS
    action = PastAction("77", "main:a1", "review.approved", BEGINNING, revoked_at=at)
    outside = reviewing(join={"how": "automatic", "rollout": "0.0001"})
    assert _replayed_alone(outside, scene, action).actions[MAIN] == {}
    (gone,) = _replayed_alone(reviewing(), scene, action).actions[MAIN].values()
    assert (gone.posted, gone.reason) == ((), "action_revoked")
