"""Windows of a live tier group: amounts lie in buckets by the days, months or years of the window.

A window of other buckets would find none of them: members would begin at nothing, and the audit
could not tell why. Windows of the same buckets may follow each other: P6M after P1Y.
"""

from typing import Final, TypeAlias

import msgspec

from chalicelib.domain.calendar import parse_period
from chalicelib.domain.program.findings import Findings, Node
from chalicelib.domain.program.tier_document import TierGroup, TierSpan

Buckets: TypeAlias = tuple[object, object, object]

_DEFAULT: Final = msgspec.to_builtins(TierSpan(rolling="P1Y"))
_MONTHS: Final[Buckets] = ("month", None, None)


def check_window_kept(group: Node, known: TierGroup, findings: Findings) -> None:
    """Report a window in which what members have would count no more."""
    if buckets_of(group.value.get("window", _DEFAULT)) != buckets_of(
        msgspec.to_builtins(known.window)
    ):
        findings.error(
            group.at("window"),
            "window_changed",
            "Amounts are kept by the days, months or years of the window, and would be lost: "
            "add another group, and let this one be retired.",
        )


def buckets_of(window: object) -> Buckets:
    """What amounts of a window (as JSON) are kept by: calendar steps, or years from a day."""
    if not isinstance(window, dict):
        return window, None, None
    rolling = window.get("rolling")
    if rolling is not None:
        return ("day", None, None) if _is_of_days(str(rolling)) else _MONTHS
    return window.get("calendar"), window.get("start"), window.get("anniversary")


def _is_of_days(rolling: str) -> bool:
    try:
        return not parse_period(rolling).months
    except ValueError:
        return False  # reported as malformed
