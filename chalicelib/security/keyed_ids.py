"""Ids that everybody derives alike and nobody can turn back: HMAC under the shop's own key.

A delivery about customer 77 knows its account without looking anything up, and a copy of the
table tells no customer id and no e-mail. Each kind of id has its own prefix under the hash, so
that an id of one kind is never an id of another. Redemption ids come from the caller's idempotency
key, codes from the redemption id: a retry derives the same code, which is why it never makes two.
"""

import base64
import hashlib
import re
from typing import Final

from chalicelib.security.signatures import mac

MEMBER_ID_LENGTH: Final = 26
"""16 bytes in base32 without padding."""

CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals without look-alikes: no 0 and O, 1, I and L, no U."""

CODE_PATTERN: Final = re.compile(rf"([{CODE_ALPHABET}]{{4}}-){{2}}[{CODE_ALPHABET}]{{2}}")

REFERRAL_CODE_PATTERN: Final = re.compile(rf"[{CODE_ALPHABET}]{{4}}-[{CODE_ALPHABET}]{{4}}")
"""Shorter than a reward's code: no code can be both."""

_ID_BYTES: Final = 16
_CODE_LENGTH: Final = 10
_REFERRAL_LENGTH: Final = 8
_GROUP: Final = 4
_SEPARATOR: Final = b"\x00"


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest[:_ID_BYTES]).decode().rstrip("=").lower()


def _keyed(shop_key: bytes, *parts: str) -> str:
    return _base32(mac(shop_key, _SEPARATOR.join(part.encode() for part in parts)))


def member_id(shop_key: bytes, source: str, customer_id: str) -> str:
    """Our id of the customer ``customer_id`` of ``source``: 26 letters and digits.

    ``source`` may hold no NUL character, or two customers could share an id.
    """
    return _keyed(shop_key, source, customer_id)


def normal_email(email: str) -> str:
    """``email`` as it is compared: without space around it, in lower case."""
    return email.strip().casefold()


def email_hash(shop_key: bytes, email: str) -> str:
    """What stands in keys for an e-mail address: 26 letters and digits."""
    return _keyed(shop_key, "email", "", normal_email(email))


def birthday_hash(shop_key: bytes, month_and_day: str) -> str:
    """What stands in keys for a birthday: one of 366 to who has the shop's key, nothing without."""
    return _keyed(shop_key, "birthday", "", month_and_day)


def sign_hash(shop_key: bytes, kind: str, text: str) -> str:
    """What is kept of an address, a card, a device or an IP address: 26 letters and digits."""
    return _keyed(shop_key, "sign", kind, text)


def redemption_id(member: str, idempotency_key: str) -> str:
    """The id of what ``member`` redeems under ``idempotency_key``: 26 letters and digits."""
    digest = hashlib.sha256(_SEPARATOR.join((member.encode(), idempotency_key.encode()))).digest()
    return _base32(digest)


def pool_id(shop_key: bytes, member: str, idempotency_key: str) -> str:
    """The id of the pool that ``member`` makes under ``idempotency_key``: as an id of a member."""
    return _keyed(shop_key, "pool", "", member, idempotency_key)


def invitation_id(shop_key: bytes, pool: str, member: str, idempotency_key: str) -> str:
    """The secret of an invitation by ``member`` to ``pool``: who knows it may accept it."""
    return _keyed(shop_key, "invitation", "", pool, member, idempotency_key)


def code_of(shop_key: bytes, redemption: str) -> str:
    """The code of a redemption, ``XXXX-XXXX-XX``: the same at every call, and not to be guessed.

    Thirty letters and ten places are 5.9 * 10**14 codes, so a guess finds one of a million live
    codes once in 590 million tries.
    """
    return _spelled(mac(shop_key, b"code\x00\x00" + redemption.encode()), _CODE_LENGTH)


def referral_code(shop_key: bytes, member: str) -> str:
    """The code by which ``member`` brings friends, ``XXXX-XXXX``: one for ever."""
    return _spelled(mac(shop_key, b"referral\x00\x00" + member.encode()), _REFERRAL_LENGTH)


def _spelled(digest: bytes, length: int) -> str:
    """So many letters of ``digest``, in groups of four."""
    number, letters = int.from_bytes(digest), []
    for _ in range(length):
        number, place = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[place])
    groups = ("".join(letters[at : at + _GROUP]) for at in range(0, length, _GROUP))
    return "-".join(groups)


def subkey(shop_key: bytes, purpose: str) -> bytes:
    """A key of its own for ``purpose``, such as signing tokens: 32 bytes."""
    return mac(shop_key, b"subkey\x00\x00" + purpose.encode())
