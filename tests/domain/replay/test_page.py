"""The page of a replay: what it says where there is little to say, and of what was brought."""

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.replay.past_members import PastImport, PastMember
from chalicelib.routes.replay_page import report_page
from chalicelib.routes.replay_people import called_by
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


def test_the_page_says_names_and_the_customers_ids_of_the_shop() -> None:
    named = [{**DOUBLE[0], "name": "Every order <b>"}]
    live, draft = made(), made(earn=named, name={"en": "Tea & more"})
    report, _ = compared(live, draft, {"01M": [bought(50_000)]})
    called = called_by(live.program, draft.program, {"01M": "4711"})
    page = report_page(report, called)
    assert "<h1>Time machine: Tea &amp; more</h1>" in page
    assert "Customer 4711 (01M): <b" in page
    assert "Every order &lt;b&gt; (points)" in page
    for tier in TEA["tier_groups"][0]["tiers"]:
        assert f">{called.tier('club', tier['id'])}</text>" in page
    assert "Customer" not in report_page(report, called_by(live.program, draft.program))
    assert called.unit("gone") == called.tier("club", "gone") == called.rule("gone") == "gone"


def test_points_that_buy_less_have_no_order_to_blame() -> None:
    reward = TEA["rewards"][0]
    dearer = {**reward, "cost": {"unit": "points", "amount": reward["cost"]["amount"] * 2}}
    histories = {"ann": [bought(50_000)]}
    less = report_page(compared(made(), made(rewards=[dearer]), histories)[0])
    assert "The same points; they buy less." in less
    more = report_page(compared(made(rewards=[dearer]), made(), histories)[0])
    assert "The same points; they buy more." in more
    assert "Most of it by order" not in less + more


def test_where_there_are_no_orders_the_page_says_so_in_a_sentence() -> None:
    page = report_page(compared(made(), made(), {})[0])
    assert "There are no orders in these months that earned" in page
    assert "What this rests on" in page
    assert "<svg" not in page


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
