"""A member's journal in words, newest first, page by page."""

import msgspec

from chalicelib.domain.ledger import Entry
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.views import CardView
from chalicelib.domain.wording.names import names_of
from chalicelib.domain.wording.sentences import entry_sentence
from chalicelib.operations.view_card import CardQuery, load_holding
from chalicelib.storage.journal import newest_entries
from chalicelib.storage.table import Start, Table


class HistoryQuery(msgspec.Struct, frozen=True):
    """Whose journal, and which page."""

    card: CardQuery
    limit: int
    start: Start | None


class HistoryPage(msgspec.Struct, frozen=True):
    """Entries with their sentences, and the language of these."""

    rows: tuple[tuple[Entry, str], ...]
    next_start: Start | None
    locale: str


def view_history(table: Table, query: HistoryQuery) -> HistoryPage | Refusal:
    """One page of entries, each in words."""
    holding = load_holding(table, query.card)
    if isinstance(holding, Refusal):
        return holding
    if isinstance(holding, CardView):
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "This customer is not a member.")
    names = names_of(holding.program.program, holding.locale)
    entries, next_start = newest_entries(
        table, query.card.shop, holding.member, query.limit, query.start
    )
    rows = tuple((entry, entry_sentence(entry, names, holding.locale)) for entry in entries)
    return HistoryPage(rows, next_start, holding.locale)
