"""Put a member's points into their pool: both sides in one commit, once per idempotency key."""

import msgspec

from chalicelib.domain.decision import Outcome
from chalicelib.domain.member_records import PoolingKind
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pooling import decide_put_in
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.load_pool import (
    LoadedPool,
    PoolCommand,
    asked_of,
    erased,
    load_pool,
    of_holder,
    pooling_key,
)
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.table import Table


def put_into_pool(
    table: Table, command: PoolCommand, points: int, idempotency_key: str
) -> Recorded[LoadedPool] | Refusal:
    """Move the points with the dates that they have. The document is the member's ``Pooling``.

    Raises:
        Busy, StorageUnavailable: ask again with the same key.
    """
    identity = redemption_id(command.member, idempotency_key)
    asked = asked_of(command, PoolingKind.PUT_IN, identity, points)
    asked = msgspec.structs.replace(asked, points=points)
    document = pooling_key(command, identity)

    def decide(loaded: LoadedPool) -> Outcome:
        return erased(loaded) or decide_put_in(of_holder(asked, loaded), loaded.pool, command.now)

    work: Work[LoadedPool] = Work(document, lambda _: load_pool(table, command, document), decide)
    return decide_and_commit(table, work)
