"""Everything random, made in one place: keys, secrets, ids of records that are not of the books.

Nothing that moves points takes an id from here: those ids come from the event, so that a second
delivery is the same document. Here are only things that must not be guessed or must not collide,
and the jitter of waiting.
"""

import base64
import secrets
import string
from typing import Final

from chalicelib.security.api_keys import KEY_PREFIX

SHOP_KEY_BYTES: Final = 32

_KEY_BYTES: Final = 32  # 43 characters of base64url
_ID_BYTES: Final = 10  # 16 characters of base32
_SECRET_LENGTH: Final = 48
_ALPHANUMERIC: Final = string.ascii_letters + string.digits


def new_api_key() -> str:
    """An API key. It is shown once and stored as its hash."""
    return KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)


def new_shop_key() -> bytes:
    """The key of a shop, of which all its keyed ids are made. It never changes."""
    return secrets.token_bytes(SHOP_KEY_BYTES)


def new_secret() -> str:
    """A shared secret of letters and digits alone: WooCommerce escapes anything else."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(_SECRET_LENGTH))


def new_id() -> str:
    """An id of 16 lower-case letters and digits, for keys, connections and log rows."""
    return base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()


def random_below(bound: int) -> int:
    """A whole number from 0 to ``bound - 1``: the jitter of a wait."""
    return secrets.randbelow(bound)
