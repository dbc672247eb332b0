"""Whether JSON has the shape of a type: every wrong key, type and range, with its path.

The walker reads the annotations of ``document`` through ``msgspec.inspect``, so types, JSON
Schema and checks cannot drift apart. (msgspec's own decoder stops at the first error.) Meaning
across keys is not its business.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from msgspec import inspect

from chalicelib.domain.program.document import Program
from chalicelib.domain.program.findings import Findings, below
from chalicelib.domain.program.scalars import Flaw

_NAMES = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "true or false"}
_KINDS: tuple[tuple[type, tuple[type, ...]], ...] = (
    (inspect.StructType, (dict,)),
    (inspect.DictType, (dict,)),
    (inspect.VarTupleType, (list, tuple)),
    (inspect.StrType, (str,)),
    (inspect.BoolType, (bool,)),
    (inspect.IntType, (int,)),
)


def check_shape(document: object, findings: Findings) -> None:
    """Report everything in ``document`` that is no ``Program`` by its types."""
    _walk(document, _program_type(), "$", findings)


@lru_cache(maxsize=1)
def _program_type() -> inspect.Type:
    return inspect.type_info(Program)


def _walk(value: object, kind: inspect.Type, path: str, findings: Findings) -> None:
    kind, flaw = _bare(kind)
    if isinstance(kind, inspect.UnionType):
        kind, flaw = _bare(_chosen(value, kind.types))
    if isinstance(kind, inspect.CustomType | inspect.NoneType):
        return
    if isinstance(kind, inspect.LiteralType):
        _walk_choice(value, kind, path, findings)
    elif not _fits(value, kind):
        wanted = _wanted(kind)
        findings.error(path, "type_wrong", f"Write {wanted} here, not {_name(value)}.")
    elif isinstance(value, dict | list | tuple):
        _walk_members(value, kind, path, findings)
    else:
        _walk_scalar(value, kind, flaw, (path, findings))


def _bare(kind: inspect.Type) -> tuple[inspect.Type, Flaw | None]:
    """``kind`` without its annotations, and the flaw that they name."""
    flaw: Flaw | None = None
    while isinstance(kind, inspect.Metadata):
        flaw = (kind.extra or {}).get("flaw", flaw)
        kind = kind.type
    return kind, flaw


def _chosen(value: object, kinds: tuple[inspect.Type, ...]) -> inspect.Type:
    """The member of a union that ``value`` means to be; the first when it fits none."""
    for kind in kinds:
        bare, _ = _bare(kind)
        is_null = value is None and isinstance(bare, inspect.NoneType)
        is_word = isinstance(value, str) and isinstance(bare, inspect.LiteralType)
        if is_null or is_word or _fits(value, bare):
            return kind
    return kinds[0]


def _fits(value: object, kind: inspect.Type) -> bool:
    for known, types in _KINDS:
        if isinstance(kind, known):
            is_flag = isinstance(value, bool)
            return isinstance(value, types) and (is_flag == (types == (bool,)))
    return False


def _wanted(kind: inspect.Type) -> str:
    types = next(types for known, types in _KINDS if isinstance(kind, known))
    return _NAMES.get(types[0], "a whole number")


def _name(value: object) -> str:
    if value is None:
        return "null"
    return _NAMES.get(type(value), "a number")


# ---------------------------------------------------------------- objects and lists


def _walk_members(
    value: dict[object, object] | list[object] | tuple[object, ...],
    kind: inspect.Type,
    path: str,
    findings: Findings,
) -> None:
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        _walk_struct(value, kind, path, findings)
    elif isinstance(kind, inspect.DictType) and isinstance(value, dict):
        _check_size(len(value), kind, path, findings)
        for key, item in value.items():
            here = below(path, str(key))
            _walk(key, kind.key_type, here, findings)
            _walk(item, kind.value_type, here, findings)
    else:
        listed = cast("inspect.VarTupleType", kind)  # what else has members was told apart
        _check_size(len(value), listed, path, findings)
        for place, item in enumerate(value):
            _walk(item, listed.item_type, f"{path}[{place}]", findings)


def _walk_struct(
    value: Mapping[object, object], kind: inspect.StructType, path: str, findings: Findings
) -> None:
    fields = {field.encode_name: field for field in kind.fields}
    for key, item in value.items():
        field = fields.get(str(key))
        here = below(path, str(key))
        if field is None:
            known = ", ".join(fields)
            findings.error(here, "key_unknown", f"Remove this key. Keys here are: {known}.")
        else:
            _walk(item, field.type, here, findings)
    for name, field in fields.items():
        if field.required and name not in value:
            findings.error(below(path, name), "key_missing", f"Add the key {name}.")


def _check_size(
    size: int, kind: inspect.DictType | inspect.VarTupleType, path: str, findings: Findings
) -> None:
    if kind.min_length is not None and size < kind.min_length:
        findings.error(path, "too_few", f"Write at least {kind.min_length} here.")
    if kind.max_length is not None and size > kind.max_length:
        findings.error(path, "too_many", f"Write at most {kind.max_length} here.")


# ---------------------------------------------------------------- scalars


def _walk_choice(value: object, kind: inspect.LiteralType, path: str, findings: Findings) -> None:
    is_choice = any(value == known and type(value) is type(known) for known in kind.values)
    if not is_choice:
        choices = ", ".join(str(known) for known in kind.values)
        findings.error(path, "choice_unknown", f"Choose one of: {choices}.")


def _walk_scalar(
    value: object, kind: inspect.Type, flaw: Flaw | None, where: tuple[str, Findings]
) -> None:
    path, findings = where
    if isinstance(kind, inspect.StrType) and isinstance(value, str):
        wrong = flaw or Flaw("text_malformed", "Write another text here.")
        if not (is_storable(value) and _matches(value, kind) and wrong.holds(value)):
            findings.error(path, wrong.code, wrong.advice)
    elif isinstance(kind, inspect.IntType) and isinstance(value, int):
        low, high = kind.ge, kind.le
        is_within = (low is None or value >= low) and (high is None or value <= high)
        if not is_within:
            detail = f"Write a whole number from {low} to {high}."
            findings.error(path, "value_out_of_range", detail)


def _matches(value: str, kind: inspect.StrType) -> bool:
    is_long_enough = kind.min_length is None or len(value) >= kind.min_length
    is_short_enough = kind.max_length is None or len(value) <= kind.max_length
    if not (is_long_enough and is_short_enough):
        return False
    if kind.pattern is None:
        return True
    # "$" also matches before a last line feed.
    return re.search(kind.pattern, value) is not None and not value.endswith("\n")


def is_storable(text: str) -> bool:
    """Whether ``text`` is Unicode that can be written: no half of a surrogate pair."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)
