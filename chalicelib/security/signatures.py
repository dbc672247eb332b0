"""HMAC-SHA256 over raw bytes, compared in constant time against up to two secrets.

The trick is in what is missing: no branch tells a wrong signature from a badly written one, so
nothing can be learned from the answer, and no input makes it raise. A forged request that crashes
the verifier would be a 500 with an alarm; here it is a plain False, hence a 401.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

SECRETS_MAX: Final = 2
"""While a secret is rotated, the old and the new one both count."""


def mac(secret: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 of ``message``, 32 bytes."""
    return hmac.digest(secret, message, hashlib.sha256)


def sign_base64(secret: bytes, message: bytes) -> str:
    """The signature of ``message`` as Shopify and WooCommerce write it."""
    return base64.b64encode(mac(secret, message)).decode()


def sign_hex(secret: bytes, message: bytes) -> str:
    """The signature of ``message`` in lower-case hex."""
    return mac(secret, message).hex()


def same_bytes(given: bytes, expected: bytes) -> bool:
    """Whether both are the same, in a time that tells only their length."""
    return hmac.compare_digest(given, expected)


def _text_matches(given: str, expected: Sequence[str]) -> bool:
    given_bytes = given.encode(errors="surrogatepass")
    # Every secret is tried, whatever came before: the time tells nothing.
    matches = [same_bytes(given_bytes, text.encode()) for text in expected]
    return any(matches)


def base64_matches(given: object, message: bytes, secrets: Sequence[bytes]) -> bool:
    """Whether ``given`` is the base64 signature of ``message`` under one of ``secrets``.

    Never raises: whatever cannot be right is False.
    """
    if not isinstance(given, str):
        return False
    return _text_matches(given, [sign_base64(secret, message) for secret in _usable(secrets)])


def hex_matches(given: object, message: bytes, secrets: Sequence[bytes]) -> bool:
    """Whether ``given`` is the lower-case hex signature of ``message`` under one of ``secrets``.

    Never raises: whatever cannot be right is False.
    """
    if not isinstance(given, str):
        return False
    return _text_matches(given, [sign_hex(secret, message) for secret in _usable(secrets)])


def _usable(secrets: Sequence[bytes]) -> tuple[bytes, ...]:
    """The first two secrets that are not empty: an empty key would let everybody sign."""
    return tuple(secret for secret in secrets if secret)[:SECRETS_MAX]
