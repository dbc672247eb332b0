"""Where static files go: a bucket of S3, or whatever a block puts in its place.

botocore's client for S3 is made with the first file, never at the start: most processes write
none. Two classes live up to ``PageStore``: ``S3Pages`` and the folder of the local server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, Protocol

from chalicelib import settings
from chalicelib.domain.outcome import StorageUnavailable
from chalicelib.domain.program.pages import Page
from chalicelib.storage.items import Anything, Item, Put
from chalicelib.storage.key_names import pages_key

CONNECT_TIMEOUT_SECONDS: Final = 1
READ_TIMEOUT_SECONDS: Final = 3


class PageStore(Protocol):
    """Takes files by name; the same again is the same."""

    def put(self, page: Page) -> None:
        """Write the file, over what is there.

        Raises:
            StorageUnavailable: it is unknown whether it was written.
        """
        ...


class S3Pages:
    """Files as objects of a bucket."""

    def __init__(self, client: Any, bucket: str) -> None:  # noqa: ANN401 - botocore has no types
        """``client`` is botocore's for S3."""
        self._client = client
        self._bucket = bucket

    def put(self, page: Page) -> None:
        """Write one object."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=page.name,
                Body=page.body,
                ContentType="application/json",
                CacheControl=page.cache_control,
            )
        except (BotoCoreError, ClientError) as error:
            raise StorageUnavailable(f"the bucket did not take {page.name}: {error}") from error


@lru_cache(maxsize=4)
def _s3_pages(bucket: str, region: str) -> S3Pages:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": 2, "mode": "standard"},
    )
    client = get_session().create_client("s3", region_name=region, config=config)
    return S3Pages(client, bucket)


_in_use: list[PageStore] = []


def page_store() -> PageStore | None:
    """Where this process writes files: None where nobody wants any."""
    if _in_use:
        return _in_use[-1]
    said = settings.current()
    return _s3_pages(said.pages_bucket, said.region) if said.pages_bucket else None


@contextmanager
def use_pages(store: PageStore) -> Iterator[PageStore]:
    """Let the whole process write to ``store`` inside the block."""
    _in_use.append(store)
    try:
        yield store
    finally:
        _in_use.remove(store)


def paged_put(shop: str, written: str) -> Put:
    """The note of which versions were written last; it may be overwritten at any time."""
    partition, sort = pages_key(shop)
    return Put({"PK": partition, "SK": sort, "v": written}, Anything())


def paged_of(item: Item | None) -> str:
    """Which versions were written last, "" for none."""
    return str(item["v"]) if item else ""
