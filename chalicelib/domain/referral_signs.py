"""Signs that friend and advocate are one person, or that friends are made up.

Texts are folded so that spelling hides nothing, then hashed under the shop's key by whoever calls;
from there on only hashes are compared. Of a member a few of each kind are remembered for a time
(``MemberSigns``), of an IP address who came from there within a window (``Arrivals``). Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias
from unicodedata import combining, normalize

import msgspec
from msgspec.structs import replace

from chalicelib.domain.events import Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import (
    ARRIVALS_MAX,
    ARRIVALS_WINDOW_MS,
    SIGN_KEPT_MS,
    SIGN_RENEWED_MS,
    SIGNS_KEPT_MAX,
)

KINDS: Final = ("address", "device", "ip", "payment")
"""Checks that compare what was seen of both sides; each is the reason that it gives, too."""

TOO_MANY: Final = "ip_velocity"
"""The reason of a friend who came after many others from one IP address: the check ``ip``."""

Hashes: TypeAlias = Mapping[str, frozenset[str]]
"""Keyed hashes by kind."""

_ALIASES: Final = {"googlemail.com": "gmail.com"}
_SHORT: Final = {
    "avenue": "ave",
    "boulevard": "blvd",
    "road": "rd",
    "strasse": "str",
    "straße": "str",
    "street": "st",
    "utca": "u",
}
_WORD: Final = re.compile(r"[^\W_]+")
_V6_OF_ONE_HOUSE: Final = 64  # bits that a provider gives to one line


class MemberSigns(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a member: by kind, each hash and when it was last seen."""

    seen: dict[str, dict[str, Instant]] = {}
    revision: int = 0

    @property
    def last_seen(self) -> Instant:
        """When the newest of all was seen."""
        return max((at for hashes in self.seen.values() for at in hashes.values()), default=0)


class Arrivals(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who joined by referral from one IP address, in the window that ends at ``until``."""

    friends: tuple[str, ...] = ()
    until: Instant = 0
    revision: int = 0


def folded_email(email: str) -> str:
    """``email`` without what a mailbox ignores: case, dots, and everything after a plus sign."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0].replace(".", "")
    return f"{local}@{_ALIASES.get(domain, domain)}" if local and domain else ""


def is_similar_email(first: str, second: str) -> bool:
    """Whether two addresses are likely to be of one mailbox; an unknown one is like none."""
    folded = folded_email(first)
    return bool(folded) and folded == folded_email(second)


def folded(signs: Signs, checks: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(kind, text) of every sign that one of ``checks`` compares, in the form to be hashed."""
    told = [("address", folded_address(parts)) for parts in signs.addresses]
    told += [("payment", signs.payment.strip()), ("device", signs.device.strip())]
    told += [("ip", folded_ip(signs.ip))]
    return ((kind, text) for kind, text in told if text and kind in checks)


def folded_address(parts: Iterable[str]) -> str:
    """The words of an address in order of the alphabet, without case, accents and punctuation.

    "Apt 4, 12 Main Street" is "12 Main St. / apt 4".
    """
    text = normalize("NFKD", " ".join(parts).casefold())
    plain = "".join(sign for sign in text if not combining(sign))
    words = (_SHORT.get(word, word) for word in _WORD.findall(plain))
    return " ".join(sorted(words))


def folded_ip(text: str) -> str:
    """A public IP address in one spelling, of version 6 only the part that is of one line.

    "" for what is none, and for addresses that many networks use inside.
    """
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    address = mapped or address
    if not address.is_global:
        return ""
    return str(address) if isinstance(address, IPv4Address) else _of_one_house(address)


def _of_one_house(address: IPv6Address) -> str:
    return str(ip_network((address, _V6_OF_ONE_HOUSE), strict=False))


def remembered(known: MemberSigns, told: Hashes, now: Instant) -> MemberSigns:
    """What is known once ``told`` was seen at ``now``; the very same where nothing is new.

    What is over is dropped, and of each kind the newest stay.
    """
    is_new = any(
        known.seen.get(kind, {}).get(each, -SIGN_RENEWED_MS) <= now - SIGN_RENEWED_MS
        for kind, hashes in told.items()
        for each in hashes
    )
    if not is_new:
        return known
    seen: dict[str, dict[str, Instant]] = {}
    for kind in sorted({*known.seen, *told}):
        both = {**known.seen.get(kind, {}), **dict.fromkeys(told.get(kind, ()), now)}
        live = sorted((at, each) for each, at in both.items() if at + SIGN_KEPT_MS > now)
        seen[kind] = {each: at for at, each in live[-SIGNS_KEPT_MAX:]}
    return MemberSigns({kind: hashes for kind, hashes in seen.items() if hashes}, known.revision)


def shared_signs(
    friend: Iterable[MemberSigns], advocate: Iterable[MemberSigns], now: Instant
) -> tuple[str, ...]:
    """Kinds in which something was seen of both; each side may have been several members."""
    ours, theirs = _live(friend, now), _live(advocate, now)
    return tuple(kind for kind in KINDS if ours[kind] & theirs[kind])


def _live(sides: Iterable[MemberSigns], now: Instant) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for signs in sides:
        for kind, hashes in signs.seen.items():
            found[kind] |= {each for each, at in hashes.items() if at + SIGN_KEPT_MS > now}
    return found


def with_arrival(known: Arrivals, friend: str, now: Instant) -> Arrivals:
    """The window once ``friend`` came; full, known to it or long before, it is the very same."""
    if now >= known.until:
        return Arrivals((friend,), now + ARRIVALS_WINDOW_MS, known.revision)
    is_full = len(known.friends) >= ARRIVALS_MAX
    if friend in known.friends or is_full or _is_long_before(known, now):
        return known
    return replace(known, friends=(*known.friends, friend))


def is_one_too_many(known: Arrivals, friend: str, now: Instant) -> bool:
    """Whether the window was full before ``friend`` came at ``now``."""
    return friend not in known.friends and not _is_long_before(known, now)


def _is_long_before(known: Arrivals, now: Instant) -> bool:
    """Whether an order that is told late was paid a whole window before this one began.

    Deliveries overtake one another, so who came a little before is counted with the others.
    """
    began = known.until - ARRIVALS_WINDOW_MS
    return now + ARRIVALS_WINDOW_MS <= began


def is_checked(reason: str, checks: frozenset[str]) -> bool:
    """Whether one of ``checks`` looks for what ``reason`` says."""
    return ("ip" if reason == TOO_MANY else reason) in checks
