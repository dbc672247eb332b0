"""Standing wrong versions of referrals that are checked, which random histories must see."""

from collections.abc import Iterator
from typing import Any

import msgspec

from chalicelib.domain import asking, order_decision, referral_decision
from chalicelib.domain.events import OrderState
from chalicelib.domain.program import compiled_referral
from chalicelib.domain.program.document import Rule
from chalicelib.domain.referrals import REWARDED, ReferralState
from tests.simulation.mutants import Mutant

_offers = compiled_referral._offers


def _with_signs(state: OrderState) -> OrderState:
    """What was seen is left in where two states of one version are compared."""
    return msgspec.structs.replace(state, customer=None, guest_email="")


def _unlimited(said: Any) -> Iterator[tuple[str, Rule]]:
    for region, rule in _offers(said):
        yield region, msgspec.structs.replace(rule, limit=None)


def _by_the_first_award(known: Any) -> Any:
    """A side that came back has the turn that it had, whoever took it since."""
    return known


def _within(*_: Any) -> dict[str, int]:
    return {}


def _nobodys(*_: Any) -> tuple[str, ...]:
    return ()


SIGNS = (
    Mutant(
        "the first delivery of a version kept",
        "whose an order is",
        ((order_decision, "impersonal", _with_signs),),
    ),
    Mutant(
        "a limit of referrals unread", "the limit", ((compiled_referral, "_offers", _unlimited),)
    ),
    Mutant(
        "a turn taken again",
        "the limit",
        (
            (referral_decision, "_asking_anew", _by_the_first_award),
            (asking, "_over", _within),  # either of the two is enough
        ),
    ),
    Mutant(
        "a flagged friend paid",
        "both sides",
        ((referral_decision, "REWARDED", REWARDED | {ReferralState.FLAGGED}),),
    ),
    Mutant(
        "a friend whose order moved forgotten",
        "both sides",
        ((order_decision, "referred_before", _nobodys),),
    ),
)
