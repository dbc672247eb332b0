"""What is refused of pools when something is missing that the others stand on."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.booking import opened, with_account
from chalicelib.domain.member import Account, Place, Pool
from chalicelib.domain.member_records import Pooling, PoolingKind
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.pool_leaving import decide_dissolve, decide_leave, vacated
from chalicelib.domain.pool_merging import rehoused
from chalicelib.domain.pooling import (
    PlaceWish,
    PoolLoad,
    Sharer,
    decide_create,
    decide_invite,
    decide_join,
    decide_put_in,
)
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from tests.builders import NOON, TEA

ASKED = Pooling("d1", "ann", "pool", "ann", PoolingKind.PUT_IN, "h", "stars", "operator", NOON)
ANN = Sharer("ann", Account(1, pools={"points": "pool"}))
SHARED = Account(1, pool=Pool("points", "ann", {"ann": Place(0), "ben": Place(0)}))
PROGRAM = compile_program(read_program(TEA), 1)
WISH = PlaceWish(is_vouched=True)
TORN = (("cid", Account(1, pools={"points": "pool"})), ("pool", SHARED))
ACTS: dict[str, Callable[[PoolLoad], Any]] = {
    "create": lambda load: decide_create(ASKED, WISH, load, NOON),
    "join": lambda load: decide_join(ASKED, PlaceWish(gives_all=True), load, NOON),
    "invite": lambda load: decide_invite(ASKED, load, NOON),
    "put in": lambda load: decide_put_in(ASKED, load, NOON),
    "leave": lambda load: decide_leave(ASKED, load, NOON),
    "dissolve": lambda load: decide_dissolve(ASKED, load, (ANN,), NOON),
}


def code_of(outcome: Any) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code.value


@pytest.mark.parametrize("act", ACTS)
def test_without_a_program_nothing_is_decided(act: str) -> None:
    load = PoolLoad("tea", "pool", SHARED, ANN, None)
    assert code_of(ACTS[act](load)) == "program_not_live"


@pytest.mark.parametrize("act", sorted(ACTS.keys() - {"create"}))
@pytest.mark.parametrize("account", [None, Account(1)])
def test_without_a_pool_there_is_none(act: str, account: Account | None) -> None:
    load = PoolLoad("tea", "pool", account, ANN, PROGRAM)
    assert code_of(ACTS[act](load)) == "pool_unknown"


def test_a_pool_is_of_a_unit_of_the_program() -> None:
    load = PoolLoad("tea", "pool", None, ANN, PROGRAM)
    assert code_of(ACTS["create"](load)) == "unit_unknown"


def test_a_torn_read_of_a_pool_that_is_left_changes_nothing() -> None:
    draft, shared = (opened(name, each, NOON, PROGRAM) for name, each in TORN)
    assert vacated(draft, shared, "operator", PROGRAM) == (draft, shared, ())


def test_a_torn_read_of_a_pool_decides_nothing_about_its_places() -> None:
    kept, gone = (opened(name, Account(1), NOON, PROGRAM) for name in ("ann", "cid"))
    gone = with_account(gone, pools={"points": "pool"})
    _, (draft,) = rehoused(kept, gone, {"pool": SHARED}, PROGRAM)
    assert draft.account.pool == SHARED.pool
