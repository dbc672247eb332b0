"""Programs drawn from the types of the document, and mended by the check itself.

The annotations of ``document`` are the one source: a key that is added there is drawn from then
on. What they cannot say (which keys go together, which names there are) is in ``any_forms`` and
``any_words``, which only steer. What the check still refuses is cut at the path that it
names, until nothing is left to cut: so what comes out is always valid, and no rule of validity is
written twice.
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st
from msgspec import inspect

from chalicelib.domain.outcome import Problem
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.validation import check
from tests.domain.program.any_forms import (
    ALWAYS,
    EXACTLY,
    WANTED_OF_TEN,
    Place,
    claimed_of,
    forms_of,
    pick,
    whole,
)
from tests.domain.program.any_words import ITEMS_MAX, conditions, scalar, steered

Steering: TypeAlias = Callable[[str, str], st.SearchStrategy[Any] | None]
"""What is drawn under a key of a struct; None: what its type says."""

EAGER_OF_TEN = 5
"""How often at least where only some parts are asked for, to see all of their keys."""

ROUNDS_MAX = 40
DEFAULTED = ("earn", "rewards")
_STEP = re.compile(r'\.([A-Za-z0-9_-]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def programs(*parts: str) -> st.SearchStrategy[dict[str, Any]]:
    """Valid documents; with ``parts``: of these and what others refer to alone."""
    return drawn_programs(*parts).map(mended)


@st.composite
def drawn_programs(draw: st.DrawFn, *parts: str) -> dict[str, Any]:
    """Documents as they are drawn: of the right types, and seldom valid."""
    place = Place("", "", owner={"parts": frozenset(parts)})
    drawn: dict[str, Any] = value_of(draw, info_of(Program), place)
    return drawn


@st.composite
def of_type(draw: st.DrawFn, kind: type, steering: Steering) -> Any:
    """JSON of any type of ours, such as the canonical events."""
    return value_of(draw, info_of(kind), Place("", "", owner={"steering": steering}))


@lru_cache
def info_of(kind: type) -> inspect.Type:
    """What ``msgspec`` knows of a type."""
    return inspect.type_info(kind)


# ---------------------------------------------------------------- drawing


def value_of(draw: st.DrawFn, kind: inspect.Type, place: Place) -> Any:
    """JSON of ``kind``."""
    steering: Steering | None = place.owner.get("steering")
    told = (
        steering(place.struct, place.key)
        if steering
        else steered(place.struct, place.key, place.owner)
    )
    if told is not None:
        return draw(told)
    meta: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        meta.update(kind.extra or {})
        kind = kind.type
    match kind:
        case inspect.UnionType():
            real = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
            return value_of(draw, pick(draw, real), place)
        case inspect.LiteralType():
            return pick(draw, kind.values)
        case inspect.StructType():
            return struct_of(draw, kind, place)
        case inspect.DictType():
            return _dict_of(draw, kind, place)
        case inspect.VarTupleType():
            return _list_of(draw, kind, place)
        case _:
            return draw(scalar(kind, meta, (place.struct, place.key, place.index)))


def struct_of(draw: st.DrawFn, kind: inspect.StructType, place: Place) -> dict[str, Any]:
    """JSON of a struct: one of its forms, and some of the keys that go with every form."""
    name = kind.cls.__name__
    forms = forms_of(name, place)
    form = pick(draw, forms) if forms else {}
    claimed = claimed_of(name) - form.keys()
    value: dict[str, Any] = {}
    for each in sorted(
        kind.fields, key=lambda one: (one.encode_name not in form, not one.required)
    ):
        key = each.encode_name
        if key in claimed and not each.required:
            continue
        here = Place(name, key, place.index, {**place.owner, **value, "index": place.index})
        if form.get(key) is not None:
            value[key] = form[key]
        elif each.required or key in form or _is_wanted(draw, name, key, place):
            value[key] = value_of(draw, each.type, here)
    tag = kind.tag
    return value if tag is None else {str(kind.tag_field): tag, **value}


def _is_wanted(draw: st.DrawFn, struct: str, key: str, place: Place) -> bool:
    parts = place.owner.get("parts", frozenset())
    if struct == "Program" and (parts or key in ALWAYS):
        return key in ALWAYS or key in parts
    often = WANTED_OF_TEN.get(struct, WANTED_OF_TEN[""])
    return draw(whole(1, 10)) <= (max(often, EAGER_OF_TEN) if parts else often)


def _dict_of(draw: st.DrawFn, kind: inspect.DictType, place: Place) -> dict[str, Any]:
    if isinstance(kind.value_type, inspect.AnyType | inspect.CustomType):
        asked: dict[str, Any] = draw(conditions(place.key, place.owner))
        return asked
    least, most = max(1, kind.min_length or 0), min(kind.max_length or ITEMS_MAX, ITEMS_MAX)
    keys = steered(place.struct, f"{place.key}:", place.owner)
    names = (
        draw(keys)
        if keys is not None
        else tuple(
            value_of(draw, kind.key_type, Place(place.struct, "", index))
            for index in range(draw(whole(least, most)))
        )
    )
    return {
        name: value_of(draw, kind.value_type, Place(place.struct, "", 0, {"named": name}))
        for name in dict.fromkeys(names)
    }


def _list_of(draw: st.DrawFn, kind: inspect.VarTupleType, place: Place) -> list[Any]:
    least, most = max(1, kind.min_length or 0), min(kind.max_length or ITEMS_MAX, ITEMS_MAX)
    least, most = EXACTLY.get((place.struct, place.key), (least, most))
    return [
        value_of(draw, kind.item_type, Place(place.struct, f"{place.key}[]", index, place.owner))
        for index in range(draw(whole(least, most)))
    ]


# ---------------------------------------------------------------- mending


def mended(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` without what the check refuses."""
    for _ in range(ROUNDS_MAX):
        errors = check(document).errors
        if not errors:
            return document
        document = _without(document, (), {_steps(document, error.path) for error in errors})
        document |= {name: [] for name in DEFAULTED if _is_default_wrong(document, name, errors)}
    raise AssertionError(f"cutting does not help: {errors[:3]}")


def _is_default_wrong(document: dict[str, Any], name: str, errors: Collection[Problem]) -> bool:
    """Whether what goes without saying does not fit what was said."""
    is_named = any(error.path.startswith(f"$.{name}[") for error in errors)
    return is_named and name not in document


def _steps(document: Any, path: str) -> tuple[str | int, ...]:
    """``path`` as far as it is there: what is missing is cut with the object that lacks it."""
    found: list[str | int] = []
    value = document
    for key, place, odd in _STEP.findall(path):
        step = int(place) if place else key or odd
        if isinstance(value, dict) and step not in value:
            break
        value = value[step]
        found.append(step)
    return tuple(found)


def _without(value: Any, path: tuple[str | int, ...], cut: Collection[Any]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(each, (*path, key), cut)
            for key, each in value.items()
            if (*path, key) not in cut
        }
    if isinstance(value, list):
        return [
            _without(each, (*path, index), cut)
            for index, each in enumerate(value)
            if (*path, index) not in cut
        ]
    return value


# ---------------------------------------------------------------- what was drawn


def parts_of_programs() -> dict[str, frozenset[tuple[str, str]]]:
    """Every (struct, key) that a program may have, by the part of it where they are."""
    program = info_of(Program)
    assert isinstance(program, inspect.StructType)
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for each in program.fields:
        keys = {("Program", each.encode_name)}
        _collect(each.type, keys)
        found[each.encode_name] = frozenset(keys)
    return found


def _collect(kind: inspect.Type, found: set[tuple[str, str]]) -> None:
    for part in _parts(kind):
        _collect(part, found)
    if isinstance(kind, inspect.StructType):
        for each in kind.fields:
            name = (kind.cls.__name__, each.encode_name)
            if name not in found:
                found.add(name)
                _collect(each.type, found)


def _parts(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    match kind:
        case inspect.Metadata():
            return (kind.type,)
        case inspect.UnionType():
            return kind.types
        case inspect.DictType():
            return (kind.value_type,)
        case inspect.VarTupleType():
            return (kind.item_type,)
        case _:
            return ()


def keys_in(document: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """Every (struct, key) that ``document`` has."""
    found: set[tuple[str, str]] = set()
    _tell(document, info_of(Program), found)
    return frozenset(found)


def _tell(value: Any, kind: inspect.Type, found: set[tuple[str, str]]) -> None:
    if isinstance(kind, inspect.StructType):
        for each in kind.fields:
            if isinstance(value, dict) and each.encode_name in value:
                found.add((kind.cls.__name__, each.encode_name))
                _tell(value[each.encode_name], each.type, found)
        return
    for part in _parts(kind):
        is_many = isinstance(kind, inspect.DictType | inspect.VarTupleType)
        items = value.values() if isinstance(value, dict) else value
        for each in items if is_many and isinstance(value, dict | list) else (value,):
            _tell(each, part, found)
