"""Boards in the table: rows of the index by score, and one item for a board that is closed."""

import msgspec

from chalicelib.domain.boards import ClosedBoard
from chalicelib.storage.codec import pack, unpack
from chalicelib.storage.index_names import board_partition
from chalicelib.storage.items import Absent, Item, Key, Put, RevisionIs
from chalicelib.storage.table import Query, Table


def closed_board_key(shop: str, challenge: str) -> Key:
    """Where a closed board is kept."""
    return board_partition(shop, challenge), "CLOSED"


def closed_board_put(shop: str, board: ClosedBoard) -> Put:
    """The write of a board that is closed, or whose prizes are given by now."""
    partition, sort = closed_board_key(shop, board.challenge)
    revision = 2 if board.is_given else 1
    item: Item = {
        "PK": partition,
        "SK": sort,
        "r": revision,
        "b": pack(msgspec.json.encode(board)),
    }
    return Put(item, RevisionIs(1) if board.is_given else Absent())


def closed_board_of(item: Item | None) -> ClosedBoard | None:
    """The board of an item that was loaded under ``closed_board_key``."""
    body = item["b"] if item else None
    return msgspec.json.decode(unpack(body), type=ClosedBoard) if isinstance(body, bytes) else None


def best_members(table: Table, shop: str, challenge: str, most: int) -> tuple[str, ...]:
    """Who may be first on the board, best first; the index lags a little."""
    page = table.query(Query(board_partition(shop, challenge), index="GSI1", limit=most))
    return tuple(str(item["PK"]).rpartition("#M#")[2] for item in page.items)
