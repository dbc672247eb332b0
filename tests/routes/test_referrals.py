"""Referrals at the door: by which browser somebody came, and what staff are told of it."""

from typing import Any

import pytest

from tests.platforms.shopify_bodies import customer_body
from tests.routes.session import Session, open_session
from tests.routes.workshop import Workshop

OFFER = {"regions": ["*"], "advocate": [{"add": 100, "unit": "points"}]}
REFERRAL = {"offers": [OFFER], "checks": ["device", "address", "ip"]}
LANGUAGES = [
    ("en", "Both were seen on one device."),
    ("hu-HU", "Mindkettőjüket ugyanazon az eszközön látták."),
    ("fa", "هر دو روی یک دستگاه دیده شده‌اند."),
]


def befriended(shop: Session) -> Any:
    """A friend joined by the code of customer 77 on the same device, and bought."""
    shop.shopper("/join", {})
    code: Any = shop.shopper("/referral", {"device": "d1"}).json()
    friend = {"referral_code": code["code"], "device": "d1"}
    assert shop.shopper("/join", friend, customer="88").status == 201
    shop.buy(order_id=2, customer=customer_body(88))
    (flagged,) = shop.get("/referrals/flagged")["items"]
    return flagged


def test_staff_are_told_in_words_what_the_browsers_of_both_gave_away() -> None:
    with open_session(referral=REFERRAL) as shop:
        flagged = befriended(shop)
        assert flagged["reasons"] == ["device"]
        for locale, sentence in LANGUAGES:
            (listed,) = shop.get(f"/referrals/flagged?locale={locale}")["items"]
            one = shop.get(f"/referrals/{flagged['referral_id']}?locale={locale}")
            assert listed["explained"] == one["explained"] == [sentence]


SHARE = {"rate": "10", "per": {"USD": 100}, "unit": "points"}
DRAW = {"chance": [{"weight": 1, "give": [{"add": 5, "unit": "points"}]}]}


def test_a_shopper_reads_what_both_sides_get() -> None:
    month = {"tier": "gold", "tier_group": "club", "for": "P1M"}
    offers = [
        {"regions": ["US"], "advocate": [{"add": 100, "unit": "points"}]},
        {"regions": ["*"], "friend": [SHARE, DRAW], "advocate": [month]},
    ]
    with open_session(referral={"offers": offers}) as shop:
        shop.shopper("/join", {})
        told: Any = shop.shopper("/referral", {"locale": "fr"}).json()
    assert told["offers"] == [
        {"regions": ["US"], "friend": "", "advocate": "100 points"},
        {
            "regions": ["*"],
            "friend": "10 points per 1.00 USD, a draw",
            "advocate": "the tier Gold for 1 month",
        },
    ]
    assert told["locale"] == "en"


def test_a_device_longer_than_an_id_is_refused() -> None:
    with open_session(referral=REFERRAL) as shop:
        assert shop.shopper("/join", {"device": "d" * 129}).status == 422


@pytest.mark.parametrize("forged", [{}, {"x-forwarded-for": "93.184.216.34"}])
def test_the_gateway_says_where_a_request_came_from_and_no_header_does(
    workshop: Workshop, forged: dict[str, str]
) -> None:
    body = {"points": 1, "idempotency_key": "k"}
    path = "/v1/admin/shops/tea/members/m1/orders"
    workshop.client.code("POST", path, body, headers=forged)
    assert {call.source_ip for call in workshop.calls} == {"127.0.0.1"}
