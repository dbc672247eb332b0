"""The program as static files: right, idempotent, and nobody's trouble when the bucket is down."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.session import get_session
from moto import mock_aws

from chalicelib import clock, telemetry
from chalicelib.domain.instants import DAY_MS, iso
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.program.pages import Page
from chalicelib.jobs.schedules import sweep
from chalicelib.operations.publish_draft import withdraw_version
from chalicelib.operations.publish_program import publish_program
from chalicelib.operations.write_pages import refresh_all_pages, refresh_pages, write_pages
from chalicelib.storage import connection
from chalicelib.storage.pages import S3Pages, page_store, use_pages
from dev.folder_pages import FolderPages
from tests.builders import NOON, TEA, Scene
from tests.jobs.test_schedules import EVENT, Context
from tests.operations.test_publishing import published

START = NOON + DAY_MS
NEXT = {**TEA, "name": "Next", "locales": ["en", "hu"]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderPages]:
    pages = FolderPages(tmp_path)
    with use_pages(pages):
        yield pages


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / "shops" / "tea" / name).read_text(encoding="utf-8"))


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "shops" / "tea").iterdir()}


def test_files_tell_the_live_version_in_every_language(
    shop: Scene, store: FolderPages, tmp_path: Path
) -> None:
    assert write_pages(shop.table, store, "tea", NOON)
    pointer = read(tmp_path, "program.json")
    assert pointer == {
        "shop": "tea",
        "version": 1,
        "locales": ["en"],
        "files": {"en": "program.1.en.json"},
        "next": None,
    }
    assert read(tmp_path, "program.1.en.json")["program"]["version"] == 1


def test_the_scheduled_version_is_there_before_it_starts_and_the_pointer_follows(
    shop: Scene, store: FolderPages, tmp_path: Path
) -> None:
    published(shop, NEXT, START)
    write_pages(shop.table, store, "tea", NOON)
    pointer = read(tmp_path, "program.json")
    assert (pointer["version"], pointer["next"]["version"]) == (1, 2)
    assert pointer["next"]["since"] == iso(START)
    assert set(pointer["next"]["files"].values()) <= names(tmp_path)
    assert not write_pages(shop.table, store, "tea", START - 1)
    assert write_pages(shop.table, store, "tea", START)
    pointer = read(tmp_path, "program.json")
    assert (pointer["version"], pointer["next"]) == (2, None)


def test_what_is_withdrawn_is_pointed_at_no_more(
    shop: Scene, store: FolderPages, tmp_path: Path
) -> None:
    published(shop, NEXT, START)
    write_pages(shop.table, store, "tea", NOON)
    withdraw_version(shop.table, "tea", 2, ("key:ann", NOON))
    refresh_pages(shop.table, "tea", NOON)
    assert read(tmp_path, "program.json")["next"] is None


def test_nothing_is_written_twice_nor_for_nobody(scene: Scene, store: FolderPages) -> None:
    assert not write_pages(scene.table, store, "none", NOON)
    scene.publish()
    assert write_pages(scene.table, store, "tea", NOON)
    assert not write_pages(scene.table, store, "tea", NOON)


def test_an_older_pointer_written_late_does_not_stay(shop: Scene, tmp_path: Path) -> None:
    class Slow(FolderPages):
        """Somebody publishes while it writes its first pointer."""

        def put(self, page: Page) -> None:
            if page.name.endswith("/program.json") and not late:
                late.append(page)
                publish_program(shop.table, "tea", NEXT, ("key:bob", NOON))
                write_pages(shop.table, FolderPages(tmp_path), "tea", NOON)
            super().put(page)

    late: list[Page] = []
    write_pages(shop.table, Slow(tmp_path), "tea", NOON)
    assert read(tmp_path, "program.json")["version"] == 2


def test_a_bucket_that_is_down_delays_files_and_nothing_else(shop: Scene, tmp_path: Path) -> None:
    class Down:
        def put(self, page: Page) -> None:
            raise StorageUnavailable(page.name)

    lines: list[Any] = []
    with use_pages(Down()), telemetry.use(lambda text: lines.append(msgspec.json.decode(text))):
        refresh_pages(shop.table, "tea", NOON)
        assert refresh_all_pages(shop.table, NOON, lambda: True) == 0
    assert sum(line.get("pages_late", 0) for line in lines) == 2
    with use_pages(FolderPages(tmp_path)):
        assert refresh_all_pages(shop.table, NOON, lambda: False) == 0
        assert refresh_all_pages(shop.table, NOON, lambda: True) == 1
    assert "program.json" in names(tmp_path)


def test_without_a_bucket_nothing_is_written(shop: Scene) -> None:
    assert page_store() is None
    before = len(shop.table.items())  # type: ignore[attr-defined]
    refresh_pages(shop.table, "tea", NOON)
    assert refresh_all_pages(shop.table, NOON, lambda: True) == 0
    assert len(shop.table.items()) == before  # type: ignore[attr-defined]


def test_the_hourly_sweep_follows_a_scheduled_start(
    shop: Scene, store: FolderPages, tmp_path: Path
) -> None:
    published(shop, NEXT, START)
    write_pages(shop.table, store, "tea", NOON)
    with connection.use_table(shop.table), clock.use(lambda: START), telemetry.use(lambda _: None):
        sweep(EVENT, Context([900_000]))
    assert read(tmp_path, "program.json")["version"] == 2


def test_a_bucket_gets_objects_with_their_headers(shop: Scene) -> None:
    with mock_aws():
        client: Any = get_session().create_client(
            "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.create_bucket(Bucket="pages")
        write_pages(shop.table, S3Pages(client, "pages"), "tea", NOON)
        pointer = client.get_object(Bucket="pages", Key="shops/tea/program.json")
        version = client.get_object(Bucket="pages", Key="shops/tea/program.1.en.json")
        assert pointer["CacheControl"] == "public, max-age=60"
        assert version["CacheControl"] == "public, max-age=31536000, immutable"
        assert pointer["ContentType"] == version["ContentType"] == "application/json"
        assert json.loads(pointer["Body"].read())["version"] == 1
        with pytest.raises(StorageUnavailable):
            S3Pages(client, "none-such").put(Page("x", b"{}", "public"))
