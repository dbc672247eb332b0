"""Shopify: is this delivery genuine, and what does it say?

Only the body is signed (base64 of HMAC-SHA256 under the app's client secret), so nothing is taken
from a header but the signature itself and the topic, and the topic is held against the body: a
genuine body replayed under another topic is unreadable, not obeyed. Replays under its own topic
do no harm, because orders are states with versions. docs/shops/shopify.md lists the topics; the
other ``shopify_*`` modules hold what bodies look like, what must hold of them, and the arithmetic.
Nothing here raises, whatever comes in.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

import msgspec

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.event_parsing import shape_problem
from chalicelib.domain.events import (
    CustomerMerged,
    CustomerRedacted,
    CustomerUpserted,
    Event,
    OrderDeleted,
    OrderMarked,
    OrderRefunded,
    OrderUpserted,
)
from chalicelib.domain.instants import Instant, iso, to_instant
from chalicelib.domain.outcome import Problem
from chalicelib.platforms import shopify_checks as checks
from chalicelib.platforms import shopify_wire as wire
from chalicelib.platforms.shopify_goods import goods_of, refunds_of
from chalicelib.platforms.shopify_orders import STATUSES, customer_of, state_of
from chalicelib.platforms.translation import Ignored, Translated, Translation, Unreadable

SIGNATURE_HEADERS = ("x-shopify-hmac-sha256", "shopify-hmac-sha256")
"""Webhooks' spelling, then that of Shopify's newer events; the first one present counts."""

TOPIC_HEADERS = ("x-shopify-topic", "shopify-topic")
SHOP_DOMAIN_HEADERS = ("x-shopify-shop-domain", "shopify-shop-domain")

_SHOP_DOMAIN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com")

_Body = TypeVar("_Body")
_Reader: TypeAlias = Callable[[bytes, str, Instant], Translation]


def verify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[bytes]) -> bool:
    """Whether one of ``secrets`` signed exactly these bytes.

    Two secrets are usual while one is being rotated. The base64 texts are compared, in constant
    time and without stopping at a match; an empty secret signs nothing. Never raises.
    """
    given = header(headers, SIGNATURE_HEADERS).encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(b64encode(hmac.digest(secret, raw, "sha256")), given)
        for secret in secrets
        if secret
    ]
    return any(matches)


def header(headers: Mapping[str, str], names: Sequence[str]) -> str:
    """The first of ``names`` (lower case) among ``headers`` in any case; "" for none."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return next((str(lowered[name]) for name in names if name in lowered), "")


def shop_domain_matches(headers: Mapping[str, str], shop_domain: str) -> bool:
    """Whether the delivery names this very ``*.myshopify.com`` domain.

    The header is unsigned: a match proves nothing, a mismatch means a wrong connection.
    """
    named = header(headers, SHOP_DOMAIN_HEADERS)
    is_domain = _SHOP_DOMAIN.fullmatch(named) is not None
    return is_domain and named.lower() == shop_domain.lower()


def translate(topic: str, raw: bytes, source: str, received_at: Instant) -> Translation:
    """What a verified delivery says, for the connection that is called ``source``.

    Total: any bytes under any topic give ``Translated``, ``Ignored`` or ``Unreadable``.
    """
    reader = _READERS.get(topic)
    return reader(raw, source, received_at) if reader else Ignored("topic_unused")


def _order(raw: bytes, source: str, received_at: Instant) -> Translation:
    order = _decoded("Order", raw, wire.Order)
    if isinstance(order, Unreadable):
        return order
    exponent = EXPONENTS.get(order.currency)
    problems = (*checks.order_problems(order, received_at), *_status_problems(order))
    if problems or exponent is None:
        return Unreadable(problems)
    goods = goods_of(order, exponent)
    state = state_of(order, goods)
    event_id = f"{state.id}@{iso(state.version)}"
    event = OrderUpserted(event_id, state.version, source, state)
    return Translated((event,), goods.drift_minor)


def _status_problems(order: wire.Order) -> Iterator[Problem]:
    if order.financial_status not in STATUSES:
        yield Problem("$.financial_status", "status_unknown", "a status that we do not know")


def _refund(raw: bytes, source: str, received_at: Instant) -> Translation:
    refund = _decoded("Refund", raw, wire.Refund)
    if isinstance(refund, Unreadable):
        return refund
    exponent = EXPONENTS.get(checks.currency_of(refund) or "")
    if exponent is None:
        detail = "no shop_money of this refund names a currency of ISO 4217"
        return Unreadable((Problem("$", "currency_unknown", detail),))
    problems = tuple(checks.refund_problems(refund, exponent, received_at))
    if problems:
        return Unreadable(problems)
    order_id = str(refund.order_id)
    events: tuple[Event, ...] = tuple(
        OrderRefunded(f"{order_id}:{part.id}", part.at, source, order_id, part)
        for part in refunds_of(refund, exponent)
    )
    return Translated(events)


def _edit(raw: bytes, source: str, received_at: Instant) -> Translation:
    edited = _decoded("OrderEdit", raw, wire.Edited)
    if isinstance(edited, Unreadable):
        return edited
    edit = edited.order_edit
    told_at = edit.committed_at or edit.created_at
    problems = tuple(checks.time_problems({"$.order_edit.committed_at": told_at}, received_at))
    if problems:
        return Unreadable(problems)
    at = to_instant(told_at) if told_at else received_at
    event_id = f"{edit.order_id}:edit:{edit.id}"
    return Translated((OrderMarked(event_id, at, source, str(edit.order_id), "edited"),))


def _deletion(raw: bytes, source: str, received_at: Instant) -> Translation:
    gone = _decoded("Deletion", raw, wire.Deleted)
    if isinstance(gone, Unreadable):
        return gone
    problems = tuple(checks.identity_problems("Order", gone.id, gone.admin_graphql_api_id))
    if problems:
        return Unreadable(problems)
    event = OrderDeleted(f"{gone.id}:deleted", received_at, source, str(gone.id))
    return Translated((event,))


def _customer(raw: bytes, source: str, received_at: Instant) -> Translation:
    customer = _decoded("Customer", raw, wire.Customer)
    if isinstance(customer, Unreadable):
        return customer
    told_at = customer.updated_at or customer.created_at
    times = {"$.updated_at": customer.updated_at, "$.created_at": customer.created_at}
    problems = (
        *checks.identity_problems("Customer", customer.id, customer.admin_graphql_api_id),
        *checks.time_problems(times, received_at),
    )
    if problems:
        return Unreadable(problems)
    version = to_instant(told_at) if told_at else received_at
    known = customer_of(customer)
    event_id = f"{known.id}@{iso(version)}"
    return Translated((CustomerUpserted(event_id, version, source, known, version),))


def _merge(raw: bytes, source: str, received_at: Instant) -> Translation:
    merge = _decoded("Merge", raw, wire.Merged)
    if isinstance(merge, Unreadable):
        return merge
    kept = merge.admin_graphql_api_customer_kept_id.rpartition("/")[2]
    gone = merge.admin_graphql_api_customer_deleted_id.rpartition("/")[2]
    if kept == gone:
        detail = "a customer is not merged into itself"
        return Unreadable((Problem("$", "id_twice", detail),))
    if merge.status != "completed":
        return Translated(())  # requested, in progress or failed: nothing has happened
    return Translated((CustomerMerged(f"{gone}:merged", received_at, source, kept, gone),))


def _redaction(raw: bytes, source: str, received_at: Instant) -> Translation:
    asked = _decoded("Redaction", raw, wire.Redaction)
    if isinstance(asked, Unreadable):
        return asked
    customer = str(asked.customer.id)
    return Translated((CustomerRedacted(f"{customer}:redact", received_at, source, customer),))


def _decoded(kind: str, raw: bytes, shape: type[_Body]) -> _Body | Unreadable:
    """The body as a ``shape``, if it is JSON, of the promised ``kind``, and well formed."""
    try:
        keys = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        problems = tuple(checks.kind_problems(kind, keys))
        return Unreadable(problems) if problems else msgspec.json.decode(raw, type=shape)
    except msgspec.DecodeError as error:
        return Unreadable((shape_problem(error),))
    except UnicodeDecodeError:
        return Unreadable((Problem("$", "shape_invalid", "not UTF-8"),))
    except RecursionError:
        return Unreadable((Problem("$", "shape_invalid", "nested too deeply"),))


_READERS: dict[str, _Reader] = {
    "orders/create": _order,
    "orders/paid": _order,
    "orders/updated": _order,
    "orders/cancelled": _order,
    "orders/edited": _edit,
    "orders/delete": _deletion,
    "refunds/create": _refund,
    "customers/create": _customer,
    "customers/update": _customer,
    "customers/enable": _customer,
    "customers/merge": _merge,
    "customers/redact": _redaction,
}
"""What is done with each topic; any other one is ignored."""

TOPICS = tuple(_READERS)
"""The topics to subscribe to."""


def topic_of(headers: Mapping[str, str]) -> str:
    """The topic that the delivery claims; "" for none."""
    return header(headers, TOPIC_HEADERS)


def may_be_for(headers: Mapping[str, str], shop_domain: str) -> bool:
    """Whether nothing speaks against the connection: no domain is named, or this very one."""
    is_silent = not shop_domain or not header(headers, SHOP_DOMAIN_HEADERS)
    return is_silent or shop_domain_matches(headers, shop_domain)
