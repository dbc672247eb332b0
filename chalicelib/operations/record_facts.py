"""Keep what a shop knows of a member: of each fact the newest counts; nobody is made a member."""

from collections.abc import Mapping

import msgspec

from chalicelib.domain.events import FactsSet
from chalicelib.domain.facts import fact_problems, told_birthday, with_facts
from chalicelib.domain.instants import Instant
from chalicelib.domain.member import Profile
from chalicelib.domain.outcome import Busy, Refusal, RefusalCode
from chalicelib.operations.following import followed
from chalicelib.operations.record_customer import ATTEMPTS_MAX, profile_writes, with_birthday
from chalicelib.operations.record_writes import record_writes
from chalicelib.storage.key_names import account_key, profile_key, shop_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, shop_from_item
from chalicelib.storage.table import ConditionFailed, Table


class FactsCommand(msgspec.Struct, frozen=True):
    """One event about the facts of one member of one shop."""

    shop: str
    member: str
    event: FactsSet
    now: Instant


def record_facts(table: Table, command: FactsCommand) -> str | Refusal:
    """``recorded``, ``replayed`` (nothing new) or ``ignored`` (not a member).

    Raises:
        Busy, StorageUnavailable: send it again.
    """
    key = shop_key(command.shop)
    for _ in range(ATTEMPTS_MAX):
        account = account_key(command.shop, command.member)
        items = table.load([key, account, profile_key(command.shop, command.member)])
        if key not in items:
            return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
        shop = shop_from_item(items[key])
        version = shop.live_version(command.now)
        if not version:
            return Refusal(RefusalCode.PROGRAM_NOT_LIVE, "the shop has no program yet")
        declared = program_of(table, command.shop, version).program.facts
        problems = fact_problems(command.event, declared)
        if problems:
            detail = "a fact is not as the program declares it"
            return Refusal(RefusalCode.VALUE_INVALID, detail, problems)
        holder = followed(table, command.shop, command.member, items)
        item = items.get(profile_key(command.shop, holder))
        before = profile_of(item)
        if item is None or before is None:
            return "ignored"
        after = _told(before, shop, command, declared)
        if after == before:
            return "replayed"
        try:
            record_writes(table, profile_writes(shop, holder, (before, after), item))
        except ConditionFailed:
            continue
        return "recorded"
    raise Busy("others kept writing the profile")


def _told(
    before: Profile, shop: Shop, command: FactsCommand, declared: Mapping[str, str]
) -> Profile:
    """The profile after the event; a birthday is no fact of the program's, and kept apart."""
    after = with_facts(before, command.event, declared)
    birthday = told_birthday(command.event, declared)
    return after if birthday is None else with_birthday(after, birthday, shop, command.now)
