"""Signatures hold for the bytes that were signed, under either of two secrets, and never raise."""

import base64
import hashlib
import hmac

import pytest

from chalicelib.security.signatures import base64_matches, hex_matches, sign_base64, sign_hex

OLD, NEW, STRANGE = b"old-secret", b"new-secret", b"strange-secret"
BODY = '{"id": 1, "name": "Zoë"}'.encode()


def test_signatures_are_plain_hmac_sha256() -> None:
    digest = hmac.new(OLD, BODY, hashlib.sha256)
    assert sign_hex(OLD, BODY) == digest.hexdigest()
    assert sign_base64(OLD, BODY) == base64.b64encode(digest.digest()).decode()


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_count_while_one_is_rotated(secret: bytes) -> None:
    assert base64_matches(sign_base64(secret, BODY), BODY, [NEW, OLD])
    assert hex_matches(sign_hex(secret, BODY), BODY, [NEW, OLD])


def test_a_third_secret_does_not_count() -> None:
    assert not base64_matches(sign_base64(STRANGE, BODY), BODY, [NEW, OLD, STRANGE])


def test_an_empty_secret_lets_nobody_in() -> None:
    assert not base64_matches(sign_base64(b"", BODY), BODY, [b"", b""])
    assert not base64_matches("", BODY, [])


def test_every_single_byte_change_of_body_or_signature_is_refused() -> None:
    signature = sign_base64(OLD, BODY)
    for at in range(len(BODY)):
        for bit in (1, 128):
            changed = BODY[:at] + bytes([BODY[at] ^ bit]) + BODY[at + 1 :]
            assert not base64_matches(signature, changed, [OLD])
    for at in range(len(signature)):
        changed_signature = signature[:at] + chr(ord(signature[at]) ^ 1) + signature[at + 1 :]
        assert not base64_matches(changed_signature, BODY, [OLD])


@pytest.mark.parametrize(
    "hostile",
    [None, 7, b"bytes", "", "=", "é" * 44, "\ud800", "\x00", "a" * 100_000, [], {"a": 1}],
    ids=repr,
)
def test_hostile_signatures_are_false_and_never_raise(hostile: object) -> None:
    assert not base64_matches(hostile, BODY, [OLD, NEW])
    assert not hex_matches(hostile, BODY, [OLD, NEW])
