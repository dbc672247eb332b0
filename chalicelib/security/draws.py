"""Draws that nobody can choose and everybody can check: HMAC under a secret of the day.

::

    secret of the day = HMAC(key of the shop, "chance", day)      shown 7 days after it ends
    commitment        = SHA-256(secret of the day)                shown from the day's first moment
    number            = HMAC(secret of the day, shop NUL document NUL rule), its first 48 bits

The key of the shop never leaves it: a day's secret tells nothing of another day's. The document is
named by ids that the shop's platform gave, so a retry draws the same and a customer can't choose.
"""

import hashlib
from typing import Final

from chalicelib.domain.program.occasion import DRAW_END
from chalicelib.security.keyed_ids import subkey
from chalicelib.security.signatures import mac

_SEPARATOR: Final = b"\x00"
_BITS: Final = DRAW_END.bit_length() - 1


def secret_of_day(shop_key: bytes, day: str) -> bytes:
    """The secret of ``day`` (UTC, such as ``2026-11-22``): 32 bytes."""
    return mac(subkey(shop_key, "chance"), day.encode())


def commitment_of(secret: bytes) -> str:
    """What is published of a secret while it is one: SHA-256, in hex."""
    return hashlib.sha256(secret).hexdigest()


def number_of(secret: bytes, shop: str, document: str, rule: str) -> int:
    """What ``rule`` draws for ``document``: from 0 to below ``DRAW_END``."""
    message = _SEPARATOR.join((shop.encode(), document.encode(), rule.encode()))
    return int.from_bytes(mac(secret, message)[: _BITS // 8])
