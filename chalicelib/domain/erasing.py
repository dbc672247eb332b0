"""Erasure: the person is forgotten, the books stay under the member id.

Nothing moves but what they share with others: they leave their pools in the same commit. From then
on the account earns nothing new; refunds of what it earned before are still taken back.
"""

import re
from typing import Any, Final, TypeAlias

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.booking import Draft, opened, with_account
from chalicelib.domain.decision import AlreadyRecorded, Book, Decision, Document, Outcome
from chalicelib.domain.member import Account
from chalicelib.domain.member_records import Erasure, Transfer
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pool_leaving import vacated
from chalicelib.domain.pooling import pool_book
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.records import Adjustment

_ADDRESS: Final = re.compile(r"[^\s\"'<>(),;:\\]+@[^\s\"'<>(),;:\\]+")
_WORD: Final = re.compile(r"[\w.-]+")

_NO_HABITS: Final[dict[str, object]] = {
    "months": {},
    "last_order_at": 0,
    "products": {},
    "recalls": "",
}
"""What they bought, and when, tells of a person."""

ERASURE_ID = "member"  # one erasure per member: the id within the member's documents


class EraseLoad(msgspec.Struct, frozen=True):
    """What an erasure depends on."""

    account: Account | None
    document: Erasure | None
    shop: str = ""
    program: CompiledProgram | None = None  # live now
    pools: dict[str, Account] = {}  # that the member shares


def decide_erase(asked: Erasure, loaded: EraseLoad) -> Outcome:
    """Mark the account as nobody's. Again: a replay."""
    account = loaded.account
    if account is None:
        return Refusal(RefusalCode.MEMBER_UNKNOWN, "there is no such member")
    if loaded.document is not None:
        return AlreadyRecorded(loaded.document)
    document = msgspec.structs.replace(asked, revision=1)
    if loaded.program is not None and account.pools:
        return _out_of_pools(document, loaded, loaded.program)
    erased = msgspec.structs.replace(
        account, erased_at=asked.recorded_at, revision=account.revision + 1, **_NO_HABITS
    )
    return Decision(document, (Book(asked.member, account, erased),))


def _out_of_pools(document: Erasure, loaded: EraseLoad, program: CompiledProgram) -> Decision:
    """Nobody shares with somebody who is forgotten; their share follows the program's rule."""
    now = document.recorded_at
    draft = opened(document.member, loaded.account, now, program)
    pools: list[Draft] = []
    further: list[Document] = []
    for name in sorted(draft.account.pools.values()):
        shared = opened(name, loaded.pools[name], now, program)
        draft, shared, told = vacated(draft, shared, document.actor, program)
        pools.append(shared)
        further += told
    draft = with_account(draft, erased_at=now, **_NO_HABITS)
    name = f"erasure:{document.id}"
    books = tuple(pool_book(each, loaded.shop, name, program.version) for each in (draft, *pools))
    return Decision(document, books, tuple(further))


Texted: TypeAlias = Adjustment | Transfer | OrderDocument | Action
"""Documents that may hold something of a person."""


def without_text(document: Texted) -> Texted:
    """The document with its free text and salt gone; entries keep a hash that nothing opens.

    The request's hash goes too: it covers the text and no salt. Of an order the hash of the
    guest's address goes.
    """
    revision = document.revision + 1
    match document:
        case Adjustment() if document.reason:
            return msgspec.structs.replace(
                document, reason="", reason_salt="", request_hash="", revision=revision
            )
        case Transfer() if document.message:
            return msgspec.structs.replace(
                document, message="", message_salt="", request_hash="", revision=revision
            )
        case Action() if document.properties or document.request_hash:
            return msgspec.structs.replace(
                document, properties={}, request_hash="", revision=revision
            )
        case OrderDocument() if document.guest and document.member:
            return msgspec.structs.replace(document, guest="", revision=revision)
    return document


class Named(msgspec.Struct, frozen=True):
    """Whom a delivery may be about: ids of customers at the shop, and e-mail addresses."""

    customers: frozenset[str]
    addresses: frozenset[str]


def named_in(topic: str, body: bytes) -> Named:
    """Everybody whom a delivery names, however deep; of one that is no JSON every word counts."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        text = body.decode("utf-8", "replace")
        return Named(frozenset(_WORD.findall(text)), frozenset(_ADDRESS.findall(text)))
    customers: set[str] = set()
    addresses: set[str] = set()
    left: list[tuple[Any, str, str]] = [(told, "", topic)]
    while left:
        value, key, above = left.pop()
        if isinstance(value, dict):
            left.extend((each, name, key or above) for name, each in value.items())
        elif isinstance(value, list):
            left.extend((each, key, above) for each in value)
        elif value is not None:
            text = str(value)
            addresses.update(_ADDRESS.findall(text))
            if _is_of_customer(key, above):
                customers.add(text.rpartition("/")[2])
    return Named(frozenset(customers), frozenset(addresses))


def _is_of_customer(key: str, above: str) -> bool:
    """Whether a value under ``key``, in what is called ``above``, can be a customer's id."""
    return "customer" in key.lower() or (key.lower().endswith("id") and "customer" in above.lower())
