"""What the environment says, read once, checked and frozen: nothing else reads ``os.environ``.

``VARIABLES`` is the whole list and the page ``docs/settings.md`` is held to it. A value that
cannot be right stops the process at its first use, with the variable's name in the message, and
never later in the middle of a request. Secrets are not here: the operator key is known by its
hash only, and everything else secret lies sealed in the table.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import msgspec

VARIABLES: Final = {
    "LAUREL_TABLE": "Name of the one DynamoDB table; `laurel` if absent.",
    "LAUREL_OPERATOR_KEY_SHA256": "SHA-256 in hex of the operator key, which creates shops and "
    "their first keys; absent: there is no operator.",
    "LAUREL_KMS_KEY_ID": "KMS key (id, ARN or alias) that seals secrets at rest; absent: they "
    "are stored as they are, for local use alone.",
    "LAUREL_DYNAMODB_ENDPOINT": "Address of another DynamoDB engine (DynamoDB Local, ministack, "
    "Alternator); absent: AWS in the region.",
    "LAUREL_PUBLIC_URL": "Address under which the world reaches this API, for webhook addresses; "
    "`http://127.0.0.1:8000` if absent.",
    "LAUREL_PAGES_BUCKET": "S3 bucket for the program as static files; absent: none are written.",
    "LAUREL_REPLAY_QUEUE_URL": "SQS queue of a large replay's segments; absent: the job of five "
    "minutes goes on with all of them.",
    "AWS_REGION": "Region of table and KMS key, set by Lambda itself; `us-east-1` if absent.",
}
"""Every variable that Laurel reads, and what it is for."""

_TABLE_PATTERN: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_SHA256_PATTERN: Final = re.compile(r"[0-9a-f]{64}")
_REGION_PATTERN: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
_BUCKET_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KMS_PATTERN: Final = re.compile(r"[A-Za-z0-9:/_-]{1,2048}")


class SettingInvalid(ValueError):
    """A variable of the environment cannot be right; the message names it."""


class Settings(msgspec.Struct, frozen=True):
    """The environment, typed. Empty text stands for what is absent."""

    table_name: str = "laurel"
    operator_key_sha256: str = ""  # 64 hex digits
    kms_key_id: str = ""
    dynamodb_endpoint: str = ""  # address without a path
    public_url: str = "http://127.0.0.1:8000"  # without a slash at its end
    region: str = "us-east-1"
    pages_bucket: str = ""
    replay_queue_url: str = ""


def _text(environ: Mapping[str, str], name: str, pattern: re.Pattern[str], default: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        return default
    if pattern.fullmatch(value):
        return value
    raise SettingInvalid(f"{name} is not of the form {pattern.pattern}")


def _address(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name, "").strip().rstrip("/")
    if not value:
        return default
    parts = urlsplit(value)
    is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    has_more = bool(parts.query or parts.fragment or parts.username or parts.password)
    if is_address and not has_more:
        return value
    raise SettingInvalid(f"{name} is not an http or https address without user and query")


def read(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` holds.

    Raises:
        SettingInvalid: a variable cannot be right.
    """
    usual = Settings()
    return Settings(
        table_name=_text(environ, "LAUREL_TABLE", _TABLE_PATTERN, usual.table_name),
        operator_key_sha256=_text(environ, "LAUREL_OPERATOR_KEY_SHA256", _SHA256_PATTERN, ""),
        kms_key_id=_text(environ, "LAUREL_KMS_KEY_ID", _KMS_PATTERN, ""),
        dynamodb_endpoint=_address(environ, "LAUREL_DYNAMODB_ENDPOINT", ""),
        public_url=_address(environ, "LAUREL_PUBLIC_URL", usual.public_url),
        pages_bucket=_text(environ, "LAUREL_PAGES_BUCKET", _BUCKET_PATTERN, ""),
        replay_queue_url=_address(environ, "LAUREL_REPLAY_QUEUE_URL", ""),
        region=_text(environ, "AWS_REGION", _REGION_PATTERN, usual.region),
    )


_current: list[Settings] = []


def current() -> Settings:
    """The settings of this process, read from the environment at the first call.

    Raises:
        SettingInvalid: a variable cannot be right.
    """
    if not _current:
        _current.append(read(os.environ))
    return _current[-1]


@contextmanager
def use(settings: Settings) -> Iterator[Settings]:
    """Let the whole process see ``settings`` inside the block: for tests and the local server."""
    _current.append(settings)
    try:
        yield settings
    finally:
        _current.remove(settings)
