"""Redeem a reward: spend the points, then let the code lead back to the redemption.

::

    1  read     shop, account, counters, document, code item, first shard of stock   1 round trip
    2  commit   document (ready, with its code), entry, account [, counters, stock]  1 round trip
    3  fulfil   the code's item, put-if-absent                                       1 round trip

A crash between 2 and 3 is mended by the retry: the replay sees that the code's item is missing.
No shop is called here; where no connector makes codes, the code is ours and ready at once.
"""

from dataclasses import dataclass

from chalicelib.domain.instants import Instant
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.rewards import find_reward
from chalicelib.domain.records import Redemption, request_hash
from chalicelib.domain.redeeming import NO_STOCK_LEFT, RedeemLoad, RedeemRequest, decide_redeem
from chalicelib.domain.standing import facts_of
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.security.keyed_ids import code_of, redemption_id
from chalicelib.storage.codes import CodeOwner, write_code
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import (
    account_key,
    code_key,
    counters_key,
    document_key,
    profile_key,
    shop_key,
)
from chalicelib.storage.members import account_of, counters_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.stock import stock_shards
from chalicelib.storage.table import Table


@dataclass(frozen=True, slots=True)
class RedeemCommand:
    """Who wants which reward."""

    shop: str
    member: str
    reward_id: str
    idempotency_key: str
    now: Instant
    wall_now: Instant


@dataclass(frozen=True, slots=True)
class LoadedRedemption:
    """The shop, what the decision depends on, and whether the code leads back already."""

    shop: Shop
    redeem: RedeemLoad
    has_code: bool


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
        request_hash=request_hash("redeem", command.member, command.reward_id),
        code=code_of(shop_secret(recent), identity),
    )
    work: Work[LoadedRedemption] = Work(
        document=document_key(command.shop, command.member, "redemption", identity),
        load=lambda shards: _load(table, command, request, shards),
        decide=lambda loaded: decide_redeem(request, loaded.redeem, command.now),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded) and not result.loaded.has_code:
        write_code(table, command.shop, request.code, CodeOwner(command.member, identity))
    return result


def _load(
    table: Table, command: RedeemCommand, request: RedeemRequest, shards_tried: int
) -> LoadedRedemption | Refusal:
    shop_id, member = command.shop, command.member
    document = document_key(shop_id, member, "redemption", request.redemption_id)
    code = code_key(shop_id, request.code)
    account, counters = account_key(shop_id, member), counters_key(shop_id, member)
    profile = profile_key(shop_id, member)
    items = table.load([shop_key(shop_id), document, account, counters, code, profile])
    shop = shop_from_item(items[shop_key(shop_id)])
    held = account_of(items.get(account))
    program = program_of(table, shop_id, shop.program_version) if shop.program_version else None
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
        stock_shard=_shard(program, request, shards_tried),
    )
    return LoadedRedemption(shop, redeem, code in items)


def _shard(program: CompiledProgram | None, request: RedeemRequest, tried: int) -> int | None:
    """The shard to take from next: a start by redemption, then every other one; -1 when none."""
    reward = find_reward(program, request.reward_id) if program else None
    if reward is None or reward.stock is None:
        return None
    shards = stock_shards(reward.stock)
    if tried >= shards:
        return NO_STOCK_LEFT
    start = sum(request.redemption_id.encode())
    return (start + tried) % shards
