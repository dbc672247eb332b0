"""Who competes, and where: moto with faults for schedules, a server for loads and CPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from bench.side_by_side.bare_add import TABLE, BareAdd
from bench.side_by_side.harness import Competitor, Faults
from bench.side_by_side.ours import Ours
from bench.side_by_side.wire import FaultyWire, ensure_faults_are_true, no_waiting
from chalicelib.storage.dynamo_table import DynamoTable
from dev.engines import LOCAL_ACCESS, REGION, embedded

LAUREL = "Laurel"
BARE = "bare ADD (the harness's own wrong one)"
POWERTOOLS = "Powertools idempotency + ADD"
POWERTOOLS_UNRETRIED = "... with botocore's retries off"
ON_DYNAMODB = (LAUREL, BARE, POWERTOOLS, POWERTOOLS_UNRETRIED)


def client_for(name: str, endpoint: str = "") -> Any:  # noqa: ANN401  # botocore makes classes as it goes
    """A boto3 client as it comes, but for the entrant that says otherwise."""
    config = Config(retries={"total_max_attempts": 1}) if name == POWERTOOLS_UNRETRIED else None
    return boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=endpoint or None,
        aws_access_key_id=LOCAL_ACCESS.key_id,
        aws_secret_access_key=LOCAL_ACCESS.secret,
        config=config,
    )


@contextmanager
def on_moto(name: str) -> Iterator[Competitor]:
    """The entrant over an empty table, its calls failing as its ``faults`` plan."""
    faults = Faults()
    wire = FaultyWire(faults)
    with embedded(TABLE) as table, no_waiting():
        client = wire.connect(client_for(name))
        ensure_faults_are_true(client, faults, TABLE)
        if name == LAUREL:
            connection: Any = table.connection
            wire.connect(connection.client)
            yield Ours(table, faults)
        elif name == BARE:
            yield BareAdd(client, faults)
        else:
            from bench.side_by_side.powertools import Powertools

            powertools = Powertools(client, faults)
            with powertools.clock():
                yield powertools


def on_server(name: str, table: DynamoTable, endpoint: str) -> Competitor:
    """The entrant over a server that speaks DynamoDB and has ``table``; nothing fails."""
    if name == LAUREL:
        return Ours(table, Faults())
    if name == BARE:
        return BareAdd(client_for(name, endpoint), Faults())
    from bench.side_by_side.powertools import Powertools

    return Powertools(client_for(name, endpoint), Faults())
