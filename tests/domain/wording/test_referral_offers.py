"""What offers of a referral give, in words."""

from typing import Any

import pytest

from chalicelib.domain.program.validation import check
from chalicelib.domain.wording.referral_offers import offers_in_words
from tests.domain.program.builders import POINTS, add, document, tier

CLUB = {"id": "club", "tiers": [tier("leaf"), tier("gold", 200)]}
CASH = {**POINTS, "name": {"one": "coin", "other": "coins"}, "kind": "money"}
KEYS: dict[str, Any] = {
    "units": {"points": POINTS, "cash": CASH},
    "badges": [{"id": "guide", "name": "Guide"}],
    "causes": [{"id": "forest", "name": "Trees"}],
    "messages": {"templates": {"thanks": {"text": "Thank you!"}}},
    "tier_groups": [CLUB],
    "rewards": [{"id": "mug", "name": "Mug", "kind": "product", "sku": "MUG"}],
}
GOLD = {"tier": "gold", "tier_group": "club"}
ROWS: list[tuple[list[dict[str, Any]], str]] = [
    ([add(5), {"message": "thanks"}], "5 points"),
    ([{"percent": "12.5", "unit": "cash"}], "12.5 % of the order in coins"),
    ([{"rate": "2", "unit": "points"}], "2 points per 1.00 USD"),
    (
        [{"rate": "2", "per_quantity": "line.quantity", "unit": "points"}],
        "2 points per piece",
    ),
    ([{"reward": "mug"}, {"reward": "mug", "times": 2}], "Mug, 2 × Mug"),
    ([{"badge": "guide"}, {"cause": "forest", "add": 3}], "the badge Guide, 3 for Trees"),
    ([GOLD, {**GOLD, "for": "P2M"}], "the tier Gold, the tier Gold for 2 months"),
    ([{"chance": [{"weight": 1, "give": [add(5)]}]}], "a draw"),
    ([{"message": "thanks"}], ""),
]


@pytest.mark.parametrize(("gives", "said"), ROWS, ids=[row[1] for row in ROWS])
def test_every_effect_of_an_offer_has_words(gives: list[dict[str, Any]], said: str) -> None:
    checked = check(document(**KEYS, referral={"offers": [{"regions": ["*"], "friend": gives}]}))
    assert checked.program is not None, checked.errors
    (offer,) = offers_in_words(checked.program, "en")
    assert (offer.regions, offer.friend, offer.advocate) == (("*",), said, "")
    for locale in ("hu", "fa"):
        (other,) = offers_in_words(checked.program, locale)
        assert bool(other.friend) == bool(said)


def test_a_program_without_referral_offers_nothing() -> None:
    checked = check(document())
    assert checked.program is not None
    assert offers_in_words(checked.program, "en") == ()
