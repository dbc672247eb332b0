"""Household pools in the proofs: every verb of theirs, and the pairs that meet in one pool."""

from typing import Any

import msgspec

from chalicelib.domain.events import Customer
from chalicelib.security.keyed_ids import redemption_id
from tests.builders import NOON, Scene, recorded, unit
from tests.operations.verbs_of_pools import (
    accept,
    add,
    create,
    dissolve,
    invite,
    leave,
    pool_name,
    put,
    take,
    undo,
)
from tests.simulation.interleaving import Request
from tests.simulation.rivals import Meeting
from tests.simulation.verbs import BLANK, Act, Verb, funded
from tests.simulation.worlds import plain


def sharing() -> dict[str, Any]:
    """The plain program, where households share points."""
    return plain(units=unit(pool={}))


def household(scene: Scene) -> None:
    """77 (160 left) put in 60; 88 gives all of 120; 99 has 70 and shares nothing."""
    funded(scene)
    recorded(scene.pay(10_000, "0002", customer=Customer("88")))
    recorded(scene.pay(5_000, "0003", customer=Customer("99")))
    recorded(create(scene))
    recorded(add(scene, gives_all=True))
    recorded(put(scene, 60, "77", "first"))


def _spent(scene: Scene) -> None:
    """As ``household``, after one reward: 10 are left in the pool."""
    household(scene)
    recorded(take(scene))


def _invited(scene: Scene) -> None:
    household(scene)
    recorded(invite(scene))


def _undo(scene: Scene) -> Any:
    identity = redemption_id(f"{pool_name(scene)}:{scene.member('88')}", "r1")
    return undo(scene, msgspec.structs.replace(BLANK, id=identity))


def _order(scene: Scene) -> Any:
    return scene.pay(3_000, "88-1", at=NOON, customer=Customer("88"))


def _verb(name: str, act: Act, prepare: Act = household) -> Verb:
    return Verb(name, act, prepare, sharing)


def _meeting(name: str, first: Request, second: Request, prepare: Act = household) -> Meeting:
    return Meeting(name, (first, second), prepare, sharing)


POOL_VERBS = (
    _verb("new pool", create, funded),
    _verb("invitation to a pool", invite),
    _verb("invitation accepted", lambda s: accept(s, "99"), _invited),
    _verb("member added to a pool", lambda s: add(s, "99")),
    _verb("put into a pool", lambda s: put(s, 30)),
    _verb("reward of a pool", lambda s: take(s, "77")),
    _verb("reward drawn on others", lambda s: take(s, "77", "r2"), _spent),
    _verb("undo in a pool", _undo, _spent),
    _verb("leave a pool", lambda s: leave(s, "77")),
    _verb("dissolve a pool", dissolve),
)
POOL_MEETINGS = (
    _meeting("one put in twice", lambda s: put(s, 30), lambda s: put(s, 30)),
    _meeting("put in and take", lambda s: put(s, 110), take),
    _meeting("put in and leave", lambda s: put(s, 30), leave),
    _meeting("take and leave", lambda s: take(s, "77"), leave),
    _meeting("two draws on one member", lambda s: take(s, "77", "a"), take, _spent),
    _meeting("draw and order", lambda s: take(s, key="b"), _order, _spent),
    _meeting("both leave", leave, lambda s: leave(s, "77")),
    _meeting("leave and dissolve", leave, dissolve),
    _meeting("one pool twice", create, create, funded),
    _meeting("one invitation twice", invite, invite),
    _meeting("one undo in a pool twice", _undo, _undo, _spent),
    _meeting("undo in a pool and leave", _undo, leave, _spent),
    _meeting(
        "one invitation for one", lambda s: accept(s, "99"), lambda s: accept(s, "99"), _invited
    ),
)
