"""What the account remembers of a member's buying, and what conditions may ask of it.

Orders and their money are counted by calendar month of the payment, for the current month and the
eleven before; older months are forgotten. A refund takes from the month of its order, so a month is
what is left of its orders. When a member last bought is never taken back: they were here.

::

    products   asked for by a condition → month of the payment → orders that still hold it
               "0" stands for all months before the last twelve, and for all where none is asked

The sum over the member's orders as they are now, so a refund takes its own part alone. An account
whose orders were not all looked at for what is asked now is not ``recalled`` whole: the sweep
counts it anew from the orders (``recall_products``).
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.calendar import (
    Step,
    Window,
    bucket_name,
    local_date,
    window_ordinal,
)
from chalicelib.domain.instants import DAY_MS, MINUTE_MS, Instant
from chalicelib.domain.limits import HABIT_MONTHS
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.order_remains import remaining_lines
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.fields import YEAR, Subject
from chalicelib.domain.program.plan import CompiledProgram

Products: TypeAlias = Mapping[str, Mapping[str, int]]
"""Product → month → orders that hold it."""

EVER = "0"
"""The month of all that is older than a year."""

_MONTH = Window(Step.MONTH)


def bought(
    account: Account, before: OrderDocument, after: OrderDocument, zone: str
) -> dict[str, object]:
    """What changes in ``account`` where an order became ``after``; nothing where it counts same."""
    if account.erased_at:
        return {}  # whose buying was forgotten
    orders = int(after.counted) - int(before.counted)
    minor = after.bought - before.bought
    changes: dict[str, object] = {}
    if after.counted and after.earned_at > account.last_order_at:
        changes["last_order_at"] = after.earned_at
    if orders or minor:
        name = bucket_name(Step.MONTH, window_ordinal(_MONTH, after.earned_at, zone))
        held = account.months.get(name, (0, 0))
        made = (max(0, held[0] + orders), max(0, held[1] + minor))
        changes["months"] = _kept({**account.months, name: made})
    return changes


def joined_months(
    one: Mapping[str, tuple[int, int]], other: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """The months of two accounts that are one member's."""
    return _kept(
        {
            name: (
                one.get(name, (0, 0))[0] + other.get(name, (0, 0))[0],
                one.get(name, (0, 0))[1] + other.get(name, (0, 0))[1],
            )
            for name in {**one, **other}
        }
    )


def with_products(
    draft: Draft, orders: tuple[OrderDocument | None, OrderDocument], program: CompiledProgram
) -> Draft:
    """``draft`` remembering products by what its order was (stored, if it was) and is now.

    Who had no order that counted is remembered whole; who had some, of whom not all that is asked
    was looked at, is counted anew by the sweep, in a minute: until then less is known, never more.
    """
    account, recalls = draft.account, program.recalls
    if not (recalls.digest or account.products or account.recalls) or account.erased_at:
        return draft
    is_first = draft.before is None or not draft.before.order_count
    is_whole = is_first or account.recalls == recalls.digest
    known = {} if is_first else account.products
    held: Products = {key: row for key, row in known.items() if key in recalls.known}
    if not is_whole:  # months may be another zone's, or were not asked for
        held = {key: {EVER: sum(row.values())} for key, row in held.items()}
    before, after = orders
    parts = [(_held_by(after, program), 1)]
    parts += [(_held_by(before, program), -1)] if before is not None else []
    products = _added(held, parts, _oldest_month(account, program.zone))
    changes: dict[str, object] = {}
    if not is_whole and recalls.digest and products != account.products and not account.claim_at:
        changes["claim_at"] = draft.now + MINUTE_MS
    return with_account(
        draft, products=products, recalls=recalls.digest if is_whole else "", **changes
    )


def is_recalled(account: Account, program: CompiledProgram) -> bool:
    """Whether what conditions ask of products is counted whole; of who bought nothing it is."""
    digest = program.recalls.digest
    asks = bool(digest and account.order_count) and not is_nobodys(account)
    return not asks or account.recalls == digest


def is_nobodys(account: Account) -> bool:
    """Whether nobody buys by ``account``: a pool's, a merged member's, of who is forgotten."""
    return bool(account.pool is not None or account.merged_into or account.erased_at)


def counted_anew(
    account: Account, orders: Iterable[OrderDocument], program: CompiledProgram, again_at: Instant
) -> Account:
    """``account`` with its products counted from all of its ``orders``.

    The index that shows some of them lags. Where they are fewer than the account has counted, the
    sweep looks again at ``again_at``, or sooner if it comes by sooner anyway.
    """
    counted = [each for each in orders if each.counted]
    parts = [(_held_by(each, program), 1) for each in counted]
    products = _added({}, parts, _oldest_month(account, program.zone))
    is_whole = len(counted) == account.order_count
    claim_at = min(account.claim_at or again_at, again_at)
    return msgspec.structs.replace(
        account,
        products=products,
        recalls=program.recalls.digest if is_whole else "",
        claim_at=account.claim_at if is_whole else claim_at,
    )


def joined_products(one: Account, other: Account, zone: str) -> dict[str, object]:
    """What the account of both remembers of products; ``one`` is theirs already but for that.

    Whole where both are whole of the same; else the sweep, which looks at them in a minute.
    """
    buyers = [each for each in (one, other) if each.order_count]
    digests = {each.recalls for each in buyers}
    newest = max(one.last_order_at, other.last_order_at)
    parts = [
        ({key: month}, count)
        for account in buyers
        for key, months in account.products.items()
        for month, count in months.items()
    ]
    oldest = _oldest_month(msgspec.structs.replace(one, last_order_at=newest), zone)
    products = _added({}, parts, oldest)
    return {"products": products, "recalls": digests.pop() if len(digests) == 1 else ""}


def with_habits(
    facts: MemberFacts, account: Account, program: CompiledProgram, at: Instant
) -> MemberFacts:
    """``facts`` with what the account tells of habits at ``at``, and the segments that hold then.

    Only where the program asks for any of it: what nobody asks is not kept with an award.
    """
    if not program.asks_habits:
        return facts
    orders, minor = _last_year(account, at, program.zone)
    last = account.last_order_at
    known = msgspec.structs.replace(
        facts,
        last_order_at=last,
        days_since_order=max(0, at - last) // DAY_MS if last else None,
        orders_12m=orders,
        spend_12m=minor,
        in_birth_month=_is_birth_month(facts, at, program.zone),
        points={
            unit: balance(state, at).available for unit, state in sorted(account.units.items())
        },
        bought=_products_of(account, program, at),
    )
    subject = Subject({}, known)
    held = tuple(name for name, test in program.segments.items() if test(subject))
    return msgspec.structs.replace(known, segments=held)


def _is_birth_month(facts: MemberFacts, at: Instant, zone: str) -> bool | None:
    return local_date(at, zone).month == facts.birth_month if facts.birth_month else None


def _last_year(account: Account, at: Instant, zone: str) -> tuple[int, int]:
    here = window_ordinal(_MONTH, at, zone)
    names = {bucket_name(Step.MONTH, here - back) for back in range(HABIT_MONTHS)}
    found = [month for name, month in account.months.items() if name in names]
    return sum(orders for orders, _ in found), sum(minor for _, minor in found)


def _kept(months: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The newest months; names sort as time does."""
    names = sorted(name for name, month in months.items() if any(month))
    return {name: months[name] for name in names[-HABIT_MONTHS:]}


def _products_of(
    account: Account, program: CompiledProgram, at: Instant
) -> dict[str, tuple[str, ...]]:
    """By field, the products asked for that some order of the member still holds."""
    here = window_ordinal(_MONTH, at, program.zone)
    year = {bucket_name(Step.MONTH, here - back) for back in range(HABIT_MONTHS)}
    ever = account.products.keys()
    lately = {key for key, months in account.products.items() if year & months.keys()}
    found: dict[str, tuple[str, ...]] = {}
    for field, asked in program.recalls.asked.items():
        held = lately if field.endswith(YEAR) else ever
        values = tuple(value for value, key in asked if key in held)
        found |= {field: values} if values else {}
    return found


def _held_by(order: OrderDocument, program: CompiledProgram) -> dict[str, str]:
    """Product → month, of what the member has by the order as it is."""
    if not order.counted or not program.recalls.digest:
        return {}
    month = bucket_name(Step.MONTH, window_ordinal(_MONTH, order.earned_at, program.zone))
    recalls = program.recalls
    keys = recalls.keys_of(remaining_lines(order))
    return {key: month if key in recalls.dated else EVER for key in keys}


def _oldest_month(account: Account, zone: str) -> str:
    """The oldest of the twelve months that end with the newest order's."""
    newest = window_ordinal(_MONTH, account.last_order_at, zone)
    return bucket_name(Step.MONTH, newest - HABIT_MONTHS + 1)


def _added(
    held: Products, parts: Iterable[tuple[Mapping[str, str], int]], oldest: str
) -> dict[str, dict[str, int]]:
    """``held`` with ``parts`` (product → month, how often); older than ``oldest`` as one."""
    sums: dict[str, dict[str, int]] = {}
    kept = ((key, month, many) for key, row in held.items() for month, many in row.items())
    moved = ((key, month, many) for part, many in parts for key, month in part.items())
    for key, month, many in (*kept, *moved):
        row, name = sums.setdefault(key, {}), month if month >= oldest else EVER
        row[name] = row.get(name, 0) + many
    rows = {key: _paid_back(row) for key, row in sums.items()}
    return {key: rows[key] for key in sorted(rows) if rows[key]}


def _paid_back(row: Mapping[str, int]) -> dict[str, int]:
    """``row`` with no month below nothing: what it lacks is of who was not counted whole."""
    lacking = sum(many for many in row.values() if many < 0)
    known = {**row, EVER: row.get(EVER, 0) + lacking} if lacking else row
    return {month: known[month] for month in sorted(known) if known[month] > 0}
