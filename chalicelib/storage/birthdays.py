"""Up to which day the birthdays of a shop are booked: only a saving of time.

It may be lost: who was booked for a year is booked already, and a month is looked at again.
"""

from datetime import date

from chalicelib.storage.items import Anything, Key, Put
from chalicelib.storage.key_names import shop_partition
from chalicelib.storage.table import Table

_DAY = "day"


def birthdays_key(shop: str) -> Key:
    """Where it is kept."""
    return shop_partition(shop), "BIRTHDAYS"


def done_through(table: Table, shop: str) -> date | None:
    """The last day that is done; None before the first."""
    key = birthdays_key(shop)
    item = table.load([key]).get(key)
    return date.fromisoformat(str(item[_DAY])) if item else None


def done_write(shop: str, day: date) -> Put:
    """The write that says so of ``day``."""
    partition, sort = birthdays_key(shop)
    return Put({_DAY: day.isoformat(), "PK": partition, "SK": sort}, Anything())
