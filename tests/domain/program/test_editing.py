"""What an editor does with the published schema: completion, hover texts, choices, snippets.

Followed like editors do: from a place in a document through ``$ref``, ``anyOf`` and items to the
properties that may stand there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SCHEMA: Any = json.loads(
    (Path(__file__).parents[3] / "docs" / "program.schema.json").read_text(encoding="utf-8")
)


def resolved(node: Any) -> Iterator[Any]:
    """``node``, and everything that it may be instead."""
    yield node
    if "$ref" in node:
        yield from resolved(SCHEMA["$defs"][node["$ref"].removeprefix("#/$defs/")])
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from resolved(choice)


def below(nodes: list[Any], step: str) -> list[Any]:
    """What may stand at ``step``: a key, or ``[]`` for an item, or ``*`` for any key."""
    found: list[Any] = []
    for node in nodes:
        if step == "[]" and "items" in node:
            found += resolved(node["items"])
        elif step == "*" and isinstance(node.get("additionalProperties"), dict):
            found += resolved(node["additionalProperties"])
        elif step in node.get("properties", {}):
            found += resolved(node["properties"][step])
    return found


def at(place: str) -> list[Any]:
    nodes = list(resolved(SCHEMA))
    for step in place.split(".") if place else []:
        nodes = below(nodes, step.replace("~", "."))
    assert nodes, place
    return nodes


def completed(place: str) -> set[str]:
    """Keys that an editor offers there."""
    return {key for node in at(place) for key in node.get("properties", {})}


def choices(place: str) -> set[str]:
    """Values that an editor offers there."""
    return {value for node in at(place) for value in (*node.get("enum", ()), node.get("const"))}


def test_every_key_of_every_thing_has_a_hover_text() -> None:
    silent = [
        f"{name}.{key}"
        for name, definition in SCHEMA["$defs"].items()
        for key, described in definition.get("properties", {}).items()
        if not str(described.get("description", "")).strip()
    ]
    assert not silent, "say in docs what these are: Meta(description=...) or schema._WORDS"


def test_every_thing_says_what_it_is() -> None:
    assert not [name for name, each in SCHEMA["$defs"].items() if not each.get("description")]


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("", {"id", "name", "currency", "units", "earn", "rewards", "law", "presentation"}),
        ("units.*", {"name", "expiry", "pending"}),
        ("units.*.expiry", {"after", "idle", "on"}),
        ("earn.[]", {"id", "on", "give", "limit"}),
        ("earn.[].give.[]", {"unit", "add", "rate"}),
        ("earn.[].if", {"order.channel", "member.order_count", "all", "any", "not"}),
        ("tier_groups.[].tiers.[].perks.[]", {"id", "text"}),
        ("rewards.[].cost", {"unit", "amount"}),
        ("presentation", {"accent", "on_accent", "position"}),
        ("ends", {"earn", "redeem"}),
    ],
)
def test_an_editor_completes_the_keys_of_a_place(place: str, keys: set[str]) -> None:
    assert keys <= completed(place)


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("join.how", {"automatic", "opt_in"}),
        ("law.[]", {"ca-on", "ca-qc", "eu"}),
        ("rewards.[].kind", {"amount_off", "percent_off", "perk"}),
        ("presentation.position", {"end", "start"}),
        ("units.*.expiry", {"never"}),
        ("earn.[].on", {"order.paid", "member.joined", "tier.entered", "action.revoked"}),
        ("challenges.[].on", {"order.paid", "referral.qualified"}),
        ("challenges.[].steps.[].on", {"order.paid", "subscription.renewed"}),
    ],
)
def test_an_editor_offers_the_choices_of_a_value(place: str, values: set[str]) -> None:
    assert values <= choices(place)


def test_an_editor_underlines_keys_that_are_none() -> None:
    open_things = [
        name
        for name, each in SCHEMA["$defs"].items()
        if each.get("properties") and each.get("additionalProperties") is not False
    ]
    assert not open_things


@pytest.mark.parametrize("field", ["order.channel", "order.net_total", "line.tags", "member.tags"])
def test_every_operator_of_a_condition_has_a_hover_text(field: str) -> None:
    told = [each for node in at(f"earn.[].if.{field.replace('.', '~')}")
            for each in node.get("properties", {}).values()]  # fmt: skip
    assert told
    assert all(each["description"] for each in told)
