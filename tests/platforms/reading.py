"""How the tests read a translation: one event, one state, what is left of its goods."""

from chalicelib.domain.events import (
    CustomerUpserted,
    Event,
    OrderRefunded,
    OrderState,
    OrderUpserted,
    Refund,
)
from chalicelib.domain.instants import DAY_MS, parse_instant
from chalicelib.platforms.shopify import translate
from chalicelib.platforms.translation import Translated, Translation, Unreadable
from tests.platforms.shopify_bodies import AT, encoded

RECEIVED_AT = parse_instant(AT) + 2 * DAY_MS


def read(topic: str, body: object) -> Translation:
    return translate(topic, encoded(body), "main", RECEIVED_AT)


def events_of(topic: str, body: object) -> tuple[Event, ...]:
    translation = read(topic, body)
    assert isinstance(translation, Translated), translation
    return translation.events


def state_of(body: object, topic: str = "orders/updated") -> OrderState:
    (event,) = events_of(topic, body)
    assert isinstance(event, OrderUpserted)
    return event.order


def drift_of(body: object) -> int:
    translation = read("orders/updated", body)
    assert isinstance(translation, Translated), translation
    return translation.drift_minor


def refunds_of(body: object) -> tuple[Refund, ...]:
    events = events_of("refunds/create", body)
    return tuple(event.refund for event in events if isinstance(event, OrderRefunded))


def customer_of(body: object, topic: str = "customers/update") -> CustomerUpserted:
    (event,) = events_of(topic, body)
    assert isinstance(event, CustomerUpserted)
    return event


def codes_of(topic: str, body: object) -> dict[str, str]:
    """Problem codes by path of a body that cannot be understood."""
    translation = read(topic, body)
    assert isinstance(translation, Unreadable), translation
    return {problem.path: problem.code for problem in translation.problems}


def left_of(state: OrderState) -> dict[str, int]:
    """Net minor units that refunds by line leave of each line."""
    left = {line.id: line.net for line in state.lines}
    for part in (part for refund in state.refunds for part in refund.lines):
        left[part.line_id] = max(0, left[part.line_id] - part.net)
    return left


def total_left(body: object) -> int:
    """Net minor units of goods that one full body leaves, all refunds considered."""
    state = state_of(body)
    amounts = sum(refund.amount or 0 for refund in state.refunds if not refund.lines)
    return max(0, sum(left_of(state).values()) - amounts)
