"""Hold what documents did beside the journal to what they say: draws, partners, products bought.

A draw (of an order, an action, a joining) is made once more from the secret of its day; a partner's
month must hold the very lines that the document carries; the products that an account remembers
are those of its orders. Reads only.
"""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.domain.actions import Action, name_of
from chalicelib.domain.audited import Break, MemberBooks
from chalicelib.domain.decision import Document
from chalicelib.domain.habits import counted_anew, is_nobodys
from chalicelib.domain.joining import joining_draw
from chalicelib.domain.judging import JUDGED, groups_by_conditions
from chalicelib.domain.orders import OrderDocument, document_name
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.records import Joining, Redemption
from chalicelib.operations.draw_chance import drawn_for
from chalicelib.storage.items import key_of
from chalicelib.storage.partner_months import partner_writes_of, row_line
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_shop
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


def beside_breaks(table: Table, books: MemberBooks) -> tuple[tuple[Break, ...], str]:
    """I4 of what chance said of their actions and joinings, I8 of products that they bought.

    Then what of it cannot be proved tonight; "" where all can.
    """
    draws = _draws(table, books.shop, books.documents.values())
    told, unproven = _products(table, books)
    breaks = tuple(Break("I8", books.member, "products", detail) for detail in told)
    return (*draws, *breaks), unproven


def _products(table: Table, books: MemberBooks) -> tuple[tuple[str, ...], str]:
    """What is wrong, and what is unproven: the index shows fewer orders than the account counts."""
    account, shop = books.account, find_shop(table, books.shop)
    if account is None or shop is None or is_nobodys(account):
        return (), ""
    asking = _asking(table, shop)
    if not asking or not (account.order_count or account.recalls):
        return (), ""
    from chalicelib.operations.recall_products import orders_of  # noqa: PLC0415 - few ask

    orders = orders_of(table, books.shop, (books.member, *account.aliases)).values()
    shown, counted = len(orders), account.order_count
    if shown < counted:
        return (), f"products of {books.member}: {shown} of {counted} orders are shown"
    if shown > counted:
        return (f"counts {counted} orders, {shown} are its",), ""
    for program in asking:
        if program.recalls.digest == account.recalls:
            anew = counted_anew(account, orders, program, 0)
            held, made = len(account.products), len(anew.products)
            detail = f"remembers {held} otherwise than its orders hold {made}"
            return ((detail,) if anew.products != account.products else ()), ""
    return (), ""  # to be counted anew, and can be


def _asking(table: Table, shop: Shop) -> tuple[CompiledProgram, ...]:
    """Of the programs that may be live, those that ask for products."""
    return tuple(each for each in _live(table, shop) if each.recalls.digest)


def with_judging(table: Table, books: MemberBooks) -> MemberBooks:
    """``books`` with the groups that are by conditions in whatever may be live, if one is told."""
    reasons = (reason.code for entry in books.entries for reason in entry.explanation)
    shop = find_shop(table, books.shop) if JUDGED in reasons else None
    programs = _live(table, shop) if shop else ()
    groups = [frozenset(group.id for group in groups_by_conditions(each)) for each in programs]
    judging = frozenset.intersection(*groups) if groups else frozenset[str]()
    return msgspec.structs.replace(books, judging=judging)


def _live(table: Table, shop: Shop) -> tuple[CompiledProgram, ...]:
    """The programs that may be live."""
    versions = dict.fromkeys(filter(None, (shop.settled_version, shop.next_version)))
    return tuple(program_of(table, shop.shop_id, each) for each in versions)


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
