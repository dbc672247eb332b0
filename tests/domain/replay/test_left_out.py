"""What a replay answers by today's facts, and what it does not count."""

from tests.domain.replay.histories import bought, compared, made


def test_segments_that_ask_of_today_and_tiers_by_conditions_are_listed() -> None:
    vip = {"facts.level": {"gte": 2}}
    group = {
        "id": "vip",
        "by": "custom",
        "tiers": [{"id": "all", "name": "All"}, {"id": "v", "name": "V", "if": vip}],
    }
    draft = made(facts={"level": "integer"}, segments={"vips": vip}, tier_groups=[group])
    report, _ = compared(made(), draft, {"ann": [bought(5_000)]})
    assert [(each.where, each.field) for each in report.undated] == [
        ("segments.vips", "facts.level"),
        ("tier_groups.vip.v", "facts.level"),
    ]
    assert [each.where for each in report.left_out] == ["tier_groups.vip"]
