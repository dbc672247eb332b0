"""Tokens that say who a shopper is: a JWT (HS256) or our compact form. Made and checked here.

::

    JWT        base64url(header) . base64url(claims) . base64url(HMAC-SHA256)
               header {"alg": "HS256", "kid": ...}; claims sub, aud, exp and what is optional
    compact    v1 . kid . base64url(claims) . hex HMAC-SHA256 over "v1.kid.claims"
               what any shop template can make in three lines

The rule that closes the known holes of JWT: the algorithm belongs to the key, never to the token.
``alg`` must read HS256 and selects nothing, ``none`` and public keys have no way in, and what the
token says is looked at only after its signature held. Nothing here raises: a token that cannot be
read is ``token_invalid``, like a forged one.
"""

import base64
import binascii
import re
from typing import Final

import msgspec

from chalicelib.domain.instants import MINUTE_MS, SECOND_MS, Instant
from chalicelib.domain.limits import (
    ID_LENGTH_MAX,
    NAME_LENGTH_MAX,
    TOKEN_BYTES_MAX,
    TOKEN_LIFE_MS_MAX,
)
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.security import signatures

OWN_KEY_ID: Final = "own"
"""Key id of the tokens that we mint ourselves; their secret is derived from the shop key."""

OWN_KEY_PURPOSE: Final = "storefront tokens"
"""What that secret is derived for (``keyed_ids.subkey``)."""

KEY_ID_LENGTH_MAX: Final = 64

DEFAULT_SOURCE: Final = "main"

_COMPACT_VERSION: Final = "v1"
_ALGORITHM: Final = "HS256"
# Control characters and line separators. Joiners stay: Persian names need them.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL_LENGTH_MAX: Final = 254  # RFC 5321
_SKEW_MS: Final = MINUTE_MS  # how far a shop's clock may be ahead of ours
_COMPACT_PARTS: Final = 4
_JWT_PARTS: Final = 3


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str


class _Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """Claims that we know; shops may add others, which mean nothing to us."""

    sub: str
    aud: str
    exp: int  # seconds since 1970
    email: str = ""
    name: str = ""
    source: str = ""
    email_verified: bool = False


class TokenKey(msgspec.Struct, frozen=True):
    """A key that tokens of one shop are signed with."""

    key_id: str
    shop: str
    secret: bytes


class Customer(msgspec.Struct, frozen=True):
    """Who a token speaks of: nothing of it was checked by anybody but the signer."""

    external_id: str  # the shop platform's id of the customer
    expires_at: Instant
    key_id: str
    source: str = DEFAULT_SOURCE
    email: str = ""
    name: str = ""
    email_verified: bool = False


_HEADER_DECODER: Final = msgspec.json.Decoder(_Header)
_CLAIMS_DECODER: Final = msgspec.json.Decoder(_Claims)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    """The bytes of unpadded base64url; only the one way of writing them is taken.

    Raises:
        ValueError: not base64url as we write it.
    """
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(data) != text:
        raise ValueError("not canonical base64url")
    return data


def claimed_key_id(token: str) -> str | None:
    """The key id that ``token`` claims, to look the key up; None when it is no token at all.

    Nothing is verified yet: use it to find a key and for nothing else.
    """
    parts = token.split(".") if len(token) <= TOKEN_BYTES_MAX else []
    if len(parts) == _COMPACT_PARTS and parts[0] == _COMPACT_VERSION:
        return parts[1] or None
    if len(parts) != _JWT_PARTS:
        return None
    try:
        header = _HEADER_DECODER.decode(_decode(parts[0]))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return header.kid if header.alg == _ALGORITHM and header.kid else None


def verify(token: str, key: TokenKey, wall_now: Instant) -> Customer | Refusal:
    """The customer that ``token`` speaks of, if ``key`` signed it and it is in its time.

    ``wall_now`` is real time, never the time of the books. Never raises.
    """
    try:
        claims = _signed_claims(token, key)
    except (ValueError, binascii.Error, RecursionError):
        claims = None
    if claims is None or claims.aud != key.shop or not _is_plausible(claims):
        return Refusal(RefusalCode.TOKEN_INVALID, "The token is not one of this shop.")
    expires_at = claims.exp * SECOND_MS
    if expires_at <= wall_now:
        return Refusal(RefusalCode.TOKEN_EXPIRED, "The token has expired: fetch a new one.")
    if expires_at > wall_now + TOKEN_LIFE_MS_MAX + _SKEW_MS:
        return Refusal(RefusalCode.TOKEN_INVALID, "A token lives 60 minutes at most.")
    return Customer(
        external_id=claims.sub,
        expires_at=expires_at,
        key_id=key.key_id,
        source=claims.source or DEFAULT_SOURCE,
        email=claims.email,
        name=claims.name,
        email_verified=claims.email_verified,
    )


def _signed_claims(token: str, key: TokenKey) -> _Claims | None:
    """The claims, if the signature holds; raises ValueError for what cannot be read."""
    if claimed_key_id(token) != key.key_id or not key.secret:
        return None
    signed, _, signature = token.rpartition(".")
    expected = signatures.mac(key.secret, signed.encode())
    if token.startswith(f"{_COMPACT_VERSION}."):
        holds = signatures.same_bytes(signature.encode(), expected.hex().encode())
    else:
        holds = signatures.same_bytes(_decode(signature), expected)
    payload = signed.rpartition(".")[2]
    return _CLAIMS_DECODER.decode(_decode(payload)) if holds else None


def _is_plausible(claims: _Claims) -> bool:
    """Whether the claims keep our limits; control characters have no place in an id or a name."""
    limits = (
        (claims.sub, ID_LENGTH_MAX),
        (claims.source, ID_LENGTH_MAX),
        (claims.email, _EMAIL_LENGTH_MAX),
        (claims.name, NAME_LENGTH_MAX),
    )
    fits = all(len(text) <= longest for text, longest in limits)
    is_plain = not any(_CONTROL.search(text) for text, _ in limits)
    return bool(claims.sub) and fits and is_plain


def _claims_bytes(customer: Customer, shop: str) -> bytes:
    source = "" if customer.source == DEFAULT_SOURCE else customer.source
    return msgspec.json.encode(
        _Claims(
            sub=customer.external_id,
            aud=shop,
            exp=customer.expires_at // SECOND_MS,
            email=customer.email,
            name=customer.name,
            source=source,
        )
    )


def mint_compact(customer: Customer, key: TokenKey) -> str:
    """The compact token of ``customer``, signed with ``key``."""
    payload = _encode(_claims_bytes(customer, key.shop))
    signed = f"{_COMPACT_VERSION}.{key.key_id}.{payload}"
    return f"{signed}.{signatures.sign_hex(key.secret, signed.encode())}"


def mint_jwt(customer: Customer, key: TokenKey) -> str:
    """The JWT of ``customer``, signed with ``key``."""
    header = _encode(msgspec.json.encode({"alg": _ALGORITHM, "typ": "JWT", "kid": key.key_id}))
    signed = f"{header}.{_encode(_claims_bytes(customer, key.shop))}"
    return f"{signed}.{_encode(signatures.mac(key.secret, signed.encode()))}"
