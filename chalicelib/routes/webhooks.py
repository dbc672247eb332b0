"""Webhooks: verify the raw bytes, translate, record, answer. Nothing unsigned is trusted.

The connection id picks platform, shop, source and secrets. 200 means recorded, recorded before,
or rightly ignored; a signed body that cannot be understood is parked and answered 200, because
sending it again would not help; 503 asks the platform to send it again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from chalicelib import telemetry
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode
from chalicelib.operations.record_event import record_event
from chalicelib.platforms import shopify
from chalicelib.platforms.translation import Ignored, Translation, Unreadable
from chalicelib.routes.contract import Answer, Audience, Call, Contract, NoBody
from chalicelib.routes.door import Door
from chalicelib.storage.connections import Connection, find_connection
from chalicelib.storage.parked_events import park
from chalicelib.storage.table import Table

door = Door(Audience.WEBHOOKS)


class Tongue(msgspec.Struct, frozen=True):
    """How one platform signs and speaks: two pure functions and the names of its headers."""

    verify: Callable[[bytes, Mapping[str, str], Sequence[bytes]], bool]
    translate: Callable[[str, bytes, str, Instant], Translation]
    topic: Callable[[Mapping[str, str]], str]
    is_for: Callable[[Mapping[str, str], str], bool]


TONGUES: Final[Mapping[str, Tongue]] = {
    "shopify": Tongue(
        verify=shopify.verify,
        translate=shopify.translate,
        topic=shopify.topic_of,
        is_for=shopify.may_be_for,
    ),
}
"""Every platform that can be connected."""


class Delivery(msgspec.Struct, frozen=True):
    """One verified delivery, as it came."""

    connection: Connection
    topic: str
    raw: bytes


@door.post(
    "/v1/webhooks/{connection_id}",
    Contract(
        body=NoBody,
        answer=dict,
        summary="Receive a delivery of a shop platform",
        refusals=(
            RefusalCode.CONNECTION_UNKNOWN,
            RefusalCode.SIGNATURE_INVALID,
            RefusalCode.BUSY,
        ),
    ),
)
def receive(call: Call[NoBody], connection_id: str) -> Answer | Refusal:
    """Record what a platform says. Idempotent: the same delivery again changes nothing."""
    found = find_connection(call.table, connection_id, call.wall_now)
    tongue = TONGUES.get(found.connection.platform) if found else None
    if found is None or tongue is None:
        return Refusal(RefusalCode.CONNECTION_UNKNOWN, "There is no such connection.")
    connection = found.connection
    if not tongue.verify(call.raw, call.headers, found.secrets):
        return Refusal(RefusalCode.SIGNATURE_INVALID, "The signature does not fit the body.")
    if not tongue.is_for(call.headers, connection.shop_domain):
        return Refusal(RefusalCode.SIGNATURE_INVALID, "The delivery is of another shop.")
    delivery = Delivery(connection, tongue.topic(call.headers), call.raw)
    problems = record_delivery(call.table, delivery, (call.now, call.wall_now))
    if problems:
        received = (connection.connection_id, delivery.topic, delivery.raw)
        park(call.table, connection.shop, received, call.now, problems)
        telemetry.count("webhooks_parked", {"platform": connection.platform})
    return Answer({})


def record_delivery(
    table: Table, delivery: Delivery, times: tuple[Instant, Instant]
) -> tuple[Problem, ...]:
    """Translate and record; what is wrong with the body, if it cannot be understood."""
    connection = delivery.connection
    tongue = TONGUES[connection.platform]
    translated = tongue.translate(delivery.topic, delivery.raw, connection.source, times[0])
    if isinstance(translated, Ignored):
        telemetry.count("webhooks_ignored", {"platform": connection.platform})
        return ()
    if isinstance(translated, Unreadable):
        return translated.problems
    if translated.drift_minor:
        telemetry.count("order_drift", {"platform": connection.platform})
    for event in translated.events:
        result = record_event(table, connection.shop, event, times)
        if result.refusal is not None:
            return (Problem("$", result.refusal.code.value, result.refusal.detail),)
    return ()
