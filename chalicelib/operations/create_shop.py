"""Create a shop, look at it, change what may change.

The currency never changes: amounts in the books are in it. The time zone and the languages may.
The shop's own key is made here, once, and everything that is keyed by it stands on it for ever.
"""

import re
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.domain.currencies import is_currency
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import LOCALES_MAX
from chalicelib.domain.outcome import Busy, Problem, Refusal, RefusalCode
from chalicelib.operations.record_writes import record_writes
from chalicelib.security.minting import new_shop_key
from chalicelib.storage.shops import (
    Shop,
    changed_shop,
    find_shop,
    new_shop,
    sealed_shop_key,
)
from chalicelib.storage.table import ConditionFailed, Table

_ATTEMPTS_MAX: Final = 8
_LOCALE_PATTERN: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


class ShopSettings(msgspec.Struct, frozen=True):
    """What a shop says about itself."""

    name: str
    currency: str
    timezone: str
    locales: tuple[str, ...]


class ShopChange(msgspec.Struct, frozen=True):
    """What is to change; None and an empty tuple leave things as they are."""

    name: str | None = None
    timezone: str | None = None
    locales: tuple[str, ...] = ()


def shop_unknown() -> Refusal:
    """The refusal of a shop that does not exist."""
    return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")


def _problems(timezone: str, locales: tuple[str, ...]) -> tuple[Problem, ...]:
    found = []
    if not _is_timezone(timezone):
        detail = "A time zone is an IANA name, such as Europe/Budapest."
        found.append(Problem("$.timezone", "value_invalid", detail))
    if not locales or len(set(locales)) < len(locales) or len(locales) > LOCALES_MAX:
        detail = f"A shop has 1 to {LOCALES_MAX} languages, each once."
        found.append(Problem("$.locales", "value_invalid", detail))
    for at, locale in enumerate(locales[:LOCALES_MAX]):
        if not _LOCALE_PATTERN.fullmatch(locale):
            detail = "A language is a BCP 47 tag, such as en, pt-BR or zh-Hant."
            found.append(Problem(f"$.locales[{at}]", "value_invalid", detail))
    return tuple(found)


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of the database
        return False
    return True


def _refused(problems: tuple[Problem, ...]) -> Refusal:
    return Refusal(RefusalCode.VALUE_INVALID, problems[0].detail, problems)


def create_shop(table: Table, shop_id: str, said: ShopSettings, now: Instant) -> Shop | Refusal:
    """Create the shop. A second one of the same id is refused, whatever it says."""
    problems = _problems(said.timezone, said.locales)
    if not is_currency(said.currency):
        detail = "A currency is an ISO 4217 code, such as USD."
        problems = (Problem("$.currency", "value_invalid", detail), *problems)
    if problems:
        return _refused(problems)
    shop = Shop(
        shop_id=shop_id,
        name=said.name,
        currency=said.currency,
        timezone=said.timezone,
        locales=said.locales,
        sealed_key=sealed_shop_key(shop_id, new_shop_key()),
        created_at=now,
    )
    try:
        record_writes(table, [new_shop(shop)])
    except ConditionFailed:
        return Refusal(RefusalCode.SHOP_EXISTS, "There is a shop of this id already.")
    return shop


def view_shop(table: Table, shop_id: str) -> Shop | Refusal:
    """The shop as it is now."""
    return find_shop(table, shop_id) or shop_unknown()


def change_shop(table: Table, shop_id: str, change: ShopChange) -> Shop | Refusal:
    """Change what ``change`` names, and nothing else, whoever writes at the same time."""
    for _ in range(_ATTEMPTS_MAX):
        before = find_shop(table, shop_id)
        if before is None:
            return shop_unknown()
        after = msgspec.structs.replace(
            before,
            name=change.name or before.name,
            timezone=change.timezone or before.timezone,
            locales=change.locales or before.locales,
        )
        if problems := _problems(after.timezone, after.locales):
            return _refused(problems)
        if after == before:
            return before
        try:
            record_writes(table, [changed_shop(before, after)])
        except ConditionFailed:
            continue
        return after
    raise Busy("others kept changing the shop")
