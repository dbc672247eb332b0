"""Count all documents of a shop once more, where what the audit counted in passing does not add up.

Documents are found by one walk over the table's keys, wherever they lie: under members, pools, ids
that were merged away, pseudonyms of the erased. Reads only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from chalicelib.domain.audit_across import Taken
from chalicelib.domain.decision import Document
from chalicelib.domain.limits import AUDIT_RECOUNT_KEYS_MAX, BATCH_GET_KEYS_MAX
from chalicelib.operations.audit_member import UNREADABLE, stored_document
from chalicelib.storage.items import Item, Key, key_of
from chalicelib.storage.key_names import DOCUMENT_PREFIX, shop_partition
from chalicelib.storage.table import Scan, Table

Sums = Callable[[Iterable[Document]], Mapping[str, Taken]]


def recounted(
    table: Table, shop: str, kinds: frozenset[str], sums: Sums
) -> dict[str, Taken] | None:
    """The ``sums`` of all documents of these ``kinds`` (``order``, or a document's own prefix).

    None where they cannot be counted: the table is too large, or a document cannot be read, which
    the audit tells of elsewhere.
    """
    keys = _keys(table, shop, kinds)
    if keys is None:
        return None
    found: dict[str, Taken] = {}
    for start in range(0, len(keys), BATCH_GET_KEYS_MAX):
        try:
            items = table.load(keys[start : start + BATCH_GET_KEYS_MAX]).values()
            counted = sums(_documents(items))
        except UNREADABLE:
            return None
        for name, taken in counted.items():
            found[name] = found.get(name, Taken()).plus(taken)
    return found


def _keys(table: Table, shop: str, kinds: frozenset[str]) -> list[Key] | None:
    found: list[Key] = []
    looked_at, start = 0, None
    while looked_at <= AUDIT_RECOUNT_KEYS_MAX:
        page = table.scan(Scan(0, 1, start=start))
        keys = [key_of(item) for item in page.items]
        of_shop = f"{shop_partition(shop)}#"
        found += [key for key in keys if key[0].startswith(of_shop) and _kind(key[1]) in kinds]
        looked_at += len(keys)
        if page.next_start is None:
            return found
        start = page.next_start[:2]
    return None


def _kind(sort: str) -> str:
    if sort == "O":
        return "order"
    is_document = sort.startswith(DOCUMENT_PREFIX)
    return sort.removeprefix(DOCUMENT_PREFIX).partition(":")[0] if is_document else ""


def _documents(items: Iterable[Item]) -> Iterator[Document]:
    for item in items:
        document = stored_document(item)
        if document is not None:
            yield document
