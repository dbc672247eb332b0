"""The process has one table: the one in use, else the one that the settings name."""

import subprocess
import sys

import pytest

from chalicelib import settings
from chalicelib.storage import connection
from chalicelib.storage.dynamo_table import DynamoTable
from tests.memory_table import MemoryTable


@pytest.fixture(autouse=True)
def nothing_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_opened", {})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")


def test_the_settings_name_table_region_and_endpoint() -> None:
    said = settings.Settings(
        table_name="tea", region="eu-west-1", dynamodb_endpoint="http://127.0.0.1:9"
    )
    with settings.use(said):
        table = connection.table()
        assert connection.table() is table
    assert isinstance(table, DynamoTable)
    assert table.name == "tea"
    meta = table.connection.client.meta  # type: ignore[attr-defined]  # PynamoDB's own
    assert (meta.region_name, meta.endpoint_url) == ("eu-west-1", "http://127.0.0.1:9")


def test_without_an_endpoint_it_is_aws() -> None:
    with settings.use(settings.Settings(region="eu-west-1")):
        table = connection.table()
    assert isinstance(table, DynamoTable)
    endpoint = table.connection.client.meta.endpoint_url  # type: ignore[attr-defined]
    assert endpoint == "https://dynamodb.eu-west-1.amazonaws.com"


def test_a_table_in_use_goes_first_and_is_given_back() -> None:
    outer, inner = MemoryTable(), MemoryTable()
    with connection.use_table(outer):
        with connection.use_table(inner):
            assert connection.table() is inner
        assert connection.table() is outer


def test_the_heavy_libraries_come_with_the_first_table_only() -> None:
    program = (
        "import sys, chalicelib.storage.connection, chalicelib.storage.encryption;"
        "print([m for m in ('pynamodb', 'botocore', 'boto3') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.strip() == b"[]"
