"""Rewards that rules give in the proofs: issued, taken back, used, and met by others."""

from typing import Any

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.records import Redemption
from chalicelib.security.keyed_ids import code_of
from chalicelib.storage.documents import document_of
from tests.builders import NOON, SHOP_KEY, Scene, line, recorded, refund, refunded, state, upserted
from tests.simulation.member_acts import climb, sweep, sweep_once
from tests.simulation.rivals import Meeting
from tests.simulation.verbs import Verb, funded, later
from tests.simulation.worlds import GOLD, climbing, one_treat, table_of, treating

ORDER = state(line(9_000))


def ordered(scene: Scene) -> Any:
    return scene.order(upserted(ORDER))


def refunds(scene: Scene) -> Any:
    return scene.order(refunded(refund(9_000)))


def cancels(scene: Scene) -> Any:
    return scene.order(later(ORDER, status=OrderStatus.CANCELLED))


def uses(scene: Scene) -> Any:
    """Another order uses the code that was given, or none where there is none."""
    codes = tuple(code_of(SHOP_KEY, each.id) for each in _treats(scene))
    return scene.pay(900, "2", at=NOON, codes=codes)


def _treats(scene: Scene) -> list[Redemption]:
    found = []
    for items in table_of(scene).state().values():
        for sort, item in items.items():
            document = document_of(item, Redemption) if sort.startswith("D#redemption:") else None
            found += [document] if document and document.given_by else []
    return found


def _given(scene: Scene) -> None:
    funded(scene)
    recorded(ordered(scene))


def _used(scene: Scene) -> None:
    _given(scene)
    recorded(uses(scene))


def _climbed(scene: Scene) -> None:
    """Gold is reached, and nobody has told of it."""
    funded(scene)
    recorded(scene.pay(GOLD["at"]["USD"], "gold", at=NOON))


def _entered(scene: Scene) -> None:
    """Gold was entered, and is taken away again."""
    _climbed(scene)
    sweep_once(scene)
    falls(scene)


def falls(scene: Scene) -> Any:
    return scene.order(refunded(refund(GOLD["at"]["USD"]), "gold"))


GIVEN_VERBS = (
    Verb("sweep that tells of a tier", sweep, _climbed, climbing),
    Verb("sweep that takes a tier's points back", sweep, _entered, climbing),
    Verb("order that gives a reward", ordered, funded, treating),
    Verb("refund of a reward given", refunds, _given, treating),
    Verb("refund of a reward given and used", refunds, _used, treating),
    Verb("order that gives the last one", ordered, funded, one_treat),
)
GIVEN_MEETINGS = (
    Meeting("one order that gives twice", (ordered, ordered), funded, treating),
    Meeting("order that gives and its end", (ordered, cancels), funded, treating),
    Meeting("two ends of a reward given", (cancels, refunds), _given, treating),
    Meeting("two orders, one to give", (ordered, lambda s: s.pay(9_000, "3", at=NOON)), funded,
            one_treat),
    Meeting("order that gives and the sweep", (ordered, sweep_once), funded, treating),
)  # fmt: skip
DRAWN_OF_TIERS = (
    Meeting("two that tell of a tier", (climb, climb), _climbed, climbing),
    Meeting("telling of a tier and a refund", (climb, falls), _climbed, climbing),
    Meeting("two that take it back", (climb, climb), _entered, climbing),
)
"""Of these there are too many orders of turns to try them all."""
