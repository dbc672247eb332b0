"""Promises: rewards that documents gave and that are not issued yet, or not voided yet.

A document says what it grants, but a code, stock and the limit of a reward are not its own. So the
commit that changes its grants writes what is to be done into the member's account, and each of
that is done right after, by a commit of its own (``given_rewards``): at once by who wrote the
document, else by the sweep.

::

    grants rise   ──►  promise to issue   ──►  redemption, ready      the promise goes with the
    grants fall   ──►  promise to void    ──►  redemption, undone     commit that keeps it
    the opposite of a promise that still stands takes it away

A promise names one redemption, whose id is made of (member, document, rule, effect, number): no
retry makes a second one. Documents and promises are written under the account's revision, so what
is done last is what the last document said.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from chalicelib.domain.actions import Action
from chalicelib.domain.booking import Draft, with_account
from chalicelib.domain.decision import Document
from chalicelib.domain.granting import REWARD, Granted, Thing, key_of, regranted
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account, Promise
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.program.occasion import Grant
from chalicelib.domain.program.plan import CompiledChallenge, CompiledProgram
from chalicelib.domain.program.rule_document import MEMBER_JOINED
from chalicelib.domain.progress import Progress
from chalicelib.domain.records import Joining


class Giver(NamedTuple):
    """Who gives: how entries name the document, the version of its terms."""

    document: str
    version: int
    since: Instant = 0  # what is given has its time from then on; 0: from when it is issued


_ID_BYTES: Final = 16


def promise_id(line: Granted, document: str, number: int) -> str:
    """The id of the redemption that the ``number``-th reward of a grant is: 26 signs."""
    told = ("given", line.holder, document, line.rule_id, line.effect, line.name, number)
    digest = hashlib.sha256(msgspec.json.encode(told)).digest()
    return base64.b32encode(digest[:_ID_BYTES]).decode().rstrip("=").lower()


def granted(
    known: tuple[Granted, ...],
    target: tuple[Collection[Grant], Mapping[Thing, int]],
    draft: Draft,
    source: Giver,
) -> tuple[tuple[Granted, ...], Draft]:
    """``known`` brought to ``target`` (grants, what is free), with the promises that this makes."""
    if not known and not target[0]:
        return known, draft
    had = {key_of(line): line.amount for line in known}
    lines = tuple(
        msgspec.structs.replace(line, holder=draft.member)
        if line.kind == REWARD and line.amount and not had.get(key_of(line), 0)
        else line
        for line in regranted(known, *target)
    )
    return lines, promised(draft, (known, lines), source)


def given_by_progress(
    before: Progress, after: Progress, draft: Draft, version: int
) -> tuple[Progress, Draft]:
    """``after``, whose new rewards are of the member, with the promises that this makes."""
    lines = tuple(
        msgspec.structs.replace(line, holder=draft.member)
        if line.kind == REWARD and not line.holder
        else line
        for line in after.grants
    )
    source = Giver(f"progress:{after.id}", version)
    draft = promised(draft, (before.grants, lines), source)
    return msgspec.structs.replace(after, grants=lines), draft


def promised(
    draft: Draft, change: tuple[Iterable[Granted], Iterable[Granted]], source: Giver
) -> Draft:
    """The draft with what ``change`` (grants before, after) of a document asks for."""
    before, after = change
    had = {(key_of(line), line.holder): line.amount for line in before}
    promises = dict(draft.account.promises)
    for line in after:
        amounts = had.get((key_of(line), line.holder), 0), line.amount
        for number in range(min(amounts), max(amounts)) if line.kind == REWARD else ():
            name = promise_id(line, source[0], number)
            is_void = amounts[1] < amounts[0]
            made = Promise(line.name, source[0], line.rule_id, source[1], is_void, source.since)
            if promises.pop(name, None) is None:
                promises[name] = made
    return draft if promises == draft.account.promises else with_account(draft, promises=promises)


class Happened(msgspec.Struct, frozen=True):
    """A document that was just recorded, or told again, and what was known before."""

    document: Document
    account: Account | None  # of its member, as read
    program: CompiledProgram | None
    others: tuple[str, ...] = ()  # members whose it was before


def may_owe(happened: Happened) -> bool:
    """Whether something may be promised now: else nobody needs to look."""
    account, program = happened.account, happened.program
    if account is not None and account.promises:
        return True
    if program is not None and program.auto:
        return True
    if program is not None and any(_gives_one(each) for each in program.challenges.values()):
        return True
    if account is None and program is not None:
        rules = program.rules.get(MEMBER_JOINED, ())
        outcomes = (branch.rule for rule in rules for branch in rule.branches)
        if any(grant.kind == REWARD for rule in (*rules, *outcomes) for grant in rule.grants):
            return True
    return gives_rewards(happened.document)


def gives_rewards(document: Document) -> bool:
    """Whether the document gives, or gave, rewards: then something may be promised."""
    if not isinstance(document, OrderDocument | Action | Joining | Progress):
        return False
    return any(line.kind == REWARD for line in document.grants)


def _gives_one(challenge: CompiledChallenge) -> bool:
    return any(gift.kind == REWARD for gift in challenge.grants)
