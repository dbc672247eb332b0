"""A year of many members: however their deliveries are interleaved, the books end the same.

What the ledger promises across orders is *first recorded is first served*: orders of one member
that share a cap, a tier or a rule paid once are judged in the order in which they were recorded,
and a refund frees room for later ones only. So each member's deliveries keep their order here, and
those of all members are interleaved at random, with what was told before told again anywhere
later. The books must then be the same, grants included. Where rules share nothing, the deliveries
of everybody come in any order at all.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.domain.granting import Granted
from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.ledger import EntryKind
from chalicelib.domain.orders import OrderDocument
from tests.builders import NOON, Scene
from tests.simulation.books import breaks
from tests.simulation.conftest import Counted
from tests.simulation.dice import Dice
from tests.simulation.platform import Delivery, changed, placed, whole
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import FOREST, STOCK, TREES, plain, rich, scene_of, table_of

ORDERS_OF_A_YEAR = (3, 8)
EARNED = (EntryKind.EARN, EntryKind.REVERSE)
PAST = {"join": {"retroactive_days": 400}}


def sharing() -> dict[str, Any]:
    """Tiers with entry rewards, caps, a rule paid once, pending, expiry, and trees planted."""
    made = rich()
    return {**made, **PAST, "earn": [*made["earn"], TREES], "causes": [FOREST]}


def apart() -> dict[str, Any]:
    """Points for spend alone, and trees: no rule minds another order."""
    made = plain()
    rules = [rule for rule in made["earn"] if rule["on"] == "order.paid"]
    return {**made, **PAST, "earn": [*rules, TREES], "causes": [FOREST]}


def year_of(member: int, dice: Dice) -> list[Delivery]:
    """The deliveries of one member's year, in the order in which things happened."""
    sent: list[tuple[int, int, Delivery]] = []
    for number in range(dice.between(*ORDERS_OF_A_YEAR)):
        day = dice.between(1, 360)
        order = placed(f"{member}-{number}", f"c{member}", NOON - day * DAY_MS, dice)
        sent.append((-day, len(sent), whole(order)))
        for _ in range(dice.below(3)):
            day = max(day - dice.between(1, 40), 0)
            sent += [(-day, len(sent) + at, each) for at, each in enumerate(changed(order, dice))]
    return [each for _, _, each in sorted(sent, key=lambda told: told[:2])]


def interleaved(years: Sequence[Sequence[Delivery]], dice: Dice) -> list[Delivery]:
    """All deliveries, each member's in their order; one in five comes again, later."""
    turns = dice.shuffled([place for place, year in enumerate(years) for _ in year])
    coming = [iter(year) for year in years]
    made: list[Delivery] = []
    for turn in turns:
        made.append(next(coming[turn]))
        if dice.one_in(5):
            made.append(dice.pick(made))
    return made


def lived(document: dict[str, Any], deliveries: Sequence[Delivery]) -> Scene:
    """The shop after it was told all of it, at one moment a year later."""
    with virtual_time():
        scene = scene_of(document)
        for each in deliveries:
            scene.order(each.event)
    return scene


def books_of(scene: Scene, customers: Sequence[str], orders: Sequence[str]) -> dict[str, Any]:
    """Balances, tiers and counters of members; points and grants of orders.

    Not how often something was written, nor whether what lapsed is booked yet.
    """
    made: dict[str, Any] = {}
    for name in customers:
        account = scene.account(name)
        assert account is not None
        earned = sum(entry.points for entry in scene.journal(name) if entry.kind in EARNED)
        counted = scene.counters(name).used
        made[name] = scene.balance(name), earned, account.standings, counted
    for name in orders:
        order = scene.document(name)
        made[name] = order.posted, order.net, order.forgiven, order.used, order.once, order.grants
    return made


def standing_of(scene: Scene, customers: Sequence[str], orders: Sequence[str]) -> dict[str, Any]:
    """What each has now, and what each order came to."""
    documents = {name: scene.document(name) for name in orders}
    return {
        "points": {name: scene.balance(name) for name in customers},
        "orders": {name: (made.net, gifts_of(made)) for name, made in documents.items()},
    }


def gifts_of(order: OrderDocument) -> tuple[Granted, ...]:
    """What the order gives now; what was given and taken back is its history."""
    return tuple(each for each in order.grants if each.amount or each.kept)


def proven(members: int, runs: int, counted: Counted) -> None:
    dice = Dice("years")
    years = [year_of(member, dice) for member in range(members)]
    apiece = [each for year in years for each in year]
    customers = [f"c{member}" for member in range(members)]
    orders = sorted({each.order.name for each in apiece})
    one, told = lived(sharing(), apiece), 0
    assert breaks(table_of(one), STOCK) == []
    alone = books_of(one, customers, orders)
    bare = standing_of(lived(apart(), apiece), customers, orders)
    for _ in range(runs):
        together = interleaved(years, dice)
        assert books_of(lived(sharing(), together), customers, orders) == alone
        anyhow = dice.shuffled([*together, *dice.shuffled(apiece)[: len(apiece) // 5]])
        assert standing_of(lived(apart(), anyhow), customers, orders) == bare
        told += len(together) + len(anyhow)
    counted("years of members", members=members, orders=len(orders), deliveries=told, differing=0)


def test_members_years_end_the_same_however_they_are_interleaved(counted: Counted) -> None:
    proven(12, 2, counted)


@pytest.mark.soak
def test_the_years_of_two_hundred_members_end_the_same(counted: Counted) -> None:
    proven(200, 3, counted)
