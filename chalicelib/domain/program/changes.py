"""One change of a program: what it is, where, what it means to members."""

from enum import StrEnum

import msgspec


class Bearing(StrEnum):
    """What a change means to members."""

    ADVANTAGE = "advantage"
    DISADVANTAGE = "disadvantage"
    UNCLEAR = "unclear"  # good for some, or nobody can tell from the document: treat it as bad
    NEUTRAL = "neutral"  # members need not know


class Kind(StrEnum):
    """How a value is said in words."""

    NONE = ""
    TEXT = "text"  # a text of the program, by locale or not
    MONEY = "money"
    POINTS = "points"  # of the subject's unit
    DECIMAL = "decimal"
    PERIOD = "period"
    DATE = "date"
    EXPIRY = "expiry"
    PENDING = "pending"
    GIVE = "give"
    AMOUNT = "amount"  # money, or points of a tier group
    MULTIPLIER = "multiplier"
    WINDOW = "window"


class Place(msgspec.Struct, frozen=True):
    """Where a walk stands: the path for people, the pattern for tables, and whose it is."""

    path: str
    pattern: str
    subject: dict[str, str]
    currency: str


class Change(msgspec.Struct, frozen=True):
    """One change. ``subject`` has ids by kind of thing; values are as documents write them."""

    code: str
    path: str
    bearing: Bearing
    subject: dict[str, str]
    before: object = None
    after: object = None
    kind: Kind = Kind.NONE

    @property
    def concerns_members(self) -> bool:
        """Whether members have to hear of it."""
        return self.bearing is not Bearing.NEUTRAL
