"""What later programs give, reckoned once more in plain numbers from the raw items.

As in ``books``, nothing here calls the ledger: documents and rows are plain JSON, prices and
amounts are those of ``later_worlds``. Each judge is of one world and yields what it finds wrong.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from chalicelib.domain.instants import to_datetime
from tests.builders import SHOP
from tests.simulation.asking_world import misremembered
from tests.simulation.books_of_causes import Books
from tests.simulation.judge_of_signs import misjudged
from tests.simulation.later_worlds import (
    BONUS_POINTS,
    BURNED_MILLIONTHS,
    FEE,
    IDEAS_CENTS,
    MILLIONTHS,
    PAID_BY,
    PERIOD_MS,
    spring_budget,
)
from tests.simulation.latest_judges import (
    miskarma,
    misplaced,
    overfed,
    too_many_cakes,
    uncelebrated,
    unwarned,
)
from tests.simulation.model import Model

Judge = Callable[[Books, Model], Iterator[str]]
IDEA_RULES = ("idea-once", "idea-order")
MOST = {"campaign:spring": spring_budget(3), "campaign:ideas": IDEAS_CENTS}
"""What any version lets each campaign give."""


def documents(table: Books, *kinds: str) -> Iterator[tuple[str, str, Any]]:
    """(partition, sort key, document) of the shop's documents of some kinds."""
    for partition, items in _of_shop(table, ""):
        for sort, item in items.items():
            if sort.startswith(kinds) and (sort != "O" or partition.startswith("O#")):
                yield partition, sort, table.parsed(item)


def _of_shop(table: Books, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Partitions of the shop that begin with ``part``, named by what follows."""
    prefix = f"S#{SHOP}#{part}"
    for partition, items in table.state().items():
        if partition.startswith(prefix):
            yield partition.removeprefix(prefix), items


def _points(made: Any, *rules: str) -> int:
    return sum(each["points"] for each in made.get("p", []) if each["rule_id"] in rules)


# ---------------------------------------------------------------- budgets


def overspent(table: Books) -> Iterator[str]:
    """Each campaign gave what its budget says, and never more than any version let it give."""
    given = Counter[str]()
    for name, _, made in documents(table, "O", "D#action:"):
        ideas = _points(made, *IDEA_RULES)
        own = {
            "campaign:spring": _points(made, "spring-order"),
            "campaign:ideas": -(-ideas * 3 // 2),  # 3 cents for two, rounded up
        }
        given.update(own)
        if any(made.get("bg", {}).get(budget, 0) != amount for budget, amount in own.items()):
            yield f"I9: {name} holds {made.get('bg')} of budgets, and gave {own}"
        if _points(made, "first-few") not in (0, BONUS_POINTS):
            yield f"I9: {name} was given a part of the shop's bonus"
    budgets = _of_shop(table, "B#budget:")
    spent = {name: sum(each["n"] for each in items.values()) for name, items in budgets}
    for name, limit in MOST.items():
        if spent.get(name, 0) != given[name] or given[name] > limit:
            yield f"I9: {name} gave {given[name]} of {limit}, and says {spent.get(name)}"
    for name, times in spent.items():
        if "first-few@" in name and times > 3:
            yield f"I9: {name} was given {times} times of 3"


# ---------------------------------------------------------------- partners


def unsettled(table: Books) -> Iterator[str]:
    """Partners owe and are owed what points cost; a month's rows and its settlement say it."""
    cost, said = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    used_at: dict[str, str] = {}
    for name, _, made in documents(table, "O"):
        used_at[f"{made['src']}:{made['id']}"] = (made.get("s") or {}).get("partner", "")
        own = Counter[tuple[str, str]]()
        for rule, partner in PAID_BY.items():
            own[partner, "o"] += _points(made, rule) * MILLIONTHS[partner]
        cost.update(own)
        yield from _misbooked(name, made.get("pa", []), own)
    for _, sort, made in documents(table, "D#redemption:"):
        partner, kept = used_at.get(made.get("used_by", ""), ""), made["cost"]
        own = Counter[tuple[str, str]]()
        if partner:
            own[partner, "d"] = (kept - made.get("returned", 0)) * BURNED_MILLIONTHS[partner]
        cost.update(own)
        yield from _misbooked(sort, made.get("partners", []), own)
    for name, items in _of_shop(table, "N#"):
        lines = [json.loads(items[sort]["b"]) for sort in items if sort.startswith("PL#")]
        sums = _sums(lines)
        said.update(sums)
        if "T" in items:
            yield from _missettled(name, json.loads(items["T"]["b"]), sums)
    if +said != +cost or -said != -cost:
        yield f"partners: months say {dict(said)}, by prices it is {dict(cost)}"


def _sums(lines: list[Any]) -> Counter[tuple[str, str]]:
    """Millionths by (partner, owed or due)."""
    found = Counter[tuple[str, str]]()
    for line in lines:
        for side in "od":
            found[line["p"], side] += line.get(side, 0)
    return found


def _misbooked(name: str, lines: list[Any], own: Counter[tuple[str, str]]) -> Iterator[str]:
    said = _sums(lines)
    if +said != +own or -said != -own:
        yield f"partners: {name} books {dict(said)}, by prices it is {dict(own)}"


def _missettled(name: str, settled: Any, sums: Counter[tuple[str, str]]) -> Iterator[str]:
    """A month that was settled says for ever what it was settled for, in whole cents."""
    partner = name.partition("#")[0]
    cents = [round(Fraction(sums[partner, side], 1_000_000)) for side in "od"]
    if [settled["owed_minor"], settled["due_minor"]] != cents:
        yield f"partners: {name} was settled as {settled}, rows say {cents}"


# ---------------------------------------------------------------- memberships


def unshortened(table: Books, model: Model) -> Iterator[str]:
    """A membership is worth what is left of its line: nothing where that came back."""
    for name, _, made in documents(table, "O"):
        if "plus" in made.get("ms", {}):
            *_, whole, left = made["ms"]["plus"]
            due = min(whole, model.orders[made["id"]].left_of(FEE))
            if left != due:
                yield f"memberships: {name} has {left} left of its fee, by plain arithmetic {due}"


def unpaid(table: Books) -> Iterator[str]:
    """What was cancelled is held no more: its period ends when that was heard."""
    for name, _, made in documents(table, "O"):
        (*_, end, full, _, _) = made.get("ms", {}).get("plus", (0, 0, 1, 0, 0))
        if (made.get("s") or {}).get("status") == "cancelled" and end == full:
            yield f"memberships: {name} was cancelled, and its membership lasts until {end}"


def overlong(table: Books) -> Iterator[str]:
    """Who bought a month has a month, no two of them at once; accounts say what documents do."""
    accounts = {name: items["A"] for name, items in _of_shop(table, "M#") if "A" in items}
    bought: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for partition, _, made in documents(table, "O", "D#action:"):
        for name, (start, end, full, whole, left) in made.get("ms", {}).items():
            if full - start != PERIOD_MS or not start <= end <= full or not 0 <= left <= whole:
                yield f"memberships: {partition} bought {name} {start} to {end} of {full}"
            person = str(accounts[made["m"]].get("m") or made["m"])
            bought.setdefault((person, name), []).append((start, end, full))
    for (person, name), terms in bought.items():
        held = accounts[person].get("v", {}).get(name, {})
        said = sorted((start, end) for start, end in held.values())
        documented = sorted((start, end) for start, end, _ in terms)
        if said != documented:
            yield f"memberships: {person} holds {said} of {name}, documents say {documented}"
        # What two people bought may be of the same days, and so what is bought in the gap that a
        # refund left before what had been bought to follow.
        is_plain = "a" not in accounts[person] and all(end == full for _, end, full in terms)
        if is_plain and any(one[1] > then[0] for one, then in pairwise(documented)):
            yield f"memberships: {person} holds {name} twice at once: {documented}"


# ---------------------------------------------------------------- referrals

FRIENDS, BROUGHT_A_YEAR = 50, 2


def brought_twice(table: Books) -> Iterator[str]:
    """Who came by a code, and bought, has 50 points, who brought them 100, twice a year at most.

    The friend has one more for each 1.00 of what was left of the order when that was last heard of.
    Nobody else has anything. Who was merged or erased since is left out: sides may be void then.
    """
    accounts = {name: items["A"] for name, items in _of_shop(table, "M#") if "A" in items}
    plain = {name for name, account in accounts.items() if not {"a", "m", "x"} & account.keys()}
    net, told, paid = _sides(table), Counter[str](), Counter[tuple[str, int]]()
    rows = _friends(table)
    told.update(row["a"] for row in rows)
    for row in (row for row in rows if {row["a"], row["f"]} <= plain):
        is_due = row["s"] in {"ordered", "qualified"}
        friend, advocate = net[f"{row['f']}.friend"], net[f"{row['f']}.advocate"]
        bought = (row.get("bo") or [0])[0]
        if friend != (FRIENDS + bought // 100) * is_due:
            yield f"referral: {row['f']} is {row['s']}, and has {friend} of {bought}"
        at_least = 2 * FRIENDS * (is_due and told[row["a"]] <= BROUGHT_A_YEAR)
        if not at_least <= advocate - min(advocate % 100, 7) <= 2 * FRIENDS * is_due:
            yield f"referral: {row['a']} has {advocate} for one who is {row['s']}"
        paid[row["a"], to_datetime(row.get("oa", 0)).year] += advocate >= 2 * FRIENDS
    for (who, year), times in paid.items():
        if times > BROUGHT_A_YEAR:
            yield f"referral: {who} was paid {times} times in {year}"


def _friends(table: Books) -> list[Any]:
    codes = [items for _, items in _of_shop(table, "RF#")]
    return [table.parsed(row) for rows in codes for sort, row in rows.items() if sort[:2] == "F#"]


def misshared(table: Books) -> Iterator[str]:
    """As long as a referral waits, it is of what is left of the friend's order."""
    orders = {f"{made['src']}:{made['id']}": made for _, _, made in documents(table, "O")}
    for row in (row for row in _friends(table) if row["s"] == "ordered"):
        left = _left(orders[row["o"]])
        if row["bo"][0] != left:
            yield f"referral: {row['f']} has a share of {row['bo'][0]}, and bought {left}"


def _left(made: Any) -> int:
    """What is left of an order in plain numbers: its lines less every refund heard of.

    One from before a state that lists all refunds is in that list, or was none.
    """
    state = made["s"]
    since = state["version"] if state.get("refunds_complete") else 0
    alone = [each for each in made.get("ga", []) if each["w"] >= since]
    lines, refunds = state["lines"], [*state.get("refunds", []), *alone]
    back = {each["i"]: sum(line.get("n", 0) for line in each["l"]) for each in refunds}
    return max(0, sum(line["n"] for line in lines) - sum(back.values()))


def miscounted(table: Books, model: Model) -> Iterator[str]:
    """Who takes part has 25 points for every two orders that something is left of, 40 for a prize.

    Who was merged or erased is left out.
    """
    accounts = {name: items["A"] for name, items in _of_shop(table, "M#") if "A" in items}
    counts = Counter[str]()
    owners = {made["id"]: made for _, _, made in documents(table, "O")}
    for name, order in model.orders.items():
        made = owners.get(name, {})
        joined = _progress(table, made.get("m", "")).get("j")
        counts[made.get("m", "")] += bool(joined and order.paid_at >= joined and order.left())
    for name, account in accounts.items():
        made = _progress(table, name)
        if not made or {"a", "m", "x"} & account.keys():
            continue
        due = 25 * min(counts[name] // 2, 9) + 40 * (made.get("rk", 0) == 1)
        if made.get("ne", {}).get("points", 0) != due:
            yield f"challenge: {name} has {made.get('ne')} for {counts[name]} orders, due {due}"


def _progress(table: Books, member: str) -> Any:
    item = table.state().get(f"S#{SHOP}#M#{member}", {}).get("D#progress:loyal")
    return table.parsed(item) if item else {}


def _sides(table: Books) -> Counter[str]:
    """Points that each side of a referral gave, by friend and role."""
    net, prefix = Counter[str](), "action:-:referral."
    for _, items in _of_shop(table, "M#"):
        entries = (item for sort, item in items.items() if sort.startswith("L#"))
        for entry in (each for each in entries if each["d"].startswith(prefix)):
            net[entry["d"].removeprefix(prefix)] += entry["p"]
    return net


JUDGES: dict[str, tuple[Judge, ...]] = {
    "budgeted": (lambda table, _: overspent(table),),
    "coalition": (
        lambda table, _: unsettled(table),
        lambda table, _: overlong(table),
        unshortened,
    ),
    "giving": (
        lambda table, _: brought_twice(table),
        lambda table, _: misshared(table),
        miscounted,
    ),
    "signed": (misjudged,),
    "feasting": (overfed, too_many_cakes),
    "warning": (unwarned, miskarma, uncelebrated),
    "doors": (misplaced,),
    "asking": (misremembered,),
}
"""By world; every history of it is judged by these after every step."""
