"""Tell of tiers that were entered, and take back what that gave where one was taken away.

Each is an action of ours with one commit of its own, in which the account is marked. Whoever comes
second finds the mark, so each entering is told once, however many sweeps meet.

The action is of the moment that the tier was first seen to be held, by the program of then.
"""

from chalicelib.domain.action_decision import decide_entered
from chalicelib.domain.actions import Action
from chalicelib.domain.entering import entering_action, looked_at, to_enter, to_leave
from chalicelib.domain.events import ActionRevoked
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Account
from chalicelib.domain.outcome import Busy
from chalicelib.operations.record_action import (
    ActionCommand,
    record_action,
    record_own,
)
from chalicelib.storage.key_names import account_key, profile_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop
from chalicelib.storage.table import Table


def enter_tiers(
    table: Table, shop: Shop, known: tuple[str, Account], now: Instant
) -> Account | None:
    """Tell of every tier that ``known`` (member, account) entered, or that was taken away.

    The account as it is then; None where somebody else writes: the next run tries again.

    Raises:
        StorageUnavailable: what was told stays told.
    """
    member, account = known
    program = program_of(table, shop.shop_id, shop.live_version(now))
    try:
        for _, action in to_leave(account, tuple(program.groups.values()), now):
            _take_back(table, shop, action, now)
        for tier in to_enter(account, program.entering, now):
            asked = entering_action(member, tier, (looked_at(account), now))
            _tell(table, shop, asked, now)
    except Busy:
        return None
    key = account_key(shop.shop_id, member)
    return account_of(table.load([key]).get(key))


def _take_back(table: Table, shop: Shop, action: str, now: Instant) -> None:
    """Where the tier came back meanwhile, it is entered anew by the next run."""
    source, _, name = action.partition(":")
    event = ActionRevoked(f"left:{name}", now, source, name)
    record_action(table, ActionCommand(shop.shop_id, event, now, now))


def _tell(table: Table, shop: Shop, action: Action, now: Instant) -> None:
    key = profile_key(shop.shop_id, action.member)
    profile = profile_of(table.load([key]).get(key))
    record_own(table, shop, (action, profile), now, decide_entered)
