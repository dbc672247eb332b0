"""Secrets at rest: sealed by KMS with what they belong to, or marked as they are.

With ``settings.kms_key_id`` a secret is encrypted by KMS under an encryption context, such as
``{"shop": "tea", "connection": "c1"}``: put into another connection's record it does not open.
Without a key it is stored as it is, behind a mark, and only DynamoDB's own encryption at rest
covers it: for local use. What was stored plain still opens after a key was set. KMS takes at most
4,096 bytes, far more than any secret. Callers cache what they open; this module keeps nothing.
"""

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from chalicelib import settings
from chalicelib.domain.outcome import InvariantBroken, StorageUnavailable, ensure

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

SECRET_BYTES_MAX: Final = 4_096

_PLAIN: Final = b"\x00"
_SEALED: Final = b"\x01"
_CONNECT_TIMEOUT_SECONDS: Final = 1
_READ_TIMEOUT_SECONDS: Final = 2
_ATTEMPTS_MAX: Final = 3  # both calls may be asked again without harm

# KMS says one of these when context, key or bytes are not those that were sealed.
_DOES_NOT_OPEN: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})

_lock = Lock()
_clients: dict[str, "KMSClient"] = {}


def _client(region: str) -> "KMSClient":
    """The KMS client of this process."""
    with _lock:
        if region not in _clients:
            import botocore.session
            from botocore.config import Config

            config = Config(
                connect_timeout=_CONNECT_TIMEOUT_SECONDS,
                read_timeout=_READ_TIMEOUT_SECONDS,
                retries={"total_max_attempts": _ATTEMPTS_MAX, "mode": "standard"},
            )
            session = botocore.session.get_session()
            made: Any = session.create_client("kms", region_name=region, config=config)
            _clients[region] = made
        return _clients[region]


def seal(secret: bytes, context: dict[str, str]) -> bytes:
    """``secret`` as it may be stored; ``context`` is needed again to open it.

    Raises:
        StorageUnavailable: KMS did not answer, or refused.
    """
    ensure(len(secret) <= SECRET_BYTES_MAX, "a secret has at most 4,096 bytes")
    ensure(context, "a secret belongs to something")
    said = settings.current()
    if not said.kms_key_id:
        return _PLAIN + secret
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = _client(said.region).encrypt(
            KeyId=said.kms_key_id, Plaintext=secret, EncryptionContext=context
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable(f"KMS did not encrypt: {error}") from error
    return _SEALED + answer["CiphertextBlob"]


def open_sealed(stored: bytes, context: dict[str, str]) -> bytes:
    """The secret that ``seal`` was given with the same ``context``.

    Raises:
        InvariantBroken: sealed for something else, damaged, or not the work of ``seal``.
        StorageUnavailable: KMS did not answer.
    """
    mark, rest = stored[:1], stored[1:]
    if mark == _PLAIN:
        return rest
    ensure(mark == _SEALED, "a sealed secret begins with a mark that we know")
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = _client(settings.current().region).decrypt(
            CiphertextBlob=rest, EncryptionContext=context
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _DOES_NOT_OPEN:
            raise InvariantBroken("a sealed secret does not open with its context") from error
        raise StorageUnavailable(f"KMS did not decrypt: {error}") from error
    except BotoCoreError as error:
        raise StorageUnavailable(f"KMS did not decrypt: {error}") from error
    return answer["Plaintext"]
