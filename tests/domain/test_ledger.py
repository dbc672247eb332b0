"""The journal: numbered, chained, and any change of any field of any entry shows."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.ledger import (
    Entry,
    EntryKind,
    Explained,
    Movement,
    Source,
    canonical,
    chain_breaks,
    entry_hash,
    genesis,
    post,
)
from chalicelib.domain.lots import Touched
from chalicelib.domain.member import Account, Lot, UnitState
from chalicelib.domain.outcome import InvariantBroken
from chalicelib.domain.points import POINTS_MAX
from tests.builders import NOON

WORDS = st.text('abcdé☕:"\\', max_size=5)
REASONS = st.builds(
    Explained, code=WORDS, parameters=st.dictionaries(WORDS, st.one_of(WORDS, st.integers(0, 99)))
)
MOVEMENTS = st.lists(
    st.builds(
        Movement,
        unit=st.sampled_from(["points", "stars"]),
        points=st.integers(-1_000, 1_000),
        kind=st.sampled_from(EntryKind),
        touched=st.lists(st.builds(Touched, points=st.integers(1, 9)), max_size=2).map(tuple),
        explanation=st.lists(REASONS, max_size=2).map(tuple),
        qualifying=st.dictionaries(WORDS, st.dictionaries(WORDS, st.integers(-9, 9))),
    ),
    min_size=1,
    max_size=5,
)


def posted(movements: list[Movement]) -> tuple[Account, tuple[Entry, ...]]:
    """A journal of one commit; the account holds what it comes to."""
    sums: dict[str, int] = {}
    for movement in movements:
        sums[movement.unit] = sums.get(movement.unit, 0) + movement.points
    units = {
        unit: UnitState((Lot(count),)) if count > 0 else UnitState((), -count)
        for unit, count in sums.items()
    }
    source = Source(genesis("tea", "m"), "order:main:1", NOON, NOON, 3)
    return post(Account(revision=1, units=units), movements, source)


@given(MOVEMENTS)
def test_a_journal_is_gapless_chained_and_sums(movements: list[Movement]) -> None:
    account, entries = posted(movements)
    assert [entry.seq for entry in entries] == list(range(1, len(movements) + 1))
    assert account.seq == len(entries)
    assert account.last_hash == entries[-1].hash
    assert chain_breaks("tea", "m", entries) == ()


@given(MOVEMENTS)
def test_a_later_commit_goes_on_where_the_last_one_ended(movements: list[Movement]) -> None:
    account, entries = posted([Movement("points", 5, EntryKind.EARN)])
    account = msgspec.structs.replace(account, units={"points": UnitState((Lot(12),))})
    source = Source(genesis("tea", "m"), "order:main:2", NOON, NOON)
    later, more = post(account, [Movement("points", 7, EntryKind.EARN)], source)
    assert later.seq == 2
    assert chain_breaks("tea", "m", (*entries, *more)) == ()


def changed(value: Any) -> Any:
    """Something else of the same kind."""
    match value:
        case EntryKind():
            return next(kind for kind in EntryKind if kind is not value)
        case str():
            return value + "x"
        case int():
            return value + 1
        case tuple() if value and isinstance(value[0], Touched):
            first = msgspec.structs.replace(value[0], points=value[0].points + 1)
            return (first, *value[1:])
        case tuple() if value:
            first = msgspec.structs.replace(value[0], code=value[0].code + "x")
            return (first, *value[1:])
        case tuple():
            return (Touched(1),)
        case dict():
            return {**value, "x": {"2026": 1}}
        case _:
            raise AssertionError(value)


@settings(max_examples=30)
@given(MOVEMENTS, st.data())
def test_any_change_of_any_field_of_any_entry_breaks_the_chain(
    movements: list[Movement], data: st.DataObject
) -> None:
    _, entries = posted(movements)
    place = data.draw(st.integers(0, len(entries) - 1))
    for name in Entry.__struct_fields__:
        value = getattr(entries[place], name)
        other = (Explained("x"),) if name == "explanation" and not value else changed(value)
        forged = msgspec.structs.replace(entries[place], **{name: other})
        assert chain_breaks("tea", "m", (*entries[:place], forged, *entries[place + 1 :])), name


@given(MOVEMENTS.filter(lambda movements: len(movements) > 1), st.data())
def test_entries_cannot_be_left_out_swapped_or_passed_off(
    movements: list[Movement], data: st.DataObject
) -> None:
    _, entries = posted(movements)
    place = data.draw(st.integers(0, len(entries) - 2))
    left_out = (*entries[:place], *entries[place + 1 :])
    swapped = (*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :])
    assert chain_breaks("tea", "m", left_out)
    assert chain_breaks("tea", "m", swapped)
    assert chain_breaks("tea", "somebody else", entries)
    assert chain_breaks("another shop", "m", entries)


@given(REASONS, REASONS)
def test_two_explanations_never_look_alike(first: Explained, second: Explained) -> None:
    _, (entry,) = posted([Movement("points", 1, EntryKind.EARN, explanation=(first,))])
    other = msgspec.structs.replace(entry, explanation=(second,))
    assert (canonical(entry) == canonical(other)) == (first == second)


def test_a_parameter_named_code_does_not_hide_the_code() -> None:
    _, (entry,) = posted(
        [Movement("points", 1, EntryKind.EARN, explanation=(Explained("a", {"code": "b"}),))]
    )
    other = msgspec.structs.replace(entry, explanation=(Explained("z", {"code": "b"}),))
    assert canonical(entry) != canonical(other)


def test_the_canonical_form_is_fixed_for_ever() -> None:
    """Sorted long names, no spaces, UTF-8: what a statement is verified by offline."""
    entry = Entry(
        seq=1,
        unit="points",
        points=114,
        kind=EntryKind.EARN,
        document="order:main:1001",
        booked_after=114,
        recorded_at=NOON,
        occurred_at=NOON,
        touched=(Touched(114, 0, None),),
        qualifying={"club": {"2026-11": 11450}},
        program_version=1,
        explanation=(Explained("order", {"order": "#1001"}),),
    )
    assert canonical(entry).decode() == (
        '{"booked_after":114,"document":"order:main:1001",'
        '"explanation":[{"code":"order","parameters":{"order":"#1001"}}],"kind":"earn",'
        f'"occurred_at":{NOON},"points":114,"program_version":1,'
        '"qualifying":{"club":{"2026-11":11450}},'
        f'"recorded_at":{NOON},"seq":1,"touched":[[114,0,null]],"unit":"points"}}'
    )
    chained = entry_hash(genesis("tea", "m"), entry)
    assert chained == entry_hash(genesis("tea", "m"), entry)
    assert chained != entry_hash(genesis("tea", "n"), entry)
    assert len(chained) == 64


def test_the_hash_does_not_cover_the_hashes_themselves() -> None:
    _, (entry,) = posted([Movement("points", 1, EntryKind.EARN)])
    assert canonical(entry) == canonical(msgspec.structs.replace(entry, hash="", prev_hash=""))


def test_a_movement_has_a_limit() -> None:
    posted([Movement("points", POINTS_MAX, EntryKind.EARN)])
    with pytest.raises(InvariantBroken):
        posted([Movement("points", POINTS_MAX + 1, EntryKind.EARN)])
