"""Write down which referrals have qualified by time: part of the sweep, soonest first.

Points wait for nobody: they can be spent from their own date. What follows from having qualified
(rules for ``referral.qualified``, tiers by referrals) is given by this commit. Who is done leaves
the index; a run that stops is resumed by the next one from the beginning.
"""

from collections.abc import Callable

from chalicelib.domain.instants import Instant
from chalicelib.domain.limits import SWEEP_PAGE
from chalicelib.domain.outcome import Busy
from chalicelib.domain.referrals import Referral
from chalicelib.operations.settle_referral import settle_matured
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import due_at_of, ordered_referrals_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.table import Query, Table


def mature_referrals(
    table: Table, shop: str, now: Instant, has_time: Callable[[], bool] = lambda: True
) -> tuple[int, int]:
    """Settle what is due in one shop: (how many, how many were left to the next run)."""
    done = passed = 0
    partition, start = ordered_referrals_partition(shop), None
    while has_time():
        page = table.query(Query(partition, index="GSI1", limit=SWEEP_PAGE, start=start))
        due = [key_of(item) for item in page.items if due_at_of(item) <= now]
        items = table.load(due) if due else {}
        for known in (document_of(items.get(key), Referral) for key in due):
            if known is None:
                continue
            try:
                settle_matured(table, known, shop, now)
            except Busy:
                passed += 1
            else:
                done += 1
        if page.next_start is None or len(due) < len(page.items):
            break
        start = page.next_start
    return done, passed
