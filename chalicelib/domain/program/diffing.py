"""What differs between two versions of a program, as codes that languages have sentences for.

One walk over both documents with their defaults written out, lists by the ids of their items. Where
the table ``meanings.MEANINGS`` knows a place, its change has a code of its own and a direction;
everywhere else it is a ``detail`` whose effect on members is ``unclear``: a key that is new to the
language is told, though not in its own words, from its first day.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from chalicelib.domain.program.changes import Change, Place
from chalicelib.domain.program.defaults import Json, document_of
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import below
from chalicelib.domain.program.meanings import BY_UNIT, MEANINGS, SUBJECTS, unknown_change


def differences(before: Program, after: Program) -> tuple[Change, ...]:
    """Every change from ``before`` to ``after``, in the order of the document."""
    place = Place("$", "", {}, after.currency)
    return tuple(_objects(document_of(before), document_of(after), place))


_APART: Final = {"units.*.expiry": "warn"}
"""Keys of places that are told as a whole, and yet on their own."""


def _walk(before: object, after: object, place: Place) -> Iterator[Change]:
    key = _APART.get(place.pattern, "")
    if key:
        yield from _walk(_part(before, key), _part(after, key), _inside(place, key))
        before, after = _without(before, key), _without(after, key)
    if before == after:
        return
    meaning = MEANINGS.get(place.pattern)
    if meaning is not None and meaning.is_told_of(before, after):
        yield from meaning.changes(before, after, place)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(before, after, place)
    elif _has_ids(before) and _has_ids(after):
        yield from _lists(before, after, place)
    else:
        yield unknown_change(before, after, place)


def _part(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _without(value: object, key: str) -> object:
    return {k: v for k, v in value.items() if k != key} if isinstance(value, dict) else value


def _objects(before: Json, after: Json, place: Place) -> Iterator[Change]:
    unit = after.get("unit")
    if isinstance(unit, str):
        place = msgspec.structs.replace(place, subject={**place.subject, "unit": unit})
    for key in dict.fromkeys((*before, *after)):
        yield from _walk(before.get(key), after.get(key), _inside(place, key))


def _inside(place: Place, key: str) -> Place:
    """The place of ``key``; units are told by name, whatever they are called."""
    path = below(place.path, key)
    if place.pattern in BY_UNIT:
        subject = {**place.subject, "unit": key}
        return Place(path, f"{place.pattern}.*", subject, place.currency)
    pattern = f"{place.pattern}.{key}" if place.pattern else key
    return Place(path, pattern, place.subject, place.currency)


def _lists(before: object, after: object, place: Place) -> Iterator[Change]:
    known, told = _by_id(before), _by_id(after)
    numbers = {name: number for number, name in enumerate(told)}
    for name in dict.fromkeys((*known, *told)):
        where = f"{place.path}[{numbers[name]}]" if name in numbers else place.path
        subject = {**place.subject, SUBJECTS.get(place.pattern, "item"): name}
        inner = Place(where, f"{place.pattern}.*", subject, place.currency)
        yield from _walk(known.get(name), told.get(name), inner)


def _has_ids(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and isinstance(_id_of(item), str) for item in value
    )


def _id_of(item: Json) -> object:
    """Its id; of an offer of referral, which has none, its first region."""
    regions = item.get("regions")
    return regions[0] if isinstance(regions, list) and regions else item.get("id")


def _by_id(value: object) -> Mapping[str, Json]:
    items = value if isinstance(value, list) else []
    return {str(_id_of(item)): item for item in items}
