"""Standing wrong versions of pools, of codes that end, and of orders in other currencies.

As in ``mutants``: each names what it breaks, and the suite must see it.
"""

from typing import Any

import msgspec

from chalicelib.domain import exchange, passing, pool_redeeming, pooling, redemption_ends
from chalicelib.domain.decision import Decision
from chalicelib.domain.member import Account, UnitState
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.operations import load_order, order_programs, put_into_pool, redeem_from_pool
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table
from tests.simulation.mutants import Mutant


def _into_the_pool_alone(*asked: Any) -> Any:
    """Who puts points in keeps them, too."""
    made = pooling.decide_put_in(*asked)
    if not isinstance(made, Decision):
        return made
    return msgspec.structs.replace(made, books=made.books[:1], further=())


def _drawn_from_nobody(*asked: Any) -> Any:
    """What a pool draws on somebody for a reward stays with them."""
    made = pool_redeeming.decide_pool_redeem(*asked)
    if not isinstance(made, Decision):
        return made
    return msgspec.structs.replace(made, books=made.books[:1], further=())


def _never_forgotten(state: UnitState, _: str) -> UnitState:
    """A code's points come back, and the code is waited for again."""
    return state


def _waited_for_though_used(account: Account, _: Any) -> Account:
    """The end of a code that was used gives its points back all the same."""
    return account


def _todays_rates(program: CompiledProgram | None, _: Any) -> dict[str, str]:
    return dict(program.program.fx) if program else {}


def _with_todays_rates(table: Table, shop: Shop, document: Any, now: int) -> Any:
    """The rules of the order's version, and the rates of the day."""
    program = _terms_program(table, shop, document, now)
    if program is None:
        return None
    live = program_of(table, shop.shop_id, shop.live_version(now))
    written = msgspec.structs.replace(program.program, fx=live.program.fx)
    return msgspec.structs.replace(program, program=written)


_terms_program = order_programs.program_of_terms

LATER = (
    Mutant("a pool one-sided", "I4", ((put_into_pool, "decide_put_in", _into_the_pool_alone),)),
    Mutant(
        "a draw that takes from nobody",
        "I4",
        ((redeem_from_pool, "decide_pool_redeem", _drawn_from_nobody),),
    ),
    Mutant("a code returned twice", "I6", ((passing, "without_code", _never_forgotten),)),
    Mutant(
        "a used code returned at its end",
        "I6",
        ((redemption_ends, "_without_end", _waited_for_though_used),),
    ),
    Mutant(
        "euros at today's rate",
        "an order by its own terms",
        (
            (exchange, "rates_of", _todays_rates),
            (load_order, "program_of_terms", _with_todays_rates),
        ),
    ),
)
