"""What can happen where referrals are checked: orders that carry codes and signs, told in any way.

The orders are those of ``happenings``. Here they get a friend who buys first, what the shop tells
of a house, a card and a browser, rivals of one version, and staff who decide about who was flagged.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.order_decision import OrderEvent
from chalicelib.domain.outcome import Refusal
from tests.operations.referral_scenes import code
from tests.simulation.histories import History, Step
from tests.simulation.member_acts import address
from tests.simulation.member_happenings import forgetting, merging
from tests.simulation.model_of_signs import Brought, ModelOfSigns
from tests.simulation.openings import CUSTOMERS
from tests.simulation.platform import Delivery, ShopOrder, whole
from tests.simulation.referral_verbs import matured, reviewed
from tests.simulation.signed_world import CROWD, comes, looks, shown

Rows = tuple[tuple[int, Callable[[History], Step]], ...]


def signs_of(history: History) -> ModelOfSigns:
    assert isinstance(history.model, ModelOfSigns)
    return history.model


def by_a_friend(history: History, order: ShopOrder) -> None:
    """Mostly somebody new pays it, with a code and sometimes with a mailbox of the advocate's."""
    dice, model = history.dice, signs_of(history)
    order.is_guests = False
    if dice.below(3):
        known = [*CROWD, *model.brought]
        order.customer = f"f{10 + history.steps}" if dice.below(3) else dice.pick(known)
    by = dice.pick(("1", "1", "1", "2", "2", "3", "4"))
    order.by, order.typed = by, code(history.scene, by)
    if dice.one_in(5):
        name, _, host = address(by).partition("@")
        order.email = f"{name.upper()}+new@{host}"
    order.signs = shown(dice, order.customer)


def told_otherwise(history: History, made: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """``made``, and perhaps another state of the same version: other signs, lines or customer."""
    dice, order = history.dice, made[-1].order
    if not made[-1].version or not dice.one_in(3):
        return made
    rival = replace(order, lines=dict(order.lines), signs=shown(dice, order.customer))
    if dice.one_in(2):
        rival.lines[next(iter(rival.lines))] = dice.pick((500, 2_500, 7_000))
    if dice.one_in(2):
        rival.customer = dice.pick((*CUSTOMERS, *CROWD, f"f{10 + history.steps}"))
        rival.signs = shown(dice, rival.customer)
    return (*made, whole(rival))


def hear(history: History, event: OrderEvent, by: str) -> None:
    """Tell the model of signs what the shop told."""
    model, now = signs_of(history), history.scene.now
    if isinstance(event, OrderUpserted):
        model.hear(event, by, now)
    else:
        model.hear_refund(event.order_id, event.refund, now)  # type: ignore[union-attr]


def arrives(history: History) -> Step:
    """Somebody new joins by a code, in a browser."""
    friend, by = f"f{10 + history.steps}", history.dice.pick(("1", "2", "2", "3"))
    signs = shown(history.dice, friend)

    def tell(_: Any) -> None:
        model = signs_of(history)
        came = model.come(friend, by, "", (signs, history.scene.now))
        model.join_by(came, friend, "")

    touched = frozenset({friend})
    return Step(f"arrive {friend} {by}", lambda s: comes(s, friend, by, signs), tell, touched)


def asks(history: History) -> Step:
    """A member asks for their code."""
    who = history.dice.pick(CUSTOMERS)
    signs = shown(history.dice, who)

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            model = signs_of(history)
            model.coded.add(model.person(who))
            model.show(model.person(who), signs, history.scene.now)

    return Step(f"ask {who}", lambda s: looks(s, who, signs), tell, frozenset({who}))


def waits(history: History) -> Step:
    """Time comes to a referral."""
    known = _some(history)

    def tell(_: Any) -> None:
        known.wait(history.scene.now)

    act = matured(known.friend, known.advocate)
    return Step(f"wait {known.friend}", act, tell, frozenset({known.advocate}))


def decides(history: History) -> Step:
    """Staff approve or reject a referral, if it waits for them."""
    known, verdict = (
        _some(history, "flagged"),
        history.dice.pick(("ordered", "ordered", "rejected")),
    )

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            known.review(verdict, history.scene.now)

    act = reviewed(known.friend, verdict, known.advocate)
    return Step(f"{verdict} {known.friend}", act, tell, frozenset({known.advocate}))


def _some(history: History, state: str = "") -> Brought:
    """Some referral, one in ``state`` where there is one."""
    every = list(signs_of(history).brought.values())
    fitting = [known for known in every if known.state == state]
    return history.dice.pick(fitting or every)


def becomes_one(history: History) -> Step:
    """A friend turns out to be the advocate, or another friend."""
    known, other = _some(history), _some(history)
    kept = known.advocate if history.dice.one_in(2) else other.friend
    return merging(history, known.friend, kept)


def is_forgotten(history: History) -> Step:
    """A side of a referral is erased."""
    known = _some(history)
    return forgetting(history, history.dice.pick((known.friend, known.advocate)))


SIGNS: Rows = (
    (3, arrives),
    (2, asks),
    (3, waits),
    (4, decides),
    (1, becomes_one),
    (1, is_forgotten),
)
"""How often each happens in the world ``signed``, beside orders."""
