"""What customers do in a history: actions that are told, and taken back."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instants import MINUTE_MS
from chalicelib.operations.record_event import record_event
from tests.builders import Scene
from tests.operations.action_scenes import done, revoked
from tests.simulation.histories import Broken, History, Step
from tests.simulation.openings import CUSTOMERS


def acts(history: History) -> Step:
    """Somebody writes a review, an hour and a half ago."""
    customer, name = history.dice.pick(CUSTOMERS), f"v{history.steps}"
    event = done(name, customer, history.scene.now - 90 * MINUTE_MS)

    def tell(answer: Any) -> None:
        _never_refused(answer)
        if not history.model.is_erased(customer):
            history.model.members.add(customer)
            history.model.actions[name] = customer

    return Step(f"act {name} {customer}", _sent(event), tell, frozenset({customer}))


def takes_back(history: History) -> Step:
    """The shop takes a review back."""
    if not history.model.actions:
        return acts(history)
    name = history.dice.pick(list(history.model.actions))
    customer = history.model.actions[name]
    event = revoked(name, history.scene.now)

    def tell(answer: Any) -> None:
        _never_refused(answer)
        history.model.actions.pop(name, None)

    return Step(f"revoke {name} {customer}", _sent(event), tell, frozenset({customer}))


def _sent(event: Any) -> Callable[[Scene], Any]:
    return lambda s: record_event(s.table, s.shop, event, (s.now, s.now))


def _never_refused(answer: Any) -> None:
    if answer.refusal is not None:
        raise Broken(f"an action was refused: {answer.refusal.detail}")


ACTIONS: tuple[tuple[int, Callable[[History], Step]], ...] = ((3, acts), (1, takes_back))
"""How often each happens, of all weights of ``happenings``."""
