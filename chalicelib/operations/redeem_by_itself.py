"""Rewards that nobody asks for: redeemed as soon as their points are there, again and again.

::

    10 stamps or more, a reward for 10    redeem: key ``auto:<reward>:<number of the last entry>``
    stamps are owed                       undo the newest of them that nobody used
    else                                  nothing

Each is the ordinary verb, so limit, stock and segment hold and it is done exactly once: what the
points were is spent by the one commit that took them, under the account's revision, and who comes
second finds them gone. Who has a reward while its points are owed (the order that gave them was
refunded) gives it back, if it is unused. What a crash leaves is done by the next delivery, or by
the sweep.
"""

from collections.abc import Iterator

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import AUTO_AT_ONCE_MAX
from chalicelib.domain.lots import balance
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.document import Reward
from chalicelib.domain.records import Redemption, RedemptionStatus
from chalicelib.operations.following import ids_of
from chalicelib.operations.redeem_reward import RedeemCommand, redeem_reward
from chalicelib.operations.undo_redemption import undo_redemption
from chalicelib.security.keyed_ids import code_of, redemption_id
from chalicelib.storage.codes import CodeOwner, write_code
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_secret
from chalicelib.storage.table import Table


def redeem_by_itself(table: Table, shop: Shop, member: str, now: Instant) -> None:
    """Redeem what is due of a member who has the books; at most so many at once.

    Raises:
        Busy, StorageUnavailable: the rest is left to the next time.
    """
    program = program_of(table, shop.shop_id, shop.live_version(now))
    refused: set[str] = set()
    for _ in range(AUTO_AT_ONCE_MAX):
        account = _account(table, shop, member)
        if account is None or account.erased_at or account.merged_into:
            return
        if _gave_back(table, shop, (member, account), (program, now)):
            continue
        reward = next(_due(program, account, now, refused), None)
        if reward is None:
            return
        if not _redeemed(table, shop, (member, f"auto:{reward.id}:{account.seq}", reward.id), now):
            refused.add(reward.id)


def _account(table: Table, shop: Shop, member: str) -> Account | None:
    key = account_key(shop.shop_id, member)
    return account_of(table.load([key]).get(key))


def _due(
    program: CompiledProgram, account: Account, now: Instant, refused: set[str]
) -> Iterator[Reward]:
    """Rewards whose points are there, the dearest first, then by id."""
    rewards = (each for each in program.program.rewards if each.auto and each.id not in refused)
    costs = [(-(reward.cost.amount or 0), reward.id, reward) for reward in rewards if reward.cost]
    for cost, _, reward in sorted(costs, key=lambda each: each[:2]):
        unit = reward.cost.unit if reward.cost else ""
        if balance(account.units.get(unit, UnitState()), now).available >= -cost:
            yield reward


def _redeemed(table: Table, shop: Shop, wanted: tuple[str, str, str], now: Instant) -> bool:
    """Redeem for (member, key, reward); False: it may not be had now.

    The code leads back before it is anybody's: a crash leaves none that leads nowhere.
    """
    member, key, reward = wanted
    identity = redemption_id(member, key)
    code = code_of(shop_secret(shop), identity)
    write_code(table, shop.shop_id, code, CodeOwner(member, identity), lambda _: None)
    command = RedeemCommand(shop.shop_id, member, reward, key, now, now)
    return not isinstance(redeem_reward(table, command), Refusal)


def _gave_back(
    table: Table, shop: Shop, owner: tuple[str, Account], told: tuple[CompiledProgram, Instant]
) -> bool:
    """Give the newest unused one back whose points are owed; whether there was one."""
    (member, account), (program, now) = owner, told
    owing = {unit for unit in program.auto if account.units.get(unit, UnitState()).deficit}
    for name in reversed(account.open_redemptions) if owing else ():
        found = _redemption(table, shop, (member, account), name)
        is_unused = found is not None and found.status is RedemptionStatus.READY
        if found is not None and is_unused and found.auto and found.unit in owing:
            owner_id = (found.member, found.id)
            return not isinstance(undo_redemption(table, shop.shop_id, owner_id, now), Refusal)
    return False


def _redemption(
    table: Table, shop: Shop, owner: tuple[str, Account], name: str
) -> Redemption | None:
    keys = [document_key(shop.shop_id, each, "redemption", name) for each in ids_of(*owner)]
    found = (document_of(item, Redemption) for item in table.load(keys).values())
    return next((each for each in found if each is not None), None)
