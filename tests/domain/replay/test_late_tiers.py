"""A replay holds tiers as the books do: where moves wait for midnight, so they do here."""

from tests.builders import TEA
from tests.domain.replay.histories import bought, compared, made

CLUB = TEA["tier_groups"][0]
GOLD_AT = CLUB["tiers"][1]["at"]["USD"]
DAYS_AGO = 52  # 30 September: the last day of a month


def test_a_move_of_a_months_last_day_is_the_next_months_where_it_waits() -> None:
    live, draft = made(), made(tier_groups=[{**CLUB, "evaluate": "daily"}])
    report, _ = compared(live, draft, {"ann": [bought(GOLD_AT, "1", DAYS_AGO)]}, days=330)
    at_once, waited = (side.tiers["club"]["gold"] for side in (report.live, report.draft))
    assert sum(at_once) == sum(waited) + 1 > 1
    first = at_once.index(1)
    assert (waited[first], waited[first + 1 :]) == (0, at_once[first + 1 :])
