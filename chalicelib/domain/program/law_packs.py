"""What laws say about a program, as data. NOT legal advice: whoever publishes asks a lawyer.

A pack says how points may expire and how early members must hear of changed terms, each with its
clause. ``law_checks`` reads the packs; nothing else in the house knows a country. Checked against
published texts on 2026-11-22; ``docs/law-packs.md`` has the sources and what is left out.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from chalicelib.domain.instants import DAY_MS

Law: TypeAlias = Literal["ca-on", "ca-qc", "eu"]


class Notice(msgspec.Struct, frozen=True):
    """How long before something members must be told of it, in milliseconds."""

    clause: str
    latest_ms: int  # before it: not later
    earliest_ms: int = 0  # before it: not earlier; 0 for any time


class LawPack(msgspec.Struct, frozen=True):
    """What one law asks of a program; "" and None where it asks nothing."""

    name: str
    no_expiry_by_time: str = ""  # the clause by which points may not expire by time alone
    idle_months_min: int = 0  # shortest inactivity after which they may
    idle_clause: str = ""
    idle_notice: Notice | None = None  # before points lapse by inactivity
    change_notice: Notice | None = None  # before terms change that are not to members' advantage


LAW_PACKS: Final[Mapping[str, LawPack]] = {
    "ca-on": LawPack(
        name="Ontario",
        no_expiry_by_time=(
            "Consumer Protection Act, 2002 (Ontario), s. 47.1, and O. Reg. 17/05, s. 43.1 and "
            "following, added by O. Reg. 388/17"
        ),
    ),
    "ca-qc": LawPack(
        name="Quebec",
        no_expiry_by_time="Consumer Protection Act (Quebec), CQLR P-40.1, s. 187.8",
        idle_months_min=12,
        idle_clause="Regulation P-40.1, r. 3 (Quebec), s. 79.6.3 (b)",
        idle_notice=Notice(
            "Regulation P-40.1, r. 3 (Quebec), s. 79.6.3 (c) and (d)", 30 * DAY_MS, 60 * DAY_MS
        ),
        change_notice=Notice(
            "Consumer Protection Act (Quebec), CQLR P-40.1, s. 187.9, and its regulation",
            60 * DAY_MS,
            90 * DAY_MS,
        ),
    ),
    "eu": LawPack(
        name="European Union",
        # The directive names no number of days: "reasonable notice". Thirty is our reading.
        change_notice=Notice("Directive 93/13/EEC, annex, point 1 (j) and (k)", 30 * DAY_MS),
    ),
}
"""By the name that programs give in ``law``."""


class Duty(msgspec.Struct, frozen=True):
    """A notice that members must get: an obligation before it is stored."""

    id: str  # within the shop
    kind: Literal["change_notice", "idle_notice"]
    law: str
    clause: str
    version: int
    due_at: int = 0  # the latest moment; 0: for each member at their own time
    not_before: int = 0


def duties(
    law: tuple[str, ...], version: int, since: int, circumstances: tuple[bool, bool]
) -> tuple[Duty, ...]:
    """What ``version`` obliges to, live from ``since``.

    ``circumstances`` is (members must hear of changes, points lapse by inactivity).
    """
    has_changes, lapses = circumstances
    found = []
    for name in law:
        pack = LAW_PACKS[name]
        if pack.change_notice is not None and has_changes:
            notice = pack.change_notice
            earliest = since - notice.earliest_ms if notice.earliest_ms else 0
            found.append(
                Duty(
                    f"change-{version}-{name}",
                    "change_notice",
                    name,
                    notice.clause,
                    version,
                    since - notice.latest_ms,
                    earliest,
                )
            )
        if pack.idle_notice is not None and lapses:
            clause = pack.idle_notice.clause
            found.append(Duty(f"idle-{version}-{name}", "idle_notice", name, clause, version))
    return tuple(found)


def late_notices(found: tuple[Duty, ...], now: int) -> tuple[Duty, ...]:
    """Notices of changes that can't be given in time any more."""
    return tuple(duty for duty in found if duty.kind == "change_notice" and duty.due_at < now)
