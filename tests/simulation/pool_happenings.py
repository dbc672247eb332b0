"""What can happen to households in a history: pools made, joined, filled, spent from and left.

They live in a world of their own, whose judges are the twin, the invariants, and one sum: pools
pass points on and pay rewards, and make and lose none.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pooling import PlaceWish
from chalicelib.operations.manage_pools import (
    dissolve_pool,
    invite_to_pool,
    join_pool,
)
from chalicelib.operations.put_into_pool import put_into_pool
from chalicelib.operations.redeem_from_pool import undo_in_pool
from chalicelib.security.keyed_ids import invitation_id
from tests.builders import SHOP_KEY, Scene
from tests.operations.verbs_of_pools import about, add, create, leave, pool_name, take
from tests.simulation.cause_happenings import instead_of_pools
from tests.simulation.histories import History, Step
from tests.simulation.model import KnownRedemption
from tests.simulation.openings import CUSTOMERS

COSTS = {"five-off": 50, "mug": 30, "soon": 40}
Make = Callable[[History, str, str], Step]


def founds(history: History) -> Step:
    """Somebody makes a pool."""
    if history.world != "shared":
        return instead_of_pools(history)
    who, key = history.dice.pick(CUSTOMERS), f"p{history.steps}"
    gives_all = history.dice.one_in(2)
    name = pool_name(history.scene, who, key)

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.pools[name] = who

    def act(scene: Scene) -> Any:
        return create(scene, who, key, gives_all=gives_all)

    return Step(f"pool {who}", act, tell, frozenset({who}))


def in_a_pool(make: Make) -> Callable[[History], Step]:
    """``make`` for some pool, where there is one, and who made it, or somebody."""

    def step(history: History) -> Step:
        if not history.pools:
            return founds(history)
        pool, who = history.dice.pick(list(history.pools)), history.dice.pick(CUSTOMERS)
        return make(history, pool, history.pools[pool] if history.dice.one_in(2) else who)

    return step


def _step(what: str, who: str, act: Callable[[Scene], Any]) -> Step:
    return Step(f"{what} {who}", act, lambda _: None, frozenset({who}))


def comes(history: History, pool: str, who: str) -> Step:
    gives_all = history.dice.one_in(2)
    return _step("into a pool", who, lambda s: add(s, who, pool, gives_all=gives_all))


def asks(history: History, pool: str, who: str) -> Step:
    """The owner invites, mostly; who is invited comes with the next step of that kind."""
    owner = history.pools[pool] if history.dice.below(4) else who
    secret = invitation_id(SHOP_KEY, pool, history.scene.member(owner), "i")
    if history.dice.one_in(2):
        wish = PlaceWish(invitation=secret)
        return _step("accept", who, lambda s: join_pool(s.table, about(s, who, pool), wish))
    return _step("invite", owner, lambda s: invite_to_pool(s.table, about(s, owner, pool), secret))


def puts(history: History, pool: str, who: str) -> Step:
    points, key = history.dice.between(1, 80), f"c{history.steps}"
    return _step(
        f"put {points}", who, lambda s: put_into_pool(s.table, about(s, who, pool), points, key)
    )


def takes(history: History, pool: str, who: str) -> Step:
    """The pool pays; what it paid it keeps, also where a member's code would come back."""
    reward, key = history.dice.pick(tuple(COSTS)), f"g{history.steps}"

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.of_pools[key] = answer.document
            history.model.redemptions[key] = KnownRedemption("", COSTS[reward])

    def act(scene: Scene) -> Any:
        return take(scene, who, key, reward, pool)

    return Step(f"take {reward} {who}", act, tell, frozenset({who}))


def undoes(history: History, pool: str, who: str) -> Step:
    """Whoever took it, mostly; of this pool or of another."""
    if not history.of_pools:
        return takes(history, pool, who)
    key = history.dice.pick(list(history.of_pools))
    made = history.of_pools[key]
    names = {history.scene.member(each): each for each in CUSTOMERS}
    member = made.by if history.dice.below(4) else history.scene.member(who)

    def tell(answer: Any) -> None:
        if not isinstance(answer, Refusal):
            history.model.undo(key)

    def act(scene: Scene) -> Any:
        return undo_in_pool(scene.table, scene.shop, (made.member, member, made.id), scene.now)

    return Step(f"undo {key} {names.get(member, member)}", act, tell, frozenset({who}))


def goes(history: History, pool: str, who: str) -> Step:
    return _step("leave", who, lambda s: leave(s, who, pool))


def ends(history: History, pool: str, who: str) -> Step:
    """The owner dissolves the pool; not often."""
    if history.dice.one_in(2):
        return puts(history, pool, who)
    owner = history.pools[pool]
    return _step("dissolve", owner, lambda s: dissolve_pool(s.table, about(s, owner, pool)))


POOLS: tuple[tuple[int, Callable[[History], Step]], ...] = (
    (2, founds),
    (3, in_a_pool(comes)),
    (2, in_a_pool(asks)),
    (4, in_a_pool(puts)),
    (4, in_a_pool(takes)),
    (3, in_a_pool(undoes)),
    (1, in_a_pool(goes)),
    (1, in_a_pool(ends)),
)
"""How often each happens, of all weights of ``happenings``."""
