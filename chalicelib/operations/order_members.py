"""Read the members that a decision about an order is about, under whatever ids they go.

::

    the id that the shop told ── account ──► merged into another? ── that account, once
                                             merged ids (aliases) ── their once-markers, too
    the e-mail of a guest     ── identity ─► the member whose verified e-mail it is

For a member who was never merged none of this costs a read more.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.causes import Unsettled
from chalicelib.domain.challenge_settling import Honours
from chalicelib.domain.granting import BADGE, CAUSE, MESSAGE, names_of_kind
from chalicelib.domain.member import Account, MemberFacts, Profile
from chalicelib.domain.member_books import LoadedMember, progress_of
from chalicelib.domain.merging_once import MergeLoad
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.progress import BADGES_ID, Badges, Progress, badges_of_all, progress_of_all
from chalicelib.domain.records import Joining
from chalicelib.operations.following import followed, ids_of
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Item, Key
from chalicelib.storage.key_names import (
    account_key,
    counters_key,
    document_key,
    marker_key,
    profile_key,
)
from chalicelib.storage.markers import MARKER_DOCUMENT
from chalicelib.storage.members import account_of, counters_of, inbox_key, inbox_of
from chalicelib.storage.stock import unsettled_keys, unsettled_of
from chalicelib.storage.table import Table

Items = dict[Key, Item]


Marks = frozenset[tuple[str, str]]
"""Once-rules that matter, each with what it is once for, as markers name it.

Also what of challenges matters: (``PROGRESS``, challenge) and (``BADGES``, ``BADGES_ID``); and
whether the member may be told something: ``INBOX_MARK``, and whether a condition asks what only
their profile tells: ``PROFILE_MARK``.
"""

PROGRESS: Final = "#progress"
BADGES: Final = "#badges"
INBOX: Final = "#inbox"
INBOX_MARK: Final = (INBOX, "member")
PROFILE: Final = "#profile"
PROFILE_MARK: Final = (PROFILE, "member")


def honour_marks(program: CompiledProgram | None, trigger: str) -> Marks:
    """What documents of ``trigger`` may change of challenges and badges."""
    if program is None:
        return frozenset()
    challenges = [challenge for challenge, _ in program.sources.get(trigger, ())]
    rules = [*program.rules.get(trigger, ())]
    rules += [branch.rule for rule in rules for branch in rule.branches]
    tiers = (tier for group in program.groups.values() for tier in group.tiers)
    giving = (*challenges, *rules, *(tiers if program.program.badges else ()))
    gifts = [gift for each in giving for gift in each.grants]
    badges = {(BADGES, BADGES_ID)} if any(gift.kind == BADGE for gift in gifts) else set()
    told = {INBOX_MARK} if may_tell(program, trigger) else set()
    return frozenset({(PROGRESS, challenge.id) for challenge in challenges} | badges | told)


def may_tell(program: CompiledProgram | None, trigger: str) -> bool:
    """Whether a document of ``trigger`` may give a message, or take one back."""
    if program is None or program.telling is None:
        return False
    rules = program.rules.get(trigger, ())
    branches = (branch.rule for rule in rules for branch in rule.branches)
    challenges = [challenge for challenge, _ in program.sources.get(trigger, ())]
    boards = (each.board.prizes.values() for each in challenges if each.board)
    givers = (
        *(each.grants for each in (*rules, *branches)),
        *(each.grants for each in challenges),
        *(prize.grants for prizes in boards for prize in prizes),
        *(tier.grants for group in program.groups.values() for tier in group.tiers),
    )
    return any(gift.kind == MESSAGE for gifts in givers for gift in gifts)


class Told(msgspec.Struct, frozen=True):
    """What an event tells of a member: facts, who they are for a new account, e-mail hash."""

    facts: MemberFacts
    profile: Profile | None = None
    contact: str = ""
    marks: Marks = frozenset()


def member_keys(shop: str, member: str, marks: Marks) -> list[Key]:
    """Everything that a decision about a member's document reads of them."""
    markers = marker_keys(shop, {member}, marks)
    return [account_key(shop, member), counters_key(shop, member), *markers]


def marker_keys(shop: str, members: Iterable[str], marks: Marks) -> list[Key]:
    """The items of ``marks`` under each of ``members``."""
    return [
        _mark_key(shop, member, rule, mark)
        for member in sorted(members)
        for rule, mark in sorted(marks)
    ]


def _mark_key(shop: str, member: str, rule: str, mark: str) -> Key:
    if rule in (INBOX, PROFILE):
        return inbox_key(shop, member) if rule == INBOX else profile_key(shop, member)
    if rule in (PROGRESS, BADGES):
        return document_key(shop, member, rule.removeprefix("#"), mark)
    return marker_key(shop, member, rule, mark)


def follow_people(
    table: Table, shop: str, named: Iterable[str], known: tuple[Marks, Items]
) -> dict[str, str]:
    """Who each of ``named`` is since merges, by the id that was told; "" stays "".

    ``known`` is (the marks that matter, the items), and gets what else is read.
    """
    marks, items = known
    people = {"": ""}
    for name in (name for name in named if name):
        holder = followed(table, shop, name, items)
        account = account_of(items.get(account_key(shop, holder)))
        aliases = account.aliases if account else ()
        missing = marker_keys(shop, {holder} - {name}, marks)
        theirs = marks - {INBOX_MARK, PROFILE_MARK}  # a merge has emptied the one
        missing += marker_keys(shop, aliases, theirs)
        items.update(table.load(missing) if missing else {})
        people[name] = holder
    return people


def loaded_member(shop: str, member: str, items: Mapping[Key, Item], told: Told) -> LoadedMember:
    """``member`` as read, with the once-markers that stand under any of their ids."""
    account = account_of(items.get(account_key(shop, member)))
    taken: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    for name in (*(account.aliases if account else ()), member):  # their own id wins
        for rule, document in _markers_of(shop, name, items, told.marks).items():
            taken[rule] = document
            places[rule, document] = name
    return LoadedMember(
        member,
        account,
        counters_of(items.get(counters_key(shop, member))),
        told.facts,
        told.profile,
        told.contact,
        taken,
        places,
        honours_of(shop, member, account, (items, told.marks)),
    )


def load_unsettled(
    table: Table,
    shop: str,
    documents: Iterable[OrderDocument | Action | Joining | Progress | None],
    owners: Iterable[LoadedMember | None] = (),
) -> Unsettled:
    """What is not passed on yet of causes that ``documents``, and progress of ``owners``, gave to.

    Nothing is read where they gave to none, and of progress nothing for a document that is new:
    what it adds takes nothing back, but from who was merged, whose progress may not be one yet.
    """
    known = tuple(each for each in documents if each is not None)
    falling = (each for each in owners if each and (known or _was_merged(each.account)))
    giving = (*known, *progress_of(*falling))
    causes = names_of_kind((line for each in giving for line in each.grants), CAUSE)
    items = table.load(unsettled_keys(shop, causes)) if causes else {}
    return unsettled_of(shop, causes, items)


def _was_merged(account: Account | None) -> bool:
    return account is not None and bool(account.aliases)


def honours_of(
    shop: str, member: str, account: Account | None, known: tuple[Mapping[Key, Item], Marks]
) -> Honours:
    """Progress and badges, with those of who was merged into the member, and their own inbox."""
    items, marks = known
    aliases = account.aliases if account else ()
    progress: dict[str, Progress] = {}
    badges: Badges | None = None
    for rule, mark in sorted(marks):
        keys = [_mark_key(shop, name, rule, mark) for name in (member, *aliases)]
        if rule == PROGRESS:
            found = [document_of(items.get(key), Progress) for key in keys]
            together = progress_of_all(found[0], (member, found[1:]))
            progress |= {mark: together} if together else {}
        elif rule == BADGES:
            worn = [document_of(items.get(key), Badges) for key in keys]
            badges = badges_of_all(worn[0], (member, worn[1:]))
    is_told = INBOX_MARK in marks
    inbox = inbox_of(items.get(inbox_key(shop, member))) if is_told else None
    return Honours(progress, badges, inbox)


def with_honours(table: Table, load: MergeLoad) -> MergeLoad:
    """``load`` with what both have of challenges and badges.

    Nothing is read where the program has neither.
    """
    program = load.program
    if program is None or not (program.challenges or program.program.badges):
        return load
    marks = frozenset({*((PROGRESS, name) for name in program.challenges), (BADGES, BADGES_ID)})
    sides = (load.kept, load.gone)
    names = {name for side in sides for name in ids_of(side.member, side.account)}
    known = table.load(marker_keys(load.shop, names, marks)), marks
    kept, gone = (honours_of(load.shop, side.member, side.account, known) for side in sides)
    return msgspec.structs.replace(
        load,
        kept=msgspec.structs.replace(load.kept, honours=kept),
        gone=msgspec.structs.replace(load.gone, honours=gone),
    )


def _markers_of(shop: str, member: str, items: Mapping[Key, Item], marks: Marks) -> dict[str, str]:
    rules = ((rule, mark) for rule, mark in marks if not rule.startswith("#"))
    found = ((rule, items.get(marker_key(shop, member, rule, mark))) for rule, mark in rules)
    return {rule: str(item[MARKER_DOCUMENT]) for rule, item in found if item is not None}
