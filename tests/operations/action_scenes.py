"""Actions and facts in a scene: what a shop tells of them, in the fewest words."""

from typing import Any

from chalicelib.domain.actions import Action
from chalicelib.domain.events import ActionCompleted, ActionRevoked, FactsSet
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal
from chalicelib.operations.record_event import record_event
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import document_key
from tests.builders import TEA, Scene, program

MONTH = {"calendar": "month"}


def review_rule(**keys: Any) -> dict[str, Any]:
    """Ten points for a review, five a month."""
    made = {
        "id": "review",
        "on": "action.review.approved",
        "give": [{"add": 10, "unit": "points"}],
        "limit": {"times": 5, "window": MONTH},
    }
    return {**made, **keys}


def reviewing(*rules: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The tea program with rules for actions."""
    told = {"action": {"words": "integer", "country": "text"}}
    earn = [*TEA["earn"], *(rules or (review_rule(),))]
    return program(earn=earn, attributes=told, facts={"vip": "flag", "level": "integer"}, **keys)


def done(
    event_id: str = "a1", customer: str = "77", at: Instant | None = None, **told: Any
) -> ActionCompleted:
    """A review of a customer."""
    name, subject = told.pop("action", "review.approved"), told.pop("subject", "p1")
    is_timed = at is not None
    return ActionCompleted(
        event_id, at or 0, "main", name, customer, subject, told, is_timed=is_timed
    )


def tell(scene: Scene, event: Any) -> str:
    """What became of an event; of a refusal its code."""
    if isinstance(event, ActionCompleted) and not event.is_timed:
        event = ActionCompleted(
            event.id, scene.now, event.source, event.action, event.customer_id, event.subject,
            event.properties, is_timed=False, is_self_reported=event.is_self_reported,
        )  # fmt: skip
    result = record_event(scene.table, scene.shop, event, (scene.now, scene.now))
    if isinstance(result.refusal, Refusal):
        return result.refusal.code.value
    return result.status


def revoked(event_id: str, at: Instant, source: str = "main") -> ActionRevoked:
    """Take an action back."""
    return ActionRevoked(f"revoke-{event_id}", at, source, event_id)


def facts(at: Instant, customer: str = "77", **values: Any) -> FactsSet:
    """What the shop knows as of ``at``."""
    return FactsSet(f"facts-{at}", at, "main", customer, at, values)


def action_of(scene: Scene, event_id: str = "a1", customer: str = "77") -> Action:
    """The stored document, which must exist."""
    key = document_key(scene.shop, scene.member(customer), "action", f"main:{event_id}")
    document = document_of(scene.table.load([key]).get(key), Action)
    assert document is not None
    return document
