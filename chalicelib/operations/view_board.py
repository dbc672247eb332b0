"""The board of a challenge, for everybody: places and scores, first names of who agreed."""

import msgspec

from chalicelib.domain.boards import Placed
from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_views import first_name
from chalicelib.domain.program.document import Program
from chalicelib.operations.close_boards import ranked
from chalicelib.storage.boards import closed_board_key, closed_board_of
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import boards_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table


class SeenBoard(msgspec.Struct, frozen=True):
    """A board as it stands, or as it was closed."""

    program: Program
    version: int
    challenge: str
    closes_at: Instant
    is_closed: bool
    places: tuple[Placed, ...]
    names: dict[str, str]  # by member; "" for who does not say


def view_board(table: Table, shop_id: str, challenge_id: str, now: Instant) -> SeenBoard | Refusal:
    """The board of a challenge, also of one that the live program has no more."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    if not shop.live_version(now):
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "The shop has no program yet.")
    program = boards_of(table, shop, now).get(challenge_id)
    board = program.challenges[challenge_id].board if program else None
    if program is None or board is None:
        return Refusal(RefusalCode.CHALLENGE_UNKNOWN, "There is no board of such a challenge.")
    key = closed_board_key(shop_id, challenge_id)
    known = closed_board_of(table.load([key]).get(key)) if board.closes_at <= now else None
    places = known.places if known else ranked(table, (shop_id, challenge_id), board)[0]
    keys = {each.member: profile_key(shop_id, each.member) for each in places}
    items = table.load(list(keys.values())) if keys and board.has_names else {}
    names = {member: first_name(profile_of(items.get(key))) for member, key in keys.items()}
    return SeenBoard(
        program.program,
        program.version,
        challenge_id,
        board.closes_at,
        known is not None,
        places,
        names,
    )
