"""The form of API keys and how they are looked up: ``lrl_`` and 43 characters of base64url.

A key is 32 random bytes, so its plain SHA-256 is as good as the key itself for finding it and
useless for guessing it: only the hash is stored, and no slow password hash is needed. Keys of
another form are refused before anything is looked up.
"""

import hashlib
import hmac
import re
from typing import Final

KEY_PREFIX: Final = "lrl_"

_KEY_PATTERN: Final = re.compile(r"lrl_[A-Za-z0-9_-]{43}")


def is_well_formed(key: str) -> bool:
    """Whether ``key`` looks like a key of ours."""
    return _KEY_PATTERN.fullmatch(key) is not None


def key_hash(key: str) -> str:
    """SHA-256 of ``key`` in hex: what is stored instead of it."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def hash_matches(key: str, stored_hash: str) -> bool:
    """Whether ``key`` is the one whose hash is stored; an empty hash matches nothing."""
    return bool(stored_hash) and hmac.compare_digest(key_hash(key), stored_hash)
