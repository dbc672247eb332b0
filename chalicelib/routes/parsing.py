"""Bytes to typed values, in two steps, because the order of refusals wants it so.

First the syntax (``read_json``: UTF-8, JSON, depth, no name twice): what fails is
``request_malformed``, before we ask who is asking. Then, after who and what, the content
(``typed_body``): wrong types, unknown and missing names are ``value_invalid`` with the path to
what is wrong. The types that requests share are here too, with their limits as constraints, so
that OpenAPI tells them.
"""

import json
import re
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Annotated, Any, Final, NoReturn, TypeAlias, TypeVar
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from chalicelib.domain.instants import Instant, parse_instant
from chalicelib.domain.limits import (
    ID_LENGTH_MAX,
    JSON_DEPTH_MAX,
    NAME_LENGTH_MAX,
    REASON_LENGTH_MAX,
)
from chalicelib.domain.outcome import Problem, Refusal, RefusalCode

T = TypeVar("T")

JsonObject: TypeAlias = dict[str, Any]
"""A free JSON document, such as a program before its own check."""

_PRINTABLE: Final = r"^[^\u0000-\u001f\u007f]+(?![\s\S])"  # "$" would let a line end through

SHOP_ID_PATTERN: Final = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}(?![\s\S])")

ShopId = Annotated[str, Meta(pattern=SHOP_ID_PATTERN.pattern)]
"""Id of a shop: 1 to 64 lower-case letters, digits, ``-`` and ``_``."""

Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH_MAX, pattern=_PRINTABLE)]
"""An id that somebody else made up: up to 128 characters, none of them a control character."""

Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH_MAX, pattern=_PRINTABLE)]
"""A name that people read."""

# White space, controls, what has no width, and letters that are drawn as nothing.
_UNSEEN: Final = (
    r"\s\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_SAID: Final = rf"^(?=[{_UNSEEN}]*[^{_UNSEEN}])[^\u0000-\u001f\u007f]+(?![\s\S])"
_SAID_OR_NOTHING: Final = rf"^(?![\s\S])|{_SAID}"
_SEEN: Final = re.compile(rf"[^{_UNSEEN}]")

Reason = Annotated[str, Meta(max_length=REASON_LENGTH_MAX, pattern=_SAID)]
"""Why somebody did it, in their words: one line that can be seen."""

ReasonOrNothing = Annotated[str, Meta(max_length=REASON_LENGTH_MAX, pattern=_SAID_OR_NOTHING)]
"""As ``Reason``, where nothing is a choice; blanks are not nothing."""

Note = Annotated[
    str, Meta(max_length=REASON_LENGTH_MAX, pattern=r"^[^\u0000-\u001f\u007f]*(?![\s\S])")
]
"""What somebody adds to it, or nothing."""

_NO_SPACE_OR_AT = r"[^\s@\u0000-\u001f\u007f]+"

Email = Annotated[
    str, Meta(max_length=254, pattern=rf"^{_NO_SPACE_OR_AT}@{_NO_SPACE_OR_AT}(?![\s\S])")
]
"""An e-mail address, as far as a pattern can tell."""

Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}(?![\s\S])")]
"""ISO 4217."""

Source = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}(?![\s\S])")]
"""What an id space of orders and customers is called."""

DRAFT_HASH: Final = r"^[0-9a-f]{64}(?![\s\S])"
VERSION_NAME: Final = r"^(draft|live|[0-9]{1,6})(?![\s\S])"
HTTPS: Final = r"^https://[!-~]+$"

LocaleWish = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z0-9-]*(?![\s\S])")]
"""A language that somebody would like; the nearest that there is serves."""

Country = Annotated[str, Meta(pattern=r"^([A-Z]{2})?(?![\s\S])")]
"""ISO 3166-1 alpha-2, or nothing."""

Birthday = Annotated[
    str, Meta(pattern=r"^((\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?(?![\s\S])")
]
"""A month and a day such as 02-28, or nothing. Of an ISO date the year is not kept."""

PATH_ID: Final = _PRINTABLE
"""The pattern of an id in a path, for OpenAPI."""

# external:<source>:<id> and <kind>:<source>:<id>: an id and short names. Longer than two hundred,
# an id in four-byte letters would no longer fit into a key of the table.
_PATH_ID_LENGTH_MAX: Final = {"member": 200, "document": 200}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ufffd]")
_MESSAGE: Final = re.compile(r"(?P<detail>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_UNKNOWN_FIELD: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_MISSING_FIELD: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_OF_REASONS: Final = {
    f"Expected `str` matching regex {pattern!r}" for pattern in (_SAID, _SAID_OR_NOTHING)
}


_IN_WORDS: Final = {
    f"Expected `str` matching regex {pattern!r}": words
    for pattern, words in (
        (DRAFT_HASH, "Give the `draft_hash` of a draft as it was answered: 64 of 0-9 and a-f."),
        (VERSION_NAME, "Write draft, live or the number of a version, as a text."),
        (HTTPS, "Write an address that begins with https://, without spaces."),
    )
}


def value_invalid(path: str, detail: str, code: str = "value_invalid") -> Refusal:
    """The refusal of one value; ``path`` such as ``$.points``."""
    return Refusal(RefusalCode.VALUE_INVALID, detail, (Problem(path, code, detail),))


def _malformed(detail: str) -> Refusal:
    return Refusal(RefusalCode.REQUEST_MALFORMED, detail)


class _NameTwice(ValueError):
    """An object of the body has two members of one name."""


def _refuse_twice(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) < len(members):
        raise _NameTwice


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def read_json(raw: bytes) -> object | Refusal:
    """The plain value of a JSON body; an empty body is an empty object."""
    try:
        plain: object = msgspec.json.decode(raw or b"{}")
        if _is_too_deep(plain):
            return _malformed(f"The body nests more than {JSON_DEPTH_MAX} levels.")
        json.loads(raw or b"{}", object_pairs_hook=_refuse_twice, parse_constant=_refuse_constant)
    except RecursionError:
        return _malformed(f"The body nests more than {JSON_DEPTH_MAX} levels.")
    except _NameTwice:
        return _malformed("An object of the body has the same name twice.")
    except ValueError:  # msgspec's DecodeError and UnicodeDecodeError are ValueErrors
        return _malformed("The body is not JSON in UTF-8.")
    return plain


def _is_too_deep(plain: object) -> bool:
    """Whether containers nest deeper than the limit: level by level, so without recursion."""
    level = [plain]
    for _ in range(JSON_DEPTH_MAX):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return [value for value in node.values() if isinstance(value, dict | list)]
    if isinstance(node, list):
        return [value for value in node if isinstance(value, dict | list)]
    return []


@cache
def _decoder(body: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body)


def typed_body(raw: bytes, body: type[T]) -> T | Refusal:
    """The body as ``body``, or the first thing that is wrong with its content."""
    kind: Any = body  # a type is hashable, which mypy does not know of type[T]
    try:
        typed: T = _decoder(kind).decode(raw or b"{}")
    except msgspec.ValidationError as problem:
        return _content_refusal(str(problem), raw)
    return typed


def typed_reason(told: str, path: str) -> str | Refusal:
    """A reason that came in no body, under the same rules; "" where there is none."""
    try:
        return msgspec.convert(told, ReasonOrNothing)
    except msgspec.ValidationError as problem:
        return _reason_refusal(told, path) or value_invalid(path, str(problem))


def _reason_refusal(told: object, path: str) -> Refusal | None:
    if isinstance(told, str) and not _SEEN.search(told):
        return value_invalid(path, "Write a reason that can be seen.", "reason_missing")
    return None


def _content_refusal(message: str, raw: bytes) -> Refusal:
    match = _MESSAGE.fullmatch(message)
    detail, path = (match["detail"], match["path"] or "$") if match else (message, "$")
    if detail in _OF_REASONS:
        told = msgspec.json.decode(raw)[path.removeprefix("$.")]
        return _reason_refusal(told, path) or value_invalid(path, "A reason is one line.")
    if unknown := _UNKNOWN_FIELD.match(detail):
        return value_invalid(f"{path}.{unknown['name']}", detail, "unknown_key")
    if missing := _MISSING_FIELD.match(detail):
        return value_invalid(f"{path}.{missing['name']}", detail, "missing_key")
    return value_invalid(path, _IN_WORDS.get(detail, detail))


def path_values(encoded: Mapping[str, str]) -> dict[str, str]:
    """Path parameters as text: they arrive percent-encoded; wrong UTF-8 shows as U+FFFD."""
    return {name: unquote(value, errors="replace") for name, value in encoded.items()}


def path_id_length_max(name: str) -> int:
    """How many characters a path parameter may have."""
    return _PATH_ID_LENGTH_MAX.get(name, ID_LENGTH_MAX)


def path_refusal(path: Mapping[str, str]) -> Refusal | None:
    """What is wrong with the ids in the path: length or control characters."""
    for name, value in path.items():
        longest = path_id_length_max(name)
        if not value or len(value) > longest or _CONTROL.search(value):
            detail = f"The {name} in the path has 1 to {longest} characters, none a control one."
            return value_invalid(f"path.{name}", detail)
    return None


def instant_of(text: str, path: str) -> Instant | Refusal:
    """The Instant of an ISO 8601 time; ``path`` names the field for the refusal."""
    try:
        return parse_instant(text)
    except ValueError:
        return value_invalid(path, "A time is ISO 8601 with a zone, such as 2026-11-21T10:00:00Z.")


def instant_or(told: str, path: str, usual: Instant) -> Instant | Refusal:
    """As ``instant_of``; ``usual`` where nothing was told."""
    return instant_of(told, path) if told else usual
