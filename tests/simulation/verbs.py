"""Every verb that moves points, one row each: a new verb is proven by adding its row here.

A row says what must stand before (``prepare``), what is asked (``act``, which may be asked again
and again), and what may be asked beside it on the same member (``rival``, for interleavings).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.domain.events import Customer, OrderStatus
from chalicelib.domain.instants import DAY_MS, HOUR_MS
from chalicelib.domain.outcome import Refusal
from chalicelib.domain.records import Redemption
from tests.builders import NOON, Scene, line, recorded, refund, refunded, state, upserted
from tests.simulation.worlds import clamped, foreign, pending, plain, rich, scene_of, sparing

Act = Callable[[Scene], Any]


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    act: Act
    prepare: Act = lambda _: None
    world: Callable[[], dict[str, Any]] = plain


def funded(scene: Scene) -> None:
    """A member with 220 points to spend: 200 by an order, 20 by joining."""
    recorded(scene.pay(20_000, "0001"))


def redeemed(scene: Scene, reward: str = "five-off", key: str = "k1") -> Redemption:
    document = recorded(scene.redeem(reward, key))
    assert isinstance(document, Redemption)
    return document


def later(order: Any, hours: int = 1, **changes: Any) -> Any:
    """The event of a newer state of ``order``."""
    return upserted(msgspec.structs.replace(order, version=NOON + hours * HOUR_MS, **changes))


DUE: dict[str, Any] = {"status": OrderStatus.PARTIALLY_PAID, "paid_at": None}
ORDER = state(line(12_050), line(3_000, "l2"))


def _placed(scene: Scene) -> None:
    funded(scene)
    recorded(scene.order(upserted(ORDER)))


def _owing(scene: Scene) -> None:
    """The order's points are spent: to take them back leaves a deficit."""
    _placed(scene)
    recorded(scene.adjust(-(scene.available()), key="spend"))


def _in_debt(scene: Scene) -> None:
    _owing(scene)
    recorded(scene.order(refunded(refund(12_050))))


def _spent_and_matured(scene: Scene) -> None:
    """As ``_owing``, where points wait some days before they can be spent."""
    _placed(scene)
    scene.now += 4 * DAY_MS
    recorded(scene.adjust(-(scene.available()), key="spend"))


def _part_matured(scene: Scene) -> None:
    """The order's own points can be spent, and fewer than those of another wait still."""
    _placed(scene)
    scene.now += 60 * DAY_MS
    recorded(scene.pay(5_000, "later", at=scene.now))


def _raised(scene: Scene) -> None:
    """An order that was paid, and was raised since."""
    _placed(scene)
    recorded(scene.order(later(ORDER, lines=(line(40_000),), **DUE)))


def _with_code(scene: Scene) -> Any:
    """An order that used a code; the redemption is made once and then replayed."""
    return msgspec.structs.replace(ORDER, codes=(redeemed(scene).code,))


def _used(scene: Scene) -> None:
    funded(scene)
    recorded(scene.order(upserted(_with_code(scene))))


def _code_and_funds(scene: Scene) -> None:
    funded(scene)
    redeemed(scene)


def _mug_and_funds(scene: Scene) -> None:
    funded(scene)
    redeemed(scene, "mug")


def _undo(scene: Scene) -> Any:
    """As the door does: a redemption is named by its id."""
    from chalicelib.security.keyed_ids import redemption_id

    identity = redemption_id(scene.member(), "k1")
    return scene.undo(msgspec.structs.replace(BLANK, id=identity))


BLANK = msgspec.convert(
    {
        "id": "", "member": "", "reward_id": "", "request_hash": "", "unit": "", "cost": 0,
        "touched": [], "code": "", "status": "ready", "program_version": 1, "requested_at": 0,
    },
    Redemption,
)  # fmt: skip
OPT_IN = {"how": "opt_in", "retroactive_days": 30}


def by_code(hours: int = 0, **changes: Any) -> Act:
    """A delivery about the order that used the code, without asking the table for it."""
    from chalicelib.security.keyed_ids import code_of, redemption_id
    from tests.builders import SHOP_KEY

    def act(scene: Scene) -> Any:
        code = code_of(SHOP_KEY, redemption_id(scene.member(), "k1"))
        return scene.order(later(ORDER, hours, codes=(code,), **changes))

    return act


ORDERS_AND_CODES = (
    Verb("first order", lambda s: s.pay(12_050, at=NOON)),
    Verb("order", lambda s: s.pay(12_050, at=NOON), funded),
    Verb("order, rich program", lambda s: s.pay(25_050, at=NOON), funded, rich),
    Verb("order of who owes", lambda s: s.pay(9_000, "2", at=NOON), _in_debt),
    Verb("edit up", lambda s: s.order(later(ORDER, lines=(line(40_000),))), _placed, rich),
    Verb("edit down", lambda s: s.order(later(ORDER, lines=(line(2_000),))), _placed, pending),
    Verb("refund sent alone", lambda s: s.order(refunded(refund(4_000))), _placed),
    Verb("refund into debt", lambda s: s.order(refunded(refund(12_050))), _owing),
    Verb(
        "refund, nobody may owe",
        lambda s: s.order(later(ORDER, status=OrderStatus.REFUNDED)),
        _spent_and_matured,
        clamped,
    ),
    Verb(
        "refund, only pending points",
        lambda s: s.order(refunded(refund(12_050))),
        _part_matured,
        sparing,
    ),
    Verb("order in euros", lambda s: s.pay(12_050, at=NOON, currency="EUR"), funded, foreign),
    Verb(
        "raise that is not paid",
        lambda s: s.order(later(ORDER, lines=(line(40_000),), **DUE)),
        _placed,
        rich,
    ),
    Verb(
        "rest of a raise is paid",
        lambda s: s.order(later(ORDER, 2, lines=(line(40_000),))),
        _raised,
        rich,
    ),
    Verb("cancel", lambda s: s.order(later(ORDER, status=OrderStatus.CANCELLED)), _placed, rich),
    Verb("moved order", lambda s: s.order(later(ORDER, customer=Customer("88"))), _placed, rich),
    Verb("redeem", lambda s: s.redeem(), funded),
    Verb("redeem of a stock", lambda s: s.redeem("mug"), funded),
    Verb("redeem for nothing, limited", lambda s: s.redeem("tasting"), funded),
    Verb("use of a code", by_code(), _code_and_funds),
    Verb("refund of a code's order", by_code(1, status=OrderStatus.REFUNDED), _used),
    Verb("undo", _undo, _code_and_funds),
    Verb("undo of a stock", _undo, _mug_and_funds),
    Verb("adjust up", lambda s: s.adjust(70), funded),
    Verb("adjust down", lambda s: s.adjust(-70), funded),
    Verb("join", lambda s: s.join()),
    Verb(
        "join and claim",
        lambda s: s.join(),
        lambda s: recorded(s.pay(12_050)),
        lambda: plain(join=OPT_IN),
    ),
)


def stage(verb: Verb) -> Scene:
    """A shop where ``verb`` can be asked."""
    scene = scene_of(verb.world())
    verb.prepare(scene)
    return scene


def is_refused(answer: Any) -> bool:
    return isinstance(answer, Refusal)
