"""``language: 1`` never changes its results: refunds run old versions again, for ever.

Programs as they were published, and what each gave for the same events, are pinned in
``golden.json``. A difference is a broken promise, not a file to be written anew: with
LAUREL_TEST_WRITE=1 only examples that are new are added. The examples as they are now hold the
promises of the language for any basket.
"""

import json
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.instants import DAY_MS
from chalicelib.domain.member import MemberFacts
from chalicelib.domain.program.campaigns import IN
from chalicelib.domain.program.compiled import compile_program
from chalicelib.domain.program.defaults import read_program
from chalicelib.domain.program.earning import evaluate
from chalicelib.domain.program.occasion import (
    DRAW_END,
    Award,
    Drawn,
    Launched,
    Occasion,
    OccasionLine,
    Terms,
)
from chalicelib.domain.program.plan import CompiledProgram
from chalicelib.domain.program.validation import check
from tests.domain.program.builders import at

EXAMPLES = Path(__file__).parents[3] / "examples" / "programs"
GOLDEN = Path(__file__).with_name("golden.json")
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))
WHEN = at("2026-11-21")
SAMPLE = {"integer": 12, "flag": True, "text": "x", "list": ("x",)}


@cache
def document(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return raw


@cache
def ready(name: str) -> CompiledProgram:
    checked = check(document(name))
    assert checked.program is not None, checked.errors
    return compile_program(checked.program, 1)


def goods(*nets: int) -> tuple[OccasionLine, ...]:
    """Lines of so many minor units, each of two pieces, the second one on sale."""
    return tuple(
        OccasionLine(f"l{place}", net, net + 100 * (place == 1), net // 10, 2_000, sku=f"s{place}")
        for place, net in enumerate(nets)
    )


def drawn(program: CompiledProgram) -> Drawn:
    """Chance says the last ticket but one thousandth of them."""
    return Drawn("2026-11-21", dict.fromkeys(program.draws, DRAW_END - DRAW_END // 1_000))


def order(program: CompiledProgram, lines: tuple[OccasionLine, ...], **keys: Any) -> Occasion:
    told = {
        "number": "#1", "channel": "web", "currency": program.currency, "codes": (), "tags": (),
        "net_total": sum(line.net for line in lines), "line_count": len(lines),
        "attributes": {name: str(SAMPLE[kind]) for name, kind in
                       program.program.attributes.order.items()},
    }  # fmt: skip
    trigger = keys.pop("trigger", "order.paid")
    return Occasion(
        trigger, WHEN, WHEN, lines=lines, order=told, now=WHEN + 90 * DAY_MS, fulfilled_at=WHEN,
        drawn=drawn(program),
    )  # fmt: skip


def occasions(program: CompiledProgram) -> Iterator[tuple[str, Occasion]]:
    """Every trigger that the program has a rule for, and three baskets."""
    yield "order of 12.34", order(program, goods(1_234))
    yield "order of 42.99, 0.01 and 300.00", order(program, goods(4_299, 1, 30_000))
    for trigger in sorted(program.rules):
        name = trigger.partition(".")[2]
        if trigger.startswith("order."):
            yield trigger, order(program, goods(9_999, 5_000), trigger=trigger)
            continue
        told = {key: SAMPLE[kind] for key, kind in program.program.attributes.action.items()}
        doing: dict[str, object] = {"name": name, "subject": "s", "properties": told}
        yield trigger, Occasion(trigger, WHEN, WHEN, action=doing, now=WHEN, drawn=drawn(program))


def terms(program: CompiledProgram, place: int) -> Terms:
    """A member of the lowest tiers (0) or of the highest (-1), whom every campaign means."""
    held = {name: list(group.places)[place] for name, group in program.groups.items()}
    tiers = {name: tier for name, tier in held.items() if tier}
    segments = tuple(sorted(program.program.segments))
    facts = MemberFacts(tiers=tiers, order_count=1, joined_at=1, segments=segments, country="US")
    arms = {campaign.id: IN for campaign in program.program.campaigns}
    return Terms(1, tiers=tiers, facts=facts, arms=arms)


def told(award: Award) -> dict[str, Any]:
    """What an award gives, as it is pinned."""
    return {
        "shares": [[share.rule_id, share.unit, share.points] for share in award.shares],
        "grants": [[each.rule_id, each.kind, each.name, each.amount] for each in award.grants],
        "qualifying": dict(sorted(award.qualifying.items())),
        "once": list(award.once),
    }


def results(program: CompiledProgram) -> dict[str, Any]:
    """What the program gives for every event, by event."""
    return {
        f"{what}, {who}": told(evaluate(program, occasion, terms(program, place)))
        for what, occasion in occasions(program)
        for who, place in (("lowest tiers", 0), ("highest tiers", -1))
    }


def pinned() -> dict[str, Any]:
    """What was pinned; with LAUREL_TEST_WRITE=1 examples that are new are, before."""
    known: dict[str, Any] = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("LAUREL_TEST_WRITE"):
        new = sorted(set(NAMES) - known.keys())
        known |= {name: {"program": document(name), "gives": results(ready(name))} for name in new}
        rows = (f"{json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
        GOLDEN.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    return known


PINNED = pinned()


@pytest.mark.parametrize("name", sorted(PINNED))
def test_what_a_program_gives_never_changes(name: str) -> None:
    then = PINNED[name]
    assert results(compile_program(read_program(then["program"]), 1)) == then["gives"]


def test_programs_of_every_kind_are_pinned() -> None:
    assert len(PINNED) >= 15
    given = [each for then in PINNED.values() for each in then["gives"].values()]
    assert sum(bool(each["shares"]) for each in given) >= 40
    kinds = {grant[1] for each in given for grant in each["grants"]}
    assert "cause" in kinds


# ---------------------------------------------------------------- promises

BASKETS = st.lists(st.integers(0, 60_000), max_size=4)
ANY = st.sampled_from(NAMES)
PLACES = st.sampled_from([0, -1])


@settings(max_examples=60)
@given(ANY, BASKETS, PLACES, st.randoms())
def test_the_order_of_rules_and_lines_changes_nothing(
    name: str, nets: list[int], place: int, chance: random.Random
) -> None:
    raw = document(name)
    if not raw.get("earn"):
        return
    rules = list(raw["earn"])
    chance.shuffle(rules)
    checked = check({**raw, "earn": rules})
    assert checked.program is not None
    other, program = compile_program(checked.program, 1), ready(name)
    lines = list(goods(*nets))
    one = evaluate(program, order(program, tuple(lines)), terms(program, place))
    chance.shuffle(lines)
    two = evaluate(other, order(program, tuple(lines)), terms(program, place))
    assert told(one) == told(two)


@settings(max_examples=60)
@given(ANY, BASKETS, PLACES)
def test_a_line_of_nothing_changes_nothing_and_twice_is_the_same(
    name: str, nets: list[int], place: int
) -> None:
    program = ready(name)
    event = order(program, goods(*nets))
    one = evaluate(program, event, terms(program, place))
    nothing = OccasionLine("zero", 0, 500, 50, 1_000, sku="s1", tags=("x",))
    more = msgspec.structs.replace(event, lines=(*event.lines, nothing))
    assert told(evaluate(program, more, terms(program, place))) == told(one)
    assert evaluate(program, event, terms(program, place)) == one


@settings(max_examples=60)
@given(ANY, BASKETS, PLACES)
def test_nothing_left_gives_nothing_and_revokes_every_grant(
    name: str, nets: list[int], place: int
) -> None:
    program = ready(name)
    gone = order(program, goods(*(0 for _ in nets)))
    award = evaluate(program, gone, terms(program, place))
    assert told(award) == {"shares": [], "grants": [], "qualifying": {}, "once": []}


@settings(max_examples=60)
@given(BASKETS, st.integers(1, 10_000), st.data())
def test_an_imported_order_gives_back_what_was_given_and_never_more(
    nets: list[int], given_before: int, data: st.DataObject
) -> None:
    program = ready("launch")
    launched = Launched(sum(nets), {"points": given_before})
    left = [data.draw(st.integers(0, net)) for net in nets]
    by = msgspec.structs.replace(terms(program, 0), launched=launched)
    award = evaluate(program, order(program, goods(*left)), by)
    taken = -sum(share.points for share in award.shares)
    assert 0 <= taken <= given_before
    if left == nets:
        assert not taken
    if sum(nets) and not sum(left):
        assert taken == given_before
