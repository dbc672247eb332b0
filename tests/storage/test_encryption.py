"""Secrets at rest, over moto's KMS: they open with their context alone."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib import settings
from chalicelib.domain.outcome import InvariantBroken, StorageUnavailable
from chalicelib.storage import encryption
from chalicelib.storage.encryption import open_sealed, seal

CONTEXT = {"shop": "tea", "connection": "c1"}


@pytest.fixture
def without_key() -> Iterator[None]:
    with settings.use(settings.Settings()):
        yield


@pytest.fixture
def kms_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(encryption, "_clients", {})
    with mock_aws():
        key = boto3.client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["KeyId"]
        with settings.use(settings.Settings(kms_key_id=key)):
            yield key


def test_a_sealed_secret_opens_with_its_context(kms_key: str) -> None:
    stored = seal(b"whsec_1", CONTEXT)
    assert b"whsec_1" not in stored
    assert open_sealed(stored, CONTEXT) == b"whsec_1"


@pytest.mark.parametrize(
    "context", [{"shop": "tea", "connection": "c2"}, {"shop": "tea"}, {**CONTEXT, "more": "x"}]
)
def test_a_secret_moved_to_another_record_does_not_open(
    kms_key: str, context: dict[str, str]
) -> None:
    with pytest.raises(InvariantBroken):
        open_sealed(seal(b"whsec_1", CONTEXT), context)


def test_damaged_secrets_do_not_open(kms_key: str) -> None:
    stored = seal(b"whsec_1", CONTEXT)
    for wrong in (stored[:-1] + bytes([stored[-1] ^ 1]), b"", b"\x07abc"):
        with pytest.raises(InvariantBroken):
            open_sealed(wrong, CONTEXT)


def test_without_a_key_a_secret_is_marked_and_stored_as_it_is(without_key: None) -> None:
    stored = seal(b"whsec_1", CONTEXT)
    assert stored == b"\x00whsec_1"
    assert open_sealed(stored, CONTEXT) == b"whsec_1"


def test_what_was_stored_plain_opens_after_a_key_was_set(kms_key: str) -> None:
    assert open_sealed(b"\x00whsec_1", CONTEXT) == b"whsec_1"


@pytest.mark.usefixtures("kms_key")
def test_kms_that_refuses_is_an_outage_not_a_wrong_secret() -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    with settings.use(settings.Settings(kms_key_id=unknown)), pytest.raises(StorageUnavailable):
        seal(b"x", CONTEXT)


def test_kms_that_does_not_answer_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, kms_key: str
) -> None:
    from botocore.exceptions import ClientError, ConnectTimeoutError

    class Silent:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def encrypt(self, **_: object) -> None:
            raise self.error

        decrypt = encrypt

    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "Decrypt")
    for error in (ConnectTimeoutError(endpoint_url="x"), throttled):
        monkeypatch.setattr(encryption, "_clients", {"us-east-1": Silent(error)})
        with pytest.raises(StorageUnavailable):
            open_sealed(b"\x01abc", CONTEXT)
        with pytest.raises(StorageUnavailable):
            seal(b"abc", CONTEXT)


def test_a_secret_is_small_and_belongs_to_something(without_key: None) -> None:
    with pytest.raises(InvariantBroken):
        seal(b"x" * 4_097, CONTEXT)
    with pytest.raises(InvariantBroken):
        seal(b"x", {})
