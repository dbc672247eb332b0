"""Who is in a share: the same for ever, evenly dealt, and never out again when it widens."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.program.rollout import arm_of, is_in_share, is_open_to
from tests.domain.program.builders import compiled

MEMBERS = [f"m{number}" for number in range(4_000)]


def test_an_arm_is_the_published_hash() -> None:
    told = hashlib.sha256(b"tea\nrollout\nm1").digest()
    assert arm_of("tea", "rollout", "m1") == int.from_bytes(told[:8])


@pytest.mark.parametrize("share", ["0.05", "0.25", "0.5"])
def test_a_share_holds_about_as_many(share: str) -> None:
    inside = sum(is_in_share(share, "tea", "rollout", member) for member in MEMBERS)
    expected = len(MEMBERS) * int(share[2:].ljust(2, "0")) // 100
    assert abs(inside - expected) < 4 * 32  # four standard deviations at most


@given(st.integers(0, 100), st.integers(0, 100), st.text(max_size=20))
def test_widening_keeps_everybody(one: int, two: int, member: str) -> None:
    small, large = (f"{share // 100}.{share % 100:02}" for share in sorted((one, two)))
    if is_in_share(small, "tea", "rollout", member):
        assert is_in_share(large, "tea", "rollout", member)


def test_the_edges_are_nobody_and_everybody() -> None:
    for member in MEMBERS[:50]:
        assert not is_in_share("0", "tea", "rollout", member)
        assert is_in_share("1", "tea", "rollout", member)


def test_uses_are_dealt_apart() -> None:
    rollout = {member for member in MEMBERS if is_in_share("0.5", "tea", "rollout", member)}
    holdout = {member for member in MEMBERS if is_in_share("0.5", "tea", "holdout", member)}
    assert abs(len(rollout & holdout) - 1_000) < 150


def test_a_program_without_a_rollout_is_open_to_all() -> None:
    assert is_open_to("m1", compiled())
    assert not is_open_to("m1", compiled(join={"rollout": "0"}), None)
