"""Read what one member did, for a replay: orders, actions, themselves, and how they spent.

Reads only.

Orders that moved anything are named in the journal, those that did not stand in an index of their
customer; both are read under every id that the member ever had. Actions lie beside the journal.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import JOINING_ID
from chalicelib.domain.ledger import Entry, EntryKind
from chalicelib.domain.limits import (
    BATCH_GET_KEYS_MAX,
    PAGE_SIZE_MAX,
    REPLAY_ACTIONS_A_MEMBER_MAX,
    REPLAY_ORDERS_A_MEMBER_MAX,
)
from chalicelib.domain.member import Account, MemberFacts, Profile
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Drawn
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.domain.progress import Progress
from chalicelib.domain.records import Adjustment, Joining
from chalicelib.domain.replay.history import PastOrder, past_order_of
from chalicelib.domain.replay.past_actions import PastAction, is_undone, past_action_of
from chalicelib.domain.replay.past_members import NOT_REPLAYED, PastImport, PastMember
from chalicelib.domain.replay.past_pools import is_pooling
from chalicelib.operations.following import document_keys, ids_of
from chalicelib.operations.waiting_orders import orders_without_entries
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.journal import whole_journal
from chalicelib.storage.key_names import (
    DOCUMENT_PREFIX,
    member_partition,
    order_key,
)
from chalicelib.storage.table import Query, Start, Table

_ORDER = "order:"


def journal_of(table: Table, shop: str, held: tuple[str, Account]) -> tuple[Entry, ...]:
    """Every entry of a member, those from before a merge too, oldest first."""
    found = [each for name in ids_of(*held) for each in whole_journal(table, shop, name)]
    return tuple(sorted(found, key=attrgetter("occurred_at")))


def orders_of(
    table: Table, shop: str, held: tuple[str, Account], journal: Iterable[Entry]
) -> tuple[PastOrder, ...]:
    """The member's orders, oldest first; of very many, the newest."""
    member, _ = held
    documents = {
        (each.source, each.order_id): each for each in _documents(table, shop, held, journal)
    }
    past = (past_order_of(each) for each in documents.values())
    orders = [msgspec.structs.replace(each, member=member) for each in past if each is not None]
    orders.sort(key=lambda each: (each.paid_at, each.state.id))
    return tuple(orders[-REPLAY_ORDERS_A_MEMBER_MAX:])


def _documents(
    table: Table, shop: str, held: tuple[str, Account], journal: Iterable[Entry]
) -> Iterator[OrderDocument]:
    names = {entry.document for entry in journal if entry.document.startswith(_ORDER)}
    keys = [order_key(shop, *name.split(":", 2)[1:]) for name in sorted(names)]
    for place in range(0, len(keys), BATCH_GET_KEYS_MAX):
        for item in table.load(keys[place : place + BATCH_GET_KEYS_MAX]).values():
            document = document_of(item, OrderDocument)
            if document is not None and document.member in ids_of(*held):
                yield document
    for name in ids_of(*held):
        yield from orders_without_entries(table, customer_orders_partition(shop, name))


def actions_of(table: Table, shop: str, held: tuple[str, Account]) -> tuple[PastAction, ...]:
    """What the member did besides buying, oldest first; of very much, the newest."""
    found = [
        past_action_of(document)
        for name in ids_of(*held)
        for document in _actions(table, shop, name)
        if not is_undone(document)
    ]
    found.sort(key=attrgetter("at", "id"))
    return tuple(found[-REPLAY_ACTIONS_A_MEMBER_MAX:])


def _actions(table: Table, shop: str, name: str) -> Iterator[Action]:
    start: Start | None = None
    while True:
        query = Query(
            member_partition(shop, name),
            f"{DOCUMENT_PREFIX}action:",
            limit=PAGE_SIZE_MAX,
            start=start,
            consistent=True,
        )
        page = table.query(query)
        found = (document_of(item, Action) for item in page.items)
        yield from (action for action in found if action is not None)
        start = page.next_start
        if start is None:
            return


# ---------------------------------------------------------------- the member


class Told(msgspec.Struct, frozen=True):
    """What is known of a member before their history is read."""

    profile: Profile | None
    journal: tuple[Entry, ...]
    program_since: Instant  # when the shop's first version went live
    chosen: tuple[str, ...]  # challenges that members join
    draws: bool = False  # joining leaves something to chance


def chosen_in(*programs: CompiledProgram) -> tuple[str, ...]:
    """The challenges of ``programs`` that count only for who said that they take part."""
    every = (each for program in programs for each in program.challenges.values())
    return tuple(sorted({each.id for each in every if each.is_joined}))


def draws_joining(*programs: CompiledProgram) -> bool:
    """Whether any rule of ``programs`` for joining leaves something to chance."""
    return any(rule.branches for each in programs for rule in each.rules.get(MEMBER_JOINED, ()))


def person_of(table: Table, shop: str, held: tuple[str, Account], told: Told) -> PastMember:
    """The member apart from what they did."""
    member, account = held
    profile = told.profile or Profile(external_id="")
    facts = MemberFacts(locale=profile.locale, country=profile.country, tags=profile.tags)
    has_joined = any(each.document.startswith("joining:") for each in told.journal)
    kinds = [
        each.kind.value
        for each in told.journal
        if each.kind in NOT_REPLAYED and not is_pooling(each)
    ]
    return PastMember(
        member=member,
        joined_at=account.joined_at,
        is_enrolled=account.joined_at < told.program_since and not has_joined,
        facts=facts,
        told=profile.facts,
        birthday=profile.birthday,
        birthday_at=profile.birthday_at,
        imports=_imports(table, shop, held, told.journal),
        parts=_parts(table, shop, held, told.chosen),
        drawn=_drawn(table, shop, held) if told.draws else None,
        others={kind: kinds.count(kind) for kind in sorted(set(kinds))},
    )


def _drawn(table: Table, shop: str, held: tuple[str, Account]) -> Drawn | None:
    """What was drawn for joining; of several who are one by now, by the one that stays."""
    keys = document_keys(shop, ids_of(*held), "joining", JOINING_ID)
    items = table.load(keys)
    found = (document_of(items.get(key), Joining) for key in keys)
    return next((each.drawn for each in found if each is not None and each.drawn), None)


def _imports(
    table: Table, shop: str, held: tuple[str, Account], journal: Iterable[Entry]
) -> tuple[PastImport, ...]:
    entries = [each for each in journal if each.kind is EntryKind.IMPORT]
    if not entries:
        return ()
    names = {each.document.partition(":")[2] for each in entries}
    keys = [key for each in names for key in document_keys(shop, ids_of(*held), "adjustment", each)]
    found = (document_of(item, Adjustment) for item in table.load(keys).values())
    until = {f"adjustment:{each.id}": each.until for each in found if each is not None}
    return tuple(
        PastImport(each.unit, each.points, each.recorded_at, until.get(each.document, 0))
        for each in entries
    )


def _parts(
    table: Table, shop: str, held: tuple[str, Account], chosen: tuple[str, ...]
) -> dict[str, Instant]:
    keys = [key for each in chosen for key in document_keys(shop, ids_of(*held), "progress", each)]
    found = (document_of(item, Progress) for item in (table.load(keys) if keys else {}).values())
    joined = ((each.id, each.joined_at) for each in found if each is not None and each.joined_at)
    return dict(sorted(joined, reverse=True))  # of two, the first
