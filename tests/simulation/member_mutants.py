"""Standing wrong versions of holds, gifts, merges, claims, erasures and kindnesses.

As in ``mutants``: each names what it breaks, and the suite must see it.
"""

from typing import Any

import msgspec

from chalicelib.domain import booking, gifting, lot_holds, merging, reinstating
from chalicelib.domain.booking import with_account
from chalicelib.domain.decision import Decision
from chalicelib.domain.erasing import decide_erase
from chalicelib.domain.lots import Moved
from chalicelib.domain.member import Held
from chalicelib.domain.order_decision import decide_order
from chalicelib.operations import erase_member, give_points, record_order
from tests.simulation.mutants import Mutant


def _freed_and_kept(state: Any, name: str, now: int) -> Any:
    """A hold's points come back, and the hold stays, to be let go again."""
    return msgspec.structs.replace(lot_holds.freed(state, name, now), holds=state.holds)


def _set_aside_and_kept(state: Any, points: int, wish: tuple[str, int], now: int) -> Any:
    """A hold is noted, and its points can still be spent."""
    moved = lot_holds.hold(state, points, wish, now)
    held: Held = moved.state.holds[wish[0]]
    return Moved(msgspec.structs.replace(state, holds={wish[0]: held}), moved.touched)


def _one_sided(*asked: Any) -> Any:
    """The receiver gets nothing of a gift."""
    made = gifting.decide_transfer(*asked)
    if not isinstance(made, Decision):
        return made
    return msgspec.structs.replace(made, books=made.books[:1], further=())


def _never_emptied(draft: Any, into: str, _: Any) -> Any:
    """Who is merged away keeps what the other got."""
    return with_account(draft, merged_into=into)


def _joined_twice(draft: Any, _: Any) -> Any:
    return draft, ()


def _won_twice(draft: Any, loaded: Any, _: Any) -> Any:
    return draft, (), loaded.gone.counters


def _never_looked(*asked: Any) -> Any:
    """A guest's order does not mind who has the address by now."""
    made = decide_order(*asked)
    return msgspec.structs.replace(made, unclaimed="") if isinstance(made, Decision) else made


def _still_somebody(*asked: Any) -> Any:
    """An erasure is noted, and the member goes on."""
    made = decide_erase(*asked)
    if not isinstance(made, Decision):
        return made
    books = tuple(
        msgspec.structs.replace(book, account=msgspec.structs.replace(book.account, erased_at=0))
        for book in made.books
    )
    return msgspec.structs.replace(made, books=books)


def _never_forgotten(state: Any, _: int) -> Any:
    """What lapsed is given back, and remembered as lapsed."""
    return state


MEMBERS = (
    Mutant("a hold released twice", "I1", ((booking, "freed", _freed_and_kept),)),
    Mutant("points on hold still spendable", "I1", ((booking, "hold", _set_aside_and_kept),)),
    Mutant("a gift one-sided", "I4", ((give_points, "decide_transfer", _one_sided),)),
    Mutant("a merge counted twice", "I4", ((merging, "_emptied", _never_emptied),)),
    Mutant("joining twice by a merge", "I4", ((merging, "joinings_taken_back", _joined_twice),)),
    Mutant("once twice by a merge", "I4", ((merging, "awards_taken_back", _won_twice),)),
    Mutant(
        "a guest's order past its claim",
        "one after the other",
        ((record_order, "decide_order", _never_looked),),
    ),
    Mutant(
        "an erasure in words alone",
        "I4",
        ((erase_member, "decide_erase", _still_somebody),),
    ),
    Mutant(
        "lapsed points given back twice", "I6", ((reinstating, "_forgotten", _never_forgotten),)
    ),
)
