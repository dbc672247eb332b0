"""Admin: events sent by hand or by a shop's own server, and deliveries that wait parked."""

import msgspec

from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.instants import iso
from chalicelib.domain.limits import EVENTS_PER_CALL_MAX
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.parked_events import find_parked_delivery, list_parked_deliveries
from chalicelib.operations.record_event import record_event
from chalicelib.routes.admission import shop_missing
from chalicelib.routes.contract import (
    Answer,
    Audience,
    Call,
    Contract,
    ListView,
    NoBody,
    Outcome,
)
from chalicelib.routes.door import Door
from chalicelib.routes.parsing import JsonObject, value_invalid
from chalicelib.routes.responses import ProblemItem, problem_items
from chalicelib.routes.webhooks import Delivery, record_delivery
from chalicelib.security.scopes import Scope
from chalicelib.storage.connections import find_connection
from chalicelib.storage.parked_events import ParkedEvent, remove_parked

door = Door(Audience.ADMIN)


class EventItemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one event; ``code`` and ``errors`` only where it was refused."""

    id: str
    status: str  # recorded, replayed, ignored, refused
    code: str = ""
    errors: tuple[ProblemItem, ...] = ()


class EventsView(msgspec.Struct, frozen=True):
    """What became of each event, in their order."""

    items: tuple[EventItemView, ...]


class ParkedView(msgspec.Struct, frozen=True):
    """A delivery that could not be understood."""

    id: str
    connection_id: str
    topic: str
    received_at: str
    errors: tuple[ProblemItem, ...]


class ReplayView(msgspec.Struct, frozen=True):
    """What became of a parked delivery: ``recorded``, or ``parked`` still with what is wrong."""

    id: str
    status: str
    errors: tuple[ProblemItem, ...] = ()


@door.post(
    "/v1/admin/shops/{shop}/events",
    Contract(
        JsonObject,
        EventsView,
        "Record one canonical event, or up to 500 as `events`",
        scope=Scope.POINTS,
        body_bytes_max=2_000_000,
    ),
)
def post_events(call: Call[JsonObject], shop: str) -> Outcome:
    """Record events one by one; each is answered for itself, the good ones are kept."""
    if missing := shop_missing(call.table, shop):
        return missing
    events = call.body["events"] if set(call.body) == {"events"} else [call.body]
    if not isinstance(events, list) or not 1 <= len(events) <= EVENTS_PER_CALL_MAX:
        detail = f"`events` is a list of 1 to {EVENTS_PER_CALL_MAX} events."
        return value_invalid("$.events", detail)
    return Answer(EventsView(tuple(_recorded(call, shop, event) for event in events)))


def _recorded(call: Call[JsonObject], shop: str, told: object) -> EventItemView:
    event = parse_event(told, call.now)
    if isinstance(event, tuple):
        name = told.get("id") if isinstance(told, dict) else None
        errors = problem_items(event)
        code = RefusalCode.VALUE_INVALID.value
        return EventItemView(name if isinstance(name, str) else "", "refused", code, errors)
    result = record_event(call.table, shop, event, (call.now, call.wall_now))
    if result.refusal is not None:
        code = result.refusal.code.value
        why = ProblemItem("$", code, result.refusal.detail)
        return EventItemView(event.id, result.status, code, (why,))
    return EventItemView(event.id, result.status)


@door.get(
    "/v1/admin/shops/{shop}/parked-events",
    Contract(
        NoBody,
        ListView[ParkedView],
        "List deliveries that could not be understood",
        scope=Scope.READ,
        is_list=True,
    ),
)
def get_parked_events(call: Call[NoBody], shop: str) -> Outcome:
    """List what waits."""
    found = list_parked_deliveries(call.table, shop, (call.page.limit, call.page.start))
    if isinstance(found, Refusal):
        return found
    events, next_start = found
    return Answer(call.page_of(tuple(_parked_view(event) for event in events), next_start))


@door.post(
    "/v1/admin/shops/{shop}/parked-events/{parked}/replay",
    Contract(
        NoBody,
        ReplayView,
        "Try a parked delivery again",
        scope=Scope.POINTS,
        refusals=(RefusalCode.DOCUMENT_UNKNOWN, RefusalCode.CONNECTION_UNKNOWN),
    ),
)
def post_parked_event_replay(call: Call[NoBody], shop: str, parked: str) -> Outcome:
    """Translate and record it again; understood, it is no longer listed."""
    found = find_parked_delivery(call.table, shop, parked)
    if isinstance(found, Refusal):
        return found
    event, raw = found
    link = find_connection(call.table, event.connection_id, call.wall_now)
    if link is None or link.connection.shop != shop:
        return Refusal(RefusalCode.CONNECTION_UNKNOWN, "Its connection was removed.")
    delivery = Delivery(link.connection, event.topic, raw)
    problems = record_delivery(call.table, delivery, (call.now, call.wall_now))
    if problems:
        errors = problem_items(problems)
        return Answer(ReplayView(parked, "parked", errors), target=parked)
    remove_parked(call.table, shop, event)
    return Answer(ReplayView(parked, "recorded"), target=parked)


def _parked_view(event: ParkedEvent) -> ParkedView:
    errors = tuple(ProblemItem(each.path, each.code, each.detail) for each in event.problems)
    return ParkedView(event.id, event.connection_id, event.topic, iso(event.received_at), errors)
