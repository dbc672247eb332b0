"""Erasure: the person is forgotten, the books stay under the member id.

Nothing moves: no entry is written, so every sum and every hash is what it was. From then on the
account earns nothing new; refunds of what it earned before are still taken back.
"""

import msgspec

from chalicelib.domain.decision import AlreadyRecorded, Book, Decision, Outcome
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import Erasure, Transfer
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.records import Adjustment

ERASURE_ID = "member"  # one erasure per member: the id within the member's documents


class EraseLoad(msgspec.Struct, frozen=True):
    """What an erasure depends on."""

    account: Account | None
    document: Erasure | None


def decide_erase(asked: Erasure, loaded: EraseLoad) -> Outcome:
    """Mark the account as nobody's. Again: a replay."""
    account = loaded.account
    if account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "there is no such member")
    if loaded.document is not None:
        return AlreadyRecorded(loaded.document)
    erased = msgspec.structs.replace(
        account, erased_at=asked.recorded_at, revision=account.revision + 1
    )
    document = msgspec.structs.replace(asked, revision=1)
    return Decision(document, (Book(asked.member, account, erased),))


def without_text(document: Adjustment | Transfer) -> Adjustment | Transfer:
    """The document with its free text and salt gone; entries keep a hash that nothing opens.

    The request's hash goes too: it covers the text and no salt.
    """
    is_bare = not (document.reason if isinstance(document, Adjustment) else document.message)
    if is_bare:
        return document
    revision = document.revision + 1
    if isinstance(document, Adjustment):
        return msgspec.structs.replace(
            document, reason="", reason_salt="", request_hash="", revision=revision
        )
    return msgspec.structs.replace(
        document, message="", message_salt="", request_hash="", revision=revision
    )
