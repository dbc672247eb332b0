"""Two who say at once that members were told: the first proof stays, and both are shown it."""

from typing import Any

from chalicelib.domain.program.law_packs import Duty
from chalicelib.operations.keep_obligations import Kept, keep_obligation, view_obligations
from chalicelib.storage.obligations import Proof, obligation_puts
from tests.builders import NOON, Scene, refused
from tests.conservation import WatchedTable

DUTY = Duty("change-1-eu", "change_notice", "eu", "a clause", 1, NOON)


def proof(by: str) -> Proof:
    return Proof(NOON, "e-mail", 2, "", by, NOON)


def test_of_two_proofs_at_once_the_first_stays(table: WatchedTable, shop: Scene) -> None:
    shop.table.transact(obligation_puts("tea", (DUTY,)), "t")
    begun: list[int] = []

    def meanwhile(call: Any) -> None:
        if call.operation == "transact" and not begun:
            begun.append(1)
            keep_obligation(table, "tea", DUTY.id, proof("key:quick"))

    table.before = meanwhile
    kept = keep_obligation(table, "tea", DUTY.id, proof("key:slow"))
    table.before = lambda _: None
    assert isinstance(kept, Kept)
    assert (kept.obligation.proof, kept.replayed) == (proof("key:quick"), True)


def test_a_shop_that_is_not_there_owes_nothing(table: WatchedTable) -> None:
    assert refused(keep_obligation(table, "none", DUTY.id, proof("k"))) == "shop_unknown"
    assert refused(view_obligations(table, "none", (5, None))) == "shop_unknown"
