"""A shop of the proofs that asks what was bought, and its judge: plain counting of orders.

Every version asks for other products, or for the same by other times; a product is a line's name.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from chalicelib.domain.instants import to_datetime
from chalicelib.domain.member import Account
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.habit_fields import bought_key, recalls_of
from chalicelib.storage.members import account_of
from tests.builders import SHOP, Scene
from tests.simulation.books_of_causes import Books
from tests.simulation.model import Model
from tests.simulation.worlds import plain

ASKED = {1: {"l0": False}, 2: {"l0": False, "l1": True}, 3: {"l2": False, "l1": True}}
"""By a version's points per 1.00: products that it asks for; whether it asks for the last year."""
MONTHS = 12
EVER = "0"
_CUSTOMERS = ("1", "2", "3", "4")


def asking(points: int = 1) -> dict[str, Any]:
    """As ``plain``; rules, a segment and a tier ask for products."""
    has = {"member.bought.skus": {"has": _ever(points)}}
    fans = {"member.segments": {"has": "fans"}} if points == 2 else has
    lately = {"member.bought.skus_12m": {"has": "l1"}}
    rules = [_bonus("ever", fans), *([_bonus("lately", lately)] if points > 1 else [])]
    tiers = [{"id": "leaf", "name": "Leaf"}, {"id": "fan", "name": "Fan", "if": has}]
    group = {"id": "fans", "by": "custom", "tiers": tiers}
    made = plain(points)
    return {
        **made,
        "segments": {"fans": has},
        "tier_groups": [group],
        "earn": [*made["earn"], *rules],
    }


def _ever(points: int) -> str:
    return next(sku for sku, is_dated in ASKED[points].items() if not is_dated)


def _bonus(name: str, condition: dict[str, Any]) -> dict[str, Any]:
    give = [{"add": 7, "unit": "points"}]
    return {"id": name, "on": "order.paid", "if": condition, "give": give}


@cache
def _digest(points: int) -> str:
    return recalls_of(read_program(asking(points))).digest


def live(model: Model, now: int) -> int:
    """Points per 1.00 of the version that is live."""
    return [points for since, points in model.rates if since <= now][-1]


def misremembered(table: Books, model: Model) -> Iterator[str]:
    """Accounts remember what orders hold: less while they wait, never more, all after a sweep."""
    points, swept, model.swept_at = live(model, model.now), model.swept_at, 0
    accounts = {each: _account(table, each) for each in _CUSTOMERS if each not in model.into}
    yield from _misgiven(table, model, points)
    whole = {}
    for name, account in accounts.items():
        if account is None:
            continue
        if account.erased_at:
            yield from [f"products: {name} is erased, has {account.products}"][
                : len(account.products)
            ]
            continue
        is_whole = account.recalls == _digest(points)
        whole[name] = points if is_whole else 0
        yield from _misheld(name, account, model, points)
        if swept and account.order_count and not is_whole:
            yield f"products: {name} still waits after a sweep"
        due = "fan" if _held(model, name, _ever(points)) else "leaf"
        tier = account.standings["fans"].tier if "fans" in account.standings else ""
        if swept and (tier or "leaf") != due:
            yield f"tiers: {name} is {tier}, due {due}"
    model.fed["whole"] = whole


def _account(table: Books, customer: str) -> Account | None:
    member = Scene(table).member(customer)  # type: ignore[arg-type]  # it asks no table
    return account_of(table.state().get(f"S#{SHOP}#M#{member}", {}).get("A"))


def _held(model: Model, customer: str, sku: str, but: str = "") -> Counter[str]:
    """How many orders of a customer hold a product, by the month they were paid in."""
    return Counter(
        _month(each.paid_at)
        for name, each in model.orders.items()
        if name != but and model.same(each.owner, customer) and each.counts and each.left_of(sku)
    )


def _month(at: int) -> str:
    return f"{to_datetime(at):%Y-%m}"


def _before(month: str) -> str:
    """The eleventh month before ``month``: the first of a year that ends with it."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year}-01" if number == MONTHS else f"{year - 1}-{number + 1:02}"


def _misheld(name: str, account: Account, model: Model, points: int) -> Iterator[str]:
    is_whole = account.recalls == _digest(points)
    asked = {bought_key("skus", sku): (sku, dated) for sku, dated in ASKED[points].items()}
    for key, (sku, is_dated) in asked.items():
        row, held = account.products.get(key, {}), _held(model, name, sku)
        many, due = sum(row.values()), held.total()
        if many > due or (is_whole and many != due):
            yield f"products: {name} remembers {many} orders of {sku}, there are {due}"
        if is_whole and row != _row(held, account.last_order_at, is_dated=is_dated):
            yield f"products: {name} remembers {dict(row)} of {sku}, there are {dict(held)}"
    if is_whole and account.products.keys() - asked.keys():
        yield f"products: {name} remembers what nobody asks"


def _row(held: Counter[str], last: int, *, is_dated: bool) -> dict[str, int]:
    """As an account keeps it: by month for a year back from its newest order, the rest as one."""
    oldest, row = _before(_month(last)), Counter[str]()
    for month, many in held.items():
        row[month if is_dated and month >= oldest else EVER] += many
    return dict(row)


# ---------------------------------------------------------------- what rules gave


def _misgiven(table: Books, model: Model, points: int) -> Iterator[str]:
    """An order that counts from now on has a stamp for what its member bought beside it."""
    known, whole = model.fed.setdefault("awarded", set()), model.fed.get("whole", {})
    made = [each for each in _orders(table) if "t" in each and each["id"] not in known]
    for each in made:
        known.add(each["id"])
        order = model.orders.get(each["id"])
        if order is None or not order.left() or not order.owner:
            continue
        is_asked_now = model.rates[-1] <= (order.paid_at, points) and len(made) == 1
        is_exact = (
            is_asked_now and order.rate == points and whole.get(model.person(order.owner)) == points
        )
        for rule, due in _due(model, each["id"], order.rate):
            has = any(share["rule_id"] == rule for share in each.get("p", []))
            if has > due or (is_exact and has != due):
                yield f"products: {each['id']} has {has} for {rule}, due {due}"


def _due(model: Model, name: str, points: int) -> Iterator[tuple[str, bool]]:
    """(rule, whether an order may have it), by what its member's other orders hold."""
    order = model.orders[name]
    yield "ever", bool(_held(model, order.owner, _ever(points), name))
    month = _month(order.paid_at)
    lately = [
        each for each in _held(model, order.owner, "l1", name) if _before(month) <= each <= month
    ]
    yield "lately", bool(lately) and points > 1


def _orders(table: Books) -> Iterator[Any]:
    for partition, items in table.state().items():
        if partition.startswith(f"S#{SHOP}#O#") and "O" in items:
            yield table.parsed(items["O"])
