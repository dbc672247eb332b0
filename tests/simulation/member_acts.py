"""What is done with members and their points beside orders and redemptions, in the fewest words.

Each may be asked again and again: ids and keys are fixed by the arguments.
"""

from typing import Any

from chalicelib.domain.entering import is_looked_at
from chalicelib.domain.events import Customer, CustomerUpserted
from chalicelib.domain.instants import DAY_MS, Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Busy
from chalicelib.domain.records import AdjustmentKind
from chalicelib.operations.adjust_points import AdjustCommand, adjust_points
from chalicelib.operations.enter_tiers import enter_tiers
from chalicelib.operations.erase_member import EraseCommand, erase_member
from chalicelib.operations.fulfil_redemption import fulfil_redemption
from chalicelib.operations.hold_points import (
    HoldCommand,
    authorize_hold,
    capture_hold,
    void_hold,
)
from chalicelib.operations.merge_members import MergeCommand, merge_members
from chalicelib.operations.record_event import record_event
from chalicelib.operations.sweep_due import sweep_due
from chalicelib.security.keyed_ids import redemption_id
from chalicelib.storage.shops import find_shop
from tests.builders import NOON, Scene, line, state, upserted

HOLD_MS = 7 * DAY_MS  # longer than any row is redelivered


def address(customer: str) -> str:
    """The e-mail of a customer."""
    return f"c{customer}@example.com"


def hold(scene: Scene, points: int, key: str = "h1", customer: str = "77") -> Any:
    """Set points aside for a week."""
    member = scene.member(customer)
    command = HoldCommand(scene.shop, member, "points", points, HOLD_MS, key, scene.now)
    return authorize_hold(scene.table, command)


def hold_id(scene: Scene, key: str = "h1", customer: str = "77") -> str:
    """The public id of a hold, known without asking."""
    member = scene.member(customer)
    return f"{member}.{redemption_id(member, key)}"


def capture(scene: Scene, points: int | None = None, key: str = "h1", customer: str = "77") -> Any:
    """Spend a part of a hold; None: all of it."""
    named = hold_id(scene, key, customer)
    return capture_hold(scene.table, scene.shop, named, (points, scene.now))


def void(scene: Scene, key: str = "h1", customer: str = "77") -> Any:
    """Let a hold's points go."""
    return void_hold(scene.table, scene.shop, hold_id(scene, key, customer), scene.now)


def fulfil(scene: Scene, key: str = "k1", customer: str = "77") -> Any:
    """Staff hand a reward over."""
    member = scene.member(customer)
    owner = (member, redemption_id(member, key))
    return fulfil_redemption(scene.table, scene.shop, owner, "operator", scene.now)


def merge(scene: Scene, gone: str = "88", kept: str = "77", *, tells: bool = False) -> Any:
    """Merge one customer into another; ``tells``: who the kept one is, as a shop does."""
    person = Profile(external_id=kept, joined_at=scene.now) if tells else None
    ids = scene.member(gone), scene.member(kept)
    command = MergeCommand(scene.shop, *ids, "operator", scene.now, scene.now, person)
    return merge_members(scene.table, command)


def erase(scene: Scene, customer: str = "77") -> Any:
    """Forget a customer."""
    command = EraseCommand(scene.shop, f"external:{customer}", "operator", scene.now)
    return erase_member(scene.table, command)


def guest_order(
    scene: Scene, name: str, net: int = 3_000, customer: str = "77", at: Instant = 0
) -> Any:
    """An order that names nobody but an e-mail address."""
    when = at or scene.now
    order = state(
        line(net),
        id=name,
        number=f"#{name}",
        version=when,
        created_at=when,
        paid_at=when,
        customer=None,
        guest_email=address(customer),
    )
    return scene.order(upserted(order))


def tell(scene: Scene, customer: str = "77", at: Instant = NOON) -> Any:
    """The shop tells of a customer whose e-mail is verified."""
    told = Customer(customer, email=address(customer), email_verified=True)
    event = CustomerUpserted(f"c{customer}", at, "main", told, at)
    return record_event(scene.table, scene.shop, event, (scene.now, scene.now))


def join_verified(scene: Scene, customer: str = "77") -> Any:
    """Join with a verified e-mail, which claims what waits under it."""
    return scene.join(customer, email=address(customer), email_verified=True)


def extend(scene: Scene, until: Instant, key: str = "x1", customer: str = "77") -> Any:
    """Let all points live until then at least."""
    return _by_staff(scene, AdjustmentKind.EXTEND, (0, until), (key, customer))


def reinstate(scene: Scene, points: int = 0, key: str = "i1", customer: str = "77") -> Any:
    """Give lapsed points back; 0: all of them."""
    return _by_staff(scene, AdjustmentKind.REINSTATE, (points, 0), (key, customer))


def honour(
    scene: Scene,
    kind: AdjustmentKind = AdjustmentKind.BADGE,
    key: str = "b1",
    customer: str = "77",
    badge: str = "loyal",
) -> Any:
    """Staff grant a badge, or take theirs back."""
    command = AdjustCommand(
        scene.shop, scene.member(customer), "", 0, "helped", "salt", "operator", key, scene.now,
        kind, badge=badge,
    )  # fmt: skip
    return adjust_points(scene.table, command)


def _by_staff(
    scene: Scene, kind: AdjustmentKind, wish: tuple[int, Instant], about: tuple[str, str]
) -> Any:
    (points, until), (key, customer) = wish, about
    member = scene.member(customer)
    command = AdjustCommand(
        scene.shop,
        member,
        "points",
        points,
        "said sorry",
        "salt",
        "operator",
        key,
        scene.now,
        kind,
        until,
    )
    return adjust_points(scene.table, command)


def climb(scene: Scene, customer: str = "77") -> Any:
    """Tell of the tiers that a member entered, or that were taken away, as the sweep does.

    Raises:
        Busy: somebody else was writing: the next run does it.
    """
    account, shop = scene.account(customer), find_shop(scene.table, scene.shop)
    if account is None or shop is None or not is_looked_at(account, scene.now):
        return None
    if enter_tiers(scene.table, shop, (scene.member(customer), account), scene.now) is None:
        raise Busy("somebody else writes")
    return None


def sweep_once(scene: Scene) -> Any:
    """One run of the job, which leaves whom somebody else is writing to the next."""
    return sweep_due(scene.table, scene.shop, scene.now)


def sweep(scene: Scene) -> Any:
    """The job, until nothing is due: whom it had to leave it looks at again.

    Raises:
        Busy: somebody was left to the next run.
    """
    swept = sweep_due(scene.table, scene.shop, scene.now)
    if swept.passed or not swept.is_done:
        raise Busy("the next run does the rest")
    return swept
