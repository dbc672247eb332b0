"""Other currencies: parts sum to the rounded whole, less is never more, nothing is nothing."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.currencies import EXPONENTS
from chalicelib.domain.events import OrderLine, Refund, RefundLine
from chalicelib.domain.exchange import Exchange, exchange_of, exchanged, rates_of
from chalicelib.domain.order_remains import remaining_lines
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.occasion import OccasionLine, Terms
from tests.builders import NOON, line, program, state

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "HUF"])
RATES = st.builds(
    lambda whole, places: f"{whole}.{places:06}", st.integers(0, 400), st.integers(1, 999_999)
)
EXCHANGES = st.builds(Exchange, CURRENCIES, CURRENCIES, RATES)
AMOUNTS = st.integers(0, 1_000_000)
LINES = st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=6).map(
    lambda rows: tuple(
        OrderLine(id=f"l{n}", quantity_milli=1000, net=net, gross=net + more, tax=tax)
        for n, (net, more, tax) in enumerate(rows)
    )
)
PARTS = st.lists(st.tuples(st.integers(0, 5), AMOUNTS), max_size=8)


def left_of(lines: tuple[OrderLine, ...], *parts: tuple[int, int]) -> tuple[OccasionLine, ...]:
    refunds = tuple(
        Refund(f"r{n}", NOON, (RefundLine(f"l{which}", 0, net),))
        for n, (which, net) in enumerate(parts)
    )
    made = state(*lines, refunds=refunds)
    return remaining_lines(OrderDocument(source="main", order_id="1", state=made))


def exact(exchange: Exchange, amount: int) -> Fraction:
    """The judge: what so many minor units are worth, as a fraction of minor units."""
    major = Fraction(amount, 10 ** EXPONENTS[exchange.paid]) * Fraction(exchange.rate)
    return major * 10 ** EXPONENTS[exchange.counted]


@given(EXCHANGES, LINES)
def test_the_lines_of_an_order_sum_to_its_rounded_whole(
    exchange: Exchange, lines: tuple[OrderLine, ...]
) -> None:
    counted = exchanged(exchange, lines, left_of(lines))
    is_free = not all(line.net for line in lines)  # a free line has a gross, but nothing is left
    for part in ("net",) if is_free else ("net", "gross", "tax"):
        whole = exact(exchange, sum(getattr(each, part) for each in left_of(lines)))
        assert sum(getattr(each, part) for each in counted) == round(whole), "half to even"
        for before, after in zip(left_of(lines), counted, strict=True):
            # Its share of a whole that was rounded by up to a half, and dealt by up to one.
            off = abs(getattr(after, part) - exact(exchange, getattr(before, part)))
            assert off < Fraction(3, 2)


@given(EXCHANGES, LINES, PARTS, st.tuples(st.integers(0, 5), AMOUNTS))
def test_a_further_refund_never_makes_a_line_worth_more(
    exchange: Exchange,
    lines: tuple[OrderLine, ...],
    parts: list[tuple[int, int]],
    more: tuple[int, int],
) -> None:
    before = exchanged(exchange, lines, left_of(lines, *parts))
    after = exchanged(exchange, lines, left_of(lines, *parts, more))
    for earlier, later in zip(before, after, strict=True):
        assert 0 <= later.net <= earlier.net
        assert 0 <= later.gross <= earlier.gross
        assert 0 <= later.tax <= earlier.tax


@given(EXCHANGES, LINES)
def test_a_refund_of_everything_leaves_nothing(
    exchange: Exchange, lines: tuple[OrderLine, ...]
) -> None:
    left = left_of(lines, *((n, each.net) for n, each in enumerate(lines)))
    gone = exchanged(exchange, lines, left)
    assert [(each.net, each.gross, each.tax) for each in gone] == [(0, 0, 0)] * len(lines)


@given(CURRENCIES, LINES, PARTS)
def test_at_a_rate_of_one_nothing_changes(
    currency: str, lines: tuple[OrderLine, ...], parts: list[tuple[int, int]]
) -> None:
    left = left_of(lines, *parts)
    assert exchanged(Exchange(currency, currency, "1"), lines, left) == left


@pytest.mark.parametrize(
    ("paid", "counted", "rate", "amount", "worth"),
    [
        ("EUR", "USD", "1.0834", 10_000, 10_834),
        ("JPY", "USD", "0.0067", 15_000, 10_050),  # 15,000 yen have no minor units
        ("USD", "JPY", "149.25", 10_000, 14_925),
        ("KWD", "USD", "3.25", 12_345, 4_012),  # 12.345 dinars are 40.12125 dollars
        ("USD", "KWD", "0.3077", 10_000, 30_770),
        ("EUR", "USD", "1.5", 1, 2),  # 1.5 cents: half goes to the even
        ("EUR", "USD", "2.5", 1, 2),
        ("VND", "USD", "0.0000393", 250_000, 982),
    ],
)
def test_the_exponents_of_both_currencies_count(
    paid: str, counted: str, rate: str, amount: int, worth: int
) -> None:
    lines = (line(amount),)
    (changed,) = exchanged(Exchange(paid, counted, rate), lines, left_of(lines))
    assert changed.net == worth


def test_a_rate_kept_with_an_order_comes_before_that_of_its_version() -> None:
    made = compile_program(read_program(program(fx={"EUR": "1.1", "JPY": "0.0067"})), 1)
    terms = Terms(1, fx={"EUR": "1.2"})
    assert rates_of(made, terms) == {"EUR": "1.2", "JPY": "0.0067"}
    assert rates_of(None, None) == {}
    assert exchange_of(made, terms, "USD") is None
    assert exchange_of(made, None, "EUR") == Exchange("EUR", "USD", "1.1")
    assert msgspec.json.decode(msgspec.json.encode(terms), type=Terms) == terms
