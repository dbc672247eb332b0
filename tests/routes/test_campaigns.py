"""The report of a campaign over HTTP: its budget as of now, its arms as of the last count."""

from typing import Any

from chalicelib import clock
from chalicelib.domain.instants import DAY_MS
from chalicelib.operations.count_campaigns import count_campaigns
from tests.routes.session import open_session

CAMPAIGN = {
    "id": "spring",
    "rules": [{"id": "gift", "on": "order.paid", "give": [{"add": 7, "unit": "points"}]}],
    "budget": {"points": 100},
    "holdout": "0.00001",
}


def test_a_campaign_is_reported_before_and_after_it_was_counted() -> None:
    with open_session(campaigns=[CAMPAIGN]) as shop:
        before: Any = shop.get("/campaigns/spring")
        assert before["budget"] == {"counts": "points", "limit": 100, "spent": 0}
        assert (before["as_of"], before["treated"]["members"]) == (None, 0)
        shop.buy()
        count_campaigns(shop.table, shop.shop, clock.utc_now() + DAY_MS, lambda: True)
        told: Any = shop.get("/campaigns/spring")
        assert told["budget"]["spent"] == 7
        assert told["treated"]["members"] == 1
        assert told["treated"]["points"] == {"points": 7}
        assert told["treated"]["revenue"]["currency"] == "USD"
        assert (told["comparison"], told["segment"], told["holdout"]) == (None, None, "0.00001")


def test_a_campaign_that_is_not_there() -> None:
    with open_session(campaigns=[{**CAMPAIGN, "budget": "unlimited"}]) as shop:
        assert shop.code("GET", "/campaigns/autumn") == "campaign_unknown"
        assert shop.get("/campaigns/spring")["budget"] is None


def test_the_holdout_of_the_program_is_compared_with_everybody_else() -> None:
    with open_session(holdout="0.00001") as shop:
        before: Any = shop.get("/holdout")
        assert (before["holdout"], before["as_of"]) == ("0.00001", None)
        shop.buy()
        count_campaigns(shop.table, shop.shop, clock.utc_now() + DAY_MS, lambda: True)
        told: Any = shop.get("/holdout")
        assert (told["treated"]["members"], told["held_out"]["members"]) == (1, 0)
        assert told["treated"]["orders"] == 0  # it was before the member was enrolled
        assert (told["as_of"] is not None, told["comparison"]) == (True, None)


def test_a_program_without_a_holdout_compares_nobody() -> None:
    with open_session() as shop:
        told: Any = shop.get("/holdout")
        assert (told["holdout"], told["as_of"], told["comparison"]) == (None, None, None)
