"""Signs of referrals: spelling hides nothing, little is remembered, and not for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.events import Signs
from chalicelib.domain.limits import (
    ARRIVALS_MAX,
    ARRIVALS_WINDOW_MS,
    SIGN_KEPT_MS,
    SIGN_RENEWED_MS,
    SIGNS_KEPT_MAX,
)
from chalicelib.domain.referral_signs import (
    KINDS,
    TOO_MANY,
    Arrivals,
    MemberSigns,
    folded,
    folded_address,
    folded_ip,
    is_checked,
    is_one_too_many,
    remembered,
    shared_signs,
    with_arrival,
)

NOW = 10**12
ALL = frozenset(KINDS)


def seen(*hashes: str, at: int = NOW, kind: str = "address") -> MemberSigns:
    return MemberSigns({kind: dict.fromkeys(hashes, at)}, 1)


def told(*hashes: str, kind: str = "address") -> dict[str, frozenset[str]]:
    return {kind: frozenset(hashes)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("12 Main Street", "Apt 4", "40003", "US"), ("Apt. 4, 12 main st.", "", "40003", "us")),
        (("Fő utca 3.", "1011", "HU"), ("fo u. 3", "1011", "HU")),
        (("Hauptstraße 5", "10115", "DE"), ("HAUPTSTRASSE 5", "10115", "DE")),
        (("Straße 5",), ("str 5",)),
    ],
)
def test_one_address_spelled_twice_is_one(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert folded_address(first) == folded_address(second) != ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("12 Main Street", "40003"), ("13 Main Street", "40003")),
        (("12 Main Street", "40003"), ("12 Main Street", "40004")),
        (("خیابان ولیعصر ۵",), ("خیابان ولیعصر ۶",)),
    ],
)
def test_neighbours_live_elsewhere(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert folded_address(first) != folded_address(second)


def test_an_address_of_signs_alone_is_none() -> None:
    assert folded_address(("--", " ", "_")) == ""


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("93.184.216.34", "93.184.216.34"),
        (" 93.184.216.34 ", "93.184.216.34"),
        ("::ffff:93.184.216.34", "93.184.216.34"),
        ("2a00:1450:4001:81b::200e", "2a00:1450:4001:81b::/64"),
        ("2A00:1450:4001:081B:ffff::1", "2a00:1450:4001:81b::/64"),
        ("0.0.0.0", ""),  # noqa: S104 - what Shopify sends where it knows none
        ("10.0.0.1", ""),
        ("192.168.1.7", ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("fe80::1", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_ip_address_is_told_in_one_spelling_and_only_where_it_is_public(
    text: str, is_told: str
) -> None:
    assert folded_ip(text) == is_told


def test_only_what_is_checked_is_told() -> None:
    signs = Signs((("1 Main St",), ("2 Side St",)), " pay ", "dev", "93.184.216.34")
    assert [kind for kind, _ in folded(signs, ALL)] == [
        "address", "address", "payment", "device", "ip",
    ]  # fmt: skip
    assert list(folded(signs, frozenset({"payment", "self"}))) == [("payment", "pay")]
    assert list(folded(Signs(((" ",),)), ALL)) == []


def test_signs_show_nothing_where_they_are_printed() -> None:
    assert repr(Signs((("12 Main St",),), "card", "device", "93.184.216.34")) == "Signs(...)"


def test_what_was_seen_lately_is_not_written_again() -> None:
    known = remembered(MemberSigns(), told("a"), NOW)
    assert known.seen == {"address": {"a": NOW}}
    assert remembered(known, told("a"), NOW + SIGN_RENEWED_MS - 1) is known
    assert remembered(known, {}, NOW + SIGN_KEPT_MS) is known
    again = remembered(known, told("a"), NOW + SIGN_RENEWED_MS)
    assert again.seen == {"address": {"a": NOW + SIGN_RENEWED_MS}}
    assert again.last_seen == NOW + SIGN_RENEWED_MS


def test_what_is_over_is_dropped_when_something_new_is_seen() -> None:
    known = remembered(seen("old"), told("new", kind="ip"), NOW + SIGN_KEPT_MS)
    assert known.seen == {"ip": {"new": NOW + SIGN_KEPT_MS}}
    assert known.revision == 1


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text("abcdefgh", min_size=1, max_size=1))))
def test_a_few_of_each_kind_are_remembered_the_newest(rows: list[tuple[str, str]]) -> None:
    known = MemberSigns()
    for number, (kind, each) in enumerate(rows):
        known = remembered(known, told(each, kind=kind), NOW + number * SIGN_RENEWED_MS)
    assert all(len(hashes) <= SIGNS_KEPT_MAX for hashes in known.seen.values())
    if rows:
        kind, each = rows[-1]
        assert each in known.seen[kind]


def test_what_was_seen_of_both_sides_is_found_under_any_id() -> None:
    ours = [MemberSigns(), seen("a", "b")]
    assert shared_signs(ours, [seen("b"), seen("x", kind="ip")], NOW) == ("address",)
    assert shared_signs(ours, [seen("b", kind="ip")], NOW) == ()
    assert shared_signs(ours, [seen("c")], NOW) == ()
    assert shared_signs(ours, [seen("b", at=NOW + 1)], NOW + SIGN_KEPT_MS) == ()
    assert shared_signs([], [], NOW) == ()


def test_friends_beyond_the_limit_of_one_window_are_too_many() -> None:
    known = Arrivals()
    for number in range(ARRIVALS_MAX):
        known = with_arrival(known, f"f{number}", NOW + number)
        assert not is_one_too_many(known, f"f{number}", NOW + number)
    assert with_arrival(known, "f0", NOW + 9) is known
    full = with_arrival(known, "more", NOW + 9)
    assert full is known
    assert is_one_too_many(full, "more", NOW + 9)
    later = with_arrival(known, "more", NOW + ARRIVALS_WINDOW_MS)
    assert later.friends == ("more",)
    assert not is_one_too_many(later, "more", NOW + ARRIVALS_WINDOW_MS)


@pytest.mark.parametrize("friends", [1, ARRIVALS_MAX])
def test_who_came_a_whole_window_before_is_not_counted_and_who_came_a_little_before_is(
    friends: int,
) -> None:
    known = Arrivals(tuple(f"f{number}" for number in range(friends)), NOW + ARRIVALS_WINDOW_MS)
    long_ago = NOW - ARRIVALS_WINDOW_MS
    assert with_arrival(known, "late", long_ago) is known
    assert not is_one_too_many(known, "late", long_ago)
    counted = with_arrival(known, "late", long_ago + 1)
    assert is_one_too_many(counted, "late", long_ago + 1) == (friends == ARRIVALS_MAX)


def test_every_reason_belongs_to_a_check() -> None:
    assert is_checked(TOO_MANY, frozenset({"ip"}))
    assert not is_checked(TOO_MANY, frozenset({"email"}))
    assert is_checked("address", frozenset({"address"}))
