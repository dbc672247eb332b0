"""What a replay can only answer by what is known today is listed."""

from tests.domain.replay.histories import bought, compared, made


def test_tiers_by_conditions_are_listed_because_everybody_stays_in_the_first() -> None:
    gold = {"id": "gold", "name": "Gold", "if": {"facts.volume": {"gte": 5}}}
    group = {"id": "vip", "by": "custom", "tiers": [{"id": "plain", "name": "Plain"}, gold]}
    draft = made(tier_groups=[group], facts={"volume": "integer"})
    report, _ = compared(made(), draft, {"ann": [bought(10_000)]})
    told = [(each.program, each.where, each.field) for each in report.undated]
    assert told == [("draft", "tier_groups.vip.gold", "facts.volume")]
