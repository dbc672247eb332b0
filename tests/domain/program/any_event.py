"""Canonical events drawn from the types of the wire, as a shop would send them.

As with programs the types are the one source; ``_WORDS`` only makes events meet each other: few
orders, few customers, times around one day. What the door refuses is not an event and is left out.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from chalicelib.domain import event_wire as wired
from chalicelib.domain.event_parsing import parse_event
from chalicelib.domain.events import Event, OrderStatus
from chalicelib.domain.instants import parse_instant
from tests.domain.program.any_program import of_type
from tests.domain.program.any_words import SKUS, WORDS

NOW = parse_instant("2026-06-20T12:00:00Z")
CUSTOMERS = ("77", "78")

_MOMENTS = st.sampled_from(
    ("2026-06-15T08:00:00Z", "2026-06-15T12:00:00Z", "2026-06-16T21:30:00+02:00")
)
_TOLD = st.fixed_dictionaries(
    {}, optional={"words": st.integers(0, 500), "country": st.sampled_from(("HU", "JP")),
                  "plan": st.sampled_from(("plus", "max"))},
)  # fmt: skip
_WORDS: Mapping[str, st.SearchStrategy[Any]] = {
    "version": _MOMENTS, "created_at": _MOMENTS, "paid_at": _MOMENTS, "fulfilled_at": _MOMENTS,
    "occurred_at": _MOMENTS, "as_of": _MOMENTS, "at": _MOMENTS, "source": st.just("main"),
    "currency": st.sampled_from((*("USD",) * 6, "EUR", "JPY")), "test": st.just(False),
    "quantity": st.sampled_from(("1", "3", "0.5")), "customer_id": st.sampled_from(CUSTOMERS),
    "tags": st.lists(st.sampled_from(WORDS), max_size=2), "codes": st.just(["TEN"]),
    "sku": st.sampled_from(SKUS), "product_id": st.sampled_from(WORDS),
    "channel": st.sampled_from(WORDS), "number": st.just("#1"), "partner": st.just("partner-0"),
    "net": st.integers(0, 20_000), "gross": st.integers(0, 25_000), "tax": st.integers(0, 900),
    "attributes": st.just({"mcc": "web", "grade": "2"}), "properties": _TOLD,
    "action": st.just("review"), "subject": st.sampled_from(("p1", "p2")),
    "subscription_id": st.just("s1"), "country": st.sampled_from(("HU", "US")),
    "locale": st.just("hu"), "email": st.just("a@tea.example"), "name": st.just("Ann"),
    "guest_email": st.just("a@tea.example"), "title": st.just("Tea"), "cost": st.just(100),
    "facts": st.just({"vip": True, "level": 2}),
}  # fmt: skip
_IDS = {
    "WireOrder": st.sampled_from(("o1", "o2", "o3")),
    "WireCustomer": st.sampled_from(CUSTOMERS),
    "WireActionCompleted": st.sampled_from(("a1", "a2", "a3")),
    "WireSubscriptionRenewed": st.sampled_from(("r1", "r2")),
}
_STATUSES = st.sampled_from((*(OrderStatus.PAID.value,) * 7, *OrderStatus))
_KINDS = (
    *(wired.WireOrderUpserted,) * 3,
    *(wired.WireActionCompleted,) * 2,
    wired.WireSubscriptionRenewed,
    wired.WireFactsSet,
    wired.WireCustomerUpserted,
)


def _steered(struct: str, key: str) -> st.SearchStrategy[Any] | None:
    if key == "id" and struct in _IDS:
        return _IDS[struct]
    if (struct, key) == ("WireRefundLine", "line_id"):
        return st.just("wireline-0")
    if (struct, key) == ("WireOrder", "status"):
        return _STATUSES
    return _WORDS.get(key) if struct.startswith("Wire") else None


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """What a shop told, in no order of time; the door takes all of it."""
    kinds = draw(st.lists(st.sampled_from(_KINDS), min_size=2, max_size=6))
    told = [parse_event(draw(of_type(kind, _steered)), NOW) for kind in kinds]
    return [event for event in told if not isinstance(event, tuple)]
