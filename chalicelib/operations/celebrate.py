"""Book birthdays, day by day, and anniversaries as they fall due: once a year for each member.

::

    GSI2  S#<shop>#B#<keyed hash of month and day>   <member>   ──page──►  profiles, read strongly
          every day since the last one that was done                       │ told in time?
                                                                           ▼
                                                       one action of ours, one commit each

The index tells no date to who can't compute the hash. A day is done once everybody was asked; a
run that stops is resumed from that day, and who was booked is booked already.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from chalicelib.domain.calendar import day_start, local_date
from chalicelib.domain.celebrating import (
    celebrated,
    has_birthdays,
    is_in_time,
    kept_on,
)
from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import BIRTHDAYS_LATE_DAYS_MAX, SWEEP_PAGE
from chalicelib.domain.member import Account, Profile
from chalicelib.domain.outcome import Busy
from chalicelib.domain.program.compiled import CompiledProgram
from chalicelib.domain.program.rule_document import ANNIVERSARY, BIRTHDAY
from chalicelib.operations.record_action import record_own
from chalicelib.security.keyed_ids import birthday_hash
from chalicelib.storage.birthdays import done_through, done_write
from chalicelib.storage.index_names import birthday_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.key_names import profile_key
from chalicelib.storage.members import profile_of
from chalicelib.storage.programs import program_of
from chalicelib.storage.shops import Shop, find_shop, shop_secret
from chalicelib.storage.table import Query, Start, Table


def celebrate_birthdays(
    table: Table, shop_id: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> int:
    """Book the birthdays of one shop up to today; how many actions there were.

    Raises:
        StorageUnavailable: reading failed; what was booked stays booked.
    """
    shop = find_shop(table, shop_id)
    if shop is None or not shop.live_version(now):
        return 0
    program = program_of(table, shop_id, shop.live_version(now))
    if not has_birthdays(program):
        return 0
    count = 0
    for day in _days(table, shop, local_date(now, program.zone)):
        booked, is_done = _celebrated(table, shop, (program, day, now), has_time)
        count += booked
        if not is_done:
            return count
        table.write(done_write(shop_id, day))
    return count


def celebrate_anniversary(
    table: Table, shop: Shop, known: tuple[str, Account], now: Instant
) -> None:
    """Book the anniversary of ``known`` (member, account) that has come.

    Raises:
        Busy, StorageUnavailable: the next run tries again.
    """
    member, account = known
    program = program_of(table, shop.shop_id, shop.live_version(now))
    key = profile_key(shop.shop_id, member)
    profile = profile_of(table.load([key]).get(key))
    day = local_date(account.anniversary_at, program.zone)
    times = account.anniversary_at, now
    record_own(table, shop, (celebrated(member, ANNIVERSARY, day, times), profile), now)


def _days(table: Table, shop: Shop, today: date) -> Iterator[date]:
    """Every day after the last one that was done, to today; at most a month of them."""
    last = done_through(table, shop.shop_id)
    oldest = today - timedelta(days=BIRTHDAYS_LATE_DAYS_MAX)
    first = max(last + timedelta(days=1), oldest) if last else today
    for step in range((today - first).days + 1):
        yield first + timedelta(days=step)


def _celebrated(
    table: Table,
    shop: Shop,
    asked: tuple[CompiledProgram, date, Instant],
    has_time: Callable[[], bool],
) -> tuple[int, bool]:
    """How many were booked, and whether everybody was asked."""
    program, day, now = asked
    count, is_done = 0, True
    times = day_start(day, program.zone), now
    for month_and_day in kept_on(day):
        for members in _pages(table, shop, month_and_day):
            for member, profile in _profiles(table, shop, members):
                is_theirs = profile.birthday == month_and_day
                if not is_theirs or not is_in_time(profile.birthday_at, day, program.zone):
                    continue
                try:
                    own = celebrated(member, BIRTHDAY, day, times)
                    record_own(table, shop, (own, profile), now)
                    count += 1
                except Busy:
                    is_done = False
            if not has_time():
                return count, False
    return count, is_done


def _pages(table: Table, shop: Shop, month_and_day: str) -> Iterator[list[str]]:
    digest = birthday_hash(shop_secret(shop), month_and_day)
    start: Start | None = None
    while True:
        partition = birthday_partition(shop.shop_id, digest)
        page = table.query(Query(partition, index="GSI2", limit=SWEEP_PAGE, start=start))
        yield [key_of(item)[0].rpartition("#M#")[2] for item in page.items]
        start = page.next_start
        if start is None:
            return


def _profiles(table: Table, shop: Shop, members: list[str]) -> Iterator[tuple[str, Profile]]:
    keys = [profile_key(shop.shop_id, member) for member in members]
    items = table.load(keys) if keys else {}
    for member, key in zip(members, keys, strict=True):
        profile = profile_of(items.get(key))
        if profile is not None:
            yield member, profile
