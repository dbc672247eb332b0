"""Optional: every vendor body under ../shared/payloads/shopify, where that folder is there.

Without it the parameters are empty but for one that says so: nothing is skipped, nothing fails.
"""

from pathlib import Path

import msgspec
import pytest

from chalicelib.domain.events import OrderMarked, OrderStatus, OrderUpserted
from chalicelib.domain.instants import parse_instant
from chalicelib.platforms.shopify import TOPICS, translate
from chalicelib.platforms.translation import Ignored, Translated
from tests.platforms.reading import left_of

FOLDER = Path(__file__).parents[3] / "shared" / "payloads" / "shopify"
SAMPLES = tuple(sorted(FOLDER.glob("*.json")))
RECEIVED_AT = parse_instant("2026-11-21T10:00:00Z")

# name: (sum of the lines, what is left of them, drift), in cents, as measured in platforms.md 0.5
FIGURES = {
    "orders_create": (41_495, 41_495, 0),  # subtotal_price says 404.95
    "orders_create-2": (19_900, 19_900, 0),
    "orders_create-3": (19_900, 19_900, 0),
    "orders_paid": (41_495, 41_495, 0),
    "orders_paid-2": (22_497, 22_497, 0),
    "orders_paid-3": (18_109, 18_109, 0),
    "orders_updated": (41_495, 41_495, 0),
    "orders_cancelled": (41_495, 41_495, 0),
    "orders_cancelled-2": (58_700, 0, -58_700),  # subtotal_price says 597.00, current is stale
}


def _topic(sample: Path) -> str:
    """orders_paid-3.json is a body of orders/paid."""
    thing, _, happened = sample.stem.partition("-")[0].rpartition("_")
    if sample.stem.startswith(("customers_data", "app_", "shop_")):
        thing, _, happened = sample.stem.partition("_")
    return f"{thing}/{happened}"


def _translated(sample: Path) -> Translated:
    translation = translate(_topic(sample), sample.read_bytes(), "main", RECEIVED_AT)
    assert isinstance(translation, Translated), translation
    return translation


def _named(name: str) -> list[Path]:
    return [sample for sample in SAMPLES if sample.stem == name]


@pytest.mark.parametrize("sample", SAMPLES or (None,), ids=lambda sample: sample and sample.stem)
def test_every_sample_of_our_topics_is_understood_and_others_are_ignored(
    sample: Path | None,
) -> None:
    if sample is None:
        return
    translation = translate(_topic(sample), sample.read_bytes(), "main", RECEIVED_AT)
    expected = Translated if _topic(sample) in TOPICS else Ignored
    assert isinstance(translation, expected), translation


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_figures_of_the_samples_come_out_as_measured(name: str) -> None:
    for sample in _named(name):
        translation = _translated(sample)
        (event,) = translation.events
        assert isinstance(event, OrderUpserted)
        whole = sum(line.net for line in event.order.lines)
        left = sum(left_of(event.order).values())
        assert (whole, left, translation.drift_minor) == FIGURES[name]


def test_the_refunded_sample_takes_back_391_33_of_two_lines_and_195_66_of_the_third() -> None:
    for sample in _named("orders_cancelled-2"):
        (event,) = _translated(sample).events
        assert isinstance(event, OrderUpserted)
        assert event.order.status is OrderStatus.CANCELLED
        (refund,) = event.order.refunds
        assert sorted(part.net for part in refund.lines) == [19_566, 19_567, 19_567]


@pytest.mark.parametrize(
    ("name", "net"),
    [("refunds_create", 41_495), ("refunds_create-3-partial", 0), ("refunds_create-4-shipping", 0)],
)
def test_refund_samples_are_worth_their_goods_and_not_their_transactions(
    name: str, net: int
) -> None:
    for sample in _named(name):
        (event,) = _translated(sample).events
        raw = msgspec.to_builtins(event)
        assert sum(part["n"] for part in raw["refund"].get("l", ())) == net
        assert "m" not in raw["refund"]


def test_the_edited_sample_only_marks_its_order() -> None:
    for sample in _named("orders_edited"):
        (event,) = _translated(sample).events
        assert isinstance(event, OrderMarked)
        assert event.order_id == "820982911946154508"
