"""What the newest programs give, reckoned once more in plain numbers from the raw items.

As in ``judges``: nothing here calls the ledger, and amounts are those of ``latest_worlds``.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.domain.instants import DAY_MS, HOUR_MS, to_datetime
from tests.builders import SHOP
from tests.simulation.books_of_causes import Books
from tests.simulation.latest_worlds import (
    CAKES,
    FEAST_FROM,
    FEAST_MORE,
    FEAST_POINTS,
    KARMA,
    LIFE_DAYS,
    MORE_FROM,
    TREAT_CENTS,
    TREAT_FROM,
    ZEST_FROM,
    ZEST_MOST,
    ZEST_POINTS,
    feast_cents,
    is_retired,
)
from tests.simulation.model import KnownOrder, Model

SORRY_POINTS, CLOCK_BACK_MS = 7, HOUR_MS
WARN_DAYS = {"points": (20, 7), "karma": (7,)}
LATE_HOURS = (21, 9)
"""Nothing is shown first from the one to the other."""


def _of_shop(table: Books, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    prefix = f"S#{SHOP}#{part}"
    for partition, items in table.state().items():
        if partition.startswith(prefix):
            yield partition.removeprefix(prefix), items


def _orders(table: Books) -> Iterator[Any]:
    for _, items in _of_shop(table, "O#"):
        if "O" in items:
            yield table.parsed(items["O"])


def _points(made: Any, *rules: str) -> int:
    return sum(each["points"] for each in made.get("p", []) if each["rule_id"] in rules)


def _treats(made: Any, rule: str) -> int:
    return sum(each["a"] for each in made.get("g", []) if each["r"] == rule)


# ---------------------------------------------------------------- treats within budgets


def overfed(table: Books, model: Model) -> Iterator[str]:
    """Points and treats are what budgets count, never above them; and who had some keeps it."""
    spent = Counter[str]()
    fed = {made["id"]: _fed(made) for made in _orders(table)}
    for made in _orders(table):
        name, (points, treats, zest, _) = made["id"], fed[made["id"]]
        own = {"campaign:feast": points + TREAT_CENTS * treats, "campaign:zest": zest}
        spent.update(own)
        if any(made.get("bg", {}).get(budget, 0) != amount for budget, amount in own.items()):
            yield f"I9: {name} holds {made.get('bg')} of budgets, and was fed {fed[name]}"
        left = model.orders[name].left() if name in model.orders else 0
        yield from _misfed(name, left, fed[name])
    most = {"campaign:feast": feast_cents(3), "campaign:zest": ZEST_MOST}
    for name, limit in most.items():
        if spent[name] > limit:
            yield f"I9: {name} gave {spent[name]} of {limit}"
    yield from _forgotten(table, model, fed, spent)


def _fed(made: Any) -> tuple[int, int, int, int]:
    """(points, treats) of the feast, then of the zest."""
    return (
        _points(made, "feast-points", "feast-more"),
        _treats(made, "feast-treat"),
        _points(made, "zest-order"),
        _treats(made, "zest-order"),
    )


def _most(left: int) -> tuple[int, int, int, int]:
    """What an order of which so much is left can be given."""
    points = FEAST_POINTS * (left >= FEAST_FROM) + FEAST_MORE * (left >= MORE_FROM)
    zest = left >= ZEST_FROM
    return points, int(left >= TREAT_FROM), ZEST_POINTS * zest, int(zest)


def _misfed(name: str, left: int, fed: tuple[int, ...]) -> Iterator[str]:
    most = _most(left)
    if any(had > due for had, due in zip(fed, most, strict=True)):
        yield f"feast: {name} was fed {fed}, of {left} it can be {most}"


def _forgotten(
    table: Books, model: Model, fed: dict[str, tuple[int, int, int, int]], spent: Counter[str]
) -> Iterator[str]:
    """What an order had it keeps while it is as large; a first award is whole, or nothing."""
    known = model.fed
    changed = [name for name in fed if known.get(name, (0, (0, 0, 0, 0), ""))[1] != fed[name]]
    for made in _orders(table):
        name = made["id"]
        left = model.orders[name].left() if name in model.orders else 0
        owner = f"{made.get('m')} {made.get('why', '')}"
        before, had, whose = known.get(name, (0, (0, 0, 0, 0), owner))
        is_kept = all(now >= then for now, then in zip(fed[name], had, strict=True))
        if whose == owner and left >= before and not made.get("why") and not is_kept:
            yield f"feast: {name} grew {before} to {left}, and has {fed[name]} of {had}"
        if changed == [name] and had == (0, 0, 0, 0) and before == 0:
            yield from _parted(made, left, fed[name])
        if changed == [name] and any(had) and left > before:
            others = spent["campaign:feast"] - _cents(fed[name])
            yield from _stinted(made, model.orders[name], fed[name], others)
        known[name] = (left, fed[name], owner)


def _parted(made: Any, left: int, fed: tuple[int, int, int, int]) -> Iterator[str]:
    most = _most(left)
    if fed[:2] not in ((0, 0), most[:2], (most[0] - FEAST_MORE * (left >= MORE_FROM), most[1])):
        yield f"feast: {made['id']} of {left} was first fed {fed}"
    if fed[2:] not in ((0, 0), most[2:]) and fed[2:] != (0, most[3]):
        yield f"feast: {made['id']} of {left} was first given {fed} of the zest"


def _cents(fed: tuple[int, int, int, int]) -> int:
    """What the feast costs the shop."""
    return fed[0] + TREAT_CENTS * fed[1]


def _stinted(
    made: Any, order: KnownOrder, fed: tuple[int, int, int, int], others: int
) -> Iterator[str]:
    """Who had something, and grows while there is room, is given all of the feast.

    ``feast-more`` has a limit of its own.
    """
    most = _most(order.left())
    is_room = others + _cents(most) <= feast_cents(order.rate)
    least = most[0] - FEAST_MORE * (order.left() >= MORE_FROM)
    if is_room and (fed[0] not in (least, most[0]) or fed[1] != most[1]):
        yield f"feast: {made['id']} of {order.left()} was fed {fed}, and {others} were spent"


def cakes_of_month(table: Books, now: int) -> int:
    """How many cakes members took, and did not give back, in the month of ``now``."""
    return _cakes(table)[f"{to_datetime(now):%Y-%m}"]


def _cakes(table: Books) -> Counter[str]:
    found = Counter[str]()
    for _, items in _of_shop(table, "M#"):
        made = (table.parsed(items[sort]) for sort in items if sort.startswith("D#redemption:"))
        for each in made:
            if each["reward_id"] == "cake" and each["status"] != "undone":
                found[f"{to_datetime(each['requested_at']):%Y-%m}"] += 1
    return found


def too_many_cakes(table: Books, _: Model) -> Iterator[str]:
    """So many cakes a month, and the shop's counters say how many."""
    found = _cakes(table)
    said = Counter[str]()
    for name, items in _of_shop(table, "B#budget:reward:cake"):
        said[name.removeprefix("@")[:7]] += sum(each["n"] for each in items.values())
    if +found != +said or any(times > CAKES for times in found.values()):
        yield f"I9: cakes were taken {dict(found)}, counters say {dict(said)}"


# ---------------------------------------------------------------- what lapses, and what retires


def unwarned(table: Books, model: Model) -> Iterator[str]:
    """After a sweep whoever has points that lapse soon was told, unless caps were full all along.

    Nobody is told too early, too late, or more often than the caps say.
    """
    now, model.swept_at = model.swept_at, 0
    for name, items in _of_shop(table, "M#"):
        account = items.get("A", {})
        told = items.get("I", {}).get("m", [])
        yield from _nagged(name, account, [to_datetime(each[4]) for each in told])
        for each in (each for each in told if each[1].startswith("lapse:")):
            unit, date = each[1].removeprefix("lapse:"), int(each[2].removeprefix("expiry:"))
            first = date - WARN_DAYS[unit][0] * DAY_MS
            if not first <= each[4] < date + 12 * HOUR_MS:
                yield f"warning: {name} was told of {unit} at {each[4]}, lost at {date}"
        if now and not {"m", "x"} & account.keys():
            yield from _untold(name, account, told, now)


def _nagged(name: str, account: Any, shown: list[datetime]) -> Iterator[str]:
    """One message a day and two a week; of two people who are one each may have had theirs."""
    days = Counter(at.date() for at in shown)
    weeks = Counter(at.isocalendar()[:2] for at in shown)
    is_much = max(days.values(), default=0) > 1 or max(weeks.values(), default=0) > 2
    if "a" not in account and is_much:
        yield f"message: {name} was told {sorted(shown)}"


def _untold(name: str, account: Any, told: list[Any], now: int) -> Iterator[str]:
    shown = [to_datetime(each[4]) for each in told]
    # What caps refuse by day is asked again at midnight, also where the evening has room.
    is_full = any(_is_full(shown, at) for at in (_shown_first(now), to_datetime(now)))
    for unit, state in account.get("u", {}).items():
        for lot in state.get("l", []) if not is_full else ():
            date = (lot[2] if len(lot) > 2 else 0) or 0
            is_time = date - WARN_DAYS[unit][0] * DAY_MS <= now < date
            place = f"lapse:{unit}", f"expiry:{date}"
            if lot[0] and is_time and place not in {(each[1], each[2]) for each in told}:
                yield f"warning: {name} loses {lot[0]} {unit} at {date}, and knows nothing"


def _is_full(shown: list[datetime], at: datetime) -> bool:
    days = sum(each.date() == at.date() for each in shown)
    weeks = sum(each.isocalendar()[:2] == at.isocalendar()[:2] for each in shown)
    return days >= 1 or weeks >= 2


def _shown_first(now: int) -> datetime:
    """When something that is told now is shown first."""
    at = to_datetime(now)
    late, early = LATE_HOURS
    if early <= at.hour < late:
        return at
    return to_datetime(now + DAY_MS if at.hour >= late else now).replace(hour=early, minute=0)


def miskarma(table: Books, model: Model) -> Iterator[str]:
    """Each order has karma while something is left of it, unless its version had retired that.

    Ladders count what is left, also while one of them is retired.
    """
    for made in _orders(table):
        known = model.orders.get(made["id"])
        if known is None or "t" not in made or made.get("why"):
            continue
        due = KARMA * (known.left() > 0 and not is_retired(known.rate))
        has = sum(each["points"] for each in made.get("p", []) if each["unit"] == "karma")
        if has != due:
            yield f"karma: {made['id']} of {known.left()} has {has}, due {due}"
        counted = made.get("y", {})
        if any(counted.get(ladder, 0) != known.left() for ladder in ("club", "late")):
            yield f"tiers: {made['id']} of {known.left()} counts {counted}"


def uncelebrated(table: Books, _: Model) -> Iterator[str]:
    """For two tiers that were entered 11 points, for each of three years 9, for birthdays 5."""
    for name, items in _of_shop(table, "M#"):
        if {"a", "m", "x"} & items.get("A", {}).keys():
            continue
        done = [table.parsed(items[sort]) for sort in items if sort.startswith("D#action:")]
        standing = Counter(each["n"] for each in done if not each.get("why"))
        dues = {
            "higher": 11 * min(standing["tier.entered"] // 2, 9),
            "years": 9 * min(standing["member.anniversary"], 3),
            "birthdays": 5 * min(standing["member.birthday"], 3),
        }
        for challenge, due in dues.items():
            item = items.get(f"D#progress:{challenge}")
            made = table.parsed(item) if item else {}
            net, gone, lapsed = (made.get(key, {}).get("points", 0) for key in ("ne", "f", "lp"))
            has = net - gone - lapsed
            if has != due:
                yield f"challenge: {name} has {has} of {challenge}, due {due}"


# ---------------------------------------------------------------- doors


def misplaced(table: Books, model: Model) -> Iterator[str]:
    """Orders and reviews give what they say or nothing, and nothing to who is nobody."""
    for made in _orders(table):
        known = model.orders.get(made["id"])
        has, left = _points(made, "purchase"), known.left() * known.rate // 100 if known else 0
        if has != (left if "t" in made and not made.get("why") else 0):
            yield f"doors: {made['id']} has {has} for {left}, as {made.get('why')}"
    for name, items in _of_shop(table, "M#"):
        for sort in (sort for sort in items if sort.startswith("D#action:")):
            made = table.parsed(items[sort])
            has, why = sum(each["points"] for each in made.get("p", [])), made.get("why", "")
            if has not in {"": {10}, "action_revoked": {0, SORRY_POINTS}}.get(why, {0}):
                yield f"doors: {name} has {has} for {sort}, which is {why}"
            if has and "A" not in items:
                yield f"doors: {name} is nobody, and has {has}"
            ends = [lot[2] for lot in made.get("c", {}).get("points", []) if has == SORRY_POINTS]
            if any(end < made["x"] + LIFE_DAYS * DAY_MS - CLOCK_BACK_MS for end in ends):
                yield f"doors: {sort} was taken back at {made['x']}, and gives until {ends}"
