"""Hold what documents did beside the journal to what they say: draws, partners, products bought.

A draw (of an order, an action, a joining) is made once more from the secret of its day; a partner's
month must hold the very lines that the document carries; the products that an account remembers
are those of its orders. Reads only.
"""

from collections.abc import Iterable, Iterator

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.audited import Break, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.joining import joining_draw
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.records import Joining, Redemption
from chalicelib.operations.draw_chance import drawn_for
from chalicelib.storage.items import key_of
from chalicelib.storage.partner_months import partner_writes_of, row_line
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table


def side_breaks(table: Table, shop: str, document: OrderDocument | Redemption) -> tuple[Break, ...]:
    """I4 of what an order, or a used code, did beside its member's books."""
    found = list(_partners(table, shop, document))
    if isinstance(document, OrderDocument):
        name = document_name(document)
        found += _draw(table, shop, document.drawn, name)
    else:
        name = f"redemption:{document.id}"
    return tuple(Break("I4", document.member, name, detail) for detail in found)


def _partners(table: Table, shop: str, document: OrderDocument | Redemption) -> Iterator[str]:
    rows = {key_of(put.item): line for put, line in partner_writes_of(shop, document)}
    items = table.load(list(rows)) if rows else {}
    for key, line in rows.items():
        item = items.get(key)
        if item is None or row_line(item) != line:
            yield f"the month {line.month} of {line.partner} does not hold its line"


def beside_breaks(table: Table, books: MemberBooks) -> tuple[Break, ...]:
    """I4 of what chance said of their actions and joinings, I8 of products that they bought."""
    draws = _draws(table, books.shop, books.documents.values())
    return (*draws, *_products(table, books))


def _products(table: Table, books: MemberBooks) -> Iterator[Break]:
    """Where the index shows fewer orders than the account counts, it lags: nothing is said."""
    account, shop = books.account, find_shop(table, books.shop)
    if account is None or shop is None or not account.recalls:
        return
    from chalicelib.operations.recall_products import recalled_account  # noqa: PLC0415 - few ask

    for version in filter(None, (shop.settled_version, shop.next_version)):
        program = program_of(table, books.shop, version)
        if program.recalls.digest == account.recalls:
            anew = recalled_account(table, books.shop, (books.member, account), program, 0)
            if anew.recalls and anew.products != account.products:
                held, made = len(account.products), len(anew.products)
                detail = f"remembers {held} otherwise than its orders hold {made}"
                yield Break("I8", books.member, "products", detail)
            return


def _draws(table: Table, shop: str, documents: Iterable[Document]) -> tuple[Break, ...]:
    found: list[Break] = []
    for each in documents:
        if isinstance(each, Action | Joining) and each.drawn is not None:
            name = name_of(each) if isinstance(each, Action) else joining_draw(each.member)
            details = _draw(table, shop, each.drawn, name)
            found += (Break("I4", each.member, name, detail) for detail in details)
    return tuple(found)


def _draw(table: Table, shop: str, drawn: Drawn | None, name: str) -> Iterator[str]:
    known = find_shop(table, shop) if drawn is not None else None
    if known is None or drawn is None:
        return
    if drawn_for(known, drawn.numbers, name, drawn.day) != drawn:
        yield f"says another draw of {drawn.day} than its secret makes"
