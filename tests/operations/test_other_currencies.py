"""Orders in another currency than the program's: counted at the rate that stays with them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.operations.explain_document import ExplainedDocument, explain_document
from tests.builders import (
    NOON,
    TEA,
    Scene,
    line,
    program,
    refund,
    refunded,
    state,
    upserted,
)
from tests.conservation import WatchedTable, verify_table

LATER = NOON + HOUR_MS
FX = {"EUR": "1.0834", "JPY": "0.0067", "KWD": "3.25"}
RATED = program(fx=FX)


def explained(scene: Scene, name: str = "order:main:1001") -> list[str]:
    told = explain_document(scene.table, scene.shop, "external:77", (name, "en"), scene.now)
    assert isinstance(told, ExplainedDocument)
    return [told.sentence, *(sentence for _, sentence in told.trace)]


@pytest.mark.parametrize(
    ("currency", "net", "points"),
    [("EUR", 10_000, 108), ("JPY", 15_000, 100), ("KWD", 10_000, 32), ("USD", 10_000, 100)],
)
def test_an_order_earns_by_what_it_is_worth_in_the_programs_currency(
    open_shop: Callable[..., Scene], currency: str, net: int, points: int
) -> None:
    shop = open_shop(RATED)
    shop.pay(net, currency=currency)
    assert shop.available() == points
    terms = shop.document().terms
    assert terms is not None
    assert terms.fx == ({currency: FX[currency]} if currency in FX else {})
    assert shop.pay(net, currency=currency).replayed


def test_an_order_without_a_rate_is_kept_and_says_why(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(RATED)
    shop.pay(5_000, "1")
    shop.pay(10_000, currency="GBP")
    assert shop.available() == 50
    assert (shop.document().reason, shop.document().terms) == ("other_currency", None)
    assert "no rate for its currency" in explained(shop)[0]


def test_a_rate_published_later_helps_later_orders_only(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(RATED)
    shop.pay(10_000, "early", currency="GBP")
    shop.now = NOON + DAY_MS
    shop.publish(program(fx={**FX, "GBP": "1.25"}), since=shop.now)
    shop.order(upserted(state(line(10_000), id="early", currency="GBP", version=NOON + 1)))
    assert shop.document("early").reason == "other_currency"
    shop.pay(10_000, "late", currency="GBP")
    assert shop.available() == 125


def test_a_later_rate_changes_no_refund_and_no_edit(open_shop: Callable[..., Scene]) -> None:
    shop = open_shop(RATED)
    shop.pay(20_000, currency="EUR")
    assert shop.available() == 216
    shop.now = NOON + DAY_MS
    shop.publish(program(fx={"EUR": "2"}), since=shop.now)
    shop.order(refunded(refund(10_000, at=shop.now)))
    assert shop.available() == 108
    shop.publish(program(), since=shop.now + 1)
    shop.now += DAY_MS
    shop.order(
        upserted(
            state(
                line(30_000),
                currency="EUR",
                version=shop.now,
                refunds=(refund(10_000, at=NOON + DAY_MS),),
            )
        )
    )
    assert shop.available() == 216
    shop.order(refunded(refund(20_000, "r2", at=shop.now + 1)))
    assert (shop.available(), shop.document().net) == (0, {})


def test_the_explanation_begins_with_what_the_order_was_counted_as(
    open_shop: Callable[..., Scene],
) -> None:
    shop = open_shop(RATED)
    shop.pay(10_000, currency="EUR")
    assert explained(shop)[1:3] == [
        "100.00 EUR counts as 108.34 USD, at 1.0834.",
        "Rule purchase: 108.34 USD of goods after discounts earns 108 points, at 1 per 1.00 USD.",
    ]


def test_tiers_conditions_and_limits_count_in_the_programs_currency(
    open_shop: Callable[..., Scene],
) -> None:
    from_108_usd = {
        "id": "big",
        "on": "order.paid",
        "if": {"order.net_total": {"gte": 10_834}, "order.currency": "EUR"},
        "give": [{"add": 1_000, "unit": "points"}],
    }
    monthly = {"amount": 150, "window": {"calendar": "month"}}
    shop = open_shop(program(fx=FX, earn=[{**TEA["earn"][0], "limit": monthly}, from_108_usd]))
    shop.pay(9_999, "1", currency="EUR")
    assert (shop.available(), shop.tier()) == (108, "leaf")
    shop.pay(10_000, "2", currency="EUR")
    account = shop.account()
    assert account is not None
    assert sum(account.standings["club"].buckets.values()) == 10_833 + 10_834
    assert (shop.available(), shop.tier()) == (108 + 42 + 1_000, "gold")
    shop.order(refunded(refund(1_000, at=LATER), "2"))
    assert (shop.available(), shop.tier()) == (108 + 42, "gold")
    shop.verify()


def test_a_state_in_another_currency_counts_by_its_own_rate(
    open_shop: Callable[..., Scene],
) -> None:
    def told(currency: str, version: int) -> Any:
        return upserted(state(line(10_000), currency=currency, version=version))

    shop = open_shop(RATED)
    for version, (currency, points) in enumerate(
        [("EUR", 108), ("KWD", 32), ("GBP", 0), ("USD", 100), ("EUR", 108)]
    ):
        shop.order(told(currency, NOON + version))
        assert shop.available() == points
    terms = shop.document().terms
    assert terms is not None
    assert terms.fx == {"EUR": "1.0834"}


NETS = st.lists(st.integers(1, 30_000), min_size=1, max_size=4)
TAKEN = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20_000)), max_size=4)


@settings(max_examples=40)
@given(NETS, TAKEN, st.sampled_from(sorted(FX)))
def test_refunding_everything_in_whatever_parts_nets_to_zero(
    nets: list[int], taken: list[tuple[int, int]], currency: str
) -> None:
    shop = Scene(WatchedTable())
    shop.publish(RATED)
    lines = tuple(line(net, f"l{n}") for n, net in enumerate(nets))
    shop.order(upserted(state(*lines, currency=currency)))
    whole, last = shop.available(), shop.available()
    for number, (which, net) in enumerate(taken):
        shop.order(refunded(refund(net, f"r{number}", f"l{which}", LATER)))
        assert 0 <= shop.available() <= last, "a refund never gives points"
        last = shop.available()
    for number, net in enumerate(nets):
        shop.order(refunded(refund(net, f"rest{number}", f"l{number}", LATER)))
    account = shop.account()
    assert account is not None
    standing = account.standings.get("club")
    assert shop.available() == 0 <= whole
    assert not standing or not any(standing.buckets.values())
    verify_table(shop.table.items())  # type: ignore[attr-defined]
