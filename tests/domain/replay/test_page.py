"""The page of a replay: what it says where there is little to say, and of what was brought."""

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.replay.past_members import PastImport, PastMember
from chalicelib.routes.replay_page import report_page
from tests.builders import NOON, TEA
from tests.domain.replay.histories import bought, compared, made

RULE = TEA["earn"][0]
DOUBLE = [{**RULE, "give": [{**RULE["give"][0], "rate": "2"}]}]


def test_where_nobody_moves_the_page_says_so_and_names_a_tier_once() -> None:
    order = bought(1_000, "1", 40)
    still = report_page(compared(made(), made(earn=DOUBLE), {"ann": [order]}, days=100)[0])
    assert "Nobody moved between tiers." in still
    assert "<p>club: leaf</p>" in still
    moved = report_page(compared(made(), made(earn=DOUBLE), {"ann": [bought(50_000)]})[0])
    assert "leaf → " in moved


def test_balances_that_were_brought_have_a_row_of_their_own() -> None:
    brought = PastImport("points", 40, NOON - 60 * DAY_MS)
    person = PastMember("ann", joined_at=NOON - 90 * DAY_MS, imports=(brought,))
    report, _ = compared(made(), made(), {"ann": [person, bought(1_000, "1", 40)]}, days=100)
    page = report_page(report)
    assert "Imported: points" in page
    for each in report.draft.units:
        held = 0
        for month, outstanding in enumerate(each.outstanding):
            held += each.issued[month] + each.imported[month] + each.returned[month]
            held -= each.reversed[month] + each.redeemed[month] + each.expired[month]
            assert outstanding == held
