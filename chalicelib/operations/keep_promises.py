"""Keep what documents promised a member: issue rewards that were given, void those taken back.

::

    1  read     the account: what is promised                                       1 round trip
    2  code     of a reward to be issued: its item, put-if-absent                   1 round trip
    3  read     shop, account, counters, document, shards of stock                  1 round trip
    4  commit   redemption, account [, counters, stock, entry]                      1 round trip

2 to 4 for each promise. The code's item comes first: nobody can know the code before the commit,
and after it a crash would leave a code that leads nowhere. A crash anywhere leaves the promise in
the account, for the next delivery about the member, or for the sweep. Costs nothing where nothing
is promised.
"""

import msgspec

from chalicelib.domain.decision import Outcome
from chalicelib.domain.given_rewards import decide_promise
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Promise
from chalicelib.domain.outcome import InvariantBroken, Refusal
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.shared import reward_limits
from chalicelib.domain.promises import Happened
from chalicelib.domain.records import Redemption
from chalicelib.domain.redeeming import RedeemLoad, RedeemRequest
from chalicelib.operations.decide_and_commit import Work, decide_and_commit
from chalicelib.operations.following import document_keys, followed, ids_of
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.operations.redeem_reward import free_shard, shard_keys
from chalicelib.security.keyed_ids import code_of
from chalicelib.storage.codes import CodeOwner, write_code
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import account_key, counters_key, document_key, shop_key
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import program_of, with_rules_of_now
from chalicelib.storage.shops import Shop, shop_from_item, shop_secret
from chalicelib.storage.stock import budget_keys, budgets_of
from chalicelib.storage.table import Table


class LoadedPromise(msgspec.Struct, frozen=True):
    """The shop, and what the decision depends on."""

    shop: Shop
    redeem: RedeemLoad


def keep_promises_of(table: Table, shop: Shop, happened: Happened, now: Instant) -> None:
    """As ``keep_promises``, for everybody whom it may concern.

    Raises:
        Busy, StorageUnavailable: the rest is left to the next delivery, or the sweep.
    """
    people = (happened.document.member, *happened.others)
    for member in dict.fromkeys(name for name in people if name):
        keep_promises(table, shop, member, now)


def keep_promises(table: Table, shop: Shop, member: str, now: Instant) -> Account | None:
    """Do everything that is promised to ``member``, each once, whoever else does it too.

    The answer is the account of whoever has the member's books, as it was read.

    Raises:
        Busy, StorageUnavailable: the rest is left to the next time.
    """
    account = _account(table, shop.shop_id, member)
    if account is None:
        return None
    holder, state = account
    for name, promise in sorted(state.promises.items()):
        _keep(table, shop, (holder, name), (promise, now))
    version = shop.live_version(now)
    program = program_of(table, shop.shop_id, version) if version else None
    if program is not None and program.auto:
        from chalicelib.operations.redeem_by_itself import (  # noqa: PLC0415 - few programs do
            redeem_by_itself,
        )

        redeem_by_itself(table, shop, holder, now)
    return state


def _account(table: Table, shop: str, member: str) -> tuple[str, Account] | None:
    """Who has the member's books since a merge, and their account."""
    key = account_key(shop, member)
    items = table.load([key])
    holder = followed(table, shop, member, items)
    account = account_of(items.get(account_key(shop, holder)))
    return (holder, account) if account else None


def _keep(table: Table, shop: Shop, named: tuple[str, str], told: tuple[Promise, Instant]) -> None:
    """Keep one promise; ``named`` is (whose account, redemption id)."""
    (member, name), (promise, now) = named, told
    code = code_of(shop_secret(shop), name)
    if not promise.is_void:
        write_code(table, shop.shop_id, code, CodeOwner(member, name), _nothing_used_it)
    request = RedeemRequest(name, promise.reward, "", code)

    def decide(loaded: LoadedPromise) -> Outcome:
        return decide_promise(request, loaded.redeem, now)

    work: Work[LoadedPromise] = Work(
        document=document_key(shop.shop_id, member, "redemption", name),
        load=lambda _: _load(table, shop.shop_id, (member, request), (promise, now)),
        decide=decide,
    )
    decide_and_commit(table, work)


def _nothing_used_it(orders: tuple[str, ...]) -> None:
    """Nobody knows a code that was not issued; who guessed it is settled when it is used again."""


def _load(
    table: Table,
    shop_id: str,
    asked: tuple[str, RedeemRequest],
    told: tuple[Promise, Instant],
) -> LoadedPromise | Refusal:
    (member, request), (promise, now) = asked, told
    account, counters = account_key(shop_id, member), counters_key(shop_id, member)
    document = document_key(shop_id, member, "redemption", request.redemption_id)
    items = table.load([shop_key(shop_id), account, counters, document])
    shop = shop_from_item(items[shop_key(shop_id)])
    held = account_of(items.get(account))
    if held is None:
        raise InvariantBroken("who was promised something has an account")
    others = document_keys(shop_id, ids_of(member, held)[1:], "redemption", request.redemption_id)
    program = program_of(table, shop_id, promise.version)
    shards = [] if promise.is_void else _shards(table, shop, (program, request), now)
    shared = {} if promise.is_void else reward_limits(program, promise.reward, now)
    keys = [*others, *shards, *budget_keys(shop_id, shared)]
    more = table.load(keys) if keys else {}
    known = _known({**items, **more}, [document, *others])
    budgets = budgets_of(shop_id, shared, more)
    if known is not None and known.budgets:
        budgets = load_budgets(table, shop_id, {**dict.fromkeys(known.budgets, 0), **shared})
    redeem = RedeemLoad(
        shop=shop_id,
        member=member,
        account=held,
        document=known,
        program=with_rules_of_now(table, shop, program, now),
        counters=counters_of(items.get(counters)),
        stock_shard=free_shard(more, shards, request),
        budgets=budgets,
    )
    return LoadedPromise(shop, redeem)


def _known(items: dict[Key, Item], keys: list[Key]) -> Redemption | None:
    """The redemption as it stands, under whichever id of the member."""
    found = (document_of(items.get(key), Redemption) for key in keys)
    return next((each for each in found if each is not None), None)


def _shards(
    table: Table, shop: Shop, wanted: tuple[CompiledProgram, RedeemRequest], now: Instant
) -> list[Key]:
    """Where stock of the reward is: as it is dealt now, where the program still has it."""
    program, request = wanted
    live = program_of(table, shop.shop_id, shop.live_version(now))
    known = live if request.reward_id in live.rewards else program
    return shard_keys(known, request, shop.shop_id)
