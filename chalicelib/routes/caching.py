"""Answers that are the same for everybody, so that browsers and the CDN may keep them."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from chalicelib.routes.contract import Answer, Call, NoBody

_KEPT: Final = "public, max-age=60, stale-while-revalidate=600"


def cacheable(call: Call[NoBody], view: msgspec.Struct | Mapping[str, Any]) -> Answer:
    """``view`` for a minute, and by ETag after that: 304 to who has it already."""
    etag = f'"{hashlib.sha256(msgspec.json.encode(view)).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": _KEPT}
    wanted = call.headers.get("if-none-match", "").split(",")
    known = {tag.strip().removeprefix("W/") for tag in wanted}
    if etag in known or "*" in known:
        return Answer(None, status=304, headers=headers)
    return Answer(view, headers=headers)
