"""An advocate's code, and the friends who came by it: one partition a code.

The code's item says whose it is, under the id that they had when it was made; a merge is followed
from there. Friends are documents (``documents.py``).
"""

from collections.abc import Iterator

from chalicelib.domain.limits import PAGE_SIZE_MAX
from chalicelib.domain.referrals import Referral
from chalicelib.storage.documents import document_of
from chalicelib.storage.items import Absent, Item, Put
from chalicelib.storage.key_names import FRIEND_PREFIX, referral_key
from chalicelib.storage.table import Query, Table


def code_put(shop: str, code: str, advocate: str) -> Put:
    """The write that makes ``code`` the advocate's; it is derived from them, so it never moves."""
    partition, sort = referral_key(shop, code)
    return Put({"PK": partition, "SK": sort, "m": advocate}, Absent())


def advocate_of(item: Item | None) -> str:
    """Whose code it is; "" if it is nobody's."""
    return str(item["m"]) if item else ""


def referrals_of(table: Table, shop: str, code: str) -> Iterator[Referral]:
    """Friends who came by ``code``, at most a page of them, in order of their ids."""
    partition, _ = referral_key(shop, code)
    page = table.query(
        Query(partition, sk_prefix=FRIEND_PREFIX, limit=PAGE_SIZE_MAX, consistent=True)
    )
    for item in page.items:
        found = document_of(item, Referral)
        if found is not None:
            yield found
