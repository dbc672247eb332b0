"""Proof 5: every order of arrival of one order's deliveries, each of them twice, ends alike.

The ledger is a function of the table and the delivery (the clock stands still here), so two
sequences that led to the same table go on alike: the walk joins them and counts how many lead
there. That is every permutation, without running each from its start.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.events import OrderStatus
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.member import Lot
from tests.builders import NOON, Scene, line, refund, refunded, state, upserted
from tests.simulation.books import breaks
from tests.simulation.verbs import redeemed
from tests.simulation.virtual_time import virtual_time
from tests.simulation.worlds import STOCK, copied, table_of

SECOND = 1_000  # milliseconds: some platforms tell the time of a change no finer than that
PAID = state(line(12_000), line(5_000, "l2"), version=NOON)
LINES = (line(30_000), line(5_000, "l2"))
PART = refund(4_000, "r1", at=NOON + 2 * SECOND)
WHOLE = (
    PART,
    refund(26_000, "r2", at=NOON + 3 * SECOND),
    refund(5_000, "r3", "l2", NOON + 3 * SECOND),
)
Left = tuple[tuple[str, int], ...]


class Teller:
    """Makes the states of one order, some time apart."""

    def __init__(self, codes: tuple[str, ...], spacing: int, **always: Any) -> None:
        self.spacing, self.always = spacing, {"codes": codes, **always}

    def __call__(self, version: int, **changes: Any) -> Any:
        told = {**self.always, **changes}
        lines = told.pop("lines", LINES)
        return upserted(state(*lines, version=NOON + version * self.spacing, **told))


def deliveries(told: Teller) -> dict[str, Any]:
    """An order, its edit, a refund sent alone, the state after all refunds, a cancellation."""
    return {
        "order": told(0, lines=PAID.lines),
        "edit": told(1),
        "partial refund": refunded(PART),
        "refund": told(3, status=OrderStatus.PARTIALLY_REFUNDED, refunds=WHOLE),
        "cancel": told(4, status=OrderStatus.CANCELLED, refunds=WHOLE),
    }


def parts(told: Teller) -> dict[str, Any]:
    """A deposit, a refund sent alone, the rest is paid, a raise that is due, a cancellation."""
    due = {"status": OrderStatus.PARTIALLY_PAID, "paid_at": None}
    return {
        "deposit": told(0, lines=PAID.lines, **due),
        "partial refund": refunded(PART),
        "paid": told(2, lines=PAID.lines, refunds=(PART,)),
        "raise": told(3, refunds=(PART,), **due),
        "cancel": told(4, status=OrderStatus.CANCELLED, refunds=WHOLE),
    }


STORIES: dict[str, Callable[[Teller], dict[str, Any]]] = {"edits": deliveries, "parts": parts}


def ends(
    start: Scene, sent: Mapping[str, Any], end_of: Callable[[Scene], str]
) -> tuple[Counter[str], int, list[str]]:
    """(sequences that end in each state, deliveries made, broken promises on the way)."""
    left: Left = tuple((name, 2) for name in sent)
    frontier: dict[tuple[Left, str], tuple[Scene, int]] = {(left, ""): (start, 1)}
    told: Counter[str] = Counter()
    broken: list[str] = []
    judged: set[str] = set()  # most deliveries bring nothing new: their books were read before
    made = 0
    while frontier:
        following: dict[tuple[Left, str], tuple[Scene, int]] = {}
        for (left, _), (scene, ways) in frontier.items():
            if not left:
                told[end_of(scene)] += ways
            for name, _ in left:
                after = copied(scene)
                after.order(sent[name])
                made += 1
                state_now = repr(sorted(table_of(after).state().items()))
                is_new = state_now not in judged
                broken += breaks(table_of(after), STOCK) if is_new else table_of(after).noted
                judged.add(state_now)
                key = _less(left, name), state_now
                known = following.get(key)
                following[key] = after, ways + (known[1] if known else 0)
        frontier = following
    return told, made, broken


def _less(left: Left, name: str) -> Left:
    """``left`` after one more delivery of ``name``."""
    fewer = ((each, count - (each == name)) for each, count in left)
    return tuple((each, count) for each, count in fewer if count)


def walked(
    document: dict[str, Any], *, with_code: bool, spacing: int = SECOND, story: str = "edits"
) -> Any:
    """``ends`` for a member who has points of an earlier order, and with a code where wanted.

    The order is in euros where the program has a rate for them.
    """
    from tests.simulation.verbs import funded
    from tests.simulation.worlds import scene_of

    with virtual_time():
        scene = scene_of(document)
        funded(scene)
        scene.now += 15 * DAY_MS
        codes = (redeemed(scene).code,) if with_code else ()
        told = Teller(codes, spacing, currency="EUR" if document.get("fx") else "USD")
        return ends(scene, STORIES[story](told), end_of)


def end_of(scene: Scene) -> str:
    """What must be the same: points, tier, counters, code; not how often it was written.

    A lot that matured may keep its date until it is next touched, and a day that is over may
    still be counted or be forgotten: neither means anything now. Nor does a gift that was taken
    back before anybody used it: only the orders of arrival that gave it for a while know of it.
    """
    account = scene.account()
    assert account is not None
    units = {
        name: (sorted(_lot_now(lot, scene.now) for lot in unit.lots), unit.deficit)
        for name, unit in account.units.items()
    }
    places = {name: (s.tier, s.buckets, s.paid) for name, s in account.standings.items()}
    document = scene.document()
    books = (document.posted, document.net, document.forgiven, document.used, document.once)
    used = sorted(
        repr((made["status"], made.get("returned", 0)))
        for items in table_of(scene).state().values()
        for sort, item in items.items()
        if sort.startswith("D#redemption")
        for made in [table_of(scene).parsed(item)]
        if not (made.get("given_by") and made["status"] == "undone")
    )
    used_by_cap = scene.counters().used
    counters = {cap: used_by_cap[cap] for cap in used_by_cap if not cap.startswith("day:")}
    return repr((units, places, books, used, counters, account.order_count))


def _lot_now(lot: Lot, now: Instant) -> tuple[int, ...]:
    available_at = lot.available_at if lot.available_at > now else 0
    return lot.expires_at or 0, available_at, lot.remaining, lot.lapsed
