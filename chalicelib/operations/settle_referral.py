"""Bring a referral to what the friend's order is now, to what time did, or to what staff say.

Who was referred carries it in their account, so nobody else's order costs anything. As with codes,
what should stand is a function of the order's state: a crash after the order's commit is mended by
the redelivery. Rewards that it gives are issued right after, as those of any document are.
"""

from collections.abc import Callable

from chalicelib.domain.decision import Outcome
from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.referral_decision import (
    decide_matured,
    decide_referral,
    decide_review,
)
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.load_referral import LoadedReferral, NamedReferral, load_referral
from chalicelib.storage.table import Table


def settle_referral(
    table: Table, referred: tuple[str, str], document: OrderDocument, now: Instant
) -> None:
    """Settle one for an order; ``referred`` is the shop and what the friend's account says.

    Raises:
        Busy, StorageUnavailable: the delivery is sent again.
    """
    shop, said = referred
    code, _, friend = said.partition(":")
    order = (document.source, document.order_id)

    def decide(found: LoadedReferral) -> Outcome:
        return decide_referral(found.referral, (":".join(order), found.qualifying), now)

    _decided(table, NamedReferral(shop, code, friend, order), decide, now)


def settle_merged(table: Table, shop: str, referred: tuple[str, ...], now: Instant) -> None:
    """Settle those of ``referred``, as an account says them, whose two sides are one by now.

    Raises:
        Busy, StorageUnavailable: merging again does it, or the sweep.
    """
    for said in referred:
        code, _, friend = said.partition(":")
        named = NamedReferral(shop, code, friend)
        _decided(table, named, lambda found: decide_matured(found.referral, now), now)


def settle_matured(table: Table, known: Referral, shop: str, now: Instant) -> None:
    """Write down that a referral has qualified by time.

    Raises:
        Busy, StorageUnavailable: the next run looks again.
    """
    named = NamedReferral(shop, known.code, known.friend)
    _decided(table, named, lambda found: decide_matured(found.referral, now), now)


def review_referral(
    table: Table, named: NamedReferral, verdict: tuple[ReferralState, str], now: Instant
) -> Recorded[LoadedReferral] | Refusal:
    """Approve (``ordered``) or reject a flagged referral; ``verdict`` is that, and whose word.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    state, actor = verdict
    return _decided(
        table, named, lambda found: decide_review(found.referral, state, actor, now), now
    )


def _decided(
    table: Table, named: NamedReferral, decide: Callable[[LoadedReferral], Outcome], now: Instant
) -> Recorded[LoadedReferral] | Refusal:
    work: Work[LoadedReferral] = Work(
        document=named.key, load=lambda _: load_referral(table, named, now), decide=decide
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        _keep_promises(table, result, now)
    return result


def _keep_promises(table: Table, settled: Recorded[LoadedReferral], now: Instant) -> None:
    """Issue the rewards of both sides: those of this commit, and what was left to do before."""
    found = settled.loaded
    owners = [(book.member, book.account) for book in settled.books]
    if settled.replayed:
        sides = (found.referral.friend.owner, found.referral.advocate.owner)
        owners = [(each.member, each.account) for each in sides if each.account]
    for member in sorted({member for member, account in owners if account.promises}):
        from chalicelib.operations.keep_promises import keep_promises  # noqa: PLC0415 - rare

        keep_promises(table, found.shop, member, now)
