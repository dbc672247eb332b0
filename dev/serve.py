"""``make serve``: the API on 127.0.0.1, empty, with an operator key to begin with.

The table is moto's, inside this process, unless ``LAUREL_DYNAMODB_ENDPOINT`` names another engine
(DynamoDB Local, ministack, Alternator), where the table is made if it is not there. ``PORT``
picks the port. What goes wrong inside is told on standard error; nothing else is.
"""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from msgspec.structs import replace

from chalicelib import settings, telemetry
from chalicelib.storage import connection
from chalicelib.storage.pages import use_pages
from chalicelib.storage.table import Table
from dev import engines
from dev.folder_pages import FolderPages

PORT_USUAL = 8_000


@dataclass(frozen=True, slots=True)
class House:
    """What a local run needs to know: where it will answer, and the key to begin with."""

    port: int
    operator_key: str


def house_of(environ: dict[str, str]) -> House:
    """Port and operator key of the environment, or usual and made-up ones."""
    port = int(environ.get("PORT") or PORT_USUAL)
    made_up = f"operator-{secrets.token_urlsafe(24)}"
    return House(port, environ.get("LAUREL_OPERATOR_KEY") or made_up)


def settings_of(house: House, environ: dict[str, str]) -> settings.Settings:
    """The settings of a local run."""
    said = settings.read(environ)
    address = said.public_url if environ.get("LAUREL_PUBLIC_URL") else ""
    return replace(
        said,
        operator_key_sha256=hashlib.sha256(house.operator_key.encode()).hexdigest(),
        public_url=address or f"http://127.0.0.1:{house.port}",
    )


@contextmanager
def table_in_use(said: settings.Settings) -> Iterator[Table]:
    """The table that the process uses inside the block: embedded, or at the named endpoint."""
    if not said.dynamodb_endpoint:
        with engines.embedded(said.table_name) as embedded, connection.use_table(embedded):
            yield embedded
        return
    with connection.use_table(_table_at(said)) as table:
        yield table


def _table_at(said: settings.Settings) -> Table:
    from botocore.exceptions import ClientError

    try:
        return engines.table_at(said.dynamodb_endpoint, said.table_name)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ResourceInUseException":
            raise
    return connection.open_table(
        said.table_name, engines.REGION, said.dynamodb_endpoint, engines.LOCAL_ACCESS
    )


@contextmanager
def pages_in_use(folder: str) -> Iterator[None]:
    """Static files of the program go to ``folder``, if there is one, inside the block."""
    with use_pages(FolderPages(Path(folder))) if folder else nullcontext():
        yield


def tell_incidents(line: str) -> None:
    """Show what went wrong inside, and spare the rest."""
    if json.loads(line).get("kind") == "incident":
        print(line, file=sys.stderr)


@contextmanager
def local_house(environ: dict[str, str]) -> Iterator[House]:
    """Settings, table and telemetry of a local run, inside the block."""
    house = house_of(environ)
    with (
        settings.use(settings_of(house, environ)) as said,
        table_in_use(said),
        pages_in_use(environ.get("LAUREL_PAGES_FOLDER", "")),
        telemetry.use(tell_incidents),
    ):
        yield house


def main() -> None:
    """Serve until Ctrl-C."""
    with local_house(dict(os.environ)) as house:
        from app import app
        from dev.local_gateway import LocalGateway
        from dev.local_replays import replays_at_work
        from dev.local_server import running

        with running(LocalGateway(app), house.port) as server, replays_at_work():
            print(f"Laurel answers on {server.address}   (Ctrl-C ends it)")
            print(f"Operator key:     {house.operator_key}")
            print(f"OpenAPI:          {server.address}/v1/openapi.json", flush=True)
            try:
                Event().wait()
            except KeyboardInterrupt:
                print("\nBye.")


if __name__ == "__main__":
    main()
