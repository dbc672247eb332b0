"""Join the program: an account, a profile and what joining gives; then the orders that waited.

Orders of this customer that were paid within the program's ``retroactive_days`` wait under the
member's id in an index; each is then recorded again by its own commit, exactly as if the shop
had sent it anew. A crash in between is mended by joining again, which is a replay, and by the
sweep, which looks once more a minute later, when the index has caught up.
"""

import msgspec

from chalicelib.domain.booking import closed, opened, with_inbox
from chalicelib.domain.budgets import with_budgets
from chalicelib.domain.causes import with_causes
from chalicelib.domain.challenge_settling import with_joined
from chalicelib.domain.decision import AlreadyRecorded, Decision, Outcome
from chalicelib.domain.events import NO_SIGNS, Customer, Signs
from chalicelib.domain.instants import Instant
from chalicelib.domain.joining import JOINING_ID, Finds, came_by, claiming_again, enrolled, join
from chalicelib.domain.ledger import Source, genesis
from chalicelib.domain.member import Account, Profile
from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.pausing import resting
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.rollout import is_open_to
from chalicelib.domain.program.shared import limits_at, limits_joining
from chalicelib.domain.promises import Happened, may_owe
from chalicelib.domain.records import Joining
from chalicelib.domain.referrals import Referral
from chalicelib.operations.claim_guest_orders import Claim, claim_guest_orders
from chalicelib.operations.decide_and_commit import Recorded, Work, decide_and_commit
from chalicelib.operations.draw_chance import draw_joining
from chalicelib.operations.following import ERASED, followed
from chalicelib.operations.load_order import OrderCommand
from chalicelib.operations.order_budgets import load_budgets
from chalicelib.operations.record_customer import with_birthday
from chalicelib.operations.record_order import record_order
from chalicelib.operations.waiting_orders import told_again, waiting_orders
from chalicelib.security.keyed_ids import email_hash, member_id
from chalicelib.storage.index_names import customer_orders_partition
from chalicelib.storage.key_names import account_key, document_key, profile_key, shop_key
from chalicelib.storage.members import account_of, profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_recent_shop, shop_from_item, shop_secret
from chalicelib.storage.table import Table

NOT_OPEN = Refusal(RefusalCode.NOT_IN_ROLLOUT, "The program is not open to this customer yet.")


class JoinCommand(msgspec.Struct, frozen=True):
    """Who joins which shop's program; ``profile`` is what is known of the person."""

    shop: str
    profile: Profile
    now: Instant
    wall_now: Instant
    joined_at: Instant | None = None  # of a customer who is imported: elsewhere, before
    referral_code: str = ""  # of the member who brought them
    signs: Signs = NO_SIGNS  # of the browser that they join by


class LoadedJoining(msgspec.Struct, frozen=True):
    """The shop, its live program and whether there is an account already."""

    shop: Shop
    member: str
    account: Account | None
    program: CompiledProgram
    contact: str  # keyed hash of the e-mail
    referral: Referral | None = None  # by a code that holds
    finds: Finds = Finds()  # what chance says, and what is left of the shop's limits


def join_program(table: Table, command: JoinCommand) -> Recorded[LoadedJoining] | Refusal:
    """Make the customer a member. A member already: a replay.

    Raises:
        Busy, StorageUnavailable: ask again.
    """
    recent = find_recent_shop(table, command.shop, command.wall_now)
    if recent is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, f"there is no shop '{command.shop}'")
    secret, told = shop_secret(recent), command.profile
    bare = msgspec.structs.replace(told, birthday="")
    profile = with_birthday(bare, told.birthday, recent, command.now)
    command = msgspec.structs.replace(command, profile=profile)
    member = member_id(secret, command.profile.source, command.profile.external_id)
    contact = email_hash(secret, command.profile.email) if command.profile.email else ""
    work: Work[LoadedJoining] = Work(
        document=document_key(command.shop, member, "joining", JOINING_ID),
        load=lambda _: _load(table, command, member, contact),
        decide=lambda loaded: _decide(loaded, command),
    )
    result = decide_and_commit(table, work)
    if isinstance(result, Recorded):
        shop, profile = result.loaded.shop, command.profile
        happened = Happened(result.document, result.loaded.account, result.loaded.program)
        if may_owe(happened):
            from chalicelib.operations.keep_promises import keep_promises_of  # noqa: PLC0415 - rare

            keep_promises_of(table, shop, happened, command.now)
        _claim_orders(table, command, member)
        claim = Claim(shop, profile, command.now, command.wall_now, record_order)
        claim_guest_orders(table, claim)
    return result


def _load(table: Table, command: JoinCommand, member: str, contact: str) -> LoadedJoining | Refusal:
    account = account_key(command.shop, member)
    items = table.load([shop_key(command.shop), account, profile_key(command.shop, member)])
    shop = shop_from_item(items[shop_key(command.shop)])
    version = shop.live_version(command.now)
    if not version:
        return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
    holder = followed(table, command.shop, member, items)
    held = account_of(items.get(account_key(command.shop, holder)))
    if held is not None and held.erased_at:
        return ERASED
    program = resting(program_of(table, command.shop, version), shop.pauses, command.now)
    referral = None
    is_new = held is None and is_open_to(member, program)
    if command.referral_code and is_new and program.referral is not None:
        referral = _brought(table, command, (shop, member), program)
    drawn = draw_joining(shop, program, member, command.now)
    is_limited = is_new and limits_joining(program)
    limits = limits_at(program, command.now) if is_limited else {}
    finds = Finds(drawn, load_budgets(table, command.shop, limits))
    return LoadedJoining(shop, member, held, program, contact, referral, finds)


def _brought(
    table: Table, command: JoinCommand, new: tuple[Shop, str], program: CompiledProgram
) -> Referral | None:
    from chalicelib.operations.use_referral_code import (  # noqa: PLC0415 - few come by a code
        Friend,
        referral_by_code,
    )

    said = Friend(*new, command.profile, command.referral_code, command.signs, command.now)
    return referral_by_code(table, said, program)


def _decide(loaded: LoadedJoining, command: JoinCommand) -> Outcome:
    blank = Joining(
        id=JOINING_ID,
        member=loaded.member,
        recorded_at=command.now,
        program_version=loaded.program.version,
        revision=1,
    )
    if loaded.account is not None:
        return AlreadyRecorded(blank)
    if not is_open_to(loaded.member, loaded.program):
        return NOT_OPEN
    joined_at = command.now if command.joined_at is None else min(command.joined_at, command.now)
    profile = msgspec.structs.replace(command.profile, joined_at=joined_at)
    fresh = with_inbox(opened(loaded.member, None, command.now, loaded.program), None)
    draft = claiming_again(fresh)
    joined = (
        join(draft, profile, loaded.program, command.now, loaded.finds)
        if command.joined_at is None
        else enrolled(draft, profile, joined_at)
    )
    joined = came_by(joined, loaded.referral)
    source = Source(
        genesis(loaded.shop.shop_id, loaded.member),
        f"joining:{JOINING_ID}",
        command.now,
        command.now,
        loaded.program.version,
    )
    book = closed(joined.draft, source)
    book = joined.with_person(book, loaded.contact)
    brought = (joined.referral,) if joined.referral else ()
    further = (*brought, *with_joined((), joined.badges))
    decision = Decision(joined.document or blank, (book,), further)
    return with_budgets(with_causes(decision, (), {}), (), loaded.finds.budgets)


def claim_again(table: Table, shop: Shop, member: str, times: tuple[Instant, Instant]) -> None:
    """Claim whatever still waits for a member; ``times`` as for events.

    Raises:
        Busy, StorageUnavailable: the rest is left to the next time.
    """
    key = profile_key(shop.shop_id, member)
    profile = profile_of(table.load([key]).get(key))
    if profile is None:
        return
    _claim_orders(table, JoinCommand(shop.shop_id, profile, *times), member)
    claim_guest_orders(table, Claim(shop, profile, *times, record_order))


def _claim_orders(table: Table, command: JoinCommand, member: str) -> None:
    """Record again every order of this customer that moved nothing yet."""
    profile = command.profile
    customer = Customer(
        id=profile.external_id, country=profile.country, locale=profile.locale, tags=profile.tags
    )
    for document in waiting_orders(table, customer_orders_partition(command.shop, member)):
        event = told_again(document, "claim", customer)
        record_order(table, OrderCommand(command.shop, event, command.now, command.wall_now))
