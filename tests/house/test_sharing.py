"""How two workers share the tests out (``tests/sharing.py``)."""

import pytest

from tests.house.tree import ROOT
from tests.sharing import SLOW_FIRST, WHOLE_FOLDERS, shared_as, slowest


def test_what_goes_out_first_is_there_and_goes_out_whole() -> None:
    assert len(set(SLOW_FIRST)) == len(SLOW_FIRST)
    for place in SLOW_FIRST:
        assert (ROOT / place).exists(), place
        assert shared_as(f"{place}::test_x") == place


@pytest.mark.parametrize("folder", WHOLE_FOLDERS)
def test_a_whole_folder_stays_together(folder: str) -> None:
    assert {shared_as(f"{folder}test_{name}.py::test_x") for name in "ab"} == {folder}


def test_known_slow_files_go_first_and_then_those_with_the_most_tests() -> None:
    waiting = {"few": "..", "many": ".....", SLOW_FIRST[1]: ".", SLOW_FIRST[0]: "."}
    order = []
    while waiting:
        order.append(slowest(waiting))
        del waiting[order[-1]]
    assert order == [SLOW_FIRST[0], SLOW_FIRST[1], "many", "few"]
