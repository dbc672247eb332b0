import pytest

from chalicelib.platforms.shopify import may_be_for, shop_domain_matches, topic_of, verify
from tests.platforms.shopify_bodies import order_body, signature, signed

OLD, NEW = b"old secret", b"new secret"


def test_a_genuine_delivery_is_believed() -> None:
    raw, headers = signed(order_body(), NEW)
    assert verify(raw, headers, [NEW])


@pytest.mark.parametrize("secrets", [(OLD, NEW), (NEW, OLD)])
def test_either_of_two_secrets_signs_while_one_is_rotated(secrets: tuple[bytes, ...]) -> None:
    raw, headers = signed(order_body(), OLD)
    assert verify(raw, headers, secrets)


def test_a_stranger_s_secret_signs_nothing() -> None:
    raw, headers = signed(order_body(), b"a stranger's")
    assert not verify(raw, headers, [OLD, NEW])


def test_every_single_byte_change_of_the_body_is_refused() -> None:
    raw, headers = signed({"id": 1001}, NEW)
    for place in range(len(raw)):
        for flip in (0x01, 0x20, 0x80):
            changed = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
            assert not verify(changed, headers, [NEW])
    for changed in (raw[:-1], raw + b"\n", b"", b" " + raw):
        assert not verify(changed, headers, [NEW])


def test_every_single_letter_change_of_the_signature_is_refused() -> None:
    raw, headers = signed({"id": 1001}, NEW)
    given = headers["X-Shopify-Hmac-Sha256"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \n"
    for place, letter in enumerate(given):
        for other in letters.replace(letter, ""):
            changed = given[:place] + other + given[place + 1 :]
            assert not verify(raw, {"X-Shopify-Hmac-Sha256": changed}, [NEW])


@pytest.mark.parametrize(
    "name",
    [
        "X-Shopify-Hmac-Sha256",
        "x-shopify-hmac-sha256",
        "X-SHOPIFY-HMAC-SHA256",
        "Shopify-Hmac-Sha256",
        "shopify-hmac-sha256",
    ],
)
def test_both_spellings_of_the_header_count_in_any_case(name: str) -> None:
    raw, _ = signed(order_body(), NEW)
    assert verify(raw, {name: signature(raw, NEW)}, [NEW])


def test_the_hexadecimal_form_of_the_right_digest_is_refused() -> None:
    raw, _ = signed(order_body(), NEW)
    import hmac

    assert not verify(
        raw, {"X-Shopify-Hmac-Sha256": hmac.new(NEW, raw, "sha256").hexdigest()}, [NEW]
    )


@pytest.mark.parametrize("given", ["", "=", "é", "\ud800", "\x00", "A" * 100_000, "null"])
def test_a_hostile_signature_is_refused_and_never_raises(given: str) -> None:
    raw, _ = signed(order_body(), NEW)
    assert not verify(raw, {"X-Shopify-Hmac-Sha256": given}, [NEW])


def test_without_header_or_secret_nothing_is_believed() -> None:
    raw, headers = signed(order_body(), NEW)
    assert not verify(raw, {}, [NEW])
    assert not verify(raw, headers, [])


def test_an_empty_secret_signs_nothing() -> None:
    raw, headers = signed(order_body(), b"")
    assert not verify(raw, headers, [b""])


@pytest.mark.parametrize(
    ("named", "known", "matches"),
    [
        ("tea.myshopify.com", "tea.myshopify.com", True),
        ("Tea.MyShopify.com", "tea.myshopify.com", False),
        ("TEA.myshopify.com", "tea.myshopify.com", True),
        ("coffee.myshopify.com", "tea.myshopify.com", False),
        ("tea.example.com", "tea.example.com", False),
        ("tea.myshopify.com\n", "tea.myshopify.com\n", False),
        ("tea.myshopify.com.evil.org", "tea.myshopify.com.evil.org", False),
        ("-tea.myshopify.com", "-tea.myshopify.com", False),
        ("", "", False),
    ],
)
def test_a_shop_domain_matches_itself_alone(named: str, known: str, matches: bool) -> None:
    assert shop_domain_matches({"X-Shopify-Shop-Domain": named}, known) is matches
    assert shop_domain_matches({"shopify-shop-domain": named}, known) is matches


@pytest.mark.parametrize("name", ["X-Shopify-Topic", "shopify-topic"])
def test_the_topic_is_read_in_both_spellings(name: str) -> None:
    assert topic_of({name: "orders/paid"}) == "orders/paid"
    assert topic_of({}) == ""


def test_a_delivery_may_be_for_a_connection_unless_it_names_another_shop() -> None:
    named = {"X-Shopify-Shop-Domain": "tea.myshopify.com"}
    assert may_be_for(named, "tea.myshopify.com")
    assert may_be_for(named, "")
    assert may_be_for({}, "tea.myshopify.com")
    assert not may_be_for(named, "coffee.myshopify.com")
