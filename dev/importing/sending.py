"""Sends rows to the import door over HTTP, and waits where the shop is busy."""

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast
from urllib.parse import urlsplit

from dev.importing.rows import FileRow

ATTEMPTS_MAX = 6
TIMEOUT_SECONDS = 60
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same rows may be sent again: each counts once."""


class Unsent(Exception):
    """The shop does not take the rows, with its reason."""


def sender(
    url: str,
    shop: str,
    key: str,
    say: Callable[[str], None],
    wait: Callable[[float], None] = time.sleep,
) -> Callable[[str, Sequence[FileRow]], Sequence[dict[str, object]]]:
    """What sends rows of ``shop`` to the API at ``url``.

    Raises:
        Unsent: the address is none, or there is no key.
    """
    address = urlsplit(url)
    is_local = address.hostname in ("127.0.0.1", "localhost")
    if address.scheme != "https" and not (address.scheme == "http" and is_local):
        raise Unsent("the address begins with https://, or is of this machine")
    if not key:
        raise Unsent("put a key of the shop into LAUREL_KEY")
    path = f"{address.path.rstrip('/')}/v1/admin/shops/{shop}/imports"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(kind: str, rows: Sequence[FileRow]) -> Sequence[dict[str, object]]:
        body = json.dumps({kind: [row.told for row in rows]}).encode()
        for attempt in range(1, ATTEMPTS_MAX + 1):
            status, answer = _asked((address.scheme, address.netloc), path, body, headers)
            if status == http.client.OK:
                return cast("Sequence[dict[str, object]]", json.loads(answer)["items"])
            if status and status not in _AGAIN:
                raise Unsent(f"{status} {_reason(answer)}")
            say(f"no answer yet ({status or answer.decode()}), attempt {attempt} of {ATTEMPTS_MAX}")
            wait(2.0**attempt)
        raise Unsent(f"no answer after {ATTEMPTS_MAX} attempts")

    return send


def _asked(
    host: tuple[str, str], path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Status and body of the answer; 0 and the reason where none came."""
    scheme, name = host
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    link = kind(name, timeout=TIMEOUT_SECONDS)
    try:
        link.request("POST", path, body, dict(headers))
        answer = link.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error).encode()
    finally:
        link.close()


def _reason(answer: bytes) -> str:
    try:
        told = json.loads(answer)
    except ValueError:
        return ""
    return f"{told.get('code', '')}: {told.get('detail', '')}" if isinstance(told, dict) else ""
