"""What ends at an instant is there one millisecond before it, and then is not."""

import pytest

from tests.simulation.edges import EDGES, blurred


@pytest.mark.parametrize("name", EDGES)
def test_what_ends_at_an_instant_ends_at_that_very_millisecond(name: str) -> None:
    assert blurred(name) == ""
