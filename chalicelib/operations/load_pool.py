"""Read a pool, a member and what is between them: one round trip, two for a merged member."""

import msgspec

from chalicelib.domain.instants import Instant
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pooling import PoolLoad, Sharer
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import request_hash
from chalicelib.operations.following import ERASED, followed, member_state_keys
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of, counters_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import Table


class PoolCommand(msgspec.Struct, frozen=True):
    """What is asked about a pool and a member, and by whom."""

    shop: str
    pool: str
    member: str
    actor: str  # api key id, "operator" or "member"
    now: Instant


class LoadedPool(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    pool: PoolLoad
    sharers: tuple[Sharer, ...] = ()  # everybody who has a place, where that was asked for

    @property
    def holder(self) -> str:
        """Whose books the member's are."""
        return self.pool.sharer.member


def load_pool(
    table: Table, command: PoolCommand, document: Key | None = None
) -> LoadedPool | Refusal:
    """The pool and the member as they are now; ``document`` is that of the idempotency key."""
    shop_id, member = command.shop, command.member
    keys = [shop_key(shop_id), account_key(shop_id, command.pool)]
    keys += [*member_state_keys(shop_id, member)[:2], *([document] if document else [])]
    items = table.load(keys)
    if shop_key(shop_id) not in items:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{shop_id}'")
    shop = shop_from_item(items[shop_key(shop_id)])
    load = PoolLoad(
        shop=shop_id,
        pool=command.pool,
        account=account_of(items.get(account_key(shop_id, command.pool))),
        sharer=sharer_of(shop_id, followed(table, shop_id, member, items), items),
        program=live_program(table, shop, command.now),
        document=document_of(items.get(document), Pooling) if document else None,
    )
    return LoadedPool(shop, load)


def sharer_of(shop: str, member: str, items: dict[Key, Item]) -> Sharer:
    """The member among ``items``."""
    account, counters, _ = member_state_keys(shop, member)
    return Sharer(member, account_of(items.get(account)), counters_of(items.get(counters)))


def live_program(table: Table, shop: Shop, now: Instant) -> CompiledProgram | None:
    """The program as it is now, if there is one."""
    version = shop.live_version(now)
    return program_of(table, shop.shop_id, version) if version else None


def erased(loaded: LoadedPool) -> Refusal | None:
    """The refusal of somebody who was forgotten."""
    account = loaded.pool.sharer.account
    return ERASED if account is not None and account.erased_at else None


def pooling_key(command: PoolCommand, identity: str) -> Key:
    """Where the member's copy of a document lies, under the id that the caller named."""
    return document_key(command.shop, command.member, "pooling", identity)


def asked_of(
    command: PoolCommand, kind: PoolingKind, identity: str, *content: str | int
) -> Pooling:
    """The document of what is asked; ``content`` is what its hash covers beside."""
    return Pooling(
        id=identity,
        member=command.member,
        pool=command.pool,
        who=command.member,
        kind=kind,
        request_hash=request_hash(kind, command.pool, command.member, *content),
        unit="",
        actor=command.actor,
        recorded_at=command.now,
    )


def of_holder(asked: Pooling, loaded: LoadedPool) -> Pooling:
    """The document, about who has everything of the member since a merge."""
    return msgspec.structs.replace(asked, who=loaded.holder)


def of_revision(asked: Pooling, loaded: LoadedPool) -> Pooling:
    """The document of what needs no idempotency key: its id is the pool's next revision."""
    account = loaded.pool.account
    identity = f"{asked.kind}-{account.revision + 1 if account else 1}-{asked.pool}"
    return msgspec.structs.replace(asked, id=identity, who=loaded.holder, member=loaded.holder)
