"""What DynamoDB's noes mean: botocore's exceptions to ours, one table.

::

    ConditionalCheckFailed, alone or as a reason      ConditionFailed, with what was found
    TransactionConflict, throttled, in progress       Contended         nothing was written
    no answer, connection lost, 5xx, garbled answer   Unanswered        nobody knows
    token of other writes, malformed request          InvariantBroken   our bug
    no such table, no permission, credentials         StorageUnavailable   nothing was written

Of several reasons in one cancelled transaction the most telling wins: a malformed write before a
failed condition before contention. A failed condition outranks contention because revisions never
go back: asking the same again could not succeed.
"""

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.domain.outcome import InvariantBroken, StorageUnavailable
from chalicelib.storage.codec import decode
from chalicelib.storage.table import ConditionFailed, Contended, Failure, Unanswered

_CONDITION: Final = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})
_CONTENDED: Final = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
    }
)
_WRONG: Final = frozenset(
    {
        "ValidationError",
        "ValidationException",
        "SerializationException",
        "IdempotentParameterMismatchException",
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
    }
)
_CANCELLED: Final = "TransactionCanceledException"
_SERVER_ERROR: Final = 500


def _original(error: Exception) -> Exception:
    """PynamoDB wraps botocore's error and drops parts of its answer; they stay on the cause."""
    cause = error.__cause__
    return cause if isinstance(cause, ClientError) else error


def _failure(index: int, reason: Mapping[str, Any]) -> Failure:
    found = reason.get("Item")
    return Failure(index, decode(found) if found else None)


def _of_reasons(reasons: list[dict[str, Any]]) -> Exception:
    """The one exception for all the reasons of a cancelled transaction."""
    codes = [str(reason.get("Code", "None")) for reason in reasons]
    telling = [code for code in codes if code != "None"]
    wrong = [str(reason.get("Message")) for reason in reasons if reason.get("Code") in _WRONG]
    if wrong:
        return InvariantBroken(f"DynamoDB refused a write as malformed: {wrong}")
    failures = tuple(
        _failure(index, reason)
        for index, reason in enumerate(reasons)
        if reason.get("Code") in _CONDITION
    )
    if failures:
        return ConditionFailed(failures)
    if telling and set(telling) <= _CONTENDED:
        return Contended(", ".join(telling))
    return Unanswered(f"a transaction was cancelled for reasons we do not know: {codes}")


def raised_by_write(error: Exception) -> Exception:
    """What ``transact`` or ``write`` raises for botocore's ``error``."""
    error = _original(error)
    if not isinstance(error, ClientError):
        return Unanswered(f"{type(error).__name__}: {error}")
    response: Mapping[str, Any] = error.response
    code = str(response.get("Error", {}).get("Code", ""))
    if code == _CANCELLED:
        return _of_reasons(list(response.get("CancellationReasons", [])))
    if code in _CONDITION:
        return ConditionFailed((_failure(0, response),))
    if code in _CONTENDED:
        return Contended(code)
    if code in _WRONG:
        return InvariantBroken(f"DynamoDB refused the request: {error}")
    return _by_status(error)


def _by_status(error: ClientError) -> Exception:
    response: Mapping[str, Any] = error.response
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    refused = 0 < status < _SERVER_ERROR
    return StorageUnavailable(str(error)) if refused else Unanswered(str(error))


def raised_by_read(error: Exception) -> Exception | None:
    """What a read raises at once for ``error``; None when asking again may help."""
    ours = raised_by_write(error)
    return None if isinstance(ours, Contended | Unanswered) else ours
