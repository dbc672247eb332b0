"""Record one canonical event, whatever it is about: the one way in for platforms and admin.

What actions and facts need is loaded with the first of them: most shops send orders alone, and a
cold start should not wait for the rest.
"""

from typing import Final, Literal

import msgspec

from chalicelib.domain.events import (
    ActionCompleted,
    ActionRevoked,
    CustomerMerged,
    CustomerRedacted,
    CustomerUpserted,
    Event,
    FactsSet,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.operations.claim_guest_orders import Claim, claim_guest_orders, profile_told
from chalicelib.operations.decide_and_commit import Recorded
from chalicelib.operations.erase_member import EraseCommand, LoadedErasure, erase_member
from chalicelib.operations.judge_tiers import judge_again
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.merge_members import LoadedMerge, MergeCommand, merge_members
from chalicelib.operations.record_customer import CustomerCommand, record_customer
from chalicelib.operations.record_order import record_order
from chalicelib.security.keyed_ids import member_id
from chalicelib.storage.shops import find_recent_shop, shop_secret
from chalicelib.storage.table import Table

OF_NOBODY: Final = frozenset(
    {RefusalCode.MEMBER_UNKNOWN, RefusalCode.MEMBER_ERASED, RefusalCode.PROGRAM_NOT_LIVE}
)
"""Refusals of a merge or an erasure that leave nothing to be done: who it is about is no member."""


class EventResult(msgspec.Struct, frozen=True):
    """What became of an event. ``refusal`` only where it was refused."""

    status: Literal["recorded", "replayed", "ignored", "refused"]
    refusal: Refusal | None = None


def record_event(
    table: Table, shop: str, event: Event, times: tuple[Instant, Instant]
) -> EventResult:
    """Record ``event``; ``times`` is (now of the books, real now). Idempotent.

    Raises:
        Busy, StorageUnavailable: send it again.
    """
    now, wall_now = times
    if isinstance(event, CustomerUpserted):
        return _customer(table, shop, event, times)
    if isinstance(event, CustomerMerged | CustomerRedacted):
        return _ended(table, shop, event, times)
    if isinstance(event, ActionCompleted | ActionRevoked):
        from chalicelib.operations.record_action import (  # noqa: PLC0415 - said above
            ActionCommand,
            record_action,
        )

        done = record_action(table, ActionCommand(shop, event, now, wall_now))
        if isinstance(done, Refusal):
            return EventResult("refused", done)
        return EventResult("replayed" if done is not None and done.replayed else "recorded")
    if isinstance(event, FactsSet):
        return _facts(table, shop, event, times)
    result = record_order(table, OrderCommand(shop, event, now, wall_now))
    if isinstance(result, Refusal):
        return EventResult("refused", result)
    return EventResult("replayed" if result.replayed else "recorded")


def _customer(
    table: Table, shop: str, event: CustomerUpserted, times: tuple[Instant, Instant]
) -> EventResult:
    status = record_customer(table, CustomerCommand(shop, event, times[1]))
    if status != "ignored":
        _judged(table, shop, (event.source, event.customer.id), times)
    if _claimed(table, shop, event, times):
        status = "recorded"
    return EventResult("recorded" if status == "recorded" else _quiet(status))


def _facts(table: Table, shop: str, event: FactsSet, times: tuple[Instant, Instant]) -> EventResult:
    from chalicelib.operations.record_facts import (  # noqa: PLC0415 - said above
        FactsCommand,
        record_facts,
    )

    now, wall_now = times
    known = find_recent_shop(table, shop, wall_now)
    if known is None:
        return EventResult("ignored")
    member = member_id(shop_secret(known), event.source, event.customer_id)
    result = record_facts(table, FactsCommand(shop, member, event, now))
    if isinstance(result, Refusal):
        return EventResult("refused", result)
    if result != "ignored":
        _judged(table, shop, (event.source, event.customer_id), times)
    return EventResult("recorded" if result == "recorded" else _quiet(result))


def _judged(
    table: Table, shop: str, person: tuple[str, str], times: tuple[Instant, Instant]
) -> None:
    """Ask conditions of tiers again, where the program has any; ``person``: source, customer."""
    now, wall_now = times
    known = find_recent_shop(table, shop, wall_now)
    if known is not None:
        judge_again(table, known, member_id(shop_secret(known), *person), now)


def _ended(
    table: Table,
    shop: str,
    event: CustomerMerged | CustomerRedacted,
    times: tuple[Instant, Instant],
) -> EventResult:
    """A customer who was merged away, or is to be forgotten; who is unknown needs nothing."""
    now, wall_now = times
    known = find_recent_shop(table, shop, wall_now)
    if known is None:
        return EventResult("ignored")
    result: Recorded[LoadedMerge] | Recorded[LoadedErasure] | Refusal
    if isinstance(event, CustomerMerged):
        secret = shop_secret(known)
        gone = member_id(secret, event.source, event.merged_id)
        kept = member_id(secret, event.source, event.kept_id)
        person = Profile(external_id=event.kept_id, source=event.source, joined_at=now)
        command = MergeCommand(shop, gone, kept, "shop", now, wall_now, person)
        result = merge_members(table, command)
    else:
        name = member_id(shop_secret(known), event.source, event.customer_id)
        result = erase_member(table, EraseCommand(shop, name, "shop", now))
    if isinstance(result, Refusal):
        return (
            EventResult("ignored") if result.code in OF_NOBODY else EventResult("refused", result)
        )
    return EventResult("replayed" if result.replayed else "recorded")


def _claimed(
    table: Table, shop: str, event: CustomerUpserted, times: tuple[Instant, Instant]
) -> int:
    """How many guest orders a customer's verified e-mail brought them."""
    now, wall_now = times
    known = find_recent_shop(table, shop, wall_now) if event.customer.email_verified else None
    if known is None:
        return 0
    claim = Claim(known, profile_told(event, now), now, wall_now, record_order)
    return claim_guest_orders(table, claim)


def _quiet(status: str) -> Literal["replayed", "ignored"]:
    return "ignored" if status == "ignored" else "replayed"
