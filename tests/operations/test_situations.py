"""Situations in which points come or stay away: what a member reads, and the trace that staff see.

The page ``docs/situations.md`` is made from this table; with LAUREL_TEST_WRITE=1 it is written.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.actions import Action
from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.pausing import Pause, Paused
from chalicelib.domain.records import Adjustment, AdjustmentKind, Hold
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.phrases import LANGUAGES
from chalicelib.domain.wording.sentences import document_sentence, trace_sentence
from chalicelib.operations.pause_program import pause_program
from chalicelib.storage.programs import program_of
from tests.builders import NOON, START, TEA, Scene, line, refund, refunded, state, upserted
from tests.conservation import WatchedTable
from tests.operations.action_scenes import action_of, done, review_rule, reviewing, revoked, tell
from tests.operations.challenge_scenes import challenge
from tests.operations.launch_scenes import LAUNCH, balance, customer, past_order, told
from tests.operations.referral_scenes import WEEK, buy, come, own, referring, side_of, swept
from tests.operations.situation_scenes import (
    ENTERING,
    HELD_OFF,
    STAFF_BADGES,
    Document,
    by_staff,
    entered,
    held,
)

PAGE = Path(__file__).parents[2] / "docs" / "situations.md"
RATE = TEA["earn"][0]
LIFETIME = "lifetime"


@dataclass(frozen=True)
class Situation:
    """What happens, under which program, and the code of why."""

    name: str
    keys: dict[str, Any]
    act: Callable[[Scene], Document]
    why: str  # the reason on the document, a step of its trace, or what its entry says


def paid(net: int = 2_000, order_id: str = "1", **changes: Any) -> Callable[[Scene], Document]:
    """An order of twenty dollars."""

    def act(scene: Scene) -> Document:
        scene.pay(net, order_id, **changes)
        return scene.document(order_id)

    return act


def twice(net: int = 2_000, **changes: Any) -> Callable[[Scene], Document]:
    """Two orders; the second is told of."""

    def act(scene: Scene) -> Document:
        scene.pay(net, "0", **changes)
        scene.pay(net, "1", **changes)
        return scene.document("1")

    return act


def acted(*events: Any) -> Callable[[Scene], Document]:
    """Actions, in their order; the last one is told of."""

    def act(scene: Scene) -> Document:
        for event in events:
            tell(scene, event)
        last = [event for event in events if hasattr(event, "action")][-1]
        return action_of(scene, last.id, last.customer_id)

    return act


def rules(*more: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The one rule of the tea program with other keys, and more rules."""
    return {"earn": [{**RATE, **keys}, *more]}


def paused(scene: Scene) -> Document:
    pause_program(scene.table, scene.shop, Pause(Paused.EARNING, scene.now - HOUR_MS))
    return paid()(scene)


def cancelled(scene: Scene) -> Document:
    paid()(scene)
    gone = state(line(2_000), id="1", number="#1", version=NOON + 1, status=OrderStatus.CANCELLED)
    scene.order(upserted(gone))
    return scene.document("1")


def given_back(net: int) -> Callable[[Scene], Document]:
    """A refund of so much of the order."""

    def act(scene: Scene) -> Document:
        paid()(scene)
        scene.order(refunded(refund(net), "1"))
        return scene.document("1")

    return act


def gift_card(scene: Scene) -> Document:
    made = line(2_000, gift_card=True)
    scene.order(upserted(state(made, id="1", number="#1")))
    return scene.document("1")


def brought_along(scene: Scene) -> Document:
    for row in (customer(), balance(120), past_order()):
        told(scene, row)
    scene.order(refunded(refund(6_000), "old"))
    return scene.document("old")


def joined_first(scene: Scene) -> Document:
    scene.join()
    return paid(at=NOON - 3 * DAY_MS)(scene)


def gold(scene: Scene) -> Document:
    scene.pay(20_000, "0")
    return paid()(scene)


def stands(scene: Scene) -> None:
    swept(scene, NOON + WEEK)


def comes_back(scene: Scene) -> None:
    scene.order(refunded(refund(3_000), "f1"))


def befriended(*further: Callable[[Scene], None]) -> Callable[[Scene], Document]:
    """A friend buys; then what else happens. The friend's side is told of."""

    def act(scene: Scene) -> Document:
        scene.join("77")
        own(scene)
        come(scene)
        buy(scene)
        for each in further:
            each(scene)
        side = side_of(scene, "friend")
        assert side is not None
        return side

    return act


CAKE = {"id": "cake", "name": "A free cake", "kind": "product", "sku": "CAKE"}
GIFTS = {"regions": ["*"], "friend": [{"reward": "cake"}], "advocate": [{"reward": "cake"}]}
REFERRAL = {
    "rewards": [*TEA["rewards"], CAKE],
    "referral": referring(offers=[GIFTS])["referral"],
}
LAST = {"times": 1, "window": LIFETIME}
TREE = {"id": "tree", "on": "order.paid", "give": [{"cause": "forest", "add": 1}]}
FOREST = {"causes": [{"id": "forest", "name": "Trees"}]}
GUEST: dict[str, Any] = {"customer": None, "guest_email": "kim@example.com"}
QUIZ = review_rule(id="quiz", on="action.quiz", once="subject")
FUEL = {**RATE, "id": "fuel", "group": "best", "pick": "best"}
REVIEWS = {key: reviewing(QUIZ)[key] for key in ("earn", "attributes", "facts")}
CAMPAIGN = {
    "id": "back",
    "segment": "lapsed",
    "budget": "unlimited",
    "rules": [{"id": "back-bonus", "on": "order.paid", "give": [{"add": 50, "unit": "points"}]}],
}


def campaign(segment: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A campaign for a segment."""
    return {"segments": {"lapsed": segment}, "campaigns": [{**CAMPAIGN, **keys}]}


NOBODY = {"member.order_count": {"gte": 99}}
EVERYBODY = {"member.order_count": {"gte": 0}}
TELLING: dict[str, Any] = {
    "earn": [*TEA["earn"], {"id": "thank", "on": "order.paid", "give": [{"message": "thanks"}]}],
    "messages": {"caps": {"quiet": "none"}, "templates": {"thanks": {"text": "Thank you!"}}},
}

SITUATIONS = (
    Situation("points for a purchase", {}, paid(), "rate"),
    Situation("a tier multiplies", {}, gold, "multiplied"),
    Situation(
        "the limit of a rule is reached",
        rules(limit={"amount": 30, "window": LIFETIME}),
        twice(),
        "cap_reached",
    ),
    Situation(
        "the limit of a day is reached", {"limits": {"points_per_day": 25}}, twice(), "cap_reached"
    ),
    Situation(
        "a rule was given as often as it may be",
        {**rules({**TREE, "limit": LAST}), **FOREST},
        twice(),
        "cap_spent",
    ),
    Situation(
        "the shop has given all it would",
        rules(limit={"amount": 30, "window": LIFETIME, "scope": "shop"}),
        twice(),
        "budget_spent",
    ),
    Situation("an excluded product", rules(lines={"line.sku": "TEA"}), paid(), "condition_unmet"),
    Situation("a gift card", {}, gift_card, "condition_unmet"),
    Situation(
        "below the minimum",
        rules(**{"if": {"order.net_total": {"gte": 5_000}}}),
        paid(),
        "condition_unmet",
    ),
    Situation(
        "the wrong tier", rules(**{"if": {"member.tier.club": "gold"}}), paid(), "condition_unmet"
    ),
    Situation("given once only", rules(once="member"), twice(), "already_given"),
    Situation("a cooldown", rules(limit={"cooldown": "PT12H"}), twice(), "cap_reached"),
    Situation("a rule that is over", rules(to="2026-01-31"), paid(), "not_running"),
    Situation("not at this hour", rules(when={"hours": ["01:00-02:00"]}), paid(), "not_now"),
    Situation("a dry run", rules(dry_run=True), paid(), "dry_run"),
    Situation(
        "another rule gives more",
        rules({**FUEL, "give": [{**RATE["give"][0], "rate": "3"}]}, group="best", pick="best"),
        paid(),
        "not_best",
    ),
    Situation("a guest", {}, paid(**GUEST), "guest_order"),
    Situation("a test order", {}, paid(test=True), "test_order"),
    Situation("not paid yet", {}, paid(status=OrderStatus.OPEN, paid_at=None), "order_unpaid"),
    Situation(
        "paid in part",
        {},
        paid(status=OrderStatus.PARTIALLY_PAID, paid_at=None),
        "order_partly_paid",
    ),
    Situation("cancelled", {}, cancelled, "order_cancelled"),
    Situation("all refunded", {}, given_back(2_000), "excluded_line"),
    Situation("a part refunded", {}, given_back(500), "rate"),
    Situation("a currency without a rate", {}, paid(currency="EUR"), "other_currency"),
    Situation("before the program began", {}, paid(at=START - 9 * DAY_MS), "before_program"),
    Situation("after the program ended", {"ends": {"earn": "2026-01-31"}}, paid(), "program_ended"),
    Situation("paused", {}, paused, "paused"),
    Situation("not in the rollout", {"join": {"rollout": "0"}}, paid(), "not_in_rollout"),
    Situation("not a member", {"join": {"how": "opt_in"}}, paid(), "not_a_member"),
    Situation("before joining", {"join": {"how": "opt_in"}}, joined_first, "before_joining"),
    Situation("the wrong segment", campaign(NOBODY), paid(), "wrong_segment"),
    Situation("held out to compare with", campaign(EVERYBODY, holdout="1"), paid(), "holdout"),
    Situation(
        "held out of a challenge",
        {"challenges": [challenge()], "holdout": "1"},
        paid(),
        "challenge_held_out",
    ),
    Situation(
        "the budget is spent", campaign(EVERYBODY, budget={"points": 60}), twice(), "budget_spent"
    ),
    Situation(
        "the same thing again",
        REVIEWS,
        acted(done("a1", action="quiz"), done("a2", action="quiz")),
        "already_given",
    ),
    Situation(
        "an action that was taken back",
        REVIEWS,
        acted(done("a1", at=NOON), revoked("a1", NOON)),
        "action_revoked",
    ),
    Situation("the member is told something", TELLING, paid(), "message_given"),
    Situation("the messages of the day are used up", TELLING, twice(), "message_day_full"),
    Situation("a tier is entered", ENTERING, entered, "bonus"),
    Situation("a badge by staff", STAFF_BADGES, by_staff(AdjustmentKind.BADGE), "badge_granted"),
    Situation(
        "staff take their badge back",
        STAFF_BADGES,
        by_staff(AdjustmentKind.UNBADGE, AdjustmentKind.BADGE),
        "badge_taken",
    ),
    Situation("points are held for a reward", HELD_OFF, held, "open"),
    Situation("a gift of a referral waits", REFERRAL, befriended(), "granted"),
    Situation("a gift of a referral", REFERRAL, befriended(stands), "granted"),
    Situation("a referral that came back", REFERRAL, befriended(comes_back), "referral_reversed"),
    Situation(
        "brought along from before, and refunded", {"launch": LAUNCH}, brought_along, "taken_back"
    ),
)


def lived(situation: Situation) -> tuple[Scene, Document]:
    scene = Scene(WatchedTable())
    scene.publish({**TEA, **situation.keys})
    return scene, situation.act(scene)


def codes(document: Document) -> set[str]:
    """Why, as codes: the reason and the trace, or what the entry says, or how a hold stands."""
    match document:
        case Adjustment():
            assert document.entry is not None
            return {said.code for said in document.entry.explanation}
        case Hold():
            return {document.status.value}
        case _:
            return {document.reason, *(row.code for row in document.trace)}


def words(scene: Scene, document: Document, locale: str) -> tuple[str, tuple[str, ...]]:
    """What is said of the document, and of each step of its trace."""
    names = names_of(program_of(scene.table, scene.shop, 1).program, locale)
    rows = document.trace if isinstance(document, OrderDocument | Action) else ()
    steps = tuple(trace_sentence(row, names, locale) for row in rows)
    return document_sentence(document, names, locale), steps


def page() -> str:
    """The whole page."""
    rows = []
    for each in SITUATIONS:
        said, steps = words(*lived(each), "en")
        rows.append(f"| {each.name} | {said} | {' '.join(steps) or '–'} |")
    return "\n".join((*HEAD, *rows, ""))


WHAT_IT_IS = (
    "Why points come, or stay away: what is said of an order, an action, a hold or what staff did, "
    "and the trace that staff see. "
    "`GET /v1/admin/shops/{shop}/members/{member}/explain/{document}` says both, also "
    "with `?locale=hu` or `fa`; `POST /v1/storefront/{shop}/actions/{rule}` tells a member the "
    "sentence. The page is made by `tests/operations/test_situations.py` from what the books say."
)
HEAD = (
    "# Situations",
    "",
    WHAT_IT_IS,
    "",
    "| situation | what is said | trace |",
    "|---|---|---|",
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each.name for each in SITUATIONS])
def test_a_situation_is_explained_in_every_language(situation: Situation) -> None:
    scene, document = lived(situation)
    assert situation.why in codes(document)
    english = words(scene, document, "en")
    for locale in LANGUAGES:
        said, steps = words(scene, document, locale)
        assert len(steps) == len(english[1])
        for sentence in (said, *steps):
            assert sentence
            assert "{" not in sentence
        assert locale == "en" or said != english[0]
        assert "_" not in situation.why or situation.why not in said


def test_at_least_twenty_five_are_told_apart() -> None:
    told = {(each.why, words(*lived(each), "en")) for each in SITUATIONS}
    assert len(told) >= 25


def test_the_page_says_what_the_books_say() -> None:
    """With LAUREL_TEST_WRITE=1 it is written first."""
    if os.environ.get("LAUREL_TEST_WRITE"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
