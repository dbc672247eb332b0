"""Referrals for staff: those that wait for a review, and one by its name."""

from chalicelib.domain.outcome import Refusal, RefusalCode
from chalicelib.domain.referrals import Referral, ReferralState
from chalicelib.operations.load_referral import NamedReferral
from chalicelib.storage.documents import document_of
from chalicelib.storage.index_names import flagged_referrals_partition
from chalicelib.storage.items import key_of
from chalicelib.storage.shops import find_shop
from chalicelib.storage.table import Query, Start, Table


def flagged_referrals(
    table: Table, shop: str, limit: int, start: Start | None
) -> tuple[tuple[Referral, ...], Start | None] | Refusal:
    """One page of them, oldest first, without those that the lagging index still shows."""
    if find_shop(table, shop) is None:
        return Refusal(RefusalCode.SHOP_UNKNOWN, "There is no such shop.")
    partition = flagged_referrals_partition(shop)
    page = table.query(Query(partition, index="GSI1", limit=limit, start=start))
    keys = [key_of(item) for item in page.items]
    items = table.load(keys) if keys else {}
    known = (document_of(items.get(key), Referral) for key in keys)
    found = (each for each in known if each and each.state is ReferralState.FLAGGED)
    return tuple(found), page.next_start


def find_referral(table: Table, named: NamedReferral) -> Referral | None:
    """One referral as it is stored; None if there is none."""
    return document_of(table.load([named.key]).get(named.key), Referral)
