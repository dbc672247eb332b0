"""The live program as a shop's pages show it, in one language."""

from chalicelib.domain.instants import Instant
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.program.presentation import choose_locale, present
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Table


def view_presentation(
    table: Table, shop_id: str, locale: str, now: Instant
) -> dict[str, object] | Refusal:
    """What everybody may know of the program."""
    shop = find_shop(table, shop_id)
    if shop is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    version = shop.live_version(now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "The shop has no program yet.")
    program = program_of(table, shop_id, version)
    return {**present(program, choose_locale(locale, "", program.program), now)}
