"""Resident memory after 100 requests through the app's gateway, in a process of its own.

The app, Chalice, botocore and a client over the stubbed wire are all in it, and so are the
in-memory books and Chalice's local gateway, which a Lambda does not have: the figure is above
the truth, never below. ``python -m bench.resident`` is the child that tells its own size in KB.
"""

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.report import Row

MEGABYTES_MAX = 120
REQUESTS = 100
ROOT = Path(__file__).parents[1]


def resident_kb() -> int:
    """What this process holds; where there is no /proc, the most that it ever held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def serve() -> None:
    """Ask for cards and redemptions through the app."""
    from app import app
    from bench.transport import Transport, laurel_table
    from bench.verbs import scene
    from chalicelib import settings, telemetry
    from chalicelib.storage import connection
    from dev.local_gateway import Asked, LocalGateway
    from tests.builders import SHOP

    made = scene()
    books: Any = made.table
    gateway = LocalGateway(app)
    table = laurel_table(Transport(books))
    with (
        settings.use(settings.Settings()),
        connection.use_table(table),
        telemetry.use(lambda _: None),
        gateway.use_clock(),
    ):
        token = _token(books)
        for number in range(REQUESTS):
            path, body = _request(number, token)
            headers = {"content-type": "application/json"}
            answered = gateway.answer(Asked("POST", f"/v1/storefront/{SHOP}/{path}", headers, body))
            if answered.status >= 300:
                raise RuntimeError(f"{path}: {answered.status} {answered.body!r}")


def _token(books: Any) -> str:  # noqa: ANN401  # the table of the scene
    from chalicelib import clock
    from chalicelib.operations.mint_storefront_token import TokenWish, mint_storefront_token
    from tests.builders import SHOP

    minted: Any = mint_storefront_token(books, SHOP, TokenWish("77"), clock.wall_now())
    return str(minted.token)


def _request(number: int, token: str) -> tuple[str, bytes]:
    import msgspec

    kinds: tuple[tuple[str, dict[str, str]], ...] = (
        ("card", {"view": "launcher"}),
        ("card", {"view": "full"}),
        ("redemptions", {"reward_id": "five-off", "idempotency_key": f"key-{number}"}),
    )
    path, said = kinds[number % len(kinds)]
    return path, msgspec.json.encode({"token": token, **said})


def rows() -> tuple[Row, ...]:
    """One row, from the child."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.resident"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    megabytes = -(-int(answer.stdout.split()[-1]) // 1_024)
    return (
        Row(
            name=f"Memory after {REQUESTS} requests",
            figure=f"{megabytes} MB resident",
            target=f"<= {MEGABYTES_MAX} MB",
            is_met=megabytes <= MEGABYTES_MAX,
            detail="cards and redemptions through the gateway; local gateway and books included",
        ),
    )


if __name__ == "__main__":
    serve()
    print(resident_kb())
