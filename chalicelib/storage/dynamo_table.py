"""``Table`` on DynamoDB, through PynamoDB's lowest public call, ``Connection.dispatch``.

Why so low: PynamoDB's ``transact_write_items`` regroups the writes, so reasons no longer tell
which write failed, and its batch reads re-ask without bound. ``dispatch`` sends what we built, in
our order. Reads are asked again here, within a bound; writes never are: whoever decided knows
whether to ask the same again (``operations.decide_and_commit``). botocore's own retries are off.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.limits import BATCH_GET_KEYS_MAX, TRANSACTION_WRITES_MAX
from chalicelib.domain.outcome import ensure
from chalicelib.storage.answers import raised_by_read, raised_by_write
from chalicelib.storage.codec import Attributes, decode
from chalicelib.storage.items import Delete, Item, Key, Put, Take, Write, key_of, written_key
from chalicelib.storage.patience import Pace, Patience
from chalicelib.storage.requests import (
    Request,
    batch_get,
    key_attributes,
    next_start,
    query_page,
    scan_page,
    single,
    transaction,
)
from chalicelib.storage.sizes import ensure_key_fits
from chalicelib.storage.table import Page, Query, Scan
from chalicelib.storage.tokens import TOKEN_LENGTH

_FAILURES: Final = (ClientError, BotoCoreError)


class Connection(Protocol):
    """What is used of ``pynamodb.connection.Connection``."""

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Send one call and wait for its answer."""
        ...


class DynamoTable:
    """The table in DynamoDB or an engine that speaks its language. Safe to share."""

    def __init__(self, connection: Connection, name: str, pace: Pace | None = None) -> None:
        """Use the table ``name`` over a shared connection; ``pace`` is for tests."""
        self.connection = connection
        self.name = name
        self._pace = pace or Pace()

    def load(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """See ``Table``. A key among UnprocessedKeys is not absent: it is asked for again."""
        wanted = tuple(dict.fromkeys(keys))
        for key in wanted:
            ensure_key_fits(*key)
        found: dict[Key, Item] = {}
        patience = Patience(wanted, self._pace)
        for start in range(0, len(wanted), BATCH_GET_KEYS_MAX):
            self._load_chunk(wanted[start : start + BATCH_GET_KEYS_MAX], found, patience)
        return found

    def transact(self, writes: Sequence[Write], token: str) -> None:
        """See ``Table``."""
        ensure(0 < len(writes) <= TRANSACTION_WRITES_MAX, "a transaction has 1 to 100 writes")
        ensure(0 < len(token) <= TOKEN_LENGTH, "a client token has 1 to 36 characters")
        keys = {written_key(write) for write in writes}
        ensure(len(keys) == len(writes), "a transaction writes each key once")
        for key in keys:
            ensure_key_fits(*key)
        self._send("TransactWriteItems", transaction(self.name, writes, token))

    def write(self, write: Put | Delete | Take) -> None:
        """See ``Table``."""
        ensure_key_fits(*written_key(write))
        self._send(*single(self.name, write))

    def query(self, query: Query) -> Page:
        """See ``Table``."""
        patience = Patience(((query.pk, query.sk_prefix),), self._pace)
        answer = self._ask("Query", query_page(self.name, query), patience)
        items = tuple(decode(attributes) for attributes in answer.get("Items", []))
        return Page(items, next_start(query, answer.get("LastEvaluatedKey", {})))

    def scan(self, scan: Scan) -> Page:
        """See ``Table``."""
        patience = Patience(((f"segment {scan.segment}", ""),), self._pace)
        answer = self._ask("Scan", scan_page(self.name, scan), patience)
        items = tuple(decode(attributes) for attributes in answer.get("Items", []))
        return Page(items, next_start(scan, answer.get("LastEvaluatedKey", {})))

    def _load_chunk(self, keys: Sequence[Key], found: dict[Key, Item], patience: Patience) -> None:
        """Ask until every key of the chunk has been answered for."""
        pending = [key_attributes(key) for key in keys]
        while pending:
            answer = self._ask("BatchGetItem", batch_get(self.name, pending), patience)
            for attributes in answer.get("Responses", {}).get(self.name, []):
                item = decode(attributes)
                found[key_of(item)] = item
            pending = _unprocessed(answer, self.name)
            if pending:
                patience.wait(f"{len(pending)} keys were left unprocessed")

    def _ask(self, operation: str, request: Request, patience: Patience) -> dict[str, Any]:
        """One read, asked again while that may help."""
        while True:
            try:
                return self._dispatch(operation, request)
            except _FAILURES as error:
                final = raised_by_read(error)
                if final is not None:
                    raise final from error
                patience.wait(f"{type(error).__name__}: {error}")

    def _send(self, operation: str, request: Request) -> None:
        """One write, sent once."""
        try:
            self._dispatch(operation, request)
        except _FAILURES as error:
            raise raised_by_write(error) from error

    def _dispatch(self, operation: str, request: Request) -> dict[str, Any]:
        # PynamoDB asks for consumed capacity unless told otherwise; nobody reads it.
        return self.connection.dispatch(operation, {**request, "ReturnConsumedCapacity": "NONE"})


def _unprocessed(answer: dict[str, Any], name: str) -> list[Attributes]:
    return list(answer.get("UnprocessedKeys", {}).get(name, {}).get("Keys", []))
