"""Tokens: both forms say the same, and nothing but the right key in the right time makes one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.domain.instants import MINUTE_MS, SECOND_MS
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.security.storefront_tokens import (
    Customer,
    TokenKey,
    claimed_key_id,
    mint_compact,
    mint_jwt,
    verify,
)

NOW = 1_795_295_552_000
KEY = TokenKey("kid1", "tea", b"s3cret-of-tea")
CUSTOMER = Customer("77", NOW + 30 * MINUTE_MS, "kid1", "main", "ann@example.com", "Ann")
Mint = Callable[[Customer, TokenKey], str]

both_forms = pytest.mark.parametrize("mint", [mint_jwt, mint_compact], ids=["jwt", "compact"])


def b64(data: bytes | dict[str, object]) -> str:
    plain = json.dumps(data).encode() if isinstance(data, dict) else data
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def claims(**changes: object) -> dict[str, object]:
    usual = {"sub": "77", "aud": "tea", "exp": NOW // SECOND_MS + 600}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def jwt(header: dict[str, object], said: dict[str, object], secret: bytes = KEY.secret) -> str:
    """A JWT as another library would write it."""
    signed = f"{b64(header)}.{b64(said)}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def compact(said: dict[str, object], kid: str = "kid1", secret: bytes = KEY.secret) -> str:
    """A compact token as a shop's template would write it."""
    signed = f"v1.{kid}.{b64(said)}"
    return f"{signed}.{hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()}"


def code_of(outcome: Customer | Refusal) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "accepted"


HEADER: dict[str, object] = {"alg": "HS256", "typ": "JWT", "kid": "kid1"}


@both_forms
def test_a_minted_token_comes_back_as_its_customer(mint: Mint) -> None:
    token = mint(CUSTOMER, KEY)
    assert claimed_key_id(token) == "kid1"
    assert verify(token, KEY, NOW) == CUSTOMER


@pytest.mark.parametrize("token", [jwt(HEADER, claims()), compact(claims())])
def test_tokens_of_other_libraries_are_taken(token: str) -> None:
    outcome = verify(token, KEY, NOW)
    assert isinstance(outcome, Customer)
    assert (outcome.external_id, outcome.source, outcome.email) == ("77", "main", "")


def test_claims_that_mean_nothing_to_us_are_let_be() -> None:
    assert code_of(verify(jwt(HEADER, claims(iat=1, role="admin")), KEY, NOW)) == "accepted"


@both_forms
def test_every_single_byte_change_is_refused(mint: Mint) -> None:
    token = mint(CUSTOMER, KEY)
    for at, letter in enumerate(token):
        for other in {chr(ord(letter) ^ 1), chr(ord(letter) ^ 2), "A", ".", "="} - {letter}:
            changed = token[:at] + other + token[at + 1 :]
            assert code_of(verify(changed, KEY, NOW)) == "token_invalid", changed


@both_forms
def test_every_shortened_token_is_refused(mint: Mint) -> None:
    token = mint(CUSTOMER, KEY)
    outcomes = {code_of(verify(token[:end], KEY, NOW)) for end in range(len(token))}
    assert outcomes == {"token_invalid"}


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "kid1"},
        {"alg": "None", "kid": "kid1"},
        {"alg": "hs256", "kid": "kid1"},
        {"alg": "HS512", "kid": "kid1"},
        {"alg": "RS256", "kid": "kid1"},
        {"alg": ["HS256"], "kid": "kid1"},
        {"kid": "kid1"},
        {"alg": "HS256"},
        {"alg": "HS256", "kid": ""},
        {"alg": "HS256", "kid": "kid2"},
        {"alg": "HS256", "kid": 1},
    ],
    ids=str,
)
def test_the_algorithm_and_the_key_are_never_the_tokens_choice(header: dict[str, object]) -> None:
    assert code_of(verify(jwt(header, claims()), KEY, NOW)) == "token_invalid"
    unsigned = f"{b64(header)}.{b64(claims())}."
    assert code_of(verify(unsigned, KEY, NOW)) == "token_invalid"


def test_a_header_with_its_own_key_is_not_believed() -> None:
    header = {**HEADER, "jwk": {"kty": "oct", "k": b64(b"mine")}, "jku": "https://evil.example"}
    assert code_of(verify(jwt(header, claims(), b"mine"), KEY, NOW)) == "token_invalid"


@both_forms
def test_a_key_of_another_shop_or_another_secret_does_not_verify(mint: Mint) -> None:
    token = mint(CUSTOMER, KEY)
    for wrong in (
        replace(KEY, shop="coffee"),
        replace(KEY, secret=b"other"),
        replace(KEY, secret=b""),
        replace(KEY, key_id="kid2"),
    ):
        assert code_of(verify(token, wrong, NOW)) == "token_invalid"


def test_an_empty_secret_verifies_nothing() -> None:
    empty = replace(KEY, secret=b"")
    assert code_of(verify(compact(claims(), secret=b""), empty, NOW)) == "token_invalid"


def test_a_token_is_good_until_its_end_and_then_expired() -> None:
    token = compact(claims(exp=NOW // SECOND_MS + 10))
    assert code_of(verify(token, KEY, NOW + 9_999)) == "accepted"
    assert code_of(verify(token, KEY, NOW + 10_000)) == "token_expired"


def test_an_expired_forgery_is_invalid_and_not_expired() -> None:
    token = compact(claims(exp=1), secret=b"other")
    assert code_of(verify(token, KEY, NOW)) == "token_invalid"


@pytest.mark.parametrize(("minutes", "verdict"), [(60, "accepted"), (62, "token_invalid")])
def test_a_token_lives_sixty_minutes_at_most(minutes: int, verdict: str) -> None:
    token = compact(claims(exp=NOW // SECOND_MS + 60 * minutes))
    assert code_of(verify(token, KEY, NOW)) == verdict


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 77},
        {"sub": "7" * 129},
        {"sub": "7\n7"},
        {"sub": "7\x007"},
        {"aud": None},
        {"aud": "coffee"},
        {"aud": ["tea"]},
        {"exp": None},
        {"exp": "1795296152"},
        {"exp": 1795296152.5},
        {"exp": 10**30},
        {"exp": -1_000_000_000_000_000_000_000},
        {"email": "a" * 255},
        {"name": "n" * 201},
        {"name": "a\u2028b"},
        {"source": "m" * 129},
    ],
    ids=str,
)
def test_claims_that_cannot_be_right_are_refused_though_signed(change: dict[str, object]) -> None:
    for token in (jwt(HEADER, claims(**change)), compact(claims(**change))):
        assert code_of(verify(token, KEY, NOW)) in {"token_invalid", "token_expired"}


def test_a_persian_name_keeps_its_joiner() -> None:
    named = replace(CUSTOMER, name="می\u200cخواهم")
    assert verify(mint_compact(named, KEY), KEY, NOW) == named


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        ".",
        "..",
        "...",
        "v1...",
        "v1.kid1..",
        "a.b.c",
        "é.é.é",
        "\ud800.\ud800.\ud800",
        "v1.kid1.\ud800.\ud800",
        f"{b64(b'[' * 2_000)}.a.b",
        f"{b64(b'[' * 2_000_00)}.a.b",
        "v1.kid1." + "A" * 5_000 + ".0",
        f"v2.kid1.{b64(claims())}.00",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_tokens_are_invalid_and_never_raise(hostile: str) -> None:
    claimed_key_id(hostile)
    assert code_of(verify(hostile, KEY, NOW)) == "token_invalid"


def test_deeply_nested_claims_are_invalid_though_signed() -> None:
    signed = f"v1.kid1.{b64(b'[' * 2_900)}"
    mac = hmac.new(KEY.secret, signed.encode(), hashlib.sha256).hexdigest()
    assert code_of(verify(f"{signed}.{mac}", KEY, NOW)) == RefusalCode.TOKEN_INVALID
