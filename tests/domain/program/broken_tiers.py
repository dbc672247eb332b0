"""Documents whose tiers are wrong in one way each: name, document, path and code."""

from typing import Any

from tests.domain.program.builders import add, document, group, tier


def ladder(*tiers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return document(tier_groups=[group(*tiers, **keys)])


NUMBERED = {"id": "a", "name": "A", "at": 0}


def invited(**keys: Any) -> dict[str, Any]:
    return {"id": "vip", "name": "VIP", "invite_only": True, **keys}


GOLD: dict[str, Any] = {"id": "gold", "name": "Gold", "if": {"member.order_count": {"gte": 5}}}


def by_conditions(*tiers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    first = {"id": "plain", "name": "Plain"}
    return ladder(first, *(tiers or (GOLD,)), by="custom", **keys)


def in_a_circle(segment: str) -> dict[str, Any]:
    """The first group asks for the second, and that one, by a segment, for the first."""
    gold_if = ({"member.tier.two": "gold"}, {"member.segments": {"has": segment}})
    groups = [
        {**by_conditions({**GOLD, "if": each})["tier_groups"][0], "id": name}
        for name, each in zip(("one", "two"), gold_if, strict=True)
    ]
    first_tier = {"member.tier.one": "gold"}
    return document(tier_groups=groups, segments={segment: first_tier})


BROKEN_TIERS: list[tuple[str, Any, str, str]] = [
    ("five groups", document(tier_groups=[group(id=each) for each in "abcde"]), "$.tier_groups",
     "too_many"),
    ("group twice", document(tier_groups=[group(), group()]), "$.tier_groups[1].id", "id_twice"),
    ("retired and gives points", ladder(tier("leaf", entry=[add(5)]), retired=True),
     "$.tier_groups[0].tiers[0].entry", "key_useless"),
    ("retired and multiplies", ladder(tier("leaf", multiply={"points": "2"}), retired=True),
     "$.tier_groups[0].tiers[0].multiply", "key_useless"),
    ("start of a month", ladder(window={"calendar": "month", "start": "04-01"}),
     "$.tier_groups[0].window.start", "key_useless"),
    ("start on no day", ladder(window={"calendar": "year", "start": "04-31"}),
     "$.tier_groups[0].window.start", "day_malformed"),
    ("anniversary of what", ladder(window={"anniversary": "wedding"}),
     "$.tier_groups[0].window.anniversary", "choice_unknown"),
    ("grace for ever", ladder(keep={"drop": "never", "grace": "P1M"}),
     "$.tier_groups[0].keep.grace", "key_useless"),
    ("grace of a lifetime", ladder(window="lifetime", keep={"grace": "P1M"}),
     "$.tier_groups[0].keep.grace", "key_useless"),
    ("condition of a tier by spend", ladder(tier("a"), tier("b", 5, **{"if": GOLD["if"]})),
     "$.tier_groups[0].tiers[1].if", "key_useless"),
    ("end of no window", ladder(evaluate="window_end"), "$.tier_groups[0].window",
     "window_unclear"),
    ("end of a lifetime", ladder(evaluate="window_end", window="lifetime"),
     "$.tier_groups[0].window", "window_unclear"),
    ("over as it begins", ladder(evaluate="window_end", window={"calendar": "month"},
                                 keep={"for": "window"}),
     "$.tier_groups[0].keep.for", "key_useless"),
    ("entry at midnight", ladder(tier("a"), tier("b", 5, entry=[add(5)]), evaluate="daily"),
     "$.tier_groups[0].tiers[1].entry", "key_useless"),
    ("condition with an amount", by_conditions({**GOLD, "at": 5}), "$.tier_groups[0].tiers[1].at",
     "key_useless"),
    ("entry by condition", by_conditions({**GOLD, "entry": [add(5)]}),
     "$.tier_groups[0].tiers[1].entry", "key_useless"),
    ("nothing leads to a tier", by_conditions({"id": "gold", "name": "Gold"}),
     "$.tier_groups[0].tiers[1].if", "key_missing"),
    ("first by condition", ladder(GOLD, by="custom"), "$.tier_groups[0].tiers[0].if",
     "key_useless"),
    ("condition on orders", by_conditions({**GOLD, "if": {"order.net_total": {"gte": 5}}}),
     '$.tier_groups[0].tiers[1].if["order.net_total"]', "field_not_here"),
    ("a tier of its own group", by_conditions({**GOLD, "if": {"member.tier.club": "plain"}}),
     "$.tier_groups[0].tiers[1].if", "field_not_here"),
    ("groups that ask for each other", in_a_circle("many"), "$.tier_groups[0].tiers[1].if",
     "field_not_here"),
    ("end of which window", by_conditions(evaluate="window_end"), "$.tier_groups[0].window",
     "window_unclear"),
    ("keep by condition", by_conditions(keep={"for": "P1Y"}), "$.tier_groups[0].keep.for",
     "key_useless"),
    ("invited by condition", by_conditions({**GOLD, "invite_only": True}),
     "$.tier_groups[0].tiers[1].if", "key_useless"),
    ("no tiers", ladder(tiers=[]), "$.tier_groups[0].tiers", "too_few"),
    ("tier twice", ladder(tier("a"), tier("a", 5)), "$.tier_groups[0].tiers[1].id", "id_twice"),
    ("first above 0", ladder(tier("a", 5)), "$.tier_groups[0].tiers[0].at", "threshold_not_zero"),
    ("not rising", ladder(tier("a"), tier("b", 5), tier("c", 5)),
     "$.tier_groups[0].tiers[2].at", "thresholds_not_rising"),
    ("points by spend", ladder({"id": "a", "name": "A", "at": 0}), "$.tier_groups[0].tiers[0].at",
     "threshold_wrong_kind"),
    ("money by points", ladder(tier("a"), by="points", unit="points"),
     "$.tier_groups[0].tiers[0].at", "threshold_wrong_kind"),
    ("other money", ladder({"id": "a", "name": "A", "at": {"EUR": 0}}),
     "$.tier_groups[0].tiers[0].at", "currency_missing"),
    ("no unit to count", ladder({"id": "a", "name": "A", "at": 0}, by="points"),
     "$.tier_groups[0].unit", "key_missing"),
    ("unknown unit to count", ladder({"id": "a", "name": "A", "at": 0}, by="points", unit="b"),
     "$.tier_groups[0].unit", "unit_unknown"),
    ("unit by spend", ladder(unit="points"), "$.tier_groups[0].unit", "key_useless"),
    ("by kindness", ladder(by="kindness"), "$.tier_groups[0].by", "choice_unknown"),
    ("money by orders", ladder(tier("a"), by="orders"), "$.tier_groups[0].tiers[0].at",
     "threshold_wrong_kind"),
    ("status of points", ladder(NUMBERED, by="status", unit="points"), "$.tier_groups[0].unit",
     "unit_not_status"),
    ("status of nothing", ladder(NUMBERED, by="status", unit="stars"), "$.tier_groups[0].unit",
     "unit_unknown"),
    ("no threshold", ladder(tier("a"), {"id": "b", "name": "B"}), "$.tier_groups[0].tiers[1].at",
     "key_missing"),
    ("an amount by invitation", ladder(tier("a"), tier("b", 5, invite_only=True)),
     "$.tier_groups[0].tiers[1].at", "key_useless"),
    ("points by invitation", ladder(tier("a"), invited(entry=[add(5)])),
     "$.tier_groups[0].tiers[1].entry", "key_useless"),
    ("invited in between", ladder(tier("a"), invited(), tier("c", 5)),
     "$.tier_groups[0].tiers[1].invite_only", "invited_not_last"),
    ("window of days", ladder(window={"rolling": "P63D"}), "$.tier_groups[0].window.rolling",
     "window_malformed"),
    ("malformed window", ladder(window={"rolling": "P"}), "$.tier_groups[0].window.rolling",
     "period_malformed"),
    ("window of both", ladder(window={"rolling": "P1Y", "calendar": "year"}),
     "$.tier_groups[0].window", "window_unclear"),
    ("window of weeks", ladder(window={"calendar": "week"}), "$.tier_groups[0].window.calendar",
     "choice_unknown"),
    ("keep for a while", ladder(keep={"for": "a while"}), "$.tier_groups[0].keep.for",
     "period_malformed"),
    ("keep what never drops", ladder(keep={"for": "P1Y", "drop": "never"}),
     "$.tier_groups[0].keep.for", "key_useless"),
    ("multiply what", ladder(tier("a", multiply={"stars": "2"})),
     "$.tier_groups[0].tiers[0].multiply.stars", "unit_unknown"),
    ("multiply by nothing", ladder(tier("a", multiply={"points": "0"})),
     "$.tier_groups[0].tiers[0].multiply.points", "value_out_of_range"),
    ("perk twice", ladder(tier("a", perks=[{"id": "x", "text": "a"}, {"id": "x", "text": "b"}])),
     "$.tier_groups[0].tiers[0].perks[1].id", "id_twice"),
    ("entry of a rate", ladder(tier("a", entry=[{"unit": "points", "rate": "1"}])),
     "$.tier_groups[0].tiers[0].entry[0].rate", "key_useless"),
    ("entry of what", ladder(tier("a", entry=[add(5, "stars")])),
     "$.tier_groups[0].tiers[0].entry[0].unit", "unit_unknown"),
]  # fmt: skip
