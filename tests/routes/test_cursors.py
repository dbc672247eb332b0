"""A cursor is good for the list that gave it, and for nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import settings
from chalicelib.domain.outcome import Refusal
from chalicelib.routes.cursors import read_cursor, write_cursor
from tests.routes.house import SETTINGS, Client, make_shop

part = st.text(max_size=60)


@given(list_name=part, start=st.one_of(st.tuples(part, part), st.tuples(part, part, part)))
def test_a_cursor_comes_back_as_its_start(list_name: str, start: Any) -> None:
    with settings.use(SETTINGS):
        cursor = write_cursor(list_name, start)
        assert read_cursor(list_name, cursor) == start
        assert isinstance(read_cursor(f"{list_name}x", cursor), Refusal)


def test_every_changed_letter_is_refused() -> None:
    with settings.use(SETTINGS):
        cursor = write_cursor("a list", ("S#tea#KEYS", "k1"))
        for at in range(len(cursor)):
            for letter in "Az0-_=é.":
                changed = cursor[:at] + letter + cursor[at + 1 :]
                same = changed == cursor
                assert isinstance(read_cursor("a list", changed), Refusal) != same


HOSTILE = ["x", "é", "W10", "W" * 3_000, "bnVsbA", "\ud800", "W1tdLCIiXQ"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_what_is_no_cursor_is_refused(hostile: str) -> None:
    with settings.use(SETTINGS):
        assert isinstance(read_cursor("a list", hostile), Refusal)


def test_pages_walk_a_whole_list_and_cursors_do_not_change_lists(client: Client) -> None:
    make_shop(client, "tea")
    make_shop(client, "coffee")
    path = "/v1/admin/shops/tea/api-keys"
    for number in range(6):
        client.post(path, {"name": f"key {number}", "scopes": ["read"]})
    seen: list[str] = []
    query = "?limit=3"
    pages = 0
    cursor = ""
    while True:
        page = client.get(f"{path}{query}")
        seen += [key["id"] for key in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
        query = f"?limit=3&cursor={cursor}"
    assert len(seen) == len(set(seen)) == 7
    assert pages in {3, 4}
    for other in (
        "/v1/admin/shops/coffee/api-keys",
        "/v1/admin/shops/tea/connections",
        "/v1/admin/shops/tea/audit-log",
    ):
        assert client.code("GET", f"{other}?cursor={cursor}") == "cursor_invalid"
    assert client.code("GET", f"{path}?cursor={cursor}&limit=0") == "value_invalid"
