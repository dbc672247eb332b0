"""Give a member the orders that they placed as a guest, by an e-mail address that was verified.

::

    guest's order    document under the e-mail's hash, if no identity is there      one of the two
    member joins     identity, put-if-absent; then each waiting order, one commit   sees the other

The index that finds waiting orders lags; what it does not show yet is claimed the next time: by
joining again, when the shop next tells of the customer, or sends the order that made them a member
again. Each order is claimed once, because from then on its document names its member. An address
that nobody verified claims nothing, nor does anybody who was erased.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from chalicelib.domain.events import CustomerUpserted
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.orders import OrderDocument
from chalicelib.domain.outcome import Busy
from chalicelib.operations.following import followed
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.record_writes import record_writes
from chalicelib.operations.waiting_orders import told_again, waiting_orders
from chalicelib.security.keyed_ids import email_hash, member_id
from chalicelib.storage.identities import email_identity_key, identified, identity_writes
from chalicelib.storage.index_names import guest_orders_partition
from chalicelib.storage.key_names import account_key
from chalicelib.storage.members import account_of
from chalicelib.storage.shops import Shop, shop_secret
from chalicelib.storage.table import ConditionFailed, Table

ATTEMPTS_MAX: Final = 8

RecordOrder = Callable[[Table, OrderCommand], object]


class Claim(msgspec.Struct, frozen=True):
    """Who claims, at what time, and how an order is recorded."""

    shop: Shop
    profile: Profile
    now: Instant
    wall_now: Instant
    record: RecordOrder


def claim_guest_orders(table: Table, claim: Claim) -> int:
    """Claim the orders that wait for a verified address; how many there were.

    Raises:
        Busy, StorageUnavailable: ask again; what was claimed stays claimed.
    """
    profile, shop = claim.profile, claim.shop.shop_id
    if not (profile.email and profile.email_verified):
        return 0
    secret = shop_secret(claim.shop)
    contact = email_hash(secret, profile.email)
    member = member_id(secret, profile.source, profile.external_id)
    held = _identified(table, shop, contact, member)
    if not held.is_theirs:
        return 0
    count = 0
    for document in waiting_orders(table, guest_orders_partition(shop, contact)):
        if not document.member:
            _claim(table, claim, document)
            count += 1
    if held.is_promised:
        from chalicelib.operations.keep_promises import keep_promises  # noqa: PLC0415 - rare

        keep_promises(table, claim.shop, member, claim.now)
    return count


class _Held(msgspec.Struct, frozen=True):
    is_theirs: bool
    is_promised: bool = False  # who claimed before died before they kept it


def _identified(table: Table, shop: str, contact: str, member: str) -> _Held:
    """Whether the address is this member's, or still nobody's because they are no member yet.

    Raises:
        Busy: a row that was refused was not there either, time and again.
    """
    key, own = email_identity_key(shop, contact), account_key(shop, member)
    for _ in range(ATTEMPTS_MAX):
        items = table.load([key, own])
        holder = account_of(items.get(account_key(shop, followed(table, shop, member, items))))
        if holder is not None and holder.erased_at:
            return _Held(is_theirs=False)
        theirs = _Held(is_theirs=True, is_promised=holder is not None and bool(holder.promises))
        if key in items:
            return theirs if identified(items[key]) == member else _Held(is_theirs=False)
        if own not in items:
            return theirs
        with suppress(ConditionFailed):
            record_writes(table, identity_writes(shop, contact, member))
            return theirs
    raise Busy("others were writing this address's identity")


def _claim(table: Table, claim: Claim, document: OrderDocument) -> None:
    event = told_again(document, "claim", None)
    command = OrderCommand(
        claim.shop.shop_id, event, claim.now, claim.wall_now, claim=claim.profile
    )
    claim.record(table, command)


def profile_told(event: CustomerUpserted, now: Instant) -> Profile:
    """The profile that a customer would have who is known by ``event`` alone."""
    customer = event.customer
    return Profile(
        external_id=customer.id,
        source=event.source,
        joined_at=now,
        email=customer.email,
        email_verified=customer.email_verified,
        name=customer.name,
        locale=customer.locale,
        country=customer.country,
        tags=customer.tags,
        version=event.version,
    )
