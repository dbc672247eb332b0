"""Proof 1's and 4's rows of challenges: taking part, what counts, and what is taken back."""

from typing import Any

from chalicelib.domain.boards import Placed
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.close_boards import give_prize
from chalicelib.operations.take_part import take_part
from chalicelib.operations.view_card import CardQuery
from chalicelib.security.storefront_tokens import Customer
from tests.builders import NOON, Scene, recorded, refund, refunded
from tests.simulation.cause_verbs import settling
from tests.simulation.interleaving import Request
from tests.simulation.member_acts import honour
from tests.simulation.rivals import Meeting, earning
from tests.simulation.verbs import Verb, funded
from tests.simulation.worlds import giving


def taking_part(customer: str = "77") -> Request:
    """A member says that they take part."""

    def said(scene: Scene) -> Any:
        who = Customer(customer, scene.now + 1, "k")
        query = CardQuery(scene.shop, who, "", scene.now, scene.now)
        done = take_part(scene.table, query, "loyal")
        # Both of two at the same instant may be told that they were first: they said the same.
        return done if isinstance(done, Refusal) else done[0]

    return said


def _taken_part(scene: Scene) -> None:
    funded(scene)
    assert not isinstance(taking_part()(scene), Refusal)


def _one_order(scene: Scene) -> None:
    """A member who takes part, one order before the goal."""
    _taken_part(scene)
    recorded(earning("1")(scene))


def _completed(scene: Scene) -> None:
    _one_order(scene)
    recorded(earning("2")(scene))


def winning(customer: str = "77") -> Request:
    """A member won the contest, when its board was closed."""

    def given(scene: Scene) -> Any:
        place = Placed(1, scene.member(customer), 1)
        return give_prize(scene.table, (scene.shop, "loyal"), place, scene.now)

    return given


def honouring(
    kind: AdjustmentKind = AdjustmentKind.BADGE, key: str = "b1", customer: str = "77"
) -> Request:
    """Staff grant a badge, or take theirs back."""
    return lambda s: honour(s, kind, key, customer)


def _honoured(scene: Scene) -> None:
    _completed(scene)
    recorded(honour(scene))


def _planted(scene: Scene) -> None:
    """Some of what the completion gave is passed on."""
    _completed(scene)
    recorded(settling(2)(scene))


UNBADGE = AdjustmentKind.UNBADGE
BACK: Request = lambda s: s.order(refunded(refund(6_000, at=NOON), "2"))  # noqa: E731 - a row's act

CHALLENGE_VERBS = (
    Verb("take part", taking_part(), funded, giving),
    Verb("order that counts for a challenge", earning("1"), _taken_part, giving),
    Verb("order that completes a challenge", earning("2"), _one_order, giving),
    Verb("refund of a completion", BACK, _completed, giving),
    Verb("refund of a completion whose trees were planted", BACK, _planted, giving),
    Verb("badge by staff", honouring(), funded, giving),
    Verb("badge taken back by staff", honouring(UNBADGE, "b2"), _honoured, giving),
    Verb("prize of a contest", winning(), _completed, giving),
)
CHALLENGE_MEETINGS = (
    Meeting("taking part twice", (taking_part(), taking_part()), funded, giving),
    Meeting("two orders that complete", (earning("2"), earning("3")), _one_order, giving),
    Meeting("completion and its refund", (earning("3"), BACK), _completed, giving),
    Meeting("end of a completion and settlement", (BACK, settling(4)), _completed, giving),
    Meeting("prize and settlement", (winning(), settling(3)), _completed, giving),
    Meeting("one badge twice", (honouring(), honouring()), funded, giving),
    Meeting("badge by two keys", (honouring(), honouring(key="b3")), funded, giving),
    Meeting("badge and completion", (honouring(), earning("2")), _one_order, giving),
    Meeting("badge back and refund", (honouring(UNBADGE, "b2"), BACK), _honoured, giving),
    Meeting("one prize twice", (winning(), winning()), _completed, giving),
    Meeting("prize and refund", (winning(), BACK), _completed, giving),
    Meeting("taking part and order", (taking_part(), earning("4")), funded, giving),
)
