"""The order in which a document lists what has an id decides nothing that a member gets."""

from itertools import permutations
from typing import Any

from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.program.validation import check
from chalicelib.operations.sweep_due import sweep_shops
from tests.builders import NOON, TEA, Scene, line, program, state, unit, upserted
from tests.conservation import WatchedTable
from tests.operations.action_scenes import done, tell


def add(points: int, name: str = "points") -> dict[str, Any]:
    return {"add": points, "unit": name}


def once(rule: str, on: str, points: int) -> dict[str, Any]:
    limit = {"times": 1, "window": "lifetime"}
    return {"id": rule, "on": on, "give": [add(points)], "limit": limit}


def ladder(group: str, by: str, tiers: dict[str, Any]) -> dict[str, Any]:
    entry = {} if by == "custom" else {"entry": [add(7)]}
    first = {"id": "first", "name": "First", **({} if by == "custom" else {"at": tiers["at"][0]})}
    top = {"id": "top", "name": "Top", "multiply": {"points": "1.5"}, **entry, **tiers["top"]}
    return {"id": group, "by": by, "window": "lifetime", "tiers": [first, top]}


def cake(reward: str) -> dict[str, Any]:
    cost = {"unit": "points", "amount": 400}
    return {"id": reward, "name": "Cake", "kind": "product", "sku": reward, "cost": cost,
            "auto": True, "unit_cost": {"USD": 500}}  # fmt: skip


def campaign(name: str) -> dict[str, Any]:
    rule = {"id": f"{name}-more", "on": "order.paid", "give": [add(33)]}
    return {"id": name, "name": name, "from": "2026-01-01", "to": "2027-01-01", "rules": [rule],
            "budget": {"points": 50}}  # fmt: skip


def plus(name: str, sku: str) -> dict[str, Any]:
    return {"id": name, "name": name, "sold_as": {"sku": sku}, "period": "P1M",
            "give": [add(11)]}  # fmt: skip


def challenge(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "kind": "count", "on": "order.paid", "target": 2,
            "give": [add(21)]}  # fmt: skip


LISTED: dict[str, list[dict[str, Any]]] = {
    "earn": [
        TEA["earn"][0],
        {"id": "a-pick", "on": "order.paid", "group": "g", "pick": "best",
         "give": [{"rate": "1", "per": {"USD": 100}, "unit": "points"}],
         "limit": {"amount": 90, "window": {"calendar": "day"}}},
        {"id": "z-pick", "on": "order.paid", "group": "g", "pick": "best",
         "give": [{"rate": "1", "per": {"USD": 100}, "unit": "points"}]},
        once("entered", "tier.entered", 13),
        once("review", "action.review", 17),
        once("welcome", "member.joined", 19),
    ],
    "tier_groups": [
        ladder("money", "spend", {"at": [{"USD": 0}], "top": {"at": {"USD": 20_000}}}),
        ladder("count", "orders", {"at": [0], "top": {"at": 1}}),
        ladder("habit", "custom", {"top": {"if": {"member.segments": {"has": "buyers"}}}}),
    ],
    "rewards": [cake("red"), cake("blue"), cake("green")],
    "campaigns": [campaign("one"), campaign("two")],
    "memberships": [plus("plus-a", "PLUS"), plus("plus-b", "MORE")],
    "challenges": [challenge("c-one"), challenge("c-two")],
}  # fmt: skip
NAMED = {
    "segments": {
        "buyers": {"member.order_count": {"gte": 1}},
        "big": {"member.spend_12m": {"gte": 1}},
    },
    "units": {
        **unit(pending="none"),
        "stars": {"name": {"one": "star", "other": "stars"}, "kind": "status"},
    },
}


def lived(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What one member's journal says after two orders and a deed."""
    assert check(document).errors == ()
    tea = Scene(WatchedTable())
    tea.publish(document)
    for number in range(2):
        tea.now += HOUR_MS
        items = line(25_000, sku="PLUS"), line(500, "l2", sku="MORE")
        paid = state(*items, id=f"o{number}", created_at=tea.now, paid_at=tea.now)
        tea.order(upserted(paid), now=tea.now)
        tell(tea, done(f"a{number}", at=tea.now, action="review"))
        for _ in range(3):
            sweep_shops(tea.table, tea.now)
    sweep_shops(tea.table, NOON + 40 * DAY_MS)
    tea.verify()
    return [(each.document, each.unit, each.points) for each in tea.journal()]


def test_lists_of_what_has_an_id_may_be_in_any_order() -> None:
    told = lived(program(**LISTED, **NAMED))
    assert len(told) > 10
    for key, items in LISTED.items():
        turned = {**LISTED, key: list(reversed(items))}
        assert lived(program(**turned, **NAMED)) == told, key
    for groups in permutations(LISTED["tier_groups"]):
        assert lived(program(**{**LISTED, "tier_groups": list(groups)}, **NAMED)) == told
    for key, named in NAMED.items():
        turned_names = {**NAMED, key: dict(reversed(named.items()))}
        assert lived(program(**LISTED, **turned_names)) == told, key
