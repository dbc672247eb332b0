"""What staff hand over: the list of rewards that wait for somebody, and marking one as done."""

import msgspec

from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.rewards import find_reward
from chalicelib.domain.records import Redemption, RedemptionStatus, as_of
from chalicelib.domain.redeeming import RedeemLoad
from chalicelib.domain.redemption_ends import decide_fulfil
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import booked_to
from chalicelib.operations.undo_redemption import LoadedUndo, load_redemption
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import open_redemptions_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.key_names import document_key
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Query, Start, Table


class OpenRedemption(msgspec.Struct, frozen=True):
    """A reward that staff still have to hand over, and what the program says to do."""

    redemption: Redemption
    note: str


class OpenPage(msgspec.Struct, frozen=True):
    """One page of them, oldest first."""

    rows: tuple[OpenRedemption, ...]
    next_start: Start | None


def fulfil_redemption(
    table: Table, shop: str, owner: tuple[str, str], actor: str, now: Instant
) -> Recorded[LoadedUndo] | Refusal:
    """Mark it handed over; ``owner`` is (member id, redemption id). Again: the same.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    member, redemption = owner

    def decide(loaded: LoadedUndo) -> Outcome:
        context = RedeemLoad(shop, member, loaded.account, loaded.redemption, loaded.program)
        outcome = decide_fulfil(loaded.redemption, loaded.account, context, actor, now)
        return booked_to(outcome, member, loaded.holder)

    work: Work[LoadedUndo] = Work(
        document=document_key(shop, member, "redemption", redemption),
        load=lambda _: load_redemption(table, shop, owner, now),
        decide=decide,
    )
    return decide_and_commit(table, work)


def list_open_redemptions(
    table: Table, shop: str, page: tuple[int, Start | None], now: Instant
) -> OpenPage | Refusal:
    """Rewards that wait for staff, oldest first; those that ended unused are left out."""
    here = find_shop(table, shop)
    if here is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    limit, start = page
    partition = open_redemptions_partition(shop)
    found = table.query(Query(partition, index="GSI1", limit=limit, start=start))
    keys = [key_of(item) for item in found.items]
    items = table.load(keys) if keys else {}
    documents = (document_of(items.get(key), Redemption) for key in keys)
    rows = tuple(
        OpenRedemption(document, _note(table, shop, document))
        for document in documents
        if document is not None and as_of(document, now).status is RedemptionStatus.READY
    )
    return OpenPage(rows, found.next_start)


def _note(table: Table, shop: str, redemption: Redemption) -> str:
    """What the version that it was taken by tells staff to do."""
    reward = find_reward(program_of(table, shop, redemption.program_version), redemption.reward_id)
    return (reward.fulfil_note if reward else None) or ""
