"""Rank the members of a challenge, close its board once its time is over, and give the prizes.

Each step is once by construction: the closed board is one item, put if absent; a prize is given
where the member's progress has no rank yet. So whoever dies in between leaves what the next hour
does.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from chalicelib.domain.boards import (
    ClosedBoard,
    Placed,
    PrizeLoad,
    Scored,
    decide_prize,
    placed,
)
from chalicelib.domain.decision import Document
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.plan import CompiledBoard
from chalicelib.domain.progress import BADGES_ID, Progress
from chalicelib.domain.promises import gives_rewards
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.following import followed
from chalicelib.operations.order_members import (
    BADGES,
    INBOX_MARK,
    PROGRESS,
    honours_of,
    load_unsettled,
    marker_keys,
)
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.boards import (
    best_members,
    closed_board_key,
    closed_board_of,
    closed_board_put,
)
from chalicelib.storage.documents import document_of
from chalicelib.storage.key_names import account_key, document_key, shop_key
from chalicelib.storage.members import account_of
from chalicelib.storage.programs import boards_of, with_rules_of_now
from chalicelib.storage.shops import Shop, find_shop, shop_from_item
from chalicelib.storage.table import ConditionFailed, Table

_SPARE: Final = 10  # rows beyond the board: of who was merged or forgotten


class LoadedPrize(msgspec.Struct, frozen=True):
    """The shop and what the decision depends on."""

    shop: Shop
    prize: PrizeLoad


def close_boards(
    table: Table, shop_id: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> int:
    """Close every board whose time is over; how many had something to do.

    Also those of a challenge that the live program has no more: it ends as it was begun.
    """
    shop = find_shop(table, shop_id)
    if shop is None or not shop.live_version(now):
        return 0
    boards = boards_of(table, shop, now)
    due = [
        (name, board)
        for name, program in boards.items()
        if (board := program.challenges[name].board) is not None and board.closes_at <= now
    ]
    keys = [closed_board_key(shop_id, name) for name, _ in due]
    items = table.load(keys) if keys else {}
    worked = 0
    for name, board in due:
        known = closed_board_of(items.get(closed_board_key(shop_id, name)))
        if not has_time() or (known is not None and known.is_given):
            continue
        with suppress(Busy):  # the next hour does the rest
            _close(table, (shop_id, name), (board, known), now)
        worked += 1
    return worked


def ranked(
    table: Table, named: tuple[str, str], board: CompiledBoard
) -> tuple[tuple[Placed, ...], dict[str, Account]]:
    """The board of ``named`` (shop, challenge) as it is, with the accounts of its members."""
    shop_id, challenge = named
    members = best_members(table, shop_id, challenge, board.size + _SPARE)
    documents = {each: document_key(shop_id, each, "progress", challenge) for each in members}
    accounts = {each: account_key(shop_id, each) for each in members}
    items = table.load([*documents.values(), *accounts.values()]) if members else {}
    found = {each: account_of(items.get(accounts[each])) for each in members}
    there = {
        each: account
        for each, account in found.items()
        if account is not None and not account.merged_into and not account.erased_at
    }
    scored = [
        Scored(each, made.score, made.scored_at)
        for each in there
        if (made := document_of(items.get(documents[each]), Progress)) is not None and made.score
    ]
    return placed(board, scored), there


def _close(
    table: Table,
    named: tuple[str, str],
    board: tuple[CompiledBoard, ClosedBoard | None],
    now: Instant,
) -> None:
    (shop_id, challenge), (rules, known) = named, board
    if known is None:
        places, _ = ranked(table, named, rules)
        known = ClosedBoard(challenge, now, places)
        try:
            record_writes(table, (closed_board_put(shop_id, known),))
        except ConditionFailed:
            return  # another sweep closed it, and gives
    for place in known.places:
        if place.rank in rules.prizes:
            give_prize(table, named, place, now)
    given = msgspec.structs.replace(known, is_given=True)
    record_writes(table, (closed_board_put(shop_id, given),))


def give_prize(table: Table, named: tuple[str, str], place: Placed, now: Instant) -> Document:
    """Give what a place won, once.

    Raises:
        Busy, StorageUnavailable: the next hour does it.
    """
    shop_id, challenge = named
    work: Work[LoadedPrize] = Work(
        document=document_key(shop_id, place.member, "progress", challenge),
        load=lambda _: _load(table, named, place.member, now),
        decide=lambda loaded: decide_prize(place.rank, loaded.prize, now),
    )
    result = decide_and_commit(table, work)
    if not isinstance(result, Recorded):
        raise TypeError("a prize is never refused")
    if gives_rewards(result.document):
        from chalicelib.operations.keep_promises import keep_promises  # noqa: PLC0415 - rare

        keep_promises(table, result.loaded.shop, place.member, now)
    return result.document


def _load(table: Table, named: tuple[str, str], told: str, now: Instant) -> LoadedPrize:
    shop_id, challenge = named
    marks = frozenset({(PROGRESS, challenge), (BADGES, BADGES_ID), INBOX_MARK})
    keys = [shop_key(shop_id), account_key(shop_id, told)]
    items = table.load([*keys, *marker_keys(shop_id, {told}, marks)])
    shop = shop_from_item(items[shop_key(shop_id)])
    program = with_rules_of_now(table, shop, boards_of(table, shop, now)[challenge], now)
    member = followed(table, shop_id, told, items)
    account = account_of(items.get(account_key(shop_id, member)))
    others = {member, *(account.aliases if account else ())} - {told}
    items |= table.load(marker_keys(shop_id, others, marks)) if others else {}
    honours = honours_of(shop_id, member, account, (items, marks))
    unsettled = load_unsettled(table, shop_id, honours.progress.values())
    prize = PrizeLoad(shop_id, member, account, program, challenge, honours, unsettled)
    return LoadedPrize(shop, prize)
