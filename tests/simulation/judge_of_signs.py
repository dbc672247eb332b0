"""Referrals that are checked, reckoned once more: from raw items, and the plain model of signs.

A flagged one gives nothing until staff approve it; one that stands gives both sides their offer,
once, the advocate within the limit; reasons and states are those of plain words. Of who was merged
or erased it asks only that nothing is kept of them which the checks look at.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.domain.instants import to_datetime
from tests.builders import SHOP
from tests.simulation.books_of_causes import Books
from tests.simulation.model import Model
from tests.simulation.model_of_signs import Brought, ModelOfSigns, id_of
from tests.simulation.signed_world import ADVOCATES, BROUGHT_A_YEAR, FRIENDS, is_of_shop

REWARDED = frozenset({"ordered", "qualified"})
Points = Counter[tuple[str, str]]
"""What each side of a referral has of it, by the friend's id and the role."""
Read = tuple[dict[str, Any], Points]


def misjudged(table: Books, model: Model) -> Iterator[str]:
    """Every referral is where plain arithmetic has it, and gives what it must."""
    assert isinstance(model, ModelOfSigns)
    rows, points, gifts = _rows(table), _points(table), _gifts(table)
    told = {id_of(friend): known for friend, known in model.brought.items()}
    if rows.keys() != told.keys():
        yield f"signs: {len(rows)} friends came by a code, by plain arithmetic {len(told)}"
    for name, known in told.items():
        row = rows.get(name, {})
        if row and not model.is_loose(known.friend, known.advocate):
            yield from _misplaced(known, row, points[name, "friend"])
            yield from _mispaid(model, known, (rows, points))
            yield from _misgifted(name, row, points[name, "advocate"], gifts)
    model.refused |= {
        each.friend
        for name, each in told.items()
        if each.state in REWARDED and not points[name, "advocate"]
    }
    model.paid = {
        each.friend: (each.awards, points[name, "advocate"]) for name, each in told.items()
    }
    yield from _remembered(table)


def _misplaced(known: Brought, row: Any, friends: int) -> Iterator[str]:
    state = known.state if row["s"] in REWARDED and known.state in REWARDED else row["s"]
    if (state, set(row.get("why", []))) != (known.state, known.reasons):
        said = f"{row['s']} for {row.get('why', [])}"
        yield f"signs: {known.friend} is {said}, by plain words {known.state} {known.reasons}"
    if row["s"] == "qualified" and known.state != "qualified":
        yield f"signs: {known.friend} has qualified before its time"
    if friends != FRIENDS * (known.state in REWARDED):
        yield f"signs: {known.friend} is {known.state}, and has {friends}"


def _mispaid(model: ModelOfSigns, known: Brought, read: Read) -> Iterator[str]:
    """Turns are taken in the order in which referrals came to stand; one that ended frees its own.

    Where one ends in the very step in which another stands, either came first.
    """
    has = read[1][id_of(known.friend), "advocate"]
    awards, had = model.paid.get(known.friend, (0, 0))
    if known.state not in REWARDED:
        due = {0}
    elif known.awards == awards or (awards and known.friend in model.refused):
        due = {had}  # what was refused once stays refused
    else:
        before, after = _turns(model, known, read)
        due = {ADVOCATES} if len(before | after) < BROUGHT_A_YEAR else {0, ADVOCATES}
        due = {0} if len(before & after) >= BROUGHT_A_YEAR else due
    if has not in due:
        yield f"signs: {known.advocate} has {has} for {known.friend}, by plain arithmetic {due}"


def _turns(model: ModelOfSigns, known: Brought, read: Read) -> tuple[set[str], set[str]]:
    """Others who have a turn of the same limit in that year: before this step, and after."""
    year, (rows, points) = to_datetime(known.at).year, read
    scope = _is_of_shop(model, rows[id_of(known.friend)])
    others = {
        each.friend
        for each in model.brought.values()
        if each.friend != known.friend
        and (scope or each.advocate == known.advocate)
        and scope == _is_of_shop(model, rows[id_of(each.friend)])
        and to_datetime(rows[id_of(each.friend)].get("oa", 0)).year == year
    }
    before = {friend for friend in others if model.paid.get(friend, (0, 0))[1]}
    return before, {friend for friend in others if points[id_of(friend), "advocate"]}


def _is_of_shop(model: ModelOfSigns, row: Any) -> bool:
    """Whether the terms of a referral limit all advocates together."""
    version = row.get("v", 0)
    return version > 0 and is_of_shop(model.rates[version - 1][1])


def _misgifted(name: str, row: Any, has: int, gifts: dict[str, set[str]]) -> Iterator[str]:
    """Badges and trees come once it is written down that the referral qualified, and stay."""
    stands = row["s"] == "qualified"
    due = {"loyal"} if stands else set(), {"forest"} if stands and has else set()
    given = gifts.get(f"{name}.friend", set()), gifts.get(f"{name}.advocate", set()) - {"thanks"}
    if given != due:
        yield f"signs: {name} is {row['s']}, and gave {given}, due {due}"


def _gifts(table: Books) -> dict[str, set[str]]:
    """What sides hold that is no points, by the friend's id and the role."""
    found = dict[str, set[str]]()
    for items in _partitions(table, "M#").values():
        for made in (table.parsed(item) for sort, item in items.items() if sort[:9] == "D#action:"):
            given = {each["n"] for each in made.get("g", []) if each.get("a", 0)}
            found[made["id"].removeprefix("-:referral.")] = given
    return found


def _remembered(table: Books) -> Iterator[str]:
    """Nothing is kept of who was erased, under any id that they had."""
    members = _partitions(table, "M#")
    for name, items in members.items():
        account = items.get("A", {})
        if "x" in account:
            for each in (name, *account.get("a", ())):
                if "SIGNS" in members.get(each, {}):
                    yield f"signs: {each} is forgotten, and was seen"


def _rows(table: Books) -> dict[str, Any]:
    """Every referral, by the friend's id."""
    parts = _partitions(table, "RF#").values()
    rows = [
        table.parsed(item) for items in parts for sort, item in items.items() if sort[:2] == "F#"
    ]
    return {row["f"]: row for row in rows}


def _points(table: Books) -> Points:
    net, prefix = Points(), "action:-:referral."
    for items in _partitions(table, "M#").values():
        for sort, entry in items.items():
            if sort.startswith("L#") and str(entry["d"]).startswith(prefix):
                friend, _, role = str(entry["d"]).removeprefix(prefix).rpartition(".")
                net[friend, role] += entry["p"]
    return net


def _partitions(table: Books, part: str) -> Mapping[str, Any]:
    prefix = f"S#{SHOP}#{part}"
    state = table.state().items()
    return {name.removeprefix(prefix): items for name, items in state if name.startswith(prefix)}
