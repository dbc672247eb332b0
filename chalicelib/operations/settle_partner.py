"""What a month did to a partner's account, and its settlement: once, a margin after its end."""

import re
from typing import Final

import msgspec

from chalicelib.domain.instants import Instant, iso
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.domain.partner_months import MonthTotals, settles_from, totals_of
from chalicelib.domain.partners import month_of
from chalicelib.domain.program.document import Partner, Program
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.partner_months import (
    PartnerRow,
    PartnerSettlement,
    partner_rows,
    settlement_of,
    settlement_put,
)
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import ConditionFailed, Table

_MONTH: Final = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")
_ATTEMPTS: Final = 3


class PartnerMonth(msgspec.Struct, frozen=True):
    """One month of one partner, as it stands."""

    partner: str
    month: str
    currency: str
    rows: tuple[PartnerRow, ...]
    totals: MonthTotals
    is_over: bool
    settles_from: Instant  # what was under way at its end has landed by then
    settlement: PartnerSettlement | None


class Settling(msgspec.Struct, frozen=True):
    """Who says that which month was settled."""

    partner: str
    month: str
    note: str
    actor: str
    now: Instant


class Settled(msgspec.Struct, frozen=True):
    """The settlement, and whether it stood before."""

    settlement: PartnerSettlement
    replayed: bool


def live_partners(
    table: Table, shop_id: str, now: Instant
) -> tuple[Program, tuple[Partner, ...]] | Refusal:
    """The live program and its partners."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    version = shop.live_version(now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "The shop has no program yet.")
    program = program_of(table, shop_id, version).program
    return program, program.partners


def partner_missing(table: Table, shop: str, partner: str, now: Instant) -> Refusal | None:
    """The refusal of a partner that the live program has not."""
    found = live_partners(table, shop, now)
    if isinstance(found, Refusal):
        return found
    is_known = any(each.id == partner for each in found[1])
    return None if is_known else Refusal(RefusalCode.PARTNER_UNKNOWN, "There is no such partner.")


def view_month(
    table: Table, shop: str, named: tuple[str, str], now: Instant
) -> PartnerMonth | Refusal:
    """The month of ``named`` (partner, month): every row and their sums.

    Who left the program is still there for the months in which something was booked.
    """
    partner, month = named
    found = live_partners(table, shop, now)
    if isinstance(found, Refusal):
        return found
    program, partners = found
    is_month = bool(_MONTH.fullmatch(month))
    rows = tuple(partner_rows(table, shop, partner, month)) if is_month else ()
    if not rows and all(each.id != partner for each in partners):
        return Refusal(RefusalCode.PARTNER_UNKNOWN, "There is no such partner.")
    if not is_month:
        return Refusal(RefusalCode.VALUE_INVALID, "Name a month, such as 2026-11.")
    return PartnerMonth(
        partner=partner,
        month=month,
        currency=program.currency,
        rows=rows,
        totals=totals_of(row.line for row in rows),
        is_over=month < month_of(now, program.timezone),
        settles_from=settles_from(month, program.timezone),
        settlement=settlement_of(table, shop, partner, month),
    )


def settle_partner(table: Table, shop: str, asked: Settling) -> Settled | Refusal:
    """Record that a month was settled, with its amounts. The first settlement stays for ever.

    Raises:
        Busy: the table was in the way.
    """
    for _ in range(_ATTEMPTS):
        found = view_month(table, shop, (asked.partner, asked.month), asked.now)
        if isinstance(found, Refusal):
            return found
        if found.settlement is not None:
            return Settled(found.settlement, replayed=True)
        if asked.now < found.settles_from:
            since = iso(found.settles_from)
            return Refusal(RefusalCode.MONTH_OPEN, f"{asked.month} can be settled from {since} on.")
        made = PartnerSettlement(
            partner=asked.partner,
            month=asked.month,
            currency=found.currency,
            owed_minor=found.totals.owed_minor,
            due_minor=found.totals.due_minor,
            note=asked.note,
            actor=asked.actor,
            recorded_at=asked.now,
        )
        try:
            record_writes(table, (settlement_put(shop, made),))
        except ConditionFailed:
            continue  # somebody settled it in between: theirs is the answer
        return Settled(made, replayed=False)
    raise Busy("the settlement of the month was neither there nor to be written")
