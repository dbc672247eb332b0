"""A partner's month: a row for each document that did something to its account, and the settlement.

A row holds what its document says of the month and is written whole, in the document's own
transaction, so it needs no condition of its own and is counted once however often it is written.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from chalicelib.domain.decision import Document
from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.partners import PartnerLine
from chalicelib.domain.records import Redemption
from chalicelib.storage.items import Absent, Anything, Item, Put
from chalicelib.storage.key_names import escaped, listed_key, shop_partition
from chalicelib.storage.table import Query, Table

_ROW: Final = "PL#"
_SETTLED: Final = "T"


class PartnerSettlement(msgspec.Struct, frozen=True):
    """A month was settled with a partner, for ever. Money in minor units, net = owed - due."""

    partner: str
    month: str
    currency: str
    owed_minor: int
    due_minor: int
    note: str
    actor: str
    recorded_at: Instant


class PartnerRow(msgspec.Struct, frozen=True):
    """One document in a partner's month."""

    document: str
    line: PartnerLine


def partner_month_partition(shop: str, partner: str, month: str) -> str:
    """What documents did to a partner's account in a month, and its settlement."""
    return f"{shop_partition(shop)}#N#{escaped(partner)}#{month}"


def partner_writes(shop: str, document: Document) -> Iterator[Put]:
    """The rows that this revision of ``document`` changed."""
    if isinstance(document, OrderDocument | Redemption):
        for put, line in partner_writes_of(shop, document):
            if line.revision == document.revision:
                yield put


def partner_writes_of(
    shop: str, document: OrderDocument | Redemption
) -> Iterator[tuple[Put, PartnerLine]]:
    """Every row that ``document`` has, as it is written."""
    name = _name(document)
    for line in document.partners:
        partition = partner_month_partition(shop, line.partner, line.month)
        sort = f"{_ROW}{escaped(name)}#{escaped(line.unit)}"
        item: Item = {"PK": partition, "SK": sort, "d": name}
        item["b"] = msgspec.json.encode(line)
        yield Put(item, Anything()), line


def row_line(item: Item) -> PartnerLine:
    """The line of a row."""
    body: Any = item["b"]
    return msgspec.json.decode(bytes(body), type=PartnerLine)


def _name(document: OrderDocument | Redemption) -> str:
    if isinstance(document, OrderDocument):
        return document_name(document)
    return f"redemption:{document.id}"


def partner_rows(table: Table, shop: str, partner: str, month: str) -> Iterator[PartnerRow]:
    """Every row of the month, in order of documents."""
    partition, start = partner_month_partition(shop, partner, month), None
    while True:
        page = table.query(Query(partition, _ROW, start=start, consistent=True))
        for item in page.items:
            yield PartnerRow(str(item["d"]), row_line(item))
        start = page.next_start
        if start is None:
            return


def settlement_of(table: Table, shop: str, partner: str, month: str) -> PartnerSettlement | None:
    """How the month was settled; None: it is open."""
    key = listed_key(partner_month_partition(shop, partner, month), _SETTLED)
    item = table.load([key]).get(key)
    if item is None:
        return None
    body: Any = item["b"]
    return msgspec.json.decode(bytes(body), type=PartnerSettlement)


def settlement_put(shop: str, settlement: PartnerSettlement) -> Put:
    """The write of a month's one settlement."""
    partition = partner_month_partition(shop, settlement.partner, settlement.month)
    pk, sk = listed_key(partition, _SETTLED)
    return Put({"PK": pk, "SK": sk, "b": msgspec.json.encode(settlement)}, Absent())
