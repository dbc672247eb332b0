"""Standing wrong versions of the ledger, for tests alone: each is a block in which it is so.

They are the mistakes of respected samples (style.md) and of our own drafts. Each names the
invariant or promise that it breaks; the suite must see it (``test_mutants``).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import msgspec

from chalicelib.domain import awards, booking, lots, order_decision, posting, redemption_ends
from chalicelib.domain.decision import AlreadyRecorded
from chalicelib.domain.events import OrderUpserted
from chalicelib.domain.lots import Moved
from chalicelib.domain.records import RedemptionStatus
from chalicelib.operations import decide_and_commit, load_order, record_order, undo_redemption
from chalicelib.storage import commit as committing
from chalicelib.storage import journal, key_names
from chalicelib.storage.documents import document_item
from chalicelib.storage.items import (
    Absent,
    Anything,
    Item,
    Put,
    RevisionIs,
    Take,
    Write,
    written_key,
)
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import ConditionFailed, Contended, Failure, Query, Table, Unanswered
from chalicelib.storage.tokens import client_token


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong version: what it does, what it breaks, and how to switch it on."""

    name: str
    breaks: str
    patches: tuple[tuple[Any, str, Any], ...]

    @contextmanager
    def alive(self) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, wrong in self.patches:
                stack.enter_context(patch.object(owner, name, wrong))
            yield


Commit = Callable[[Table, Any], None]


def _sent(table: Table, writes: Sequence[Write]) -> None:
    if writes:
        table.transact(writes, client_token(writes))


def _in_two_calls(table: Table, prepared: Any) -> None:
    """The books first, then the document: a crash between credits again."""
    document, *books = prepared.writes
    _sent(table, books)
    _sent(table, [document])


def _checked_then_done(table: Table, prepared: Any) -> None:
    """Look whether every condition holds, then write without any."""
    keys = [written_key(write) for write in prepared.writes]
    found = table.load(keys)
    failures = []
    for index, write in enumerate(prepared.writes):
        if isinstance(write, Put) and not _holds(write, found.get(keys[index])):
            failures.append(Failure(index, found.get(keys[index])))
    if failures:
        raise ConditionFailed(tuple(failures))
    _sent(table, [_unguarded(write) for write in prepared.writes])


def _holds(write: Put, item: Item | None) -> bool:
    match write.condition:
        case Absent():
            return item is None
        case RevisionIs(revision):
            return item is not None and item["r"] == revision
        case _:
            return True


def _unguarded(write: Write) -> Write:
    return Put(write.item, Anything()) if isinstance(write, Put) else write


def _stock_by_bare_add(table: Table, prepared: Any) -> None:
    """Stock is lowered by a call of its own, asked again whenever no answer came."""
    rest = [write for write in prepared.writes if not isinstance(write, Take)]
    _sent(table, rest)
    for take in (write for write in prepared.writes if isinstance(write, Take)):
        for _ in range(4):
            try:
                table.write(take)
            except (Contended, Unanswered):
                continue
            break


def _conflict_swallowed(table: Table, prepared: Any) -> None:
    with suppress(Contended):
        table.transact(prepared.writes, prepared.token)


def _silence_taken_for_success(table: Table, prepared: Any) -> None:
    with suppress(Unanswered):
        table.transact(prepared.writes, prepared.token)


_document_write = committing._document_write
_book_writes = committing._book_writes
_counters_write = committing._counters_write


def _document_overwritten(shop: str, document: Any) -> Put:
    return Put(document_item(shop, document), Anything())


def _account_unguarded(shop: str, shards: int, book: Any) -> list[Write]:
    return [_unguarded(write) for write in _book_writes(shop, shards, book)]


def _guarded_by_seq(shop: str, shards: int, book: Any) -> list[Write]:
    account, *rest = _book_writes(shop, shards, book)
    assert isinstance(account, Put)
    guard = Absent() if book.before is None else RevisionIs(book.before.seq)
    return [Put({**account.item, "r": book.account.seq}, guard), *rest]


def _counters_unguarded(shop: str, member: str, counters: Any) -> Put:
    return Put(_counters_write(shop, member, counters).item, Anything())


_decided = order_decision.decide_order


def _delivery_id_trusted(event: Any, loaded: Any, now: int) -> Any:
    """A delivery of the same second was this one: some platforms' ids are no finer."""
    known = loaded.document.state if loaded.document else None
    if isinstance(event, OrderUpserted) and known is not None:
        is_same_second = known.version // 1_000 == event.order.version // 1_000
        return AlreadyRecorded(loaded.document) if is_same_second else _decided(event, loaded, now)
    return _decided(event, loaded, now)


def _todays_program(table: Table, shop: Shop, document: Any, now: int) -> Any:
    """Reversals by the rule of the day."""
    if document is None or document.terms is None:
        return None
    return program_of(table, shop.shop_id, shop.live_version(now))


_credit = lots.credit


def _deficit_ignored(state: Any, points: int, *rest: Any) -> Moved:
    """Points for those who owe are all theirs."""
    moved = _credit(msgspec.structs.replace(state, deficit=0), points, *rest)
    return Moved(msgspec.structs.replace(moved.state, deficit=state.deficit), moved.touched)


_reversed = booking.reversed_points


def _owing_always_allowed(draft: Any, own: Any, movement: Any, _: str) -> Any:
    return _reversed(draft, own, movement, "allow")


_undo = redemption_ends.decide_undo


def _undone_again(redemption: Any, *rest: Any) -> Any:
    ready = msgspec.structs.replace(redemption, status=RedemptionStatus.READY)
    return _undo(ready, *rest)


def _lapse_unbooked(state: Any, now: int) -> Moved:
    """Expired lots go, and no entry says so."""
    return Moved(_lapse(state, now).state, ())


_lapse = lots.lapse


def _one_shop(_: str, member: str) -> str:
    return f"S#tee#M#{member}"


def _first_page(table: Table, shop: str, member: str) -> Any:
    partition = key_names.member_partition(shop, member)
    page = table.query(Query(partition, "L#", limit=200, consistent=True))
    return tuple(journal.entry_of(item) for item in page.items)


def _unqualified(draft: Any, *_: Any) -> Any:
    return draft


def _no_second_look(*_: Any) -> bool:
    return False


def _commit(wrong: Commit) -> tuple[tuple[Any, str, Any], ...]:
    return ((decide_and_commit, "commit", wrong),)


LEDGER = (
    Mutant(
        "no put-if-absent of documents",
        "I4",
        ((committing, "_document_write", _document_overwritten),),
    ),
    Mutant("two calls instead of one transaction", "I5", _commit(_in_two_calls)),
    Mutant("check, then act", "I1", _commit(_checked_then_done)),
    Mutant(
        "accounts and entries unguarded", "I2", ((committing, "_book_writes", _account_unguarded),)
    ),
    Mutant("a conflict swallowed", "no answer without its effect", _commit(_conflict_swallowed)),
    Mutant(
        "silence taken for success",
        "no answer without its effect",
        _commit(_silence_taken_for_success),
    ),
    Mutant(
        "the delivery id trusted",
        "one state in any order",
        ((record_order, "decide_order", _delivery_id_trusted),),
    ),
    Mutant("reversal by today's rule", "I5", ((load_order, "program_of_terms", _todays_program),)),
    Mutant("stock by a bare ADD", "I9", _commit(_stock_by_bare_add)),
    Mutant(
        "one page summed for all",
        "I1 as an audit sees it",
        ((journal, "whole_journal", _first_page),),
    ),
    Mutant("guarded by seq, not revision", "I10", ((committing, "_book_writes", _guarded_by_seq),)),
    Mutant(
        "counters guarded by the account alone",
        "limits",
        ((committing, "_counters_write", _counters_unguarded),),
    ),
    Mutant(
        "no second look before a refusal",
        "honest refusals",
        ((decide_and_commit, "_stands_now", _no_second_look),),
    ),
    Mutant("a deficit ignored by credits", "I3", ((booking, "credit", _deficit_ignored),)),
    Mutant(
        "owing where nobody may owe", "I3", ((posting, "reversed_points", _owing_always_allowed),)
    ),
    Mutant("an undo done again", "I6", ((undo_redemption, "decide_undo", _undone_again),)),
    Mutant("expiry without an entry", "I1", ((booking, "lapse", _lapse_unbooked),)),
    Mutant("shops share members", "I7", ((key_names, "member_partition", _one_shop),)),
    Mutant(
        "qualifying amounts off the entries", "I8", ((awards, "with_qualifying", _unqualified),)
    ),
)
