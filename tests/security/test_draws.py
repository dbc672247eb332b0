"""Draws: repeatable, fair, and checked by anybody once the secret of the day is shown."""

import hashlib
import hmac
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.occasion import DRAW_END
from chalicelib.security.draws import commitment_of, number_of, secret_of_day

KEY = bytes(range(32))
SECRET = secret_of_day(KEY, "2026-11-22")


@given(shop=st.text(max_size=9), document=st.text(max_size=20), rule=st.text(max_size=9))
def test_the_same_key_draws_the_same(shop: str, document: str, rule: str) -> None:
    shop, document, rule = (
        text.encode(errors="ignore").decode() for text in (shop, document, rule)
    )
    number = number_of(SECRET, shop, document, rule)
    assert number == number_of(SECRET, shop, document, rule)
    assert 0 <= number < DRAW_END


def test_a_number_is_what_the_page_says_it_is() -> None:
    message = b"tea\0order:main:1001\0wheel"
    digest = hmac.new(SECRET, message, hashlib.sha256).hexdigest()
    assert number_of(SECRET, "tea", "order:main:1001", "wheel") == int(digest[:12], 16)


def test_each_shop_document_rule_and_day_draws_on_its_own() -> None:
    drawn = {
        number_of(secret, shop, document, rule)
        for secret in (
            SECRET,
            secret_of_day(KEY, "2026-11-23"),
            secret_of_day(b"k" * 32, "2026-11-22"),
        )
        for shop in ("tea", "coffee")
        for document in ("order:main:1", "order:main:2", "action:main:1")
        for rule in ("wheel", "visit")
    }
    assert len(drawn) == 3 * 2 * 3 * 2


def test_a_commitment_is_the_hash_of_its_secret_and_of_no_other() -> None:
    assert commitment_of(SECRET) == hashlib.sha256(SECRET).hexdigest()
    assert commitment_of(SECRET) != commitment_of(secret_of_day(KEY, "2026-11-23"))


def test_draws_are_fair() -> None:
    """Chi square over 20,000 orders of fixed keys: below the 99.9 % point of 9 degrees, 27.88."""
    orders, tickets = 20_000, 10
    seen = Counter(
        number_of(SECRET, "tea", f"order:main:{order}", "wheel") % tickets
        for order in range(orders)
    )
    expected = orders // tickets
    square = sum((seen[ticket] - expected) ** 2 for ticket in range(tickets)) / expected
    assert square < 27.88
