"""The terms of referral, made ready."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.domain.calendar import Period
from chalicelib.domain.program.conditions import Test
from chalicelib.domain.program.referral_document import SIGNS


class CompiledReferral(msgspec.Struct, frozen=True):
    """The terms of referral; what offers give are rules of their own triggers."""

    offers: Mapping[str, str]  # by country, or *: the offer, by its first region
    region_of: Literal["each", "friend", "advocate"]
    condition: Test | None  # of the order that qualifies
    after: Period
    life: Period | None  # of a link, from joining on; None: for ever
    checks: frozenset[str]
    is_reviewed: bool  # flagged ones wait for staff
    has_shares: bool = False  # some offer gives a part of what the friend bought
    draws: frozenset[str] = frozenset()  # sides that draw, by the rule that their offer is

    @property
    def looks_at_signs(self) -> bool:
        """Whether any check compares what was seen of both sides."""
        return not self.checks.isdisjoint(SIGNS)
