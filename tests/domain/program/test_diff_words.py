"""Every key of the language has words for its change: none is told as another detail, by its path.

The keys are read from the published types, so a new one without a row of ``MEANINGS`` fails here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from chalicelib.domain.program.changes import Change
from chalicelib.domain.program.diffing import differences
from chalicelib.domain.program.document import Program
from chalicelib.domain.program.meanings import BY_UNIT, MEANINGS, SUBJECTS
from chalicelib.domain.program.validation import check
from chalicelib.domain.wording.change_words import CHANGES
from chalicelib.domain.wording.changes import Versions, announcement, change_sentence
from tests.domain.program.builders import POINTS, document, rule, tier

NEVER_CHANGE = frozenset({"currency", "language", "units.*.kind"})


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def keys(kind: inspect.Type, place: str = "", inside: tuple[type, ...] = ()) -> Iterator[str]:
    """Where a document can change without a row of the table that tells it as a whole."""
    kind = _bare(kind)
    meaning = MEANINGS.get(place)
    if meaning is not None and not meaning.by_parts:
        return
    inner = list(_parts(kind, place, inside))
    if inner:
        for part, name in inner:
            yield from keys(part, name, (*inside, getattr(kind, "cls", object)))
    elif not place.endswith(".id") and not isinstance(kind, inspect.NoneType):
        yield place


def _parts(
    kind: inspect.Type, place: str, inside: tuple[type, ...]
) -> Iterator[tuple[inspect.Type, str]]:
    match kind:
        case inspect.UnionType():
            yield from ((each, place) for each in kind.types)
        case inspect.StructType() if kind.cls not in inside:
            for field in kind.fields:
                yield field.type, f"{place}.{field.encode_name}".removeprefix(".")
        case inspect.VarTupleType() if _has_id(_bare(kind.item_type)):
            yield kind.item_type, f"{place}.*"
        case inspect.DictType():
            yield kind.value_type, f"{place}.*"


def _has_id(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StructType) and any(
        field.encode_name in ("id", "regions") for field in kind.fields
    )


def test_every_key_of_the_language_has_words_for_its_change() -> None:
    assert set(keys(inspect.type_info(Program))) - NEVER_CHANGE == set()


def test_the_table_names_nothing_that_the_language_does_not_have() -> None:
    lists = {place.removesuffix(".*") for place in MEANINGS if place.endswith(".*")} - BY_UNIT
    assert SUBJECTS.keys() >= lists


def test_every_code_of_the_table_has_a_sentence_in_every_language() -> None:
    for place, meaning in MEANINGS.items():
        codes = {meaning.code}
        if meaning.is_item:
            codes = {f"{meaning.code}_added", f"{meaning.code}_removed"}
        elif meaning.when_set is not None:
            codes = {meaning.code, f"{meaning.code}_set", f"{meaning.code}_unset"}
        for locale, said in CHANGES.items():
            told = codes & said.keys() or {f"{meaning.code}_changed"} & said.keys()
            assert told, (place, locale)


BADGE = {"id": "first", "name": "First steps"}
CHALLENGE = {
    "id": "walk",
    "name": "Four walks",
    "kind": "count",
    "on": "action.walked",
    "target": 4,
    "give": [{"add": 5, "unit": "points"}],
}
CAMPAIGN = {
    "id": "may",
    "name": "May",
    "from": "2027-05-01",
    "to": "2027-05-31",
    "budget": {"points": 1000},
    "rules": [rule("more", {"add": 5, "unit": "points"})],
}
CAUSE = {"id": "forest", "name": "Trees"}
MUG = {"id": "mug", "name": "Mug", "kind": "product", "sku": "MUG"}


def offering(effect: dict[str, Any]) -> dict[str, Any]:
    """A referral that gives the advocate something."""
    return {"offers": [{"regions": ["*"], "advocate": [effect]}]}


TENTH = {"percent": "10", "unit": "points"}
ONCE = {"times": 1, "window": "lifetime"}
PAGES = {"rate": "1", "per_quantity": "action.pages"}
GOLD = {"tier": "gold", "tier_group": "club", "for": "P1M"}
MONTH = {"regions": ["*"], "advocate": [GOLD]}


def brought(*offers: dict[str, Any]) -> dict[str, Any]:
    """A referral with these offers, and what they may give."""
    ladder = [tier("leaf"), tier("gold", 200)]
    return {
        "badges": [BADGE],
        "tier_groups": [{"id": "club", "tiers": ladder}],
        "referral": {"offers": list(offers)},
    }


ROWS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"badges": [BADGE]}, "There is a new badge: First steps."),
    ({"challenges": [CHALLENGE]}, {}, "A challenge ends: Four walks."),
    (
        {"challenges": [CHALLENGE]},
        {"challenges": [{**CHALLENGE, "give": [{"add": 9, "unit": "points"}]}]},
        "What Four walks gives: 9 points. Before: 5 points.",
    ),
    ({}, {"campaigns": [CAMPAIGN]}, "There is a new campaign: May."),
    (
        {"campaigns": [CAMPAIGN]},
        {"campaigns": [{**CAMPAIGN, "budget": {"points": 500}}]},
        "The budget of May changes.",
    ),
    (
        {"campaigns": [CAMPAIGN]},
        {"campaigns": [{**CAMPAIGN, "rules": [rule("more", {"add": 6, "unit": "points"})]}]},
        "What more gives: 6 points. Before: 5 points.",
    ),
    ({"causes": [CAUSE]}, {}, "A cause ends: Trees. What was given to it stays given."),
    (
        {"causes": [CAUSE]},
        {"causes": [{**CAUSE, "public_counter": False}]},
        "What was given to Trees is no longer shown.",
    ),
    (
        {"earn": [rule()]},
        {"earn": [{**rule(), "when": {"weekdays": ["sat"]}}]},
        "Only on some days or at some hours now: base.",
    ),
    (
        {"rewards": [MUG], "referral": offering({"add": 5, "unit": "points"})},
        {"rewards": [MUG], "referral": offering({"reward": "mug"})},
        "What bringing a friend gives (all countries): Mug. Before: 5 points.",
    ),
    *(
        (
            {"referral": offering({"rate": "1", "unit": "points"})},
            {"referral": offering(effect)},
            f"What bringing a friend gives (all countries): {said}. Before: 1 point per 1.00 USD.",
        )
        for effect, said in (
            ({"rate": "2", "unit": "points", "per": {"USD": 200}}, "2 points per 2.00 USD"),
            (
                {"rate": "3", "unit": "points", "per_quantity": "line.quantity"},
                "3 points per piece",
            ),
        )
    ),
    ({}, brought(MONTH), "Members who bring friends get something for it now."),
    (
        brought(MONTH),
        brought({**MONTH, "regions": ["US", "CA"]}, MONTH),
        "There is a new offer for bringing friends (US, CA).",
    ),
    (
        brought(MONTH),
        brought({**MONTH, "advocate": [{**GOLD, "for": "P2M"}]}),
        (
            "What bringing a friend gives (all countries): the tier Gold for 2 months. "
            "Before: the tier Gold for 1 month."
        ),
    ),
    (
        brought({**MONTH, "regions": ["US"]}, MONTH),
        brought({**MONTH, "regions": ["US"]}, {**MONTH, "friend": [{"badge": "first"}]}),
        "A friend who comes by a member gets something now (all other countries).",
    ),
    (
        brought({**MONTH, "friend": [{"badge": "first"}]}),
        brought({**MONTH, "friend": [{"tier": "gold", "tier_group": "club"}]}),
        "What a friend gets (all countries): the tier Gold. Before: the badge First steps.",
    ),
    (
        {"units": {"points": {**POINTS, "kind": "money"}}, "earn": [rule(give=[TENTH])]},
        {
            "units": {"points": {**POINTS, "kind": "money"}},
            "earn": [rule(give=[{**TENTH, "percent": "5"}])],
        },
        "What base gives: 5 % of the order in points. Before: 10 % of the order in points.",
    ),
    (
        {"earn": [rule(on="action.read", limit=ONCE, give=[{"add": 1, "unit": "points"}])]},
        {
            "earn": [rule(on="action.read", limit=ONCE, give=[{**PAGES, "unit": "points"}])],
            "attributes": {"action": {"pages": "integer"}},
        },
        "What base gives changes.",
    ),
    ({}, {"fx": {"EUR": "1.1"}}, "How orders in other currencies are counted changes."),
    (
        {"join": {"guests": {"keep": "P30D"}}},
        {"join": {"guests": {"keep": "P10D"}}},
        "A guest order counts for who claims it within 10 days. Before: 30 days.",
    ),
]


def versions(before: dict[str, Any], after: dict[str, Any]) -> tuple[Versions, tuple[Change, ...]]:
    """Two programs and what differs."""
    first, second = check(document(**before)), check(document(**after))
    assert first.program is not None, first.errors
    assert second.program is not None, second.errors
    both = Versions(first.program, second.program)
    return both, differences(both.before, both.after)


@pytest.mark.parametrize(("before", "after", "said"), ROWS, ids=[row[2] for row in ROWS])
def test_the_newest_keys_are_told_in_words(
    before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    both, changes = versions(before, after)
    assert said in [change_sentence(each, both, "en") for each in changes]
    assert all(each.code != "detail" for each in changes)
    for locale in ("hu", "fa"):
        for each in changes:
            assert "{" not in change_sentence(each, both, locale)
    told = announcement(changes, both, ("en", "2027-05-01"))
    concerns = [each for each in changes if each.concerns_members]
    assert len(told.sentences) + len(told.left_out) == len(concerns)
