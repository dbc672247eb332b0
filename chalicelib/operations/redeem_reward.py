"""Redeem a reward: spend the points, then let the code lead back to the redemption.

::

    1  read     shop, account, counters, document, code item, shards of stock        1 round trip
    2  commit   document (ready, with its code), entry, account [, counters, stock]  1 round trip
    3  fulfil   the code's item, put-if-absent                                       1 round trip

A crash between 2 and 3 is mended by the retry: the replay sees that the code's item is missing.
No shop is called here; where no connector makes codes, the code is ours and ready at once.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.budgets import Budgets
from chalicelib.domain.causes import lacks_code
from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import redeem_stop, stopped
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.pricing import Wish, asked
from chalicelib.domain.program.rewards import find_reward
from chalicelib.domain.program.shared import reward_limits
from chalicelib.domain.records import Redemption, request_hash
from chalicelib.domain.redeeming import NO_STOCK_LEFT, RedeemLoad, RedeemRequest, decide_redeem
from chalicelib.domain.standing import facts_of
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import ERASED, booked_to, followed, member_state_keys
from chalicelib.operations.settle_codes import settle_waiting
from chalicelib.security.keyed_ids import code_of, redemption_id
from chalicelib.storage.codes import CodeOwner, is_led, write_code
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    code_key,
    document_key,
    shop_key,
    stock_key,
)
from chalicelib.storage.members import account_of, counters_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.stock import budget_keys, budgets_of, has_stock, stock_shards
from chalicelib.storage.table import Table


class RedeemCommand(msgspec.Struct, frozen=True):
    """Who wants which reward, and how much of it."""

    shop: str
    member: str
    reward_id: str
    idempotency_key: str
    now: Instant
    wall_now: Instant
    wish: Wish = Wish()


class LoadedRedemption(msgspec.Struct, frozen=True):
    """The shop, what the decision depends on, and whether the code leads back already."""

    shop: Shop
    redeem: RedeemLoad
    has_code: bool
    holder: str = ""  # whose books they are, if the member was merged


def redeem_reward(table: Table, command: RedeemCommand) -> Recorded[LoadedRedemption] | Refusal:
    """Spend points for a reward, once per idempotency key. The document is a ``Redemption``.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    recent = find_recent_shop(table, command.shop, command.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    identity = redemption_id(command.member, command.idempotency_key)
    request = RedeemRequest(
        redemption_id=identity,
        reward_id=command.reward_id,
        request_hash=request_hash(
            "redeem", command.member, command.reward_id, *asked(command.wish)
        ),
        code=code_of(shop_secret(recent), identity),
        wish=command.wish,
    )
    work: Work[LoadedRedemption] = Work(
        document=document_key(command.shop, command.member, "redemption", identity),
        load=lambda _: _load(table, command, request, recent),
        decide=lambda loaded: booked_to(
            _decide(request, loaded, command.now), command.member, loaded.holder
        ),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded) and lacks_code(result.document, result.loaded.has_code):
        return _fulfilled(table, command, request, result)
    return result


def _decide(request: RedeemRequest, loaded: LoadedRedemption, now: Instant) -> Outcome:
    stop = redeem_stop(loaded.redeem.program, loaded.shop.pauses, now)
    return stopped(decide_redeem(request, loaded.redeem, now), stop)


def _fulfilled(
    table: Table,
    command: RedeemCommand,
    request: RedeemRequest,
    result: Recorded[LoadedRedemption],
) -> Recorded[LoadedRedemption]:
    """Let the code lead back, and settle what used it before it did."""
    owner = CodeOwner(command.member, request.redemption_id)
    settled: list[str] = []

    def settle(orders: tuple[str, ...]) -> None:
        settle_waiting(table, command.shop, owner, command.now, orders)
        settled.extend(orders)

    write_code(table, command.shop, request.code, owner, settle)
    if not settled:
        return result
    key = document_key(command.shop, command.member, "redemption", request.redemption_id)
    document = document_of(table.load([key]).get(key), Redemption)
    return msgspec.structs.replace(result, document=document or result.document)


def _load(
    table: Table, command: RedeemCommand, request: RedeemRequest, recent: Shop
) -> LoadedRedemption | Refusal:
    shop_id, member = command.shop, command.member
    where = shop_id, command.now
    expected = room_keys(_program(table, recent, command.now), request, where)
    document = document_key(shop_id, member, "redemption", request.redemption_id)
    code = code_key(shop_id, request.code)
    state = member_state_keys(shop_id, member)
    items = table.load([shop_key(shop_id), document, code, *state, *expected])
    shop = shop_from_item(items[shop_key(shop_id)])
    holder = followed(table, shop_id, member, items)
    account, counters, profile = member_state_keys(shop_id, holder)
    held = account_of(items.get(account))
    if held is not None and held.erased_at:
        return ERASED
    program = _program(table, shop, command.now)
    room = room_keys(program, request, where)
    if not set(room) <= set(expected):  # a version newer than we knew
        items |= table.load(room)
    person = profile_of(items.get(profile))
    facts = MemberFacts()
    if held is not None and program is not None:
        facts = facts_of(held, person, program, command.now)
    redeem = RedeemLoad(
        shop=shop_id,
        member=member,
        account=held,
        document=document_of(items.get(document), Redemption),
        program=program,
        counters=counters_of(items.get(counters)),
        facts=facts,
        stock_shard=free_shard(items, shard_keys(program, request, shop_id), request),
        budgets=turns(program, request, where, items),
    )
    return LoadedRedemption(shop, redeem, code in items and is_led(items[code]), holder)


def _program(table: Table, shop: Shop, now: Instant) -> CompiledProgram | None:
    version = shop.live_version(now)
    return program_of(table, shop.shop_id, version) if version else None


def room_keys(
    program: CompiledProgram | None, request: RedeemRequest, where: tuple[str, Instant]
) -> list[Key]:
    """What all members share of the reward: stock, and turns. ``where`` is (shop, now)."""
    shop, now = where
    shared = reward_limits(program, request.reward_id, now)
    return [*shard_keys(program, request, shop), *budget_keys(shop, shared)]


def turns(
    program: CompiledProgram | None,
    request: RedeemRequest,
    where: tuple[str, Instant],
    items: Mapping[Key, Item],
) -> Budgets:
    """What is left of the limit that all members share, as it was read."""
    shop, now = where
    return budgets_of(shop, reward_limits(program, request.reward_id, now), items)


def shard_keys(program: CompiledProgram | None, request: RedeemRequest, shop: str) -> list[Key]:
    """The shards of the reward's stock; none where it has no stock."""
    reward = find_reward(program, request.reward_id) if program else None
    if reward is None or reward.stock is None:
        return []
    return [stock_key(shop, reward.id, shard) for shard in range(stock_shards(reward.stock))]


def free_shard(items: Mapping[Key, Item], keys: list[Key], request: RedeemRequest) -> int | None:
    """The shard to take from: of those that have some left, the first after the redemption's own.

    What was read may be gone by the commit; then the next load reads the shards again.
    """
    if not keys:
        return None
    start = sum(request.redemption_id.encode())
    order = ((start + step) % len(keys) for step in range(len(keys)))
    left = (shard for shard in order if keys[shard] in items and has_stock(items[keys[shard]]))
    return next(left, NO_STOCK_LEFT)
