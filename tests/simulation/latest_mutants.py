"""Standing wrong versions of budgets, partners, memberships, referrals, challenges, and of ends.

As in ``mutants``: each names what it breaks, and the suite must see it. They are those of a
stranger who set out to break the ledger in ways that nothing had been tried against.
"""

from typing import Any

import msgspec

from chalicelib.domain import (
    asking,
    awards,
    budgets,
    challenge_settling,
    lots,
    memberships,
    merging,
    order_decision,
    progressing,
    redemption_ends,
    referral_decision,
)
from chalicelib.domain.member import Lot
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.partners import Booking, burned_lines, partner_of
from chalicelib.domain.program.referral_document import FRIEND
from chalicelib.domain.progress import Badges
from chalicelib.domain.referrals import Referral, ReferralState, after_order
from chalicelib.operations import decide_and_commit, settle_partner
from chalicelib.storage import commit as committing
from chalicelib.storage.items import Fill
from chalicelib.storage.partner_months import partner_writes
from chalicelib.storage.stock import budget_write
from tests.simulation.mutants import Mutant

_budget_write = budget_write
_moved = progressing.moved
_partner_writes = partner_writes
_action = referral_decision._action
_after_order = after_order
_prepare = committing.prepare


def _without_ceiling(shop: str, move: Any) -> Any:
    write = _budget_write(shop, move)
    return msgspec.structs.replace(write, ceiling=1 << 40) if isinstance(write, Fill) else write


def _nothing_back(*_: Any) -> list[Any]:
    return []


def _as_it_was(decision: Any, *_: Any) -> Any:
    return decision


def _lapsed_later(lot: Lot, now: int) -> bool:
    return lot.expires_at is not None and lot.expires_at < now


def _kept_when_revoked(challenge: Any, progress: Any, held: Any, now: Any) -> Any:
    """A document that counts no more is not taken out."""
    return _moved(challenge, progress, held, now) if now else progress


def _of_orders_alone(shop: str, document: Any) -> Any:
    """What codes were worth stands in no month."""
    return _partner_writes(shop, document) if isinstance(document, OrderDocument) else ()


def _with_the_first(document: Any, order: Any, program: Any, now: int) -> Any:
    """A line of a partner stays, whoever's order it turns out to be."""
    revision, place = document.revision + 1, partner_of(program, order.partner, order.source)
    lines = document.partners
    if place:
        burned = (program.partners[place], document.unit, document.cost - document.returned)
        lines = burned_lines(lines, burned, Booking(program, now, revision))
    return msgspec.structs.replace(document, revision=revision, partners=lines)


def _forgotten(_: Any) -> dict[str, Any]:
    return {}


def _one_sided(after: Any, role: str, *rest: Any) -> Any:
    """Who was brought gets nothing."""
    return None if role == FRIEND else _action(after, role, *rest)


def _of_all(known: Referral, *rest: Any) -> Referral:
    """Shares are of the order as it was when it began to count."""
    after = _after_order(known, *rest)
    is_same = known.state is ReferralState.ORDERED and after.state is known.state
    return msgspec.structs.replace(after, bought=known.bought) if is_same else after


def _unworn(documents: Any, more: Any) -> Any:
    """Badges are on the side's document, and nobody wears them."""
    return (*documents, *(each for each in more if not isinstance(each, Badges)))


def _unlooked(shop: str, shards: int, decision: Any) -> Any:
    """Whether somebody has become a member meanwhile is nobody's condition."""
    return _prepare(shop, shards, msgspec.structs.replace(decision, outsider=""))


def _unshortened(known: Any, *_: Any) -> Any:
    return known


def _from_its_payment(_: Any, __: Any, at: int) -> int:
    return at


def _at_any_time(*_: Any) -> int:
    return 0


LATEST = (
    Mutant("a budget without its ceiling", "I9", ((committing, "budget_write", _without_ceiling),)),
    Mutant("a budget that gets nothing back", "I9", ((budgets, "_given_back", _nothing_back),)),
    Mutant("a merge that keeps what it frees", "I9", ((merging, "spending", _as_it_was),)),
    Mutant("room given back still granted", "I9", ((awards, "asked", asking._asked),)),
    Mutant("expiry a millisecond late", "the edges", ((lots, "is_lapsed", _lapsed_later),)),
    Mutant(
        "what is revoked still counts",
        "I5",
        ((challenge_settling, "moved", _kept_when_revoked),),
    ),
    Mutant("codes in no month", "I5", ((committing, "partner_writes", _of_orders_alone),)),
    Mutant(
        "a code's first partner",
        "what is due",
        ((redemption_ends, "_on_account", _with_the_first),),
    ),
    Mutant("what stayed behind forgotten", "I5", ((order_decision, "left_behind", _forgotten),)),
    Mutant("a friend for nothing", "both sides", ((referral_decision, "_action", _one_sided),)),
    Mutant("a share of what came back", "share", ((referral_decision, "after_order", _of_all),)),
    Mutant(
        "a turn of the shop uncounted", "I9", ((referral_decision, "with_budgets", _as_it_was),)
    ),
    Mutant("a badge nobody wears", "I4", ((referral_decision, "_with_documents", _unworn),)),
    Mutant("joining unnoticed", "honest ends", ((decide_and_commit, "prepare", _unlooked),)),
    Mutant(
        "a membership without its fee", "what is left", ((memberships, "shortened", _unshortened),)
    ),
    Mutant("two months at once", "periods", ((memberships, "held_until", _from_its_payment),)),
    Mutant("a month settled early", "for ever", ((settle_partner, "settles_from", _at_any_time),)),
)
