"""Let a pool pay for a reward, and undo that: as ``redeem_reward``, in the pool's account.

::

    1  read     shop, pool, who asks, document, code item, shards of stock        1 round trip
       read     who else gives all, where the pool asks for it                    1 more
    2  commit   redemption (names who), entry, pool [, what was drawn, counters, stock]
    3  fulfil   the code's item, put-if-absent

Limits, tier and audience of a reward are those of the member who asks; the points are the pool's.
"""

from functools import partial

import msgspec

from chalicelib.domain.causes import lacks_code
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, MemberFacts
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import redeem_stop, stopped
from chalicelib.domain.pool_redeeming import PoolRedeemLoad, decide_pool_redeem, decide_pool_undo
from chalicelib.domain.pooling import NO_POOL
from chalicelib.domain.program.pricing import Wish, asked
from chalicelib.domain.records import Redemption, request_hash
from chalicelib.domain.redeeming import RedeemLoad, RedeemRequest
from chalicelib.domain.standing import facts_of
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import ERASED, followed, member_state_keys
from chalicelib.operations.load_pool import live_program, sharer_of
from chalicelib.operations.manage_pools import pay_out_late
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.operations.redeem_reward import free_shard, room_keys, shard_keys, turns
from chalicelib.operations.settle_codes import settle_waiting
from chalicelib.security.keyed_ids import code_of, redemption_id
from chalicelib.storage.codes import CodeOwner, is_led, write_code
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, code_key, document_key, shop_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.stock import unsettled_keys, unsettled_of
from chalicelib.storage.table import Table

REDEMPTION_UNKNOWN = Refusal(RefusalCode.REDEMPTION_UNKNOWN, "There is no such redemption.")


class PoolRedeemCommand(msgspec.Struct, frozen=True):
    """Who wants which reward from which pool."""

    shop: str
    pool: str
    member: str
    reward_id: str
    idempotency_key: str
    now: Instant
    wall_now: Instant
    wish: Wish = Wish()


class LoadedPoolRedemption(msgspec.Struct, frozen=True):
    """The shop, what the decision depends on, and whether the code leads back already."""

    shop: Shop
    redeem: PoolRedeemLoad
    has_code: bool = True


def redeem_from_pool(
    table: Table, command: PoolRedeemCommand
) -> Recorded[LoadedPoolRedemption] | Refusal:
    """Spend the pool's points, once per idempotency key of the member.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    recent = find_recent_shop(table, command.shop, command.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    identity = redemption_id(f"{command.pool}:{command.member}", command.idempotency_key)
    request = RedeemRequest(
        redemption_id=identity,
        reward_id=command.reward_id,
        request_hash=request_hash(
            "redeem", command.pool, command.member, command.reward_id, *asked(command.wish)
        ),
        code=code_of(shop_secret(recent), identity),
        by=command.member,
        wish=command.wish,
    )
    work: Work[LoadedPoolRedemption] = Work(
        document=document_key(command.shop, command.pool, "redemption", identity),
        load=lambda _: _load(table, command, request),
        decide=lambda loaded: stopped(
            decide_pool_redeem(_by_holder(request, loaded), loaded.redeem, command.now),
            redeem_stop(loaded.redeem.redeem.program, loaded.shop.pauses, command.now),
        ),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded) and lacks_code(result.document, result.loaded.has_code):
        owner = CodeOwner(command.pool, identity)
        settle = partial(settle_waiting, table, command.shop, owner, command.now)
        write_code(table, command.shop, request.code, owner, settle)
    return result


def undo_in_pool(
    table: Table, shop: str, named: tuple[str, str, str], now: Instant
) -> Recorded[LoadedPoolRedemption] | Refusal:
    """Give the points back to the pool; ``named`` is (pool, who took it, redemption).

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    pool, _, redemption = named
    work: Work[LoadedPoolRedemption] = Work(
        document=document_key(shop, pool, "redemption", redemption),
        load=lambda _: _load_undo(table, shop, named, now),
        decide=lambda loaded: decide_pool_undo(loaded.redeem, now),
    )
    result = decide_and_commit(table, work)
    paid = result.loaded.redeem.redeem.account if isinstance(result, Recorded) else None
    if paid is not None:
        pay_out_late(table, shop, (pool, paid), now)
    return result


def find_in_pool(table: Table, shop: str, named: tuple[str, str, str]) -> Redemption | None:
    """The redemption of a pool that the member took; ``named`` as of ``undo_in_pool``."""
    pool, member, redemption = named
    key = document_key(shop, pool, "redemption", redemption)
    items = table.load([key, account_key(shop, member)])
    found = document_of(items.get(key), Redemption)
    if found is None or not found.by:
        return None
    holder = followed(table, shop, member, items)
    return found if _took(table, shop, found, holder) else None


def _by_holder(request: RedeemRequest, loaded: LoadedPoolRedemption) -> RedeemRequest:
    return msgspec.structs.replace(request, by=loaded.redeem.taker.member)


def _load(
    table: Table, command: PoolRedeemCommand, request: RedeemRequest
) -> LoadedPoolRedemption | Refusal:
    shop_id, member, pool = command.shop, command.member, command.pool
    document = document_key(shop_id, pool, "redemption", request.redemption_id)
    code = code_key(shop_id, request.code)
    state = member_state_keys(shop_id, member)
    items = table.load([shop_key(shop_id), document, code, account_key(shop_id, pool), *state])
    shop = shop_from_item(items[shop_key(shop_id)])
    taker = sharer_of(shop_id, followed(table, shop_id, member, items), items)
    account = account_of(items.get(account_key(shop_id, pool)))
    if account is None or account.pool is None:
        return NO_POOL
    if taker.account is not None and taker.account.erased_at:
        return ERASED
    program = live_program(table, shop, command.now)
    person = profile_of(items.get(member_state_keys(shop_id, taker.member)[2]))
    facts = MemberFacts()
    if taker.account is not None and program is not None:
        facts = facts_of(taker.account, person, program, command.now)
    known = document_of(items.get(document), Redemption)
    others = () if known is not None else _givers(account, taker.member)
    where = shop_id, command.now
    room = room_keys(program, request, where)
    further = [*room, *(account_key(shop_id, name) for name in others)]
    items |= table.load(further) if further else {}
    redeem = RedeemLoad(
        shop=shop_id,
        member=pool,
        account=account,
        document=known,
        program=program,
        counters=taker.counters,
        facts=facts,
        stock_shard=free_shard(items, shard_keys(program, request, shop_id), request),
        budgets=turns(program, request, where, items),
    )
    sharers = tuple(sharer_of(shop_id, name, items) for name in others)
    has_code = code in items and is_led(items[code])
    return LoadedPoolRedemption(shop, PoolRedeemLoad(redeem, taker, sharers), has_code)


def _givers(account: Account, taker: str) -> tuple[str, ...]:
    """Who else gives all to the pool, in the order in which they came."""
    places = account.pool.places if account.pool else {}
    return tuple(name for name, place in places.items() if place.gives_all and name != taker)


def _load_undo(
    table: Table, shop_id: str, named: tuple[str, str, str], now: Instant
) -> LoadedPoolRedemption | Refusal:
    pool, member, redemption = named
    document = document_key(shop_id, pool, "redemption", redemption)
    state = member_state_keys(shop_id, member)
    items = table.load([shop_key(shop_id), document, account_key(shop_id, pool), *state])
    known = document_of(items.get(document), Redemption)
    account = account_of(items.get(account_key(shop_id, pool)))
    taker = sharer_of(shop_id, followed(table, shop_id, member, items), items)
    if known is None or account is None or not _took(table, shop_id, known, taker.member):
        return REDEMPTION_UNKNOWN
    shop = shop_from_item(items[shop_key(shop_id)])
    program = program_of(table, shop_id, known.program_version)
    program = with_rules_of_now(table, shop, program, now)
    causes = (known.cause,) if known.cause else ()
    items |= table.load(unsettled_keys(shop_id, causes)) if causes else {}
    redeem = RedeemLoad(
        shop_id,
        pool,
        account,
        known,
        program,
        taker.counters,
        unsettled=unsettled_of(shop_id, causes, items),
        budgets=load_budgets(table, shop_id, dict.fromkeys(known.budgets, 0)),
    )
    return LoadedPoolRedemption(shop, PoolRedeemLoad(redeem, taker))


def _took(table: Table, shop: str, redemption: Redemption, member: str) -> bool:
    """Whether the member took it, under whatever id they had then."""
    if redemption.by == member:
        return True
    items = table.load([account_key(shop, redemption.by)]) if redemption.by else {}
    return bool(items) and followed(table, shop, redemption.by, items) == member
