"""What tests do with household pools, in the fewest words."""

from typing import Any

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.ledger import Entry
from chalicelib.domain.lots import Balance, balance
from chalicelib.domain.member import Account, Pool
from chalicelib.domain.pool_shares import shares
from chalicelib.domain.pooling import PlaceWish
from chalicelib.operations.load_pool import PoolCommand
from chalicelib.operations.manage_pools import (
    create_pool,
    dissolve_pool,
    invite_to_pool,
    join_pool,
    leave_pool,
)
from chalicelib.operations.put_into_pool import put_into_pool
from chalicelib.operations.redeem_from_pool import (
    PoolRedeemCommand,
    redeem_from_pool,
    undo_in_pool,
)
from chalicelib.security.keyed_ids import invitation_id, pool_id
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from tests.builders import NOON, SHOP_KEY, TEA, Scene, program, recorded, unit
from tests.conservation import verify_member

SHARED = {"members_max": 3}


def pool_name(scene: Scene, owner: str = "77", key: str = "p1") -> str:
    return pool_id(SHOP_KEY, scene.member(owner), key)


def about(scene: Scene, who: str = "77", pool: str = "") -> PoolCommand:
    return PoolCommand(
        scene.shop, pool or pool_name(scene), scene.member(who), "operator", scene.now
    )


def create(scene: Scene, owner: str = "77", key: str = "p1", **wish: Any) -> Any:
    command = about(scene, owner, pool_name(scene, owner, key))
    return create_pool(scene.table, command, ("points", PlaceWish(**wish)), key)


def invite(scene: Scene, owner: str = "77", key: str = "i1") -> Any:
    secret = invitation_id(SHOP_KEY, pool_name(scene), scene.member(owner), key)
    return invite_to_pool(scene.table, about(scene, owner), secret)


def accept(scene: Scene, who: str = "88", key: str = "i1", **wish: Any) -> Any:
    secret = invitation_id(SHOP_KEY, pool_name(scene), scene.member(), key)
    return join_pool(scene.table, about(scene, who), PlaceWish(invitation=secret, **wish))


def add(scene: Scene, who: str = "88", pool: str = "", **wish: Any) -> Any:
    return join_pool(scene.table, about(scene, who, pool), PlaceWish(is_vouched=True, **wish))


def leave(scene: Scene, who: str = "88", pool: str = "") -> Any:
    return leave_pool(scene.table, about(scene, who, pool))


def dissolve(scene: Scene) -> Any:
    return dissolve_pool(scene.table, about(scene))


def put(scene: Scene, points: int, who: str = "88", key: str = "c1", pool: str = "") -> Any:
    return put_into_pool(scene.table, about(scene, who, pool), points, key)


def take(
    scene: Scene, who: str = "88", key: str = "r1", reward: str = "five-off", pool: str = ""
) -> Any:
    """A reward that the pool pays."""
    command = PoolRedeemCommand(
        scene.shop,
        pool or pool_name(scene),
        scene.member(who),
        reward,
        key,
        scene.now,
        scene.now,
    )
    return redeem_from_pool(scene.table, command)


def undo(scene: Scene, document: Any, who: str = "88") -> Any:
    named = (pool_name(scene), scene.member(who), document.id)
    return undo_in_pool(scene.table, scene.shop, named, scene.now)


def cancelled(scene: Scene) -> Any:
    """The order of customer 88 is taken back, whole."""
    told: dict[str, Any] = {"status": OrderStatus.CANCELLED, "version": NOON + 1}
    return scene.pay(4_000, "2", customer=Customer("88"), **told)


def pool_account(scene: Scene) -> Account:
    key = account_key(scene.shop, pool_name(scene))
    account = account_of(scene.table.load([key]).get(key))
    assert account is not None
    return account


def shared(scene: Scene) -> Pool:
    pool = pool_account(scene).pool
    assert pool is not None
    return pool


def pooled(scene: Scene) -> Balance:
    return balance(pool_account(scene).units["points"], scene.now)


def owned(scene: Scene) -> dict[str, int]:
    """Whose how many of the pool's points are, by customer."""
    parts = shares(shared(scene), pooled(scene).available)
    names = {scene.member(who): who for who in ("77", "88", "99")}
    return {names[member]: points for member, points in parts.items()}


def pool_journal(scene: Scene) -> tuple[Entry, ...]:
    return whole_journal(scene.table, scene.shop, pool_name(scene))


def verify_pool(scene: Scene) -> None:
    """The invariants of any account hold for the pool's."""
    verify_member(scene.shop, pool_name(scene), pool_account(scene), pool_journal(scene))


def household(scene: Scene, rule: dict[str, Any] | None = None, **changes: Any) -> Scene:
    """Customers 77 (100 points, owner), 88 (40) and 99 (20); 77 and 88 share an empty pool."""
    rewards = changes.pop("rewards", TEA["rewards"])
    causes = changes.pop("causes", [])
    units = unit(**{"pool": rule or SHARED, **changes})
    scene.publish(program(units=units, rewards=rewards, causes=causes))
    scene.pay(10_000)
    scene.pay(4_000, "2", customer=Customer("88"))
    scene.pay(2_000, "3", customer=Customer("99"))
    recorded(create(scene))
    recorded(add(scene))
    return scene
