"""Which redemption a code belongs to: what staff at the till ask."""

from typing import Final

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Redemption
from chalicelib.operations.load_order import our_codes
from chalicelib.operations.undo_redemption import find_redemption
from chalicelib.storage.codes import find_code
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table

_GROUPS: Final = ((0, 4), (4, 8), (8, None))  # of the letters of a code, hyphens between


def find_redemption_by_code(table: Table, shop: str, code: str) -> Redemption | Refusal:
    """The redemption that ``code`` was issued for, as it was typed: any case, any separators."""
    if find_shop(table, shop) is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    letters = "".join(sign for sign in code if sign.isalnum())
    spelled = our_codes(("-".join(letters[start:end] for start, end in _GROUPS),))
    owner = find_code(table, shop, spelled[0]) if spelled else None
    found = find_redemption(table, shop, owner.member, owner.redemption) if owner else None
    if found is None:
        return Refusal(RefusalCode.REDEMPTION_UNKNOWN, "There is no such code.")
    return found
