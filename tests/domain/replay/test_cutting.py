"""A list is cut into segments that hold every member once, however its pages came."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.replay.cutting import Cut, Mark, Stretch, stretches

PAGES = st.lists(st.integers(0, 7), max_size=8)


def listed(count: int) -> list[Mark]:
    return [("S#tea#M", "P", f"{number:04}") for number in range(count)]


def cut(sizes: Sequence[int], every: int = 2, most: int = 4) -> Cut:
    """A list that came in pages of those sizes, cut."""
    names, found, place = listed(sum(sizes)), Cut(every), 0
    for number, size in enumerate(sizes, start=1):
        page = names[place : place + size]
        place += size
        is_last = number == len(sizes)
        found = found.plus(page, None if is_last else ("", "", f"at {place}"), most)
    return found if sizes else found.plus((), None, most)


def inside(stretch: Stretch, names: Sequence[Mark]) -> list[Mark]:
    after = stretch.after[-1] if stretch.after else ""
    return [each for each in names if after < each[-1] <= (stretch.until or "~")]


@given(PAGES, st.integers(1, 3), st.integers(1, 5))
def test_every_member_is_in_one_segment_and_there_are_not_too_many(
    sizes: list[int], every: int, most: int
) -> None:
    found, names = cut(sizes, every, most), listed(sum(sizes))
    parts = [inside(each, names) for each in stretches(found, Cut(1, whole=True))]
    assert [each for part in parts for each in part] == names
    assert len(parts) <= most
    assert {len(part) for part in parts[:-1]} <= {found.every}
    assert len(parts[-1]) <= found.every
    assert parts[-1] or not names


@given(PAGES, st.integers(1, 3), st.integers(1, 5))
def test_the_pages_that_a_list_came_in_do_not_matter(
    sizes: list[int], every: int, most: int
) -> None:
    assert cut(sizes, every, most) == cut([sum(sizes)], every, most)


def test_a_list_that_grew_is_in_its_segments_still() -> None:
    first, second = stretches(cut([3]), Cut(1, whole=True))
    later = [("S#tea#M", "P", sort) for sort in ("0000.5", "0001.5", "0009")]
    assert [inside(first, later), inside(second, later)] == [later[:1], later[1:]]


@pytest.mark.parametrize(("pools", "of_pools"), [(0, [False]), (3, [False, True, True])])
def test_pools_have_segments_of_their_own_where_there_are_any(
    pools: int, of_pools: list[bool]
) -> None:
    found = stretches(cut([]), cut([pools]))
    assert [each.of_pools for each in found] == of_pools
    assert {(each.after, each.until) for each in found[:1]} == {(None, "")}
