"""Shares of a pool: to the point, in proportion, and nobody's debt."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.domain.booking import opened
from chalicelib.domain.member import Account, Place, Pool
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.pool_redeeming import PoolRedeemLoad, decide_pool_undo
from chalicelib.domain.pool_shares import pool_of, shares, split, with_shares
from chalicelib.domain.pooling import NO_POOL, Sharer
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.redeeming import RedeemLoad
from tests.builders import NOON, TEA

WEIGHTS = some.dictionaries(
    some.sampled_from(["ann", "ben", "cid", "dee"]), some.integers(0, 10**12), min_size=1
)
POINTS = some.integers(0, 10**12)


@given(POINTS, WEIGHTS)
def test_parts_add_up_and_are_within_a_point_of_the_proportion(
    points: int, weights: dict[str, int]
) -> None:
    parts, whole = split(points, weights), sum(weights.values())
    assert sum(parts.values()) == (points if whole else 0)
    assert parts.keys() == weights.keys()
    for name, part in parts.items():
        assert abs(part * whole - points * weights[name]) < max(whole, 1)


@given(POINTS, WEIGHTS)
def test_weights_that_add_up_are_the_parts(points: int, weights: dict[str, int]) -> None:
    parts = split(points, weights)
    assert split(sum(parts.values()), parts) == parts


def test_a_tie_is_by_name_whatever_the_order() -> None:
    assert split(1, {"ben": 1, "ann": 1}) == split(1, {"ann": 1, "ben": 1}) == {"ann": 1, "ben": 0}
    assert split(-5, {"ann": 1}) == {"ann": 0}


def test_what_nobody_put_in_is_the_owners() -> None:
    pool = Pool("points", "ann", {"ann": Place(0), "ben": Place(0)})
    assert shares(pool, 7) == {"ann": 7, "ben": 0}


@given(POINTS, WEIGHTS, WEIGHTS)
def test_shares_never_fall_below_nothing(
    had: int, weights: dict[str, int], less: dict[str, int]
) -> None:
    places = {name: Place(0, weight) for name, weight in weights.items()}
    program = compile_program(read_program(TEA), 1)
    draft = opened("pool", Account(1, pool=Pool("points", min(places), places)), NOON, program)
    after = pool_of(with_shares(draft, had, {name: -by for name, by in less.items()}))
    assert min(place.share for place in after.places.values()) >= 0
    same = pool_of(with_shares(draft, had, {}))
    assert sum(place.share for place in same.places.values()) == had


def test_only_a_pool_has_shares() -> None:
    program = compile_program(read_program(TEA), 1)
    with pytest.raises(InvariantBroken):
        pool_of(opened("ann", Account(1), NOON, program))


def test_accounts_without_pools_are_stored_as_before() -> None:
    assert msgspec.to_builtins(Account(1)) == {"r": 1}


def test_where_there_is_no_pool_nothing_is_given_back_to_it() -> None:
    nobody = RedeemLoad("tea", "home", None, None, None)
    assert decide_pool_undo(PoolRedeemLoad(nobody, Sharer("ann", None)), NOON) == NO_POOL
